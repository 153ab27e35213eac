package live

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestEventsAreWrittenAsBrowsersReadThem(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		write func(*Writer) error
		want  string
	}{
		"message":            {func(w *Writer) error { return w.Message(NewMessage(7, []byte("<p>a</p>"))) }, "retry: 500\nid: 7\ndata: <p>a</p>\n\n"},
		"lines of all kinds": {func(w *Writer) error { return w.Message(NewMessage(1, []byte("a\nb\r\nc\rd"))) }, "retry: 500\nid: 1\ndata: a\ndata: b\ndata: c\ndata: d\n\n"},
		"last empty line":    {func(w *Writer) error { return w.Message(NewMessage(1, []byte("a\n"))) }, "retry: 500\nid: 1\ndata: a\ndata: \n\n"},
		"named and empty":    {func(w *Writer) error { return w.Event("done", "") }, "retry: 500\nevent: done\ndata: \n\n"},
		"beat":               {(*Writer).Beat, ": beat\n\n"},
		"retry only once": {func(w *Writer) error {
			_ = w.Message(NewMessage(1, []byte("a")))
			return w.Message(NewMessage(2, []byte("b")))
		}, "retry: 500\nid: 1\ndata: a\n\nid: 2\ndata: b\n\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := httptest.NewRecorder()
			w, err := NewWriter(rec)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.write(w); err != nil {
				t.Fatal(err)
			}
			if got := rec.Body.String(); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestAnEventNameOfTwoLinesIsRefused(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	w, _ := NewWriter(rec)
	if err := w.Event("a\ndata: b", ""); err == nil || rec.Body.Len() > 0 {
		t.Errorf("error %v, body %q, want a refusal and nothing written", err, rec.Body)
	}
}

func TestTheHeadersGoOutBeforeTheFirstMessage(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := NewWriter(w)
		if err != nil {
			t.Error(err)
			return
		}
		<-hold
		if err := s.Message(NewMessage(1, []byte("a"))); err != nil {
			t.Error(err)
		}
		<-r.Context().Done()
	}))
	defer srv.Close()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, http.NoBody)
	res, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for name, want := range map[string]string{
		"Content-Type":      "text/event-stream; charset=utf-8",
		"Cache-Control":     "no-cache, no-transform",
		"X-Accel-Buffering": "no",
	} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	close(hold)
	lines := bufio.NewReader(res.Body)
	if got, _ := lines.ReadString('\n'); got != "retry: 500\n" {
		t.Errorf("first line %q", got)
	}
}

// closing is a response whose deadlines can be seen and whose writes block until then.
type closing struct {
	http.ResponseWriter
	deadlines []time.Time
	err       error
}

func (c *closing) Write([]byte) (int, error) { return 0, c.err }
func (c *closing) Flush()                    {}

func (c *closing) SetWriteDeadline(t time.Time) error {
	c.deadlines = append(c.deadlines, t)
	return nil
}

func TestEachWriteHasADeadlineOfItsOwn(t *testing.T) {
	t.Parallel()
	c := &closing{ResponseWriter: httptest.NewRecorder()}
	w, err := NewWriter(c)
	if err != nil {
		t.Fatal(err)
	}
	c.deadlines = nil
	if err := w.Beat(); err != nil {
		t.Fatal(err)
	}
	if len(c.deadlines) != 2 || !c.deadlines[1].IsZero() {
		t.Fatalf("deadlines %v, want one set and taken away", c.deadlines)
	}
	if left := time.Until(c.deadlines[0]); left < 14*time.Second || left > writeLimit {
		t.Errorf("deadline in %v, want %v", left, writeLimit)
	}
	c.err = io.ErrClosedPipe
	if err := w.Beat(); err == nil || !strings.Contains(err.Error(), "write event") {
		t.Errorf("error %v, want the failed write", err)
	}
}

// plain hides every optional method of a response.
type plain struct{ http.ResponseWriter }

func TestAResponseThatCannotFlushIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := NewWriter(plain{httptest.NewRecorder()}); err == nil {
		t.Error("no error, want a refusal")
	}
}

func TestAGoneBrowserEndsTheStream(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s, err := NewWriter(w)
		for err == nil {
			err = s.Message(NewMessage(1, make([]byte, 1<<16)))
		}
		ended <- err
	}))
	defer srv.Close()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Log("the handler was told:", err) // a write to a closed connection may fail or not
	}
}
