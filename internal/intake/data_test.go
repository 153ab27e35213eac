package intake

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"segue/internal/match"
)

const dataDir = "../../../shared/data"

// data opens a file of the development data, without which CI fails.
func data(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join(dataDir, name))
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skipf("no development data: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

type labelled struct{ video, title, artist string }

func videosOf(t *testing.T) []labelled {
	t.Helper()
	var out []labelled
	lines := bufio.NewScanner(data(t, "hitster_youtube_titles.tsv"))
	for lines.Scan() {
		c := strings.Split(lines.Text(), "\t")
		if c[0] != "edition" {
			out = append(out, labelled{video: c[6], title: c[2], artist: c[3]})
		}
	}
	return out
}

// Pasted as one list, 95 of 100 rows must be read right. In pieces and one by one
// the list helps less or not at all.
func TestTheTitlesOfVideosAreRead(t *testing.T) {
	t.Parallel()
	all := videosOf(t)
	for _, c := range []struct {
		piece int
		least float64
	}{{len(all), 0.95}, {25, 0.93}, {1, 0.92}} {
		right, exact := 0, 0
		for rows := range slices.Chunk(all, c.piece) {
			var text strings.Builder
			for _, r := range rows {
				text.WriteString(r.video + "\n")
			}
			p, err := Parse(strings.NewReader(text.String()), Choices{})
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range p.Rows {
				title, artist := rows[i].judge(r)
				if title && artist {
					right++
				}
				if artist && core(r.Song.Title) == core(rows[i].title) {
					exact++
				}
			}
		}
		share := float64(right) / float64(len(all))
		t.Logf("%d at a time: %.2f %% of %d right, %.2f %% letter for letter", c.piece, 100*share, len(all), 100*float64(exact)/float64(len(all)))
		if share < c.least {
			t.Errorf("%d at a time: %.4f, want %.2f", c.piece, share, c.least)
		}
	}
}

// core is a title without brackets, guests and what follows a dash.
func core(title string) string {
	title, _ = guests(title)
	title = brackets(title, func(string) string { return "" })
	if parts := split(title); len(parts) > 0 {
		title = parts[0]
	}
	return match.Fold(title)
}

// judge says whether the title and the artist of a row are read right.
//
// The label is what a game of cards prints, not what the video says: German names
// of films for their songs, other spellings, other versions. So the title is right
// when what it is about, brackets and versions aside, is one of the names on the
// card, or the other way round, but for a fifth of the letters. The artist is right
// when a performer on the card who is named in the video's title, beside the
// song's, is read as one, and nobody is read who is part of the song's title.
func (l labelled) judge(r Row) (title, artist bool) {
	read, card := titlePieces(r.Song.Title), titlePieces(l.title)
	for _, c := range card {
		title = title || alike(read[0], c)
	}
	for _, p := range read {
		title = title || alike(p, card[0])
	}
	artist = true
	named, found := false, false
	rest := strings.Replace(match.Fold(l.video), match.Fold(r.Song.Title), "", 1)
	for _, name := range atoms(l.artist) {
		if !strings.Contains(rest, name) {
			continue
		}
		named = true
		for _, a := range r.Song.Artists {
			found = found || slices.Contains(atoms(a), name) || strings.Contains(match.Fold(a), name)
		}
	}
	for _, a := range r.Song.Artists {
		artist = artist && (!slices.Contains(card, match.Fold(a)) || slices.Contains(atoms(l.artist), match.Fold(a)))
	}
	return title, artist && found == named
}

// titlePieces are the names in a title, folded, the first outside brackets.
func titlePieces(title string) []string {
	var inside, out []string
	bare := brackets(title, func(s string) string { inside = append(inside, s); return "" })
	rest, _ := guests(bare)
	for _, p := range append(split(rest), inside...) {
		if f := match.Fold(p); f != "" {
			out = append(out, f)
		}
	}
	return append(out, match.Fold(title))
}

// atoms are the performers in a credit, folded.
func atoms(credit string) []string {
	bare := brackets(credit, func(s string) string { return s })
	var out []string
	for _, p := range strings.FieldsFunc(strings.NewReplacer(" & ", ",", " und ", ",", " et ", ",", " and ", ",", "(feat.", ",", " feat. ", ",", " x ", ",").Replace(bare), func(r rune) bool { return strings.ContainsRune(",;¦()", r) }) {
		if f := strings.TrimPrefix(match.Fold(p), "the"); f != "" {
			out = append(out, f)
		}
	}
	return append(out, match.Fold(credit))
}

// alike allows a fifth of the letters to differ.
func alike(a, b string) bool {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		before := row[0]
		row[0] = i + 1
		for j := range y {
			cost := before
			if x[i] != y[j] {
				cost = 1 + min(before, row[j], row[j+1])
			}
			before, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]*5 <= max(len(x), len(y))
}

// Each line is "Title - Artist / Artist": the title as it is written, every artist,
// and no question asked.
func TestEveryPastedLineIsRead(t *testing.T) {
	t.Parallel()
	p, err := Parse(data(t, "paste_netease_439.txt"), Choices{})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Rows) != 439 || p.Order != TitleFirst {
		t.Errorf("%d lines with the %s", len(p.Rows), p.Order)
	}
	for _, r := range p.Rows {
		i := strings.LastIndex(r.Text, " - ")
		if r.Song.Title != r.Text[:i] || strings.Join(r.Song.Artists, " / ") != r.Text[i+3:] || r.Unclear || r.Why != "" {
			t.Errorf("%s: %q by %q, %s", r.Text, r.Song.Title, r.Song.Artists, r.State())
		}
	}
}

// Lists drawn from the catalogue, written either way: hardly any is read the wrong
// way round without a question, and of 30 songs nearly every list is settled.
func TestTheOrderIsNotGuessed(t *testing.T) {
	t.Parallel()
	unzipped, err := gzip.NewReader(data(t, "catalogue.tsv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	var songs [][2]string
	for lines := bufio.NewScanner(unzipped); lines.Scan(); {
		if c := strings.Split(lines.Text(), "\t"); c[0] != "spotify_id" && c[4] != "" {
			songs = append(songs, [2]string{strings.ReplaceAll(c[4], ArtistBreak, ", "), c[3]})
		}
	}
	dice := rand.New(rand.NewPCG(1, 2))
	const lists = 300
	for _, size := range []int{3, 10, 30} {
		settled, wrong := 0, 0
		for i := range lists {
			want := []Order{ArtistFirst, TitleFirst}[i%2]
			var text strings.Builder
			for range size {
				s := songs[dice.IntN(len(songs))]
				text.WriteString(s[i%2] + " - " + s[1-i%2] + "\n")
			}
			p, err := Parse(strings.NewReader(text.String()), Choices{})
			if err != nil {
				t.Fatal(err)
			}
			if p.Sure >= enough {
				settled++
				wrong += map[bool]int{true: 1}[p.Order != want]
			}
		}
		t.Logf("%d songs: %.1f %% of %d lists settled, %d of them wrong", size, 100*float64(settled)/lists, lists, wrong)
		if wrong > lists/50 || size == 30 && settled < lists*9/10 {
			t.Errorf("%d songs: %d settled, %d wrong", size, settled, wrong)
		}
	}
}
