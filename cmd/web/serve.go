package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"segue/internal/auth"
	"segue/internal/store"
)

// stopLimit bounds how long requests may take to end when the program stops.
const stopLimit = 10 * time.Second

// stack holds what to stop, in the reverse order of starting.
type stack []func() error

func (s *stack) push(f func() error) { *s = append(*s, f) }

func (s *stack) stop() error {
	var errs []error
	for i := range slices.Backward(*s) {
		errs = append(errs, (*s)[i]())
	}
	return errors.Join(errs...)
}

// serve serves until ctx ends, and begins anew when the machine's clock goes back.
func serve(ctx context.Context, c config, out io.Writer, logger *slog.Logger) error {
	var back clockBack
	for {
		err := serveOnce(ctx, c, back, out, logger)
		var ok bool
		if back, ok = errors.AsType[clockBack](err); !ok {
			return err
		}
		logger.Warn("everything starts anew, the engine from what the ledger holds", "because", err)
	}
}

// serveOnce starts everything, says so, and stops everything when ctx ends. The
// engine forgets what it holds when the clock has gone back.
func serveOnce(ctx context.Context, c config, back clockBack, out io.Writer, logger *slog.Logger) (err error) {
	var running stack
	defer func() { err = errors.Join(err, running.stop()) }()
	failed := make(chan error, 3)

	dir, err := openDataDir(c.dataDir)
	if err != nil {
		return err
	}
	running.push(dir.Close)
	listener, err := listen(ctx, c.addr)
	if err != nil {
		return err
	}
	running.push(func() error { _ = listener.Close(); return nil }) // closed by the HTTP server once that runs
	keys, err := loadKeys(c, dir)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, dir.file("app.db"), logger)
	if err != nil {
		return err
	}
	running.push(db.Close)
	if back.by > 0 || c.temporalAddress == "" && dir.ahead(time.Now()) {
		if err := errors.Join(dir.forgetEngine(), db.TurnBack(ctx, back.by)); err != nil {
			return err
		}
	}
	upstream, err := startUpstream(ctx, c, dir, &running, failed, logger)
	if err != nil {
		return err
	}
	app, err := newApp(c, keys, db, upstream, logger)
	if err != nil {
		return err
	}
	if err := app.startEngine(ctx, dir, &running); err != nil {
		return err
	}
	if err := app.startHTTP(listener, &running, failed); err != nil {
		return err
	}
	if c.temporalAddress == "" {
		app.keep(ctx, func(ctx context.Context) { watchClock(ctx, failed) }, &running)
	}
	announce(out, c)
	select {
	case <-ctx.Done():
		logger.Info("stopping")
		return nil
	case err := <-failed:
		return err
	}
}

func announce(out io.Writer, c config) {
	mode := ""
	if c.demo() {
		mode = " (demo: Spotify is emulated, no account needed)"
	}
	_, _ = fmt.Fprintf(out, "\n  Segue is ready: %s%s\n\n", c.publicURL, mode)
}

// listen takes the port first: a port in use is told before anything else has started.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w. Stop what uses the port, or set ADDR to another one", addr, err)
	}
	return l, nil
}

func loadKeys(c config, dir *dataDir) (*auth.KeyRing, error) {
	if c.secrets != "" {
		return auth.ParseKeys(c.secrets)
	}
	return auth.LoadKeyRing(dir.file("keys"))
}

// serveHTTP runs a server on a listener until it is shut down; a failure goes to failed.
func serveHTTP(srv *http.Server, l net.Listener, running *stack, failed chan<- error) {
	var done sync.WaitGroup
	done.Go(func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("serve %s: %w", l.Addr(), err)
		}
	})
	running.push(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
		defer cancel()
		err := srv.Shutdown(ctx)
		if err != nil {
			err = errors.Join(err, srv.Close())
		}
		done.Wait()
		return err
	})
}
