package stub_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"segue/internal/agent/llm/stub"
)

const sound = `{"model":"m","stream":true,"stream_options":{"include_usage":true},
	"messages":[{"role":"system","content":"be kind"},{"role":"user","content":"hi"},
		{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},
		{"role":"tool","tool_call_id":"a","content":"ok"}],
	"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}]}`

func post(t *testing.T, s *stub.Server, key, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/chat/completions", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+key)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	text, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(text)
}

func TestASoundRequestIsAnswered(t *testing.T) {
	t.Parallel()
	s := stub.New(stub.Options{Key: "k", Model: "m", Script: stub.Always(stub.Reply{Text: "Hello there."})})
	code, text := post(t, s, "k", sound)
	for _, want := range []string{`"content":"Hello "`, `"content":"there."`, `"finish_reason":"stop"`, `"total_tokens":`, "data: [DONE]\n\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%d: no %s in\n%s", code, want, text)
		}
	}
	if all := s.Records(); len(all) != 1 || all[0].Key != "k" || all[0].Wrote.Before(all[0].At) || string(all[0].Body) != sound {
		t.Errorf("recorded %+v", all)
	}
}

func TestARequestThatBreaksTheProtocolIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, from, to, why string }{
		{"no JSON", `{"model"`, `"model"`, "cannot be read"},
		{"a field of one server only", `"stream":true`, `"stream":true,"parallel_tool_calls":true`, "unknown field"},
		{"no stream", `"stream":true`, `"stream":false`, "only streams"},
		{"no model", `"model":"m"`, `"model":""`, "model is missing"},
		{"a role that is none", `"role":"user"`, `"role":"person"`, "no role"},
		{"a second system message", `"role":"user","content":"hi"`, `"role":"system","content":"hi"`, "must be the first"},
		{"no content", `"role":"user","content":"hi"`, `"role":"user"`, "content is missing"},
		{"the model speaks first", `{"role":"user","content":"hi"},`, ``, "first to speak"},
		{"two of the person", `{"role":"user","content":"hi"},`, `{"role":"user","content":"hi"},{"role":"user","content":"hi"},`, "follow one another"},
		{"a result of no call", `"tool_call_id":"a"`, `"tool_call_id":"b"`, "not that of a call"},
		{"a call without a result", `,
		{"role":"tool","tool_call_id":"a","content":"ok"}`, ``, "has no result"},
		{"a call without an id", `"id":"a"`, `"id":""`, "missing or not unique"},
		{"arguments that are no object", `"arguments":"{}"`, `"arguments":"{"`, "no JSON object"},
		{"a schema that is none", `{"type":"object"}`, `{"type":7}`, "no JSON Schema"},
		{"a schema of no object", `{"type":"object"}`, `{"type":"string"}`, "no object"},
		{"a tool without a name", `"name":"f","description"`, `"name":"","description"`, "name is not valid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(sound, c.from) {
				t.Fatalf("nothing to replace: %s", c.from)
			}
			s := stub.New(stub.Options{Script: stub.Always(stub.Reply{Text: "Hello."})})
			code, text := post(t, s, "k", strings.Replace(sound, c.from, c.to, 1))
			if code != http.StatusBadRequest || !strings.Contains(text, c.why) {
				t.Errorf("%d %s, want 400 with %q", code, text, c.why)
			}
			if r := s.Records()[0]; r.Status != http.StatusBadRequest || !strings.Contains(r.Why, c.why) {
				t.Errorf("recorded %d %q", r.Status, r.Why)
			}
		})
	}
}

func TestKeysAndModelsAreChecked(t *testing.T) {
	t.Parallel()
	s := stub.New(stub.Options{Key: "k", Model: "other", Script: stub.Always(stub.Reply{})})
	if code, _ := post(t, s, "wrong", sound); code != http.StatusUnauthorized {
		t.Errorf("a wrong key: %d", code)
	}
	if code, _ := post(t, s, "k", sound); code != http.StatusNotFound {
		t.Errorf("a model that is not there: %d", code)
	}
}

func TestAListIsAnsweredInTurnAndThenOver(t *testing.T) {
	t.Parallel()
	s := stub.New(stub.Options{Script: stub.List(stub.Reply{Text: "one"}, stub.Reply{Status: http.StatusTooManyRequests, RetryAfter: "7"})})
	for i, want := range []int{http.StatusOK, http.StatusTooManyRequests, http.StatusInternalServerError} {
		if code, text := post(t, s, "", sound); code != want {
			t.Errorf("answer %d: %d %s", i, code, text)
		}
	}
}
