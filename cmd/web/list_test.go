package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/internal/spotify/emulator"
	"segue/internal/workflows"
)

// brings accepts a list of songs for a playlist and starts its run.
func (r *rig) brings(songs []music.Song, to agent.PlaylistRef) agent.Run {
	r.t.Helper()
	l := agent.NewList{PersonID: r.person, Key: fmt.Sprint(time.Now().UnixNano()), Text: "Import a list into " + to.Name, Playlist: to}
	for _, song := range songs {
		l.Rows = append(l.Rows, agent.Row{Song: song, State: agent.RowOpen})
	}
	run, _, err := r.db.AcceptList(r.t.Context(), l)
	must(r.t, err)
	must(r.t, r.engine.StartTurn(r.t.Context(), run))
	return run
}

// repertoire returns n songs of the built-in catalogue, each once, by title and first artist.
func repertoire(t *testing.T, n int) []music.Song {
	t.Helper()
	files, err := filepath.Glob("../../internal/spotify/emulator/assets/catalogue/*.tsv")
	must(t, err)
	seen := map[string]bool{}
	var songs []music.Song
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(t, err)
		for line := range strings.Lines(string(content)) {
			f := strings.Split(line, "\t")
			if len(f) < 3 || strings.HasPrefix(line, "#") || seen[f[0]+f[1]] {
				continue
			}
			artist, _, _ := strings.Cut(f[1], "¦")
			seen[f[0]+f[1]], songs = true, append(songs, music.Song{Title: f[0], Artists: []string{artist}})
		}
	}
	return songs[:n]
}

// searched waits until a list has looked for all it can without a person.
func searched(p agent.Progress) bool {
	return p.State.Final() || p.List != nil && p.List.Counts.Total() > 0 && p.List.Counts.Left() == 0
}

// halfway reports whether a list has added some songs and not all.
func halfway(p agent.Progress) bool { return p.List != nil && p.List.Counts[agent.RowAdded] > 0 }

func TestAListGoesOnAfterAStopAndTheLossOfTheEngine(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]bool{"with Temporal's file": false, "without Temporal's file": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			run := r.brings(repertoire(t, 400), agent.PlaylistRef{Name: "Brought"})
			r.until(run, halfway)
			r.stop()
			if lose {
				r.forget()
			}
			r.start()
			must(t, workflows.NewReconciler(r.db, r.engine, quiet()).Once(t.Context()))
			p := r.until(run, searched)
			rows, err := r.db.ListRows(t.Context(), r.person, run.ID, agent.RowFilter{States: []agent.RowState{agent.RowAdded}})
			must(t, err)
			var want []string
			for _, row := range rows {
				pick, _ := row.Match.Pick()
				want = append(want, pick.Track.Title)
			}
			if got := r.rows("Brought"); !slices.Equal(got, want) || len(want) < 300 {
				t.Errorf("%d rows in the playlist, %d added by the ledger; %v", len(got), len(want), p.List.Counts)
			}
		})
	}
}

func TestAListThatIsBroughtAgainAddsNothingAndIsTakenBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	dinner := agent.PlaylistRef{ID: r.playlist("Dinner"), Name: "Dinner"}
	before := r.rows("Dinner")
	songs := repertoire(t, 150)
	first := r.brings(songs, dinner)
	counts := r.until(first, searched).List.Counts
	added := counts[agent.RowAdded]
	there := added + counts[agent.RowThere]
	must(t, r.db.EndRows(t.Context(), r.person, first.ID, agent.RowReview, agent.RowLeftOut))
	must(t, r.engine.Wake(t.Context(), first.ID))
	r.end(first)
	again := r.brings(songs, dinner)
	counts = r.until(again, searched).List.Counts
	if counts[agent.RowAdded] > 0 || counts[agent.RowThere] != there || len(r.rows("Dinner")) != len(before)+added {
		t.Errorf("the second time %v, the first %d", counts, added)
	}
	r.undo(first)
	if after := r.rows("Dinner"); !slices.Equal(after, before) {
		t.Errorf("after the undo %d rows, want %d", len(after), len(before))
	}
}

// TestSixHundredSongs measures; its targets are wide, since machines differ.
func TestSixHundredSongs(t *testing.T) { //nolint:paralleltest // it measures
	if testing.Short() {
		t.Skip("it measures")
	}
	r := newRig(t)
	r.end(r.say("add Africa by Toto to Focus")) // everything is warm
	_, seq := r.calls(0)
	start := time.Now()
	run := r.brings(repertoire(t, 650), agent.PlaylistRef{Name: "Long"})
	p := r.until(run, searched)
	took := time.Since(start)
	n, _ := r.calls(seq)
	total := p.List.Counts.Total()
	rate, each := float64(total)/took.Seconds(), float64(n)/float64(total)
	t.Logf("%d songs in %s: %.0f songs/s, %.2f calls a song; %v", total, took.Round(time.Millisecond), rate, each, p.List.Counts)
	if rate < 30 || each > 1.5 {
		t.Errorf("%.0f songs/s, %.2f calls a song", rate, each)
	}
}

func TestFiveThousandRowsStaySmall(t *testing.T) { //nolint:paralleltest // it measures
	if testing.Short() {
		t.Skip("it measures")
	}
	r := newRig(t)
	songs := repertoire(t, 600)
	r.until(r.brings(songs[:100], agent.PlaylistRef{Name: "Warm"}), searched)
	before, most := heap(), uint64(0)
	start := time.Now()
	run := r.brings(slices.Repeat(songs, 9)[:5000], agent.PlaylistRef{Name: "Long"})
	p := r.until(run, func(p agent.Progress) bool {
		most = max(most, heap())
		return searched(p)
	})
	grown := int64(most-before) >> 20
	t.Logf("5,000 rows in %s: %d MB more at most; %v", time.Since(start).Round(time.Millisecond), grown, p.List.Counts)
	if grown > 100 {
		t.Errorf("%d MB more, want at most 100", grown)
	}
}

func TestMessagesAreNotHeldUpByALongList(t *testing.T) { //nolint:paralleltest // it measures
	if testing.Short() {
		t.Skip("it measures")
	}
	for name, l := range map[string]emulator.Latency{ //nolint:paralleltest // one after the other
		"at no latency": {}, "at that of the demo": {Search: 120 * time.Millisecond, Read: 60 * time.Millisecond, Write: 80 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) { isNotHeldUp(t, l) })
	}
}

func isNotHeldUp(t *testing.T, l emulator.Latency) {
	t.Helper()
	r := newRig(t)
	r.emulator.SetLatency(l)
	songs := repertoire(t, 600)
	say := func() time.Duration { // the median of nine
		var took []time.Duration
		for range 9 {
			start := time.Now()
			r.end(r.say("add Africa by Toto to Focus"))
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		return took[len(took)/2]
	}
	say() // everything is warm
	idle := say()
	run := r.brings(slices.Repeat(songs, 9)[:5000], agent.PlaylistRef{Name: "Long"})
	r.until(run, halfway)
	busy := say()
	p, err := r.engine.Progress(t.Context(), run.ID)
	must(t, err)
	if p.List.Counts[agent.RowOpen] == 0 {
		t.Skipf("the list was over before the messages; %s", busy)
	}
	t.Logf("a message takes %s, during a list %s", idle.Round(time.Millisecond), busy.Round(time.Millisecond))
	if busy > 8*idle { // the cores are shared with whatever else is tested
		t.Errorf("a message takes %s instead of %s", busy, idle)
	}
}

// heap returns what is in use after a collection, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}
