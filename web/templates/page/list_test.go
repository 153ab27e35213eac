package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"segue/internal/agent"
	"segue/internal/intake"
	"segue/internal/music"
	"segue/web/templates/page"
	"segue/web/templates/partial"
)

// listed is the progress of a list of 482 songs.
func listed(state agent.State, counts agent.Counts) agent.Progress {
	return agent.Progress{
		State: state, Title: "Adding 482 songs to Road Trip", Playlist: &road, StartedAt: ago(2 * time.Minute),
		List: &agent.ListProgress{Counts: counts, Rate: 4.2},
	}
}

// row is one song of a list in a state.
func row(n int, state agent.RowState, m *music.Match) page.ListRow {
	r := page.ListRow{Row: agent.Row{Position: n, Song: bohemian, State: state, Match: m}}
	if state == agent.RowFailed {
		r.Trouble = &agent.Trouble{What: "Apple Music does not know this link.", Kept: "The link is kept here.", Do: "Write title and artist instead."}
	}
	if state == agent.RowReview {
		r.Question = &agent.Question{ID: fmt.Sprint("song-", n), Text: "Several recordings fit. Which one did you mean?", Options: []agent.Option{
			{ID: "t3", Track: &buck, Confidence: 0.81}, {ID: "t4", Track: &cohen, Confidence: 0.63},
		}}
	}
	return r
}

// listPages are the runs of lists in each state.
func listPages() map[string]page.RunPageView {
	counts := agent.Counts{
		agent.RowOpen: 120, agent.RowFound: 31, agent.RowReview: 4, agent.RowAdded: 300, agent.RowThere: 20, agent.RowMissing: 5, agent.RowFailed: 2,
	}
	rows := []page.ListRow{
		row(1, agent.RowAdded, sure(queen, 0.99)), row(2, agent.RowReview, nil), row(3, agent.RowMissing, &music.Match{Verdict: music.None, Reasons: []string{"Nothing on Spotify comes near."}}),
		row(4, agent.RowFailed, nil), row(5, agent.RowOpen, nil), row(6, agent.RowThere, sure(fade, 0.93)),
	}
	view := func(p agent.Progress, l page.ListView) page.RunPageView {
		v := page.RunPageView{Person: ada, Asked: "Import 482 songs into Road Trip", Run: view(p), List: &l}
		v.Run.Live, v.Run.Run.List = true, true
		return v
	}
	paused, done := listed(agent.Parked, counts), listed(agent.Done, agent.Counts{agent.RowAdded: 480, agent.RowFailed: 2})
	paused.List.Paused = true
	done.Title, done.Undoable, done.EndedAt = "Added 480 of 482 songs to Road Trip", true, now
	all := page.ListView{RunID: "r1", Tab: partial.ListTabOf("all"), Counts: counts, Rows: rows, Next: 6}
	ended := page.ListView{RunID: "r1", Tab: partial.ListTabOf("failed"), Counts: done.List.Counts, Rows: rows[3:4], After: 50, Final: true}
	none := page.ListView{RunID: "r1", Tab: partial.ListTabOf("there"), Counts: agent.Counts{agent.RowOpen: 482}}
	review, fixed := all, all
	review.Tab, review.Rows = partial.ListTabOf("review"), rows[1:2]
	fixed.Tab, fixed.Rows, fixed.Fix = review.Tab, review.Rows, page.Fix{Position: 2, Text: "hallelujah buckley", Found: []music.Track{buck, cohen}}
	nothing := fixed
	nothing.Fix = page.Fix{Position: 2, Text: "zzxy", Why: "Spotify has nothing under these words. Try fewer of them, or paste a link."}
	return map[string]page.RunPageView{
		"list-keys": view(listed(agent.Waiting, counts), review), "list-found": view(listed(agent.Waiting, counts), fixed), "list-unfound": view(listed(agent.Waiting, counts), nothing),
		"list-running": view(listed(agent.Running, counts), all), "list-review": view(listed(agent.Waiting, agent.Counts{agent.RowReview: 4, agent.RowAdded: 478}), all),
		"list-paused": view(paused, all), "list-done": view(done, ended), "list-none": view(listed(agent.Running, agent.Counts{agent.RowOpen: 482}), none),
	}
}

func preview(text string) page.PreviewView {
	p, err := intake.Parse(strings.NewReader(text), intake.Choices{})
	if err != nil {
		panic(err)
	}
	return page.PreviewView{Person: ada, ID: "p1", Key: "k", Preview: p, Playlists: []music.Playlist{road, gym}, Name: "Sunday"}
}

// previews are lists as they were read.
func previews() map[string]page.PreviewView {
	table := preview("Track Name,Artist Name(s),Album\nAfrica,Toto,IV\n1979,The Smashing Pumpkins,Mellon Collie\n")
	refused := table
	refused.Unlisted, refused.Playlists = true, nil
	refused.Trouble = &agent.Trouble{What: "Choose a playlist, or write the name of a new one.", Kept: "Nothing was changed.", Do: "Go back and try again."}
	return map[string]page.PreviewView{
		"preview-lines": preview("Queen - Bohemian Rhapsody\nToto - Africa\nToto - Africa\nhttps://music.apple.com/us/album/x/1?i=2\nhttps://example.com\n"),
		"preview-table": table, "preview-refused": refused,
		"preview-long": preview(strings.Repeat("Queen - Bohemian Rhapsody\n", 150)),
	}
}

func TestAListShowsItsTabsAndWhatARowAsks(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, page.Run(listPages()["list-running"]))
	if n := doc.Find("[data-testid=tab]").Length(); n != 6 {
		t.Errorf("%d tabs, want six", n)
	}
	if got := doc.Find("[data-testid=tab][aria-current=page]").Text(); !strings.Contains(got, "All 482") {
		t.Errorf("the tab is %q", got)
	}
	if n := doc.Find("[data-testid=row-question] button[name=option]").Length(); n != 4 {
		t.Errorf("%d choices, want two and two ways to decline", n)
	}
	if n := doc.Find("[data-key]").Length(); n > 0 {
		t.Errorf("%d keys where songs of every state stand", n)
	}
	if got := doc.Find("[data-testid=listing]").Text(); !strings.Contains(got, "About 29 s left.") || !strings.Contains(got, "Pause") {
		t.Errorf("the card says %q", got)
	}
	if doc.Find("#run-r1 [data-testid=rows]").Length() > 0 {
		t.Error("the rows are in the card, which each message replaces")
	}
}

func TestTheCardHasTheCountsOfTheTabs(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, page.Run(listPages()["list-running"]))
	tabs := doc.Find("[data-testid=tab] [data-count]")
	if tabs.Length() != 6 {
		t.Errorf("%d counts, want six", tabs.Length())
	}
	tabs.Each(func(_ int, tab *goquery.Selection) {
		name := tab.AttrOr("data-count", "")
		if got := doc.Find("[data-testid=listing]").AttrOr("data-"+name, "none"); got != tab.Text() {
			t.Errorf("%s: the card says %s, the tab %s", name, got, tab.Text())
		}
	})
}

func TestTheFirstRowToReviewHasAKeyForEachAnswer(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, page.Run(listPages()["list-keys"]))
	for key, want := range map[string]string{"1": "t3", "2": "t4", "n": agent.NoneOfThese} {
		if got := doc.Find("[data-testid=row-question] [data-key='"+key+"']").AttrOr("value", ""); got != want {
			t.Errorf("key %s answers %q, want %q", key, got, want)
		}
	}
	if got := doc.Find("[data-key=s]").AttrOr("href", ""); got != "/runs/r1?after=2&tab=review#songs" {
		t.Errorf("later is %q", got)
	}
}

func TestWhatASearchHasFoundCanBeTaken(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, page.Run(listPages()["list-found"]))
	if got := doc.Find("[data-testid=found] button").AttrOr("value", ""); got != "spotify:track:"+buck.ID {
		t.Errorf("the first answer is %q", got)
	}
	if got := doc.Find("[data-testid=search-other] input[name=q]").AttrOr("value", ""); got != "hallelujah buckley" {
		t.Errorf("the search says %q", got)
	}
	doc, _ = render(t, page.Run(listPages()["list-unfound"]))
	if got := doc.Find("[data-testid=found] [role=alert]").Text(); !strings.Contains(got, "Try fewer of them") {
		t.Errorf("nothing found: %q", got)
	}
}

func TestAPausedListCanBeResumedAndAnEndedOneTriedAgain(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, page.Run(listPages()["list-paused"]))
	if got := doc.Find("[data-testid=listing]").Text(); !strings.Contains(got, "Resume") || strings.Contains(got, "left.") {
		t.Errorf("paused: %q", got)
	}
	doc, _ = render(t, page.Run(listPages()["list-done"]))
	if got := doc.Find("[data-testid=list]").Text(); !strings.Contains(got, "Try the failed ones again") || !strings.Contains(got, "First page") {
		t.Errorf("done: %q", got)
	}
}

func TestAPreviewTellsWhatBecomesOfEachRow(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, page.Preview(previews()["preview-lines"]))
	for id, want := range map[string]int{"wanted": 3, "twice": 1, "unreadable": 1} {
		if n := doc.Find("[data-testid=" + id + "] [data-testid=read-row]").Length(); n != want {
			t.Errorf("%s: %d rows, want %d", id, n, want)
		}
	}
	doc, _ = render(t, page.Preview(previews()["preview-table"]))
	if got, _ := doc.Find("#column-title option[selected]").Attr("value"); got != "Track Name" {
		t.Errorf("the title is in %q", got)
	}
}

func TestALongMessageIsOfferedToBeLookedOverAsAList(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines  int
		hidden bool
	}{"fifty lines": {50, true}, "one more": {51, false}} {
		v := chat(view(added()))
		v.Draft = strings.TrimSuffix(strings.Repeat("Queen - Bohemian Rhapsody\n", c.lines), "\n")
		doc, _ := render(t, page.Chat(v))
		hint := doc.Find("[data-testid=long]")
		if _, hidden := hint.Attr("hidden"); hint.Length() != 1 || hidden != c.hidden {
			t.Errorf("%s: hidden %v, want %v", name, hidden, c.hidden)
		}
		if button := hint.Find("button"); button.AttrOr("formaction", "") != "/import" || button.AttrOr("form", "") != doc.Find("form#composer").AttrOr("id", "none") {
			t.Error("the button does not send the message to /import")
		}
	}
}
