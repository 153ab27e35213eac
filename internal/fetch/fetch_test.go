package fetch_test

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"segue/internal/fault"
	"segue/internal/fetch"
	"segue/internal/schedule"
)

const secret = "s3cret"

// hosted serves a handler over TLS, and returns a client that may read it.
func hosted(t *testing.T, h http.HandlerFunc) (c *fetch.Client, address string) {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = nil
	srv.StartTLS()
	t.Cleanup(srv.Close)
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	return fetch.New(fetch.Options{Loopback: true, Roots: roots, Limit: 5 * time.Second}), srv.URL + "/list.csv?key=" + secret
}

func wantFault(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != kind || strings.Contains(fmt.Sprint(err), secret) {
		t.Errorf("%s: %v, want %q and no word of the address", what, err, kind)
	}
}

func TestAnUnchangedListIsNotReadAgain(t *testing.T) {
	t.Parallel()
	asked, tag := 0, `"v1"`
	c, address := hosted(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte("Queen - Africa"))
	})
	document, seen, err := c.Read(t.Context(), address, schedule.Seen{})
	if err != nil || string(document) != "Queen - Africa" || seen.ETag != tag || len(seen.Digest) != 64 {
		t.Fatalf("%q, %+v, %v", document, seen, err)
	}
	if document, again, err := c.Read(t.Context(), address, seen); err != nil || document != nil || again != seen {
		t.Errorf("not modified: %q, %+v, %v", document, again, err)
	}
	tag = `"v2"` // the same under another name
	if document, again, err := c.Read(t.Context(), address, seen); err != nil || document != nil || again.ETag != tag {
		t.Errorf("the same content: %q, %+v, %v", document, again, err)
	}
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
}

func TestAnswersAreJudged(t *testing.T) {
	t.Parallel()
	for status, kind := range map[int]fault.Kind{
		404: fault.NotFound, 410: fault.NotFound, 403: fault.Forbidden, 204: fault.Forbidden, 429: fault.Unavailable, 503: fault.Unavailable,
	} {
		c, address := hosted(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		_, _, err := c.Read(t.Context(), address, schedule.Seen{})
		wantFault(t, fmt.Sprint(status), err, kind)
	}
}

func TestNoAnswerLeadsElsewhere(t *testing.T) {
	t.Parallel()
	for _, to := range []string{
		"https://169.254.169.254/latest/meta-data/", "http://127.0.0.1:1/", "https://localhost/", "https://evil.example/", "https://[::1]/", "https://127.0.0.1.evil.example/", "file:///etc/passwd",
	} {
		c, address := hosted(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
		_, _, err := c.Read(t.Context(), address, schedule.Seen{})
		wantFault(t, to, err, fault.Forbidden)
	}
	hops := 0
	c, address := hosted(t, func(w http.ResponseWriter, r *http.Request) {
		if hops++; hops < 3 {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
			return
		}
		if hops > 3 {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
			return
		}
		_, _ = w.Write([]byte("here"))
	})
	if document, _, err := c.Read(t.Context(), address, schedule.Seen{}); err != nil || string(document) != "here" {
		t.Errorf("two redirects within the hosts: %q, %v", document, err)
	}
	_, _, err := c.Read(t.Context(), address, schedule.Seen{})
	wantFault(t, "endless redirects", err, fault.Forbidden)
}

// The names are allowed here, so that what refuses them is the look at the address that is dialled.
func TestNoNameLeadsInside(t *testing.T) {
	t.Parallel()
	inside := []string{
		"localhost", "127.0.0.1", "::1", "169.254.169.254", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "0.0.0.0", "::", "fe80::1",
		"fd00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "198.18.0.1", "224.0.0.1", "255.255.255.255",
	}
	c := fetch.New(fetch.Options{Hosts: inside, Limit: 5 * time.Second})
	for _, host := range inside {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		_, _, err := c.Read(t.Context(), "https://"+host+"/?key="+secret, schedule.Seen{})
		wantFault(t, host, err, fault.Forbidden)
	}
}

func TestOnlyNamedHostsAreAsked(t *testing.T) {
	t.Parallel()
	c := fetch.New(fetch.Options{Hosts: fetch.Hosts()})
	for address, ok := range map[string]bool{
		"https://raw.githubusercontent.com/ada/lists/main/a.csv": true, "https://RAW.githubusercontent.com./a": true, "https://docs.google.com:443/a": true,
		"https://doc-0k-sheets.googleusercontent.com/x": true, "https://googleusercontent.com/x": false, "https://evilgoogleusercontent.com/x": false,
		"http://raw.githubusercontent.com/a": false, "https://raw.githubusercontent.com:8443/a": false, "https://ada:pw@docs.google.com/": false,
		"https://169.254.169.254/": false, "https://localhost/": false, "https://127.0.0.1/": false, "https://example.com/": false, "": false, "https://": false,
	} {
		if err := c.Check(address); (err == nil) != ok || err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestHostsAreNamedInTheConfiguration(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"none": true, "lists.example.com": true, " Lists.example.com, *.files.example ": true, "*": false, "com": false, "*.com": false,
		"https://lists.example.com": false, "lists.example.com:8443": false, "a.example,": false, "": false, "a.*.example": false,
	} {
		if _, err := fetch.Parse(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
	none, err := fetch.Parse("none")
	if err != nil || fault.KindOf(none.Check("https://raw.githubusercontent.com/a")) != fault.Invalid {
		t.Errorf("none: %v", err)
	}
}

func TestALargeListAndASlowOneAreGivenUp(t *testing.T) {
	t.Parallel()
	c, address := hosted(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<20)
		for range 21 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	_, _, err := c.Read(t.Context(), address, schedule.Seen{})
	wantFault(t, "21 MB", err, fault.Invalid)

	roots := x509.NewCertPool()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = w.Write([]byte("x"))
			_ = http.NewResponseController(w).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	}))
	defer srv.Close()
	roots.AddCert(srv.Certificate())
	slow := fetch.New(fetch.Options{Loopback: true, Roots: roots, Limit: 300 * time.Millisecond})
	began := time.Now()
	_, _, err = slow.Read(t.Context(), srv.URL+"/?key="+secret, schedule.Seen{})
	wantFault(t, "a slow body", err, fault.Unavailable)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("given up after %s", took)
	}
}
