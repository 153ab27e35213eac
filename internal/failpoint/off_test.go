//go:build !failpoints

package failpoint_test

import (
	"strings"
	"testing"
)

func TestAnOrdinaryBuildKnowsNoPoints(t *testing.T) {
	t.Parallel()
	if signal, out := hitThrice(t, "post-written"); signal != 0 || !strings.Contains(out, "third") {
		t.Errorf("ended by %v, writing %q", signal, out)
	}
}
