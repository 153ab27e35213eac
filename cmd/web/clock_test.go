package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAClockIsBackOnlyWhenItGoesBack(t *testing.T) {
	t.Parallel()
	type look struct{ shown, passed, back time.Duration }
	for name, looks := range map[string][]look{
		"even":                {{time.Second, time.Second, 0}, {2 * time.Second, 2 * time.Second, 0}},
		"an hour ahead":       {{time.Hour, time.Second, time.Second - time.Hour}, {time.Hour + time.Second, 2 * time.Second, 0}},
		"an hour back":        {{-time.Hour, time.Second, time.Hour + time.Second}, {time.Second - time.Hour, 2 * time.Second, 0}},
		"ahead and back":      {{time.Hour, 0, -time.Hour}, {time.Second, time.Second, time.Hour}},
		"asleep for an hour":  {{time.Hour, 0, -time.Hour}},
		"slowly, by a server": {{999 * time.Millisecond, time.Second, time.Millisecond}, {1998 * time.Millisecond, 2 * time.Second, time.Millisecond}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d drift
			for i, l := range looks {
				if got := d.back(l.shown, l.passed); got != l.back {
					t.Errorf("look %d: back by %v, want %v", i, got, l.back)
				}
			}
		})
	}
}

func TestAnEngineThatIsAheadOfTheClockIsForgotten(t *testing.T) {
	t.Parallel()
	d := &dataDir{path: t.TempDir()}
	for _, name := range []string{"app.db", "temporal-1.db", "temporal-1.db-wal"} {
		if err := os.WriteFile(d.file(name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	if d.ahead(now) {
		t.Error("ahead, though just written")
	}
	if !d.ahead(now.Add(-time.Hour)) {
		t.Error("not ahead of an hour ago")
	}
	if err := d.forgetEngine(); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(d.file("*"))
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != "app.db" {
		t.Errorf("left %v, %v", left, err)
	}
}
