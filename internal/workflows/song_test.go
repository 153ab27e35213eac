package workflows

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// writing stands in for the Playlist workflow, which the test environment cannot
// reach from an activity: it answers each request in turn.
type writing struct {
	mu   sync.Mutex
	outs []WriteOutcome // of the next requests; the last one repeats
	asks []WriteInput
}

func (w *writing) write(_ context.Context, in WriteInput) (WriteOutcome, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asks = append(w.asks, in)
	out := w.outs[min(len(w.asks), len(w.outs))-1]
	return out, nil
}

func (s *scene) writing(outs ...WriteOutcome) *writing {
	w := &writing{outs: outs}
	s.RegisterActivityWithOptions(w.write, activity.RegisterOptions{Name: "Write", DisableAlreadyRegisteredCheck: true})
	return w
}

// sync runs a SyncSong and returns its result.
func (s *scene) sync(t *testing.T, song music.Song) SongProgress {
	t.Helper()
	s.ExecuteWorkflow(SyncSong, SongInput{RunID: "run1", PersonID: "ada", Key: "1", Song: song, Playlist: &road})
	if !s.IsWorkflowCompleted() || s.GetWorkflowError() != nil {
		t.Fatalf("completed %v, error %v", s.IsWorkflowCompleted(), s.GetWorkflowError())
	}
	var p SongProgress
	if err := s.GetWorkflowResult(&p); err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *scene) look(t *testing.T, after time.Duration, check func(agent.Task)) {
	t.Helper()
	s.RegisterDelayedCallback(func() {
		value, err := s.QueryWorkflow(QueryProgress)
		if err != nil {
			t.Error(err)
			return
		}
		var p SongProgress
		if err := value.Get(&p); err != nil {
			t.Error(err)
			return
		}
		check(p.Task)
	}, after)
}

func wantTask(t *testing.T, task agent.Task, state agent.State, result string) {
	t.Helper()
	if task.State != state || task.Result != result {
		t.Errorf("task is %s/%q (%+v), want %s/%q", task.State, task.Result, task.Trouble, state, result)
	}
}

var bohemian = music.Song{Title: "Bohemian Rhapsody", Artists: []string{"Queen"}}

func TestASongIsFoundAddedAndVerified(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = []music.Track{queen}
	s.shelf.uris = []string{"x", queen.URI}
	s.writing(WriteOutcome{Result: agent.Added})
	p := s.sync(t, bohemian)
	wantTask(t, p.Task, agent.Done, agent.Added)
	if p.Task.Position != 2 {
		t.Errorf("position %d, want 2", p.Task.Position)
	}
	for _, st := range p.Task.Steps {
		if st.State != agent.Done {
			t.Errorf("step %s is %s, want done", st.Name, st.State)
		}
	}
}

func TestASongThatIsThereAlreadyIsToldSo(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = []music.Track{queen}
	s.writing(WriteOutcome{Result: agent.AlreadyThere, Positions: []int{4}})
	p := s.sync(t, bohemian)
	wantTask(t, p.Task, agent.Done, agent.AlreadyThere)
	if p.Task.Position != 5 {
		t.Errorf("position %d, want 5", p.Task.Position)
	}
}

func TestASongThatSpotifyLacksIsNotFound(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	w := s.writing(WriteOutcome{Result: agent.Added})
	p := s.sync(t, bohemian)
	wantTask(t, p.Task, agent.Done, agent.NotFound)
	if len(w.asks) != 0 {
		t.Error("something was written")
	}
}

func TestABusySpotifyIsWaitedForWithACountdown(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = []music.Track{queen}
	s.shelf.uris = []string{queen.URI}
	busy := payload(&fault.Error{Kind: fault.RateLimited, Message: "Spotify asks for a pause.", RetryAfter: 13 * time.Hour})
	w := s.writing(WriteOutcome{Fault: busy}, WriteOutcome{Result: agent.Added})
	began := s.Now()
	s.look(t, time.Hour, func(task agent.Task) {
		if task.State != agent.Parked || task.Trouble == nil || task.Trouble.Until.Sub(began) < 12*time.Hour {
			t.Errorf("after an hour: %s, %+v; want parked until tomorrow", task.State, task.Trouble)
		}
	})
	p := s.sync(t, bohemian)
	wantTask(t, p.Task, agent.Done, agent.Added)
	if p.Task.Trouble != nil {
		t.Errorf("trouble %+v stays on a finished task", p.Task.Trouble)
	}
	if len(w.asks) != 2 || w.asks[0].Try == w.asks[1].Try {
		t.Errorf("requests %+v, want two with different numbers", w.asks)
	}
}

func TestAMissingLoginIsWaitedForAndAWakeEndsTheWait(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = []music.Track{queen}
	s.shelf.uris = []string{queen.URI}
	away := payload(fault.New(fault.Unauthorised, "Spotify needs you to log in again.", nil))
	w := s.writing(WriteOutcome{Fault: away}, WriteOutcome{Result: agent.Added})
	s.look(t, 10*time.Second, func(task agent.Task) {
		if task.State != agent.Waiting || task.Trouble == nil || !task.Trouble.Reconnect {
			t.Errorf("%s, %+v; want waiting for a login", task.State, task.Trouble)
		}
	})
	s.RegisterDelayedCallback(func() { s.SignalWorkflow(SignalWake, nil) }, 20*time.Second)
	s.look(t, 21*time.Second, func(agent.Task) {
		if len(w.asks) != 2 {
			t.Errorf("%d requests after the wake, want 2", len(w.asks))
		}
	})
	wantTask(t, s.sync(t, bohemian).Task, agent.Done, agent.Added)
}

func TestAFinalFaultEndsTheSongWithASentence(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = []music.Track{queen}
	gone := payload(fault.New(fault.NotFound, "This playlist no longer exists.", nil))
	w := s.writing(WriteOutcome{Fault: gone})
	p := s.sync(t, bohemian)
	wantTask(t, p.Task, agent.Failed, "")
	tr := p.Task.Trouble
	if tr == nil || tr.What != "This playlist no longer exists." || tr.Kept == "" || tr.Do == "" {
		t.Errorf("trouble %+v, want all three parts", tr)
	}
	if len(w.asks) != 1 {
		t.Errorf("%d requests, want 1", len(w.asks))
	}
}

// hallelujahs are two recordings that a title alone cannot tell apart.
func hallelujahs() []music.Track {
	track := func(id, artist, year string, length time.Duration) music.Track {
		return music.Track{
			ID: id, URI: "spotify:track:" + id, Title: "Hallelujah", Artists: []music.Artist{{Name: artist}},
			Album: music.Album{Name: "Album of " + artist, Type: "album", Release: year}, Duration: length, ISRC: "ISRC" + id,
		}
	}
	return []music.Track{
		track("buckley", "Jeff Buckley", "1994", 413*time.Second), track("cohen", "Leonard Cohen", "1984", 279*time.Second),
	}
}

func TestAnUnclearSongWaitsForTheAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ option, result string }{
		"one of them":   {"cohen", agent.Added},
		"none of these": {agent.NoneOfThese, agent.LeftOut},
		"no answer":     {"", agent.LeftOut},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.tracks = hallelujahs()
			s.shelf.uris = []string{"spotify:track:cohen"}
			s.writing(WriteOutcome{Result: agent.Added})
			s.look(t, time.Hour, func(task agent.Task) {
				if task.State != agent.Waiting || task.Question == nil || len(task.Question.Options) != 2 {
					t.Errorf("%s, question %+v; want two choices", task.State, task.Question)
				}
			})
			if c.option != "" {
				s.RegisterDelayedCallback(func() {
					s.UpdateWorkflow(UpdateAnswer, "a", &reply{t: t}, agent.Answer{Question: "song-1", Option: c.option})
				}, 2*time.Hour)
			}
			p := s.sync(t, music.Song{Title: "Hallelujah"})
			wantTask(t, p.Task, agent.Done, c.result)
			if c.result == agent.Added && p.Task.Match.Method != "person" {
				t.Errorf("method %q, want person", p.Task.Match.Method)
			}
		})
	}
}

// refusal collects the error of an update that must not be accepted.
type refusal struct{ err error }

func (r *refusal) Accept()             {}
func (r *refusal) Reject(err error)    { r.err = err }
func (r *refusal) Complete(any, error) {}

func TestAnAnswerIsCheckedAndCountsOnce(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = hallelujahs()
	s.writing(WriteOutcome{Result: agent.AlreadyThere})
	var foreign, second refusal
	s.RegisterDelayedCallback(func() {
		s.UpdateWorkflow(UpdateAnswer, "1", &foreign, agent.Answer{Question: "song-1", Option: "somebody else's track"})
		s.UpdateWorkflow(UpdateAnswer, "2", &reply{t: t}, agent.Answer{Question: "song-1", Option: "buckley"})
		s.UpdateWorkflow(UpdateAnswer, "3", &second, agent.Answer{Question: "song-1", Option: "cohen"})
	}, time.Minute)
	p := s.sync(t, music.Song{Title: "Hallelujah"})
	if pick, _ := p.Task.Match.Pick(); pick.Track.ID != "buckley" {
		t.Errorf("picked %q, want the first answer", pick.Track.ID)
	}
	if fromTemporal(foreign.err).Kind != fault.Invalid || fromTemporal(second.err).Kind != fault.Conflict {
		t.Errorf("refused with %v and %v, want invalid and conflict", foreign.err, second.err)
	}
}

func TestACancelledSongEndsCalmly(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = hallelujahs()
	s.writing(WriteOutcome{Result: agent.Added})
	s.RegisterDelayedCallback(s.CancelWorkflow, time.Hour)
	p := s.sync(t, music.Song{Title: "Hallelujah"})
	wantTask(t, p.Task, agent.Cancelled, "")
}

func TestAWakeThatComesDuringATryCounts(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = []music.Track{queen}
	s.shelf.away = func() error { // the person logs in while the try fails
		if s.shelf.asked > 1 {
			return nil
		}
		s.SignalWorkflow(SignalWake, nil)
		return fault.New(fault.Unauthorised, "Spotify needs you to log in again.", nil)
	}
	began := s.Now()
	s.ExecuteWorkflow(SyncSong, SongInput{
		RunID: "run1", PersonID: "ada", Key: "1", Find: true, Song: music.Song{Title: "Bohemian Rhapsody", Artists: []string{"Queen"}},
	})
	var p SongProgress
	if err := s.GetWorkflowResult(&p); err != nil || p.Task.Match == nil {
		t.Fatalf("result %+v, error %v", p, err)
	}
	if took := s.Now().Sub(began); took >= loginPause {
		t.Errorf("it went on after %v, want at once", took)
	}
}
