package match

import (
	"slices"
	"testing"

	"segue/internal/fault"
	"segue/internal/music"
)

func TestChoicesSayWhatAgreesAndWhatDiffers(t *testing.T) {
	t.Parallel()
	s := wish(song("Bohemian Rhapsody", "Queen"), "live in Tokyo")
	s.Album, s.Duration = "Live At Wembley '86", clockTime("5:50")
	m := thorough().Decide(s, rhapsody())
	at := slices.IndexFunc(m.Choices, func(c music.Choice) bool { return c.Track.ID == "wembley" })
	if m.Verdict != music.Ask || at < 0 {
		t.Fatalf("%s %v", m.Verdict, ids(m))
	}
	c := m.Choices[at]
	if want := []string{"title", "artist", "length", "album"}; !slices.Equal(c.Agrees, want) || !slices.Equal(c.Differs, []string{"version"}) || c.Veto != "version" {
		t.Errorf("agrees %q differs %q veto %q, want %q, version, version", c.Agrees, c.Differs, c.Veto, want)
	}
}

func TestQuestionsAreSettled(t *testing.T) {
	t.Parallel()
	ruledOut := thorough().Decide(wish(song("Bohemian Rhapsody", "Queen"), "live in Tokyo"), rhapsody())
	open := thorough().Decide(song("Hallelujah", ""), hallelujah())
	for name, tc := range map[string]struct {
		match music.Match
		by    Judge
		index int
		kind  fault.Kind
		want  music.Verdict
	}{
		"a person may choose what is ruled out": {ruledOut, Person, 0, "", music.Auto},
		"a model may not":                       {ruledOut, Model, 0, fault.Forbidden, music.Ask},
		"a model may choose what fits":          {open, Model, 1, "", music.Auto},
		"or none":                               {open, Model, NoneOfThem, "", music.None},
		"there is no such choice":               {open, Person, 9, fault.Invalid, music.Ask},
		"below none is no choice either":        {open, Person, -2, fault.Invalid, music.Ask},
		"nothing is open":                       {thorough().Decide(song("Ragtime Rhapsody", "Queen Esther"), rhapsody()), Person, 0, fault.Conflict, music.Auto},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := Settle(tc.match, tc.by, tc.index)
			if m.Verdict != tc.want || fault.KindOf(err) != tc.kind {
				t.Fatalf("%s, %v, want %s, %q", m.Verdict, err, tc.want, tc.kind)
			}
			if err != nil {
				return
			}
			pick, ok := m.Pick()
			if m.Method != string(tc.by) || len(m.Reasons) == 0 || ok && pick.Track.ID != tc.match.Choices[tc.index].Track.ID {
				t.Errorf("%s picked %s because %q", m.Method, pick.Track.ID, m.Reasons)
			}
		})
	}
}
