//go:build noembed

package temporald

import "context"

// Server is the stub of a program built without the embedded server.
type Server struct{}

// Start returns ErrNotEmbedded.
func Start(context.Context, Options) (*Server, error) { return nil, ErrNotEmbedded }

// Address returns "".
func (*Server) Address() string { return "" }

// Stop does nothing.
func (*Server) Stop() {}
