package llm_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/agent/llm"
	"segue/internal/agent/llm/stub"
	"segue/internal/fault"
	"segue/internal/guard"
)

func TestWhatAServerRefusesBecomesAFault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		reply stub.Reply
		kind  fault.Kind
		pause time.Duration
		says  string
	}{
		{"a wrong key", stub.Reply{Status: 401}, fault.Forbidden, 0, "check OPENAI_API_KEY"},
		{"a key without rights", stub.Reply{Status: 403}, fault.Forbidden, 0, "check OPENAI_API_KEY"},
		{"no such model", stub.Reply{Status: 404, Code: "model_not_found"}, fault.NotFound, 0, "check OPENAI_MODEL"},
		{"a used up account", stub.Reply{Status: 429, Code: "insufficient_quota"}, fault.Exhausted, 0, "billing"},
		{"too many requests", stub.Reply{Status: 429, RetryAfter: "7"}, fault.RateLimited, 7 * time.Second, "too much to do"},
		{"too many, half a second", stub.Reply{Status: 429, RetryAfter: "0.5"}, fault.RateLimited, 500 * time.Millisecond, ""},
		{"too many, not said how long", stub.Reply{Status: 429}, fault.RateLimited, 5 * time.Second, ""},
		{"too many, nonsense", stub.Reply{Status: 429, RetryAfter: "soon"}, fault.RateLimited, 5 * time.Second, ""},
		{"too many, for ever", stub.Reply{Status: 429, RetryAfter: "1e300"}, fault.RateLimited, 24 * time.Hour, ""},
		{"an error over there", stub.Reply{Status: 500}, fault.Unavailable, 0, "not answering"},
		{"overloaded", stub.Reply{Status: 503, RetryAfter: "3"}, fault.Unavailable, 3 * time.Second, ""},
		{"a bad gateway", stub.Reply{Status: 502}, fault.Unavailable, 0, ""},
		{"a request it does not like", stub.Reply{Status: 400, Code: "invalid_request_error"}, fault.Invalid, 0, "did not accept"},
		{"trouble in the stream", stub.Reply{Text: "well", Break: stub.Trouble, After: 2, Code: "server_error"}, fault.Unavailable, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.reply.Message = "canary-message"
			r := newRig(t, stub.Always(c.reply))
			_, err := r.Next(t.Context(), r.says("canary-prompt"))
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != c.kind || f.RetryAfter != c.pause || !strings.Contains(f.Message, c.says) {
				t.Fatalf("%v, want %s after %v", err, c.kind, c.pause)
			}
			silent(t, err)
		})
	}
}

// silent fails when an error holds what nobody may read in a log.
func silent(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		if text := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(e.Error(), "canary") || strings.Contains(text, key) {
			t.Errorf("the error tells %s", text)
		}
	}
}

func TestADateTellsHowLongToWait(t *testing.T) {
	t.Parallel()
	r := newRig(t, stub.Always(stub.Reply{Status: 429, RetryAfter: time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)}))
	_, err := r.Next(t.Context(), r.says("hi"))
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.RetryAfter < 55*time.Second || f.RetryAfter > time.Minute {
		t.Errorf("%v", err)
	}
}

func TestABrokenStreamIsUnavailableAndTakesBackWhatWasHeard(t *testing.T) {
	t.Parallel()
	for _, b := range []stub.Break{stub.Cut, stub.Reset, stub.Hang, stub.Garbage, stub.Trouble} {
		for _, after := range []int{0, 3} {
			t.Run(fmt.Sprintf("%s after %d", b, after), func(t *testing.T) {
				t.Parallel()
				replies := stub.List(stub.Reply{Text: "canary one two three four", Break: b, After: after}, stub.Reply{Text: "All is well."})
				r := newRig(t, replies, func(o *llm.Options) { o.Timeout = 2 * time.Second })
				_, err := r.Next(t.Context(), r.says("canary-prompt"))
				if fault.KindOf(err) != fault.Unavailable || r.said.Len() > 0 || r.sets != min(after, 1) {
					t.Fatalf("%v, heard %q, %d resets", err, r.said.String(), r.sets)
				}
				silent(t, err)
				if n := len(r.stub.Records()); n != 1 {
					t.Errorf("%d requests for one call", n)
				}
				step, err := r.Next(t.Context(), r.says("again"))
				if err != nil || step.Say != "All is well." || r.said.String() != step.Say {
					t.Errorf("the next try: %+v, %v", step, err)
				}
			})
		}
	}
}

func TestALongConversationIsCutUntilItFits(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string]stub.Reply{
		"by code":  {Status: 400, Code: "context_length_exceeded"},
		"in words": {Status: 400, Message: "This model's maximum context length is 8192 tokens."},
		"by size":  {Status: 413},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const fits = 5 // messages, with the system's
			r := newRig(t, func(q stub.Request) stub.Reply {
				if len(q.Messages) > fits {
					return refusal
				}
				return stub.Reply{Text: q.Asked()}
			})
			crew, err := agent.NewCrew(someone())
			if err != nil {
				t.Fatal(err)
			}
			ts := r.says("")
			ts.Messages = nil
			for i := range 20 {
				ts.Messages = append(ts.Messages, agent.Message{Role: agent.Person, Text: fmt.Sprint(i)},
					agent.Message{Role: agent.Assistant, Text: "Yes.", FromModel: true})
			}
			ts.Messages = append(ts.Messages, agent.Message{Role: agent.Person, Text: "last"})
			step, err := crew.Next(t.Context(), r, ts)
			if err != nil || step.Say != "last" || step.Forgot < 41-fits {
				t.Fatalf("%+v, %v", step, err)
			}
			before := len(r.stub.Records())
			ts.Forgot = step.Forgot
			if _, err := crew.Next(t.Context(), r, ts); err != nil || len(r.stub.Records()) != before+1 {
				t.Errorf("the next step did not begin where this one ended: %v", err)
			}
		})
	}
}

func TestAMessageThatNeverFitsIsRefusedInWords(t *testing.T) {
	t.Parallel()
	r := newRig(t, stub.Always(stub.Reply{Status: 400, Code: "context_length_exceeded"}))
	crew, err := agent.NewCrew(someone())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := crew.Next(t.Context(), r, r.says("hi")); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.MessageOf(err), "in parts") {
		t.Errorf("%v", err)
	}
}

func TestACallThatItsCallerGivesUpIsNoFault(t *testing.T) {
	t.Parallel()
	r := newRig(t, stub.Always(stub.Reply{Text: "a b c", Break: stub.Hang, After: 2}))
	ctx, cancel := context.WithCancel(t.Context())
	ts := r.says("hi")
	ts.Hear = func(d agent.Delta) { r.hear(d); cancel() }
	if _, err := r.Next(ctx, ts); !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Internal {
		t.Errorf("%v", err)
	}
}

func TestAnEndlessResponseIsGivenUp(t *testing.T) {
	t.Parallel()
	r := overHTTP(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		comment := []byte(": " + strings.Repeat("x", 64<<10) + "\n\n")
		for {
			if _, err := w.Write(comment); err != nil {
				return
			}
		}
	}))
	if _, err := r.Next(t.Context(), r.says("hi")); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "10 MB") {
		t.Errorf("%v", err)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	r := overHTTP(t, http.RedirectHandler("http://127.0.0.1:1/", http.StatusTemporaryRedirect))
	if _, err := r.Next(t.Context(), r.says("hi")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
}

func TestAServerThatIsAwayIsUnavailable(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, func(o *llm.Options) { o.BaseURL = "http://user:canary-secret@127.0.0.1:1/v1" })
	_, err := r.Next(t.Context(), r.says("hi"))
	if fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("%v", err)
	}
	silent(t, err)
}

func TestTheBreakerCountsWholeCalls(t *testing.T) {
	t.Parallel()
	b := guard.NewBreaker(guard.BreakerOptions{Name: "model", Message: "The language model is not answering right now."})
	r := newRig(t, stub.Always(stub.Reply{Text: "a b c", Break: stub.Cut, After: 2}), func(o *llm.Options) { o.Breaker = b })
	for range 8 {
		if _, err := r.Next(t.Context(), r.says("hi")); fault.KindOf(err) != fault.Unavailable {
			t.Fatalf("%v", err)
		}
	}
	if n := len(r.stub.Records()); n != 6 || b.State().State != "open" {
		t.Errorf("%d requests, the breaker is %s", n, b.State().State)
	}
}
