package main

import (
	"os"
	"path/filepath"
	"testing"

	"segue/internal/agent"
	"segue/internal/workflows"
)

// TestRecordLibrarianHistories is TestRecordHistories for what keeps a playlist in order.
func TestRecordLibrarianHistories(t *testing.T) { //nolint:paralleltest // it writes files that other tests read
	reason := os.Getenv("RECORD_HISTORIES")
	if reason == "" {
		t.Skip("RECORD_HISTORIES gives no reason to record")
	}
	r := newRig(t, func(r *rig) { r.plain = true })
	id, _, _ := r.repetitive()
	runs := map[string]agent.Run{}
	for name, text := range map[string]string{"trimmed": "remove duplicates from Road Trip", "sorted": "sort Dinner by title", "renamed": "rename Focus to Deep Work"} {
		runs[name] = r.say(text)
		if name != "renamed" {
			r.approves(runs[name])
		}
		r.end(runs[name])
		undo, _, err := r.db.Accept(t.Context(), undoOf(r.person, runs[name]))
		must(t, err)
		must(t, r.engine.StartTurn(t.Context(), undo))
		r.end(undo)
		runs[name+"-back"] = undo
	}

	const kept = "kept-"
	ids := map[string]string{"playlist-trimmed": workflows.PlaylistID(id), "playlist-sorted": workflows.PlaylistID(r.playlist("Dinner"))}
	for name, run := range runs {
		ids["turn-"+name] = workflows.TurnID(run.ID)
	}
	for name, id := range ids {
		must(t, os.WriteFile(filepath.Join(testdata, kept+name+".json"), r.history(id), 0o600))
	}
	must(t, os.WriteFile(filepath.Join(testdata, "SUMS"), []byte(sums(t, kept, reason)), 0o600))
}
