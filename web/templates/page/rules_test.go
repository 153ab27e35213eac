package page_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"segue/web/templates/page"
	"segue/web/templates/partial"
)

func TestYourChoicesSayWhatTheyAreInEachState(t *testing.T) {
	t.Parallel()
	views := rulesPages()
	for name, says := range map[string][]string{
		"rules": {
			"You say “Hallelujah”", "Leonard Cohen · Various Positions", "Used 4 times, last on", "Not used yet", "Used once, on",
			"“A song of our own by The Neighbours”", "No longer on Spotify.Segue asks you again next time.",
		},
		"rules-dropped": {"“Hallelujah” is forgotten.", "Put back"},
		"rules-after":   {"Remembered. The playlist is as it was", "Back to the conversation"},
		"rules-many":    {"51 to 100 of 10000", "Newer", "Older"},
		"rules-found":   {"Show all"},
		"rules-none":    {"None of your choices has “zzxy” in it.", "Show all"},
		"rules-empty":   {"Nothing is remembered.", "Add a song"},
	} {
		doc, _ := render(t, page.Rules(views[name]))
		for _, want := range says {
			if got := words(doc.Find("main")); !strings.Contains(got, want) {
				t.Errorf("%s does not say %q: %q", name, want, got)
			}
		}
		if n := at(doc, "rule").Length(); n != len(views[name].Rules) {
			t.Errorf("%s shows %d choices, want %d", name, n, len(views[name].Rules))
		}
	}
}

func TestAChoiceIsForgottenAndPutBackWhereItStood(t *testing.T) {
	t.Parallel()
	v := rulesPages()["rules-dropped"]
	v.Text, v.Page = "a & b", 3
	doc, _ := render(t, page.Rules(v))
	for action, form := range map[string]*goquery.Selection{
		"/rules/r2/delete": at(doc, "rule").First().Find("form"), "/rules/r1/restore": at(doc, "dropped").Find("form"),
	} {
		if form.AttrOr("action", "") != action || form.AttrOr("method", "") != "post" ||
			form.Find(`[name="q"]`).AttrOr("value", "") != "a & b" || form.Find(`[name="page"]`).AttrOr("value", "") != "3" {
			html, _ := form.Html()
			t.Errorf("%s: %s", action, html)
		}
	}
	if got := v.At(2, "r9"); got != "/rules?dropped=r9&page=2&q=a+%26+b" {
		t.Errorf("address %s", got)
	}
}

func TestAnAnswerMayBeRememberedOrALinkWithoutScripts(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, partial.Run(runStates()["asking"]))
	form := at(doc, "question")
	if box := form.Find(`input[name="remember"]`); box.AttrOr("value", "") != "1" || box.Is(":not([checked])") {
		t.Error("the box is not ticked")
	}
	if link := form.Find(`input[name="link"]`); link.Length() != 1 || link.AttrOr("value", "") != "" || link.Is("[required]") {
		t.Error("no place for a link")
	}
	for name, want := range map[string]int{"playlist": 0, "badlink": 1} {
		doc, _ := render(t, partial.Run(runStates()[name]))
		if n := doc.Find(`input[name="link"]`).Length(); n != want {
			t.Errorf("%s: %d places for a link, want %d", name, n, want)
		}
	}
}

func TestARefusedLinkStandsInItsFormWithTheReason(t *testing.T) {
	t.Parallel()
	v := refused()
	doc, _ := render(t, partial.Run(v))
	input := doc.Find(`input[name="link"]`)
	if input.AttrOr("value", "") != v.Refused.Link || input.AttrOr("aria-invalid", "") != "true" || input.Is(":not([autofocus])") {
		t.Error("the link is gone, or not marked")
	}
	if got := words(doc.Find("#" + input.AttrOr("aria-describedby", "none"))); got != v.Refused.Why {
		t.Errorf("the reason is %q", got)
	}
	if doc.Find(`input[name="remember"]`).Is("[checked]") {
		t.Error("the box was ticked again")
	}
}
