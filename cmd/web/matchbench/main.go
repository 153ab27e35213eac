// Command matchbench measures the matcher on labelled songs: retrieval through
// the emulated Spotify's search, then a decision, beside two rules of other
// programs on the same candidates. It prints tables in Markdown.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"segue/internal/match"
)

// options are the flags.
type options struct {
	data, set, strategy, doc string
	worst                    int
	write, list              bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "matchbench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("matchbench", flag.ContinueOnError)
	flags.StringVar(&o.data, "data", "../shared/data", "folder with the labelled files and catalogue.tsv.gz")
	flags.StringVar(&o.set, "set", "", "run the sets whose names begin with this, for tuning")
	flags.StringVar(&o.strategy, "strategy", "", "thorough, exact or frugal")
	flags.IntVar(&o.worst, "worst", 0, "print so many of the worst errors")
	flags.StringVar(&o.doc, "doc", "docs/matching.md", "file that -write puts the tables into")
	flags.BoolVar(&o.write, "write", false, "put the tables into the file, between its marks")
	flags.BoolVar(&o.list, "list", false, "list the sets")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	strategy, err := match.Named(o.strategy)
	if err != nil {
		return err
	}
	stock, err := load(o.data) //nolint:contextcheck // nothing is served: the emulator is only asked
	if err != nil {
		return err
	}
	b := &bench{strategy: strategy, stock: stock}
	return b.all(ctx, o, out)
}

// check finds out before the long run whether its tables can be kept.
func (o options) check() error {
	switch {
	case !o.write:
		return nil
	case o.set != "" || o.list:
		return errors.New("-write needs all sets")
	default:
		_, _, err := around(o.doc)
		return err
	}
}

// all runs the tables that were asked for and prints them.
func (b *bench) all(ctx context.Context, o options, out io.Writer) error {
	var text bytes.Buffer
	var reports []report
	for _, part := range parts() {
		sets, err := part.sets(b.stock)
		if err != nil {
			return err
		}
		sets = named(sets, o.set)
		if len(sets) == 0 {
			continue
		}
		if o.list {
			listSets(out, part, sets)
			continue
		}
		done, err := b.runAll(ctx, part, sets)
		if err != nil {
			return err
		}
		writePart(&text, part, done)
		reports = append(reports, done...)
	}
	if _, err := out.Write(text.Bytes()); err != nil {
		return err
	}
	if o.worst > 0 {
		writeWorst(out, reports, o.worst)
	}
	if o.write {
		return insert(o.doc, text.String())
	}
	return nil
}

// named keeps the sets whose names begin so.
func named(sets []set, prefix string) []set {
	var out []set
	for _, s := range sets {
		if strings.HasPrefix(s.name, prefix) {
			out = append(out, s)
		}
	}
	return out
}

func listSets(out io.Writer, p part, sets []set) {
	_, _ = fmt.Fprintf(out, "%s\n", p.title)
	for _, s := range sets {
		_, _ = fmt.Fprintf(out, "  %-22s %5d  %s\n", s.name, len(s.trials), s.what)
	}
}
