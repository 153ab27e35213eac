package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/fault"
	"segue/internal/music"
)

// remember saves a rule and returns it as stored.
func (db *DB) remember(tb testing.TB, person string, r music.Rule) music.Rule {
	tb.Helper()
	noError(tb, db.SaveRule(tb.Context(), person, r))
	saved, found, err := db.RuleFor(tb.Context(), person, r.Key)
	if err != nil || !found {
		tb.Fatalf("found %v, %v", found, err)
	}
	return saved
}

func ruleOf(key, title string, track *music.Track) music.Rule {
	return music.Rule{Key: key, Song: music.Song{Title: title}, Track: track}
}

var (
	grace    = music.Track{ID: "buckley", Title: "Hallelujah", Artists: []music.Artist{{Name: "Jeff Buckley"}}, Album: music.Album{Name: "Grace"}}
	firstMay = time.Date(2026, 5, 3, 10, 0, 0, 0, time.UTC)
)

func TestARuleIsKeptAsItWasMadeAndReplacedByTheNext(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	db.setClock(firstMay)
	song := music.Song{Title: "Halleluja", Artists: []string{"buckley"}, Version: "live"}
	noError(t, db.SaveRule(t.Context(), ada, music.Rule{Key: "k", Song: song, Track: &grace}))
	noError(t, db.UseRule(t.Context(), ada, db.remember(t, ada, music.Rule{Key: "k", Song: song, Track: &grace}).ID, true))
	got, found, err := db.RuleFor(t.Context(), ada, "k")
	noError(t, err)
	if !found || got.Song.String() != song.String() || got.Track == nil || got.Track.ArtistNames() != "Jeff Buckley" || !got.MadeAt.Equal(firstMay) {
		t.Errorf("kept %+v", got)
	}
	if !got.Gone || got.Uses != 1 || !got.UsedAt.Equal(firstMay) {
		t.Errorf("use is noted as %+v", got)
	}
	db.setClock(firstMay.Add(time.Hour))
	next := db.remember(t, ada, ruleOf("k", "Hallelujah", nil))
	if next.ID != got.ID || next.Track != nil || next.Gone || next.Uses != 0 || !next.UsedAt.IsZero() || next.MadeAt.Equal(firstMay) {
		t.Errorf("replaced by %+v", next)
	}
	if _, found, err := db.RuleFor(t.Context(), ada, "other"); found || err != nil {
		t.Errorf("another key: found %v, %v", found, err)
	}
	wantKind(t, db.SaveRule(t.Context(), "nobody", ruleOf("k", "X", nil)), fault.NotFound)
	wantKind(t, db.SaveRule(t.Context(), ada, ruleOf("", "\u200b", nil)), fault.Invalid)
}

func TestADroppedRuleCanBePutBackUntilTheNextOneIsDropped(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	one, two := db.remember(t, ada, ruleOf("k1", "One", nil)), db.remember(t, ada, ruleOf("k2", "Two", &grace))
	force := func(want ...string) {
		t.Helper()
		rules, total, err := db.Rules(t.Context(), ada, "", 0, 9)
		noError(t, err)
		var titles []string
		for _, r := range rules {
			titles = append(titles, r.Song.Title)
		}
		slices.Sort(titles)
		if !slices.Equal(titles, want) || total != len(want) {
			t.Errorf("in force are %q (%d), want %q", titles, total, want)
		}
	}
	for range 2 { // a second press changes nothing
		noError(t, db.DropRule(t.Context(), ada, one.ID))
	}
	force("Two")
	if _, found, err := db.RuleFor(t.Context(), ada, "k1"); found || err != nil {
		t.Errorf("a dropped rule is applied: %v, %v", found, err)
	}
	wantKind(t, db.UseRule(t.Context(), ada, one.ID, false), fault.NotFound)
	if r, err := db.DroppedRule(t.Context(), ada, one.ID); err != nil || r.Song.Title != "One" {
		t.Errorf("dropped %+v, %v", r, err)
	}
	for range 2 {
		noError(t, db.RestoreRule(t.Context(), ada, one.ID))
	}
	force("One", "Two")
	_, err := db.DroppedRule(t.Context(), ada, one.ID)
	wantKind(t, err, fault.NotFound)

	noError(t, db.DropRule(t.Context(), ada, one.ID))
	noError(t, db.DropRule(t.Context(), ada, two.ID))
	force()
	wantKind(t, db.RestoreRule(t.Context(), ada, one.ID), fault.NotFound)
	again := db.remember(t, ada, ruleOf("k2", "Two", nil)) // made anew while it could be put back
	if again.Track != nil {
		t.Errorf("made anew as %+v", again)
	}
	noError(t, db.RestoreRule(t.Context(), ada, two.ID))
	force("Two")
}

func TestRulesAreFoundByTheirWordsAPageAtATime(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	for i := range 7 {
		db.setClock(firstMay.Add(time.Duration(i) * time.Minute))
		db.remember(t, ada, ruleOf(fmt.Sprint("k", i), fmt.Sprintf("Song %d", i), &grace))
	}
	db.remember(t, ada, ruleOf("sign", `100% _Pure_ \ L'Été`, nil))
	for text, want := range map[string]int{"": 8, " ": 8, "song": 7, "JEFF": 7, "grace": 7, "song 3": 1, "100%": 1, "%": 1, "_": 1, `\`: 1, "été": 1, "song_3": 0, "x' OR '1'='1": 0} {
		rules, total, err := db.Rules(t.Context(), ada, text, 0, 50)
		if err != nil || total != want || len(rules) != want {
			t.Errorf("%q finds %d of %d, %v; want %d", text, len(rules), total, err, want)
		}
	}
	rules, total, err := db.Rules(t.Context(), ada, "song", 5, 5)
	if err != nil || total != 7 || len(rules) != 2 || rules[0].Song.Title != "Song 1" {
		t.Errorf("second page: %+v of %d, %v", rules, total, err)
	}
}

// manyRules gives a person n rules by one statement, as fast as the disk takes them.
func manyRules(tb testing.TB, db *DB, person string, n int) {
	tb.Helper()
	var values strings.Builder
	for i := range n {
		fmt.Fprintf(&values, `,('%s-%d', '%s', 'key-%d', '{"title":"Song %d"}', '', 'song %d', FALSE, %d, 0, 0, 0)`, person, i, person, i, i, i, i+1)
	}
	_, err := db.writer.ExecContext(tb.Context(), `INSERT INTO rules VALUES `+values.String()[1:])
	noError(tb, err)
}

func TestTenThousandRulesStayQuick(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	manyRules(t, db, ada, 10_000)
	rule, found, err := db.RuleFor(t.Context(), ada, "key-7777")
	if err != nil || !found || rule.Song.Title != "Song 7777" {
		t.Errorf("%+v, %v, %v", rule, found, err)
	}
	rules, total, err := db.Rules(t.Context(), ada, "song 777", 0, 50)
	if err != nil || total != 11 || len(rules) != 11 {
		t.Errorf("%d of %d, %v", len(rules), total, err)
	}
}

func BenchmarkRuleForAmongTenThousand(b *testing.B) {
	db := openTest(b)
	ada := db.person(b, "ada")
	manyRules(b, db, ada, 10_000)
	each(b, func() {
		if _, found, err := db.RuleFor(b.Context(), ada, "key-7777"); !found || err != nil {
			b.Fatal(found, err)
		}
	})
}

func BenchmarkRulesAmongTenThousand(b *testing.B) {
	for name, c := range map[string]struct {
		text   string
		offset int
	}{"first": {"", 0}, "last": {"", 9950}, "searched": {"song 77", 0}} {
		b.Run(name, func(b *testing.B) {
			db := openTest(b)
			ada := db.person(b, "ada")
			manyRules(b, db, ada, 10_000)
			each(b, func() {
				if _, total, err := db.Rules(b.Context(), ada, c.text, c.offset, 50); total == 0 || err != nil {
					b.Fatal(total, err)
				}
			})
		})
	}
}
