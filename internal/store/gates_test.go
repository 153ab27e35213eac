package store

import (
	"path/filepath"
	"testing"
	"time"
)

func TestAGateStaysShutForTheLongestPauseAskedFor(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.db")
	db := openAt(t, path)
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	want := func(db *DB, name string, until time.Time, reason string) {
		t.Helper()
		got, why, err := db.Gate(t.Context(), name)
		if err != nil || !got.Equal(until) || why != reason {
			t.Errorf("gate %s: until %v, %q, %v; want %v, %q", name, got, why, err, until, reason)
		}
	}
	want(db, "api", time.Time{}, "")
	for _, shut := range []struct {
		until  time.Time
		reason string
	}{
		{noon, "first"},
		{noon.Add(13*time.Hour - time.Microsecond), "longest"},
		{noon.Add(time.Hour), "later, but shorter"},
	} {
		noError(t, db.ShutGate(t.Context(), "api", shut.until, shut.reason))
	}
	want(db, "api", noon.Add(13*time.Hour), "longest")
	want(db, "accounts", time.Time{}, "")
	want(openAt(t, path), "api", noon.Add(13*time.Hour), "longest")
}
