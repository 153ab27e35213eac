package page_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/web/templates/page"
)

func bulkForms() map[string]page.BulkFormView {
	retry := page.BulkFormView{Person: ada, Act: deadletter.ActRetry, AsOf: day, Count: 132, Rate: 2, Key: "k1"}
	discard, none, refused := retry, retry, retry
	discard.Act = deadletter.ActDiscard
	discard.Filter = deadletter.Filter{Kind: fault.Unavailable, Step: agent.Adding, Fingerprint: "0a1b2c3d4e5f", Person: "p1", Playlist: "p2", Since: day, Until: now, Text: `"><i>`}
	none.Count, none.Filter = 0, deadletter.Filter{Text: "zzxy"}
	refused.Act, refused.Rate = deadletter.ActDiscard, 2
	refused.Trouble = &agent.Trouble{Kind: "invalid", What: "Say why this letter is discarded.", Kept: "No letter was touched.", Do: "Correct it, or go back to the list."}
	tried := retry
	tried.Tried, tried.Outcomes = true, []deadletter.Outcome{
		{Count: 132, First: slices.Repeat([]deadletter.Letter{letter(deadletter.Waiting)}, deadletter.FirstOfOutcome)},
		{Why: "Somebody else has discarded it.", Count: 1, First: []deadletter.Letter{letter(deadletter.Discarded)}},
		{Why: deadletter.WentMeanwhile, Count: 2},
	}
	settled := tried
	settled.Count, settled.Outcomes = 0, tried.Outcomes[1:]
	return map[string]page.BulkFormView{"bulk-tried": tried, "bulk-settled": settled, "bulk-retry": retry, "bulk-discard": discard, "bulk-none": none, "bulk-refused": refused}
}

func bulkPages() map[string]page.BulkView {
	running := page.BulkView{Person: ada, Cancel: true, Now: now, Bulk: deadletter.Bulk{
		ID: "b1", By: "o", Operator: "Olga", Act: deadletter.ActRetry, AsOf: day, Rate: 2, State: deadletter.BulkRunning, Total: 132, Done: 40, Refused: 2, StartedAt: now,
		Refusals: []deadletter.Refusal{{Why: "Somebody else has discarded it.", Count: 1}, {Why: deadletter.WentMeanwhile, Count: 1}},
	}}
	viewer, done, cancelled, late := running, running, running, running
	viewer.Cancel, viewer.Bulk.Refused, viewer.Bulk.Refusals = false, 0, nil
	done.Bulk.State, done.Bulk.Done, done.Bulk.EndedAt = deadletter.BulkDone, 130, now
	cancelled.Bulk.State, cancelled.Bulk.Act, cancelled.Bulk.Reason, cancelled.Bulk.Operator = deadletter.BulkCancelled, deadletter.ActDiscard, "The songs are gone.", ""
	late.Bulk.State, late.Bulk.Done = deadletter.BulkDone, 130
	late.Trouble = &agent.Trouble{Kind: "conflict", What: "This has ended already, so there is nothing to cancel.", Kept: "Nothing was changed.", Do: "This is how it ended."}
	return map[string]page.BulkView{"bulk-running": running, "bulk-viewer": viewer, "bulk-done": done, "bulk-cancelled": cancelled, "bulk-late": late}
}

func editPages() map[string]page.EditView {
	l := letter(deadletter.Waiting)
	v := page.EditView{Person: ada, Letter: l, Version: 7, Form: l.Input.Form(), Text: l.Input.JSON(), Now: now}
	diff, wrong, fields := v, v, v
	diff.Changes = []deadletter.Change{{Field: "artists", Before: "Radiohead", After: "TLC\nMissy"}, {Field: "album", After: strings.Repeat("Donaudampfschifffahrt", 9)}, {Field: "playlist_id", Before: "Road Trip", After: "<i>Focus"}}
	wrong.AsJSON, wrong.Text = true, `{"title": </textarea><script>`
	wrong.Trouble = &agent.Trouble{Kind: "invalid", What: "This is not a JSON object: look at line 1.", Kept: "What you wrote is below, and nothing was sent.", Do: "Correct it and send it again."}
	fields.Form = maps.Clone(v.Form)
	maps.Copy(fields.Form, deadletter.Form{"title": "", "year": "93", "artists": "</textarea><script>"})
	fields.Wrong = deadletter.Wrong{"title": "is empty, and no track is given", "year": "must be a year such as 1994, or 0"}
	fields.Trouble = &agent.Trouble{Kind: "invalid", What: "The field title is empty.", Kept: "What you wrote is below, and nothing was sent.", Do: "Correct it and send it again."}
	return map[string]page.EditView{"edit": v, "edit-diff": diff, "edit-wrong": wrong, "edit-fields": fields}
}

// decided is a letter about a song whose version was found, and that was edited.
func decided() page.LetterView {
	l := letter(deadletter.Waiting)
	l.Input.Found = "7tFiyTwD0nx5a1eklYtX2J"
	edited := l.Input
	edited.Song = music.Song{Title: "Creep", Artists: []string{"TLC"}}
	l.Edited, l.RetryRun, l.RetriedBy, l.Operator, l.RetryFrom = &edited, "r9", "o", "Olga", agent.Adding
	return page.LetterView{Person: ada, Letter: l, Rights: page.Rights{Retry: true, Discard: true}, Now: now}
}

func TestABulkIsConfirmedKnowingWhatItIs(t *testing.T) {
	t.Parallel()
	for name, says := range map[string][]string{
		"bulk-retry":   {"Retry all 132 letters", "letters in the state waiting", "132", "22 November 2026, 12:00:00 UTC", "about 66 s"},
		"bulk-discard": {"Discard all 132 letters", "of the kind No answer, at the step adding, with the fingerprint 0a1b2c3d4e5f, of the person p1, for the playlist p2, failed since", `with the text “"><i>”`, "Reason to discard them"},
		"bulk-none":    {"No letter that waits is like this, so there is nothing to do.", "Show what waits"},
		"bulk-refused": {"Say why this letter is discarded.", "No letter was touched."},
		"bulk-tried":   {"132 letters would be retried, each as a new run.", "Add Creep by Radiohead to Road Trip", "and 127 more", "1 letter would be left alone. Somebody else has discarded it.", "2 letters would be left alone. The letter went", "Nothing was changed."},
		"bulk-settled": {"1 letter would be left alone.", "Show what waits"},
	} {
		doc, _ := render(t, page.BulkForm(bulkForms()[name]))
		for _, want := range says {
			if got := words(doc.Find("main")); !strings.Contains(got, want) {
				t.Errorf("%s does not say %q: %q", name, want, got)
			}
		}
		if form := at(doc, "bulk"); (form.Length() == 0) != (name == "bulk-none" || name == "bulk-settled") {
			t.Errorf("%s: %d forms", name, form.Length())
		} else if form.Length() > 0 && (form.Find(`[name="as_of"]`).AttrOr("value", "") != "1795348800000" || form.Find(`[name="rate"]`).AttrOr("max", "") != "20" || form.Find(`[name="key"]`).AttrOr("value", "") != "k1") {
			t.Errorf("%s: the form lacks something", name)
		}
	}
}

func TestABulkSaysHowFarItIsAndAsksOnlyWhileItRuns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		says   []string
		asks   bool
		cancel bool
	}{
		"bulk-running":   {[]string{"Running", "40 done, 2 refused, 90 left", "about 45 s to go", "1 Somebody else has discarded it.", "Started byOlga"}, true, true},
		"bulk-viewer":    {[]string{"Running"}, true, false},
		"bulk-done":      {[]string{"Done", "130 done, 2 refused, 0 left"}, false, false},
		"bulk-cancelled": {[]string{"Cancelled", "What had not had its turn is as it was.", "somebody who has left", "The songs are gone."}, false, false},
		"bulk-late":      {[]string{"nothing to cancel"}, false, false},
	} {
		doc, _ := render(t, page.Bulk(bulkPages()[name]))
		for _, want := range c.says {
			if got := words(doc.Find("main")); !strings.Contains(got, want) {
				t.Errorf("%s does not say %q: %q", name, want, got)
			}
		}
		if _, asks := at(doc, "progress").Attr("hx-get"); asks != c.asks {
			t.Errorf("%s asks how far it is: %v", name, asks)
		}
		if cancel := doc.Find(`main form[action$="/cancel"]`).Length() == 1; cancel != c.cancel {
			t.Errorf("%s can be cancelled: %v", name, cancel)
		}
	}
}

func TestAListOffersToActOnAllThatWaits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*page.LettersView)
		want   int
	}{
		"all that waits": {func(*page.LettersView) {}, 2},
		"a viewer":       {func(v *page.LettersView) { v.Rights = page.Rights{} }, 0},
		"an operator":    {func(v *page.LettersView) { v.Rights.Discard = false }, 0},
		"every state":    {func(v *page.LettersView) { v.Filter.State = deadletter.Every }, 0},
		"a single one":   {func(v *page.LettersView) { v.Total = 1 }, 0},
		"a filter":       {func(v *page.LettersView) { v.Filter.Text = "x&act=discard" }, 2},
	} {
		v := lettersPages()["letters"]
		c.change(&v)
		doc, _ := render(t, page.Letters(v))
		links := at(doc, "all").Find("a")
		if links.Length() != c.want {
			t.Errorf("%s: %d offers, want %d", name, links.Length(), c.want)
		}
		links.Each(func(i int, a *goquery.Selection) {
			if href := a.AttrOr("href", ""); !strings.Contains(href, "act="+[]string{"retry", "discard"}[i]) || v.Filter.Text != "" && !strings.Contains(href, "q=x%26act%3Ddiscard") {
				t.Errorf("%s leads to %q", name, href)
			}
		})
	}
	doc, _ := render(t, page.Letters(lettersPages()["letters-bulk"]))
	if got := words(at(doc, "open-bulk")); got != "Retry 132 letters · 40 done, 2 refused, 90 left" {
		t.Errorf("an open bulk is told as %q", got)
	}
}

func TestAnEditShowsWhatChangesBeforeItIsSent(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]string{
		"edit": "See what changes", "edit-diff": "ArtistsRadioheadTLC Missy", "edit-wrong": "look at line 1", "edit-fields": "Look at: Song, Year.",
	} {
		v := editPages()[name]
		doc, _ := render(t, page.Edit(v))
		if got := words(doc.Find("main")); !strings.Contains(strings.ReplaceAll(got, " ", ""), strings.ReplaceAll(says, " ", "")) {
			t.Errorf("%s does not say %q: %q", name, says, got)
		}
		if got := doc.Find("#input").Text(); got != v.Text {
			t.Errorf("%s: the text is %q", name, got)
		}
		_, invalid := doc.Find("#input").Attr("aria-invalid")
		_, open := at(doc, "json").Attr("open")
		if n := at(doc, "wrong").Length(); n != len(v.Wrong) || n != doc.Find(`[data-testid="edit"] [aria-invalid]`).Length() || open != v.AsJSON {
			t.Errorf("%s: %d fields are wrong, want %d; JSON is open: %v", name, n, len(v.Wrong), open)
		}
		confirm := at(doc, "diff").Find(`[name="confirm"]`).Length() == 1
		if invalid != v.AsJSON || confirm != (len(v.Changes) > 0) {
			t.Errorf("%s: invalid %v, to be confirmed %v", name, invalid, confirm)
		}
		if got := doc.Find(`[name="version"]`).AttrOr("value", ""); got != "7" {
			t.Errorf("%s is for version %q", name, got)
		}
	}
}

func TestALetterThatCanResumeOffersBothWays(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, page.Letter(decided()))
	var offered []string
	doc.Find(`form[action$="/retry"] button`).Each(func(_ int, b *goquery.Selection) {
		offered = append(offered, words(b)+"="+b.AttrOr("value", ""))
	})
	if !slices.Equal(offered, []string{"Retry from adding=step", "Retry from the start=start"}) {
		t.Errorf("offers %q", offered)
	}
	got := words(doc.Find("main"))
	for _, want := range []string{"it takes the version that was found before", "Retried by Olga, going on at adding, and that failed again.", "Retries use this", "ArtistsRadioheadTLC"} {
		if !strings.Contains(strings.ReplaceAll(got, " ", ""), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("it does not say %q: %q", want, got)
		}
	}
}

func TestKeysAreOfferedForWhatThePersonMayDo(t *testing.T) {
	t.Parallel()
	rows := func(r page.Rights) (keys []string) {
		v := lettersPages()["letters"]
		v.Rights = r
		doc, _ := render(t, page.Letters(v))
		doc.Find("[data-row]").Each(func(_ int, a *goquery.Selection) { keys = append(keys, a.AttrOr("data-row", "")) })
		if _, hidden := at(doc, "keys").Attr("hidden"); !hidden {
			t.Error("keys are told of where there may be no script")
		}
		return keys[:2] // about a song, about a request
	}
	for _, c := range []struct {
		rights page.Rights
		want   []string
	}{
		{page.Rights{}, []string{"o", "o"}}, {page.Rights{Retry: true}, []string{"o x r", "o x r"}}, {page.Rights{Retry: true, Discard: true}, []string{"o x r d e", "o x r d"}},
	} {
		if got := rows(c.rights); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %q, want %q", c.rights, got, c.want)
		}
	}
	doc, _ := render(t, page.Letter(letterPages()["letter-waiting"]))
	for key, on := range map[string]string{"r": "button#retry", "d": "input#reason", "e": `a[href$="/edit"]`, "u": `a[href="/admin/dlq"]`, "?": "button[popovertarget]"} {
		if doc.Find(on+`[data-key="`+key+`"][aria-keyshortcuts="`+key+`"]`).Length() != 1 {
			t.Errorf("%s does not press %s", key, on)
		}
	}
}

func (b *tab) open(url string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(url))
}

// pressed types keys on a page and returns what is true then.
func (b *tab) pressed(keys string, script string) bool {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys))
	return eval[bool](b, script)
}

func TestKeysWalkTheListAndRestWhileSomebodyWrites(t *testing.T) {
	t.Parallel()
	url, b := site(t, nil), browser(t)
	b.open(url + "/book/letters")
	row := func(n string) string {
		return `document.activeElement === document.querySelectorAll("[data-row]")[` + n + `]`
	}
	for _, c := range []struct{ keys, want string }{
		{"j", row("0")},
		{"jj", row("2")},
		{"k", row("1")},
		{"kkkk", row("0")},
		{"jjjjjjjjj", row("3")},
		{"?", `document.querySelector("#keys").matches(":popover-open")`},
		{"?", `!document.querySelector("#keys").matches(":popover-open")`},
		{"/", `document.activeElement.name === "q"`},
		{"jk?", `document.activeElement.value.endsWith("jk?")`},
	} {
		if !b.pressed(c.keys, c.want) {
			t.Errorf("after %q not %s", c.keys, c.want)
		}
	}
	if !eval[bool](b, `document.activeElement.blur(), document.querySelector("#keys-switch").click(), document.body.focus(), true`) || b.pressed("j", row("0")) {
		t.Error("a key works though keys are switched off")
	}
	b.open(url + "/book/letters")
	if b.pressed("j", row("0")) || !eval[bool](b, `document.querySelector("#keys-switch").click(), true`) || !b.pressed("j", row("0")) {
		t.Error("the switch is not remembered, or cannot be turned back")
	}
}

func TestKeysOfALetter(t *testing.T) {
	t.Parallel()
	url, b := site(t, nil), browser(t)
	b.open(url + "/book/letter-waiting#reason")
	if !eval[bool](b, `document.activeElement.id === "reason"`) {
		t.Error("a letter that is opened to be discarded does not ask why")
	}
	_ = eval[bool](b, `document.activeElement.blur(), document.forms[0] && document.addEventListener("submit", (e) => { e.preventDefault(); window.sent = e.target.action; }, true), true`)
	if !b.pressed("d", `document.activeElement.id === "reason"`) {
		t.Error("d does not lead to the reason")
	}
	_ = eval[bool](b, `document.activeElement.blur(), true`)
	if !b.pressed("r", `(window.sent || "").endsWith("/retry")`) {
		t.Error("r does not retry")
	}
}

func TestAPageHearsThatItsBulkHasEnded(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	url := site(t, func(mux *http.ServeMux) {
		mux.HandleFunc("GET /admin/dlq/bulk/b1/progress", func(w http.ResponseWriter, r *http.Request) {
			v := bulkPages()["bulk-running"]
			if v.Bulk.Done++; asked.Add(1) > 1 {
				v = bulkPages()["bulk-done"]
			}
			serve(page.BulkProgress(v))(w, r)
		})
	})
	b := browser(t)
	b.open(url + "/book/bulk-running")
	b.do(chromedp.Focus(`form[action$="/cancel"] button`), until(`document.querySelector('[data-testid="counts"]').textContent.includes("41 done")`))
	if !eval[bool](b, `document.activeElement.closest("form")?.action.endsWith("/cancel") && document.querySelector("#status").textContent === ""`) {
		t.Error("while it goes on the focus moves, or each step is said aloud")
	}
	b.do(until(`document.querySelector("#status").textContent === "Done: 130 done, 2 refused, 0 left"`))
	n := asked.Load()
	b.do(chromedp.Sleep(2500 * time.Millisecond))
	if asked.Load() != n {
		t.Error("it asks on after the end")
	}
}
