// Package intake reads lists of songs from wherever people keep them: pasted
// lines, titles of videos, tables of transfer services, libraries of iTunes,
// M3U playlists, JSON of the API and links. What a source is, its content
// says, never its name. Nothing is looked up: a link is read to its id, and
// what cannot be decided here is marked for the person to decide.
package intake
