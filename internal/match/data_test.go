package match

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"segue/internal/music"
	"segue/internal/spotify/emulator"
)

// dataDir holds the development data, beside the project; it is never committed.
const dataDir = "../../../shared/data"

// row is one line of a table, by column name.
type row map[string]string

func readTable(tb testing.TB, file string) []row {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(dataDir, file))
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		tb.Skipf("no development data: %v", err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	head := strings.Split(lines[0], "\t")
	out := make([]row, len(lines)-1)
	for i, line := range lines[1:] {
		out[i] = make(row, len(head))
		for j, cell := range strings.Split(line, "\t") {
			out[i][head[j]] = cell
		}
	}
	return out
}

// millis reads a length in milliseconds, 0 when there is none.
func millis(s string) time.Duration {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Millisecond
}

// catalogue is the emulated Spotify with the development catalogue.
type catalogue struct{ *emulator.Emulator }

func loadCatalogue(tb testing.TB) catalogue {
	tb.Helper()
	file := filepath.Join(dataDir, "catalogue.tsv.gz")
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		tb.Skipf("no development data: %v", err)
	}
	e, err := emulator.New(emulator.Options{Catalogue: file})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = e.Close() })
	return catalogue{e}
}

// search answers one query as Spotify would.
func (c catalogue) search(_ context.Context, query string) ([]music.Track, error) {
	page, err := c.Find(query)
	out := make([]music.Track, len(page))
	for i, t := range page {
		out[i] = spotifyTrack(t)
	}
	return out, err
}

func spotifyTrack(t emulator.Track) music.Track {
	out := music.Track{
		ID: t.Source, URI: "spotify:track:" + t.ID, Title: t.Title, Duration: time.Duration(t.Millis) * time.Millisecond,
		Explicit: t.Explicit, ISRC: t.ISRC, Album: music.Album{Name: t.Album, Type: t.AlbumType, Release: t.Release},
	}
	for _, a := range t.Artists {
		out.Artists = append(out.Artists, music.Artist{Name: a})
	}
	for _, a := range t.AlbumArtists {
		out.Album.Artists = append(out.Album.Artists, music.Artist{Name: a})
	}
	return out
}

// match runs the queries as the application does.
func (c catalogue) match(tb testing.TB, s music.Song) (m music.Match, searches int) {
	tb.Helper()
	_, m, searches, err := thorough().Find(tb.Context(), s, c.search)
	if err != nil {
		tb.Fatal(err)
	}
	return m, searches
}

// right reports whether a track is one of the ids or the same recording.
func (c catalogue) right(t music.Track, ids []string) bool {
	for _, id := range ids {
		if t.ID == id {
			return true
		}
		u, ok := c.Lookup(id)
		listed := []music.Track{spotifyTrack(u)}
		if !ok {
			listed, _ = c.search(context.Background(), id) // isrc:XXXX
		}
		for _, u := range listed {
			a, b := whole(t), whole(u)
			if t.ISRC != "" && t.ISRC == u.ISRC || gap(t.Duration, u.Duration) <= 3*time.Second && sameSong(&a, &b) {
				return true
			}
		}
	}
	return false
}

// tally counts the outcomes of one set.
type tally struct {
	cases, auto, right, ask, none, first, offered, searches int
}

func (y tally) precision() float64 { return share(y.right, y.auto) }
func (y tally) coverage() float64  { return share(y.auto, y.cases) }
func share(n, of int) float64      { return 100 * float64(n) / float64(max(of, 1)) }

// run matches every row of a set; want is nil for traps, where no automatic match is right.
func (c catalogue) run(t *testing.T, rows []row, song func(row) music.Song, want func(row) []string) tally {
	t.Helper()
	var y tally
	for _, r := range rows {
		s := song(r)
		m, n := c.match(t, s)
		y.cases++
		y.searches += n
		var ids []string
		if want != nil {
			ids = want(r)
		}
		good := slices.ContainsFunc(m.Choices, func(ch music.Choice) bool { return c.right(ch.Track, ids) })
		if good {
			y.offered++
		}
		if good && c.right(m.Choices[0].Track, ids) {
			y.first++
		}
		switch m.Verdict {
		case music.Auto:
			y.auto++
			if c.right(m.Choices[0].Track, ids) {
				y.right++
			} else if os.Getenv("MATCH_SHOW") != "" {
				tr := m.Choices[0].Track
				t.Logf("WRONG %s [%s] -> %s / %s [%s] %s %.2f want %v %v", s, s.Album, tr.Title, tr.ArtistNames(), tr.Album.Name, tr.Duration, m.Choices[0].Confidence, ids, m.Reasons)
			}
		case music.Ask:
			y.ask++
		case music.None:
			y.none++
		}
		if m.Verdict != music.Auto && want != nil && os.Getenv("MATCH_SHOW") == "all" {
			t.Logf("MISS %s %s [%s] want %v %v", m.Verdict, s, s.Album, ids, m.Reasons)
			for _, ch := range m.Choices {
				t.Logf("       %s / %s [%s] %s %.2f", ch.Track.Title, ch.Track.ArtistNames(), ch.Track.Album.Name, ch.Track.Duration, ch.Confidence)
			}
		}
	}
	t.Logf("cases %d auto %d (%.1f %%) precision %.2f %% ask %d none %d right first %.1f %% offered %.1f %% searches/song %.2f",
		y.cases, y.auto, y.coverage(), y.precision(), y.ask, y.none, share(y.first, y.cases), share(y.offered, y.cases), float64(y.searches)/float64(y.cases))
	return y
}

// chatSong is what a person types, or a chart prints: title and artist.
func chatSong(r row) music.Song {
	return music.Song{Title: r["src_title"] + r["chart_title"], Artists: []string{r["src_artist"] + r["chart_artist"]}}
}

func listSong(r row) music.Song {
	s := chatSong(r)
	s.Album, s.Duration = r["src_album"], millis(r["src_duration_ms"])
	switch r["src_explicit"] {
	case "explicit":
		s.Explicit = music.WishExplicit
	case "cleaned":
		s.Explicit = music.WishClean
	}
	return s
}

// untimed is a list that has no lengths.
func untimed(r row) music.Song {
	s := listSong(r)
	s.Duration = 0
	return s
}

func targets(r row) []string { return strings.Split(r["target_ids"], "|") }

// every returns each n-th row that has the value in the column; "" takes all.
func every(n int, rows []row, column, value string) []row {
	if os.Getenv("MATCH_SHOW") != "" {
		n = 1
	}
	var out []row
	for i, r := range rows {
		if i%n == 0 && (value == "" || r[column] == value) {
			out = append(out, r)
		}
	}
	return out
}

// TestDevelopmentData holds the figures that are reached as floors, with some slack. Large sets are sampled, unless MATCH_SHOW is set, to keep the test short.
func TestDevelopmentData(t *testing.T) {
	t.Parallel()
	c := loadCatalogue(t)
	for _, set := range []struct {
		name, file    string
		step          int
		column, value string
		song          func(row) music.Song
		precision     float64 // at least, in %
		coverage      float64
		first         float64 // the right one is picked or the first choice
	}{
		{"ISRC pairs, album hidden", "pairs_isrc.tsv", 1, "", "", chatSong, 99.5, 95, 98},
		{"ISRC pairs, titles differ, album hidden", "pairs_isrc.tsv", 1, "title_identical", "0", chatSong, 99, 84, 92},
		{"ISRC pairs", "pairs_isrc.tsv", 2, "", "", untimed, 98, 95, 97},
		{"top 40 spelling", "pairs_dutch_top40.tsv", 1, "", "", chatSong, 98.5, 90, 96},
		{"iTunes, length known", "pairs_itunes_derived.tsv", 4, "", "", listSong, 99.7, 99, 99},
		{"iTunes, title and artist only", "pairs_itunes_derived.tsv", 3, "", "", chatSong, 99.5, 95, 97},
	} {
		t.Run(set.name, func(t *testing.T) {
			t.Parallel()
			y := c.run(t, every(set.step, readTable(t, set.file), set.column, set.value), set.song, targets)
			if y.precision() < set.precision || y.coverage() < set.coverage || share(y.first, y.cases) < set.first {
				t.Errorf("below %.1f %% precision, %.1f %% coverage or %.1f %% first", set.precision, set.coverage, set.first)
			}
		})
	}
	for _, trap := range []struct {
		name, file    string
		step          int
		column, value string
		song          func(row) music.Song
		most          float64 // automatic at most, in %
	}{
		{"by another artist", "traps_itunes_same_title_other_artist.tsv", 4, "", "", listSong, 0.1},
		{"by another artist, title and artist only", "traps_itunes_same_title_other_artist.tsv", 4, "", "", chatSong, 0.1},
		{"absent", "absent_itunes.tsv", 8, "", "", listSong, 0.5},
		{"absent, title and artist only", "absent_itunes.tsv", 8, "", "", chatSong, 0.5},
		{"only a wrong version, length known", "traps_itunes_wrong_version_only.tsv", 1, "", "", listSong, 0},
		{"only a wrong version by its words", "traps_itunes_wrong_version_only.tsv", 1, "trap", "version_conflict", chatSong, 6},
		{"only a wrong version by its words, length hidden", "traps_itunes_wrong_version_only.tsv", 1, "trap", "version_conflict", untimed, 3},
		{"only another length, album and length hidden", "traps_itunes_wrong_version_only.tsv", 1, "trap", "duration_gt_15s", chatSong, 85},
		{"a person could go either way", "ambiguous_itunes.tsv", 1, "", "", listSong, 20},
	} {
		t.Run(trap.name, func(t *testing.T) {
			t.Parallel()
			y := c.run(t, every(trap.step, readTable(t, trap.file), trap.column, trap.value), trap.song, nil)
			if y.cases == 0 || y.coverage() > trap.most {
				t.Errorf("%.2f %% of %d automatic, want at most %.1f %%", y.coverage(), y.cases, trap.most)
			}
		})
	}
}
