package spotify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"segue/internal/fault"
)

const (
	ann       = "person-ann" // our id of the person every test acts for
	annAccess = "BQD-stub-1"
	listID    = "0stubPlaylist000000001"
)

// stub is a small and strict Web API: it answers what the test says, and fails
// the test on a request that no Spotify client of ours may ever send.
type stub struct {
	*httptest.Server
	t      *testing.T
	mu     sync.Mutex
	seen   []seen
	routes map[string]http.HandlerFunc // "METHOD path"
}

// seen is one request that arrived.
type seen struct {
	what  string // "METHOD path"
	query string
	body  string
	token string
}

func newStub(t *testing.T, routes map[string]http.HandlerFunc) *stub {
	t.Helper()
	s := &stub{t: t, routes: routes}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Errorf("read request: %v", err)
	}
	got := seen{what: r.Method + " " + r.URL.Path, query: r.URL.RawQuery, body: string(body)}
	got.token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	s.seen = append(s.seen, got)
	s.mu.Unlock()
	if r.URL.Query().Has("market") || r.Header.Get("Idempotency-Key") != "" || r.Header.Get("X-Idempotency-Key") != "" {
		s.t.Errorf("%s carries a market or an idempotency key", got.what)
	}
	if len(body) > 0 && (r.Header.Get("Content-Type") != "application/json" || !json.Valid(body)) {
		s.t.Errorf("%s carries a body that is no JSON: %q", got.what, body)
	}
	answer, ok := s.routes[got.what]
	if !ok {
		answer = says(http.StatusNotFound, `{"error":{"status":404,"message":"Resource not found"}}`)
	}
	answer(w, r)
}

// requests returns what arrived so far under "METHOD path".
func (s *stub) requests(what string) []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []seen
	for _, r := range s.seen {
		if r.what == what {
			found = append(found, r)
		}
	}
	return found
}

// client returns an adapter that talks to the stub, without a pace.
func (s *stub) client() *Client {
	return New(Options{APIURL: s.URL + "/v1", Tokens: &tokens{}})
}

// tokens is a vault whose person is always logged in.
type tokens struct {
	mu        sync.Mutex
	refreshed int
}

func (v *tokens) Token(context.Context, string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.current(), nil
}

func (v *tokens) Refresh(_ context.Context, _, stale string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if stale != v.current() {
		return "", errors.New("refresh of a token that is not the current one")
	}
	v.refreshed++
	return v.current(), nil
}

func (v *tokens) current() string { return fmt.Sprintf("BQD-stub-%d", v.refreshed+1) }

// says answers with a status and a body, as JSON unless it is not.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		switch {
		case strings.HasPrefix(body, "<"):
			w.Header().Set("Content-Type", "text/html")
		case json.Valid([]byte(body)):
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// inTurn answers the first request with the first answer and so on; the last one stays.
func inTurn(answers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		answer := answers[min(n, len(answers)-1)]
		n++
		mu.Unlock()
		answer(w, r)
	}
}

// drops lets the request arrive and closes the connection without an answer.
func drops(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// hangs sends what write sends and then nothing until the client gives up.
func hangs(write func(http.ResponseWriter)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		write(w)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
}

// cuts promises more body than it sends.
func cuts(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)+100))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// rowsOf serves the rows as a playlist's items, in pages as asked for.
func rowsOf(rows ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		says(http.StatusOK, pageOf(rows, len(rows), offset, limit))(w, r)
	}
}

func pageOf(rows []string, total, offset, limit int) string {
	part := rows[min(offset, len(rows)):min(offset+limit, len(rows))]
	next := "null"
	if offset+limit < total {
		next = `"https://elsewhere.example/steal?offset=50"`
	}
	return fmt.Sprintf(`{"href":"x","limit":%d,"next":%s,"offset":%d,"previous":null,"total":%d,"items":[%s]}`,
		limit, next, offset, total, strings.Join(part, ","))
}

// song is a row's track with the id 0stubTrack… of number n.
func song(n int) string {
	id := fmt.Sprintf("0stubTrack%012d", n)
	return fmt.Sprintf(`{"album":{"id":"0stubAlbum000000000001","name":"Port 9090","album_type":"album","artists":[],"images":null,"release_date":"2019-05-03"},
		"artists":[{"id":"0stubArtist00000000001","name":"The Loopbacks"}],"duration_ms":214000,"explicit":true,"external_ids":{"isrc":"USEMU26%05d"},
		"external_urls":{"spotify":"https://open.spotify.com/track/%s"},"id":"%s","is_local":false,"name":"Keep Alive %d","type":"track","uri":"spotify:track:%s"}`,
		n, id, id, n, id)
}

// row wraps a song as dev2026 sends it.
func row(n int) string {
	return `{"added_at":"2026-11-20T09:30:00Z","added_by":{"id":"ada_emu"},"is_local":false,"item":` + song(n) + `}`
}

func rows(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = row(i)
	}
	return all
}

// wantFault fails the test unless err is a fault of this kind and certainty that a person can read.
func wantFault(t *testing.T, err error, kind fault.Kind, unsure bool) fault.Error {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("error = %v, want a fault of kind %s", err, kind)
	}
	if f.Kind != kind || f.Unsure != unsure {
		t.Errorf("fault = %v (kind %s, unsure %v), want kind %s, unsure %v", f, f.Kind, f.Unsure, kind, unsure)
	}
	if kind != fault.Internal && (len(f.Message) < 10 || !strings.HasSuffix(f.Message, ".")) {
		t.Errorf("message %q is no sentence", f.Message)
	}
	return *f
}
