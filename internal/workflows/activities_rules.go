package workflows

import (
	"context"
	"encoding/json"
	"time"

	"segue/internal/fault"
	"segue/internal/match"
	"segue/internal/music"
)

// rules are what people have decided about songs for good; *store.DB satisfies it.
type rules interface {
	// RuleFor returns the person's rule for the songs of a key, and whether there is one.
	RuleFor(ctx context.Context, personID, key string) (music.Rule, bool, error)
	// UseRule counts a use. Fault NotFound for a rule that was dropped meanwhile.
	UseRule(ctx context.Context, personID, id string, gone bool) error
	SaveRule(ctx context.Context, personID string, r music.Rule) error
}

// Found is what the search for a song has brought: tracks, and what the
// person's own rule says about it.
type Found struct {
	Tracks   []music.Track `json:"tracks,omitempty"`
	Ruling   *Ruling       `json:"ruling,omitempty"`   // nil when the person has no rule for the song
	Strategy string        `json:"strategy,omitempty"` // that the run was given
	Song     *music.Song   `json:"song,omitempty"`     // that a link has named; nil where none was looked up
}

// UnmarshalJSON also reads the bare list of tracks of songs that were searched
// for before there were rules: they are in histories and go on.
func (f *Found) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, &f.Tracks)
	}
	type plain Found
	return json.Unmarshal(data, (*plain)(f))
}

// Ruling is a rule as it turned out when it was applied.
type Ruling struct {
	Says string `json:"says"` // one of the constants below
	On   string `json:"on"`   // the day on which the rule was made: "3 May"
}

// What a rule says.
const (
	saysTrack = "track" // the song is the only track found
	saysNone  = "none"  // Spotify does not have the song
	saysGone  = "gone"  // the song was a track that Spotify no longer has
)

// recall looks for the person's rule about a song and brings its track: one
// read of the ledger when there is none. It is nil for a song that names its track itself.
func (a *Activities) recall(ctx context.Context, in SearchInput) (*Ruling, []music.Track, error) {
	key := match.Key(in.Song)
	if key == "" || in.Song.TrackID != "" {
		return nil, nil, nil
	}
	rule, found, err := a.Rules.RuleFor(ctx, in.PersonID, key)
	if err != nil || !found {
		return nil, nil, err
	}
	ruling := &Ruling{Says: saysNone, On: day(rule.MadeAt, time.Now())}
	var tracks []music.Track
	if rule.Track != nil {
		track, err := a.Catalogue.Track(ctx, in.PersonID, rule.Track.ID)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			ruling.Says = saysGone
		case err != nil:
			return nil, nil, err
		default:
			ruling.Says, tracks = saysTrack, []music.Track{track}
		}
	}
	err = a.Rules.UseRule(ctx, in.PersonID, rule.ID, ruling.Says == saysGone)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil, nil // dropped just now: it no longer counts
	}
	return ruling, tracks, err
}

// day says a day as people do, with the year when it is another one. Days are UTC's.
func day(t, now time.Time) string {
	t = t.UTC()
	if t.Year() == now.UTC().Year() {
		return t.Format("2 January")
	}
	return t.Format("2 January 2006")
}

// decide settles a song by the rule; false when the rule leaves it to matching.
func (r *Ruling) decide(found []music.Track) (music.Match, bool) {
	if r == nil || r.Says == saysGone {
		return music.Match{}, false
	}
	m := music.Match{Verdict: music.None, Method: methodRule, Reasons: []string{"You said on " + r.On + " that it is not on Spotify."}}
	if r.Says == saysTrack && len(found) > 0 {
		m.Verdict, m.Reasons = music.Auto, []string{"You chose this one on " + r.On + "."}
		m.Choices = []music.Choice{{Track: found[0], Confidence: 1}}
	}
	return m, true
}

// temper keeps a match from replacing, unasked, the track of a rule that is gone.
func (r *Ruling) temper(m music.Match) music.Match {
	if r == nil || r.Says != saysGone {
		return m
	}
	m.Reasons = append([]string{choiceGone}, m.Reasons...)
	switch m.Verdict {
	case music.Auto:
		m.Verdict, m.Method = music.Ask, "none"
	case music.None:
		m.Method = methodRule
	case music.Ask:
	}
	return m
}

const (
	methodRule = "rule"
	choiceGone = "The version you chose earlier is no longer on Spotify."
)

// RememberInput is what a person has decided about a song: this track, or none.
type RememberInput struct {
	PersonID string       `json:"person_id"`
	Song     music.Song   `json:"song"`
	Track    *music.Track `json:"track,omitempty"`
}

// Remember makes the person's decision about a song their rule for it.
func (a *Activities) Remember(ctx context.Context, in RememberInput) error {
	return a.Rules.SaveRule(ctx, in.PersonID, music.Rule{Key: match.Key(in.Song), Song: in.Song, Track: in.Track})
}
