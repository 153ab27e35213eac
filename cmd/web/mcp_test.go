package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"segue/internal/agent"
	"segue/internal/agent/crew"
	"segue/internal/auth"
	"segue/internal/mcp"
	"segue/internal/server"
)

// door serves the rig over HTTP and returns its address.
func (r *rig) door() string {
	r.t.Helper()
	single, err := crew.For(agent.Single)
	must(r.t, err)
	srv := httptest.NewUnstartedServer(nil)
	address := "http://" + srv.Listener.Addr().String()
	s := server.New(server.Options{
		Ledger: ledger{r.db}, Engine: engine{r.engine}, Tracks: r.api, Bearers: auth.NewBearers(r.db, nil), Logger: quiet(),
		PublicURL: address, Tools: mcp.Options{Crew: single, Sees: r.model.sees, Wait: 20 * time.Second},
	})
	srv.Config.Handler = s.Handler()
	srv.Start()
	r.t.Cleanup(srv.Close)
	r.t.Cleanup(s.Close)
	return address
}

// token makes a personal token of somebody's.
func (r *rig) token(person string, scopes ...auth.Scope) string {
	r.t.Helper()
	token, text, err := auth.NewPersonalToken(person, auth.Nobody, auth.PersonalWish{Name: "a program", Scopes: scopes}, time.Now())
	must(r.t, err)
	must(r.t, r.db.AddPersonalToken(r.t.Context(), token))
	return text.Reveal()
}

// shows sends what a program shows with every request.
type shows map[string]string

func (s shows) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for name, value := range s {
		r.Header.Set(name, value)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// program is a third party's client with somebody's token.
func program(t *testing.T, address string, header shows, heard ...func(string)) *sdk.ClientSession {
	t.Helper()
	session, err := connect(t.Context(), address, header, heard...)
	must(t, err)
	t.Cleanup(func() { _ = session.Close() })
	return session
}

func connect(ctx context.Context, address string, header shows, heard ...func(string)) (*sdk.ClientSession, error) {
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, &sdk.ClientOptions{
		ProgressNotificationHandler: func(_ context.Context, r *sdk.ProgressNotificationClientRequest) {
			for _, hear := range heard {
				hear(r.Params.Message)
			}
		},
	})
	return client.Connect(ctx, &sdk.StreamableClientTransport{
		Endpoint: address + "/mcp", HTTPClient: &http.Client{Transport: header}, MaxRetries: -1,
	}, nil)
}

func bearer(token string) shows { return shows{"Authorization": "Bearer " + token} }

// answered is what a program reads in a result.
type answered struct {
	Run, Page, State, Code, Data string
	Items                        []struct{ Handle, Code, Data string }
	words                        string
	failed                       bool
}

func ask(t *testing.T, s *sdk.ClientSession, tool, args string, meta ...sdk.Meta) answered {
	t.Helper()
	params := &sdk.CallToolParams{Name: tool, Arguments: json.RawMessage(args)}
	for _, m := range meta {
		params.Meta = m
	}
	result, err := s.CallTool(t.Context(), params)
	must(t, err)
	var v answered
	text, err := json.Marshal(result.StructuredContent)
	must(t, err)
	must(t, json.Unmarshal(text, &v))
	v.words, v.failed = result.Content[0].(*sdk.TextContent).Text, result.IsError
	return v
}

func TestAProgramIsOfferedTheToolsOfTheCrew(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := program(t, r.door(), bearer(r.token(r.person, auth.SyncRead, auth.SyncWrite)))
	single, err := crew.For(agent.Single)
	must(t, err)
	list, err := s.ListTools(t.Context(), nil)
	must(t, err)
	offered := map[string]*sdk.Tool{}
	for _, tool := range list.Tools {
		offered[tool.Name] = tool
	}
	for _, tool := range single.Acting(agent.Turn{}).Tools {
		got := offered[tool.Name]
		if (got == nil) != tool.Talk {
			t.Errorf("%s is offered: %v", tool.Name, got != nil)
		}
		if got != nil && (got.Annotations.ReadOnlyHint != (tool.Effect == agent.Read) || *got.Annotations.DestructiveHint != (tool.Effect == agent.Destructive)) {
			t.Errorf("%s is %s and annotated %+v", tool.Name, tool.Effect, got.Annotations)
		}
	}
}

func TestAProgramAddsASongOnceAndIsToldNoNames(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := program(t, r.door(), bearer(r.token(r.person, auth.SyncRead, auth.SyncWrite)))
	key := sdk.Meta{"segue/key": "one"}
	first, again := ask(t, s, agent.SyncSongs, addBohemian, key), ask(t, s, agent.SyncSongs, addBohemian, key)
	if first.State != "done" || first.Code != agent.OK || first.failed || len(first.Items) != 1 || first.Items[0].Code != agent.Added {
		t.Fatalf("told %+v", first)
	}
	if again.Run != first.Run || times(r.rows("Road Trip"), bohemian) != 1 {
		t.Errorf("the same key began %s after %s; %d times in the playlist", again.Run, first.Run, times(r.rows("Road Trip"), bohemian))
	}
	run, err := r.db.Run(t.Context(), r.person, first.Run)
	must(t, err)
	if run.Kind() != agent.ByProgram || run.Outcome == nil || run.Outcome.Strategy != "" {
		t.Errorf("the ledger has %+v", run)
	}
	list := ask(t, s, agent.ListPlaylists, `{}`)
	shown := ask(t, s, agent.ShowPlaylist, `{"playlist":{"id":"`+list.Items[0].Handle+`"}}`)
	if len(list.Items) < 3 || len(shown.Items) == 0 {
		t.Fatalf("told %+v, %+v", list, shown)
	}
	for _, v := range []answered{first, list, shown} {
		text, _ := json.Marshal(v)
		for _, name := range known(r) {
			if strings.Contains(string(text)+v.words, name) {
				t.Fatalf("%q is in %s", name, text)
			}
		}
	}
}

func TestWhatAProgramCannotDoIsToldInThreeParts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := program(t, r.door(), bearer(r.token(r.person, auth.SyncRead, auth.SyncWrite)))
	for tool, args := range map[string]string{
		agent.SyncSongs:    `{"songs":[],"playlist":{}}`,
		agent.ShowPlaylist: `{"playlist":{"id":"../../me"}}`,
		agent.Undo:         `{"run_id":"abcdefghijklmnopqrstuvwx"}`,
	} {
		v := ask(t, s, tool, args)
		if !v.failed || strings.Count(v.words, ".") < 3 || !strings.Contains(v.words, "Nothing was changed.") {
			t.Errorf("%s %s is told %+v", tool, args, v)
		}
	}
	if _, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: agent.SyncList, Arguments: json.RawMessage(`{"playlist":{}}`)}); err == nil {
		t.Error("a tool of the conversation was called")
	}
}

func TestARemovalThatAProgramWantsWaitsForThePerson(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	address := r.door()
	s := program(t, address, bearer(r.token(r.person, auth.SyncRead, auth.SyncWrite)))
	heard := make(chan string, 10)
	patient := program(t, address, bearer(r.token(r.person, auth.SyncWrite)), func(m string) { heard <- m })
	ask(t, s, agent.SyncSongs, addBohemian)
	before := r.rows("Road Trip")
	v := ask(t, s, agent.RemoveSongs, addBohemian)
	if v.State != "waiting" || v.failed || !strings.Contains(v.words, address+"/runs/"+v.Run) || !slices.Equal(r.rows("Road Trip"), before) {
		t.Fatalf("told %+v, %q", v, v.words)
	}
	p := r.until(agent.Run{ID: v.Run}, waiting)
	must(t, r.engine.Answer(t.Context(), v.Run, agent.Answer{Question: p.Question.ID, Option: agent.NoneOfThese}))
	status := ask(t, s, agent.RunStatus, `{"run_id":"`+v.Run+`"}`)
	if len(status.Items) != 1 || status.Items[0].Handle != v.Run {
		t.Errorf("run_status says %+v", status)
	}
	approved := make(chan answered)
	go func() {
		approved <- ask(t, patient, agent.RemoveSongs, addBohemian, sdk.Meta{"progressToken": "p1"})
	}()
	var open agent.Run
	for open.ID == "" { // while it waits, it is told where the person decides
		if _, rest, ok := strings.Cut(<-heard, "The person has to decide something at "+address+"/runs/"); ok {
			open.ID, _, _ = strings.Cut(rest, ".")
		}
	}
	p = r.until(open, waiting)
	must(t, r.engine.Answer(t.Context(), open.ID, agent.Answer{Question: p.Question.ID, Option: agent.Approve}))
	if v := <-approved; v.State != "done" || v.Code != agent.OK || times(r.rows("Road Trip"), bohemian) != 0 {
		t.Errorf("told %+v; %v", v, r.rows("Road Trip"))
	}
}

func TestAProgramReachesNothingThatIsNotItsPersons(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	address := r.door()
	mine := program(t, address, bearer(r.token(r.person, auth.SyncRead, auth.SyncWrite)))
	run := ask(t, mine, agent.SyncSongs, addBohemian).Run

	ben, err := r.db.SavePerson(t.Context(), auth.Person{ID: "ben", SpotifyID: "ben_emu", AccountID: "ben", CreatedAt: time.Now()})
	must(t, err)
	other := program(t, address, bearer(r.token(ben.ID, auth.SyncRead, auth.SyncWrite)))
	for _, tool := range []string{agent.RunStatus, agent.CancelRun, agent.RetryRun, agent.Undo} {
		if v := ask(t, other, tool, `{"run_id":"`+run+`"}`); !v.failed || !strings.HasPrefix(v.words, "What was named is not there") {
			t.Errorf("%s of somebody else's is told %+v, %q", tool, v, v.words)
		}
	}

	reader := program(t, address, bearer(r.token(r.person, auth.SyncRead)))
	if v := ask(t, reader, agent.CreatePlaylist, `{"name":"Mine"}`); !v.failed || !strings.Contains(v.words, "lacks the scope sync:write") {
		t.Errorf("a token that reads wrote: %+v", v)
	}
	good := r.token(r.person, auth.SyncRead)
	for what, header := range map[string]shows{
		"no token":         {},
		"a bad token":      bearer("segue_nonsense"),
		"another origin":   {"Authorization": "Bearer " + good, "Origin": "http://evil.example"},
		"a cookie instead": {"Cookie": "segue=" + good},
	} {
		if session, err := connect(t.Context(), address, header); err == nil {
			_ = session.Close()
			t.Errorf("%s was let in", what)
		}
	}
	own := program(t, address, shows{"Authorization": "Bearer " + good, "Origin": address})
	if list, err := own.ListTools(t.Context(), nil); err != nil || len(list.Tools) == 0 {
		t.Errorf("our own origin: %v", err)
	}
}

func TestAProgramThatSeesNamesIsAskedAboutEveryChange(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(r *rig) { r.model.sees = true })
	s := program(t, r.door(), bearer(r.token(r.person, auth.SyncRead, auth.SyncWrite)))
	if v := ask(t, s, agent.ListPlaylists, `{}`); len(v.Items) == 0 || v.Items[0].Data == "" {
		t.Errorf("no names: %+v", v)
	}
	before := r.rows("Road Trip")
	if v := ask(t, s, agent.SyncSongs, addBohemian); v.State != "waiting" || !slices.Equal(before, r.rows("Road Trip")) {
		t.Errorf("told %+v", v)
	}
}

// beSegue, in the environment, makes this test the program itself.
const beSegue = "TEST_BE_SEGUE"

func TestMain(m *testing.M) {
	if os.Getenv(beSegue) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestAProgramMaySpeakOverStdin(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	address, token := r.door(), r.token(r.person, auth.SyncRead, auth.SyncWrite)
	run := func(token string) (*sdk.ClientSession, error) {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "mcp")
		cmd.Env = []string{beSegue + "=1", "SEGUE_URL=" + address, "SEGUE_TOKEN=" + token}
		client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
		return client.Connect(t.Context(), &sdk.CommandTransport{Command: cmd}, nil)
	}
	if session, err := run("segue_wrong"); err == nil {
		_ = session.Close()
		t.Error("a wrong token was let in")
	}
	s, err := run(token)
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	if v := ask(t, s, agent.SyncSongs, addBohemian); v.Code != agent.OK || times(r.rows("Road Trip"), bohemian) != 1 {
		t.Errorf("told %+v, %q", v, v.words)
	}
	var took []time.Duration
	for range 20 {
		began := time.Now()
		if v := ask(t, s, agent.RunStatus, `{}`); v.Code != agent.OK {
			t.Fatalf("told %+v, %q", v, v.words)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	t.Logf("a call over stdin takes %v, %v at most", took[len(took)/2], took[len(took)-1])
}
