//go:build failpoints

package spotify

import (
	"bytes"
	"context"
	"net"
	"net/http"

	"segue/internal/failpoint"
)

// tripAfterPost hits a failpoint as soon as the system has taken a request that
// adds. The client's own trace says so while the bytes are still in its buffer.
func tripAfterPost(t *http.Transport) {
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		return trippingConn{c}, err
	}
}

type trippingConn struct{ net.Conn }

// Write writes, and hits the failpoint after the beginning of a POST.
func (c trippingConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err == nil && bytes.HasPrefix(p, []byte("POST ")) {
		failpoint.Hit(failpoint.PostWritten)
	}
	return n, err
}
