package emulator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The page without HTTP must be the page with it, or figures taken with one say nothing of the other.
func TestFindGivesThePageThatSearchGives(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Seed: 1})
	gaps := 0
	queries := []string{`track:"Bohemian Rhapsody" artist:"Queen"`, "live", "qqqq zzzz", "track:love NOT live", "isrc:" + s.catalogue.tracks[0].isrc}
	for i := range 60 {
		queries = append(queries, s.catalogue.tracks[i].title)
	}
	for _, query := range queries {
		found, err := s.Find(query)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		page := s.search(t, query)
		if len(found) != len(page) {
			t.Fatalf("%s: %d tracks, over HTTP %d", query, len(found), len(page))
		}
		for i, track := range page {
			equal(t, query, told(t, page[i:i+1]), []string{found[i].Title + " / " + found[i].Artists[0]})
			equal(t, query, []any{found[i].ID, found[i].Millis, found[i].Explicit, found[i].Album, found[i].AlbumType, found[i].Release}, []any{
				track["id"], track["duration_ms"], track["explicit"], at[string](t, track, "album", "name"),
				at[string](t, track, "album", "album_type"), at[string](t, track, "album", "release_date"),
			})
			equal(t, query, found[i].ISRC, at[string](t, track, "external_ids", "isrc"))
		}
		if len(found) == 9 {
			gaps++
		}
	}
	if gaps == 0 {
		t.Error("no page had a null row: the gaps are not tested")
	}
}

func TestFindRefusesWhatSearchRefuses(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	for _, query := range []string{"", "  ", strings.Repeat("x", 251)} {
		if found, err := s.Find(query); err == nil {
			t.Errorf("%.10q found %d tracks", query, len(found))
		}
	}
}

func TestTracksKeepTheIdOfTheirFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tracks.tsv")
	text := "spotify_id\ttitle\tartists\nisrc:GBAYE7500101\tOne\tA ¦ B\n4uLU6hMCjMI75M1A2tKUQC\tOne More\tC\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, Options{Catalogue: file})
	found, err := s.Find("one")
	if err != nil || len(found) != 2 {
		t.Fatalf("found %v, %v", found, err)
	}
	for _, track := range found {
		again, ok := s.Lookup(track.ID)
		if !ok || again.Source != track.Source || !isID(track.ID) {
			t.Errorf("%+v is looked up as %+v", track, again)
		}
		if track.Title == "One" {
			equal(t, "source", track.Source, "isrc:GBAYE7500101")
			equal(t, "artists", track.Artists, []string{"A", "B"})
		} else {
			equal(t, "source", track.Source, track.ID)
		}
	}
	if track, ok := s.Lookup("nonesuch"); ok {
		t.Errorf("found %+v", track)
	}
}
