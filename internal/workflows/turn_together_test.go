package workflows

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"

	"segue/internal/agent"
	"segue/internal/agent/llm/stub"
	"segue/internal/fault"
	"segue/internal/music"
)

// meeting is a catalogue in which searches wait for one another.
type meeting struct {
	*shelf
	mu   sync.Mutex
	here int
	all  chan struct{}
}

func (m *meeting) Search(ctx context.Context, personID, query string, offset int) ([]music.Track, error) {
	m.mu.Lock()
	if m.here++; m.here == 2 {
		close(m.all)
	}
	m.mu.Unlock()
	select {
	case <-m.all:
	case <-time.After(10 * time.Second):
	}
	return m.shelf.Search(ctx, personID, query, offset)
}

// several calls tools in one step and then says so.
func several(calls ...stub.Call) stub.Script {
	return func(q stub.Request) stub.Reply {
		if q.Rounds() > 0 {
			return stub.Reply{Text: "That is how it is."}
		}
		return stub.Reply{Calls: calls}
	}
}

func TestCallsThatOnlyReadGoOnAtTheSameTime(t *testing.T) {
	t.Parallel()
	k := newTalk(t, several(
		stub.Call{Name: agent.FindSongs, Arguments: `{"songs":[{"title":"Bohemian Rhapsody","artists":["Queen"]}]}`},
		stub.Call{Name: agent.ListPlaylists, Arguments: `{}`},
		stub.Call{Name: agent.FindSongs, Arguments: `{"songs":[{"title":"Bohemian Rhapsody"}]}`},
	))
	k.shelf.tracks = append(k.shelf.tracks, queen)
	m := &meeting{shelf: k.shelf, all: make(chan struct{})}
	all := k.activities()
	all.Catalogue = m
	k.RegisterActivityWithOptions(all.Propose, activity.RegisterOptions{Name: "Propose", DisableAlreadyRegisteredCheck: true})
	began := time.Now()
	p := k.say(t, "look around", false)
	if took := time.Since(began); m.here < 2 || took > 8*time.Second {
		t.Errorf("%d searches met in %v", m.here, took)
	}
	if p.State != agent.Done || len(p.Playlists) != 1 || len(p.Tracks) != 1 || p.Trouble != nil || len(p.Questions()) > 0 {
		t.Errorf("ended %s with %d playlists, %d tracks, %+v", p.State, len(p.Playlists), len(p.Tracks), p.Trouble)
	}
	told := k.told()
	if first, second := strings.Index(told, `\"handle\":\"S1\"`), strings.Index(told, `\"handle\":\"P1\"`); first < 0 || second < first {
		t.Errorf("the results are not in the order of the calls: %s", told)
	}
	names := map[string]int{}
	for _, s := range p.Steps {
		if names[s.Name]++; names[s.Name] > 1 || s.State != agent.Done {
			t.Errorf("step %s, %d times", s.Name, names[s.Name])
		}
	}
}

func TestAPauseOfOneReaderIsShownAndEndsWithAWake(t *testing.T) {
	t.Parallel()
	k := newTalk(t, several(
		stub.Call{Name: agent.ListPlaylists, Arguments: `{}`},
		stub.Call{Name: agent.FindSongs, Arguments: `{"songs":[{"title":"Bohemian Rhapsody","artists":["Queen"]}]}`},
	))
	k.shelf.tracks = append(k.shelf.tracks, queen)
	away := func(err error) {
		k.shelf.mu.Lock()
		defer k.shelf.mu.Unlock()
		k.shelf.away = func() error { return err }
	}
	away(fault.New(fault.Unauthorised, "Spotify needs you to log in again.", nil))
	k.RegisterDelayedCallback(func() {
		var p agent.Progress
		answer, err := k.QueryWorkflow(QueryProgress)
		if err == nil {
			err = answer.Get(&p)
		}
		if err != nil || p.State != agent.Waiting || p.Trouble == nil || !p.Trouble.Reconnect {
			t.Errorf("after five seconds it is %s, %+v, %v", p.State, p.Trouble, err)
		}
		away(nil)
		k.SignalWorkflow(SignalWake, nil)
	}, 5*time.Second)
	p := k.say(t, "look around", false)
	if took := p.EndedAt.Sub(p.StartedAt); p.State != agent.Done || p.Trouble != nil || took > 20*time.Second {
		t.Errorf("ended %s after %v, %+v", p.State, took, p.Trouble)
	}
}
