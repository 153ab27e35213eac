package main

import (
	"os"
	"path/filepath"
	"testing"

	"segue/internal/agent"
	"segue/internal/schedule"
)

// TestRecordScheduleHistories is TestRecordHistories for schedules.
func TestRecordScheduleHistories(t *testing.T) { //nolint:paralleltest // it writes files that other tests read
	reason := os.Getenv("RECORD_HISTORIES")
	if reason == "" {
		t.Skip("RECORD_HISTORIES gives no reason to record")
	}
	r := newRig(t, func(r *rig) { r.plain = true })
	_, address := r.publishes("title,artist\nAfrica,Toto\n")
	focus := agent.PlaylistRef{ID: r.playlist("Focus"), Name: "Focus"}
	s := r.schedules(schedule.Schedule{Kind: schedule.List, URL: address, To: focus})
	brought, unchanged := r.now(s, 1), r.now(s, 2)
	missed := r.now(r.schedules(schedule.Schedule{Kind: schedule.List, URL: "https://127.0.0.2/", To: focus}), 1)

	const schedules = "schedules-"
	for name, result := range map[string]schedule.Result{"brought": brought, "unchanged": unchanged, "missed": missed} {
		must(t, os.WriteFile(filepath.Join(testdata, schedules+name+".json"), r.history(result.Key), 0o600))
	}
	must(t, os.WriteFile(filepath.Join(testdata, "SUMS"), []byte(sums(t, schedules, reason)), 0o600))
}
