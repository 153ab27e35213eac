//go:build !noembed

package temporald

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
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
