// Package rehearsal is the dry run behind "web match": it reads songs from a
// table, looks each one up in the emulated Spotify's search, lets a strategy
// decide and writes the table again with what would have happened. Nothing is
// sent anywhere and nothing is added to a playlist.
package rehearsal
