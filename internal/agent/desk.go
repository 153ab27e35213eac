package agent

import (
	"errors"

	"segue/internal/music"
)

// The tools for requests as such, for what is remembered, and for asking back.
const (
	RunStatus    = "run_status"    // RunStatusArgs: how requests stand
	CancelRun    = "cancel_run"    // RunArgs: stop one; what it has added stays
	RetryRun     = "retry_run"     // RunArgs: do again what has failed of one
	RememberRule = "remember_rule" // RememberRuleArgs: which recording is meant by a song from now on
	AskPerson    = "ask_person"    // AskPersonArgs: a choice between a few answers
	SyncList     = "sync_list"     // SyncListArgs: bring the list that stands in the message
)

// RunStatusArgs are the arguments of RunStatus; without a run, the newest are meant.
type RunStatusArgs struct {
	RunID string `json:"run_id,omitempty" handle:"R" jsonschema:"handle of the request, such as R1; leave it out for the newest ones"`
}

// RunArgs are the arguments of CancelRun and RetryRun.
type RunArgs struct {
	RunID string `json:"run_id" handle:"R" jsonschema:"handle of the request, such as R1"`
}

// RememberRuleArgs are the arguments of RememberRule. Without a track Spotify does not have the song.
type RememberRuleArgs struct {
	Title   string   `json:"title" jsonschema:"the song in the words that the person uses for it"`
	Artists []string `json:"artists,omitempty" jsonschema:"who performs it, as the person names them"`
	Version string   `json:"version,omitempty" jsonschema:"which version, as the person names it"`
	TrackID string   `json:"track_id,omitempty" handle:"S" jsonschema:"handle of the recording that is meant, such as S1; leave it out when Spotify does not have it"`
}

// Song is the song in the person's words.
func (a RememberRuleArgs) Song() music.Song {
	return music.Song{Title: a.Title, Artists: a.Artists, Version: a.Version}
}

// Validate wants a title.
func (a RememberRuleArgs) Validate() error {
	if a.Title == "" {
		return errors.New("the song needs a title")
	}
	return nil
}

// AskPersonArgs are the arguments of AskPerson.
type AskPersonArgs struct {
	Question string   `json:"question" jsonschema:"one short question, at most 200 characters"`
	Answers  []string `json:"answers" jsonschema:"2 to 5 answers to choose from, at most 100 characters each"`
}

// Validate checks what the schema cannot say.
func (a AskPersonArgs) Validate() error {
	if a.Question == "" || len([]rune(a.Question)) > 200 {
		return errors.New("the question must have 1 to 200 characters")
	}
	if len(a.Answers) < 2 || len(a.Answers) > 5 {
		return errors.New("give 2 to 5 answers")
	}
	for _, answer := range a.Answers {
		if answer == "" || len([]rune(answer)) > 100 {
			return errors.New("an answer must have 1 to 100 characters")
		}
	}
	return nil
}

// SyncListArgs are the arguments of SyncList. The list is the message itself,
// without its first lines that are no songs.
type SyncListArgs struct {
	Playlist PlaylistRef `json:"playlist" jsonschema:"which playlist; {} is the person's default one"`
	Header   int         `json:"header,omitempty" jsonschema:"how many lines at the beginning of the message are not part of the list"`
}

// Validate wants a number of lines.
func (a SyncListArgs) Validate() error {
	if a.Header < 0 {
		return errors.New("header counts lines")
	}
	return nil
}

// Line is one request in a list of them.
type Line struct {
	RunID string `json:"run_id"`
	Title string `json:"title"` // what it did or does
	State State  `json:"state"`
	Tally string `json:"tally,omitempty"` // counts by result, as in "added 3, review 1"
}
