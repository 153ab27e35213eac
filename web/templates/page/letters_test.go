package page_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/guard"
	"segue/internal/music"
	"segue/web/templates/page"
)

// letter is one about a song, in a state.
func letter(state deadletter.State) deadletter.Letter {
	attempt := deadletter.Attempt{
		At: day, Step: agent.Adding, Kind: fault.Unavailable, Message: "Spotify has trouble answering at the moment.",
		Causes: []string{"POST playlists/…/items", "status 502", "bad gateway"},
	}
	attempts := deadletter.Join(deadletter.Log(nil, attempt), slices.Repeat([]deadletter.Attempt{attempt}, 3))
	attempts[3].N = 341
	return deadletter.Letter{
		ID: "r1-2", PersonID: "p1", Person: "Ada", RunID: "r1", Task: "2", WorkflowID: "turn-r1", Step: agent.Adding, Kind: fault.Unavailable,
		Message: "Spotify has trouble answering at the moment.", State: state, Version: 1, MadeAt: ago(3 * time.Hour), ChangedAt: ago(time.Hour),
		Fingerprint: "0a1b2c3d4e5f", Attempts: attempts,
		Input: deadletter.Input{Tool: agent.SyncSongs, Song: music.Song{Title: "Creep", Artists: []string{"Radiohead"}}, Playlist: deadletter.Playlist{ID: "p1", Name: "Road Trip"}},
	}
}

// whole is a letter about a whole request.
func whole() deadletter.Letter {
	l := letter(deadletter.Waiting)
	l.ID, l.Task, l.Input, l.Kind, l.Step = "r2", "", deadletter.Input{}, fault.Internal, ""
	l.Attempts = []deadletter.Attempt{{N: 1, At: day, Kind: fault.RateLimited, Message: "Something went wrong on our side."}}
	l.Message, l.MadeAt = "Something went wrong on our side.", ago(100*time.Hour)
	return l
}

func lettersPages() map[string]page.LettersView {
	long, taken := letter(deadletter.Waiting), letter(deadletter.Waiting)
	long.ID, long.Input.Song.Title, long.Person = "r3-1", strings.Repeat("Donaudampfschifffahrt", 12), "<b>Somebody with a very long name</b>"
	taken.ID, taken.Input.Tool = "r4-1", agent.RemoveSongs
	groups := []deadletter.Group{{Fingerprint: "0a1b2c3d4e5f", Count: 1204, Newest: long}, {Fingerprint: "ffff", Count: 1, Newest: whole()}}
	services := []guard.State{{Name: "api.spotify.com", State: "open", Failures: 6, OpenUntil: now.Add(12 * time.Second)}, {Name: "accounts.spotify.com", State: "closed"}, {Name: "model", State: "half-open", Failures: 9}}
	all := page.LettersView{
		Person: ada, Letters: []deadletter.Letter{letter(deadletter.Waiting), whole(), long, taken}, Groups: groups, Total: 1205, Now: now,
		Rights: page.Rights{Retry: true, Discard: true}, Breakers: services, Next: deadletter.Cursor{MadeAt: day, ID: "r9"},
		News: page.NewsView{Since: deadletter.Cursor{MadeAt: now, ID: "r1-2"}, Count: 5},
	}
	viewer, found, none, empty, wrong, bulk, many := all, all, all, all, all, all, all
	bulk.Bulks = []deadletter.Bulk{bulkPages()["bulk-running"].Bulk}
	many.Letters = slices.Repeat(all.Letters, 50)
	viewer.Rights, viewer.News.Count = page.Rights{}, 0
	found.Filter = deadletter.Filter{State: deadletter.Every, Kind: fault.Unavailable, Step: agent.Adding, Fingerprint: "0a1b2c3d4e5f", Person: "p1", Playlist: "p1", Since: day, Text: `"><i>`}
	found.Later, found.Groups, found.News.Filter = true, groups[:1], found.Filter
	for _, s := range deadletter.States() {
		found.Letters = append(found.Letters, letter(s))
	}
	none.Filter, none.Letters, none.Groups, none.Total = deadletter.Filter{Text: "zzxy"}, nil, nil, 0
	empty.Letters, empty.Groups, empty.Total, empty.Next, empty.News.Count = nil, nil, 0, deadletter.Cursor{}, 0
	empty.Breakers = services[1:2]
	wrong.Trouble = &agent.Trouble{Kind: "invalid", What: "There is no such state of a letter. Choose one from the list.", Kept: "Below is what waits.", Do: "Correct the filter and send it again."}
	return map[string]page.LettersView{"letters": all, "letters-viewer": viewer, "letters-found": found, "letters-none": none, "letters-empty": empty, "letters-wrong": wrong, "letters-bulk": bulk, "letters-many": many}
}

func letterPages() map[string]page.LetterView {
	pages := map[string]page.LetterView{}
	for _, s := range deadletter.States() {
		v := page.LetterView{Person: ada, Letter: letter(s), Rights: page.Rights{Retry: true, Discard: true}, Now: now}
		if s != deadletter.Waiting {
			v.Letter.RetryRun, v.Letter.RetriedBy, v.Letter.Operator, v.Letter.Reason = "r9", "o", "Olga", "The song is gone."
		}
		pages["letter-"+string(s)] = v
	}
	run, again, late, refused := pages["letter-waiting"], pages["letter-waiting"], pages["letter-discarded"], pages["letter-retrying"]
	run.Letter, run.Rights.Discard = whole(), false
	again.Letter.RetryRun, again.Letter.RetriedBy = "r9", "o"
	late.Letter.ChangedAt = now.Add(-deadletter.RestoreWithin)
	refused.Trouble = &agent.Trouble{Kind: "conflict", What: "This letter was already retried by Olga. It waits for that run to end.", Kept: "Nothing was changed.", Do: "This is the letter as it is now."}
	pages["letter-run"], pages["letter-again"], pages["letter-late"], pages["letter-refused"] = run, again, late, refused
	pages["letter-resumes"] = decided()
	return pages
}

func auditPages() map[string]page.AuditView {
	entries := []deadletter.Entry{
		{ID: 5, At: ago(time.Minute), ActorID: "o", Actor: "Olga", Action: deadletter.ActionRetry, Subject: "r1-2", Note: "r9"},
		{ID: 4, At: ago(time.Hour), ActorID: "x", Action: deadletter.ActionDiscard, Subject: "r3-1", Note: strings.Repeat("The song is gone. ", 20)},
		{ID: 3, At: ago(90 * time.Hour), ActorID: "o", Actor: "Olga", Action: deadletter.ActionReset, Subject: "api.spotify.com"},
		{ID: 2, At: ago(90 * time.Hour), ActorID: "v", Actor: "Vera", Action: deadletter.ActionRefused, Subject: "/admin/dlq/r1-2/retry", Note: "as viewer"},
	}
	more := []deadletter.Entry{
		{ID: 12, At: ago(time.Second), Action: deadletter.ActionNoLogin, Note: "not allowed (consent)"},
		{ID: 11, At: ago(time.Second), ActorID: "o", Actor: "Olga", Action: deadletter.ActionBulk, Subject: "b1", Note: "retry 132 letters, 2 a second"},
		{ID: 10, At: ago(time.Second), ActorID: "o", Actor: "Olga", Action: deadletter.ActionEdit, Subject: "r1-2", Note: "artists, album"},
	}
	found := page.AuditView{Person: ada, Entries: more, Trail: deadletter.Trail{Actor: "o", Action: deadletter.ActionBulk}, Next: 10, Now: now}
	none, wrong := found, found
	none.Entries, none.Next = nil, 0
	wrong.Trouble = &agent.Trouble{Kind: "invalid", What: "There is no such act in the audit. Choose one from the list.", Kept: "Below is everything.", Do: "Correct the filter and send it again."}
	return map[string]page.AuditView{"audit": {Person: ada, Entries: entries, Next: 2, Now: now}, "audit-empty": {Person: ada, Now: now}, "audit-found": found, "audit-none": none, "audit-wrong": wrong}
}

func TestTheListOfLettersSaysWhatItIsInEachState(t *testing.T) {
	t.Parallel()
	views := lettersPages()
	for name, says := range map[string][]string{
		"letters":       {"1205 letters", "5 new: show", "1204 letters", "Add Creep by Radiohead to Road Trip", "A whole request", "Remove Creep by Radiohead from Road Trip", "No answer · bad gateway", "3 h ago", "4 days ago", "Open: calls are held back6 failures until ", "Reset: api.spotify.com", "Older"},
		"letters-found": {"Waiting", "Retrying", "Resolved", "Discarded", "Newest", "Show what waits"},
		"letters-none":  {"No letter is like this.", "Show what waits"},
		"letters-empty": {"Nothing waits here.", "Show every letter"},
		"letters-wrong": {"There is no such state of a letter."},
	} {
		doc, _ := render(t, page.Letters(views[name]))
		for _, want := range says {
			if got := words(doc.Find("main")); !strings.Contains(got, want) {
				t.Errorf("%s does not say %q: %q", name, want, got)
			}
		}
		if n := at(doc, "letter").Length(); n != len(views[name].Letters) {
			t.Errorf("%s shows %d letters, want %d", name, n, len(views[name].Letters))
		}
	}
	doc, _ := render(t, page.Letters(views["letters-viewer"]))
	if doc.Find("main form[method=post]").Length() != 0 {
		t.Error("a viewer is offered something to do")
	}
}

func TestAFilterStaysInItsFormAndInEveryLink(t *testing.T) {
	t.Parallel()
	v := lettersPages()["letters-found"]
	doc, _ := render(t, page.Letters(v))
	form := at(doc, "filter")
	got := map[string]string{}
	form.Find("input").Each(func(_ int, s *goquery.Selection) { got[s.AttrOr("name", "")] = s.AttrOr("value", "") })
	form.Find("select").Each(func(_ int, s *goquery.Selection) {
		got[s.AttrOr("name", "")] = s.Find("option[selected]").AttrOr("value", "none")
	})
	want := map[string]string{
		"state": "every", "kind": "unavailable", "step": "adding", "fingerprint": "0a1b2c3d4e5f", "person": "p1", "playlist": "p1",
		"since": "2026-11-22T12:00", "until": "", "q": `"><i>`,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the form has %v, want %v", got, want)
	}
	for _, link := range []string{doc.Find(`a[rel="next"]`).AttrOr("href", ""), doc.Find("#news").AttrOr("hx-get", "")} {
		if !strings.Contains(link, "person=p1") || !strings.Contains(link, "kind=unavailable") || !strings.Contains(link, "after=") {
			t.Errorf("the filter is lost in %q", link)
		}
	}
}

func TestALetterOffersWhatCanBeDoneWithIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		says  string
		forms []string
	}{
		"letter-waiting":   {"failed while adding, after 341 attempts. A service did not answer for so long", []string{"retry", "discard"}},
		"letter-resumes":   {"From adding, it takes the version that was found before", []string{"retry", "discard"}},
		"letter-retrying":  {"Retried by Olga. It waits for that run to end.", nil},
		"letter-resolved":  {"Retried by Olga, and settled by that run.", nil},
		"letter-discarded": {"Discarded: The song is gone.", []string{"restore"}},
		"letter-late":      {"Discarded: The song is gone.", nil},
		"letter-run":       {"It is sent again by a retry and shown to nobody else.", []string{"retry"}},
		"letter-again":     {"Retried by somebody who has left, and that failed again.", []string{"retry", "discard"}},
		"letter-refused":   {"already retried by Olga", nil},
	} {
		doc, _ := render(t, page.Letter(letterPages()[name]))
		if got := words(doc.Find("main")); !strings.Contains(got, c.says) {
			t.Errorf("%s does not say %q: %q", name, c.says, got)
		}
		var forms []string
		doc.Find("main form").Each(func(_ int, f *goquery.Selection) {
			action := f.AttrOr("action", "")
			forms = append(forms, action[strings.LastIndex(action, "/")+1:])
			if f.Find(`[name="version"]`).AttrOr("value", "") != "1" {
				t.Errorf("%s: the form %s does not say which version it is for", name, action)
			}
		})
		if !slices.Equal(forms, c.forms) {
			t.Errorf("%s offers %v, want %v", name, forms, c.forms)
		}
	}
}

func TestTheAuditSaysWhoDidWhat(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, page.Audit(auditPages()["audit"]))
	got := words(at(doc, "audit"))
	for _, want := range []string{"OlgaRetried", "Somebody who has leftDiscarded", "Closed the breaker", "VeraWas refused", "as viewer"} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q: %q", want, got)
		}
	}
	if n := doc.Find(`a[href^="/admin/dlq/"]`).Length(); n != 2 {
		t.Errorf("%d links to letters, want 2", n)
	}
	doc, _ = render(t, page.Audit(auditPages()["audit-found"]))
	for _, link := range []string{"/admin/dlq/bulk/b1", "/admin/dlq/r1-2", "/admin/audit?actor=o", "/admin/audit?action=bulk&actor=o&before=10"} {
		if doc.Find(`a[href="`+link+`"]`).Length() == 0 {
			t.Errorf("no link to %s", link)
		}
	}
	if got := doc.Find(`[name="action"] option[selected]`).AttrOr("value", ""); got != deadletter.ActionBulk || !strings.Contains(words(at(doc, "audit")), "Nobody known") {
		t.Errorf("chosen is %q, or a login by nobody is not told", got)
	}
	doc, _ = render(t, page.Audit(auditPages()["audit-empty"]))
	if got := words(doc.Find("main")); !strings.Contains(got, "Nobody has done anything here yet.") {
		t.Errorf("an empty audit says %q", got)
	}
}
