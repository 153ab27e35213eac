package main

import (
	"cmp"
	"strings"

	"segue/internal/match"
	"segue/internal/music"
	"segue/internal/rehearsal"
)

// set is a kind of songs that are measured together.
type set struct {
	name, what string
	trap       bool // nothing is right: every automatic match is false
	open       bool // a trap whose best choice may be right: nobody can say
	reach      goal
	trials     []trial
	catalogue  *rehearsal.Catalogue // nil: the stock's
}

// trial is one wanted song and what is right for it.
type trial struct {
	place  string // where it comes from: file and line
	song   music.Song
	answer answer
}

// goal is what a set must reach, in percent; 0 leaves a figure open.
type goal struct {
	precision, coverage, recall, offered float64 // at least
	first                                float64 // at least: right automatically or as the first choice
	accepts                              float64 // of a trap, at most; nothing at all is none
	none                                 bool
}

// part is one table: a heading, its sets and what is done to the search.
type part struct {
	title, note string
	sets        func(*stock) ([]set, error)
	worse       bool
}

func parts() []part {
	return []part{
		{title: "Labelled songs", sets: labelled},
		{
			title: "The same with a worse search", sets: labelled, worse: true,
			note: "The right ids are missing for one song in twenty, each page is shuffled and compilations come first.",
		},
		{
			title: "Made cases", sets: made,
			note: "Made from the catalogue by rules, for what the labelled songs lack: tracks are added beside a song, or the song is taken away.",
		},
	}
}

// recipe says how the rows of a file become the trials of a set.
type recipe struct {
	set
	file string
	keep func(row) bool // nil keeps all
	song func(row) music.Song
	want func(*stock, row) answer // nil: nothing is right
}

// labelled are the sets of the data folder.
func labelled(s *stock) ([]set, error) {
	var out []set
	for _, r := range append(pairs(), traps()...) {
		rows, err := s.read(r.file)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if r.keep != nil && !r.keep(row) {
				continue
			}
			t := trial{place: row.place, song: checked(r.song(row))}
			if r.want != nil {
				t.answer = r.want(s, row)
			}
			r.trials = append(r.trials, t)
		}
		out = append(out, r.set)
	}
	return out, nil
}

// checked cleans a song as the application does. What would be refused stays as
// it is: the labelled songs are all fit to be matched.
func checked(s music.Song) music.Song {
	clean, err := match.Check(s)
	if err != nil {
		return s
	}
	return clean
}

func pairs() []recipe {
	isrc, top, itunes := "pairs_isrc.tsv", "pairs_dutch_top40.tsv", "pairs_itunes_derived.tsv"
	differs := where("title_identical", "0")
	return []recipe{
		{set{name: "isrc-chat", what: "ISRC pairs, title and artist only", reach: goal{precision: 99.5, coverage: 95}}, isrc, nil, chat, targets},
		{set{name: "isrc-album", what: "ISRC pairs, with album"}, isrc, nil, hide(known, noISRC), targets},
		{set{name: "isrc-full", what: "ISRC pairs, with album and ISRC"}, isrc, nil, known, targets},
		{set{name: "isrc-differ", what: "ISRC pairs whose titles differ, with album", reach: goal{precision: 99, first: 92}}, isrc, differs, hide(known, noISRC), targets},
		{set{name: "isrc-differ-chat", what: "ISRC pairs whose titles differ, title and artist only"}, isrc, differs, chat, targets},
		{set{name: "top40", what: "Top 40 spelling, title and artist only", reach: goal{precision: 98.5, recall: 88, offered: 97}}, top, nil, chart, targets},
		{set{name: "itunes-length", what: "iTunes, album and length known", reach: goal{precision: 99.9, recall: 99.5}}, itunes, nil, known, targets},
		{set{name: "itunes-chat", what: "iTunes, title and artist only"}, itunes, nil, chat, targets},
		{set{name: "other-version", what: "iTunes, other versions exist, length hidden"}, itunes, rivals, hide(known, noLength), targets},
		{set{name: "families", what: "songs with other versions, Spotify's spelling, title and artist only"}, "version_families.tsv", nil, catalogued, itself},
		{set{name: "twins", what: "explicit and clean twins, by the wish"}, "explicit_clean_twins.tsv", nil, wished, twin},
	}
}

func traps() []recipe {
	wrong, other, absent := "traps_itunes_wrong_version_only.tsv", "traps_itunes_same_title_other_artist.tsv", "absent_itunes.tsv"
	words, length := where("trap", "version_conflict"), where("trap", "duration_gt_15s")
	return []recipe{
		{set{name: "wrong-known", what: "only a wrong version exists, length known", trap: true, reach: goal{accepts: 0.5}}, wrong, nil, known, nil},
		{set{name: "wrong-known-words", what: "– its words differ", trap: true, reach: goal{none: true}}, wrong, words, known, nil},
		{set{name: "wrong-words", what: "only a wrong version, length hidden: words differ", trap: true, reach: goal{accepts: 3}}, wrong, words, hide(known, noLength), nil},
		{set{name: "wrong-words-chat", what: "– title and artist only", trap: true}, wrong, words, chat, nil},
		{set{name: "wrong-length", what: "only a wrong version, length hidden: only the length differs", trap: true}, wrong, length, hide(known, noLength), nil},
		{set{name: "wrong-length-chat", what: "– title and artist only", trap: true}, wrong, length, chat, nil},
		{set{name: "other-artist", what: "title by somebody else", trap: true, reach: goal{accepts: 0.1}}, other, nil, known, nil},
		{set{name: "other-artist-chat", what: "– title and artist only", trap: true}, other, nil, chat, nil},
		{set{name: "absent", what: "not in the catalogue", trap: true, reach: goal{accepts: 0.1}}, absent, nil, known, nil},
		{set{name: "absent-chat", what: "– title and artist only", trap: true}, absent, nil, chat, nil},
		{set{name: "ambiguous", what: "a person could go either way", trap: true, open: true}, "ambiguous_itunes.tsv", nil, known, nil},
	}
}

func where(column, value string) func(row) bool {
	return func(r row) bool { return r.get(column) == value }
}

// rivals keeps the rows whose song the catalogue has in other versions too.
func rivals(r row) bool { return cmp.Or(r.get("n_same_name_wrong_version"), "0") != "0" }

// chat is a song as people say it.
func chat(r row) music.Song {
	return music.Song{Title: r.get("src_title"), Artists: []string{r.get("src_artist")}}
}

// chart is a song as a chart prints it.
func chart(r row) music.Song {
	return music.Song{Title: r.get("chart_title"), Artists: []string{r.get("chart_artist")}}
}

// known is a song with all that its source says.
func known(r row) music.Song {
	s := chat(r)
	s.Album, s.Duration, s.ISRC = r.get("src_album"), millis(r.get("src_duration_ms")), r.get("isrc")
	switch r.get("src_explicit") {
	case "explicit", "1":
		s.Explicit = music.WishExplicit
	case "cleaned", "0":
		s.Explicit = music.WishClean
	}
	return s
}

func noISRC(s *music.Song)   { s.ISRC = "" }
func noLength(s *music.Song) { s.Duration = 0 }

func hide(song func(row) music.Song, what func(*music.Song)) func(row) music.Song {
	return func(r row) music.Song {
		s := song(r)
		what(&s)
		return s
	}
}

// catalogued is a track of the catalogue as people say it.
func catalogued(r row) music.Song {
	return music.Song{Title: r.get("title"), Artists: strings.Split(r.get("artists"), " ¦ ")}
}

// wished is a track with its album and the wish for just this twin.
func wished(r row) music.Song {
	s := catalogued(r)
	s.Album, s.Explicit = r.get("album"), wishOf(r)
	return s
}

func wishOf(r row) music.Wish {
	if r.get("explicit") == "1" {
		return music.WishExplicit
	}
	return music.WishClean
}

func targets(s *stock, r row) answer {
	a := answer{ids: strings.Split(r.get("target_ids"), "|")}
	for _, id := range a.ids {
		if t, ok := s.byID[id]; ok {
			a.tracks = append(a.tracks, t)
		}
	}
	return a
}

func itself(s *stock, r row) answer {
	id := r.get("spotify_id")
	return answer{ids: []string{id}, tracks: []music.Track{s.byID[id]}}
}

func twin(s *stock, r row) answer {
	a := itself(s, r)
	a.wish = wishOf(r)
	return a
}
