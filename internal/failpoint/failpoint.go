// Package failpoint names the moments at which a test may have the process die,
// to prove what survives. A program built with the tag failpoints obeys Env; in
// every other build Hit is an empty function, of which the compiler leaves nothing.
package failpoint

// Env is the name in the environment that arms one point: name, or name=n. The
// process kills itself (SIGKILL) when it comes to the point for the n-th time, and
// says so on standard error just before.
const Env = "SEGUE_FAILPOINT"

// Point is a moment. CP0 to CP16 are the numbers of the crash points in
// docs/reliability.md.
type Point string

// Starting for the first time, or after an upgrade.
const (
	EngineSchema Point = "engine-schema" // CP0: Temporal's new file has its schema and no namespace, under its temporary name
	Migration    Point = "migration"     // CP16: a migration of app.db has run and is not committed
)

// Taking a message.
const (
	MessageAccepted Point = "message-accepted" // CP1: message and run are committed, the workflow is not started
	RunStarted      Point = "run-started"      // CP2: the workflow is started, the browser has no answer
	TurnBegun       Point = "turn-begun"       // CP3: the first workflow task of a turn, before its first command
)

// Adding songs.
const (
	PlaylistRead   Point = "playlist-read"   // CP4: the writer has read the playlist, which is not on record
	PostDue        Point = "post-due"        // CP5: the attempt is on disk, the request to Spotify is not sent
	PostWritten    Point = "post-written"    // CP6: the request is sent, there is no answer
	AnswerRead     Point = "answer-read"     // CP7: the answer is read, the attempt is not settled
	AnswerSettled  Point = "answer-settled"  // CP7: the attempt is settled, the activity has not reported it
	AnswerReported Point = "answer-reported" // CP8: the writer hears of the outcome and has decided nothing yet
	QuietOver      Point = "quiet-over"      // CP9: a quiet timer has fired, the read that follows is not made
	ProofRead      Point = "proof-read"      // CP10: one of the reads that prove a lost answer is made and not on record
	WriterRenewed  Point = "writer-renewed"  // CP15: the writer continues as new, which is not on record
)

// Beside and after.
const (
	TokenRefreshed Point = "token-refreshed" // CP11: Spotify has answered with tokens, which are not stored
	StepPlanned    Point = "step-planned"    // CP14: the language model has answered, the step is not on record
	OutcomeKnown   Point = "outcome-known"   // CP12: the run has ended, the ledger does not know
	OutcomeKept    Point = "outcome-kept"    // CP13: the ledger knows, the engine does not know that it does
	EndUntold      Point = "end-untold"      // CP13: a stream is about to tell the end
)
