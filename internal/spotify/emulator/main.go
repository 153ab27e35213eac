package emulator

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// Main runs the sub-command "web emulator": a Spotify of its own on a loopback
// address until ctx ends. It prints its address to out. A flag that makes no sense
// is an error; -h prints the flags and is none.
func Main(ctx context.Context, args []string, out io.Writer, logger *slog.Logger) error {
	o, addr, err := parseFlags(args, out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := onlyLoopback(addr); err != nil {
		return err
	}
	o.Logger = logger
	e, err := New(o)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return errors.Join(fmt.Errorf("emulator: %w", err), e.Close())
	}
	if _, err := fmt.Fprintf(out, "Emulated Spotify (%s, %d tracks) on http://%s\n", e.profile.name, len(e.catalogue.tracks), listener.Addr()); err != nil {
		logger.Warn("address not printed", "error", err)
	}
	return errors.Join(e.serveUntil(ctx, listener), e.Close())
}

// serveUntil serves until ctx ends, then lets requests finish for five seconds.
func (e *Emulator) serveUntil(ctx context.Context, listener net.Listener) error {
	server := &http.Server{Handler: e.Handler(), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("emulator: %w", err)
	case <-ctx.Done():
	}
	e.stopOnce.Do(func() { close(e.stop) }) // requests that hang on purpose must not hold us up
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := server.Shutdown(grace)
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

func parseFlags(args []string, out io.Writer) (Options, string, error) {
	o := Options{Lag: DemoLag()}
	flags := flag.NewFlagSet("web emulator", flag.ContinueOnError)
	flags.SetOutput(out)
	addr := flags.String("addr", "127.0.0.1:9090", "loopback address to listen on")
	flags.StringVar(&o.Catalogue, "catalogue", "", "TSV file with tracks, .gz or plain (default: built in)")
	flags.StringVar(&o.Profile, "profile", "dev2026", "dev2026, devlegacy or extended")
	flags.Int64Var(&o.Seed, "seed", 1, "repeats noise, lag and chances")
	flags.StringVar(&o.State, "state", "", "file that keeps people, tokens and playlists")
	flags.StringVar(&o.ClientID, "client-id", "", "the only client id to accept (default: any)")
	flags.StringVar(&o.ClientSecret, "client-secret", "", "its secret (default: any)")
	flags.IntVar(&o.Rate, "rate", 0, "calls allowed in 30 s (default: unlimited)")
	flags.IntVar(&o.Quota, "quota", 0, "calls allowed in 24 h and endpoint group (default: unlimited)")
	flags.TextVar(&o.Lag.Rows, "lag", o.Lag.Rows, "how long writes may stay invisible to reads, at most")
	flags.Func("latency", "of calls: one span, or search,read,write as in 120ms,60ms,80ms", func(s string) (err error) {
		o.Latency, err = parseLatency(s)
		return err
	})
	flags.Func("redirect", "registered redirect URI, may be repeated (default: any on loopback)", func(s string) error {
		o.RedirectURIs = append(o.RedirectURIs, s)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return o, "", err
	}
	if flags.NArg() > 0 {
		return o, "", fmt.Errorf("emulator: unexpected argument %q", flags.Arg(0))
	}
	if o.Lag.Rows == 0 {
		o.Lag = Lag{}
	}
	return o, *addr, nil
}

func parseLatency(s string) (Latency, error) {
	parts := strings.Split(s, ",")
	if len(parts) == 1 {
		parts = []string{s, s, s}
	}
	if len(parts) != 3 {
		return Latency{}, errors.New("want one span, or three: search,read,write")
	}
	var spans [3]time.Duration
	for i, p := range parts {
		d, err := time.ParseDuration(strings.TrimSpace(p))
		if err != nil {
			return Latency{}, err
		}
		spans[i] = d
	}
	return Latency{spans[0], spans[1], spans[2]}, nil
}

// onlyLoopback keeps an emulator, which lets anybody in, off the network.
func onlyLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("emulator: -addr: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("emulator: -addr %s: only a loopback address such as 127.0.0.1 will do", addr)
	}
	return nil
}
