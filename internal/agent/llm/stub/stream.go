package stub

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// chunk is a chat.completion.chunk.
type chunk struct {
	ID      string   `json:"id"`
	Object  string   `json:"object"`
	Created int64    `json:"created"`
	Model   string   `json:"model"`
	Choices []choice `json:"choices"`
	Usage   *usage   `json:"usage,omitempty"`
}

type choice struct {
	Index  int     `json:"index"`
	Delta  delta   `json:"delta"`
	Finish *string `json:"finish_reason"`
}

type delta struct {
	Role      string      `json:"role,omitempty"`
	Content   string      `json:"content,omitempty"`
	ToolCalls []callDelta `json:"tool_calls,omitempty"`
}

type callDelta struct {
	Index    int           `json:"index"`
	ID       string        `json:"id,omitempty"`
	Type     string        `json:"type,omitempty"`
	Function functionDelta `json:"function"`
}

type functionDelta struct {
	Name      string `json:"name,omitempty"`
	Arguments string `json:"arguments,omitempty"`
}

type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

// stream writes one answer.
type stream struct {
	w     http.ResponseWriter
	r     *http.Request
	reply Reply
	model string
	first func() // called when the first piece is written
}

func (s *stream) write(request Request) {
	s.w.Header().Set("Content-Type", "text/event-stream")
	pieces := s.reply.pieces()
	for i, piece := range pieces {
		if s.broken(i) || i > 0 && !sleep(s.r, s.reply.Pace) {
			return
		}
		s.send(chunk{Choices: []choice{{Delta: piece}}})
		if i == 0 {
			s.first()
		}
	}
	if s.broken(len(pieces)) {
		return
	}
	if finish := s.reply.finish(); finish != "none" {
		s.send(chunk{Choices: []choice{{Finish: &finish}}})
	}
	if request.StreamOptions.IncludeUsage && !s.reply.NoUsage {
		u := s.reply.usage(request)
		s.send(chunk{Choices: []choice{}, Usage: &u})
	}
	if !s.reply.NoDone {
		s.data("[DONE]")
	}
}

// broken fails as the reply says, once it is time to.
func (s *stream) broken(sent int) bool {
	if s.reply.Break == "" || sent < s.reply.After {
		return false
	}
	switch s.reply.Break {
	case Reset:
		reset(s.w)
	case Hang:
		<-s.r.Context().Done()
	case Garbage:
		s.data(`{"choices": [oops`)
	case Trouble:
		text, _ := json.Marshal(trouble(s.reply)) // strings have a JSON form
		s.data(string(text))
	case Cut:
	}
	return true
}

// reset ends the connection without the usual farewell.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func (s *stream) send(c chunk) {
	c.ID, c.Object, c.Created, c.Model = "chatcmpl-stub", "chat.completion.chunk", time.Now().Unix(), s.model
	text, err := json.Marshal(c)
	if err != nil {
		return // numbers and strings have a JSON form
	}
	s.data(string(text))
}

func (s *stream) data(text string) {
	_, _ = fmt.Fprintf(s.w, "data: %s\n\n", text)
	_ = http.NewResponseController(s.w).Flush()
}

func (r Reply) finish() string {
	switch {
	case r.Finish != "":
		return r.Finish
	case len(r.Calls) > 0:
		return "tool_calls"
	default:
		return "stop"
	}
}

const maxPieces = 256 // of a text; longer texts have longer pieces

// pieces returns the answer in the pieces in which it is sent: first the role,
// then words, then the calls.
func (r Reply) pieces() []delta {
	pieces := []delta{{Role: assistant}}
	piece := ""
	for word := range strings.SplitAfterSeq(r.Text, " ") {
		if piece += word; len(piece) > len(r.Text)/maxPieces {
			pieces, piece = append(pieces, delta{Content: piece}), ""
		}
	}
	if piece != "" {
		pieces = append(pieces, delta{Content: piece})
	}
	for i, c := range r.Calls {
		pieces = append(pieces, r.call(i, c)...)
	}
	return pieces
}

// call returns a call in its pieces: OpenAI sends id and name first, then the
// arguments bit by bit; Ollama sends it whole.
func (r Reply) call(i int, c Call) []delta {
	head := callDelta{Index: i, ID: fmt.Sprintf("call_%d", i), Type: "function", Function: functionDelta{Name: c.Name}}
	if r.NoIDs {
		head.ID = ""
	}
	if r.Whole {
		head.Index, head.Function.Arguments = 0, c.Arguments
		return []delta{{ToolCalls: []callDelta{head}}}
	}
	pieces := []delta{{ToolCalls: []callDelta{head}}}
	size := max(len(c.Arguments)/4, 5)
	for rest := c.Arguments; rest != ""; {
		n := min(size, len(rest))
		for n < len(rest) && !utf8.RuneStart(rest[n]) {
			n++
		}
		pieces = append(pieces, delta{ToolCalls: []callDelta{{Index: i, Function: functionDelta{Arguments: rest[:n]}}}})
		rest = rest[n:]
	}
	return pieces
}

// usage counts about four bytes as a token.
func (r Reply) usage(request Request) usage {
	u := usage{Completion: len(r.Text)/4 + 1}
	for _, m := range request.Messages {
		u.Prompt += len(m.Text())/4 + 1
	}
	for _, c := range r.Calls {
		u.Completion += len(c.Arguments)/4 + 1
	}
	u.Total = u.Prompt + u.Completion
	return u
}
