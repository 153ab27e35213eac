package live

import (
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

// Message is an unnamed event as it goes over the wire. It is the same for every
// browser, so it is made once for all of them.
type Message []byte

// NewMessage returns the message that htmx swaps into the page. id is the version
// of the snapshot; the browser returns it as Last-Event-ID.
func NewMessage(id int64, html []byte) Message {
	frame := append([]byte("id: "), strconv.AppendInt(nil, id, 10)...)
	return appendData(append(frame, '\n'), string(html))
}

// appendData appends one data line for each line of text; even an empty text needs
// one, or the browser would drop the event.
func appendData(frame []byte, text string) []byte {
	for line := range strings.SplitSeq(lineEnds.Replace(text), "\n") {
		frame = append(frame, "data: "...)
		frame = append(frame, line...)
		frame = append(frame, '\n')
	}
	return append(frame, '\n')
}

// lineEnds are all that ends a line in an event stream.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Writer writes server-sent events to one browser. Every call is flushed and
// must be taken within 15 s. It is not safe for concurrent use.
type Writer struct {
	out     http.ResponseWriter
	control *http.ResponseController
	begun   bool
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

// Message sends a message.
func (s *Writer) Message(m Message) error { return s.event(m) }

// Event sends a named event, such as "done"; name must be one line.
func (s *Writer) Event(name, data string) error {
	if strings.ContainsAny(name, "\r\n") {
		return fmt.Errorf("event name %q is not one line", name)
	}
	return s.event(appendData([]byte("event: "+name+"\n"), data))
}

// Beat sends a comment, so that nothing on the way takes the stream for dead.
func (s *Writer) Beat() error { return s.send([]byte(": beat\n\n")) }

// event sends a frame; the first one tells the browser how soon to come back.
func (s *Writer) event(frame []byte) error {
	if s.begun {
		return s.send(frame)
	}
	s.begun = true
	return s.send(fmt.Appendf(nil, "retry: %d\n", retry), frame)
}

// send writes and flushes frames under a deadline of its own. The deadline is
// taken away afterwards, or the end of a quiet stream would fail by it.
func (s *Writer) send(frames ...[]byte) error {
	if err := s.deadline(time.Now().Add(writeLimit)); err != nil {
		return fmt.Errorf("limit the write: %w", err)
	}
	for _, frame := range frames {
		if _, err := s.out.Write(frame); err != nil {
			return fmt.Errorf("write event: %w", err)
		}
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
