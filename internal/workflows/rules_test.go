package workflows

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/fault"
	"segue/internal/match"
	"segue/internal/music"
)

var hallelujah = music.Song{Title: "Hallelujah"}

// rule gives Ada a rule for the song.
func (s *scene) rule(t *testing.T, song music.Song, track *music.Track) {
	t.Helper()
	if err := s.rules.SaveRule(t.Context(), "ada", music.Rule{Key: match.Key(song), Song: song, Track: track}); err != nil {
		t.Fatal(err)
	}
}

// remembered is Ada's rule for the song, as the ledger has it.
func (s *scene) remembered(t *testing.T, song music.Song) (music.Rule, bool) {
	t.Helper()
	r, found, err := s.rules.RuleFor(t.Context(), "ada", match.Key(song))
	if err != nil {
		t.Fatal(err)
	}
	return r, found
}

// answers sends an answer after a minute.
func (s *scene) answers(t *testing.T, a agent.Answer) {
	t.Helper()
	a.Question = "song-1"
	s.RegisterDelayedCallback(func() { s.UpdateWorkflow(UpdateAnswer, "a", &reply{t: t}, a) }, time.Minute)
}

func TestAnAnswerIsRememberedOnlyWhenThePersonSaysSo(t *testing.T) {
	t.Parallel()
	linked := music.Track{ID: "rufus", URI: "spotify:track:rufus", Title: "Hallelujah", Artists: []music.Artist{{Name: "Rufus Wainwright"}}}
	for name, c := range map[string]struct {
		answer agent.Answer
		result string
		rule   string // the track's id, "none" for a rule to none, "" for no rule
		method string
		says   string
	}{
		"a pick":             {agent.Answer{Option: "cohen", Remember: true}, agent.Added, "cohen", "person", "remembered for next time"},
		"a pick for once":    {agent.Answer{Option: "cohen"}, agent.Added, "", "person", "You chose this one."},
		"a link":             {agent.Answer{Option: "rufus", Track: &linked, Remember: true}, agent.Added, "rufus", "person", "remembered for next time"},
		"a link for once":    {agent.Answer{Option: "rufus", Track: &linked}, agent.Added, "", "person", "You chose this one."},
		"not on Spotify":     {agent.Answer{Option: agent.NotOnSpotify}, agent.LeftOut, "none", "rule", "remembered for next time"},
		"left out this time": {agent.Answer{Option: agent.NoneOfThese, Remember: true}, agent.LeftOut, "", "none", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.tracks = hallelujahs()
			s.shelf.uris = []string{"spotify:track:cohen", "spotify:track:rufus"}
			w := s.writing(WriteOutcome{Result: agent.Added})
			s.answers(t, c.answer)
			p := s.sync(t, hallelujah)
			wantTask(t, p.Task, agent.Done, c.result)
			rule, found := s.remembered(t, hallelujah)
			id := "none"
			if rule.Track != nil {
				id = rule.Track.ID
			}
			if found != (c.rule != "") || found && (id != c.rule || rule.Song.String() != "Hallelujah") {
				t.Errorf("remembered %v: %+v, want %q", found, rule, c.rule)
			}
			m := p.Task.Match
			if m.Method != c.method || !strings.Contains(strings.Join(m.Reasons, " "), c.says) {
				t.Errorf("method %q with the reasons %q", m.Method, m.Reasons)
			}
			if c.result == agent.Added && (len(w.asks) != 1 || w.asks[0].Change.URI != "spotify:track:"+c.answer.Option) {
				t.Errorf("written %+v, want %s", w.asks, c.answer.Option)
			}
		})
	}
}

func TestAnAnswerThatNobodyOfferedIsRefused(t *testing.T) {
	t.Parallel()
	track := hallelujahs()[0]
	open := agent.Question{ID: "q", Task: "1", Memorable: true}
	for name, c := range map[string]struct {
		question agent.Question
		answer   agent.Answer
		kind     fault.Kind
	}{
		"a link":                          {open, agent.Answer{Option: track.ID, Track: &track}, ""},
		"for good":                        {open, agent.Answer{Option: agent.NotOnSpotify}, ""},
		"another id than the track's":     {open, agent.Answer{Option: "x", Track: &track}, fault.Invalid},
		"a track that is none":            {open, agent.Answer{Track: &music.Track{}}, fault.Invalid},
		"an id without its track":         {open, agent.Answer{Option: track.ID}, fault.Invalid},
		"a link for a playlist":           {agent.Question{ID: "q"}, agent.Answer{Option: track.ID, Track: &track}, fault.Invalid},
		"a playlist that is not there":    {agent.Question{ID: "q"}, agent.Answer{Option: agent.NotOnSpotify}, fault.Invalid},
		"a link for what is to be undone": {agent.Question{ID: "q", Task: "1"}, agent.Answer{Option: track.ID, Track: &track}, fault.Invalid},
	} {
		c.answer.Question = "q"
		if got := fault.KindOf(validAnswer(&c.question, c.answer)); got != c.kind {
			t.Errorf("%s: %q, want %q", name, got, c.kind)
		}
	}
}

func TestARuleIsAppliedBeforeAnySearch(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = hallelujahs()
	s.shelf.uris = []string{"spotify:track:cohen"}
	s.rule(t, hallelujah, &hallelujahs()[1])
	s.writing(WriteOutcome{Result: agent.Added})
	p := s.sync(t, music.Song{Title: " hallelujah! "})
	wantTask(t, p.Task, agent.Done, agent.Added)
	pick, _ := p.Task.Match.Pick()
	rule, _ := s.remembered(t, hallelujah)
	want := "You chose this one on " + day(rule.MadeAt, rule.MadeAt) + "."
	if pick.Track.ID != "cohen" || p.Task.Match.Method != "rule" || !slices.Equal(p.Task.Match.Reasons, []string{want}) {
		t.Errorf("match %+v, want the rule's with %q", p.Task.Match, want)
	}
	if rule.Uses != 1 || rule.Gone || s.shelf.asked != 1 {
		t.Errorf("rule %+v after %d requests, want one use and one request", rule, s.shelf.asked)
	}
}

func TestARuleThatSpotifyLacksTheSongAsksSpotifyNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = hallelujahs()
	s.rule(t, hallelujah, nil)
	w := s.writing(WriteOutcome{Result: agent.Added})
	p := s.sync(t, hallelujah)
	wantTask(t, p.Task, agent.Done, agent.LeftOut)
	rule, _ := s.remembered(t, hallelujah)
	want := "You said on " + day(rule.MadeAt, rule.MadeAt) + " that it is not on Spotify."
	if m := p.Task.Match; m.Verdict != music.None || m.Method != "rule" || !slices.Equal(m.Reasons, []string{want}) {
		t.Errorf("match %+v", m)
	}
	if s.shelf.asked != 0 || len(w.asks) != 0 {
		t.Errorf("%d requests, %d writes, want none", s.shelf.asked, len(w.asks))
	}
}

func TestARuleOfSomebodyElseOrForAnotherWishDoesNotCount(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = []music.Track{queen}
	s.shelf.uris = []string{queen.URI}
	live := bohemian
	live.Version = "live"
	s.rule(t, live, nil)
	if _, err := s.rules.SavePerson(t.Context(), auth.Person{ID: "ben", SpotifyID: "ben"}); err != nil {
		t.Fatal(err)
	}
	if err := s.rules.SaveRule(t.Context(), "ben", music.Rule{Key: match.Key(bohemian), Song: bohemian}); err != nil {
		t.Fatal(err)
	}
	s.writing(WriteOutcome{Result: agent.Added})
	wantTask(t, s.sync(t, bohemian).Task, agent.Done, agent.Added)
}

// gone gives Ada a rule to a track that Spotify does not have.
func (s *scene) gone(t *testing.T, song music.Song) {
	t.Helper()
	s.rule(t, song, &music.Track{ID: "withdrawn", URI: "spotify:track:withdrawn", Title: song.Title})
}

func TestATrackThatHasGoneIsSaidAndNeverReplacedUnasked(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = []music.Track{queen} // without the rule this is a sure match
	s.shelf.uris = []string{queen.URI}
	s.gone(t, bohemian)
	s.writing(WriteOutcome{Result: agent.Added})
	s.look(t, 30*time.Second, func(task agent.Task) {
		if task.State != agent.Waiting || task.Question == nil || !strings.HasPrefix(task.Question.Text, choiceGone) {
			t.Errorf("%s, question %+v; want one that says what has gone", task.State, task.Question)
		}
		if rule, _ := s.remembered(t, bohemian); !rule.Gone || rule.Uses != 1 {
			t.Errorf("the rule is %+v, want it marked as gone", rule)
		}
	})
	s.answers(t, agent.Answer{Option: queen.ID, Remember: true})
	wantTask(t, s.sync(t, bohemian).Task, agent.Done, agent.Added)
	if rule, _ := s.remembered(t, bohemian); rule.Gone || rule.Track == nil || rule.Track.ID != queen.ID {
		t.Errorf("the rule is %+v, want the new choice", rule)
	}
}

func TestATrackThatHasGoneWithNothingInItsPlaceIsSaid(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.gone(t, bohemian)
	s.writing(WriteOutcome{Result: agent.Added})
	p := s.sync(t, bohemian)
	wantTask(t, p.Task, agent.Done, agent.NotFound)
	if m := p.Task.Match; m.Method != "rule" || m.Reasons[0] != choiceGone {
		t.Errorf("match %+v", m)
	}
}

func TestARuleThatCannotBeKeptCostsTheSongNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.tracks = hallelujahs()
	s.shelf.uris = []string{"spotify:track:cohen"}
	s.writing(WriteOutcome{Result: agent.Added})
	s.RegisterDelayedCallback(func() {
		if err := s.rules.DeletePerson(t.Context(), "ada"); err != nil {
			t.Error(err)
		}
	}, time.Second)
	s.answers(t, agent.Answer{Option: "cohen", Remember: true})
	p := s.sync(t, hallelujah)
	wantTask(t, p.Task, agent.Done, agent.Added)
	if got := strings.Join(p.Task.Match.Reasons, " "); !strings.Contains(got, "could not be remembered") {
		t.Errorf("reasons %q", got)
	}
}

func TestWhatWasFoundBeforeThereWereRulesIsStillRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`null`: 0, `[]`: 0, `{}`: 0, `[{"id":"a"},{"id":"b"}]`: 2, `{"tracks":[{"id":"a"}],"ruling":{"says":"track","on":"3 May"}}`: 1,
	} {
		var f Found
		if err := json.Unmarshal([]byte(text), &f); err != nil || len(f.Tracks) != want {
			t.Errorf("%s: %+v, %v", text, f, err)
		}
	}
	var f Found
	if err := json.Unmarshal([]byte(`"x"`), &f); err == nil {
		t.Error("a text was read as what was found")
	}
}

func TestADaySaysItsYearOnlyWhenItIsAnother(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for want, at := range map[string]time.Time{"3 May": now.AddDate(0, -6, -19), "3 May 2025": now.AddDate(-1, -6, -19)} {
		if got := day(at, now); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
