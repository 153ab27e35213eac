package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"segue/internal/music"
)

// perKind is how many songs each kind of made case starts from.
const perKind = 150

// forge makes cases that the data lacks: it takes songs of the catalogue, adds
// tracks beside them or takes them away, and asks for them. Which songs, and what
// becomes of each, depends on their ids only.
type forge struct {
	stock    *stock
	cores    map[string]string        // core titles by id
	songs    map[string][]music.Track // by core title
	byArtist map[string][]music.Track // by the first artist
	bases    []music.Track            // plain songs that no kind has used yet
	gone     map[string]bool          // ids that are taken out
	extra    []music.Track            // tracks that are put in
	sets     []set
}

// made returns the sets and opens the catalogue that goes with them.
func made(s *stock) ([]set, error) {
	f := newForge(s)
	f.imitations()
	f.scripts()
	f.numbered()
	f.medleys()
	f.instructions()
	f.slips()
	c, err := f.open()
	for i := range f.sets {
		f.sets[i].catalogue = c
	}
	return f.sets, err
}

func newForge(s *stock) *forge {
	f := &forge{stock: s, cores: map[string]string{}, songs: map[string][]music.Track{}, byArtist: map[string][]music.Track{}, gone: map[string]bool{}}
	for _, t := range s.tracks {
		core := dissect(t.Title).core
		f.cores[t.ID] = core
		f.songs[core] = append(f.songs[core], t)
		f.byArtist[t.Artists[0].Name] = append(f.byArtist[t.Artists[0].Name], t)
	}
	for _, t := range s.tracks {
		if ordinary(t) && f.alone(t) && !f.confusable(t) {
			f.bases = append(f.bases, t)
		}
	}
	slices.SortFunc(f.bases, func(a, b music.Track) int { return cmp.Compare(chance("base", a.ID), chance("base", b.ID)) })
	f.bases = slices.CompactFunc(f.bases, func(a, b music.Track) bool { return f.key(a) == f.key(b) })
	return f
}

func (f *forge) key(t music.Track) string { return f.cores[t.ID] + "|" + fold(t.Artists[0].Name) }

// song returns the tracks of the catalogue that have the core title and an artist of t.
func (f *forge) song(t music.Track) []music.Track {
	return slices.DeleteFunc(slices.Clone(f.songs[f.cores[t.ID]]), func(u music.Track) bool { return !shareArtist(t, u) })
}

// ordinary reports whether a track has a plain title of some length, in Latin
// letters without brackets, dashes and numbers, and a known length.
func ordinary(t music.Track) bool {
	if slices.ContainsFunc(strings.Fields(fold(t.Title)), func(w string) bool { return w == "part" || w == "pt" || strings.Trim(w, "ivx") == "" }) {
		return false
	}
	return !strings.ContainsAny(t.Title, "()[]-–/0123456789") && latinOnly(t.Title) && len(fold(t.Title)) >= 6 &&
		latinOnly(t.Artists[0].Name) && t.Duration > time.Minute && t.Artists[0].Name != "Various Artists"
}

// alone reports whether the catalogue has the song in one recording only, so that
// what is right is beyond doubt.
func (f *forge) alone(t music.Track) bool {
	return !slices.ContainsFunc(f.song(t), func(u music.Track) bool { return !sameRecording(t, u) })
}

// confusable reports whether the artist has a song whose title begins like this
// one's, or somebody credited in other words has one of the same title.
func (f *forge) confusable(t music.Track) bool {
	core := f.cores[t.ID]
	longer := func(u music.Track) bool { return f.cores[u.ID] != core && strings.HasPrefix(f.cores[u.ID], core) }
	joined := func(u music.Track) bool {
		return !shareArtist(t, u) && strings.Contains(fold(u.ArtistNames()), fold(t.Artists[0].Name))
	}
	return slices.ContainsFunc(f.byArtist[t.Artists[0].Name], longer) || slices.ContainsFunc(f.songs[core], joined)
}

// take returns the next n songs that no other kind uses.
func (f *forge) take(n int) []music.Track {
	n = min(n, len(f.bases))
	out := f.bases[:n]
	f.bases = f.bases[n:]
	return out
}

// remove takes a song out of the catalogue, in all its versions.
func (f *forge) remove(t music.Track) {
	for _, u := range f.song(t) {
		f.gone[u.ID] = true
	}
}

// put adds a track like t under another title; change may alter the rest.
func (f *forge) put(t music.Track, title string, change func(*music.Track)) music.Track {
	t.ID = fmt.Sprintf("made:%d", len(f.extra)+1)
	t.URI, t.ISRC, t.Title, t.Artists = "spotify:track:"+t.ID, "", title, slices.Clone(t.Artists)
	if change != nil {
		change(&t)
	}
	f.extra = append(f.extra, t)
	return t
}

// by replaces who a track is by, and the album that it stands on.
func by(artist, album string) func(*music.Track) {
	return func(t *music.Track) {
		t.Artists = []music.Artist{{Name: artist}}
		t.Album = music.Album{Name: album, Release: "2014"}
	}
}

func longer(d time.Duration) func(*music.Track) {
	return func(t *music.Track) { t.Duration += d }
}

// asked is a track as people say it.
func asked(t music.Track) music.Song {
	s := music.Song{Title: t.Title}
	for _, a := range t.Artists {
		s.Artists = append(s.Artists, a.Name)
	}
	return s
}

// add puts a trial into a set; without a right track it is a trap.
func (f *forge) add(name, what string, s music.Song, right ...music.Track) {
	i := slices.IndexFunc(f.sets, func(s set) bool { return s.name == name })
	if i < 0 {
		i = len(f.sets)
		f.sets = append(f.sets, set{name: name, what: what, trap: len(right) == 0})
	}
	t := trial{place: fmt.Sprintf("%s %d", name, len(f.sets[i].trials)+1), song: checked(s), answer: answer{tracks: right}}
	for _, r := range right {
		t.answer.ids = append(t.answer.ids, r.ID)
	}
	f.sets[i].trials = append(f.sets[i].trials, t)
}

// every other song is asked for with its length.
func maybeLength(s music.Song, t music.Track, i int) music.Song {
	if i%2 == 1 {
		s.Duration = t.Duration
	}
	return s
}
