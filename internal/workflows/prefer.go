package workflows

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/match"
	"segue/internal/music"
)

// How a language model helps where several recordings fit.
const (
	Suggests = "suggests" // its choice is put first; the person decides
	Settles  = "settles"  // its choice counts when it is sure
)

// MatcherStrategy is the key of the crew that says which recording is meant.
const MatcherStrategy = "matcher"

// preferLimit is for one opinion: without it the person is asked just so.
const preferLimit = 30 * time.Second

// PreferInput asks which recording is meant by a song.
type PreferInput struct {
	PersonID string         `json:"person_id"`
	RunID    string         `json:"run_id"`
	Song     music.Song     `json:"song"`
	Choices  []music.Choice `json:"choices"`
}

// Preference is the model's opinion; without a track it has none.
type Preference struct {
	TrackID string `json:"track_id,omitempty"`
	Sure    bool   `json:"sure,omitempty"`
}

// meantArgs are those of the matcher's tool, see package crew.
type meantArgs struct {
	TrackID string `json:"track_id"`
	Sure    bool   `json:"sure"`
}

// Prefer asks the language model which recording is meant. The candidates are what
// a tool has returned: data, and not the person's words.
// Faults: those of the model; RateLimited when the person's day is spent.
func (a *Activities) Prefer(ctx context.Context, in PreferInput) (Preference, error) {
	crew := a.Crews[MatcherStrategy]
	if a.Model == nil || crew == nil {
		return Preference{}, fault.New(fault.Forbidden, "There is no language model to ask.", nil)
	}
	if err := a.afford(ctx, in.PersonID, time.Now()); err != nil {
		return Preference{}, err
	}
	found := agent.Result{CallID: "1", Code: agent.OK}
	for _, c := range in.Choices {
		found.Items = append(found.Items, agent.Item{Kind: "S", Value: c.Track.ID, Text: recordingOf(c), Score: int(100 * c.Confidence)})
	}
	step, err := crew.Next(ctx, a.Model, agent.Transcript{
		Messages: []agent.Message{{Role: agent.Person, Text: "I mean this song: " + in.Song.String()}},
		Turn: agent.Turn{
			Calls: []agent.Call{{ID: "1", Tool: agent.FindSongs, Args: json.RawMessage(`{}`), Effect: agent.Read}}, Results: []agent.Result{found},
		},
	})
	if err != nil {
		return Preference{}, err
	}
	a.spend(ctx, in.PersonID, in.RunID, step.Usage)
	return preferenceIn(step), nil
}

// recordingOf describes a recording: "Hallelujah by Jeff Buckley, on Grace (1994), 6:53".
func recordingOf(c music.Choice) string {
	t := c.Track
	return fmt.Sprintf("%s by %s, on %s (%s), %s", t.Title, t.ArtistNames(), t.Album.Name, t.Album.Release, t.Duration.Round(time.Second))
}

// preferenceIn returns what the step says; anything but the matcher's tool is no opinion.
func preferenceIn(step agent.Step) Preference {
	for _, call := range step.Calls {
		var meant meantArgs
		if call.Refused == "" && call.Effect == agent.Finish && json.Unmarshal(call.Args, &meant) == nil {
			return Preference(meant)
		}
	}
	return Preference{}
}

// prefer takes the model's opinion of an open match. What is ruled out it may not choose.
func (s *song) prefer(ctx workflow.Context, m music.Match) music.Match {
	in := PreferInput{PersonID: s.in.PersonID, RunID: s.in.RunID, Song: s.in.Song, Choices: m.Choices}
	var said Preference
	ctx = workflow.WithTaskQueue(once(ctx, preferLimit), ModelQueue)
	if err := workflow.ExecuteActivity(ctx, acts.Prefer, in).Get(ctx, &said); err != nil {
		return m // the person is asked just so
	}
	at := slices.IndexFunc(m.Choices, func(c music.Choice) bool { return c.Track.ID == said.TrackID })
	if at < 0 || m.Choices[at].Veto != "" {
		return m
	}
	if said.Sure && s.in.Model == Settles {
		if settled, err := match.Settle(m, match.Model, at); err == nil {
			settled.Reasons = append([]string{"The language model took this for the one you mean."}, settled.Reasons...)
			return settled
		}
	}
	meant := m.Choices[at]
	meant.Reasons = append([]string{"The language model takes this for the one you mean."}, meant.Reasons...)
	m.Choices = slices.Concat([]music.Choice{meant}, m.Choices[:at], m.Choices[at+1:])
	return m
}
