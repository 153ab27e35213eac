package main

import (
	"cmp"
	"hash/fnv"
	"io"
	"path/filepath"
	"strings"

	"segue/internal/music"
)

// labelled is a song with what is right for it.
type labelled struct {
	artist string // by whom the cases are parted
	song   music.Song
	right  []string // ids; none: whatever is found is wrong
	hidden []string // taken out of what is found
	exact  bool     // only the ids are right, not what sounds the same
	weight float64
}

// What a case counts. Spotify has a thousand times as many tracks as the
// catalogue here, so a song that is missing or has only other versions is met
// less often there. Wishes and slips of the pen are made from the same songs
// over again, and few people mistype every title.
const (
	natural = 1
	missing = 0.3
	wished  = 0.25
	slipped = 0.1
)

// checks reports whether the case is kept for checking: two artists in five. An
// artist is told by the first word of the name, whatever company they keep.
func (l labelled) checks() bool {
	name := strings.Fields(strings.TrimPrefix(strings.ToLower(l.artist), "the "))
	h := fnv.New32a()
	if len(name) > 0 {
		_, _ = io.WriteString(h, name[0])
	}
	return h.Sum32()%5 < 2
}

// way is how a person or a list asks for what a row holds.
type way func(row) music.Song

// chat is what a person types, or a chart prints: title and artist.
func chat(r row) music.Song {
	return music.Song{
		Title:   cmp.Or(r["src_title"], r["chart_title"], r["title"]),
		Artists: list(cmp.Or(r["src_artist"], r["chart_artist"], r["artists"]), " ¦ "),
	}
}

// untimed is a list that has albums but no lengths.
func untimed(r row) music.Song {
	s := chat(r)
	s.Album = r["src_album"]
	switch r["src_explicit"] {
	case "explicit":
		s.Explicit = music.WishExplicit
	case "cleaned":
		s.Explicit = music.WishClean
	}
	return s
}

// timed is a list that has everything.
func timed(r row) music.Song {
	s := untimed(r)
	s.Duration = millis(r["src_duration_ms"])
	return s
}

// slip is a title in which two letters have changed places.
func slip(r row) music.Song {
	s := chat(r)
	letters := []rune(s.Title)
	if n := uint32(len(letters)); n > 2 {
		h := fnv.New32a()
		_, _ = io.WriteString(h, s.Title)
		at := h.Sum32() % (n - 1)
		letters[at], letters[at+1] = letters[at+1], letters[at]
	}
	s.Title = string(letters)
	return s
}

// load reads the labelled songs in the ways in which they are asked for.
func load(dir string) ([]labelled, error) {
	var out []labelled
	for _, set := range []struct {
		file   string
		ways   []way
		weight float64
	}{
		{"pairs_isrc.tsv", []way{chat, untimed}, natural},
		{"pairs_isrc.tsv", []way{slip}, slipped},
		{"pairs_dutch_top40.tsv", []way{chat}, natural},
		{"pairs_itunes_derived.tsv", []way{chat, untimed, timed}, natural},
		{"pairs_itunes_derived.tsv", []way{slip}, slipped},
		{"traps_itunes_wrong_version_only.tsv", []way{chat, untimed, timed}, missing},
		{"traps_itunes_same_title_other_artist.tsv", []way{chat, untimed, timed}, missing},
		{"absent_itunes.tsv", []way{chat, untimed, timed}, missing},
		{"absent_itunes.tsv", []way{slip}, slipped},
	} {
		rows, err := read(filepath.Join(dir, set.file))
		if err != nil {
			return nil, err
		}
		for _, ask := range set.ways {
			for _, r := range rows {
				out = append(out, caseOf(ask(r), labelled{right: list(r["target_ids"], "|"), weight: set.weight}))
			}
		}
	}
	twins, err := twins(filepath.Join(dir, "explicit_clean_twins.tsv"))
	if err != nil {
		return nil, err
	}
	versions, err := versions(filepath.Join(dir, "version_families.tsv"))
	return append(append(out, twins...), versions...), err
}

func caseOf(s music.Song, l labelled) labelled {
	l.song, l.artist = s, strings.Join(s.Artists, " ")
	return l
}

// twins asks for explicit and clean twins by the wish, with them there and without.
func twins(path string) ([]labelled, error) {
	rows, err := read(path)
	alike := make(map[string][]string)
	for _, r := range rows {
		key := r["group"] + " " + r["explicit"]
		alike[key] = append(alike[key], r["spotify_id"])
	}
	var out []labelled
	for _, r := range rows {
		s, ids := chat(r), alike[r["group"]+" "+r["explicit"]]
		if s.Explicit = music.WishClean; r["explicit"] == "1" {
			s.Explicit = music.WishExplicit
		}
		out = append(out,
			caseOf(s, labelled{right: ids, exact: true, weight: wished}),
			caseOf(s, labelled{hidden: ids, weight: wished}))
	}
	return out, err
}

// versions asks for versions in words: what a title adds to the plain one of its
// family. Once the version is there, and once only what sounds the same is.
func versions(path string) ([]labelled, error) {
	rows, err := read(path)
	plain := make(map[string]row)
	for _, r := range rows {
		if r["tags"] == "" {
			plain[r["family"]] = r
		}
	}
	var out []labelled
	for _, r := range rows {
		of, ok := plain[r["family"]]
		added, longer := strings.CutPrefix(r["title"], of["title"])
		added = strings.Trim(added, " -()[]")
		if !ok || !longer || added == "" || r["tags"] == "" {
			continue
		}
		s := chat(of)
		s.Version = added
		ids := []string{r["spotify_id"]}
		out = append(out,
			caseOf(s, labelled{right: ids, weight: wished}),
			caseOf(s, labelled{right: ids, hidden: ids, weight: wished}))
	}
	return out, err
}
