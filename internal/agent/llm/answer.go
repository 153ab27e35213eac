package llm

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/openai/openai-go/v3"

	"segue/internal/agent"
)

// enough is how much of an answer is read, in bytes: the rest of a longer one
// would be cut off or refused anyway.
const enough = 256 << 10

// answer collects a streamed answer.
type answer struct {
	hear   func(agent.Delta)
	text   strings.Builder
	calls  []*called
	size   int // bytes of text and arguments
	finish string
	counts openai.CompletionUsage
}

// called is a tool call that is being written.
type called struct {
	index int64
	id    string
	name  string
	args  strings.Builder
}

func (a *answer) full() bool { return a.size >= enough }

func (a *answer) add(chunk openai.ChatCompletionChunk) {
	if chunk.Usage.TotalTokens > 0 || chunk.Usage.PromptTokens > 0 {
		a.counts = chunk.Usage
	}
	for _, choice := range chunk.Choices {
		if choice.Index != 0 {
			continue
		}
		a.say(choice.Delta.Content + choice.Delta.Refusal)
		for _, delta := range choice.Delta.ToolCalls {
			a.call(delta)
		}
		if choice.FinishReason != "" {
			a.finish = choice.FinishReason
		}
	}
}

func (a *answer) say(text string) {
	if text == "" {
		return
	}
	a.size += len(text)
	a.text.WriteString(text)
	if a.hear != nil {
		a.hear(agent.Delta{Text: text})
	}
}

// reset takes back what was heard.
func (a *answer) reset() {
	if a.hear != nil && a.text.Len() > 0 {
		a.hear(agent.Delta{Reset: true})
	}
}

func (a *answer) call(delta openai.ChatCompletionChunkChoiceDeltaToolCall) {
	c := a.writing(delta)
	if c == nil {
		c = &called{index: delta.Index, id: delta.ID}
		a.calls = append(a.calls, c)
	}
	if c.id == "" {
		c.id = delta.ID
	}
	if c.name == "" {
		c.name = delta.Function.Name
	}
	c.args.WriteString(delta.Function.Arguments)
	a.size += len(delta.Function.Arguments) + len(delta.Function.Name) + len(delta.ID)
}

// writing returns the call that the delta goes on with, nil when it begins one.
// Some servers give every call the index 0, some give no ids: then another id or
// name, or a name after complete arguments, begins the next.
func (a *answer) writing(delta openai.ChatCompletionChunkChoiceDeltaToolCall) *called {
	for _, c := range slices.Backward(a.calls) {
		if c.index != delta.Index {
			continue
		}
		if delta.ID != "" && c.id != "" && delta.ID != c.id {
			return nil
		}
		name := delta.Function.Name
		if delta.ID == "" && name != "" && (name != c.name || json.Valid([]byte(c.args.String()))) {
			return nil
		}
		return c
	}
	return nil
}

const declined = "The language model declined to answer this. What is done stays. Say it in other words."

// step returns the answer as a step; one that says nothing and calls nothing is empty.
func (a *answer) step() agent.Step {
	text := strings.TrimSpace(a.text.String())
	if a.finish == "length" && text != "" {
		text += " …"
	}
	if len(a.calls) == 0 {
		if text == "" && a.finish == "content_filter" {
			text = declined
		}
		return agent.Step{Say: text, Done: text != ""}
	}
	step := agent.Step{Say: text}
	for _, c := range a.calls {
		args := strings.TrimSpace(c.args.String())
		if args == "" {
			args = "{}" // what many models write for no arguments
		}
		step.Calls = append(step.Calls, agent.Call{Tool: c.name, Args: json.RawMessage(args)})
	}
	return step
}

// usage returns the tokens that the server counted, or a guess for one that does not.
func (a *answer) usage(sent int) agent.Usage {
	const bytesPerToken = 4 // of English text, roughly
	if a.counts.PromptTokens > 0 || a.counts.CompletionTokens > 0 {
		return agent.Usage{Input: int(a.counts.PromptTokens), Output: int(a.counts.CompletionTokens)}
	}
	return agent.Usage{Input: sent / bytesPerToken, Output: a.size / bytesPerToken, Guessed: true}
}
