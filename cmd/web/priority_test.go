package main

import (
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
)

func TestAMessageDoesNotWaitBehindWorkThatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(r *rig) { r.rate = 4 })
	songs := catalogue(t, 100)
	for i := range 4 { // half a minute of calls
		run := r.accept("add to Road Trip:\n" + strings.Join(songs[25*i:25*i+25], "\n"))
		run.RetryOf = "a letter" // for the engine: nobody waits for it
		must(t, r.engine.StartTurn(t.Context(), run))
	}
	time.Sleep(2 * time.Second)
	began := time.Now()
	if p := r.end(r.say("add Karma Police by Radiohead to Dinner")); summary(p) != agent.Added {
		t.Fatalf("ended %+v", p)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("a message took %v behind a hundred songs; its five calls alone take about one", took)
	} else {
		t.Logf("%v behind a hundred songs", took)
	}
}
