// Command chaos proves the promise of the house with real processes: it starts
// the built program and an emulated Spotify, sends messages as browsers do,
// breaks things by the rows of the fault matrix, and compares what Spotify holds
// in the end with what was asked for. It imports nothing of ours.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

// size says how much is played.
type size struct {
	n      int // messages of a row
	seed   uint64
	atOnce int  // rows at the same time, of those that may
	quick  bool // waits of a quarter of their length
}

// scaled shortens a wait of a row for a quick run.
func (s size) scaled(d time.Duration) time.Duration {
	if s.quick {
		return d / 4
	}
	return d
}

func run(ctx context.Context, args []string) error {
	var s size
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	flags.IntVar(&s.n, "n", 100, "messages of a row")
	flags.Uint64Var(&s.seed, "seed", uint64(time.Now().Unix()), "repeats messages, moments and chances")
	flags.IntVar(&s.atOnce, "at-once", 3, "rows at the same time, where a row may share the machine")
	flags.BoolVar(&s.quick, "quick", false, "20 messages a row and waits of a quarter of their length")
	names := flags.String("rows", "", "only these, by name, separated by commas")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if s.quick {
		s.n = min(s.n, 20)
	}
	chosen, err := choose(*names)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "segue-chaos")
	if err != nil {
		return err
	}
	w, err := prepare(ctx, dir, s)
	if err != nil {
		return fmt.Errorf("prepare (see %s): %w", dir, err)
	}
	began := time.Now()
	verdicts := playAll(ctx, w, chosen)
	report(os.Stdout, s, verdicts, time.Since(began))
	if bad := slices.ContainsFunc(verdicts, func(v *verdict) bool { return !v.good() }); bad {
		return fmt.Errorf("the promise does not hold in every row; what the processes wrote is in %s", dir)
	}
	return os.RemoveAll(dir)
}

func choose(names string) ([]row, error) {
	all := slices.Concat(processRows(), crashRows(), spotifyRows(), outageRows(), modelRows(), backRows(), tidyRows(), clockRows(), listRows(), orderRows(), letterRows(), scheduleRows(), browserRows())
	if names == "" {
		return all, nil
	}
	var chosen []row
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(all, func(r row) bool { return r.name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("there is no row %q", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// playAll plays the rows that want the machine to themselves one by one, then the others.
func playAll(ctx context.Context, w *world, rows []row) []*verdict {
	verdicts := make([]*verdict, len(rows))
	play := func(i int) {
		verdicts[i] = rows[i].play(ctx, w)
		fmt.Fprintln(os.Stderr, verdicts[i].line())
	}
	for i, r := range rows {
		if r.alone {
			play(i)
		}
	}
	var all sync.WaitGroup
	free := make(chan struct{}, max(w.atOnce, 1))
	for i, r := range rows {
		if !r.alone {
			free <- struct{}{}
			all.Go(func() { defer func() { <-free }(); play(i) })
		}
	}
	all.Wait()
	return verdicts
}

// program returns the path of the built program, crashing that of the one with failpoints.
func program() string { return cmp.Or(os.Getenv("SEGUE_BIN"), "bin/web") }

func crashing() string { return cmp.Or(os.Getenv("SEGUE_FAILPOINTS_BIN"), "bin/web-failpoints") }
