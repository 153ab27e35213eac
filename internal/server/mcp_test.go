package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/agent/crew"
	"segue/internal/auth"
	"segue/internal/mcp"
	"segue/internal/server"
)

// shop is a site whose tools programs may call.
func shop(t *testing.T, change ...func(*server.Options)) *site {
	t.Helper()
	single, err := crew.For(agent.Single)
	if err != nil {
		t.Fatal(err)
	}
	return newSite(t, func(o *server.Options, _ *http.Server) {
		o.Tools, o.PublicURL = mcp.Options{Crew: single, Wait: 1}, "https://segue.example"
		for _, f := range change {
			f(o)
		}
	})
}

// rpc sends one message of the protocol, and returns what comes back.
func (g *gadget) rpc(t *testing.T, method, body string, header ...string) (status int, head http.Header, text string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, g.site.url+"/mcp", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	if g.text != "" {
		r.Header.Set("Authorization", "Bearer "+g.text)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	read, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(read)
}

const (
	listTools = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	addSecret = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sync_songs","arguments":{"songs":[{"title":"A secret song","artists":["Nobody"]}],"playlist":{"name":"Gym"}}}}`
)

func TestTheDoorForProgramsOpensToAPersonalTokenAlone(t *testing.T) {
	t.Parallel()
	s := shop(t)
	g := s.login("ada").gadget(auth.Nobody)
	for _, c := range []struct {
		what   string
		who    *gadget
		method string
		body   string
		header []string
		status int
	}{
		{"a token", g, http.MethodPost, listTools, nil, http.StatusOK},
		{"our own origin", g, http.MethodPost, listTools, []string{"Origin", "https://segue.example", "Host", "segue.example", "Sec-Fetch-Site", "same-origin"}, http.StatusOK},
		{"no token", &gadget{site: s}, http.MethodPost, listTools, nil, http.StatusUnauthorized},
		{"a wrong token", &gadget{site: s, text: "segue_wrong"}, http.MethodPost, listTools, nil, http.StatusUnauthorized},
		{"another origin", g, http.MethodPost, listTools, []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		{"a name that was rebound", g, http.MethodPost, listTools, []string{"Origin", s.url, "Sec-Fetch-Site", "same-origin"}, http.StatusForbidden},
		{"another origin that reads", g, http.MethodGet, "", []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		{"a stream", g, http.MethodGet, "", nil, http.StatusMethodNotAllowed},
		{"the end of a session", g, http.MethodDelete, "", nil, http.StatusMethodNotAllowed},
		{"too much", g, http.MethodPost, `{"x":"` + strings.Repeat("y", 129<<10) + `"}`, nil, http.StatusRequestEntityTooLarge},
		{"a form", g, http.MethodPost, "a=b", []string{"Content-Type", "application/x-www-form-urlencoded"}, http.StatusUnsupportedMediaType},
	} {
		status, head, body := c.who.rpc(t, c.method, c.body, c.header...)
		if status != c.status {
			t.Errorf("%s: %d, want %d: %s", c.what, status, c.status, body)
		}
		if challenge := head.Get("WWW-Authenticate"); (challenge != "") != (c.status == http.StatusUnauthorized) {
			t.Errorf("%s: challenge %q", c.what, challenge)
		}
	}
}

func TestACallIsARunInTheConversationOfItsToken(t *testing.T) {
	t.Parallel()
	s := shop(t)
	ada := s.login("ada")
	status, _, body := ada.gadget(auth.Nobody).rpc(t, http.MethodPost, addSecret)
	starts := s.engine.starts()
	if status != http.StatusOK || len(starts) != 1 || !strings.Contains(body, "https://segue.example/runs/"+starts[0]) || strings.Contains(body, "secret") {
		t.Fatalf("%d, started %v: %s", status, starts, body)
	}
	run, err := s.db.Run(t.Context(), ada.id, starts[0])
	if err != nil || run.Call == nil || run.Call.Effect != agent.Write {
		t.Fatalf("%+v, %v", run, err)
	}
	ada.get("/runs/" + run.ID).wants(http.StatusOK).says("Sync songs: A secret song, Nobody, Gym")
	s.login("ben").get("/runs/" + run.ID).wants(http.StatusNotFound)
	if strings.Contains(s.log.String(), "secret") {
		t.Error("the log has what was asked for")
	}
}

func TestATokenThatCallsOftenHasToWait(t *testing.T) {
	t.Parallel()
	s := shop(t, func(o *server.Options) { o.Limits.Calls = 3 })
	g := s.login("ada").gadget(auth.Nobody)
	for range 3 {
		g.rpc(t, http.MethodPost, listTools)
	}
	if status, head, body := g.rpc(t, http.MethodPost, listTools); status != http.StatusTooManyRequests || head.Get("Retry-After") == "" {
		t.Errorf("%d: %s", status, body)
	}
}

func TestWithoutToolsThereIsNoDoor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if status, _, _ := s.login("ada").gadget(auth.Nobody).rpc(t, http.MethodPost, listTools); status != http.StatusNotFound {
		t.Error(status)
	}
}
