package workflows

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
)

func histories(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 9 {
		t.Fatalf("%d histories, error %v; want at least nine", len(files), err)
	}
	return files
}

// Recorded runs must replay on the code of today: a workflow that was running
// when the program was upgraded goes on. A change that breaks this needs workflow.GetVersion.
func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	for _, file := range histories(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			r, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{
				Interceptors: []interceptor.WorkerInterceptor{&translator{}},
			})
			if err != nil {
				t.Fatal(err)
			}
			r.RegisterWorkflow(AgentTurn)
			r.RegisterWorkflow(SyncSong)
			r.RegisterWorkflow(SyncList)
			r.RegisterWorkflow(Playlist)
			r.RegisterWorkflow(DeadLetter)
			r.RegisterWorkflow(Bulk)
			r.RegisterWorkflow(Repeat)
			if err := r.ReplayWorkflowHistoryFromJSONFile(silent{}, file); err != nil {
				t.Error(err)
			}
		})
	}
}

// Histories are recorded on purpose (RECORD_HISTORIES="why" go test ./cmd/web
// -run TestRecordHistories), which writes their sums and the reason; they never change in silence.
func TestHistoriesChangeOnlyWithAReason(t *testing.T) {
	t.Parallel()
	sums, err := os.ReadFile("testdata/SUMS")
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for line := range strings.Lines(string(sums)) {
		fields := strings.SplitN(strings.TrimSpace(line), "  ", 3)
		if len(fields) != 3 || fields[2] == "" {
			t.Fatalf("line %q has no reason", line)
		}
		reasons[fields[1]] = fields[0]
	}
	files := histories(t)
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if sum := fmt.Sprintf("%x", sha256.Sum256(content)); reasons[filepath.Base(file)] != sum {
			t.Errorf("%s has the sum %s, SUMS says %q", file, sum, reasons[filepath.Base(file)])
		}
	}
	if len(reasons) != len(files) {
		t.Errorf("SUMS names %d histories, there are %d", len(reasons), len(files))
	}
}
