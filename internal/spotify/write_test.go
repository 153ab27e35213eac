package spotify

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"segue/internal/fault"
)

const itemsPath = "/v1/playlists/" + listID + "/items"

// add posts one song to the stub's playlist.
func add(ctx context.Context, c *Client) error {
	return c.Add(ctx, ann, listID, []string{"spotify:track:0stubTrack000000000001"}, Append)
}

func TestAddSaysWhetherItWasApplied(t *testing.T) {
	t.Parallel()
	const applied = fault.Kind("")
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		kind   fault.Kind
		unsure bool
	}{
		"201":           {says(201, `{"snapshot_id":"AAAA"}`), applied, false},
		"200":           {says(200, `{"snapshot_id":"AAAA"}`), applied, false},
		"202, empty":    {says(202, ""), applied, false},
		"201 with HTML": {says(201, "<html>"), applied, false},
		"201, body cut": {cuts(201, `{"snap`), applied, false},
		"400":           {says(400, `{"error":{"status":400,"message":"Invalid track uri: x"}}`), fault.Invalid, false},
		"403":           {says(403, `{"error":{"status":403,"message":"Forbidden"}}`), fault.Forbidden, false},
		"404":           {says(404, `{"error":{"status":404,"message":"Resource not found"}}`), fault.NotFound, false},
		"413":           {says(413, ""), fault.Invalid, false},
		"429":           {says(429, "Too many requests"), fault.RateLimited, false},
		"405 is not on the list of certain refusals": {says(405, ""), fault.Internal, true},
		"409":                {says(409, ""), fault.Conflict, true},
		"500":                {says(500, `{"error":{"status":500,"message":"Server error."}}`), fault.Unavailable, true},
		"502 with HTML":      {says(502, "<html>Bad gateway</html>"), fault.Unavailable, true},
		"503":                {says(503, ""), fault.Unavailable, true},
		"504":                {says(504, ""), fault.Unavailable, true},
		"connection dropped": {drops, fault.Unavailable, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStub(t, map[string]http.HandlerFunc{"POST " + itemsPath: tt.answer})
			err := add(t.Context(), s.client())
			if n := len(s.requests("POST " + itemsPath)); n != 1 {
				t.Errorf("%d POSTs arrived, want 1", n)
			}
			if tt.kind == applied {
				if err != nil {
					t.Errorf("error = %v, want nil: it was applied", err)
				}
				return
			}
			wantFault(t, err, tt.kind, tt.unsure)
		})
	}
}

func TestWriteIsNotResentWhenAReusedConnectionBreaks(t *testing.T) {
	t.Parallel()
	s := newStub(t, map[string]http.HandlerFunc{
		"POST " + itemsPath:   inTurn(says(201, "{}"), drops, says(201, "{}")),
		"DELETE " + itemsPath: inTurn(drops, says(200, "{}")),
	})
	c := s.client()
	if err := add(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	wantFault(t, add(t.Context(), c), fault.Unavailable, true)
	if n := len(s.requests("POST " + itemsPath)); n != 2 {
		t.Errorf("%d POSTs arrived, want 2", n)
	}
	if err := add(t.Context(), c); err != nil { // leaves a connection that can be reused
		t.Fatal(err)
	}
	wantFault(t, c.Remove(t.Context(), ann, listID, []string{"spotify:track:x"}), fault.Unavailable, true)
	if n := len(s.requests("DELETE " + itemsPath)); n != 1 {
		t.Errorf("%d DELETEs arrived, want 1", n)
	}
}

func TestNetHTTPCannotReplayAWrite(t *testing.T) {
	t.Parallel()
	c := New(Options{})
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		req, err := c.request(t.Context(), annAccess, call{method: method, path: "x", body: []byte("{}")})
		if err != nil || req.GetBody != nil || req.ContentLength != 2 {
			t.Errorf("%s: GetBody must be nil and the length known: %v", method, err)
		}
	}
}

func TestWriteThatNeverLeftIsCertain(t *testing.T) {
	t.Parallel()
	t.Run("nobody listens", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewServer(http.NotFoundHandler())
		s.Close()
		c := New(Options{APIURL: s.URL, Tokens: &tokens{}})
		wantFault(t, add(t.Context(), c), fault.Unavailable, false)
	})
	t.Run("the deadline has passed", func(t *testing.T) {
		t.Parallel()
		s := newStub(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		wantFault(t, add(ctx, s.client()), fault.Unavailable, false)
		if n := len(s.requests("POST " + itemsPath)); n != 0 {
			t.Errorf("%d POSTs arrived, want none", n)
		}
	})
	t.Run("the TLS handshake fails", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewUnstartedServer(http.NotFoundHandler())
		s.Config.ErrorLog = nil
		s.StartTLS()
		defer s.Close()
		c := New(Options{APIURL: s.URL, Tokens: &tokens{}}) // does not know the certificate
		wantFault(t, add(t.Context(), c), fault.Unavailable, false)
	})
}

func TestSlowWrites(t *testing.T) {
	t.Parallel()
	t.Run("no answer in time is unsure", func(t *testing.T) {
		t.Parallel()
		s := newStub(t, map[string]http.HandlerFunc{"POST " + itemsPath: func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
		}})
		c := s.client()
		c.timeout = 50 * time.Millisecond
		wantFault(t, add(t.Context(), c), fault.Unavailable, true)
	})
	t.Run("a 201 whose body never comes was applied", func(t *testing.T) {
		t.Parallel()
		s := newStub(t, map[string]http.HandlerFunc{"POST " + itemsPath: hangs(func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusCreated)
		})})
		c := s.client()
		c.timeout = 200 * time.Millisecond
		if err := add(t.Context(), c); err != nil {
			t.Errorf("error = %v, want nil", err)
		}
	})
}

func TestWriteIsTriedOnceMoreAfter401(t *testing.T) {
	t.Parallel()
	expired := says(401, `{"error":{"status":401,"message":"The access token expired"}}`)
	s := newStub(t, map[string]http.HandlerFunc{
		"POST " + itemsPath:   inTurn(expired, says(201, "{}")),
		"DELETE " + itemsPath: expired,
	})
	c := s.client()
	if err := add(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	posts := s.requests("POST " + itemsPath)
	if len(posts) != 2 || posts[0].token != annAccess || posts[1].token != "BQD-stub-2" || posts[0].body != posts[1].body {
		t.Errorf("posts = %+v, want the same body with the old and then the new token", posts)
	}
	wantFault(t, c.Remove(t.Context(), ann, listID, []string{"spotify:track:x"}), fault.Unauthorised, false)
	if n := len(s.requests("DELETE " + itemsPath)); n != 2 {
		t.Errorf("%d DELETEs arrived, want 2: one refresh, then no more", n)
	}
}

func TestWriteBodies(t *testing.T) {
	t.Parallel()
	created := `{"id":"` + listID + `","name":"New","owner":{"id":"ada_emu"},"items":{"href":"x","total":0,"items":[]},"snapshot_id":"S"}`
	s := newStub(t, map[string]http.HandlerFunc{
		"POST " + itemsPath:     says(201, "{}"),
		"DELETE " + itemsPath:   says(200, "{}"),
		"POST /v1/me/playlists": says(201, created),
	})
	c, ctx := s.client(), t.Context()
	list, err := c.Create(ctx, ann, "New", "made by a test")
	if err != nil || list.ID != listID || !list.Editable || list.Total != 0 || list.OwnerID != "ada_emu" {
		t.Errorf("Create = %+v, %v", list, err)
	}
	for _, position := range []int{Append, 0, 7} {
		if err := c.Add(ctx, ann, listID, []string{"spotify:track:a", "spotify:track:b"}, position); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Remove(ctx, ann, listID, []string{"spotify:track:a", "spotify:track:b"}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"name":"New","public":false,"description":"made by a test","collaborative":false}`,
		`{"uris":["spotify:track:a","spotify:track:b"]}`,
		`{"uris":["spotify:track:a","spotify:track:b"],"position":0}`,
		`{"uris":["spotify:track:a","spotify:track:b"],"position":7}`,
		`{"items":[{"uri":"spotify:track:a"},{"uri":"spotify:track:b"}]}`,
	}
	for i, r := range s.seen {
		if i >= len(want) || r.body != want[i] {
			t.Errorf("body %d = %s", i, r.body)
		}
	}
}

func TestCreateWithoutReadableAnswerIsUnsure(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"empty": says(201, ""), "html": says(201, "<html>"), "no id": says(201, "{}"), "null": says(201, "null"), "cut": cuts(201, `{"id":`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStub(t, map[string]http.HandlerFunc{"POST /v1/me/playlists": answer})
			_, err := s.client().Create(t.Context(), ann, "New", "")
			wantFault(t, err, fault.Unavailable, true)
		})
	}
}

func TestNonsenseIsRefusedWithoutACall(t *testing.T) {
	t.Parallel()
	s := newStub(t, nil)
	c, ctx := s.client(), t.Context()
	for name, call := range map[string]func() error{
		"no URIs":     func() error { return c.Add(ctx, ann, listID, nil, Append) },
		"101 URIs":    func() error { return c.Add(ctx, ann, listID, make([]string, MaxURIs+1), Append) },
		"remove none": func() error { return c.Remove(ctx, ann, listID, nil) },
		"id is a path": func() error {
			_, err := c.Playlist(ctx, ann, "../me")
			return err
		},
		"id of a track": func() error { _, err := c.Track(ctx, ann, "a/b?c"); return err },
		"id of a list":  func() error { _, err := c.Items(ctx, ann, ""); return err },
		"id to add to":  func() error { return c.Add(ctx, ann, "x y", []string{"spotify:track:a"}, 0) },
		"blank name":    func() error { _, err := c.Create(ctx, ann, " \t", ""); return err },
		"blank query":   func() error { _, err := c.Search(ctx, ann, " ", 0); return err },
		"long query":    func() error { _, err := c.Search(ctx, ann, strings.Repeat("é", maxQuery+1), 0); return err },
	} {
		if err := call(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: error = %v, want a fault Invalid", name, err)
		}
	}
	if len(s.seen) != 0 {
		t.Errorf("requests = %+v, want none", s.seen)
	}
}

// loggedOut is a vault of somebody who has to log in again, from the first token or from the refresh on.
type loggedOut struct{ first bool }

func (v loggedOut) Token(context.Context, string) (string, error) {
	if v.first {
		return "", fault.New(fault.Unauthorised, "Log in with Spotify again.", nil)
	}
	return annAccess, nil
}

func (v loggedOut) Refresh(context.Context, string, string) (string, error) {
	return "", fault.New(fault.Unauthorised, "Log in with Spotify again.", nil)
}

func TestWithoutATokenNothingIsSent(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]bool{"no token": true, "no other token after a 401": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStub(t, map[string]http.HandlerFunc{"POST " + itemsPath: says(401, ""), "GET " + itemsPath: says(401, "")})
			c := New(Options{APIURL: s.URL + "/v1", Tokens: loggedOut{first: first}})
			wantFault(t, add(t.Context(), c), fault.Unauthorised, false)
			_, err := c.Items(t.Context(), ann, listID)
			wantFault(t, err, fault.Unauthorised, false)
			_, err = c.Playlists(t.Context(), ann)
			if fault.KindOf(err) == "" {
				t.Error("playlists of somebody who is logged out")
			}
			if want := map[bool]int{true: 0, false: 2}[first]; len(s.seen)-len(s.requests("GET /v1/me")) != want {
				t.Errorf("requests = %+v, want %d", s.seen, want)
			}
		})
	}
}
