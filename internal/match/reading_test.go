package match

import (
	"strings"
	"testing"

	"segue/internal/music"
)

func TestWordsInTheWrongPlaceAreUnderstood(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		song    music.Song
		verdict music.Verdict
		id      string
		reason  string
	}{
		"a video's title names the artist first": {song("Queen - Bohemian Rhapsody", ""), music.Auto, "studio", "Same title and artist"},
		"with what videos add":                   {song("Queen - Bohemian Rhapsody (Official Video) [HD]", ""), music.Auto, "studio", "Same title and artist"},
		"a version is no title":                  {song("Ragtime Rhapsody - Remastered", ""), music.Auto, "ragga", "Same title"},
		"swapped fields are a question":          {song("Queen", "Bohemian Rhapsody"), music.Ask, "studio", "Title and artist seem to be swapped."},
		"two artists are not a title":            {music.Song{Title: "Queen", Artists: []string{"Bohemian Rhapsody", "X"}}, music.None, "", "No song"},
	} {
		m := thorough().Decide(tc.song, rhapsody())
		if m.Verdict != tc.verdict || tc.id != "" && m.Choices[0].Track.ID != tc.id || !strings.HasPrefix(m.Reasons[0], tc.reason) {
			t.Errorf("%s: %s %v %q", name, m.Verdict, ids(m), m.Reasons)
		}
	}
}
