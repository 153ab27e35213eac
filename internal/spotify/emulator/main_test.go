package emulator

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTheCommandServesUntilItIsStopped(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- Main(ctx, []string{"-addr", "127.0.0.1:0", "-profile", "extended", "-latency", "1ms", "-lag", "0s", "-seed", "4"}, writer, slog.New(slog.DiscardHandler))
	}()
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(line, "Emulated Spotify (extended, ") {
		t.Errorf("printed %q", line)
	}
	s := &station{url: strings.TrimSpace(line[strings.Index(line, "http://"):])}
	equal(t, "profile", at[string](t, s.get(t, "/_emulator/state"), "profile"), "extended")
	hung := make(chan error, 1)
	s.call(t, http.MethodPost, "/_emulator/faults", `{"hang":true}`, 204)
	go func() {
		_, err := s.try(t, http.MethodGet, "/v1/me", "")
		hung <- err
	}()
	for len(at[[]any](t, map[string]any{"f": jsonList(t, s, "/_emulator/faults")}, "f")) > 0 {
		time.Sleep(time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if err := <-hung; err == nil {
		t.Error("a request that hung was answered")
	}
}

func jsonList(t *testing.T, s *station, path string) []any {
	t.Helper()
	got, err := s.try(t, http.MethodGet, path, "")
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(got.body)) == "[]" {
		return []any{}
	}
	return []any{string(got.body)}
}

func TestTheCommandRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-addr", "0.0.0.0:0"},
		{"-addr", "segue.example:80"},
		{"-addr", "9090"},
		{"-profile", "x"},
		{"-latency", "1s,2s"},
		{"-latency", "soon"},
		{"-seed", "x"},
		{"-catalogue", "/does/not/exist"},
		{"extra"},
	} {
		if err := Main(t.Context(), args, io.Discard, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}

func TestTheCommandHelps(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := Main(t.Context(), []string{"-h"}, &out, slog.New(slog.DiscardHandler)); err != nil || !strings.Contains(out.String(), "-catalogue") {
		t.Errorf("%v: %s", err, out.String())
	}
}

func TestFlagsBecomeOptions(t *testing.T) {
	t.Parallel()
	o, addr, err := parseFlags([]string{
		"-latency", "120ms, 60ms,80ms", "-redirect", "https://a/b", "-redirect", "http://127.0.0.1/c", "-rate", "100", "-quota", "600", "-lag", "2s", "-state", "f",
	}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "latency", o.Latency, Latency{120 * time.Millisecond, 60 * time.Millisecond, 80 * time.Millisecond})
	equal(t, "the rest", []any{addr, o.RedirectURIs, o.Rate, o.Quota, o.Lag.Rows, o.State, o.Profile}, []any{"127.0.0.1:9090", []string{"https://a/b", "http://127.0.0.1/c"}, 100, 600, "2s", "f", "dev2026"})
}
