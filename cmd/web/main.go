// Command web is Segue: the pages, the worker and, unless told otherwise, an
// embedded Temporal server, a SQLite ledger and an emulated Spotify, in one process.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"segue/internal/agent/llm/stub"
	"segue/internal/rehearsal"
	"segue/internal/spotify/emulator"
)

const usage = `Segue brings songs into Spotify playlists and loses none of them.

  web                 run Segue; with an empty environment a demo with an emulated Spotify
  web emulator [...]  run the emulated Spotify alone; web emulator -h lists its flags
  web model [...]     run a scripted language model for tests; web model -h lists its flags
  web mcp             let a program use the tools of a running Segue over stdin; web mcp -h explains
  web match [...]     try out which tracks the songs of a table would become; web match -h explains

Environment (all optional):
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "segue:", err)
		os.Exit(1)
	}
}

// run is the program: it returns when ctx ends and everything has stopped, or
// with the reason why it could not start.
func run(ctx context.Context, args []string, getenv func(string) string, out, log io.Writer) error {
	flags := flag.NewFlagSet("web", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() {
		_, _ = io.WriteString(out, usage)
		describeEnvironment(out)
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	c, err := readConfig(getenv)
	if err != nil {
		return err
	}
	logger := newLogger(log, c.logLevel)
	switch flags.Arg(0) {
	case "":
		return serve(ctx, c, out, logger)
	case "emulator":
		return emulator.Main(ctx, flags.Args()[1:], out, logger)
	case "model":
		return stub.Main(ctx, flags.Args()[1:], out)
	case "mcp":
		return bridge(ctx, flags.Args()[1:], getenv, out)
	case "match":
		return rehearsal.Main(ctx, flags.Args()[1:], os.Stdin, out, log)
	default:
		flags.Usage()
		return fmt.Errorf("there is no sub-command %q", flags.Arg(0))
	}
}
