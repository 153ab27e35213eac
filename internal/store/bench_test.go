package store

import (
	"slices"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/music"
)

// each runs f b.N times and reports its median and 95th percentile.
func each(b *testing.B, f func()) {
	b.Helper()
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		f()
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	for name, i := range map[string]int{"p50-µs": len(took) / 2, "p95-µs": len(took) * 95 / 100} {
		b.ReportMetric(float64(took[i].Nanoseconds())/1000, name)
	}
}

func BenchmarkAccept(b *testing.B) {
	db := openTest(b)
	run := db.say(b, NewMessage{PersonID: db.person(b, "ada"), Text: "first"})
	each(b, func() {
		db.say(b, NewMessage{
			PersonID: run.PersonID, ConversationID: run.ConversationID,
			Text: "add Bohemian Rhapsody by Queen to Road Trip",
		})
	})
}

func BenchmarkAcceptTogether(b *testing.B) {
	db := openTest(b)
	ada := db.person(b, "ada")
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := db.Accept(b.Context(), NewMessage{PersonID: ada, Text: "add X", Key: newID()}); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkTranscript(b *testing.B) {
	db := openTest(b)
	run := db.say(b, NewMessage{PersonID: db.person(b, "ada"), Text: "first"})
	for range 100 {
		db.end(b, run, "p1")
		run = db.say(b, NewMessage{PersonID: run.PersonID, ConversationID: run.ConversationID, Text: "add X by Y to Z"})
	}
	each(b, func() {
		if _, err := db.Transcript(b.Context(), run.PersonID, run.ID); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkFinish writes an outcome of 50 tasks with 5 choices each.
func BenchmarkFinish(b *testing.B) {
	db := openTest(b)
	ada := db.person(b, "ada")
	choice := music.Choice{Track: music.Track{ID: newID(), Title: "Bohemian Rhapsody", URI: "spotify:track:" + newID()}, Confidence: 0.9}
	p := agent.Progress{State: agent.Done, Say: "Done.", Playlist: &music.Playlist{ID: "p1", Name: "Road Trip"}}
	for range 50 {
		p.Tasks = append(p.Tasks, agent.Task{Match: &music.Match{Choices: slices.Repeat([]music.Choice{choice}, 5)}})
	}
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		run := db.say(b, NewMessage{PersonID: ada, Text: "add X"})
		b.StartTimer()
		start := time.Now()
		if err := db.Finish(b.Context(), ada, run.ID, p); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Nanoseconds())/1000, "p95-µs")
}
