package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"segue/internal/match"
	"segue/internal/music"
)

const dataDir = "../../../../shared/data"

var loaded = sync.OnceValues(func() (*stock, error) { return load(dataDir) })

// realStock is the development data; the test is skipped where it is not, but not in CI.
func realStock(t *testing.T) *stock {
	t.Helper()
	s, err := loaded()
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skipf("no development data: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSetsHaveTheRowsOfTheirFiles(t *testing.T) {
	t.Parallel()
	sets, err := labelled(realStock(t))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"isrc-chat": 367, "isrc-album": 367, "isrc-full": 367, "isrc-differ": 45, "isrc-differ-chat": 45, "top40": 247, "itunes-length": 1533,
		"itunes-chat": 1533, "other-version": 333, "families": 7786, "twins": 262, "wrong-known": 108, "wrong-known-words": 60, "wrong-words": 60,
		"wrong-words-chat": 60, "wrong-length": 48, "wrong-length-chat": 48, "other-artist": 886, "other-artist-chat": 886, "absent": 1861,
		"absent-chat": 1861, "ambiguous": 145,
	}
	for _, s := range sets {
		if len(s.trials) != want[s.name] {
			t.Errorf("%s: %d songs, want %d", s.name, len(s.trials), want[s.name])
		}
		delete(want, s.name)
		for _, x := range s.trials {
			if x.song.Title == "" || s.trap != (len(x.answer.ids) == 0) || !s.trap && len(x.answer.tracks) == 0 {
				t.Fatalf("%s, %s: %+v", s.name, x.place, x)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

func TestWhatIsHiddenIsHidden(t *testing.T) {
	t.Parallel()
	sets, err := labelled(realStock(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sets {
		for _, x := range s.trials {
			chat := strings.HasSuffix(s.name, "-chat") || s.name == "top40" || s.name == "families"
			if s.name != "isrc-full" && x.song.ISRC != "" || chat && (x.song.Album != "" || x.song.Duration != 0 || x.song.Explicit != music.NoWish) {
				t.Fatalf("%s, %s knows too much: %+v", s.name, x.place, x.song)
			}
			if length := s.name == "itunes-length" || s.name == "wrong-known" || s.name == "absent"; length != (x.song.Duration > 0) &&
				s.name != "wrong-known-words" && s.name != "other-artist" && s.name != "ambiguous" {
				t.Fatalf("%s, %s: length %s", s.name, x.place, x.song.Duration)
			}
		}
	}
}

func TestMadeCasesAreSearchedForAndDoNotChange(t *testing.T) {
	t.Parallel()
	s := realStock(t)
	first, err := made(s)
	if err != nil {
		t.Fatal(err)
	}
	second := newForge(s)
	second.imitations()
	for i, x := range second.sets[0].trials {
		if x.song.Title != first[0].trials[i].song.Title {
			t.Fatalf("case %d changes from run to run", i)
		}
	}
	found, all := 0, 0
	for _, x := range named(first, "made-parts")[0].trials {
		page, err := first[0].catalogue.Search(t.Context(), x.answer.tracks[0].Title+" "+x.answer.tracks[0].ArtistNames())
		if err != nil {
			t.Fatal(err)
		}
		all++
		if x.answer.found(page) {
			found++
		}
	}
	if found*10 < all*9 {
		t.Errorf("only %d of %d made tracks are in the catalogue", found, all)
	}
	for _, x := range named(first, "made-karaoke-alone")[0].trials {
		page, err := first[0].catalogue.Search(t.Context(), x.song.Title+" "+x.song.Artists[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, track := range page {
			if track.Title == x.song.Title && track.Artists[0].Name == x.song.Artists[0] {
				t.Fatalf("%s is still there", x.song)
			}
		}
	}
}

func TestASetGivesTheSameTwice(t *testing.T) {
	t.Parallel()
	s := realStock(t)
	sets, err := labelled(s)
	if err != nil {
		t.Fatal(err)
	}
	strategy, err := match.Named("")
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{strategy: strategy, stock: s}
	var runs [2][]report
	for i := range runs {
		if runs[i], err = b.runAll(t.Context(), parts()[1], named(sets, "top40")); err != nil {
			t.Fatal(err)
		}
	}
	var texts [2]bytes.Buffer
	for i := range runs {
		writeWorst(&texts[i], runs[i], 1000)
		_, _ = texts[i].WriteString(runs[i][0].thereLine())
	}
	if texts[0].String() != texts[1].String() {
		t.Error("two runs differ")
	}
	if y := runs[0][0].ours(); y.cases != 247 || y.right == 0 || y.right > y.auto || y.auto > y.cases || y.first < y.right || y.offered < y.first {
		t.Errorf("tally %+v", y)
	}
	if y := runs[0][0].theirs(0); y.auto == 0 || y.right == 0 {
		t.Errorf("the seed's rule took nothing: %+v", y)
	}
}

func TestAWorseSearchDropsShufflesAndPutsCompilationsFirst(t *testing.T) {
	t.Parallel()
	page := make([]music.Track, 10)
	for i := range page {
		page[i].ID = string(rune('a' + i))
		if i%3 == 2 {
			page[i].Album.Type = "compilation"
		}
	}
	find := func(context.Context, string) ([]music.Track, error) { return page, nil }
	dropped, moved := 0, 0
	for i := range 400 {
		x := &trial{place: "x:" + strings.Repeat("i", i), answer: answer{ids: []string{"c"}}}
		got, err := worse(find, x)(t.Context(), "q"+x.place)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(got, func(t music.Track) bool { return t.ID == "c" }) {
			dropped++
		} else if got[0].Album.Type != "compilation" || got[2].Album.Type != "compilation" || got[3].Album.Type != "" {
			t.Fatalf("compilations are not first: %+v", got)
		}
		if got[len(got)-1].ID != "j" {
			moved++
		}
	}
	if dropped < 8 || dropped > 40 || moved < 200 {
		t.Errorf("%d of 400 dropped, %d shuffled", dropped, moved)
	}
	if page[0].ID != "a" {
		t.Error("the page itself was changed")
	}
}

func TestTablesLandBetweenTheMarks(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "matching.md")
	for _, c := range []struct{ before, after string }{
		{"a\n" + begin + "\nold\n" + end + "\nb\n", "a\n" + begin + "\n\nnew\n\n" + end + "\nb\n"},
		{"no marks\n", ""},
		{"a\n" + begin + "\n", ""},
	} {
		if err := os.WriteFile(file, []byte(c.before), 0o600); err != nil {
			t.Fatal(err)
		}
		err := insert(file, "new\n")
		got, _ := os.ReadFile(file)
		if c.after == "" && (err == nil || string(got) != c.before) {
			t.Errorf("%q: %v, file %q", c.before, err, got)
		}
		if c.after != "" && (err != nil || string(got) != c.after) {
			t.Errorf("%q: %v, file %q", c.before, err, got)
		}
	}
}

func TestGoalsSayWhatWasMissed(t *testing.T) {
	t.Parallel()
	y := &tally{cases: 100, auto: 50, right: 49, first: 60, offered: 70}
	for want, g := range map[string]goal{
		"":                          {precision: 98, coverage: 50, recall: 49, offered: 70, first: 60},
		"precision,automatic":       {precision: 98.1, coverage: 51},
		"recall":                    {recall: 50},
		"right first,right offered": {first: 61, offered: 71},
		"false accepts":             {accepts: 3},
	} {
		if got := strings.Join(g.missed(y), ","); got != want {
			t.Errorf("%+v: missed %q, want %q", g, got, want)
		}
	}
	if got := (goal{none: true}).missed(y); len(got) != 1 {
		t.Errorf("none at all: %v", got)
	}
}

func TestSlipsAndScripts(t *testing.T) {
	t.Parallel()
	kinds := map[int]bool{}
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		got := slip("Bohemian", id)
		kinds[len(got)] = true
		if got[0] != 'B' || len(got) < 7 || len(got) > 9 {
			t.Errorf("%s", got)
		}
	}
	if len(kinds) != 3 || slip("Up", "a") != "Up" {
		t.Errorf("kinds of slips: %v", kinds)
	}
	for text, want := range map[string]string{"Группа крови": "Gruppa Krovi", "Я свободен": "Ya Svoboden", "サクラ": "Sakura", "Abba": "Abba"} {
		if got := romanise(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if phonetic("夜に駆ける") || phonetic("Abba") || !phonetic("サクラ") || !phonetic("Тоска") {
		t.Error("kanji do not tell how they sound")
	}
}
