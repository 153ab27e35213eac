package alert

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"segue/internal/deadletter"
	"segue/internal/fault"
)

func TestOnlySafeAddressesAreTaken(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"https://alerts.example/hook?key=s3cret": true, "http://127.0.0.1:9/": true, "http://[::1]:9/": true, "http://localhost:9/x": true,
		"http://alerts.example/hook": false, "http://10.0.0.1/": false, "http://127.0.0.1.evil.example/": false, "ftp://127.0.0.1/": false,
		"file:///etc/passwd": false, "alerts.example": false, "": false, "https://": false, "http://s3cret\x7f": false,
	} {
		_, err := New(address, "")
		if (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q is told: %v", address, err)
		}
	}
}

func TestANoticeIsPostedOnceAndItsAnswerJudged(t *testing.T) {
	t.Parallel()
	var body []byte
	asked, status := 0, 200
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	}))
	defer hook.Close()
	w, err := New(hook.URL+"/?key=s3cret", "https://segue.example")
	if err != nil {
		t.Fatal(err)
	}
	n := deadletter.Notice{Letter: "run-1", Kind: fault.Internal, Step: "adding", Fingerprint: "abc", Attempts: 3}
	for _, c := range []struct {
		status int
		kind   fault.Kind
	}{{200, ""}, {204, ""}, {302, fault.Forbidden}, {307, fault.Forbidden}, {400, fault.Invalid}, {404, fault.Invalid}, {429, fault.Unavailable}, {500, fault.Unavailable}} {
		status, asked = c.status, 0
		err := w.Announce(t.Context(), n)
		if fault.KindOf(err) != c.kind || asked != 1 {
			t.Errorf("%d: asked %d times, %v", c.status, asked, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the address is told: %v", err)
		}
	}
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil || got["url"] != "https://segue.example/admin/dlq/run-1" || got["kind"] != "internal" || got["attempts"] != 3.0 {
		t.Errorf("told %s, %v", body, err)
	}
}

func TestAWebhookThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer hook.Close()
	defer close(release)
	w, err := New(hook.URL+"/?key=s3cret", "")
	if err != nil {
		t.Fatal(err)
	}
	if w.client.Timeout != limit {
		t.Errorf("%s, want %s", w.client.Timeout, limit)
	}
	w.client.Timeout = 50 * time.Millisecond
	err = w.Announce(t.Context(), deadletter.Notice{})
	if fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v", err)
	}
}
