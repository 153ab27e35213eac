package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// bring accepts a list of n songs for a person.
func (db *DB) bring(tb testing.TB, personID string, n int) agent.Run {
	tb.Helper()
	l := agent.NewList{PersonID: personID, Key: newID(), Text: fmt.Sprintf("Import %d songs into Road Trip", n), Playlist: agent.PlaylistRef{ID: "road", Name: "Road Trip"}}
	for i := range n {
		l.Rows = append(l.Rows, agent.Row{Song: music.Song{Title: fmt.Sprint("Song ", i+1)}, State: agent.RowOpen})
	}
	run, fresh, err := db.AcceptList(tb.Context(), l)
	if err != nil || !fresh {
		tb.Fatalf("accept list: fresh %v, %v", fresh, err)
	}
	return run
}

func positions(rows []agent.Row) []int {
	var out []int
	for _, r := range rows {
		out = append(out, r.Position)
	}
	return out
}

func TestAListIsARunWithRows(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	l := agent.NewList{PersonID: ada, Key: "k", Text: "Import 2 songs into New", Playlist: agent.PlaylistRef{Name: "New"}, Rows: []agent.Row{
		{Song: music.Song{Title: "Africa", Artists: []string{"Toto"}}, State: agent.RowOpen},
		{Song: music.Song{Title: "x"}, State: agent.RowFailed, Trouble: &agent.Trouble{What: "No."}},
	}}
	run, fresh, err := db.AcceptList(t.Context(), l)
	noError(t, err)
	again, second, err := db.AcceptList(t.Context(), l)
	noError(t, err)
	if !fresh || second || again.ID != run.ID || !run.List || !again.List {
		t.Errorf("fresh %v, then %v; %+v", fresh, second, again)
	}
	rows, err := db.ListRows(t.Context(), ada, run.ID, agent.RowFilter{})
	noError(t, err)
	if len(rows) != 2 || rows[0].Position != 1 || rows[0].Song.Artists[0] != "Toto" || rows[1].Trouble.What != "No." {
		t.Errorf("rows %+v", rows)
	}
	messages, err := db.Messages(t.Context(), ada, run.ConversationID, "")
	noError(t, err)
	if messages[0].Text != l.Text || messages[0].RunID != run.ID {
		t.Errorf("messages %+v", messages)
	}
	noError(t, db.SetListPlaylist(t.Context(), ada, run.ID, agent.PlaylistRef{ID: "n1", Name: "New"}))
	noError(t, db.PauseList(t.Context(), ada, run.ID, true))
	if to, paused, err := db.List(t.Context(), ada, run.ID); err != nil || to.ID != "n1" || !paused {
		t.Errorf("goes to %+v, paused %v, %v", to, paused, err)
	}
}

func TestARowChangesOnlyFromTheStateItWasReadIn(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	run := db.bring(t, ada, 5)
	found := []agent.Row{{Position: 2, State: agent.RowFound, Match: &music.Match{Verdict: music.Auto}}, {Position: 3, State: agent.RowReview}}
	n, err := db.SaveRows(t.Context(), ada, run.ID, agent.RowOpen, found)
	noError(t, err)
	late, err := db.SaveRows(t.Context(), ada, run.ID, agent.RowOpen, []agent.Row{{Position: 2, State: agent.RowMissing}})
	noError(t, err)
	if n != 2 || late != 0 {
		t.Errorf("changed %d and %d rows, want two and none", n, late)
	}
	noError(t, db.EndRows(t.Context(), ada, run.ID, agent.RowOpen, agent.RowStopped))
	counts, err := db.ListCounts(t.Context(), ada, run.ID)
	noError(t, err)
	if counts.Total() != 5 || counts[agent.RowStopped] != 3 || counts.Left() != 1 {
		t.Errorf("counts %v", counts)
	}
}

func TestRowsAreReadPageByPage(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	run := db.bring(t, ada, 9)
	for name, c := range map[string]struct {
		filter agent.RowFilter
		want   []int
	}{
		"first":    {agent.RowFilter{Limit: 3}, []int{1, 2, 3}},
		"next":     {agent.RowFilter{After: 3, Limit: 3}, []int{4, 5, 6}},
		"one":      {agent.RowFilter{After: 6, Before: 8}, []int{7}},
		"backward": {agent.RowFilter{Before: 9, Backward: true, Limit: 2}, []int{8, 7}},
		"states":   {agent.RowFilter{States: []agent.RowState{agent.RowOpen, agent.RowFound}, After: 7}, []int{8, 9}},
		"none":     {agent.RowFilter{States: []agent.RowState{agent.RowReview}}, nil},
	} {
		rows, err := db.ListRows(t.Context(), ada, run.ID, c.filter)
		if got := positions(rows); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
}

func TestAListBelongsToOnePerson(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	run := db.bring(t, ada, 2)
	_, _, err := db.List(t.Context(), ben, run.ID)
	wantKind(t, err, fault.NotFound)
	wantKind(t, db.PauseList(t.Context(), ben, run.ID, true), fault.NotFound)
	wantKind(t, db.SetListPlaylist(t.Context(), ben, run.ID, agent.PlaylistRef{ID: "b"}), fault.NotFound)
	wantKind(t, db.EndRows(t.Context(), ben, run.ID, agent.RowOpen, agent.RowStopped), fault.NotFound)
	_, err = db.SaveRows(t.Context(), ben, run.ID, agent.RowOpen, []agent.Row{{Position: 1, State: agent.RowFound}})
	wantKind(t, err, fault.NotFound)
	rows, err := db.ListRows(t.Context(), ben, run.ID, agent.RowFilter{})
	counts, err2 := db.ListCounts(t.Context(), ben, run.ID)
	if err != nil || err2 != nil || len(rows) > 0 || counts.Total() > 0 {
		t.Errorf("somebody else sees %v, %v", rows, counts)
	}
	id, err := db.SavePreview(t.Context(), ada, []byte("a - b"), "{}")
	noError(t, err)
	_, _, err = db.Preview(t.Context(), ben, id)
	wantKind(t, err, fault.NotFound)
	wantKind(t, db.SetChoices(t.Context(), ben, id, "x"), fault.NotFound)
}

func TestAnUndoOfAListIsKnownAsOne(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	run := db.bring(t, ada, 1)
	db.end(t, run, "road")
	undo := db.say(t, NewMessage{PersonID: ada, ConversationID: run.ConversationID, Text: "Undo that", UndoOf: run.ID})
	read, err := db.Run(t.Context(), ada, undo.ID)
	plain := db.say(t, NewMessage{PersonID: ada, Text: "my playlists"})
	if err != nil || !undo.List || !read.List || plain.List {
		t.Errorf("undo %v, read %v, another run %v; %v", undo.List, read.List, plain.List, err)
	}
}

func TestAPreviewIsKeptForAnHourAndOneForEachPerson(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	at := time.Now()
	db.setClock(at)
	ada := db.person(t, "ada")
	first, err := db.SavePreview(t.Context(), ada, []byte("first"), "{}")
	noError(t, err)
	second, err := db.SavePreview(t.Context(), ada, []byte("second"), "{}")
	noError(t, err)
	_, _, err = db.Preview(t.Context(), ada, first)
	wantKind(t, err, fault.NotFound)
	noError(t, db.SetChoices(t.Context(), ada, second, "[]"))
	if source, choices, err := db.Preview(t.Context(), ada, second); err != nil || string(source) != "second" || choices != "[]" {
		t.Errorf("%q, %q, %v", source, choices, err)
	}
	db.setClock(at.Add(previewLife))
	_, _, err = db.Preview(t.Context(), ada, second)
	wantKind(t, err, fault.NotFound)
}

func TestAPageOfALongListIsQuick(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	run := db.bring(t, ada, 5000)
	rows, err := db.ListRows(t.Context(), ada, run.ID, agent.RowFilter{})
	noError(t, err)
	for i := range rows {
		rows[i].State, rows[i].Match = agent.RowFound, &music.Match{Verdict: music.Auto, Reasons: []string{strings.Repeat("why ", 500)}}
	}
	_, err = db.SaveRows(t.Context(), ada, run.ID, agent.RowOpen, rows)
	noError(t, err)
	start := time.Now()
	_, err = db.ListCounts(t.Context(), ada, run.ID)
	noError(t, err)
	page, err := db.ListRows(t.Context(), ada, run.ID, agent.RowFilter{States: []agent.RowState{agent.RowFound, agent.RowAdded}, After: 4900, Limit: 51})
	noError(t, err)
	if took := time.Since(start); len(page) != 51 || took > 200*time.Millisecond {
		t.Errorf("%d rows after %s, want 51 within 200 ms", len(page), took)
	}
}
