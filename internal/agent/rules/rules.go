// Package rules is the planner without a language model: a grammar over what
// people write when they want songs in playlists. What it does not understand it
// answers with three things it can do, and never with a guess that changes something.
//
// Where words allow two readings it decides so: "A - B" is artist and title, as in
// most lists, unless A stands in quotation marks or B is a version; "A, B" is title
// and artist; "A and B" without artists is one title, "A, B and C" are three; a name
// with "&" or "and" is one artist; a song without a playlist goes to the default
// one, and to the one spoken of last if it goes on from there ("and …", "… too").
//
// "A by B, C" and "A by B and C" may name two artists or two songs, and nothing in
// the words tells which. C is read as an artist: A by B is right in both readings
// and is found either way, while an artist searched for as a title could add a song
// nobody asked for. The answer says so, and offers C as a song, one press away. In a
// list with several "by", after ", and" and in quotation marks C is a song of its
// own; in a list with one song a line it is an artist. The other choices above that
// could lose a song are told in the same way; see doubt.go.
//
// What is said about a version is taken off titles and artists wherever it stands,
// and only if all of the words say such a thing; see version.go.
package rules

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"segue/internal/agent"
	"segue/internal/music"
)

// Planner implements agent.Planner. It holds no state: the same transcript
// always gives the same step.
type Planner struct{}

// New returns the planner.
func New() *Planner { return &Planner{} }

// maxSongs is what one call of sync_songs or remove_songs may carry.
const maxSongs = 50

// Next returns the next step of the turn that the last message started. The
// message is read anew each time; the calls made so far say how far it got.
func (p *Planner) Next(_ context.Context, t agent.Transcript) (agent.Step, error) {
	message, before := lastMessage(t)
	r := reader{known: knownNames(t)}
	commands := r.read(message)
	if len(commands) == 1 {
		if step, ok := answer(commands[0], message, t); ok {
			return step, nil
		}
	}
	if step, ok, err := whole(commands, message, t); ok || err != nil {
		return step, err
	}
	for i := range commands {
		if why := complete(&commands[i], r, before, t); why != "" {
			return refusal(command{why: why}, message, t), nil
		}
	}
	return call(commands, t)
}

// lastMessage returns the person's newest message and what they said before it, newest first.
func lastMessage(t agent.Transcript) (string, []string) {
	var said []string
	for _, m := range slices.Backward(t.Messages) {
		if m.Role == agent.Person {
			said = append(said, m.Text)
		}
	}
	if len(said) == 0 {
		return "", nil
	}
	return said[0], said[1:]
}

func knownNames(t agent.Transcript) []string {
	var names []string
	for _, ref := range []agent.PlaylistRef{t.LastPlaylist, t.Default} {
		if ref.Name != "" {
			names = append(names, ref.Name)
		}
	}
	return names
}

// answer returns the step for what needs no tool.
func answer(c command, message string, t agent.Transcript) (agent.Step, bool) {
	switch c.intent {
	case unknown:
		return refusal(c, message, t), true
	case help:
		return agent.Step{Say: sayHelp, Suggestions: suggest("", command{}, t), Done: true}, true
	case thanks:
		return agent.Step{Say: sayThanks, Done: true}, true
	case askDefault:
		say := sayNoDefault
		if t.Default.Name != "" {
			say = "Your default playlist is " + t.Default.Name + "."
		}
		return agent.Step{Say: say, Suggestions: suggest("default", command{}, t), Done: true}, true
	case undo:
		if t.LastRun == "" {
			return agent.Step{Say: sayNoUndo, Done: true}, true
		}
	default:
	}
	return agent.Step{}, false
}

// refusal changes nothing, says why and offers what can be done.
func refusal(c command, message string, t agent.Transcript) agent.Step {
	if c.why == "" {
		c.why = sayUnknown
	}
	return agent.Step{Say: c.why, Suggestions: suggest(message, c, t), Done: true}
}

// complete fills in what a command takes from the messages before, and returns
// what is missing in words, "" when it can be carried out.
func complete(c *command, r reader, before []string, t agent.Transcript) string {
	if c.same && len(c.songs) == 0 {
		c.songs = spokenOf(r, before)
		if len(c.songs) == 0 {
			return sayNoSame
		}
	}
	switch {
	case c.intent == undo && t.LastRun == "":
		return sayNoUndo
	case len(c.songs) > maxSongs:
		return sayTooMany
	case (c.intent == add || c.intent == remove) && len(c.songs) == 0:
		return sayUnknown
	case c.intent == help || c.intent == thanks || c.intent == askDefault || c.intent == unknown:
		return sayUnknown
	}
	return ""
}

// spokenOf returns the songs of the newest message before that named any.
func spokenOf(r reader, before []string) []found {
	for _, message := range before[:min(len(before), 5)] {
		for _, c := range r.read(message) {
			if c.intent == add && len(c.songs) > 0 {
				return c.songs
			}
		}
	}
	return nil
}

// call returns the call of the first command that has none yet; after the last
// one the turn is done. The run card shows what came of them.
func call(commands []command, t agent.Transcript) (agent.Step, error) {
	n := len(t.Calls)
	if n >= len(commands) {
		return closing(commands, t), nil
	}
	tool, args := arguments(commands, n, t)
	if tool == "" { // it needs a playlist that was not created
		return agent.Step{Done: true}, nil
	}
	raw, err := json.Marshal(args)
	if err != nil {
		return agent.Step{}, fmt.Errorf("encode arguments of %s: %w", tool, err)
	}
	return agent.Step{Calls: []agent.Call{{ID: strconv.Itoa(n + 1), Tool: tool, Args: raw}}}, nil
}

// whole returns the step for a message that is a list of more songs than one call
// may carry: a line that says where to, and the songs below it.
func whole(commands []command, message string, t agent.Transcript) (agent.Step, bool, error) {
	if len(commands) != 1 || commands[0].intent != add || len(commands[0].songs) <= maxSongs {
		return agent.Step{}, false, nil
	}
	header, ok := heading(message, len(commands[0].songs))
	where, there := resolve(commands, 0, t)
	if !ok || !there {
		return agent.Step{}, false, nil
	}
	if len(t.Calls) > 0 {
		return agent.Step{Done: true}, true, nil
	}
	raw, err := json.Marshal(agent.SyncListArgs{Playlist: where, Header: header})
	return agent.Step{Calls: []agent.Call{{ID: "1", Tool: agent.SyncList, Args: raw}}}, true, err
}

// heading returns how many lines of the message stand above its n songs, if those
// are all the other lines.
func heading(message string, n int) (lines int, ok bool) {
	written := 0
	for i, line := range strings.Split(strings.TrimRight(message, "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if written++; written == 1 {
			lines = i + 1
		}
	}
	first := strings.Split(message, "\n")[max(lines-1, 0)]
	return lines, written == n+1 && !strings.Contains(first, " - ") && !strings.Contains(first, " by ")
}

// arguments returns the tool of the n-th command and what it is given.
func arguments(commands []command, n int, t agent.Transcript) (string, any) {
	c := commands[n]
	where, ok := resolve(commands, n, t)
	if !ok {
		return "", nil
	}
	switch c.intent {
	case add:
		return agent.SyncSongs, agent.SyncSongsArgs{Songs: songsIn(c), Playlist: where}
	case remove:
		return agent.RemoveSongs, agent.RemoveSongsArgs{Songs: songsIn(c), Playlist: where}
	case create:
		return agent.CreatePlaylist, agent.CreatePlaylistArgs{Name: c.name}
	case rename:
		return agent.RenamePlaylist, agent.RenameArgs{Playlist: where, Name: c.name}
	case dedupe:
		return agent.DedupePlaylist, agent.DedupeArgs{Playlist: where}
	case reorder:
		args := agent.ReorderArgs{Playlist: where, By: c.by, Descending: c.falling, To: c.to}
		if len(c.songs) > 0 {
			args.Song = &c.songs[0].song
		}
		return agent.ReorderPlaylist, args
	case show:
		return agent.ShowPlaylist, agent.ShowPlaylistArgs{Playlist: where}
	case list:
		return agent.ListPlaylists, struct{}{}
	case setDefault:
		return agent.SetDefault, agent.SetDefaultArgs{Playlist: where}
	case undo:
		return agent.Undo, agent.UndoArgs{RunID: t.LastRun}
	default:
		return "", nil
	}
}

func songsIn(c command) []music.Song {
	songs := make([]music.Song, len(c.songs))
	for i, f := range c.songs {
		songs[i] = f.song
	}
	return songs
}

// resolve returns the playlist of the n-th command; false when it was to be
// created before and was not. Without a name an addition goes to the default, or
// on from the message before; everything else is about the playlist spoken of last.
func resolve(commands []command, n int, t agent.Transcript) (agent.PlaylistRef, bool) {
	none := agent.PlaylistRef{}
	first := func(refs ...agent.PlaylistRef) agent.PlaylistRef {
		for _, ref := range refs {
			if ref != none {
				return ref
			}
		}
		return none
	}
	c := commands[n]
	switch {
	case c.where.how == named:
		return c.where.ref, true
	case c.where.how == standard:
		return t.Default, true
	case c.where.how == made:
		return createdBefore(commands, n, t.Results)
	case c.intent == setDefault:
		return first(t.LastPlaylist), true
	case c.where.how == unsaid && c.intent == add && !c.followUp:
		return first(t.Default, t.LastPlaylist), true
	default:
		return first(t.LastPlaylist, t.Default), true
	}
}

// createdBefore returns the playlist that the nearest command before n created.
func createdBefore(commands []command, n int, results []agent.Result) (agent.PlaylistRef, bool) {
	for i := n - 1; i >= 0; i-- {
		if commands[i].intent != create {
			continue
		}
		if i >= len(results) || results[i].Code != agent.OK {
			return agent.PlaylistRef{}, false
		}
		ref := results[i].Playlist
		if ref.ID == "" && ref.Name == "" {
			ref.Name = commands[i].name
		}
		return ref, true
	}
	return agent.PlaylistRef{}, false
}
