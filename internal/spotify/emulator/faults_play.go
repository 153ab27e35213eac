package emulator

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"
)

// trouble stands before next and plays the scripted faults.
func (e *Emulator) trouble(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.settleLate()
		noteFrom(r.Context()).person = e.bearer(r).Person
		f, hit := e.faults.take(r)
		if !hit {
			next.ServeHTTP(w, r)
			return
		}
		noteFrom(r.Context()).fault = true
		e.pause(r.Context(), time.Duration(f.Latency))
		answer := e.effect(f, next, r)
		e.reveal(f, answer, w, r)
	})
}

// effect does, or plans, what was asked and returns the real answer, nil when there is none yet.
func (e *Emulator) effect(f Fault, next http.Handler, r *http.Request) *httptest.ResponseRecorder {
	again := r.WithContext(context.WithoutCancel(r.Context())) // the client may be gone by then
	switch {
	case f.Late > 0:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil
		}
		again.Body = io.NopCloser(bytes.NewReader(body))
		e.faults.postpone(lateWrite{e.clock.Now().Add(time.Duration(f.Late)), func() {
			next.ServeHTTP(httptest.NewRecorder(), again)
		}})
		return nil
	case f.Apply || !f.replaces():
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, again)
		return answer
	default:
		return nil
	}
}

// reveal shows the client what the fault says.
func (e *Emulator) reveal(f Fault, answer *httptest.ResponseRecorder, w http.ResponseWriter, r *http.Request) {
	switch {
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-e.stop:
		}
		cutOff(w, nil)
	case f.Drop:
		var part []byte
		if answer != nil && f.Truncate > 0 {
			part = rawAnswer(answer, f.Truncate)
		}
		cutOff(w, part)
	case f.Status != 0:
		f.send(w)
	case f.Truncate > 0:
		cutOff(w, rawAnswer(answer, f.Truncate))
	default:
		e.slowly(f, answer, w, r)
	}
}

// send writes the scripted answer.
func (f *Fault) send(w http.ResponseWriter) {
	kind := f.ContentType
	switch {
	case kind == "none":
		w.Header()["Content-Type"] = nil
	case kind != "":
		w.Header().Set("Content-Type", kind)
	case strings.HasPrefix(f.Body, "{"):
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	case f.Body != "":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	if f.RetryAfter != nil {
		w.Header().Set("Retry-After", strconv.Itoa(*f.RetryAfter))
	}
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body) // a client that left is not our trouble
}

// slowly sends the real answer, padded and byte by byte as the fault wants.
func (e *Emulator) slowly(f Fault, answer *httptest.ResponseRecorder, w http.ResponseWriter, r *http.Request) {
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	body := io.MultiReader(answer.Body, io.LimitReader(spaces{}, int64(f.Pad)))
	if f.Drip == 0 {
		_, _ = io.Copy(w, body) // a client that left is not our trouble
		return
	}
	flush := http.NewResponseController(w)
	one := make([]byte, 1)
	for r.Context().Err() == nil {
		if _, err := io.ReadFull(body, one); err != nil {
			return
		}
		if _, err := w.Write(one); err != nil || flush.Flush() != nil {
			return
		}
		e.pause(r.Context(), time.Duration(f.Drip))
	}
}

// spaces is white space without end.
type spaces struct{}

// Read fills p with blanks.
func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// rawAnswer is the head of the answer, promising its whole length, and the first bytes of its body.
func rawAnswer(answer *httptest.ResponseRecorder, n int) []byte {
	var b bytes.Buffer
	body := answer.Body.Bytes()
	b.WriteString("HTTP/1.1 " + strconv.Itoa(answer.Code) + " " + http.StatusText(answer.Code) + "\r\n")
	header := answer.Header().Clone()
	header.Set("Content-Length", strconv.Itoa(len(body)))
	_ = header.Write(&b) // a bytes.Buffer takes everything
	b.WriteString("\r\n")
	b.Write(body[:min(n, len(body))])
	return b.Bytes()
}

// cutOff sends the bytes as they are and resets the connection.
func cutOff(w http.ResponseWriter, part []byte) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // no connection of its own, as in HTTP/2
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_, _ = conn.Write(part) // the client may be gone already
	if tcp, ok := conn.(*net.TCPConn); ok && len(part) == 0 {
		_ = tcp.SetLinger(0) // RST; with a part sent it would overtake the bytes
	}
	_ = conn.Close()
}

// pause waits, but not for somebody who has left.
func (e *Emulator) pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-e.stop:
	}
}
