package workflows

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/store"
)

// distinct are n rows that all differ.
func distinct(n int) []string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf("r%03d", i)
	}
	return rows
}

// inOrder returns the rows as an order names them.
func inOrder(rows []string, order []int) []string {
	out := make([]string, len(order))
	for i, row := range order {
		out[i] = rows[row]
	}
	return out
}

func play(rows []string, moves []agent.Move) []string {
	for _, m := range moves {
		rows = shifted(rows, m)
	}
	return rows
}

func TestMovesBringAnyOrderAboutAndAreTakenBack(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		dice := rand.New(rand.NewPCG(seed, 1))
		rows := distinct(1 + dice.IntN(40))
		for i := range rows { // some stand there twice
			switch dice.IntN(8) {
			case 0:
				rows[i] = rows[dice.IntN(len(rows))]
			case 1:
				rows[i] = "" // nobody knows what stands there
			}
		}
		order := dice.Perm(len(rows))
		moves, moved := arrange(rows, order)
		after := play(rows, moves)
		if want := inOrder(rows, order); !slices.Equal(after, want) {
			t.Fatalf("seed %d: %v became %v, want %v", seed, rows, after, want)
		}
		if moved > len(rows)-longest(order) || len(moves) > moved {
			t.Errorf("seed %d: %d rows in %d moves, want at most %d", seed, moved, len(moves), len(rows)-longest(order))
		}
		if before := play(after, back(after, moves)); !slices.Equal(before, rows) {
			t.Errorf("seed %d: taken back to %v, was %v", seed, before, rows)
		}
	}
}

// longest is the length of a longest increasing subsequence, the slow way.
func longest(order []int) int {
	best := make([]int, len(order))
	for i := range order {
		best[i] = 1
		for j := range i {
			if order[j] < order[i] {
				best[i] = max(best[i], best[j]+1)
			}
		}
	}
	return slices.Max(best)
}

func TestNeighboursAreMovedTogether(t *testing.T) {
	t.Parallel()
	moves, moved := arrange(distinct(10), []int{7, 8, 9, 0, 1, 2, 3, 4, 5, 6})
	if len(moves) != 1 || moved != 3 || moves[0].From != 7 || moves[0].Before != 0 || moves[0].Length != 3 {
		t.Errorf("%d rows in %+v, want one move of three", moved, moves)
	}
}

func TestWhatWasAddedOrTakenOutSinceStaysSo(t *testing.T) {
	t.Parallel()
	rows := fields("a b c d e")
	moves, _ := arrange(rows, []int{4, 1, 0, 2, 3})
	now := fields("new e b c d") // a is gone, new was put on top
	if got := play(now, back(now, moves)); !slices.Equal(got, fields("new b c d e")) {
		t.Errorf("taken back to %v", got)
	}
}

// orders asks the writer for a new order of its rows.
func (s *scene) orders(t *testing.T, after time.Duration, order ...int) *reply {
	t.Helper()
	moves, _ := arrange(s.shelf.uris, order)
	return s.ask(t, after, UpdateOrder, Write{
		PersonID: "ada", RunID: "run4", Key: "order-1", Position: 1, Of: printOf(s.shelf.uris), Moves: printed(s.shelf.uris, moves),
	})
}

func TestAnOrderIsBroughtAboutWhateverBecomesOfItsRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shifts []failure
		lag    time.Duration
		deaths int
	}{
		"nothing goes wrong":          {},
		"reads lag":                   {lag: 30 * time.Second},
		"dead before it is on record": {deaths: 1},
		"made, answer lost":           {shifts: []failure{{}, {err: unsure(), applied: true}}},
		"not made":                    {shifts: []failure{{err: unsure()}}},
		"made, answer lost, a lag":    {shifts: []failure{{}, {err: unsure(), applied: true}}, lag: 30 * time.Second},
		"not made, twice, and a lag":  {shifts: []failure{{}, {err: unsure()}, {err: unsure()}}, lag: 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.uris, s.shelf.shifts, s.shelf.lag = fields("a b c d e f"), c.shifts, c.lag
			s.book.deaths = c.deaths
			first := s.orders(t, time.Second, 5, 3, 1, 0, 2, 4)
			again := s.orders(t, 4*time.Minute, 5, 3, 1, 0, 2, 4)
			s.write(t)
			first.want(t, agent.Reordered)
			again.want(t, agent.Reordered)
			s.wantRows(t, fields("f d b a c e")...)
		})
	}
}

func TestAnOrderOfOtherRowsMovesNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.uris = fields("a b c d")
	r := s.orders(t, time.Second, 3, 2, 1, 0)
	s.shelf.uris = fields("a b new c d")
	s.write(t)
	if r.out.Fault == nil || r.out.Fault.Kind != fault.Conflict || s.shelf.shift != 0 {
		t.Errorf("outcome %+v after %d moves", r.out, s.shelf.shift)
	}
}

func TestARefusedMoveTellsHowManyWereMadeAndTheNextTryGoesOn(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.uris = fields("a b c d")
	busy := fault.New(fault.RateLimited, "Spotify asks for a pause.", nil)
	s.shelf.shifts = []failure{{}, {err: busy}}
	first := s.orders(t, time.Second, 3, 2, 1, 0)
	again := s.orders(t, 10*time.Second, 3, 2, 1, 0)
	s.write(t)
	if first.out.Fault == nil || first.out.Made != 1 {
		t.Errorf("outcome %+v, want one move and a fault", first.out)
	}
	again.want(t, agent.Reordered)
	if s.wantRows(t, fields("d c b a")...); s.shelf.shift != 4 {
		t.Errorf("%d requests, want 4", s.shelf.shift)
	}
}

// The engine's database is lost after two moves; what was sent last is still on its way to being seen.
func TestAnOrderThatWasBegunIsNotPlannedOnRowsThatMayBeOld(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	records := s.rules
	accepted, _, err := records.Accept(t.Context(), store.NewMessage{PersonID: "ada", Text: "sort it", Key: "sort it"})
	if err != nil {
		t.Fatal(err)
	}
	run := accepted.ID
	key := Write{RunID: run, Key: moveKey(2)}.id()
	_, _, err = records.BeginAttempt(t.Context(), agent.Attempt{PersonID: "ada", RunID: run, Key: key, PlaylistID: road.ID})
	if err != nil {
		t.Fatal(err)
	}
	a := s.activities()
	a.Attempts = records
	_, err = a.PlanOrder(t.Context(), OrderInput{PersonID: "ada", RunID: run, PlaylistID: road.ID, By: agent.ByTitle})
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("planned at once, error %v", err)
	}
	out, err := a.PlanOrder(t.Context(), OrderInput{PersonID: "ada", RunID: run, PlaylistID: road.ID, By: agent.ByTitle, Begun: 2})
	if err != nil || out.Named != 2 {
		t.Errorf("of its own moves: %+v, error %v", out, err)
	}
}

// What the writer has moved itself it need not look for, also not in a fresh history.
func TestAnOrderGoesOnInAFreshHistoryWithoutALook(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.uris = fields("a b c d")
	s.shelf.lag = time.Minute
	moves, _ := arrange(s.shelf.uris, []int{3, 2, 1, 0})
	moves = printed(s.shelf.uris, moves)
	s.shelf.uris = play(s.shelf.uris, moves[:1])
	w := newWriter(WriterInput{PlaylistID: road.ID, Stands: Stand{Print: moves[0].Then, At: s.Now()}})
	r := s.ask(t, time.Second, UpdateOrder, Write{PersonID: "ada", RunID: "run4", Key: "order-2", Position: 2, Of: moves[0].Then, Moves: moves[1:]})
	s.ExecuteWorkflow(Playlist, w.carry())
	r.want(t, agent.Reordered)
	if s.wantRows(t, fields("d c b a")...); s.shelf.looked != 0 {
		t.Errorf("%d looks at the playlist", s.shelf.looked)
	}
}

func TestAPlanWaitsUntilReadsShowWhatTheWriterHasMovedOrAdded(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.uris, s.shelf.lag = fields("b a a"), 20*time.Second
	s.orders(t, time.Second, 1, 2, 0) // a a b, shown later
	r := s.takesBack(t, 2*time.Second, trimmed(fields("a a b"), map[string]int{"a": 1}, "a"))
	s.appends(t, time.Minute, songs("run5", "c"))
	moves, _ := arrange(fields("a b c"), []int{2, 1, 0})
	last := s.ask(t, time.Minute+time.Second, UpdateOrder, Write{
		PersonID: "ada", RunID: "run6", Key: "order-1", Position: 1, Of: printOf(fields("a b c")), Moves: printed(fields("a b c"), moves),
	})
	s.write(t)
	r.want(t, agent.Removed)
	last.want(t, agent.Reordered)
	s.wantRows(t, fields("c b a")...)
}
