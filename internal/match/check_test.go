package match

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"segue/internal/fault"
	"segue/internal/music"
)

func TestCheckCleansASong(t *testing.T) {
	t.Parallel()
	sixty := make([]string, 60)
	for i := range sixty {
		sixty[i] = fmt.Sprint("Singer ", i)
	}
	for name, tc := range map[string]struct{ in, want music.Song }{
		"control and zero-width characters go": {
			music.Song{Title: "\x00He\u200bllo\u202e \t World\n", Artists: []string{"\ufeffAdele", " ", "Adele"}, Version: "li\x07ve"},
			music.Song{Title: "Hello World", Artists: []string{"Adele"}, Version: "live"},
		},
		"broken UTF-8 becomes a space":       {music.Song{Title: "a\xff\xfeb"}, music.Song{Title: "a b"}},
		"an emoji is a title":                {music.Song{Title: "💔"}, music.Song{Title: "💔"}},
		"so is text from right to left":      {music.Song{Title: "نور العين"}, music.Song{Title: "نور العين"}},
		"a malformed code is dropped":        {music.Song{Title: "A", ISRC: "GB-123"}, music.Song{Title: "A"}},
		"a code is written in one way":       {music.Song{ISRC: "gb-um7-10-29604"}, music.Song{ISRC: "GBUM71029604"}},
		"a negative length is not said":      {music.Song{Title: "A", Duration: -time.Minute}, music.Song{Title: "A"}},
		"nor is one of years":                {music.Song{Title: "A", Duration: 1 << 62}, music.Song{Title: "A"}},
		"a length of minutes stays":          {music.Song{Title: "A", Duration: 3 * time.Minute}, music.Song{Title: "A", Duration: 3 * time.Minute}},
		"years that are none and odd wishes": {music.Song{Title: "A", Year: -5, Explicit: "very"}, music.Song{Title: "A"}},
		"the first thirty artists stay":      {music.Song{Title: "A", Artists: sixty}, music.Song{Title: "A", Artists: sixty[:30]}},
		"a link needs no title":              {music.Song{TrackID: "x"}, music.Song{TrackID: "x"}},
		"400 characters are a title":         {music.Song{Title: strings.Repeat("é", 400)}, music.Song{Title: strings.Repeat("é", 400)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := Check(tc.in); err != nil || !reflect.DeepEqual(got, tc.want) {
				t.Errorf("Check = %+v, %v, want %+v", got, err, tc.want)
			}
		})
	}
}

func TestCheckRefusesWithTheNameOfTheField(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	for want, in := range map[string]music.Song{
		"The title is empty.":                                                    {Artists: []string{"Queen"}},
		"The title has no visible characters.":                                   {Title: "\u200b\x00 \u2066"},
		"The title has 5000 characters; at most 400 can be looked for.":          {Title: long},
		"The artist has 5000 characters; at most 400 can be looked for.":         {Title: "A", Artists: []string{"B", long}},
		"The album has 5000 characters; at most 400 can be looked for.":          {Title: "A", Album: long},
		"The version wished has 5000 characters; at most 400 can be looked for.": {Title: "A", Version: long},
	} {
		_, err := Check(in)
		if fault.KindOf(err) != fault.Invalid || fault.MessageOf(err) != want {
			t.Errorf("refused with %v, want %q", err, want)
		}
	}
}
