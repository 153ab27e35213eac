package main

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"
)

func TestTheLastRingComesWhenTheLedgerKnowsTheEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	run := r.say("my playlists")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	watch := r.engine.Watch(run.ID)
	defer watch.Close()
	for rung := error(nil); !errors.Is(rung, io.EOF); {
		_, _ = watch.Progress(ctx) // hangs the bells; an unknown run is no reason to stop
		if rung = watch.Wait(ctx); ctx.Err() != nil {
			t.Fatal("no last ring")
		}
	}
	got, err := r.db.Run(ctx, r.person, run.ID)
	must(t, err)
	if !got.State.Final() || got.Outcome == nil {
		t.Errorf("after the last ring the ledger says %s, outcome %v", got.State, got.Outcome)
	}
}
