package main

import "log/slog"

// sdkLog writes the log of the Temporal SDK one level lower: what it calls an
// error is an activity that failed and is going to be tried again.
type sdkLog struct{ logger *slog.Logger }

func (sdkLog) Debug(string, ...any) {}

func (l sdkLog) Info(msg string, args ...any) { l.logger.Debug(msg, args...) }

func (l sdkLog) Warn(msg string, args ...any) { l.logger.Info(msg, args...) }

func (l sdkLog) Error(msg string, args ...any) { l.logger.Warn(msg, args...) }
