package workflows

import (
	"fmt"
	"testing"
	"time"

	"segue/internal/agent"
)

// put makes changes of a run that undo what another one has put in at the rows.
func put(rows map[string]int, uris ...string) Batch {
	var b Batch
	for i, uri := range uris {
		b.Changes = append(b.Changes, Write{PersonID: "ada", RunID: "run2", Key: fmt.Sprint("undo-", i+1), URI: uri, Position: rows[uri]})
	}
	return b
}

// takesBack sends a batch to undo.
func (s *scene) takesBack(t *testing.T, after time.Duration, b Batch) *batchReply {
	t.Helper()
	return s.sends(t, after, UpdateUndo, b)
}

func TestAnUndoTakesOutWhatTheRunHasPutInAndNothingElse(t *testing.T) {
	t.Parallel()
	at := map[string]int{"a": 3, "b": 4, "gone": 5}
	for name, c := range map[string]struct {
		rows  []string
		undo  []string
		want  []string
		out   []string
		drops int
	}{
		"one request for all": {
			[]string{"x", "y", "z", "a", "b"},
			[]string{"b", "a"},
			[]string{"x", "y", "z"},
			[]string{agent.Removed, agent.Removed},
			1,
		},
		"what somebody else took out": {
			[]string{"x", "y", "z", "a"},
			[]string{"gone", "a"},
			[]string{"x", "y", "z"},
			[]string{agent.NotThere, agent.Removed},
			1,
		},
		"the song stood there before": {
			[]string{"a", "x", "y", "a", "b"},
			[]string{"a", "b"},
			[]string{"a", "x", "y"},
			[]string{agent.Removed, agent.Removed},
			2,
		},
		"it stood there three times": {
			[]string{"a", "x", "a", "a", "z", "a"},
			[]string{"a"},
			[]string{"a", "x", "a", "z", "a"},
			[]string{agent.Removed},
			1,
		},
		"rows before it are gone by now": {
			[]string{"a", "a", "y"},
			[]string{"a"},
			[]string{"a", "y"},
			[]string{agent.Removed},
			1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.uris = c.rows
			r := s.takesBack(t, time.Second, put(at, c.undo...))
			again := s.takesBack(t, time.Minute, put(at, c.undo...))
			s.write(t)
			r.want(t, c.out...)
			again.want(t, c.out...)
			s.wantRows(t, c.want...)
			if s.shelf.drop != c.drops {
				t.Errorf("%d removals, want %d", s.shelf.drop, c.drops)
			}
		})
	}
}

func TestAnUndoKeepsOtherRowsWhateverBecomesOfItsRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		drops, fails []failure
		lag          time.Duration
	}{
		"reads lag":                        {lag: 20 * time.Second},
		"removal applied, answer lost":     {drops: []failure{{err: unsure(), applied: true}}},
		"removal not applied":              {drops: []failure{{err: unsure()}}},
		"put back, answer lost":            {fails: []failure{{err: unsure(), applied: true}}},
		"put back, answer lost, reads lag": {fails: []failure{{err: unsure(), applied: true}}, lag: 30 * time.Second},
		"putting back not applied":         {fails: []failure{{err: unsure()}}, lag: 30 * time.Second},
		"all at once": {
			drops: []failure{{err: unsure(), applied: true}}, fails: []failure{{err: unsure()}, {err: unsure(), applied: true}}, lag: 30 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.uris, s.shelf.drops, s.shelf.fails, s.shelf.lag = []string{"a", "x", "a", "a"}, c.drops, c.fails, c.lag
			r := s.takesBack(t, time.Second, put(map[string]int{"a": 2}, "a"))
			s.write(t)
			r.want(t, agent.Removed)
			s.wantRows(t, "a", "x", "a")
		})
	}
}

// After a crash and the loss of the engine's database an undo begins anew with what the attempts say.
func TestAnUndoGoesOnWhereACrashLeftIt(t *testing.T) {
	t.Parallel()
	key, back := "run2-undo-1", "run2-undo-1-back-1"
	for name, c := range map[string]struct {
		rows   []string
		states map[string]string
	}{
		"removal prepared or lost":     {[]string{"a", "x", "a"}, map[string]string{key: agent.AttemptOpen}},
		"removed, answer lost":         {[]string{"x"}, map[string]string{key: agent.AttemptOpen}},
		"removed":                      {[]string{"x"}, map[string]string{key: agent.AttemptApplied}},
		"put back, answer lost":        {[]string{"a", "x"}, map[string]string{key: agent.AttemptApplied, back: agent.AttemptOpen}},
		"putting back lost on the way": {[]string{"x"}, map[string]string{key: agent.AttemptApplied, back: agent.AttemptOpen}},
		"put back":                     {[]string{"a", "x"}, map[string]string{key: agent.AttemptApplied, back: agent.AttemptApplied}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.uris, s.book.states = c.rows, c.states
			s.book.stood = map[string][]int{key: {0, 2}}
			r := s.takesBack(t, time.Second, put(map[string]int{"a": 2}, "a"))
			s.write(t)
			r.want(t, agent.Removed)
			s.wantRows(t, "a", "x")
		})
	}
}

func TestAnUndoRightAfterAnAddThatReadsDoNotShowYet(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.fails = []failure{{after: 20 * time.Second}} // confirmed at once, shown later
	s.appends(t, time.Second, songs("run1", "a"))
	r := s.takesBack(t, 5*time.Second, put(map[string]int{"a": 0}, "a"))
	s.write(t)
	r.want(t, agent.Removed)
	s.wantRows(t)
}
