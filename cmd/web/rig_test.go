package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"segue/internal/agent"
	"segue/internal/agent/rules"
	"segue/internal/auth"
	"segue/internal/fetch"
	"segue/internal/match"
	"segue/internal/mcp"
	"segue/internal/spotify"
	"segue/internal/spotify/emulator"
	"segue/internal/store"
	"segue/internal/temporald"
	"segue/internal/workflows"
)

// rig is the engine with real parts: embedded Temporal, SQLite and the
// emulated Spotify over HTTP. Only the login is left out.
type rig struct {
	t         *testing.T
	dir       string
	home      string  // of Temporal
	plain     bool    // payloads are not encrypted, for recorded histories
	rate      float64 // calls per second that leave; 0 = unlimited
	catalogue string  // file of the emulated Spotify; "" = the built-in one
	emulator  *emulator.Emulator
	api       *spotify.Client
	db        *store.DB
	keys      *auth.KeyRing
	person    string

	server     *temporald.Server
	temporal   client.Client
	workers    workflows.Workers
	engine     *workflows.Client
	strategies match.Mix
	places     []mcp.Place // servers of tools
	guests     *mcp.Guests
	lists      *fetch.Client // reads lists of schedules
	leave      func()        // ends what was started to reach them
	model      modelConfig   // of a test with a language model
}

// token is the vault of a test: one access token for everybody.
type token string

func (k token) Token(context.Context, string) (string, error)           { return string(k), nil }
func (k token) Refresh(context.Context, string, string) (string, error) { return string(k), nil }

func newRig(t *testing.T, change ...func(*rig)) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), home: t.TempDir()}
	for _, f := range change {
		f(r)
	}
	var err error
	r.emulator, err = emulator.New(emulator.Options{Catalogue: r.catalogue})
	must(t, err)
	srv := httptest.NewServer(r.emulator.Handler())
	t.Cleanup(srv.Close)
	access, _ := r.emulator.Grant("ada_emu")
	r.api = spotify.New(spotify.Options{
		APIURL: srv.URL + "/v1/", Tokens: token(access), Rate: r.rate, Burst: 1, Bulk: workflows.InBulk,
	})
	r.keys, err = auth.LoadKeyRing(filepath.Join(r.dir, "keys"))
	must(t, err)
	r.db, err = store.Open(t.Context(), filepath.Join(r.dir, "app.db"), quiet())
	must(t, err)
	t.Cleanup(func() { must(t, r.db.Close()) })
	p, err := r.db.SavePerson(t.Context(), auth.Person{ID: "ada", SpotifyID: "ada_emu", AccountID: "ada", CreatedAt: time.Now()})
	must(t, err)
	r.person = p.ID
	r.start()
	t.Cleanup(r.stop)
	return r
}

// start brings the engine up; stop takes it down. Between them everything but
// the ledger and Spotify may be thrown away.
func (r *rig) start() {
	r.t.Helper()
	var err error
	r.server, err = temporald.Start(context.Background(), temporald.Options{
		Dir: r.home, Attributes: workflows.SearchAttributes(), Logger: quiet(),
	})
	must(r.t, err)
	options := client.Options{HostPort: r.server.Address(), Namespace: temporald.Namespace, Logger: sdkSilent{}}
	options.DataConverter, options.FailureConverter = workflows.Converters(workflows.NewCodec(r.keys))
	if r.plain {
		options.DataConverter, options.FailureConverter = converter.GetDefaultDataConverter(), nil
	}
	r.temporal, err = client.Dial(options)
	must(r.t, err)
	drafts := &workflows.Drafts{}
	model, _, err := r.model.planner(quiet())
	must(r.t, err)
	crews, err := crews()
	must(r.t, err)
	r.engine = workflows.NewClient(r.temporal, temporald.Namespace, options.DataConverter)
	r.engine.Assign(r.model.assign)
	r.engine.Show(drafts)
	r.engine.Beware(r.model.sees)
	r.guests = mcp.NewGuests(r.places, quiet())
	ctx, leave := context.WithCancel(context.Background())
	var visiting sync.WaitGroup
	visiting.Go(func() { r.guests.Run(ctx) })
	r.leave = func() { leave(); visiting.Wait() }
	r.workers = workflows.NewWorkers(r.temporal, &workflows.Activities{
		Catalogue: r.api, Library: r.api, Ledger: r.db, Attempts: r.db, Rules: r.db, Lists: r.db, Letters: r.db, Terms: r.db, Desk: r.db, Repeats: r.db, Documents: r.lists, Engine: r.engine, Planner: rules.New(),
		Model: model, Allowance: r.model.allowance, Crews: crews, Guests: r.guests, Drafts: drafts, Strategies: r.strategies, Logger: quiet(),
	}, &workflows.Undertaker{Letterbox: r.db})
	must(r.t, r.workers.Start())
}

func (r *rig) stop() {
	if r.server == nil {
		return
	}
	r.workers.Stop()
	r.leave()
	r.temporal.Close()
	r.server.Stop()
	r.server = nil
}

// forget loses everything that Temporal knows.
func (r *rig) forget() {
	r.t.Helper()
	r.home = r.t.TempDir() // the driver keeps a deleted file open, so another folder it is
}

// say accepts a message and starts its run.
func (r *rig) say(text string) agent.Run {
	r.t.Helper()
	run := r.accept(text)
	must(r.t, r.engine.StartTurn(r.t.Context(), run))
	return run
}

func (r *rig) accept(text string) agent.Run {
	r.t.Helper()
	key := fmt.Sprint(time.Now().UnixNano())
	run, _, err := r.db.Accept(r.t.Context(), store.NewMessage{PersonID: r.person, Text: text, Key: key})
	must(r.t, err)
	return run
}

// until waits for a state of the run that satisfies ok, as a watcher would.
func (r *rig) until(run agent.Run, ok func(agent.Progress) bool) agent.Progress {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 90*time.Second)
	defer cancel()
	watch := r.engine.Watch(run.ID)
	defer watch.Close()
	var last agent.Progress
	for ctx.Err() == nil {
		p, err := watch.Progress(ctx)
		if err == nil {
			if last = p; ok(p) {
				return p
			}
		} else if ctx.Err() == nil {
			r.t.Logf("run %s cannot be read: %v", run.ID, err)
		}
		again, cancel := context.WithTimeout(ctx, 5*time.Second) // a read may fail, and nobody rings for that
		_ = watch.Wait(again)
		cancel()
	}
	r.t.Fatalf("waited in vain; last seen %+v", last)
	return last
}

// end waits until the run is final in the ledger and returns its outcome.
func (r *rig) end(run agent.Run) agent.Progress {
	r.t.Helper()
	r.until(run, func(p agent.Progress) bool { return p.State.Final() })
	for range 200 {
		got, err := r.db.Run(r.t.Context(), r.person, run.ID)
		must(r.t, err)
		if got.Outcome != nil {
			return *got.Outcome
		}
		time.Sleep(10 * time.Millisecond) // the ledger follows the engine within one workflow task
	}
	r.t.Fatal("the run never ended in the ledger")
	return agent.Progress{}
}

// rows returns the titles of a playlist as Spotify has them, not as we think.
func (r *rig) rows(playlist string) []string {
	r.t.Helper()
	for _, p := range r.emulator.State().Playlists {
		if p.Name == playlist {
			titles := make([]string, len(p.Rows))
			for i, row := range p.Rows {
				titles[i] = row.Title
			}
			return titles
		}
	}
	r.t.Fatalf("no playlist %s", playlist)
	return nil
}

func times(rows []string, title string) int {
	return len(rows) - len(slices.DeleteFunc(slices.Clone(rows), func(s string) bool { return s == title }))
}

// grep reports whether a file of Temporal's holds the text.
func (r *rig) grep(text string) bool {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.home, "temporal-*"))
	must(r.t, err)
	if len(files) == 0 {
		r.t.Fatal("Temporal has no file")
	}
	return slices.ContainsFunc(files, func(name string) bool {
		content, err := os.ReadFile(name)
		must(r.t, err)
		return bytes.Contains(content, []byte(text))
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

type sdkSilent struct{}

func (sdkSilent) Debug(string, ...any) {}
func (sdkSilent) Info(string, ...any)  {}
func (sdkSilent) Warn(string, ...any)  {}
func (sdkSilent) Error(string, ...any) {}
