package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/internal/server"
)

const manyLetters = 100_000

// fillLetters makes 100,000 letters of three kinds and forty causes; none is settled.
func (b *browser) fillLetters() {
	t, run := b.site.t, b.say("add Creep to Road Trip")
	for i := range manyLetters {
		attempt := deadletter.Attempt{
			At: time.UnixMilli(1_790_000_000_000 + int64(i)), Step: agent.Adding, Kind: fault.Internal, Message: "No luck.",
			Causes: []string{"POST playlists/…/items", strings.Repeat("x", i%40)},
		}
		_, _, err := b.site.db.SaveLetter(t.Context(), deadletter.Letter{
			PersonID: run.PersonID, RunID: run.ID, Task: fmt.Sprint(i), WorkflowID: "turn-" + run.ID, MadeAt: attempt.At,
			Step: []string{agent.Adding, agent.Searching, agent.Reading}[i%3], Kind: deadletter.Kinds()[i%3], Message: attempt.Message,
			Attempts: slices.Repeat([]deadletter.Attempt{attempt}, 3),
			Input: deadletter.Input{
				Tool: agent.SyncSongs, Song: music.Song{Title: fmt.Sprintf("Song %d of the sea", i), Artists: []string{"Somebody"}},
				Playlist: deadletter.Playlist{ID: fmt.Sprint("p", i%500), Name: "Road Trip"},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkLetters asks for pages about 100,000 letters over HTTP; run it with -benchtime 50x.
func BenchmarkLetters(b *testing.B) {
	s := newSite(b, func(o *server.Options, _ *http.Server) { o.Roles = auth.Roles{"ann": auth.Admin} })
	s.login("ada").fillLetters()
	ann := s.login("ann")
	for _, c := range []struct {
		name  string
		query url.Values
	}{
		{"first", nil},
		{"kind", url.Values{"kind": {"internal"}}},
		{"playlist", url.Values{"playlist": {"p7"}}},
		{"nothing", url.Values{"step": {"nowhere"}}},
		{"group", url.Values{"fingerprint": {deadletter.Fingerprint(fault.Internal, agent.Searching, "x")}}},
		{"text", url.Values{"q": {"song 99 of"}}},
		{"no-text", url.Values{"q": {"zzxy"}}},
		{"old", url.Values{"after": {"1790000050000.x"}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				ann.get("/admin/dlq?" + c.query.Encode()).wants(http.StatusOK)
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
