//go:build failpoints

package failpoint_test

import (
	"strings"
	"syscall"
	"testing"
)

func TestTheProcessDiesAtTheArmedPointWhenItsTimeHasCome(t *testing.T) {
	t.Parallel()
	for armed, lived := range map[string][]string{
		"post-written":   nil,
		"post-written=2": {"first"},
		"post-due=3":     {"first", "second"},
	} {
		signal, out := hitThrice(t, armed)
		name, _, _ := strings.Cut(armed, "=")
		if signal != syscall.SIGKILL || !strings.Contains(out, "failpoint "+name+": ") {
			t.Errorf("%s: ended by %v, writing %q", armed, signal, out)
		}
		for i, word := range []string{"first", "second", "third"} {
			if strings.Contains(out, word) != (i < len(lived)) {
				t.Errorf("%s: wrote %q, want %v of it", armed, out, lived)
			}
		}
	}
	for _, armed := range []string{"", "post-written=4", "something-else"} {
		if signal, out := hitThrice(t, armed); signal != 0 || !strings.Contains(out, "third") {
			t.Errorf("%q: ended by %v, writing %q", armed, signal, out)
		}
	}
}
