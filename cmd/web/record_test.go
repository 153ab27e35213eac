package main

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"segue/internal/agent"
	"segue/internal/workflows"
)

const testdata = "../../internal/workflows/testdata"

// TestRecordHistories writes the histories that the replay tests replay. It
// runs only on purpose, with the reason as RECORD_HISTORIES, which is kept
// beside the sums; a changed history without a new reason fails in internal/workflows.
func TestRecordHistories(t *testing.T) { //nolint:paralleltest // it writes files that other tests read
	reason := os.Getenv("RECORD_HISTORIES")
	if reason == "" {
		t.Skip("RECORD_HISTORIES gives no reason to record")
	}
	r := newRig(t, func(r *rig) { r.plain = true })
	add := r.say("add Bohemian Rhapsody by Queen to Road Trip")
	r.end(add)
	ask := r.say("add Hallelujah to Focus")
	q := r.until(ask, waiting).Tasks[0].Question
	must(t, r.engine.Answer(t.Context(), ask.ID, agent.Answer{Question: q.ID, Option: q.Options[0].ID}))
	r.end(ask)
	several := r.say("create a playlist called New with Fade Into You by Mazzy Star and Karma Police by Radiohead")
	r.end(several)
	stopped := r.say("add Hallelujah to Dinner")
	r.until(stopped, waiting)
	must(t, r.engine.Cancel(t.Context(), stopped.ID, true))
	r.end(stopped)
	remembered := r.say("add Hallelujah to Road Trip")
	q = r.until(remembered, waiting).Tasks[0].Question
	must(t, r.engine.Answer(t.Context(), remembered.ID, agent.Answer{Question: q.ID, Option: q.Options[1].ID, Remember: true}))
	r.end(remembered)
	ruled := r.say("add Hallelujah to Dinner")
	r.end(ruled)
	removed := r.say("remove Africa by Toto from Road Trip")
	r.end(removed)
	r.undo(add)
	undo, _, err := r.db.Accept(t.Context(), undoOf(r.person, add))
	must(t, err)
	road := r.end(add).Playlist.ID

	histories := map[string]string{
		"turn-add":       workflows.TurnID(add.ID),
		"turn-several":   workflows.TurnID(several.ID),
		"turn-stopped":   workflows.TurnID(stopped.ID),
		"turn-remove":    workflows.TurnID(removed.ID),
		"turn-undo":      workflows.TurnID(undo.ID),
		"song-add":       workflows.SongID(add.ID, "1"),
		"song-ask":       workflows.SongID(ask.ID, "1"),
		"song-kept":      workflows.SongID(remembered.ID, "1"),
		"song-ruled":     workflows.SongID(ruled.ID, "1"),
		"song-stopped":   workflows.SongID(stopped.ID, "1"),
		"playlist-three": workflows.PlaylistID(road),
	}
	var sums strings.Builder
	for _, name := range slices.Sorted(maps.Keys(histories)) {
		content := r.history(histories[name])
		must(t, os.WriteFile(filepath.Join(testdata, name+".json"), content, 0o600))
		fmt.Fprintf(&sums, "%x  %s.json  %s\n", sha256.Sum256(content), name, reason)
	}
	must(t, os.WriteFile(filepath.Join(testdata, "SUMS"), []byte(sums.String()), 0o600))
}

// history returns the events of a workflow as JSON.
func (r *rig) history(workflowID string) []byte {
	r.t.Helper()
	events := r.temporal.GetWorkflowHistory(r.t.Context(), workflowID, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	h := &historypb.History{}
	for events.HasNext() {
		e, err := events.Next()
		must(r.t, err)
		h.Events = append(h.Events, e)
	}
	content, err := protojson.Marshal(h)
	must(r.t, err)
	return content
}
