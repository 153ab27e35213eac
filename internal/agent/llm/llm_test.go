package llm_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/agent/llm"
	"segue/internal/agent/llm/stub"
)

func TestTextIsHeardAsItComesAndEndsTheTurn(t *testing.T) {
	t.Parallel()
	r := newRig(t, stub.Always(stub.Reply{Text: "Hello there, I look after playlists.", Latency: 20 * time.Millisecond}))
	step, err := r.Next(t.Context(), r.says("hi"))
	if err != nil {
		t.Fatal(err)
	}
	if step.Say != "Hello there, I look after playlists." || !step.Done || len(step.Calls) > 0 || r.said.String() != step.Say {
		t.Errorf("%+v, heard %q", step, r.said.String())
	}
	if u := step.Usage; u.Input == 0 || u.Output == 0 || u.Guessed || u.Time < 20*time.Millisecond {
		t.Errorf("usage %+v", u)
	}
}

func TestCallsAreReadHoweverAServerSendsThem(t *testing.T) {
	t.Parallel()
	calls := []stub.Call{
		{Name: "list_playlists", Arguments: ""},
		{Name: "show_playlist", Arguments: `{"playlist":"Été à Paris"}`},
		{Name: "show_playlist", Arguments: `{"playlist":`},
	}
	want := []string{`{}`, `{"playlist":"Été à Paris"}`, `{"playlist":`}
	for name, reply := range map[string]stub.Reply{
		"in pieces":                {Text: "Let me see.", Calls: calls},
		"in one piece":             {Calls: calls, Whole: true},
		"without ids":              {Calls: calls, NoIDs: true},
		"whole and without ids":    {Calls: calls[:2], Whole: true, NoIDs: true},
		"finished as if by text":   {Calls: calls, Finish: "stop"},
		"without a reason":         {Calls: calls, Finish: "none"},
		"without an end mark":      {Calls: calls, NoDone: true},
		"with a reason of its own": {Calls: calls, Finish: "eos"},
		"without usage":            {Calls: calls, NoUsage: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, stub.Always(reply))
			step, err := r.Next(t.Context(), r.says("hi"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, c := range step.Calls {
				if c.Tool != calls[i].Name {
					t.Errorf("call %d is of %q", i, c.Tool)
				}
				got = append(got, string(c.Args))
			}
			if !slices.Equal(got, want[:len(reply.Calls)]) || step.Done || step.Say != reply.Text {
				t.Errorf("%+v\n got %q\nwant %q", step, got, want)
			}
			if step.Usage.Tokens() == 0 || step.Usage.Guessed != reply.NoUsage {
				t.Errorf("usage %+v", step.Usage)
			}
		})
	}
}

func TestAnAnswerThatSaysNothingIsAnEmptyStep(t *testing.T) {
	t.Parallel()
	for finish, done := range map[string]bool{"stop": false, "length": false, "content_filter": true} {
		r := newRig(t, stub.Always(stub.Reply{Text: "  ", Finish: finish}))
		step, err := r.Next(t.Context(), r.says("hi"))
		if err != nil || step.Done != done || (step.Say != "") != done || len(step.Calls) > 0 {
			t.Errorf("%s: %+v, %v", finish, step, err)
		}
	}
}

func TestALongAnswerIsReadInPart(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]stub.Reply{
		"words":     {Text: strings.Repeat("house music ", 1<<20/12)},
		"one word":  {Text: strings.Repeat("x", 1<<20)},
		"arguments": {Calls: []stub.Call{{Name: "show_playlist", Arguments: strings.Repeat("[", 1<<20)}}},
	} {
		r := newRig(t, stub.Always(reply))
		step, err := r.Next(t.Context(), r.says("hi"))
		if err != nil || step.Say == "" && len(step.Calls) != 1 {
			t.Errorf("%s: %d characters, %d calls, %v", name, len(step.Say), len(step.Calls), err)
		}
	}
}

func TestARunningTurnIsToldInTheOrderOfTheProtocol(t *testing.T) {
	t.Parallel()
	r := newRig(t, stub.Always(stub.Reply{Text: "Done."})) // which refuses what breaks the order
	ts := r.says("second")
	ts.Messages = []agent.Message{
		{Role: agent.Person, Text: "first"},
		{Role: agent.Assistant, Text: "I did it.", FromModel: true},
		{Role: agent.Person, Text: "second"},
		{Role: agent.Person, Text: "third"},
	}
	ts.Calls = []agent.Call{
		{ID: "1", Tool: "list_playlists", Args: json.RawMessage(`{}`), Effect: agent.Read},
		{ID: "2", Tool: "show_playlist", Args: json.RawMessage(`"oops`), Refused: "the arguments are not a JSON object"},
		{ID: "3", Tool: "show_playlist", Args: json.RawMessage(`{"playlist":"id-of-it"}`), Said: json.RawMessage(`{"playlist":"P1"}`)},
	}
	ts.Results = []agent.Result{
		{CallID: "1", Code: agent.OK, Total: 7},
		{CallID: "2", Code: "invalid", Note: "the arguments are not a JSON object"},
		{CallID: "3", Code: agent.OK, Items: []agent.Item{{Kind: "S", Value: "1", Code: "found", Score: 97}}},
	}
	ts.Note = "Your last answer was empty."
	step, err := r.Next(t.Context(), ts)
	if err != nil || step.Say != "Done." {
		t.Fatalf("%+v, %v, %s", step, err, r.stub.Records()[0].Why)
	}
	sent := string(r.stub.Records()[0].Body)
	for _, want := range []string{`second\n\nthird`, `I did it.`, `{\"playlist\":\"P1\"}`, `\"handle\":\"S1\",\"code\":\"found\",\"score\":97`, `not a JSON object`, `answer was empty`} {
		if !strings.Contains(sent, want) {
			t.Errorf("no %s in %s", want, sent)
		}
	}
	if strings.Contains(sent, "id-of-it") {
		t.Error("the model was shown what a handle stands for")
	}
}

func TestNothingIsReadFromTheEnvironment(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", "sk-of-somebody-else")
	t.Setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
	t.Setenv("OPENAI_ORG_ID", "org-of-somebody-else")
	s := stub.New(stub.Options{Script: stub.Always(stub.Reply{Text: "Hello."})})
	r := overHTTP(t, s, func(o *llm.Options) { o.Key = "" })
	if _, err := r.Next(t.Context(), r.says("hi")); err != nil {
		t.Fatal(err)
	}
	if got := s.Records()[0]; got.Key != "" {
		t.Errorf("the key %q was sent", got.Key)
	}
}

func TestOptionsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	for _, o := range []llm.Options{{}, {BaseURL: "ollama:11434", Model: model}, {BaseURL: "ftp://x/v1", Model: model}, {BaseURL: "http://127.0.0.1:11434/v1"}} {
		if _, err := llm.New(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}
