package workflows

import (
	"testing"
	"time"

	"segue/internal/agent"
)

// before has an earlier writer, which the engine has forgotten, begin an attempt so long ago.
func (s *scene) before(t *testing.T, ago time.Duration, kind, state string, c Write, stood ...int) {
	t.Helper()
	s.book.now = func() time.Time { return s.Now().Add(-ago) }
	a := attemptOf(c, road.ID, []string{c.URI})
	a.Kind, a.Stood = kind, stood
	if _, _, err := s.book.BeginAttempt(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	s.book.now = s.Now
	s.book.states[a.Key] = state
}

func TestARequestOfAForgottenWriterIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ago  time.Duration
		rows []string
		most time.Duration // until the other run knows
	}{
		"applied late":        {5 * time.Second, []string{"a"}, 45 * time.Second},
		"never applied":       {5 * time.Second, []string{"a"}, 45 * time.Second},
		"too old to be shown": {time.Minute, []string{"a"}, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.before(t, c.ago, agent.AttemptIn, agent.AttemptOpen, change("run1", "a"))
			if name == "applied late" {
				s.shelf.late = []lateRow{{"a", s.Now().Add(30 * time.Second)}}
			}
			began := s.Now()
			r := s.appends(t, time.Second, songs("run2", "a"))
			s.write(t)
			r.want(t, map[bool]string{true: agent.AlreadyThere, false: agent.Added}[name == "applied late"])
			s.wantRows(t, c.rows...)
			if took := s.Now().Sub(began) - idleEnd; took > c.most {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestWhatAForgottenWriterHasChangedIsKnownThoughReadsDoNotShowIt(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.old, s.shelf.until = []string{"b"}, s.Now().Add(20*time.Second) // reads lag
	s.shelf.uris = []string{"a"}
	s.before(t, 5*time.Second, agent.AttemptIn, agent.AttemptApplied, change("run1", "a"))
	s.before(t, 4*time.Second, agent.AttemptOut, agent.AttemptApplied, change("run2", "b"), 0)
	r := s.appends(t, time.Second, songs("run3", "a", "b"))
	s.write(t)
	r.want(t, agent.AlreadyThere, agent.Added)
	s.settleDown(t)
	s.wantRows(t, "a", "b")
}

// The workflow's timers fire when the machine's clock jumps; the ledger's clock does not.
func TestAJumpOfTheClockProvesNothing(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(t *testing.T, s *scene){
		"add":    func(t *testing.T, s *scene) { t.Helper(); s.ask(t, time.Second, UpdateAdd, change("run1", "a")) },
		"append": func(t *testing.T, s *scene) { t.Helper(); s.appends(t, time.Second, songs("run1", "a")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			const jump = 10 * time.Second // within the quiet time
			began := s.Now()
			s.book.now = func() time.Time {
				if now := s.Now(); now.Sub(began) > 20*time.Second {
					return now.Add(-jump)
				}
				return s.Now()
			}
			s.shelf.fails = []failure{{err: unsure(), after: 44*time.Second + jump}} // 44 s in truth
			send(t, s)
			s.write(t)
			s.settleDown(t)
			s.wantRows(t, "a")
		})
	}
}
