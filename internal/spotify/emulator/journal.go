package emulator

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Request is one line of the log of requests to accounts and Web API. It
// never holds tokens.
type Request struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"` // arrival, by the emulated clock
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query,omitempty"`  // as sent; empty for accounts
	Body   string    `json:"body,omitempty"`   // of Web API writes, the first 8 kB
	Person string    `json:"person,omitempty"` // whose token it was
	Status int       `json:"status"`           // 0 = no answer was sent
	Millis int64     `json:"millis"`           // until the answer, by the wall clock
	Fault  bool      `json:"fault,omitempty"`  // a scripted fault played
}

// Mutation is one change that was applied to a playlist: the oracle of tests.
type Mutation struct {
	Seq      int64     `json:"seq"`
	At       time.Time `json:"at"`
	Request  int64     `json:"request"` // Seq of the request that asked for it; 0 = control
	Person   string    `json:"person"`
	Playlist string    `json:"playlist"`
	Kind     string    `json:"kind"`               // create, details, add, replace, reorder, remove, rows, follow, unfollow
	URIs     []string  `json:"uris,omitempty"`     // added, removed or put in place of all
	Position *int      `json:"position,omitempty"` // of an add (where it went) or a reorder (insert_before)
	From     int       `json:"from,omitempty"`     // of a reorder
	Length   int       `json:"length,omitempty"`   // of a reorder
	Name     string    `json:"name,omitempty"`     // of a create or a change of details
	Snapshot string    `json:"snapshot_id,omitempty"`
}

const (
	journalLength = 100_000 // requests and mutations remembered
	largestBody   = 1 << 20
	loggedBody    = 8 << 10
)

// journal is the append-only log of requests and of applied mutations.
type journal struct {
	mu        sync.Mutex
	seq       int64
	requests  []Request
	mutations []Mutation
}

// note is what a request learns about itself on its way.
type note struct {
	seq    int64
	person string
	fault  bool
}

type noteKey struct{}

// noteFrom returns the request's note; one that is thrown away outside of a logged request.
func noteFrom(ctx context.Context) *note {
	if n, ok := ctx.Value(noteKey{}).(*note); ok {
		return n
	}
	return &note{}
}

// watch logs every request through next and reads its body, so that a client
// that goes away later does not cut it short.
func (j *journal) watch(now func() time.Time, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
		if err != nil {
			writeError(w, &apiError{status: http.StatusRequestEntityTooLarge, message: "Payload too large"})
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		started, line := time.Now(), Request{At: now(), Method: r.Method, Path: r.URL.Path}
		if isAPI(r.URL.Path) { // accounts are sent codes, tokens and secrets
			line.Query, line.Body = r.URL.RawQuery, string(body[:min(len(body), loggedBody)])
		}
		seen := &statusWriter{ResponseWriter: w}
		n := &note{seq: j.next()}
		defer func() {
			line.Seq, line.Person, line.Fault, line.Status = n.seq, n.person, n.fault, seen.status
			line.Millis = time.Since(started).Milliseconds()
			j.request(line)
		}()
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), noteKey{}, n)))
	})
}

func (j *journal) next() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seq++
	return j.seq
}

func (j *journal) request(line Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.requests = bounded(append(j.requests, line))
}

func (j *journal) mutation(m Mutation) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seq++
	m.Seq = j.seq
	j.mutations = bounded(append(j.mutations, m))
}

// bounded drops the older half of a log that has become too long.
func bounded[T any](log []T) []T {
	if len(log) < journalLength {
		return log
	}
	return slices.Clone(log[len(log)/2:])
}

// Requests returns the log of requests answered so far that have a Seq greater than since, in order of their end.
func (e *Emulator) Requests(since int64) []Request {
	e.journal.mu.Lock()
	defer e.journal.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(e.journal.requests), func(r Request) bool { return r.Seq <= since })
}

// Mutations returns the applied mutations with a Seq greater than since, in order.
func (e *Emulator) Mutations(since int64) []Mutation {
	e.settleLate()
	e.journal.mu.Lock()
	defer e.journal.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(e.journal.mutations), func(m Mutation) bool { return m.Seq <= since })
}

func (j *journal) clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.requests, j.mutations = nil, nil
}

// statusWriter remembers the status that was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write sends 200 when no status was sent.
func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController find the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
