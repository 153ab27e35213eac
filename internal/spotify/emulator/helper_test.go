package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// station is an emulator on a port of its own with somebody logged in.
type station struct {
	*Emulator
	url   string
	token string
}

func start(t *testing.T, o Options) *station {
	t.Helper()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	access, _ := e.Grant("ada_emu")
	return &station{e, serve(t, e), access}
}

// serve puts the emulator on a port until the test ends.
func serve(t *testing.T, e *Emulator) string {
	t.Helper()
	server := httptest.NewServer(e.Handler())
	t.Cleanup(func() {
		_ = e.Close() // a test may have taken its state file away
		server.Close()
	})
	return server.URL
}

// as returns the station seen by another listener, or with other scopes.
func (s *station) as(listener string, scopes ...string) *station {
	access, _ := s.Grant(listener, scopes...)
	return &station{s.Emulator, s.url, access}
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

// try sends a request and returns what came, or how it failed.
func (s *station) try(t *testing.T, method, path, body string) (reply, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true}, // no replay on a dropped connection
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, raw}, err
}

// call sends a request that must answer the status, and decodes the JSON that comes.
func (s *station) call(t *testing.T, method, path, body string, status int) map[string]any {
	t.Helper()
	got, err := s.try(t, method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if got.status != status {
		t.Fatalf("%s %s: status %d, want %d: %s", method, path, got.status, status, got.body)
	}
	var tree map[string]any
	if len(bytes.TrimSpace(got.body)) > 0 && strings.HasPrefix(got.header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(got.body, &tree); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, got.body)
		}
	}
	return tree
}

func (s *station) get(t *testing.T, path string) map[string]any {
	t.Helper()
	return s.call(t, http.MethodGet, path, "", http.StatusOK)
}

// fails sends a request that must answer Spotify's error shape.
func (s *station) fails(t *testing.T, method, path, body string, status int, message string) {
	t.Helper()
	got := s.call(t, method, path, body, status)
	if at[float64](t, got, "error", "status") != float64(status) || at[string](t, got, "error", "message") != message {
		t.Errorf("%s %s: got %v, want %d %q", method, path, got, status, message)
	}
}

// at walks into decoded JSON: strings are keys, numbers are places in arrays.
func at[T any](t *testing.T, tree any, path ...any) T {
	t.Helper()
	here := tree
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := here.(map[string]any)
			here = object[step]
		case int:
			array, _ := here.([]any)
			if step >= len(array) {
				t.Fatalf("%v: only %d items in %v", path, len(array), tree)
			}
			here = array[step]
		}
	}
	value, ok := here.(T)
	if !ok {
		t.Fatalf("%v is %T (%v), want %T in %v", path, here, here, value, tree)
	}
	return value
}

// list returns the id of Ada's list with the name.
func (s *station) list(t *testing.T, name string) string {
	t.Helper()
	for _, p := range s.State().Playlists {
		if p.Name == name {
			return p.ID
		}
	}
	t.Fatalf("no list %q", name)
	return ""
}

// uris returns the truth about a list.
func (s *station) uris(t *testing.T, id string) []string {
	t.Helper()
	for _, p := range s.State().Playlists {
		if p.ID == id {
			out := make([]string, len(p.Rows))
			for i, r := range p.Rows {
				out[i] = r.URI
			}
			return out
		}
	}
	t.Fatalf("no list %s", id)
	return nil
}

// some returns URIs of different tracks.
func (s *station) some(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = trackPrefix + s.catalogue.tracks[i].id
	}
	return out
}

func (s *station) search(t *testing.T, q string) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, item := range at[[]any](t, s.get(t, "/v1/search?type=track&limit=10&q="+url.QueryEscape(q)), "tracks", "items") {
		if track, ok := item.(map[string]any); ok {
			out = append(out, track)
		}
	}
	return out
}

func body(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := body(t, got), body(t, want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}
