package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"segue/internal/fault"
	"segue/internal/intake"
	"segue/internal/match"
	"segue/internal/music"
)

// rehearsal matches the rows of one table.
type rehearsal struct {
	catalogue *Catalogue
	strategy  match.Strategy
	layout    intake.Layout
	width     int // columns of the table
}

// job is a row on its way: done gets one outcome.
type job struct {
	cells []string
	line  int
	done  chan outcome
}

// outcome is what became of a row.
type outcome struct {
	match   music.Match
	queries int
	refused bool
}

// waiting bounds the rows between reader and writer, for each worker.
const waiting = 16

// run matches every row and writes it, in the order of the table. Rows are worked on at the same
// time, one for each processor, and few are held at once.
func (h *rehearsal) run(ctx context.Context, in *Reader, out writer) (summary, error) {
	began := time.Now()
	workers := runtime.GOMAXPROCS(0)
	work, order := make(chan *job), make(chan *job, waiting*workers)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(work)
		defer close(order)
		return feed(ctx, in, work, order)
	})
	for range workers {
		group.Go(func() error {
			for j := range work {
				o, err := h.settle(ctx, j)
				if err != nil {
					return err
				}
				j.done <- o
			}
			return nil
		})
	}
	var sum summary
	group.Go(func() error {
		for j := range order {
			select {
			case o := <-j.done:
				sum.count(o)
				if err := out.Write(append(fit(j.cells, h.width), answer(o.match)...)); err != nil {
					return fmt.Errorf("writing: %w", err)
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	err := group.Wait()
	sum.took = time.Since(began)
	return sum, errors.Join(err, out.flush())
}

// feed reads rows until there are no more.
func feed(ctx context.Context, in *Reader, work, order chan<- *job) error {
	for {
		cells, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		j := &job{cells: cells, line: in.Line(), done: make(chan outcome, 1)}
		for _, to := range []chan<- *job{order, work} {
			select {
			case to <- j:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// fit cuts or fills a row to n cells.
func fit(cells []string, n int) []string {
	out := make([]string, n, n+len(added()))
	copy(out, cells)
	return out
}

// settle matches one row. A row that cannot be used is no error: it says why.
func (h *rehearsal) settle(ctx context.Context, j *job) (outcome, error) {
	if n := len(j.cells); n > h.width && strings.Join(j.cells[h.width:], "") != "" {
		return refusal(fmt.Sprintf("Line %d has %d cells where the first line names %d columns.", j.line, n, h.width)), nil
	}
	song, notes, err := h.layout.Song(j.cells)
	if err != nil {
		return refusal(fault.MessageOf(err)), nil
	}
	o, err := h.find(ctx, song)
	o.match.Reasons = append(o.match.Reasons, notes...)
	return o, err
}

func (h *rehearsal) find(ctx context.Context, song music.Song) (outcome, error) {
	if song.TrackID != "" {
		return outcome{match: h.strategy.Decide(song, h.catalogue.track(song.TrackID)), queries: 1}, nil
	}
	_, m, queries, err := h.strategy.Find(ctx, song, h.catalogue.Search)
	return outcome{match: m, queries: queries}, err
}

func refusal(reason string) outcome {
	return outcome{refused: true, match: music.Match{Verdict: music.None, Method: "none", Reasons: []string{reason}}}
}

// summary counts what became of the rows.
type summary struct {
	songs, refused, queries int
	verdicts                map[music.Verdict]int
	took                    time.Duration
}

func (s *summary) count(o outcome) {
	if s.verdicts == nil {
		s.verdicts = map[music.Verdict]int{}
	}
	s.songs++
	s.queries += o.queries
	s.verdicts[o.match.Verdict]++
	if o.refused {
		s.refused++
	}
}

// String is one line: "1533 songs: 1480 auto, 41 ask, 12 none (2 refused); 2100 songs/s, 1.2 queries a song".
func (s summary) String() string {
	refused := ""
	if s.refused > 0 {
		refused = fmt.Sprintf(" (%d refused)", s.refused)
	}
	return fmt.Sprintf("%d songs: %d auto, %d ask, %d none%s; %.0f songs/s, %.2f queries a song", s.songs,
		s.verdicts[music.Auto], s.verdicts[music.Ask], s.verdicts[music.None], refused, float64(s.songs)/max(s.took.Seconds(), 1e-9), float64(s.queries)/float64(max(s.songs, 1)))
}
