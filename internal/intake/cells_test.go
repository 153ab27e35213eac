package intake

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"segue/internal/music"
)

func TestColumnsAreFoundByTheirNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ header, fields string }{
		"plain":                             {"title,artist,album,duration_ms,isrc,explicit", "title=title artist=artist album=album duration_ms=duration_ms isrc=isrc explicit=explicit"},
		"of an export":                      {"Track URI,Track Name,Artist Name(s),Album Name,Track Duration (ms),ISRC,Explicit", "title=Track Name artist=Artist Name(s) album=Album Name duration_ms=Track Duration (ms) isrc=ISRC explicit=Explicit"},
		"columns of one source":             {"src_title,src_artist,album,duration_ms,isrc,target_title", "title=src_title artist=src_artist isrc=isrc"},
		"of a chart":                        {"chart_title,chart_artist,spotify_album,duration_ms,target_title", "title=chart_title artist=chart_artist"},
		"a title beats an id":               {"spotify_id,title,artists", "title=title artist=artists"},
		"an id will do":                     {"playlist,position,spotify_id", "track_id=spotify_id"},
		"a code will do":                    {"n,ISRC,spotify_id", "isrc=ISRC"},
		"a length in minutes":               {"Song,Time", "title=Song duration_ms=Time"},
		"video titles beside the song's":    {"edition,title,artist,album,year,youtube_title", "title=title artist=artist album=album year=year"},
		"nothing to look for":               {"name_of_dog,breed", ""},
		"the first of two of the same name": {"title,title", "title=title"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			columns := strings.Split(c.header, ",")
			l := Guess(columns)
			var got []string
			for _, field := range Fields() {
				if i, ok := l.at[field]; ok {
					got = append(got, string(field)+"="+columns[i])
				}
			}
			if strings.Join(got, " ") != c.fields {
				t.Errorf("got %s, want %s", got, c.fields)
			}
		})
	}
}

func TestRowsBecomeSongs(t *testing.T) {
	t.Parallel()
	columns := []string{"title", "artists", "album", "duration_ms", "isrc", "explicit", "version", "year"}
	l := Guess(columns)
	for name, c := range map[string]struct {
		row  string // cells joined by |
		want string // of the song: title|artists|album|length|isrc|explicit|version|year
		note string
	}{
		"all of it":               {"One|A ¦ B|C|61000|GBAYE7500101|explicit|live|1975", "One|A+B|C|1m1s|GBAYE7500101|explicit|live|1975", ""},
		"a title alone":           {"One", "One|||0s||||0", ""},
		"a code alone":            {"||||GBAYE7500101", "|||0s|GBAYE7500101|||0", ""},
		"a clean one":             {"One|A||||cleaned", "One|A||0s||clean||0", ""},
		"true and false":          {"One|A||||FALSE", "One|A||0s||clean||0", ""},
		"not explicit is no wish": {"One|A||||notExplicit", "One|A||0s||||0", ""},
		"a clock":                 {"One|A||3:52.5", "One|A||3m52.5s||||0", ""},
		"hours":                   {"One|A||1:02:03", "One|A||1h2m3s||||0", ""},
		"a fraction":              {"One|A||238805.0", "One|A||3m58.805s||||0", ""},
		"a date for the year":     {"One|A||||||1975-10-31", "One|A||0s||||1975", ""},
		"a negative length":       {"One|A||-5000", "One|A||0s||||0", "The length -5s cannot be one"},
		"an absurd length":        {"One|A||1e300", "One|A||0s||||0", "cannot be one"},
		"no number at all":        {"One|A||NaN", "One|A||0s||||0", `The duration_ms "NaN" was not understood`},
		"seconds over sixty":      {"One|A||3:75", "One|A||0s||||0", `"3:75" was not understood`},
		"a malformed code":        {"One|A|||XX", "One|A||0s||||0", `The ISRC "XX" is malformed`},
		"an odd wish":             {"One|A||||maybe", "One|A||0s||||0", `The explicit "maybe" was not understood`},
		"an odd year":             {"One|A|||||||", "One|A||0s||||0", ""},
		"a year that is none":     {"One|A||||||99999", "One|A||0s||||0", "The year 99999 cannot be one"},
		"invisible characters":    {"O\u200bne\x00|A ¦  ¦ A", "One|A||0s||||0", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, notes, err := l.Song(strings.Split(c.row, "|"))
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join([]string{s.Title, strings.Join(s.Artists, "+"), s.Album, s.Duration.String(), s.ISRC, string(s.Explicit), s.Version, strconv.Itoa(s.Year)}, "|")
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if all := strings.Join(notes, " "); !strings.Contains(all, c.note) || c.note == "" && all != "" {
				t.Errorf("notes %q, want %q", all, c.note)
			}
		})
	}
}

func TestRowsThatSayNothingAreRefused(t *testing.T) {
	t.Parallel()
	l := Guess([]string{"title", "artist"})
	for _, cells := range [][]string{{"", "A"}, {"  "}, {"\u200b\u200b", "A"}, {strings.Repeat("x", 5000), "A"}, {}} {
		if s, _, err := l.Song(cells); err == nil {
			t.Errorf("%.20q became %+v", cells, s)
		}
	}
}

func TestSecondsWhereNoUnitIsNamed(t *testing.T) {
	t.Parallel()
	l := Guess([]string{"Title", "Length"})
	if s, _, err := l.Song([]string{"One", "232"}); err != nil || s.Duration != 232*time.Second {
		t.Errorf("%v, %v", s.Duration, err)
	}
}

func TestIdsAreCutFromLinks(t *testing.T) {
	t.Parallel()
	var got []string
	for _, s := range []string{"4uLU", "spotify:track:4uLU", "https://open.spotify.com/track/4uLU?si=x", " 4uLU ", ""} {
		got = append(got, lastPart(s))
	}
	if !slices.Equal(got, []string{"4uLU", "4uLU", "4uLU", "4uLU", ""}) {
		t.Errorf("%q", got)
	}
}

func TestWishes(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]music.Wish{"explicit": "explicit", "1": "explicit", "True": "explicit", "0": "clean", "false": "clean", "cleaned": "clean", "notExplicit": "", "": ""} {
		if got, ok := wish(s); got != want || !ok {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
