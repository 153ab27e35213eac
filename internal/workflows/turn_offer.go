package workflows

import (
	"segue/internal/agent"
	"segue/internal/music"
)

// manyProposed songs that the model has looked up, and the person has not named, are asked about.
const manyProposed = 3

// offer is a new playlist and the songs that the person was shown for it.
type offer struct {
	playlist string // id, once it is made
	tracks   map[string]bool
}

// covers reports whether the songs are among those that the person has agreed to, for that playlist.
func (o *offer) covers(a agent.SyncSongsArgs) bool {
	if o == nil || o.playlist == "" || a.Playlist.ID != o.playlist {
		return false
	}
	for _, s := range a.Songs {
		if !o.tracks[s.TrackID] {
			return false
		}
	}
	return true
}

// existing returns what the last look for songs has found.
func (t *turn) existing() []*Proposal {
	var found []*Proposal
	for _, p := range t.looked {
		if p != nil && p.Track != nil {
			found = append(found, p)
		}
	}
	return found
}

// ownChoice counts the songs that the model has by a handle of its last look.
func (t *turn) ownChoice(a agent.SyncSongsArgs) int {
	looked := map[string]bool{}
	for _, p := range t.existing() {
		looked[p.Track.ID] = true
	}
	n := 0
	for _, s := range a.Songs {
		if s.TrackID != "" && looked[s.TrackID] {
			n++
		}
	}
	return n
}

// founding is making a new playlist, with the songs that were looked up for it.
func (t *turn) founding(call agent.Call) (deed, error) {
	a, err := argsOf[agent.CreatePlaylistArgs](call)
	d := deed{call: call, text: "Create this playlist?", plan: []string{a.Name}}
	found := t.existing()
	if err != nil || len(found) < manyProposed {
		return d, err
	}
	d.plan = nil
	t.offer = &offer{tracks: map[string]bool{}}
	for _, p := range found {
		if !t.offer.tracks[p.Track.ID] {
			d.plan = append(d.plan, t.nameOf(music.Song{TrackID: p.Track.ID}))
		}
		t.offer.tracks[p.Track.ID] = true
	}
	d.text = "Create " + a.Name + " with " + count(len(t.offer.tracks), "song") + "?"
	d.plan = append(d.plan, t.leftOut()...)
	return d, nil
}

// leftOut says which songs of the last look there are not.
func (t *turn) leftOut() []string {
	var lines []string
	for _, p := range t.looked {
		if p != nil && p.Track == nil {
			lines = append(lines, p.Song.String()+" is left out: Spotify does not have it")
		}
	}
	return lines
}
