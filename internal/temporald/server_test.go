//go:build !noembed

package temporald

import (
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

func start(t *testing.T, dir string) *Server {
	t.Helper()
	srv, err := Start(t.Context(), Options{
		Dir: dir, Attributes: []string{"UserId"}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return srv
}

func TestStartMakesAPrivateFileAndAnswers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	began := time.Now()
	srv := start(t, dir)
	t.Logf("ready after %v", time.Since(began))
	defer srv.Stop()

	c, err := client.Dial(client.Options{HostPort: srv.Address(), Namespace: Namespace})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	files, err := filepath.Glob(filepath.Join(dir, "temporal-*.db"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, error %v; want one database", files, err)
	}
	info, err := os.Stat(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode().Perm())
	}
}

func TestAWorkflowSurvivesARestartOnTheSameFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	srv := start(t, dir)
	c, err := client.Dial(client.Options{HostPort: srv.Address(), Namespace: Namespace})
	if err != nil {
		t.Fatal(err)
	}
	attributes := client.StartWorkflowOptions{ID: "kept", TaskQueue: "nobody"}
	if _, err := c.ExecuteWorkflow(t.Context(), attributes, "Waits"); err != nil {
		t.Fatal(err)
	}
	c.Close()
	srv.Stop()

	srv = start(t, dir)
	defer srv.Stop()
	c, err = client.Dial(client.Options{HostPort: srv.Address(), Namespace: Namespace})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := c.DescribeWorkflowExecution(ctx, "kept", ""); err != nil {
		t.Fatalf("the workflow is gone after the restart: %v", err)
	}
}

func TestAWorkflowTaskThatDiesAgainAndAgainIsMissedInTime(t *testing.T) {
	t.Parallel()
	srv := start(t, t.TempDir())
	defer srv.Stop()
	c, err := client.Dial(client.Options{HostPort: srv.Address(), Namespace: Namespace})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const limit = time.Second // of a workflow task
	options := client.StartWorkflowOptions{ID: "dies", TaskQueue: "mortals", WorkflowTaskTimeout: limit}
	if _, err := c.ExecuteWorkflow(t.Context(), options, "Dies"); err != nil {
		t.Fatal(err)
	}
	poll := &workflowservice.PollWorkflowTaskQueueRequest{
		Namespace: Namespace, TaskQueue: &taskqueuepb.TaskQueue{Name: options.TaskQueue}, Identity: "mortal",
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for death := range 7 { // who takes the task never answers
		began := time.Now()
		task, err := c.WorkflowService().PollWorkflowTaskQueue(ctx, poll)
		if err != nil || len(task.GetTaskToken()) == 0 {
			t.Fatalf("no task after %d deaths: %v", death, err)
		}
		if took := time.Since(began); took > 3*limit {
			t.Errorf("after %d deaths the task came again after %v", death, took)
		}
	}
}

func TestANewFileKeepsOneIndexOfTheRecords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start(t, dir).Stop()
	name, err := fileName()
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var names string
	const kept = `SELECT group_concat(name) FROM sqlite_master WHERE tbl_name = 'executions_visibility' AND type = 'index' AND sql IS NOT NULL`
	if err := db.QueryRowContext(t.Context(), kept).Scan(&names); err != nil || names != "default_idx" {
		t.Errorf("indexes %q, error %v, want the one of the default order", names, err)
	}
}

func TestWorkflowsAreFoundByAttributeIDTypeAndState(t *testing.T) {
	t.Parallel()
	srv := start(t, t.TempDir())
	defer srv.Stop()
	c, err := client.Dial(client.Options{HostPort: srv.Address(), Namespace: Namespace})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	user := temporal.NewSearchAttributeKeyKeyword("UserId")
	for _, id := range []string{"ada", "ben"} {
		attributes := temporal.NewSearchAttributes(user.ValueSet(id))
		o := client.StartWorkflowOptions{ID: "of-" + id, TaskQueue: "nobody", TypedSearchAttributes: attributes}
		if _, err := c.ExecuteWorkflow(t.Context(), o, "Waits"); err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string]int{
		"UserId = 'ada'":                                1,
		"WorkflowId = 'of-ben'":                         1,
		"WorkflowType = 'Waits' AND UserId != 'ada'":    1,
		"ExecutionStatus = 'Running'":                   2,
		"StartTime < '2000-01-01T00:00:00Z'":            0,
		"UserId = 'ada' AND ExecutionStatus = 'Failed'": 0,
	} {
		found(t, c, query, want)
	}
}

// found waits until a list has as many workflows: records follow within seconds.
func found(t *testing.T, c client.Client, query string, want int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		answer, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: query})
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		if len(answer.GetExecutions()) == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func TestAHalfMadeFileIsNotMistakenForOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name, err := fileName()
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(dir, name+".building")
	if err := os.WriteFile(half, []byte("cut off in the middle"), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, dir).Stop()
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("the half-made file is still there: %v", err)
	}
}
