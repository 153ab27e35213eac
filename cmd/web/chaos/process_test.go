package main

import (
	"path/filepath"
	"testing"
)

func TestOnlyADeathAtTheArmedPointCounts(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]bool{
		`echo "failpoint post-due: killing this process" >&2; kill -KILL $$`: true,
		`echo "failpoint post-due: killing this process" >&2; kill -TERM $$`: false,
		`echo "failpoint post-due: killing this process" >&2`:                false,
		`echo "failpoint post-written: killing this process"; kill -KILL $$`: false,
		`kill -KILL $$`: false,
	} {
		p := &process{path: "/bin/sh", args: []string{"-c", script}, log: filepath.Join(t.TempDir(), "log"), trap: "post-due=2"}
		for life := range 2 { // the second life does not live on what the first one wrote
			if err := p.launch(); err != nil {
				t.Fatal(err)
			}
			<-p.ended
			if got := p.trapped(); got != (want && life == 0) {
				t.Errorf("life %d of %s: trapped %v", life, script, got)
			}
			p.args = []string{"-c", "kill -KILL $$"}
		}
	}
}
