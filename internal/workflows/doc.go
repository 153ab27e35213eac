// Package workflows is what must survive: the turn of a conversation, the way
// of one song and the writer of a playlist, as Temporal workflows, with the
// activities they are made of and the client the rest of the program uses.
//
// Workflow files (turn*.go, song.go, playlist.go, undo.go …) decide;
// activities_*.go do. A history holds ids, songs asked for and decisions,
// encrypted by Codec; never a message text or a token.
package workflows
