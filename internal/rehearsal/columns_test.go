package rehearsal

import (
	"strings"
	"testing"
)

func TestMapAndHide(t *testing.T) {
	t.Parallel()
	r := &Reader{name: "a.tsv", Columns: []string{"a", "b", "c d"}}
	for _, c := range []struct{ mapping, hidden, says string }{
		{"title=a,artist=b, album = c d", "", ""},
		{"title=a,artist=b", "album,duration,isrc", ""},
		{"isrc=a", "", ""},
		{"", "", "a.tsv: no column for the title among a, b, c d; name it with -map"},
		{"title=a", "title", "no column for the title"},
		{"title=x", "", `there is no column "x", only a, b, c d`},
		{"titel=a", "", `"titel=a" must be field=column with one of the fields title,`},
		{"title", "", `"title" must be field=column`},
		{"title=a", "length", `-hide: "length" is none of title,`},
	} {
		_, err := lay(c.mapping, c.hidden, r)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("-map %q -hide %q: %v, want %q", c.mapping, c.hidden, err, c.says)
		}
	}
}
