//go:build !noembed

package temporald

import (
	"context"
	"log/slog"
	"os"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// levelled writes the server's log through slog: its chatter is our debug, its
// warnings about itself are info, and only errors stay what they are.
type levelled struct {
	logger *slog.Logger
	muted  *atomic.Bool
}

func newLogger(logger *slog.Logger) *levelled {
	return &levelled{logger: logger.With("component", "temporal"), muted: new(atomic.Bool)}
}

func (l *levelled) mute() { l.muted.Store(true) }

func (l *levelled) log(level slog.Level, msg string, tags []tag.Tag) {
	ctx := context.Background()
	if l.muted.Load() || !l.logger.Enabled(ctx, level) {
		return
	}
	l.logger.LogAttrs(ctx, level, msg, attributes(tags)...)
}

func attributes(tags []tag.Tag) []slog.Attr {
	attrs := make([]slog.Attr, len(tags))
	for i, t := range tags {
		attrs[i] = slog.Any(t.Key(), t.Value())
	}
	return attrs
}

// With returns a logger that adds the tags to every line; it is muted together with l.
func (l *levelled) With(tags ...tag.Tag) log.Logger {
	args := make([]any, len(tags))
	for i, a := range attributes(tags) {
		args[i] = a
	}
	return &levelled{logger: l.logger.With(args...), muted: l.muted}
}

func (l *levelled) Debug(string, ...tag.Tag) {}

func (l *levelled) Info(msg string, tags ...tag.Tag) { l.log(slog.LevelDebug, msg, tags) }

func (l *levelled) Warn(msg string, tags ...tag.Tag) { l.log(slog.LevelDebug, msg, tags) }

func (l *levelled) Error(msg string, tags ...tag.Tag) { l.log(slog.LevelWarn, msg, tags) }

func (l *levelled) DPanic(msg string, tags ...tag.Tag) { l.log(slog.LevelError, msg, tags) }

func (l *levelled) Panic(msg string, tags ...tag.Tag) {
	l.log(slog.LevelError, msg, tags)
	panic(msg)
}

// Fatal ends the process, as the server expects; the ledger makes that safe.
func (l *levelled) Fatal(msg string, tags ...tag.Tag) {
	l.log(slog.LevelError, msg, tags)
	os.Exit(1)
}

// silent is the logger of the readiness probe, whose failures are expected.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
