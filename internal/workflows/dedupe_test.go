package workflows

import (
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

// trimmed makes the changes of a plan for the rows; each URI with how many rows of it stay.
func trimmed(rows []string, keep map[string]int, uris ...string) Batch {
	var b Batch
	for i, uri := range uris {
		b.Changes = append(b.Changes, Write{
			PersonID: "ada", RunID: "run3", Key: trimKey(i+1, keep[uri]), URI: uri, Trim: true, Keep: keep[uri], Of: printOf(rows),
		})
	}
	return b
}

func fields(s string) []string { return strings.Fields(s) }

func TestATrimTakesOutExactlyTheRowsThatRepeat(t *testing.T) {
	t.Parallel()
	one := map[string]int{"a": 1, "b": 1}
	for name, c := range map[string]struct {
		rows, want string
		uris       []string
		keep       map[string]int
		out        []string
	}{
		"one track":                   {"a x a y a", "a x y", []string{"a"}, one, []string{agent.Removed}},
		"two, the later one first":    {"a x a b y b", "a x b y", []string{"b", "a"}, one, []string{agent.Removed, agent.Removed}},
		"woven into each other":       {"a b x a b a", "a b x", []string{"b", "a"}, one, []string{agent.Removed, agent.Removed}},
		"a twin, of which none stays": {"a x b y b", "a x y", []string{"b"}, nil, []string{agent.Removed}},
		"a track and its twin":        {"a b x a b", "a x", []string{"a", "b"}, map[string]int{"a": 1}, []string{agent.Removed, agent.Removed}},
		"a track named for each row":  {"x a a a", "x a", []string{"a", "a"}, one, []string{agent.Removed, agent.Removed}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.uris = fields(c.rows)
			b := trimmed(s.shelf.uris, c.keep, c.uris...)
			r, again := s.takesBack(t, time.Second, b), s.takesBack(t, time.Minute, b)
			s.write(t)
			r.want(t, c.out...)
			again.want(t, c.out...)
			s.wantRows(t, fields(c.want)...)
		})
	}
}

func TestATrimOfOtherRowsThanItWasPlannedForChangesNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.uris = fields("a x a a")
	r := s.takesBack(t, time.Second, trimmed(fields("a x a"), map[string]int{"a": 1}, "a"))
	s.write(t)
	r.want(t, string(fault.Conflict))
	s.wantRows(t, fields("a x a a")...)
}

func TestATrimLosesNothingWhateverBecomesOfItsRequests(t *testing.T) {
	t.Parallel()
	lost := func(applied bool) []failure { return []failure{{err: unsure(), applied: applied}} }
	for name, c := range map[string]struct {
		drops, fails []failure
		lag          time.Duration
	}{
		"reads lag":                    {lag: 20 * time.Second},
		"removal applied, answer lost": {drops: lost(true)},
		"removal not applied":          {drops: lost(false)},
		"put back, answer lost":        {fails: lost(true), lag: 30 * time.Second},
		"putting back not applied":     {fails: lost(false), lag: 30 * time.Second},
		"all at once":                  {drops: lost(true), fails: append(lost(false), lost(true)...), lag: 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.uris, s.shelf.drops, s.shelf.fails, s.shelf.lag = fields("x a y a b a b"), c.drops, c.fails, c.lag
			r := s.takesBack(t, time.Second, trimmed(s.shelf.uris, map[string]int{"a": 1, "b": 1}, "b", "a"))
			s.write(t)
			r.want(t, agent.Removed, agent.Removed)
			s.wantRows(t, fields("x a y b")...)
		})
	}
}

func TestARowThatCannotBePutBackIsToldAndPutBackByTheNextTry(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.uris, s.shelf.fails = fields("x a y a"), []failure{{err: fault.New(fault.Invalid, "Spotify does not know this song.", nil)}}
	b := trimmed(s.shelf.uris, map[string]int{"a": 1}, "a")
	first, again := s.takesBack(t, time.Second, b), s.takesBack(t, 2*time.Minute, b)
	s.write(t)
	first.want(t, string(fault.Exhausted))
	again.want(t, agent.Removed)
	s.wantRows(t, fields("x a y")...)
}

func TestRowsThatAreAllOutComeBackFromTheTop(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.uris = fields("c y")
	keep := map[string]int{"a": 1, "b": 1}
	b := trimmed(fields("c a b a y b a"), keep, "b", "a")
	s.book.states = map[string]string{"run3-trim-1-1": agent.AttemptApplied, "run3-trim-2-1": agent.AttemptApplied}
	s.book.stood = map[string][]int{"run3-trim-1-1": {2, 5}, "run3-trim-2-1": {1, 2, 4}}
	r := s.takesBack(t, time.Second, b)
	s.write(t)
	r.want(t, agent.Removed, agent.Removed)
	s.wantRows(t, fields("c a b y")...)
}

// A killed process and a lost database of the engine leave only the attempts; the batch is sent anew.
func TestATrimGoesOnWhereACrashLeftIt(t *testing.T) {
	t.Parallel()
	key, back := "run3-trim-1-1", "run3-trim-1-1-back-1"
	for name, c := range map[string]struct {
		rows   string
		states map[string]string
	}{
		"removal prepared or lost":     {"x a y a", map[string]string{key: agent.AttemptOpen}},
		"removed, answer lost":         {"x y", map[string]string{key: agent.AttemptOpen}},
		"removed":                      {"x y", map[string]string{key: agent.AttemptApplied}},
		"put back, answer lost":        {"x a y", map[string]string{key: agent.AttemptApplied, back: agent.AttemptOpen}},
		"putting back lost on the way": {"x y", map[string]string{key: agent.AttemptApplied, back: agent.AttemptOpen}},
		"put back":                     {"x a y", map[string]string{key: agent.AttemptApplied, back: agent.AttemptApplied}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.uris, s.book.states = fields(c.rows), c.states
			s.book.stood = map[string][]int{key: {1, 3}}
			r := s.takesBack(t, time.Second, trimmed(fields("x a y a"), map[string]int{"a": 1}, "a"))
			s.write(t)
			r.want(t, agent.Removed)
			s.wantRows(t, fields("x a y")...)
		})
	}
}
