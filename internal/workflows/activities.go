package workflows

import (
	"context"
	"log/slog"
	"time"

	"segue/internal/agent"
	"segue/internal/match"
	"segue/internal/music"
)

// catalogue finds tracks; *spotify.Client satisfies it.
type catalogue interface {
	Search(ctx context.Context, personID, query string, offset int) ([]music.Track, error)
	Track(ctx context.Context, personID, id string) (music.Track, error)
}

// library reads and changes playlists; *spotify.Client satisfies it.
type library interface {
	Playlists(ctx context.Context, personID string) ([]music.Playlist, error)
	Playlist(ctx context.Context, personID, id string) (music.Playlist, error)
	Items(ctx context.Context, personID, playlistID string) ([]music.Item, error)
	// Rows returns the URI of every row, asking only for what can have changed.
	Rows(ctx context.Context, personID, playlistID string) ([]string, error)
	Add(ctx context.Context, personID, playlistID string, uris []string, position int) error
	Remove(ctx context.Context, personID, playlistID string, uris []string) error
	Create(ctx context.Context, personID, name, description string) (music.Playlist, error)
	Rename(ctx context.Context, personID, playlistID, name string) error
	Move(ctx context.Context, personID, playlistID string, from, before, length int) error
}

// ledger is what the activities need of the store; *store.DB satisfies it.
type ledger interface {
	Run(ctx context.Context, personID, runID string) (agent.Run, error)
	MarkRunning(ctx context.Context, personID, runID string) error
	Finish(ctx context.Context, personID, runID string, p agent.Progress) error
	Transcript(ctx context.Context, personID, runID string) (agent.Transcript, error)
	// Stop notes how a run is to be stopped; a fault Conflict when it has ended.
	Stop(ctx context.Context, personID, runID string, how agent.Stop) error
	SetUndoOf(ctx context.Context, personID, runID, undoOf string) error
	SetDefaultPlaylist(ctx context.Context, personID string, p agent.PlaylistRef) error
	Repeats(ctx context.Context, personID string) (bool, error)
	// Step returns the step of a run, counted from 0, that was decided on that basis, nil for none.
	Step(ctx context.Context, personID, runID string, number int, basis string) (*agent.Step, error)
	KeepStep(ctx context.Context, personID, runID string, number int, basis string, step agent.Step) error
}

// attempts records writes before they are sent and settles them afterwards; *store.DB satisfies it.
type attempts interface {
	// BeginAttempt stores an open attempt and reports fresh, or returns the state of the one that is there.
	// An attempt that was not applied is opened again and fresh.
	BeginAttempt(ctx context.Context, a agent.Attempt) (state string, fresh bool, err error)
	// BeginAlone is BeginAttempt, refused when another attempt of the person at the same playlist, begun at most so long ago, may have been applied.
	BeginAlone(ctx context.Context, a agent.Attempt, most time.Duration) (fresh bool, err error)
	// BeginAttempts stores the open attempts of one request, all or none, and reports whether it may be sent.
	BeginAttempts(ctx context.Context, all []agent.Attempt) (fresh bool, err error)
	SettleAttempts(ctx context.Context, personID string, keys []string, state string) error
	// AttemptRecords returns what is known of attempts by key; a key without one is absent.
	AttemptRecords(ctx context.Context, personID string, keys []string) (map[string]agent.AttemptRecord, error)
	// Traces returns what a run has tried to put in and take out, oldest first.
	Traces(ctx context.Context, personID, runID string) ([]agent.AttemptRecord, error)
	// Lately returns the attempts at a playlist that are at most so old, of all who write to it, oldest first.
	Lately(ctx context.Context, playlistID string, most time.Duration) ([]agent.AttemptRecord, error)
}

// Activities do what workflows decide. The fields are shared by all activities of the worker.
type Activities struct {
	Catalogue  catalogue
	Library    library
	Ledger     ledger
	Attempts   attempts
	Rules      rules
	Lists      lists
	Letters    letters
	Terms      terms
	Desk       desk
	Repeats    repeats
	Documents  documents // lists of schedules, by their addresses
	Engine     runs
	Planner    agent.Planner          // without a language model
	Model      agent.Planner          // the language model; nil = none
	Crews      map[string]*agent.Crew // that the model plays, by strategy
	Allowance  agent.Spending         // what the model may cost a person in a day
	Apple      links                  // names the songs of its links
	Guests     guests                 // tools of other servers; nil = none
	Drafts     *Drafts                // of the answers of the model; nil = nobody reads along
	Strategies match.Mix              // which runs search and match by which strategy
	Logger     *slog.Logger
}
