package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// ids are the ids of runs, in order.
func ids(runs []agent.Past) []string {
	all := make([]string, len(runs))
	for i, r := range runs {
		all[i] = r.ID
	}
	return all
}

// ended finishes a run with a playlist.
func (db *DB) ended(tb testing.TB, run agent.Run, state agent.State, list agent.PlaylistRef) {
	tb.Helper()
	p := agent.Progress{RunID: run.ID, State: state, EndedAt: db.now()}
	if list.ID != "" {
		p.Playlist = &music.Playlist{ID: list.ID, Name: list.Name}
	}
	noError(tb, db.Finish(tb.Context(), run.PersonID, run.ID, p))
}

func TestHistoryIsFilteredByStateKindPlaylistAndText(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	road := agent.PlaylistRef{ID: "p1", Name: "Road Trip"}
	added := db.say(t, NewMessage{PersonID: ada, Text: "add Creep to Road Trip"})
	db.ended(t, added, agent.Done, road)
	failed := db.say(t, NewMessage{PersonID: ada, Text: "add 100% Pure Love to Gym"})
	db.ended(t, failed, agent.Failed, agent.PlaylistRef{})
	program := db.say(t, NewMessage{PersonID: ada, Text: "add Humble", Wish: &agent.SyncSongsArgs{}})
	undo := db.say(t, NewMessage{PersonID: ada, ConversationID: added.ConversationID, Text: "Undo that", UndoOf: added.ID})
	retried := db.say(t, NewMessage{PersonID: ada, Text: "again, Édith"})
	noError(t, db.write(t.Context(), "retry", func(tx *sql.Tx) error {
		_, err := exec(t.Context(), tx, `UPDATE runs SET retry_of = 'l' WHERE id = $1`, retried.ID)
		return err
	}))
	list, _, err := db.AcceptList(t.Context(), agent.NewList{PersonID: ada, Key: "list", Text: "Import 0 songs", Playlist: road})
	noError(t, err)
	long := db.say(t, NewMessage{PersonID: ada, Text: strings.Repeat("Queen - Bohemian Rhapsody\n", 40) + "Zzyzx Road"})
	db.ended(t, long, agent.Cancelled, agent.PlaylistRef{})
	db.say(t, NewMessage{PersonID: ben, Text: "add Creep to Road Trip"})

	for name, c := range map[string]struct {
		filter agent.HistoryFilter
		want   []agent.Run
	}{
		"all":           {agent.HistoryFilter{}, []agent.Run{long, list, retried, undo, program, failed, added}},
		"going on":      {agent.HistoryFilter{State: agent.Running}, []agent.Run{list, retried, undo, program}},
		"done":          {agent.HistoryFilter{State: agent.Done}, []agent.Run{added}},
		"failed":        {agent.HistoryFilter{State: agent.Failed}, []agent.Run{failed}},
		"messages":      {agent.HistoryFilter{Kind: agent.ByMessage}, []agent.Run{long, failed, added}},
		"lists":         {agent.HistoryFilter{Kind: agent.ByList}, []agent.Run{list}},
		"undos":         {agent.HistoryFilter{Kind: agent.ByUndo}, []agent.Run{undo}},
		"retries":       {agent.HistoryFilter{Kind: agent.ByRetry}, []agent.Run{retried}},
		"programs":      {agent.HistoryFilter{Kind: agent.ByProgram}, []agent.Run{program}},
		"playlist":      {agent.HistoryFilter{Playlist: "p1"}, []agent.Run{added}},
		"text":          {agent.HistoryFilter{Text: "CREEP"}, []agent.Run{added}},
		"an accent":     {agent.HistoryFilter{Text: "éDITH"}, []agent.Run{retried}},
		"a long text":   {agent.HistoryFilter{Text: "zzyzx"}, []agent.Run{long}},
		"playlist name": {agent.HistoryFilter{Text: "road t"}, []agent.Run{added}},
		"a wildcard":    {agent.HistoryFilter{Text: "100%"}, []agent.Run{failed}},
		"nothing":       {agent.HistoryFilter{Text: "zzxy", State: agent.Done}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := db.History(t.Context(), ada, c.filter, "", 50)
			noError(t, err)
			var want []string
			for _, r := range c.want {
				want = append(want, r.ID)
			}
			got := ids(found)
			slices.Sort(got) // runs of one millisecond have no order of their own
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("found %v, want %v", got, want)
			}
			for _, p := range found {
				if c.filter.Kind != "" && p.Kind() != c.filter.Kind {
					t.Errorf("a run of kind %q", p.Kind())
				}
			}
		})
	}
}

func TestPagesOfHistoryHoldEachRunOnceAndNobodyElses(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	want := map[string]bool{}
	for i := range 7 {
		want[db.say(t, NewMessage{PersonID: ada, Text: fmt.Sprint("message ", i)}).ID] = true
	}
	foreign := db.say(t, NewMessage{PersonID: ben, Text: "x"})
	after, seen := "", 0
	for {
		found, err := db.History(t.Context(), ada, agent.HistoryFilter{}, after, 3)
		noError(t, err)
		if len(found) == 0 {
			break
		}
		for _, p := range found {
			if !want[p.ID] {
				t.Errorf("run %s twice, or of somebody else", p.ID)
			}
			delete(want, p.ID)
			seen++
		}
		after = found[len(found)-1].ID
	}
	if len(want) > 0 || seen != 7 {
		t.Errorf("%d runs seen, %d missing", seen, len(want))
	}
	if found, err := db.History(t.Context(), ada, agent.HistoryFilter{}, foreign.ID, 3); err != nil || len(found) > 0 {
		t.Errorf("after somebody else's run: %v, %v", ids(found), err)
	}
}

func TestWhatIsOlderThanItsPersonKeepsItIsDeleted(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	alone := db.say(t, NewMessage{PersonID: ada, Text: "alone"})
	db.ended(t, alone, agent.Done, agent.PlaylistRef{})
	shared := db.say(t, NewMessage{PersonID: ada, Text: "first of two"})
	db.ended(t, shared, agent.Done, agent.PlaylistRef{})
	open := db.say(t, NewMessage{PersonID: ada, ConversationID: shared.ConversationID, Text: "second of two"})
	other := db.say(t, NewMessage{PersonID: ben, Text: "for ever"})
	db.ended(t, other, agent.Done, agent.PlaylistRef{})
	noError(t, db.SetKeepDays(t.Context(), ada, 90))
	now := db.now()

	n, err := db.PurgeRuns(t.Context(), now.Add(89*24*time.Hour), 10)
	if noError(t, err); n != 0 {
		t.Errorf("%d runs deleted before their time", n)
	}
	late := now.Add(91 * 24 * time.Hour)
	for _, want := range []int{1, 1, 0} { // in batches
		n, err := db.PurgeRuns(t.Context(), late, 1)
		if noError(t, err); n != want {
			t.Errorf("%d runs deleted, want %d", n, want)
		}
	}
	if _, err := db.Conversation(t.Context(), ada, alone.ConversationID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an empty conversation stays: %v", err)
	}
	if messages, err := db.Messages(t.Context(), ada, shared.ConversationID, ""); err != nil || len(messages) != 2 {
		t.Errorf("messages of a conversation that goes on: %v, %v", messages, err)
	}
	for _, r := range []agent.Run{open, other} {
		_, err := db.Run(t.Context(), r.PersonID, r.ID)
		noError(t, err)
	}
}

func TestARunThatIsBeingTakenBackIsNotDeleted(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	run := db.say(t, NewMessage{PersonID: ada, Text: "x"})
	db.ended(t, run, agent.Done, agent.PlaylistRef{})
	undo := db.say(t, NewMessage{PersonID: ada, ConversationID: run.ConversationID, Text: "Undo that", UndoOf: run.ID})
	noError(t, db.SetKeepDays(t.Context(), ada, 90))
	late := db.now().Add(91 * 24 * time.Hour)
	if n, err := db.PurgeRuns(t.Context(), late, 10); err != nil || n != 0 {
		t.Errorf("%d deleted, %v", n, err)
	}
	db.ended(t, undo, agent.Done, agent.PlaylistRef{})
	if n, err := db.PurgeRuns(t.Context(), late, 10); err != nil || n != 2 {
		t.Errorf("%d deleted, %v", n, err)
	}
}

// bigHistories are filters of a long history; the last finds nothing, so that all of it is looked at.
func bigHistories() map[string]agent.HistoryFilter {
	return map[string]agent.HistoryFilter{
		"all": {}, "state": {State: agent.Failed}, "kind": {Kind: agent.ByMessage}, "playlist": {Playlist: "p7"},
		"text": {Text: "song 99"}, "no playlist": {Playlist: "none"}, "no text": {Text: "zzxy"},
	}
}

func TestHistoryIsReadThroughItsIndex(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	for name, f := range bigHistories() {
		for _, after := range []string{"", "r"} {
			query, args := historyQuery("p", f, after, 50)
			db.planned(t, name, chosen(query), args) // what is around it sorts one page
		}
	}
	db.planned(t, "used playlists", selectUsed, []any{"p", 500})
	db.planned(t, "open runs", selectOpen, []any{"p", 200})
	db.planned(t, "outdated runs", selectOutdated, []any{9, 500})
}

// chosen is the part of a query for a page that chooses its rows.
func chosen(query string) string {
	_, inner, _ := strings.Cut(query, "WHERE r.id IN (")
	return inner[:strings.LastIndex(inner, ") ORDER BY")]
}

// BenchmarkHistory reads the first page of 100,000 runs of one person, and their playlists.
func BenchmarkHistory(b *testing.B) {
	db := openTest(b)
	ada := db.past(b, 100_000)
	for name, f := range bigHistories() {
		b.Run(name, func(b *testing.B) {
			each(b, func() {
				found, err := db.History(b.Context(), ada, f, "", 51)
				noError(b, err)
				if len(found) == 0 && !strings.HasPrefix(name, "no ") {
					b.Fatal("nothing found")
				}
				_, err = db.UsedPlaylists(b.Context(), ada, 500)
				noError(b, err)
			})
		})
	}
}

// past inserts runs of one person that have ended, straight into the tables.
func (db *DB) past(tb testing.TB, n int) (personID string) {
	tb.Helper()
	run := db.say(tb, NewMessage{PersonID: db.person(tb, "ada"), Text: "x"})
	noError(tb, db.write(tb.Context(), "fill", func(tx *sql.Tx) error {
		for i := range n {
			text := fmt.Sprintf("add Song %d of the sea to Road Trip", i)
			state := []agent.State{agent.Done, agent.Done, agent.Done, agent.Failed}[i%4]
			if _, err := exec(tb.Context(), tx, `INSERT INTO messages (id, conversation_id, seq, role, text, at) VALUES ($1, $2, $3, 'person', $4, $3)`,
				fmt.Sprint("m", i), run.ConversationID, i+10, text); err != nil {
				return err
			}
			if _, err := exec(tb.Context(), tx, `INSERT INTO runs (id, person_id, conversation_id, message_id, seq, idem_key, state, accepted_at, ended_at, outcome, playlist_id, playlist_name, words)
				VALUES ($1, $2, $3, $4, $5, $1, $6, $7, $7, $8, $9, 'Road Trip', $10)`, fmt.Sprint("r", i), run.PersonID, run.ConversationID, fmt.Sprint("m", i), i+10,
				state, 1_790_000_000_000+i, `{"title":"Added to Road Trip"}`, fmt.Sprint("p", i%50), words(text)); err != nil {
				return err
			}
		}
		return nil
	}))
	return run.PersonID
}
