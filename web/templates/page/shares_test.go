package page_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"segue/internal/agent"
	"segue/internal/share"
	"segue/web/templates/page"
	"segue/web/templates/partial"
)

// public is a state of the storybook as a link shows it.
func public(v partial.RunView, names bool) page.SharedView {
	run, p := share.Public(v.Run, v.Progress, names)
	final := p.State.Final()
	return page.SharedView{
		Run:   partial.RunView{Run: run, Progress: p, Public: "/s/token", Live: !final, Now: now},
		Until: now.Add(24 * time.Hour), Image: "https://segue.example/static/share.png",
	}
}

// sharesPages are a run with its form, the person's links, and what others see.
func sharesPages() map[string]templ.Component {
	form := page.ShareForm{Hours: share.Lifetimes(), Chosen: 168, Names: true}
	run := page.RunPageView{Person: ada, Asked: "add Bohemian Rhapsody by Queen to Road Trip", Run: runStates()["done"], Share: form}
	made, refused := run, run
	made.Share.Made = "https://segue.example/s/" + strings.Repeat("Ab3_", 10) + "xyz"
	refused.Share.Trouble = &agent.Trouble{Kind: "conflict", What: "You have 100 links that are good, and that is the most.", Kept: "No link was made.", Do: "Revoke one that is no longer needed, then create this one."}
	links := []page.Share{
		{ID: "s1", RunID: "r1", Asked: "add Bohemian Rhapsody by Queen to Road Trip", Names: true, Views: 12, Created: ago(time.Hour), Expires: now.Add(23 * time.Hour)},
		{ID: "s2", RunID: "r2", Asked: strings.Repeat("a song with a long title, ", 12), Views: 1, Created: ago(30 * time.Hour), Expires: now.Add(time.Hour)},
		{ID: "s3", RunID: "r3", Asked: "my playlists", Created: ago(90 * time.Hour), Expires: now, Revoked: true},
		{ID: "s4", RunID: "r4", Created: ago(900 * time.Hour), Expires: now.Add(time.Hour)},
	}
	crowd := public(runStates()["running"], true)
	crowd.Crowd, crowd.Run.Live = true, false
	list := public(listPages()["list-running"].Run, true)
	list.List = &page.ListView{Public: "/s/token", Tab: partial.ListTabOf("all"), Counts: list.Run.Progress.List.Counts, Next: 6}
	for _, r := range listPages()["list-running"].List.Rows {
		list.List.Rows = append(list.List.Rows, page.ListRow{Row: share.Row(r.Row)})
	}
	over := page.ProblemView{Status: 410, Public: true, Reference: "7f3a-22c1", Trouble: agent.Trouble{What: "This link is over.", Kept: "Whatever it showed is not touched by that.", Do: "Ask whoever sent it to you for a new one."}}
	all := map[string]templ.Component{
		"share-form": page.Run(run), "share-made": page.Run(made), "share-refused": page.Run(refused),
		"shares": page.Shares(page.SharesView{Person: ada, Shares: links, Now: now}), "shares-revoke": page.Shares(page.SharesView{Person: ada, Shares: links, Revoke: "s1", Now: now}),
		"shares-none": page.Shares(page.SharesView{Person: ada, Now: now}), "shared-over": page.Problem(over),
		"shared-crowd": page.Shared(crowd), "shared-list": page.Shared(list), "shared-list-nameless": page.Shared(public(listPages()["list-done"].Run, false)),
	}
	for _, state := range []string{"accepted", "running", "parked", "asking", "several", "done", "undone", "mixed", "failed", "ruled"} {
		all["shared-"+state] = page.Shared(public(runStates()[state], true))
	}
	all["shared-several-nameless"] = page.Shared(public(runStates()["several"], false))
	all["shared-mixed-nameless"] = page.Shared(public(runStates()["mixed"], false))
	return all
}

func TestNothingOnASharedPageCanBePressedOrLeadsInside(t *testing.T) {
	t.Parallel()
	for name, c := range sharesPages() {
		if !strings.HasPrefix(name, "shared-") {
			continue
		}
		doc, html := render(t, c)
		if n := doc.Find("form, input, select, textarea").Length(); n > 0 {
			t.Errorf("%s has %d forms or fields", name, n)
		}
		for _, way := range []string{`href="/runs`, `href="/c`, `href="/login`, `href="/rules`, "Your turn", "your choice", "Your choice"} {
			if strings.Contains(html, way) {
				t.Errorf("%s: %s", name, way)
			}
		}
		if robots := doc.Find(`meta[name="robots"]`); name != "shared-over" && robots.AttrOr("content", "") != "noindex, nofollow" {
			t.Errorf("%s may be indexed", name)
		}
	}
}

func TestALinkOnAPageOfItsOwnRunIsNotLoadedAway(t *testing.T) {
	t.Parallel()
	v := page.RunPageView{Person: ada, Run: runStates()["running"], Share: page.ShareForm{Hours: share.Lifetimes(), Made: "https://segue.example/s/x"}}
	if _, html := render(t, page.Run(v)); strings.Contains(html, "http-equiv=\"refresh\"") || !strings.Contains(html, "talk.js") {
		t.Error("the page loads itself again before the link can be copied, or has no way to copy it")
	}
}
