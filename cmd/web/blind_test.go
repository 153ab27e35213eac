package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/agent/llm/stub"
)

// mark stands in every name of the catalogue that canaries writes.
const mark = "CANARY"

// catalogueOf writes a catalogue file of n tracks whose titles, artists and albums
// are what name says, and has the rig use it.
func catalogueOf(t *testing.T, n int, name func(kind string, i int) string) func(*rig) {
	t.Helper()
	var file strings.Builder
	file.WriteString("spotify_id\tisrc\ttitle\tartists\talbum\talbum_id\tduration_ms\texplicit\tpopularity\trelease_date\ttrack_no\n")
	for i := range n {
		fmt.Fprintf(&file, "%s\tXX%010d\t%s\t%s\t%s\t%s\t200000\tfalse\t50\t1999-01-01\t1\n",
			idOf(i), i, name("song", i), name("band", i), name("album", i), "a"+idOf(i)[1:])
	}
	path := filepath.Join(t.TempDir(), "catalogue.tsv")
	must(t, os.WriteFile(path, []byte(file.String()), 0o600))
	return func(r *rig) { r.catalogue = path }
}

// idOf is the id of the i-th track, in the form of Spotify's.
func idOf(i int) string { return fmt.Sprintf("t%021d", i) }

// shelves makes playlists of the person's with 50 tracks each.
func (r *rig) shelves(n int, name func(i int) string) {
	r.t.Helper()
	for i := range n {
		p, err := r.api.Create(r.t.Context(), r.person, name(i), "")
		must(r.t, err)
		var uris []string
		for k := range 50 {
			uris = append(uris, "spotify:track:"+idOf(50*i+k))
		}
		must(r.t, r.emulator.SetRows(p.ID, uris))
	}
}

// held is every row of every playlist of the emulated Spotify.
func (r *rig) held() string { return fmt.Sprintf("%+v", r.emulator.State().Playlists) }

func TestNoNameOfTheCatalogueReachesABlindModel(t *testing.T) {
	t.Parallel()
	script := []stub.Reply{
		calls(agent.ListPlaylists, `{}`),
		{Calls: []stub.Call{{Name: agent.ShowPlaylist, Arguments: `{"playlist":{"id":"P1"}}`}, {Name: agent.ShowPlaylist, Arguments: `{"playlist":{"id":"P2"}}`}}},
		calls(agent.FindSongs, `{"songs":[{"track_id":"S1"},{"title":"song 7","artists":["band 7"]}]}`),
		calls(agent.SyncSongs, `{"songs":[{"track_id":"S1"},{"title":"song 9"}],"playlist":{"id":"P2"}}`),
		calls(agent.RemoveSongs, `{"songs":[{"track_id":"S2"}],"playlist":{"id":"P2"}}`),
		calls(agent.RunStatus, `{}`),
		calls(agent.RememberRule, `{"title":"the good one","track_id":"S3"}`),
		calls(agent.ShowPlaylist, `{"playlist":{"name":"no such list"}}`),
		{Text: "That is all."},
	}
	s := stub.New(stub.Options{Key: "key-of-the-test", Script: func(q stub.Request) stub.Reply { return script[min(q.Rounds(), len(script)-1)] }})
	r := newRig(t, withModel(t, s), catalogueOf(t, 200, func(kind string, i int) string { return fmt.Sprintf("%s%s %s %d", mark, kind, kind, i) }))
	r.shelves(3, func(i int) string { return fmt.Sprintf("%s list %d", mark, i) })
	first := r.say("play around a little")
	p := r.settle(first)
	if p.Say != "That is all." || p.Strategy == "" {
		t.Fatalf("ended %s, %q, %+v", p.State, p.Say, p.Trouble)
	}
	r.settle(r.reply(first, "and again")) // the conversation now has answers and a playlist in it
	if !strings.Contains(fmt.Sprintf("%+v", p), mark) || len(s.Records()) < 2*len(script)-2 {
		t.Fatalf("%d calls, and the person is shown %+v", len(s.Records()), p)
	}
	for i, record := range s.Records() {
		if record.Why != "" {
			t.Errorf("the stub refused a request: %s", record.Why)
		}
		if at := strings.Index(string(record.Body), mark); at >= 0 {
			t.Errorf("call %d: the model was sent %s", i, record.Body[max(0, at-200):at+40])
		}
	}
}

// settle answers whatever is asked with yes, or the first choice, until the run ends.
func (r *rig) settle(run agent.Run) agent.Progress {
	r.t.Helper()
	for {
		p := r.until(run, func(p agent.Progress) bool { return p.State.Final() || len(p.Questions()) > 0 })
		if p.State.Final() {
			return p
		}
		q := p.Questions()[0]
		must(r.t, r.engine.Answer(r.t.Context(), run.ID, agent.Answer{Question: q.ID, Option: q.Options[0].ID}))
	}
}
