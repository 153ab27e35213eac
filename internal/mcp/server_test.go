package mcp

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"segue/internal/agent"
	"segue/internal/agent/crew"
	"segue/internal/fault"
)

// counter is a desk with one run, whose states come one after the other.
type counter struct {
	token  string
	states []agent.Progress
	then   func(agent.Progress) // is told after each state

	mu   sync.Mutex
	keys []string
}

func (c *counter) Allows(effect agent.Effect) error {
	if effect == agent.Destructive {
		return fault.New(fault.Forbidden, "This token lacks the scope.", nil)
	}
	return nil
}

func (c *counter) Accept(_ context.Context, _ agent.Call, key string) (agent.Run, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys = append(c.keys, key)
	return agent.Run{ID: "run1", State: agent.Accepted}, nil
}

func (c *counter) Follow(ctx context.Context, _ agent.Run, tell func(agent.Progress) bool) {
	for _, p := range c.states {
		if !tell(p) {
			return
		}
		if c.then != nil {
			c.then(p)
		}
	}
	if !c.states[len(c.states)-1].State.Final() {
		<-ctx.Done()
	}
}

// open serves the desk and returns its address.
func open(t *testing.T, c *counter, change ...func(*Options)) string {
	t.Helper()
	single, err := crew.For(agent.Single)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Crew: single, Wait: 2 * time.Second, Link: func(id string) string { return "http://segue.example/runs/" + id }}
	for _, f := range change {
		f(&o)
	}
	handler := Handler(o, func(*http.Request) Desk { return c })
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.token != "" && r.Header.Get("Authorization") != "Bearer "+c.token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// visitor is a program that notes what it is told while it waits.
type visitor struct {
	*sdk.ClientSession
	heard chan string
}

func enter(t *testing.T, transport sdk.Transport) visitor {
	t.Helper()
	v := visitor{heard: make(chan string, 20)}
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, &sdk.ClientOptions{
		ProgressNotificationHandler: func(_ context.Context, r *sdk.ProgressNotificationClientRequest) { v.heard <- r.Params.Message },
	})
	var err error
	if v.ClientSession, err = client.Connect(t.Context(), transport, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v
}

func (v visitor) hears(t *testing.T, part string) {
	t.Helper()
	for {
		select {
		case said := <-v.heard:
			if strings.Contains(said, part) {
				return
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("did not hear %q", part)
		}
	}
}

func asked() agent.Progress {
	return agent.Progress{State: agent.Waiting, Question: &agent.Question{ID: "q", Text: "Remove Road Trip?"}}
}

func ended() agent.Progress {
	return agent.Progress{State: agent.Done, Result: &agent.Result{
		Code: agent.OK, Playlist: agent.PlaylistRef{ID: "road", Name: "Road Trip"},
		Items: []agent.Item{{Kind: "S", Value: "bohemian", Code: agent.Added, Text: "Bohemian Rhapsody", Score: 99}},
	}}
}

func create(t *testing.T, v visitor, meta sdk.Meta) *sdk.CallToolResult {
	t.Helper()
	result, err := v.CallTool(t.Context(), &sdk.CallToolParams{Meta: meta, Name: agent.CreatePlaylist, Arguments: json.RawMessage(`{"name":"Rain"}`)})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func words0(r *sdk.CallToolResult) string { return r.Content[0].(*sdk.TextContent).Text }

func TestWhoWatchesIsToldWhileItWaits(t *testing.T) {
	t.Parallel()
	decided := make(chan struct{})
	c := &counter{states: []agent.Progress{{State: agent.Running}, asked(), ended()}, then: func(p agent.Progress) {
		if p.State == agent.Waiting {
			<-decided
		}
	}}
	v := enter(t, &sdk.StreamableClientTransport{Endpoint: open(t, c)})
	end := make(chan *sdk.CallToolResult)
	go func() { end <- create(t, v, sdk.Meta{"progressToken": "p1", keyField: "k1"}) }()
	v.hears(t, "still on its way")
	v.hears(t, "has to decide something at http://segue.example/runs/run1.")
	close(decided)
	if r := <-end; r.IsError || !strings.HasPrefix(words0(r), "Done.") || !slices.Equal(c.keys, []string{"k1"}) {
		t.Errorf("%q, keys %q", words0(r), c.keys)
	}
}

func TestWhoDoesNotWatchIsToldAtOnceThatAPersonDecides(t *testing.T) {
	t.Parallel()
	c := &counter{states: []agent.Progress{{State: agent.Running}, asked()}}
	v := enter(t, &sdk.StreamableClientTransport{Endpoint: open(t, c, func(o *Options) { o.Wait = time.Minute })})
	r := create(t, v, nil)
	if r.IsError || !strings.HasPrefix(words0(r), "The person has to decide") || !strings.Contains(words0(r), "run_id run1") {
		t.Errorf("%q", words0(r))
	}
}

func TestNamesAreToldToNoneButWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	for _, sees := range []bool{false, true} {
		c := &counter{states: []agent.Progress{ended()}}
		v := enter(t, &sdk.StreamableClientTransport{Endpoint: open(t, c, func(o *Options) { o.Sees = sees })})
		text, err := json.Marshal(create(t, v, nil))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(text), "Rhapsody") && strings.Contains(string(text), "Road Trip"); got != sees || !strings.Contains(string(text), "bohemian") {
			t.Errorf("sees %v: %s", sees, text)
		}
	}
}

func TestWhatEndsBadlyIsToldInThreeParts(t *testing.T) {
	t.Parallel()
	for kind := range failures {
		c := &counter{states: []agent.Progress{{State: agent.Failed, Trouble: &agent.Trouble{
			Kind: string(kind), What: "Road Trip is not there.", Kept: "Kept.", Do: "Do.",
		}}}}
		r := create(t, enter(t, &sdk.StreamableClientTransport{Endpoint: open(t, c)}), nil)
		if !r.IsError || !strings.HasSuffix(words0(r), "Kept. Do.") || strings.Contains(words0(r), "Road Trip") {
			t.Errorf("%s: %q", kind, words0(r))
		}
	}
	c := &counter{states: []agent.Progress{ended()}}
	v := enter(t, &sdk.StreamableClientTransport{Endpoint: open(t, c)})
	r, err := v.CallTool(t.Context(), &sdk.CallToolParams{Name: agent.Undo, Arguments: json.RawMessage(`{"run_id":"abcdefghijklmnopqrstuvwx"}`)})
	if err != nil || !r.IsError || !strings.HasPrefix(words0(r), "This token lacks the scope. Nothing was changed.") || len(c.keys) > 0 {
		t.Errorf("%+v, %v, accepted %q", r, err, c.keys)
	}
}

func TestTheBridgeHandsEverythingOn(t *testing.T) {
	t.Parallel()
	c := &counter{token: "segue_test", states: []agent.Progress{{State: agent.Running}, ended()}}
	address := open(t, c)
	here, there := sdk.NewInMemoryTransports()
	ctx, stop := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() { gone <- Bridge(ctx, address+"/", "segue_test", here) }()
	v := enter(t, there)
	list, err := v.ListTools(t.Context(), nil)
	if err != nil || len(list.Tools) < 10 || !strings.Contains(v.InitializeResult().Instructions, "Segue brings songs") {
		t.Fatalf("%v; instructions %q", err, v.InitializeResult().Instructions)
	}
	r := create(t, v, sdk.Meta{"progressToken": "p1", keyField: "k2"})
	if !strings.HasPrefix(words0(r), "Done.") || !slices.Equal(c.keys, []string{"k2"}) {
		t.Errorf("%q, keys %q", words0(r), c.keys)
	}
	v.hears(t, "still on its way")
	_ = v.Close()
	if err := <-gone; err != nil {
		t.Errorf("the bridge ended with %v", err)
	}
	stop()
	if err := Bridge(t.Context(), address, "segue_wrong", here); err == nil || strings.Contains(err.Error(), "segue_wrong") {
		t.Errorf("a wrong token: %v", err)
	}
}
