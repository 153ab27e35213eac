package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
)

// calls returns how many requests Spotify got since seq, and the newest seq.
func (r *rig) calls(since int64) (n int, seq int64) {
	log := r.emulator.Requests(since)
	if len(log) > 0 {
		since = log[len(log)-1].Seq
	}
	return len(log), since
}

func TestASongForAKnownPlaylistTakesFourCalls(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.end(r.say("add Africa by Toto to Dinner"))
	_, seq := r.calls(0)
	for _, song := range []string{"Fade Into You by Mazzy Star", "Karma Police by Radiohead"} {
		time.Sleep(3100 * time.Millisecond) // the playlists of the last run are not asked for anew before
		if p := r.end(r.say("add " + song + " to Dinner")); summary(p) != agent.Added {
			t.Fatalf("ended %+v", p)
		}
		var n int
		if n, seq = r.calls(seq); n > 4 {
			t.Errorf("%s took %d calls, want at most four", song, n)
		}
	}
}

func TestAHundredSongsTakeLittleMoreThanOneCallEach(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	dinner, songs := r.playlist("Dinner"), catalogue(t, 150)
	uris := make([]string, 0, 50)
	for _, song := range songs[100:] {
		found, err := r.api.Search(t.Context(), r.person, song, 0)
		must(t, err)
		uris = append(uris, found[0].URI)
	}
	must(t, r.emulator.SetRows(dinner, uris))
	_, seq := r.calls(0)
	asked, began, most := 0, time.Now(), 120
	for _, half := range [][]string{songs[:50], songs[50:100]} { // the most that one message may name
		p := r.until(r.say("add to Dinner:\n"+strings.Join(half, "\n")), settled)
		asked += len(p.Tasks) - strings.Count(summary(p), agent.Added)
	}
	n, _ := r.calls(seq)
	t.Logf("%d calls for a hundred songs, of which %d ask", n, asked)
	if time.Since(began) > 2*8*time.Second {
		most = 150 // so slow that songs do not wait for all of the others
	}
	if n > most || asked > 20 {
		t.Errorf("%d calls for a hundred songs, want at most %d; %d were not added", n, most, asked)
	}
}

// settled reports whether every song is done or waits for the person.
func settled(p agent.Progress) bool {
	for _, task := range p.Tasks {
		if !task.State.Final() && task.Question == nil && task.State != agent.Waiting {
			return false
		}
	}
	return len(p.Tasks) > 0
}

func (r *rig) playlist(name string) string {
	r.t.Helper()
	for _, p := range r.emulator.State().Playlists {
		if p.Name == name {
			return p.ID
		}
	}
	r.t.Fatalf("no playlist %s", name)
	return ""
}

// catalogue returns lines "Artist - Title" of n songs of the built-in catalogue.
func catalogue(t *testing.T, n int) []string {
	t.Helper()
	files, err := filepath.Glob("../../internal/spotify/emulator/assets/catalogue/*.tsv")
	must(t, err)
	var lines []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(t, err)
		for line := range strings.Lines(string(content)) {
			f := strings.Split(line, "\t")
			if len(f) > 2 && !strings.HasPrefix(line, "#") && !strings.ContainsAny(f[0]+f[1], "¦-(") {
				lines = append(lines, f[1]+" - "+f[0])
			}
		}
	}
	return lines[:n]
}
