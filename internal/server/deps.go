package server

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/guard"
	"segue/internal/music"
	"segue/internal/schedule"
	"segue/internal/share"
)

// NewMessage is a message to accept. Its fields are those of the store's type of
// the same name, so that one converts to the other; the store itself is not ours to import.
type NewMessage struct {
	PersonID       string
	ConversationID string // "" starts a new conversation
	Text           string
	Key            string               // idempotency key of the form, unique per person
	UndoOf         string               // the run to undo, "" for an ordinary message
	Wish           *agent.SyncSongsArgs // what Text says, as data; nil for a message to be read
	Call           *agent.Call          // the same, of a program that calls a tool
	Branch         string               // id of a person's message whose newest branch this goes on with; "" for the newest of all
	Instead        string               // id of the person's message in whose place this stands, on a branch of its own; "" for none
}

// NewSync is what a program asks for; like NewMessage it converts to the store's type.
type NewSync struct {
	PersonID string
	TokenID  string
	Text     string // the wish in words, for the conversation
	Wish     agent.SyncSongsArgs
	List     bool        // Wish is a whole list: each of its songs is a row
	Call     *agent.Call // instead of Wish, when a program calls a tool
	Key      string      // idempotency key, unique per token; "" for none
	Request  []byte      // SHA-256 of the body, which a key stands for
}

// ledger is the store. Whatever is not the person's is a fault NotFound.
type ledger interface {
	accepter
	syncs
	tokens
	shares
	shared
	runs
	lists
	schedules
	conversations
	rules
	trusts
	people
	letters
	undertaker
	bulks
	audit
}

type accepter interface {
	// Accept writes message and run in one transaction; the same key again gives
	// the same run and fresh=false.
	Accept(ctx context.Context, m NewMessage) (run agent.Run, fresh bool, err error)
}

type syncs interface {
	// AcceptSync writes a wish and its run in one transaction. The same request
	// again gives the same run and fresh=false; a known key with another body is a fault Conflict.
	AcceptSync(ctx context.Context, s NewSync) (run agent.Run, fresh bool, err error)
}

// tokens are the personal tokens of a person.
type tokens interface {
	PersonalTokens(ctx context.Context, personID string) ([]auth.PersonalToken, error)
	AddPersonalToken(ctx context.Context, t auth.PersonalToken) error
	RevokePersonalToken(ctx context.Context, personID, id string) error
}

// shares are the links for the public that a person has made.
type shares interface {
	AddShare(ctx context.Context, l share.Link) error
	Shares(ctx context.Context, personID string) ([]share.Listed, error)
	RevokeShare(ctx context.Context, personID, id string) error
}

// shared is what is behind such a link.
type shared interface {
	// Share finds a link by the hash of its token, also when it is over.
	Share(ctx context.Context, hash []byte) (share.Link, error)
	CountView(ctx context.Context, id string) error
}

// bearers are programs with a personal token.
type bearers interface {
	// Bearer returns whose token the text is; a fault Unauthorised when it is nobody's.
	Bearer(ctx context.Context, text string) (auth.Person, auth.PersonalToken, error)
	// Used notes that a token was used and what its program was told was wrong.
	Used(ctx context.Context, t auth.PersonalToken, problem string) error
}

type runs interface {
	Run(ctx context.Context, personID, runID string) (agent.Run, error)
	// Runs returns those of the branch that Messages returns.
	Runs(ctx context.Context, personID, conversationID, on string) ([]agent.Run, error)
	// Stop notes how a run is to be stopped; a fault Conflict when it has ended.
	Stop(ctx context.Context, personID, runID string, how agent.Stop) error
	// Remark keeps what the person says about an answer to a question of their run; the first one counts.
	Remark(ctx context.Context, personID, runID, question, text string) error
	// RetryRun accepts runs for what has failed of a run that has ended; a fault Conflict when nothing is to be tried again.
	RetryRun(ctx context.Context, personID, runID string) ([]agent.Run, error)
	// Open returns the person's runs that have not ended.
	Open(ctx context.Context, personID string, limit int) ([]agent.Run, error)
	// History returns runs behind the one named after, the newest first.
	History(ctx context.Context, personID string, f agent.HistoryFilter, after string, limit int) ([]agent.Past, error)
	// UsedPlaylists returns the playlists of the person's newest runs.
	UsedPlaylists(ctx context.Context, personID string, runs int) ([]agent.PlaylistRef, error)
}

// lists are whole lists: their sources until they are started, their rows afterwards.
type lists interface {
	// SavePreview keeps a source for an hour; choices say how it is to be read.
	SavePreview(ctx context.Context, personID string, source []byte, choices string) (id string, err error)
	Preview(ctx context.Context, personID, id string) (source []byte, choices string, err error)
	SetChoices(ctx context.Context, personID, id, choices string) error
	// AcceptList is Accept for a list.
	AcceptList(ctx context.Context, l agent.NewList) (run agent.Run, fresh bool, err error)
	PauseList(ctx context.Context, personID, runID string, paused bool) error
	List(ctx context.Context, personID, runID string) (to agent.PlaylistRef, paused bool, err error)
	ListCounts(ctx context.Context, personID, runID string) (agent.Counts, error)
	ListRows(ctx context.Context, personID, runID string, f agent.RowFilter) ([]agent.Row, error)
	// SaveRows changes rows that are in the state from, and returns how many those were.
	SaveRows(ctx context.Context, personID, runID string, from agent.RowState, rows []agent.Row) (changed int, err error)
}

// schedules are work that repeats itself. What becomes of it comes newest first.
type schedules interface {
	AddSchedule(ctx context.Context, s schedule.Schedule) error
	Schedules(ctx context.Context, personID string) ([]schedule.Schedule, error)
	Schedule(ctx context.Context, personID, id string) (schedule.Schedule, error)
	Results(ctx context.Context, personID, id string, limit int) ([]schedule.Result, error)
	PauseSchedule(ctx context.Context, personID, id string, paused bool) error
	DeleteSchedule(ctx context.Context, personID, id string) error
}

// documents are lists at addresses; Check refuses an address that is not read from, with a fault Invalid.
type documents interface {
	Check(address string) error
	Hosts() []string
}

type conversations interface {
	Conversations(ctx context.Context, personID string, limit int) ([]agent.Conversation, error)
	Conversation(ctx context.Context, personID, id string) (agent.Conversation, error)
	// SearchConversations finds text in titles and messages, what was spoken in last first.
	SearchConversations(ctx context.Context, personID, text string, limit int) ([]agent.Hit, error)
	// Messages returns the newest branch that the person's message named by on is of; "" is the newest of all.
	Messages(ctx context.Context, personID, conversationID, on string) ([]agent.Message, error)
	Rename(ctx context.Context, personID, id, title string) error
	DeleteConversation(ctx context.Context, personID, id string) error
}

// rules are what the person has decided about songs for good.
type rules interface {
	// Remember makes a rule: the song, as the person wrote it, is the track, or nil for none.
	Remember(ctx context.Context, personID string, song music.Song, track *music.Track) error
	Rules(ctx context.Context, personID, text string, offset, limit int) (found []music.Rule, total int, err error)
	DropRule(ctx context.Context, personID, id string) error
	DroppedRule(ctx context.Context, personID, id string) (music.Rule, error)
	RestoreRule(ctx context.Context, personID, id string) error
}

// trusts are what tools may do to playlists without asking the person.
type trusts interface {
	Trusts(ctx context.Context, personID string) ([]agent.Trust, error)
	Distrust(ctx context.Context, personID, tool, playlistID string) error
}

type people interface {
	// Spent returns what the language model has cost the person today (UTC).
	Spent(ctx context.Context, personID string) (agent.Spending, error)
	DeletePerson(ctx context.Context, personID string) error
	// Repeats reports whether songs are added again that are in the playlist already.
	Repeats(ctx context.Context, personID string) (bool, error)
	SetRepeats(ctx context.Context, personID string, repeats bool) error
	// KeepDays is for how many days ended runs are kept; 0 is for ever.
	KeepDays(ctx context.Context, personID string) (int, error)
	SetKeepDays(ctx context.Context, personID string, days int) error
}

// letters are dead letters of everybody's, for operators. One that is gone is a fault NotFound.
type letters interface {
	Letter(ctx context.Context, id string) (deadletter.Letter, error)
	Letters(ctx context.Context, f deadletter.Filter, after deadletter.Cursor, limit int) ([]deadletter.Letter, error)
	LetterGroups(ctx context.Context, f deadletter.Filter, limit int) (groups []deadletter.Group, total int, err error)
	NewLetters(ctx context.Context, f deadletter.Filter, since deadletter.Cursor) (int, error)
}

// undertaker changes letters of the version that the operator by has seen, and
// records it in the audit; a fault Conflict when somebody was first.
type undertaker interface {
	RetryLetter(ctx context.Context, id string, version int64, by string) (agent.Run, error)
	RetryLetterAs(ctx context.Context, id string, version int64, by string, how deadletter.Retry) (agent.Run, error)
	DiscardLetter(ctx context.Context, id string, version int64, by, reason string) error
	RestoreLetter(ctx context.Context, id string, version int64, by string) error
}

// bulks are acts on all letters that a filter lets through. Starting one over nothing is a fault Invalid.
type bulks interface {
	CountLetters(ctx context.Context, f deadletter.Filter, asOf time.Time) (int, error)
	StartBulk(ctx context.Context, b deadletter.Bulk, key string) (deadletter.Bulk, error)
	// TryBulk says what StartBulk would lead to, and changes nothing.
	TryBulk(ctx context.Context, b deadletter.Bulk) ([]deadletter.Outcome, error)
	CancelBulk(ctx context.Context, id, by string) error
	Bulk(ctx context.Context, id string) (deadletter.Bulk, error)
	OpenBulks(ctx context.Context) ([]deadletter.Bulk, error)
}

// audit is what was done, for good.
type audit interface {
	Record(ctx context.Context, e deadletter.Entry) error
	Audit(ctx context.Context, t deadletter.Trail, before int64, limit int) ([]deadletter.Entry, error)
}

// circuits are the breakers before the services that this process calls.
type circuits interface {
	States(ctx context.Context) []guard.State
	Reset(name string) error
}

// engine runs what was accepted. A run it does not know is a fault NotFound.
type engine interface {
	StartTurn(ctx context.Context, run agent.Run) error
	StartBulk(ctx context.Context, b deadletter.Bulk) error
	TriggerSchedule(ctx context.Context, s schedule.Schedule) error
	Answer(ctx context.Context, runID string, a agent.Answer) error
	Cancel(ctx context.Context, runID string, undo bool) error
	Wake(ctx context.Context, runID string) error
	watcher
}

// watcher is the part of the engine that a stream needs.
type watcher interface {
	Progress(ctx context.Context, runID string) (agent.Progress, error)
	// Watch follows one run for one reader.
	Watch(runID string) Watch
}

// Watch follows one run: Progress says how it is, Wait returns when that may
// have changed since, with io.EOF when nobody should wait for that. An unknown run is a
// fault NotFound, and rings once it is known.
type Watch interface {
	Progress(ctx context.Context) (agent.Progress, error)
	Wait(ctx context.Context) error
	Close()
}

// tracks is Spotify's catalogue. A track that is not in it is a fault NotFound.
type tracks interface {
	Track(ctx context.Context, personID, id string) (music.Track, error)
	// Search returns what Spotify finds, the best first; offset is how many to leave out.
	Search(ctx context.Context, personID, query string, offset int) ([]music.Track, error)
}

// playlists are those that Spotify shows to a person. One that is not there is a fault NotFound.
type playlists interface {
	Playlists(ctx context.Context, personID string) ([]music.Playlist, error)
	Playlist(ctx context.Context, personID, id string) (music.Playlist, error)
}

// logins is the way through Spotify's consent page.
type logins interface {
	Begin(ctx context.Context, returnTo string) (authorizeURL, cookie string, err error)
	Finish(ctx context.Context, cookie string, query url.Values) (p auth.Person, returnTo string, err error)
}

// sessions are logged-in browsers. Without a living session Person is a fault Unauthorised.
type sessions interface {
	Start(w http.ResponseWriter, r *http.Request, personID string) error
	Person(r *http.Request) (auth.Person, error)
	// Fresh reports whether the login is no older than that.
	Fresh(r *http.Request, within time.Duration) (bool, error)
	End(w http.ResponseWriter, r *http.Request) error
	EndAll(w http.ResponseWriter, r *http.Request, personID string) error
}
