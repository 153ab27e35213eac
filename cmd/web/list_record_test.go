package main

import (
	"os"
	"path/filepath"
	"testing"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/internal/workflows"
)

// TestRecordListHistories is TestRecordHistories for lists.
func TestRecordListHistories(t *testing.T) { //nolint:paralleltest // it writes files that other tests read
	reason := os.Getenv("RECORD_HISTORIES")
	if reason == "" {
		t.Skip("RECORD_HISTORIES gives no reason to record")
	}
	r := newRig(t, func(r *rig) { r.plain = true })
	songs := []music.Song{
		{Title: "Bohemian Rhapsody", Artists: []string{"Queen"}}, {Title: "Hallelujah"}, {Title: "Zanzibar Canary Song", Artists: []string{"Nobody At All"}},
	}
	brought := r.brings(songs, agent.PlaylistRef{Name: "Brought"})
	r.until(brought, waiting)
	r.answersRow(brought, 2)
	r.end(brought)
	undo, _, err := r.db.Accept(t.Context(), undoOf(r.person, brought))
	must(t, err)
	must(t, r.engine.StartTurn(t.Context(), undo))
	r.end(undo)
	stopped := r.brings(songs, agent.PlaylistRef{ID: r.playlist("Dinner"), Name: "Dinner"})
	r.until(stopped, waiting)
	must(t, r.engine.Cancel(t.Context(), stopped.ID, true))
	r.end(stopped)

	const lists = "lists-"
	for name, run := range map[string]agent.Run{"brought": brought, "taken-back": undo, "stopped": stopped} {
		must(t, os.WriteFile(filepath.Join(testdata, lists+name+".json"), r.history(workflows.TurnID(run.ID)), 0o600))
	}
	must(t, os.WriteFile(filepath.Join(testdata, "SUMS"), []byte(sums(t, lists, reason)), 0o600))
}

// answersRow takes the first choice that a row of a list offers, as the page does.
func (r *rig) answersRow(run agent.Run, position int) {
	r.t.Helper()
	rows, err := r.db.ListRows(r.t.Context(), r.person, run.ID, agent.RowFilter{After: position - 1, Before: position + 1})
	must(r.t, err)
	settled, err := workflows.Answered(rows[0], agent.Answer{Option: rows[0].Match.Choices[0].Track.ID})
	must(r.t, err)
	_, err = r.db.SaveRows(r.t.Context(), r.person, run.ID, agent.RowReview, []agent.Row{settled})
	must(r.t, err)
	must(r.t, r.engine.Wake(r.t.Context(), run.ID))
}
