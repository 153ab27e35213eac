package server

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/workflows"
	"segue/web/templates/layout"
	"segue/web/templates/page"
)

const (
	openMost    = 200                    // open runs of a person that are asked
	askedAtOnce = 8                      // of them at the same time
	rowsMost    = 200                    // unclear rows that are read of one list
	openFew     = 3                      // open runs that every page asks
	countTime   = 300 * time.Millisecond // a page waits no longer for the number of questions
	countAge    = 10 * time.Second       // how old that may be where there are more than a few
	countMost   = 10_000                 // people whose number is kept
)

// showReview shows everything that waits for the person, over all their runs, the
// longest waiting first; the query may name the question (after) behind which to begin.
func (s *Server) showReview(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), snapshotTime)
	defer cancel()
	who := person(c)
	w, err := s.waiting(ctx, who.ID)
	if err != nil {
		return err
	}
	v := page.ReviewView{
		Person: personView(who), Asked: begunAfter(w.asked, c.QueryParam("after")), Total: w.total, Unread: w.unread,
		After: c.QueryParam("after"), Login: w.login || who.NeedsReauth, Now: time.Now(),
	}
	v.Person.Waiting = w.total
	return render(c, http.StatusOK, page.Review(v))
}

// begunAfter lets a queue begin behind a question; those before it come last.
func begunAfter(asked []page.Asked, key string) []page.Asked {
	i := slices.IndexFunc(asked, func(a page.Asked) bool { return a.Key() == key })
	return slices.Concat(asked[i+1:], asked[:i+1])
}

// you is the person with the number of questions that wait. Where that is not known in time, there is none.
func (s *Server) you(c echo.Context) layout.Person {
	ctx, cancel := context.WithTimeout(c.Request().Context(), countTime)
	defer cancel()
	v := personView(person(c))
	open, err := s.Ledger.Open(ctx, person(c).ID, openMost)
	if err != nil {
		s.Logger.WarnContext(ctx, "page shows no number of questions", "error", err)
		return v
	}
	count := func() int { return s.ask(ctx, open).total }
	if len(open) <= openFew {
		v.Waiting = count()
	} else {
		v.Waiting = s.counts.of(person(c).ID, time.Now(), count)
	}
	return v
}

// counts keeps how many questions wait for people with many open runs, so that
// each of their pages need not ask all of those.
type counts struct {
	mu    sync.Mutex
	known map[string]*counted
}

type counted struct {
	number int
	at     time.Time
}

// of returns the number that was counted less than countAge ago. When it is older,
// one caller counts anew, and the others get the old one meanwhile.
func (k *counts) of(personID string, now time.Time, count func() int) int {
	k.mu.Lock()
	if k.known == nil || len(k.known) > countMost {
		k.known = map[string]*counted{}
	}
	c := k.known[personID]
	if c == nil {
		c = &counted{}
		k.known[personID] = c
	}
	if now.Sub(c.at) < countAge {
		defer k.mu.Unlock()
		return c.number
	}
	c.at = now
	k.mu.Unlock()
	number := count()
	k.mu.Lock()
	defer k.mu.Unlock()
	c.number = number
	return number
}

// waiting is what the open runs of a person wait for.
type waiting struct {
	asked  []page.Asked
	total  int  // questions, those that are not in asked too
	unread int  // runs that did not say in time
	login  bool // a run waits for a login
}

func (w *waiting) add(more waiting) {
	w.asked = append(w.asked, more.asked...)
	w.total += more.total
	w.unread += more.unread
	w.login = w.login || more.login
}

// waiting asks each open run of the person what it waits for, the oldest run first.
func (s *Server) waiting(ctx context.Context, personID string) (w waiting, err error) {
	open, err := s.Ledger.Open(ctx, personID, openMost)
	if err != nil {
		return w, err
	}
	return s.ask(ctx, open), nil
}

func (s *Server) ask(ctx context.Context, open []agent.Run) (w waiting) {
	each := make([]waiting, len(open))
	places := make(chan struct{}, askedAtOnce)
	var all sync.WaitGroup
	for i, run := range open {
		places <- struct{}{}
		all.Go(func() {
			each[i] = s.waitsFor(ctx, run)
			<-places
		})
	}
	all.Wait()
	for _, more := range each {
		w.add(more)
	}
	return w
}

// waitsFor is what one run waits for. The rows of a list are the ledger's, all other questions the engine's.
func (s *Server) waitsFor(ctx context.Context, run agent.Run) waiting {
	snap, err := s.snapshots.of(ctx, run)
	if err != nil {
		s.Logger.WarnContext(ctx, "a run does not say what it waits for", "run", run.ID, "error", err)
		return waiting{unread: 1}
	}
	w := waiting{login: needsLogin(snap.Progress)}
	for _, q := range snap.Progress.Questions() {
		w.asked = append(w.asked, page.Asked{Run: run, Title: snap.Progress.Title, Song: snap.Progress.Song(q), Question: q, Until: workflows.Expires(snap.Progress, q)})
	}
	w.total = len(w.asked)
	if run.List && run.UndoOf == "" {
		w.add(s.unclear(ctx, run, snap.Progress.Title))
	}
	return w
}

// unclear are the rows of a list that wait for the person.
func (s *Server) unclear(ctx context.Context, run agent.Run, title string) (w waiting) {
	counts, err := s.Ledger.ListCounts(ctx, run.PersonID, run.ID)
	if err != nil {
		return waiting{unread: 1}
	}
	if counts[agent.RowReview] == 0 {
		return w
	}
	rows, err := s.Ledger.ListRows(ctx, run.PersonID, run.ID, agent.RowFilter{States: []agent.RowState{agent.RowReview}, Limit: rowsMost})
	if err != nil {
		return waiting{unread: 1}
	}
	for _, r := range rows {
		if q := workflows.RowQuestion(r); q != nil {
			w.asked = append(w.asked, page.Asked{Run: run, Title: title, Song: r.Song.String(), Question: *q, Row: r.Position})
		}
	}
	w.total = max(counts[agent.RowReview], len(w.asked))
	return w
}

// needsLogin reports whether a run waits for its person to log in to Spotify again.
func needsLogin(p agent.Progress) bool {
	reconnect := func(t *agent.Trouble) bool { return t != nil && t.Reconnect }
	return reconnect(p.Trouble) || slices.ContainsFunc(p.Tasks, func(t agent.Task) bool { return !t.State.Final() && reconnect(t.Trouble) })
}
