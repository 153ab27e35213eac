package rules

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"segue/internal/agent"
)

// catalogue holds names of real songs and artists beside the project; it is never committed.
const catalogue = "../../../../shared/data/catalogue.tsv.gz"

// eachSong calls use with every tenth title and artist of the catalogue that has
// no mark in it which people would leave out or put in quotes.
func eachSong(t *testing.T, use func(title, artist string)) {
	t.Helper()
	file, err := os.Open(catalogue)
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skipf("no development data: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows := bufio.NewScanner(plain)
	rows.Scan()
	head := strings.Split(rows.Text(), "\t")
	title, artists := slices.Index(head, "title"), slices.Index(head, "artists")
	for n := 0; rows.Scan(); n++ {
		row := strings.Split(rows.Text(), "\t")
		if n%10 == 0 && !strings.ContainsAny(row[title], "([-–") && !strings.ContainsAny(row[artists], ",;¦") {
			use(row[title], row[artists])
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// TestRealTitlesAndArtistsAreReadWhole: of "add X by Y to Gym" the grammar keeps X and Y as they are.
func TestRealTitlesAndArtistsAreReadWhole(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(string) string{"as on Spotify": strings.TrimSpace, "in lower case": strings.ToLower} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, whole, elsewhere := 0, 0, 0
			eachSong(t, func(title, artist string) {
				all++
				title, artist = write(title), write(artist)
				step, err := New().Next(t.Context(), after("last", "add "+title+" by "+artist+" to Gym"))
				if err != nil || len(step.Calls) != 1 {
					return
				}
				var a agent.SyncSongsArgs
				if err := json.Unmarshal(step.Calls[0].Args, &a); err != nil {
					t.Fatal(err)
				}
				if a.Playlist.Name != "Gym" {
					elsewhere++
				} else if len(a.Songs) == 1 && strings.Trim(title, ". ") == a.Songs[0].Title && strings.Trim(artist, ". ") == strings.Join(a.Songs[0].Artists, ", ") {
					whole++
				}
			})
			if share := float64(whole) / float64(all); share < 0.97 || elsewhere*200 > all {
				t.Errorf("of %d songs %d were read whole (%.1f %%), %d went to another playlist", all, whole, 100*share, elsewhere)
			}
			t.Logf("%d songs, %d read whole, %d elsewhere", all, whole, elsewhere)
		})
	}
}
