package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"segue/internal/auth"
	"segue/internal/spotify"
	"segue/internal/spotify/emulator"
)

// upstream is where Spotify is.
type upstream struct {
	apiURL, accountsURL string
	clientID            string
	imageHosts          []string // origins of covers; nil = Spotify's
	rate                float64  // calls per second; 0 = unlimited
	burst               int
}

// Spotify's rate limit is a rolling 30 s window of unpublished size: start low.
const (
	spotifyRate  = 5
	spotifyBurst = 10
)

// startUpstream finds Spotify, and starts an emulated one in demo mode: a
// server on its own port, so that nothing can tell it from Spotify.
func startUpstream(
	ctx context.Context, c config, dir *dataDir, running *stack, failed chan<- error, logger *slog.Logger,
) (upstream, error) {
	if !c.demo() {
		up := upstream{
			apiURL:      cmp.Or(c.apiURL, spotify.DefaultAPIURL),
			accountsURL: cmp.Or(c.accountsURL, auth.AccountsURL),
			clientID:    cmp.Or(c.clientID, "segue-demo"),
			rate:        spotifyRate, burst: spotifyBurst,
		}
		if c.apiURL != "" {
			up.rate, up.imageHosts = 0, []string{origin(c.apiURL)}
		}
		return up, nil
	}
	latency, err := parseLatency(c.emulator.latency)
	if err != nil {
		return upstream{}, err
	}
	l, err := listenBeside(ctx, c)
	if err != nil {
		return upstream{}, err
	}
	e, err := emulator.New(emulator.Options{
		State: dir.file("emulator.json"), Latency: latency, Lag: emulator.DemoLag(), Logger: logger,
	})
	if err != nil {
		return upstream{}, err
	}
	srv := &http.Server{Handler: e.Handler(), ReadHeaderTimeout: 5 * time.Second}
	serveHTTP(srv, l, running, failed)
	running.push(e.Close)
	base := "http://" + l.Addr().String()
	return upstream{
		apiURL: base + "/v1/", accountsURL: base, clientID: "segue-demo", imageHosts: []string{base},
	}, nil
}

// listenBeside listens on EMULATOR_ADDR, or on the port after that of the
// pages, so that links survive a restart, or else on a free one.
func listenBeside(ctx context.Context, c config) (net.Listener, error) {
	if c.emulator.addr != "" {
		return listen(ctx, c.emulator.addr)
	}
	if _, port, err := net.SplitHostPort(c.addr); err == nil {
		if n, err := strconv.Atoi(port); err == nil && n > 0 {
			if l, err := listen(ctx, net.JoinHostPort("127.0.0.1", strconv.Itoa(n+1))); err == nil {
				return l, nil
			}
		}
	}
	return listen(ctx, "127.0.0.1:0")
}

func parseLatency(text string) (emulator.Latency, error) {
	var d [3]time.Duration
	parts := strings.Split(text, ",")
	if len(parts) != len(d) {
		return emulator.Latency{}, fmt.Errorf("EMULATOR_LATENCY %q must be three durations: search,read,write", text)
	}
	for i, part := range parts {
		var err error
		if d[i], err = time.ParseDuration(strings.TrimSpace(part)); err != nil {
			return emulator.Latency{}, fmt.Errorf("EMULATOR_LATENCY: %w", err)
		}
	}
	return emulator.Latency{Search: d[0], Read: d[1], Write: d[2]}, nil
}

// origin returns scheme://host of a URL.
func origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
