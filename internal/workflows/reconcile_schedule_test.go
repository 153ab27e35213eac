package workflows

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"segue/internal/schedule"
)

// timer is what an engine knows of schedules.
type timer struct {
	puts  []string // "name version", in order
	drops []string
	ids   []string
}

func (m *timer) put(s schedule.Schedule, now time.Time) (time.Time, error) {
	m.puts = append(m.puts, fmt.Sprintf("%s %d", s.Name, s.Version))
	return now.Add(64 * 24 * time.Hour), nil
}

func (m *timer) drop(id string) error {
	m.drops = append(m.drops, id)
	return nil
}

func TestTheEngineIsKeptToTheSchedulesOfTheLedger(t *testing.T) {
	t.Parallel()
	db := openLedger(t)
	s := daily(t, db, schedule.List)
	b := &broken{db: db}
	r := NewReconciler(db, b, slog.New(slog.DiscardHandler))
	now := time.Now()
	post := func(at time.Time) {
		t.Helper()
		if err := r.post(t.Context(), at); err != nil {
			t.Fatal(err)
		}
	}
	post(now)
	post(now.Add(time.Hour))
	if err := db.PauseSchedule(t.Context(), "ada", s.ID, true); err != nil {
		t.Fatal(err)
	}
	post(now.Add(2 * time.Hour))
	post(now.Add(40 * 24 * time.Hour)) // half of the times are over
	b.timer.ids = []string{"stray"}    // the engine has lost ours, and has another
	if err := r.compare(t.Context()); err != nil {
		t.Fatal(err)
	}
	post(now.Add(40 * 24 * time.Hour))
	if want := []string{"Charts 1", "Charts 2", "Charts 2", "Charts 2"}; !slices.Equal(b.timer.puts, want) {
		t.Errorf("put %q, want %q", b.timer.puts, want)
	}
	if err := db.DeletePerson(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	post(now)
	if want := []string{"stray", s.ID}; !slices.Equal(b.timer.drops, want) {
		t.Errorf("dropped %q, want %q", b.timer.drops, want)
	}
}
