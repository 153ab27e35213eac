package server_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"segue/internal/server"
)

// pipe is a network of one connection inside the process, over which a minute can pass in no time.
type pipe chan net.Conn

func (p pipe) Accept() (net.Conn, error) {
	c, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p pipe) Close() error   { return nil }
func (p pipe) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func TestSec20_WhoSendsAByteASecondIsCutOff(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first string // what is sent at once
		most  time.Duration
	}{
		"in the headers": {"POST /c HTTP/1.1\r\nHost: segue\r\nX-Slow: ", 10 * time.Second},
		"in the body":    {"POST /c HTTP/1.1\r\nHost: segue\r\nContent-Length: 1000\r\n\r\n", 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := server.New(server.Options{Logger: slog.New(slog.DiscardHandler)})
				defer s.Close()
				limits := s.HTTP()
				limits.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
				network := make(pipe)
				go func() { _ = limits.Serve(network) }()
				defer func() { close(network); _ = limits.Close() }()
				here, there := net.Pipe()
				network <- there
				go func() { _, _ = io.Copy(io.Discard, here) }() // an answer, if there is one
				began := time.Now()
				_, err := io.WriteString(here, test.first)
				for err == nil && time.Since(began) < time.Hour {
					time.Sleep(time.Second)
					_, err = here.Write([]byte("x"))
				}
				if took := time.Since(began); took > test.most+time.Second {
					t.Errorf("cut off after %v, want %v at most", took, test.most)
				}
				_ = here.Close()
			})
		})
	}
}
