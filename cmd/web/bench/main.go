// Command bench measures the built program over loopback and prints one table:
// start, memory, latency of the stream, a run against the same calls made by a
// plain loop, throughput and subscribers. It imports nothing of ours.
package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 6*time.Minute)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// row is one line of the table.
type row struct{ what, got, target string }

func run(ctx context.Context) error {
	var rows []row
	for _, measure := range []func(context.Context) ([]row, error){starts, streams, whole, wholeList, throughput, accepts, batches, subscribers} {
		more, err := measure(ctx)
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	fmt.Printf("%d cores, %s, load %s, %s\n\n", runtime.NumCPU(), runtime.Version(), load(), time.Now().Format(time.DateOnly))
	fmt.Println("| what | measured | target |\n|---|---|---|")
	for _, r := range rows {
		fmt.Printf("| %s | %s | %s |\n", r.what, r.got, r.target)
	}
	return nil
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	return strings.Join(strings.Fields(string(text))[:1], " ")
}

// starts measures from starting the process to its first answer, and its memory at rest.
func starts(ctx context.Context) ([]row, error) {
	dir, err := os.MkdirTemp("", "segue-bench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var took []time.Duration
	var rss int
	for i := range 6 {
		began := time.Now()
		p, err := launch(ctx, dir)
		if err != nil {
			return nil, err
		}
		if i > 0 { // the first one makes the files
			took = append(took, time.Since(began))
		}
		if i == 5 {
			time.Sleep(10 * time.Second)
			rss = p.rss()
		}
		p.kill()
	}
	return []row{
		{"process start to first answer, median of 5", ms(quantile(took, .5)), "≤ 2 s"},
		{"resident memory, idle 10 s", fmt.Sprintf("%d MB", rss>>20), "≤ 350 MB"},
	}, nil
}

func quantile(of []time.Duration, q float64) time.Duration {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Clone(of)
	slices.Sort(sorted)
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func ms(d time.Duration) string {
	return fmt.Sprintf("%.0f ms", float64(d.Microseconds())/1000)
}

// program returns the path of the built program.
func program() string { return cmp.Or(os.Getenv("SEGUE_BIN"), "bin/web") }

func command(ctx context.Context, env ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program()) //nolint:gosec // our own program
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "LIMIT_MESSAGES=1000000", "LIMIT_CALLS=1000000", "LIMIT_STREAMS=2000", "LOG_LEVEL=error"}, env...)
	cmd.Stderr = os.Stderr
	return cmd
}
