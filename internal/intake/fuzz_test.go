package intake

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"segue/internal/fault"
	"segue/internal/match"
)

// FuzzParse holds whatever the bytes: no panic, a refusal that a person can read
// or rows within bounds, each of which can be matched or says why not.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"Queen - Jealousy (Live)\n1. Heart – Alone 3:39\nhttps://open.spotify.com/track/" + id, "0:00 A - B\n3:45 C - D", "title;artist\n\"a\nb\";c\n\"d;e",
		"\xff\xfeT\x00i\x00t\x00l\x00e\x00\t\x00", "#EXTM3U\n#EXTINF:1,A - B\nx.mp3", `{"tracks":[{"track_name":"a"},"b",7]}`, `["a`,
		"<?xml version='1.0'?><plist><dict><key>Tracks</key><dict><key>1</key><dict><key>Name</key><string>A</string></dict></dict></dict></plist>",
		"A \"B\" (Official", "sep=,\na,b", "a,b,3:15\nc,d,4:16", "【A】 - B（C）", "- - -\n – \n(\n)", "Bj\xf6rk - J\xf3ga", "x by y (Official Video) ft. z | w",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		p, err := Parse(bytes.NewReader(source), Choices{})
		if err != nil {
			if fault.KindOf(err) != fault.Invalid || fault.MessageOf(err) == "" {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		again, err := Parse(bytes.NewReader(source), Choices{})
		if err != nil || len(again.Rows) != len(p.Rows) || len(p.Rows) == 0 || len(p.Rows) > MaxSongs {
			t.Fatalf("%d rows, then %d: %v", len(p.Rows), len(again.Rows), err)
		}
		for i, r := range p.Rows {
			if told(r) != told(again.Rows[i]) {
				t.Fatalf("%q, then %q", told(r), told(again.Rows[i]))
			}
			if !utf8.ValidString(r.Text) || !utf8.ValidString(told(r)) || r.Same > 0 && r.Same == r.Line && p.Format == Lines {
				t.Fatalf("%+v", r)
			}
			if r.Why == "" && r.Apple.ID == "" {
				if _, err := match.Check(r.Song); err != nil {
					t.Fatalf("%+v: %v", r, err)
				}
			}
		}
	})
}
