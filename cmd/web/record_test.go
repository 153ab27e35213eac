package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/spotify/emulator"
	"segue/internal/workflows"
)

const testdata = "../../internal/workflows/testdata"

// generation begins the names of the histories recorded now. It changes when a
// workflow takes another way for new runs; the histories of the old way stay.
const generation = "recalls-"

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
	letter, bulk := r.buried()

	for name, id := range map[string]string{
		"turn-add":      workflows.TurnID(add.ID),
		"turn-several":  workflows.TurnID(several.ID),
		"turn-stopped":  workflows.TurnID(stopped.ID),
		"turn-remove":   workflows.TurnID(removed.ID),
		"turn-undo":     workflows.TurnID(undo.ID),
		"song-find":     workflows.SongID(add.ID, "1"),
		"song-ask":      workflows.SongID(ask.ID, "1"),
		"song-kept":     workflows.SongID(remembered.ID, "1"),
		"song-ruled":    workflows.SongID(ruled.ID, "1"),
		"song-stopped":  workflows.SongID(stopped.ID, "1"),
		"playlist-road": workflows.PlaylistID(road),
		"letter":        workflows.DeadID(letter),
		"bulk":          workflows.BulkWorkflowID(bulk),
	} {
		must(t, os.WriteFile(filepath.Join(testdata, generation+name+".json"), r.history(id), 0o600))
	}
	must(t, os.WriteFile(filepath.Join(testdata, "SUMS"), []byte(sums(t, generation, reason)), 0o600))
}

// buried makes a dead letter and a bulk that retries it, and waits until both workflows have ended.
func (r *rig) buried() (letter, bulk string) {
	r.t.Helper()
	must(r.t, r.emulator.Inject(emulator.Fault{Path: "/search$", Status: http.StatusTeapot, Count: -1}))
	r.end(r.say("add Karma Police by Radiohead to Dinner"))
	r.finds("WorkflowType = 'DeadLetter' AND ExecutionStatus = 'Completed'", 1)
	b, err := r.db.StartBulk(r.t.Context(), deadletter.Bulk{By: r.person, Act: deadletter.ActRetry, Rate: 1, AsOf: time.Now()}, "k")
	must(r.t, err)
	must(r.t, r.engine.StartBulk(r.t.Context(), b))
	r.finds("WorkflowType = 'Bulk' AND ExecutionStatus = 'Completed'", 1)
	return r.letter().ID, b.ID
}

// sums lists every history with its sum, in the order of their names. A line
// of another generation stays as it is: those runs may still be on their way.
func sums(t *testing.T, generation, reason string) string {
	t.Helper()
	old, err := os.ReadFile(filepath.Join(testdata, "SUMS"))
	must(t, err)
	files, err := filepath.Glob(filepath.Join(testdata, "*.json"))
	must(t, err)
	var out strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(t, err)
		why := reason
		for line := range strings.Lines(string(old)) {
			if f := strings.SplitN(strings.TrimSpace(line), "  ", 3); f[1] == filepath.Base(file) && !strings.HasPrefix(f[1], generation) {
				why = f[2]
			}
		}
		fmt.Fprintf(&out, "%x  %s  %s\n", sha256.Sum256(content), filepath.Base(file), why)
	}
	return out.String()
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
