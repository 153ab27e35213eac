//go:build failpoints

package failpoint

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// armed is read once. It is the one variable of a package here: a point has
// nobody to be handed it by.
var armed = sync.OnceValue(func() *trap {
	name, count, _ := strings.Cut(os.Getenv(Env), "=")
	n, err := strconv.ParseInt(cmp.Or(count, "1"), 10, 64)
	if err != nil || n < 1 {
		panic(Env + ": want name or name=n, with n from 1")
	}
	t := &trap{point: Point(name)}
	t.left.Store(n)
	return t
})

// trap is an armed point; no point when its name is empty.
type trap struct {
	point Point
	left  atomic.Int64
}

// Hit kills the process if the point is armed and this is its time.
func Hit(p Point) {
	if t := armed(); t.point != p || t.left.Add(-1) != 0 {
		return
	}
	fmt.Fprintf(os.Stderr, "failpoint %s: killing this process\n", p)
	_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL) // our own process can be signalled
	select {}
}
