package rules

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/music"
)

const (
	trackA = "4u7EnebtmKWzUH433cf5Qv"
	trackB = "3n3Ppam7vgaVa1iaRUc9Lp"
	listA  = "37i9dQZF1DXcBWIGoYBM5M"
)

var (
	daily   = agent.PlaylistRef{ID: "d1", Name: "Daily"}
	evening = agent.PlaylistRef{ID: "e1", Name: "Evening"}
)

// after returns the transcript of a conversation that so far had these messages.
func after(setting string, messages ...string) agent.Transcript {
	t := agent.Transcript{}
	for _, m := range messages {
		t.Messages = append(t.Messages, agent.Message{Role: agent.Person, Text: m}, agent.Message{Role: agent.Assistant, Text: "Done."})
	}
	if len(t.Messages) > 0 {
		t.Messages = t.Messages[:len(t.Messages)-1]
	}
	if strings.Contains(setting, "default") {
		t.Default = daily
	}
	if strings.Contains(setting, "last") {
		t.LastPlaylist = evening
		t.LastRun = "run-7"
	}
	return t
}

// play carries a turn through to its end and tells all its calls in one line.
func play(t *testing.T, tr agent.Transcript) (string, agent.Step) {
	t.Helper()
	var told []string
	for range 50 {
		step, err := New().Next(t.Context(), tr)
		if err != nil {
			t.Fatal(err)
		}
		if step.Done {
			if len(told) == 0 {
				told = append(told, said(step))
			}
			return strings.Join(told, " + "), step
		}
		for _, c := range step.Calls {
			told = append(told, tell(t, c))
			tr.Calls = append(tr.Calls, c)
			r := agent.Result{CallID: c.ID, Code: agent.OK}
			if c.Tool == agent.CreatePlaylist {
				r.Playlist = agent.PlaylistRef{ID: "new"}
			}
			tr.Results = append(tr.Results, r)
		}
	}
	t.Fatal("the turn does not end")
	return "", agent.Step{}
}

// said names an answer in words by its constant.
func said(step agent.Step) string {
	for name, text := range map[string]string{
		"?": sayUnknown, "?vague": sayVague, "?short": sayShortLink, "?link": sayOtherLink, "?play": sayNoPlaying, "?nodelete": sayNoDeleting, "?removename": sayRemoveByName,
		"?name": sayNameless, "?songs": sayNeedSongs, "?undo": sayNoUndo, "?same": sayNoSame, "?nodefault": sayNoDefault, "thanks": sayThanks, "help": sayHelp, "?many": sayTooMany, "?long": sayTooLong,
	} {
		if step.Say == text {
			return name
		}
	}
	return "say " + step.Say
}

func tell(t *testing.T, c agent.Call) string {
	t.Helper()
	var a struct {
		Songs    []music.Song
		Playlist agent.PlaylistRef
		Name     string
		By       string
		Falling  bool `json:"descending"`
		Song     music.Song
		To       int
		RunID    string `json:"run_id"`
	}
	if err := json.Unmarshal(c.Args, &a); err != nil {
		t.Fatal(err)
	}
	where := a.Playlist.Name
	if a.Playlist.ID != "" {
		where = "#" + a.Playlist.ID
	}
	songs := make([]string, len(a.Songs))
	for i, s := range a.Songs {
		songs[i] = spell(s)
	}
	switch c.Tool {
	case agent.SyncSongs:
		return "add " + strings.Join(songs, ", ") + " > " + where
	case agent.RemoveSongs:
		return "remove " + strings.Join(songs, ", ") + " < " + where
	case agent.CreatePlaylist:
		return "create " + a.Name
	case agent.RenamePlaylist:
		return "rename " + where + " = " + a.Name
	case agent.DedupePlaylist:
		return "dedupe " + where
	case agent.ReorderPlaylist:
		if a.By != "" {
			return strings.TrimSpace("sort " + where + " by " + a.By + map[bool]string{true: " down"}[a.Falling])
		}
		return fmt.Sprintf("move %s > %d in %s", spell(a.Song), a.To, where)
	case agent.ShowPlaylist:
		return "show " + where
	case agent.ListPlaylists:
		return "list"
	case agent.SetDefault:
		return "default " + where
	case agent.Undo:
		return "undo " + a.RunID
	}
	return c.Tool
}

// spell writes a song as title|artist;artist{version}[wish](year)@album.
func spell(s music.Song) string {
	out := s.Title + "|" + strings.Join(s.Artists, ";")
	if s.TrackID != "" {
		out = "=" + s.TrackID[:4]
	}
	if s.Version != "" {
		out += "{" + s.Version + "}"
	}
	if s.Explicit != "" {
		out += "[" + string(s.Explicit) + "]"
	}
	if s.Year > 0 {
		out += fmt.Sprintf("(%d)", s.Year)
	}
	if s.Album != "" {
		out += "@" + s.Album
	}
	return out
}

type phrasing struct{ setting, message, want string }

func check(t *testing.T, cases []phrasing) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.message, func(t *testing.T) {
			t.Parallel()
			if got, _ := play(t, after(c.setting, strings.Split(c.message, " >> ")...)); got != c.want {
				t.Errorf("%s\ngot  %s\nwant %s", c.message, got, c.want)
			}
		})
	}
}

func TestEachStepCallsOneToolAndTheNextGoesOn(t *testing.T) {
	t.Parallel()
	tr := after("", "create a playlist called Sad with Creep by Radiohead")
	step, err := New().Next(t.Context(), tr)
	if err != nil || step.Done || len(step.Calls) != 1 || step.Calls[0].ID != "1" || string(step.Calls[0].Args) != `{"name":"Sad"}` {
		t.Fatalf("first step %+v, %v", step, err)
	}
	tr.Calls = step.Calls
	tr.Results = []agent.Result{{CallID: "1", Code: agent.OK, Playlist: agent.PlaylistRef{ID: "p9", Name: "Sad"}}}
	step, err = New().Next(t.Context(), tr)
	want := `{"songs":[{"title":"Creep","artists":["Radiohead"]}],"playlist":{"id":"p9","name":"Sad"}}`
	if err != nil || len(step.Calls) != 1 || step.Calls[0].ID != "2" || string(step.Calls[0].Args) != want {
		t.Fatalf("second step %+v, %v", step, err)
	}
	tr.Calls = append(tr.Calls, step.Calls...)
	tr.Results = append(tr.Results, agent.Result{CallID: "2", Code: "unavailable", Message: "Spotify did not answer."})
	if step, _ = New().Next(t.Context(), tr); !step.Done || step.Say != "" {
		t.Fatalf("last step %+v, want a silent end: the run card tells", step)
	}
}

func TestNothingIsAddedToAPlaylistThatWasNotCreated(t *testing.T) {
	t.Parallel()
	tr := after("default last", "create a playlist called Sad with Creep by Radiohead")
	step, _ := New().Next(t.Context(), tr)
	tr.Calls, tr.Results = step.Calls, []agent.Result{{CallID: "1", Code: "forbidden"}}
	if step, _ = New().Next(t.Context(), tr); !step.Done || len(step.Calls) > 0 {
		t.Errorf("step %+v, want the end", step)
	}
}

func TestFiftySongsAreTheMost(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{50: "add ", 51: "?many"} {
		got, _ := play(t, after("", strings.Repeat("Radiohead - Creep\n", n)+"add these to Gym"))
		if !strings.HasPrefix(got, want) {
			t.Errorf("%d songs: %s, want %s", n, got, want)
		}
	}
}

func TestAMessageBeyondTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	if got, _ := play(t, after("", strings.Repeat("é", agent.MaxMessage+1))); got != "?long" {
		t.Errorf("got %s", got)
	}
}

func TestSuggestionsAreTheNearestThingsThatCanBeDone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ setting, message, want string }{
		{"last", "is Creep by Radiohead in Gym?", "What is in Evening?"},
		{"last", "play Creep by Radiohead", "Add “Creep” by Radiohead to Evening"},
		{"last", "what about Creep by Radiohead?", "Add “Creep” by Radiohead to Evening"},
		{"default", "what is love by haddaway", "Add “what is love” by haddaway to Daily"},
		{"", "Hallelujah", "Add “Hallelujah”"},
		{"", "I need a playlist", "Create a playlist called Rainy Sunday"},
		{"", "which of my lists are there", "Show my playlists"},
		{"last", "oops, not that, go back", "Undo that"},
		{"last", "always this one by default if you know what I mean", "Use Evening by default"},
	} {
		t.Run(c.message, func(t *testing.T) {
			t.Parallel()
			_, step := play(t, after(c.setting, c.message))
			if len(step.Suggestions) != 3 || !strings.Contains(strings.Join(step.Suggestions, "|"), c.want) {
				t.Errorf("suggestions %q, want 3 with %q", step.Suggestions, c.want)
			}
		})
	}
}

func TestATranscriptWithoutMessagesIsNotUnderstood(t *testing.T) {
	t.Parallel()
	step, err := New().Next(t.Context(), agent.Transcript{})
	if err != nil || !step.Done || step.Say != sayUnknown {
		t.Errorf("step %+v, %v", step, err)
	}
}
