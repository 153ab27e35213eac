package workflows

import (
	"context"
	"strconv"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"

	"segue/internal/agent"
	"segue/internal/music"
)

var (
	rain = music.Track{ID: "rain", URI: "spotify:track:rain", Title: "Rain", Artists: []music.Artist{{Name: "The Beatles"}}}
	toto = music.Track{ID: "africa", URI: "spotify:track:africa", Title: "Africa", Artists: []music.Artist{{Name: "Toto"}}}
)

// earlier has an earlier life of the run put a song in: sent, and heard of or not.
func (s *scene) earlier(t *testing.T, run agent.Run, key, state string, track music.Track, stood ...int) {
	t.Helper()
	a := agent.Attempt{Key: run.ID + "-" + key, Kind: agent.AttemptIn, URIs: []string{track.URI}, Stood: stood}
	if _, _, err := s.book.BeginAttempt(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	s.book.states[a.Key] = state
	s.shelf.tracks = append(s.shelf.tracks, track)
}

// takesOut stands in for the writer: it takes out what it is told to.
func (s *scene) takesOut() {
	s.RegisterActivityWithOptions(func(ctx context.Context, in AppendInput) (out BatchOutcome, err error) {
		for _, c := range in.Batch.Changes {
			out.Songs = append(out.Songs, WriteOutcome{Result: agent.Removed, URI: c.URI})
			err = s.shelf.Remove(ctx, "", "", []string{c.URI})
		}
		return out, err
	}, activity.RegisterOptions{Name: "TakeBack", DisableAlreadyRegisteredCheck: true})
}

// heeds serves a run that begins anew and was stopped before.
func (s *scene) heeds(t *testing.T, run agent.Run, how agent.Stop) agent.Progress {
	t.Helper()
	run.Stop = how
	s.ExecuteWorkflow(AgentTurn, TurnInput{RunID: run.ID, PersonID: "ada", Batches: true, Stop: stopOf(run)})
	if err := s.GetWorkflowError(); !s.IsWorkflowCompleted() || err != nil {
		t.Fatalf("completed %v, %v", s.IsWorkflowCompleted(), err)
	}
	got, err := s.rules.Run(t.Context(), "ada", run.ID)
	if err != nil || got.Outcome == nil {
		t.Fatalf("run %+v, %v", got, err)
	}
	return *got.Outcome
}

func TestARunThatBeginsAnewHeedsTheStopOfItsEarlierLife(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		how   agent.Stop
		added bool // the request that nobody heard of was carried out
		rows  []string
		songs int
	}{
		"kept, the open one added":           {agent.StopKeep, true, []string{"x", queen.URI, rain.URI}, 2},
		"kept, the open one not added":       {agent.StopKeep, false, []string{"x", queen.URI}, 1},
		"taken back, the open one added":     {agent.StopUndo, true, []string{"x"}, 2},
		"taken back, the open one not added": {agent.StopUndo, false, []string{"x"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.takesOut()
			run := s.accept(t, "add Bohemian Rhapsody, Rain and Africa to Road Trip")
			s.shelf.uris = []string{"x", queen.URI}
			s.earlier(t, run, "1", agent.AttemptApplied, queen)
			s.earlier(t, run, "2", agent.AttemptOpen, rain)
			s.earlier(t, run, "3", agent.AttemptNotApplied, toto)
			if c.added {
				s.shelf.late = []lateRow{{rain.URI, s.Now().Add(40 * time.Second)}}
			}
			p := s.heeds(t, run, c.how)
			undo := c.how == agent.StopUndo
			if p.State != agent.Cancelled || len(p.Tasks) != c.songs || p.Undoable == undo || p.Stopping {
				t.Fatalf("ended %s, says %q, %d songs, can be undone %v: %+v", p.State, p.Say, len(p.Tasks), p.Undoable, p.Tasks)
			}
			for _, task := range p.Tasks {
				if task.Reversed != undo || task.Song.Title == "" {
					t.Errorf("%q: %s, taken back %v", task.Song, task.Result, task.Reversed)
				}
			}
			if s.shelf.posts != 0 || s.shelf.asked != 0 {
				t.Errorf("%d songs added and %d searched after the stop", s.shelf.posts, s.shelf.asked)
			}
			s.wantRows(t, c.rows...)
		})
	}
}

func TestAKeptStopNeedsNoSpotifyWhenAllIsKnown(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	run := s.accept(t, "add Bohemian Rhapsody to Road Trip")
	s.earlier(t, run, "1", agent.AttemptApplied, queen)
	s.shelf.reads = []error{away()}
	began := s.Now()
	p := s.heeds(t, run, agent.StopKeep)
	if p.State != agent.Cancelled || len(p.Tasks) != 1 || !p.Undoable || p.Say == "" {
		t.Errorf("ended %s, says %q, %+v", p.State, p.Say, p.Tasks)
	}
	if took := s.Now().Sub(began); took > time.Second {
		t.Errorf("waited %s", took)
	}
}

func TestARunThatHasDoneNothingBeforeItsStopEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.reads = []error{away()}
	if p := s.heeds(t, s.accept(t, "add Bohemian Rhapsody to Road Trip"), agent.StopUndo); p.State != agent.Cancelled || p.Say != "" || s.shelf.looked != 0 {
		t.Errorf("ended %s, says %q after %d looks", p.State, p.Say, s.shelf.looked)
	}
}

func TestAListThatBeginsAnewHeedsTheStopOfItsEarlierLife(t *testing.T) {
	t.Parallel()
	for how, want := range map[agent.Stop]agent.Counts{
		agent.StopKeep: {agent.RowAdded: 1, agent.RowStopped: 2},
		agent.StopUndo: {agent.RowRemoved: 1, agent.RowStopped: 2},
	} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.clerk()
			run := s.links(t, 3)
			run.Stop = how
			rows, err := s.rules.ListRows(t.Context(), "ada", run.ID, agent.RowFilter{})
			if err != nil {
				t.Fatal(err)
			}
			found := rows[:2]
			for i, track := range []music.Track{queen, rain} { // both sent; the second was not carried out
				found[i].State = agent.RowFound
				found[i].Match = &music.Match{Verdict: music.Auto, Choices: []music.Choice{{Track: track}}}
				s.earlier(t, run, strconv.Itoa(found[i].Position), agent.AttemptOpen, track)
			}
			if _, err := s.rules.SaveRows(t.Context(), "ada", run.ID, agent.RowOpen, found); err != nil {
				t.Fatal(err)
			}
			s.shelf.late = []lateRow{{queen.URI, s.Now().Add(30 * time.Second)}}
			s.ExecuteWorkflow(SyncList, ListInput{RunID: run.ID, PersonID: "ada", Stop: stopOf(run)})
			got, err := s.rules.Run(t.Context(), "ada", run.ID)
			if err != nil || got.State != agent.Cancelled || got.Outcome == nil {
				t.Fatalf("run %+v, %v, %v", got, err, s.GetWorkflowError())
			}
			wantCounts(t, *got.Outcome, want)
		})
	}
}

func TestARemovalThatAnEarlierLifeHasMadeIsToldAsMade(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{
		agent.AttemptApplied: agent.Removed, agent.AttemptOpen: agent.Removed, agent.AttemptNotApplied: agent.NotThere,
	} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			run := s.accept(t, "remove Bohemian Rhapsody by Queen from Road Trip")
			s.shelf.uris = []string{"x"}
			s.earlier(t, run, "1", state, queen, 4)
			s.book.kinds[run.ID+"-1"] = agent.AttemptOut
			s.RegisterActivityWithOptions(func(ctx context.Context, in WriteInput) (WriteOutcome, error) {
				seen, err := s.serving.Look(ctx, LookInput{PersonID: "ada", PlaylistID: in.PlaylistID, URIs: in.Change.uris(), Attempt: in.Change.id()})
				return absent(seen), err
			}, activity.RegisterOptions{Name: "Write", DisableAlreadyRegisteredCheck: true})
			p := s.turns(t, run)
			if len(p.Tasks) != 1 || p.Tasks[0].Result != want || want == agent.Removed && p.Tasks[0].Position != 5 {
				t.Errorf("ended %s, %+v, want %s", p.State, p.Tasks, want)
			}
		})
	}
}
