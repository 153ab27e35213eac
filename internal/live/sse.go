package live

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	writeLimit = 15 * time.Second // a browser that takes nothing for so long is gone
	retry      = 500              // milliseconds until a browser comes back
)

// Writer writes server-sent events to one browser. Every call is flushed and
// must be taken within 15 s. It is not safe for concurrent use.
type Writer struct {
	out     http.ResponseWriter
	control *http.ResponseController
	begun   bool
	frame   bytes.Buffer
}

// NewWriter sends the headers of an event stream at once. It fails when w cannot flush.
func NewWriter(w http.ResponseWriter) (*Writer, error) {
	header := w.Header()
	header.Set("Content-Type", "text/event-stream; charset=utf-8")
	header.Set("Cache-Control", "no-cache, no-transform")
	header.Set("X-Accel-Buffering", "no")
	header.Del("Content-Length")
	w.WriteHeader(http.StatusOK)
	s := &Writer{out: w, control: http.NewResponseController(w)}
	return s, s.send()
}

// Message sends an unnamed event, which htmx swaps into the page. id is the
// version of the snapshot; the browser returns it as Last-Event-ID.
func (s *Writer) Message(id int64, html []byte) error {
	s.begin()
	s.frame.WriteString("id: ")
	s.frame.WriteString(strconv.FormatInt(id, 10))
	s.frame.WriteByte('\n')
	s.data(string(html))
	return s.send()
}

// Event sends a named event, such as "done"; name must be one line.
func (s *Writer) Event(name, data string) error {
	if strings.ContainsAny(name, "\r\n") {
		return fmt.Errorf("event name %q is not one line", name)
	}
	s.begin()
	s.frame.WriteString("event: ")
	s.frame.WriteString(name)
	s.frame.WriteByte('\n')
	s.data(data)
	return s.send()
}

// Comment sends text that browsers ignore; line breaks become spaces.
func (s *Writer) Comment(text string) error {
	s.frame.WriteString(": ")
	s.frame.WriteString(lineBreaks.Replace(text))
	s.frame.WriteString("\n\n")
	return s.send()
}

// Beat sends a comment, so that nothing on the way takes the stream for dead.
func (s *Writer) Beat() error { return s.Comment("beat") }

var lineBreaks = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ")

// lineEnds are all that ends a line in an event stream.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// begin tells the browser, once, how soon to come back.
func (s *Writer) begin() {
	if !s.begun {
		s.begun = true
		fmt.Fprintf(&s.frame, "retry: %d\n", retry)
	}
}

// data writes one data line for each line of text; even an empty text needs one,
// or the browser would drop the event.
func (s *Writer) data(text string) {
	for line := range strings.SplitSeq(lineEnds.Replace(text), "\n") {
		s.frame.WriteString("data: ")
		s.frame.WriteString(line)
		s.frame.WriteByte('\n')
	}
	s.frame.WriteByte('\n')
}

// send writes and flushes the frame under a deadline of its own. The deadline is
// taken away afterwards, or the end of a quiet stream would fail by it.
func (s *Writer) send() error {
	defer s.frame.Reset()
	if err := s.deadline(time.Now().Add(writeLimit)); err != nil {
		return fmt.Errorf("limit the write: %w", err)
	}
	if _, err := s.out.Write(s.frame.Bytes()); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	if err := s.control.Flush(); err != nil {
		return fmt.Errorf("flush event: %w", err)
	}
	return s.deadline(time.Time{})
}

// deadline sets the write deadline; a recorder in a test has none, which is no error.
func (s *Writer) deadline(t time.Time) error {
	if err := s.control.SetWriteDeadline(t); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
