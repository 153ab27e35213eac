package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/web/templates/page"
)

// pastRun is a run that ended, or goes on when there is no title.
func pastRun(id string, state agent.State, asked, title string) agent.Past {
	p := agent.Past{Run: agent.Run{ID: id, ConversationID: "c1", State: state, AcceptedAt: ago(3 * time.Hour)}, Asked: asked}
	if title != "" {
		p.Outcome = &agent.Progress{Title: title}
	}
	return p
}

func historyPages() map[string]page.HistoryView {
	done := pastRun("r1", agent.Done, "add Bohemian Rhapsody by Queen to Road Trip", "Added to Road Trip")
	done.Playlist = agent.PlaylistRef{ID: "p1", Name: "Road Trip"}
	undone := done
	undone.ID, undone.UndoneBy = "r2", "r3"
	undo := pastRun("r3", agent.Done, "Undo that", "Taken back")
	undo.UndoOf = "r2"
	program := pastRun("r4", agent.Failed, "", "Could not add to Gym")
	program.Wish = &agent.SyncSongsArgs{}
	list := pastRun("r5", agent.Running, "Import 400 songs into "+strings.Repeat("Donaudampfschifffahrt", 9), "")
	list.List = true
	stopped := pastRun("r6", agent.Cancelled, "add <b>nothing</b>\nto Gym", "Stopped")
	stopped.RetryOf = "l1"
	playlists := []agent.PlaylistRef{{ID: "p1", Name: "Road Trip"}, {ID: "p2", Name: "Gym"}}
	all := page.HistoryView{Person: ada, Now: now, Playlists: playlists, Runs: []agent.Past{done, undone, undo, program, list, stopped}}
	one, many, found, none, empty, refused := all, all, all, all, all, all
	one.Runs = all.Runs[:1]
	many.Runs, many.Later, many.Next = nil, true, "r9"
	for i := range 200 {
		many.Runs = append(many.Runs, pastRun(fmt.Sprint("m", i), agent.Done, "add Creep to Gym", "Added to Gym"))
	}
	found.Filter, found.Runs = agent.HistoryFilter{State: agent.Done, Playlist: "p9", Text: "a & b"}, all.Runs[:1]
	none.Filter, none.Runs = agent.HistoryFilter{Text: "zzxy"}, nil
	empty.Runs, empty.Playlists = nil, nil
	refused.Trouble = &agent.Trouble{Kind: "invalid", What: "There is no such state. Choose one from the list.", Kept: "Below are all your requests.", Do: "Correct the filter and send it again."}
	return map[string]page.HistoryView{"history": all, "history-one": one, "history-many": many, "history-found": found, "history-none": none, "history-empty": empty, "history-refused": refused}
}

func TestYourRequestsSayWhatTheyAreInEachState(t *testing.T) {
	t.Parallel()
	views := historyPages()
	for name, says := range map[string][]string{
		"history": {
			"add Bohemian Rhapsody by Queen to Road Trip Added to Road TripMessage3 h ago", "Taken back", "Undo", "Program", "Did not work",
			"List", "Going on", "Second try", "Stopped", "add <b>nothing</b>",
		},
		"history-many":    {"Newest", "Older"},
		"history-found":   {"Another playlist", "Show all"},
		"history-none":    {"No request is like this.", "Show all"},
		"history-empty":   {"You have not asked for anything yet.", "Add a song"},
		"history-refused": {"There is no such state.", "Below are all your requests."},
	} {
		doc, _ := render(t, page.History(views[name]))
		for _, want := range says {
			if got := words(doc.Find("main")); !strings.Contains(got, want) {
				t.Errorf("%s does not say %q: %q", name, want, got)
			}
		}
		if n := at(doc, "run").Length(); n != len(views[name].Runs) {
			t.Errorf("%s shows %d requests, want %d", name, n, len(views[name].Runs))
		}
	}
	doc, _ := render(t, page.History(views["history-found"]))
	if got := doc.Find(`input[name="q"]`).AttrOr("value", ""); got != "a & b" {
		t.Errorf("looks for %q", got)
	}
	doc, _ = render(t, page.History(views["history"]))
	for _, link := range []string{"/runs/r1", "/c/c1", "/runs?playlist=p1"} {
		if doc.Find(`main a[href="`+link+`"]`).Length() == 0 {
			t.Errorf("no way to %s", link)
		}
	}
}
