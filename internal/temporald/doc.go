// Package temporald is a Temporal server inside this process: the small shape
// of the engine. It listens on free loopback ports only, because the server
// has no authentication of its own, and keeps its state in one SQLite file.
//
// The file may be deleted at any time the program is stopped: the ledger of
// the application knows every request, and the reconciler starts what is unfinished again.
//
// Built with the tag noembed the package compiles to a stub that refuses to start.
package temporald

import (
	"errors"
	"log/slog"
	"time"
)

// Namespace is the only namespace of the embedded server.
const Namespace = "default"

// Options say where the server keeps its file and how it behaves.
type Options struct {
	Dir        string        // folder of temporal-<hash>.db; must exist
	Retention  time.Duration // how long closed workflows are kept; 0 means 14 days
	Attributes []string      // Keyword search attributes of the namespace, at most 10
	Logger     *slog.Logger
}

// ErrNotEmbedded is returned by Start in a program built with the tag noembed.
var ErrNotEmbedded = errors.New("this program was built without the embedded Temporal server: set TEMPORAL_ADDRESS")
