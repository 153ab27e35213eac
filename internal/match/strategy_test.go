package match

import (
	"context"
	"errors"
	"strings"
	"testing"

	"segue/internal/music"
)

func TestStrategiesHaveNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"": "thorough", "thorough": "thorough", "exact": "exact", "frugal": "frugal"} {
		s, err := Named(name)
		if err != nil || s.Name != want {
			t.Errorf("Named(%q) = %q, %v", name, s.Name, err)
		}
		if m := s.Decide(song("Hello", "Adele"), nil); m.Strategy != want {
			t.Errorf("%s reports %q", want, m.Strategy)
		}
	}
	if _, err := Named("magic"); err == nil || !strings.Contains(err.Error(), "thorough, exact, frugal") {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestExactTakesOnlyFullAgreement(t *testing.T) {
	t.Parallel()
	exact, err := Named("exact")
	if err != nil {
		t.Fatal(err)
	}
	s := song("Hello From the Other Side", "Adele")
	s.Duration = clockTime("4:55")
	for name, tc := range map[string]struct {
		track music.Track
		want  music.Verdict
	}{
		"everything agrees":          {track("1", "Hello From the Other Side", "Adele", "25", 2015, "4:56"), music.Auto},
		"a remaster is the same":     {track("1", "Hello From the Other Side - Remastered", "Adele", "25", 2015, "4:55"), music.Auto},
		"a guest nobody asked for":   {track("1", "Hello From the Other Side", "Adele ¦ Cher", "25", 2015, "4:55"), music.Ask},
		"a slip of the pen":          {track("1", "Hello From the Othr Side", "Adele", "25", 2015, "4:55"), music.Ask},
		"four seconds":               {track("1", "Hello From the Other Side", "Adele", "25", 2015, "4:59"), music.Ask},
		"a name that is only partly": {track("1", "Hello From the Other Side", "Adele Adkins", "25", 2015, "4:55"), music.Ask},
		"a concert":                  {track("1", "Hello From the Other Side (Live)", "Adele", "25", 2015, "4:55"), music.Ask},
	} {
		if m := exact.Decide(s, []music.Track{tc.track}); m.Verdict != tc.want {
			t.Errorf("%s: %s %v, want %s", name, m.Verdict, m.Reasons, tc.want)
		}
	}
	s.ISRC = "GBUM71029604"
	coded := track("1", "Hello From the Other Side", "Adele ¦ Cher", "25", 2015, "4:55")
	coded.ISRC = s.ISRC
	if m := exact.Decide(s, []music.Track{coded}); m.Verdict != music.Auto || m.Method != byISRC {
		t.Errorf("the same recording code: %s %s", m.Verdict, m.Method)
	}
}

func TestFindStopsWhenSure(t *testing.T) {
	t.Parallel()
	queen := song("Bohemian Rhapsody", "Queen")
	pages := map[string][]music.Track{
		`track:"Bohemian Rhapsody" artist:"Queen"`: rhapsody()[4:5], // a concert
		"Bohemian Rhapsody Queen":                  rhapsody(),
	}
	var asked []string
	search := func(_ context.Context, query string) ([]music.Track, error) {
		asked = append(asked, query)
		return pages[query], nil
	}
	found, m, queries, err := thorough().Find(t.Context(), queen, search)
	if err != nil || m.Verdict != music.Auto || queries != 2 || len(found) != len(rhapsody()) {
		t.Errorf("%d found, %s after %d queries (%q): %v", len(found), m.Verdict, queries, asked, err)
	}
	pages[`track:"Bohemian Rhapsody" artist:"Queen"`] = rhapsody()
	if _, _, queries, err = thorough().Find(t.Context(), queen, search); err != nil || queries != 1 {
		t.Errorf("%d queries though the first was enough: %v", queries, err)
	}
	lost := errors.New("lost")
	_, m, _, err = thorough().Find(t.Context(), queen, func(context.Context, string) ([]music.Track, error) { return nil, lost })
	if !errors.Is(err, lost) || m.Verdict != music.None {
		t.Errorf("an error of the search: %s, %v", m.Verdict, err)
	}
}

func TestFrugalAsksTwiceAtMost(t *testing.T) {
	t.Parallel()
	frugal, err := Named("frugal")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []music.Song{song("Тоска", "Молчат Дома"), wish(song("Hello", "Adele & Cher"), "live at home"), song("Hello live", "Adele")} {
		_, m, queries, err := frugal.Find(t.Context(), s, func(context.Context, string) ([]music.Track, error) { return nil, nil })
		if err != nil || queries > 2 || queries == 0 || m.Verdict != music.None {
			t.Errorf("%s: %d queries, %s, %v", s, queries, m.Verdict, err)
		}
	}
}
