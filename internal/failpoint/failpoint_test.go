package failpoint_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"segue/internal/failpoint"
)

const child = "FAILPOINT_TEST_CHILD"

// hitThrice runs this test again in a process of its own, with a point armed,
// and returns what killed it (0 when it lived) and what it wrote.
func hitThrice(t *testing.T, armed string) (syscall.Signal, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildHitsThePointThrice$")
	cmd.Env = append(os.Environ(), child+"=1", failpoint.Env+"="+armed)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return status.Signal(), out.String()
		}
	}
	if err != nil {
		t.Fatal(err, out.String())
	}
	return 0, out.String()
}

func TestChildHitsThePointThrice(t *testing.T) {
	t.Parallel()
	if os.Getenv(child) == "" {
		return
	}
	for _, word := range []string{"first", "second", "third"} {
		failpoint.Hit(failpoint.PostWritten)
		failpoint.Hit(failpoint.PostDue)
		_, _ = os.Stdout.WriteString(word + "\n")
	}
}
