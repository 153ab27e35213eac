package rehearsal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"segue/internal/match"
)

const usage = `web match looks up the songs of a table and says what Segue would do with each. Nothing is added anywhere.

  web match -in songs.csv -out result.csv [-catalogue tracks.tsv.gz] [-map title=COLUMN,artist=COLUMN,…] [-hide album,…]

The table is CSV (.csv), TSV without quoting (.tsv), or lines of "Title - Artist / Artist" (.txt); .gz is read too.
Fields: title, artist, album, duration_ms, isrc, explicit, version, year, track_id. Several artists in one cell
are joined by " ¦ ". The result has the table's columns and verdict (auto, ask, none), track_id, confidence,
method, reasons and alternatives (ids, best first, joined by |).

`

// options are the flags.
type options struct{ catalogue, in, out, mapping, hidden, strategy string }

// Main runs the sub-command "web match". The result goes to the -out file or to
// out, one line of figures to log. -h prints the flags and is no error.
func Main(ctx context.Context, args []string, in io.Reader, out, log io.Writer) error {
	o, err := parseFlags(args, out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	from, name := in, "the input"
	if o.in != "-" {
		file, err := os.Open(o.in)
		if err != nil {
			return err
		}
		defer file.Close()
		from, name = file, o.in
	}
	h, table, err := prepare(o, from, name) //nolint:contextcheck // nothing is served: the emulator is only asked
	if err != nil {
		return err
	}
	format, to, done, err := create(o, table.Format, out)
	if err != nil {
		return err
	}
	sum, err := h.perform(ctx, table, newWriter(to, format))
	if err := errors.Join(err, done()); err != nil {
		return fmt.Errorf("%w (%d songs were matched before)", err, sum.songs)
	}
	_, err = fmt.Fprintln(log, sum)
	return err
}

func parseFlags(args []string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("web match", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() {
		_, _ = io.WriteString(out, usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.catalogue, "catalogue", "", "TSV file with tracks, .gz or plain (default: built in)")
	flags.StringVar(&o.in, "in", "", "the table; - for standard input")
	flags.StringVar(&o.out, "out", "-", "where the result goes, .csv or .tsv; - for standard output")
	flags.StringVar(&o.mapping, "map", "", "field=column,… (default: by the names of the columns)")
	flags.StringVar(&o.hidden, "hide", "", "fields to leave out, as if the table did not say them")
	flags.StringVar(&o.strategy, "strategy", "", "thorough, exact or frugal (default: thorough)")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("web match: unexpected argument %q", flags.Arg(0))
	case o.in == "":
		return o, errors.New("web match: which songs? Name the table: -in FILE")
	default:
		return o, nil
	}
}

// prepare checks all that was asked for before the catalogue is loaded.
func prepare(o options, in io.Reader, name string) (*rehearsal, *Reader, error) {
	strategy, err := match.Named(o.strategy)
	if err != nil {
		return nil, nil, fmt.Errorf("-strategy: %w", err)
	}
	if f := formatOf(o.out); o.out != "-" && (f != CSV && f != TSV || strings.HasSuffix(o.out, ".gz")) {
		return nil, nil, fmt.Errorf("-out %s: the name must end in .csv or .tsv", o.out)
	}
	table, err := NewReader(in, name)
	if err != nil {
		return nil, nil, err
	}
	l, err := lay(o.mapping, o.hidden, table)
	if err != nil {
		return nil, nil, err
	}
	c, err := Open(o.catalogue)
	if err != nil {
		return nil, nil, err
	}
	return &rehearsal{catalogue: c, strategy: strategy, layout: l, width: len(table.Columns)}, table, nil
}

// create opens the result. Without a file it is written as the table was read.
func create(o options, read Format, out io.Writer) (f Format, to io.Writer, done func() error, err error) {
	if o.out == "-" {
		return read, out, func() error { return nil }, nil
	}
	if same(o.in, o.out) {
		return "", nil, nil, fmt.Errorf("-out %s is the table itself; name another file", o.out)
	}
	file, err := os.Create(o.out)
	if err != nil {
		return "", nil, nil, err
	}
	return formatOf(o.out), file, file.Close, nil
}

func same(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// perform writes the header and then every row.
func (h *rehearsal) perform(ctx context.Context, table *Reader, out writer) (summary, error) {
	if err := out.Write(append(fit(table.Columns, h.width), added()...)); err != nil {
		return summary{}, err
	}
	return h.run(ctx, table, out)
}
