package page_test

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"segue/internal/agent"
	"segue/web/templates/page"
	"segue/web/templates/partial"
)

const written = "Here is a **small list** for a rainy Sunday:\n\n1. *Fade Into You* by Mazzy Star, which is slow\n2. *Hallelujah* by Jeff Buckley\n\n" +
	"Both are in [Spotify](https://open.spotify.com/search/rainy). Shall I add them to `Road Trip`, or to a playlist **of its o"

// answering is a run whose model is writing, or has been stopped in the middle.
func answering(state agent.State) partial.RunView {
	p := agent.Progress{
		State: state, Say: written, Strategy: agent.Single, StartedAt: ago(2 * time.Second),
		Steps: []agent.Stage{{Name: agent.Understanding, State: agent.Running, Since: ago(2 * time.Second)}},
	}
	if state.Final() {
		p.Title, p.EndedAt, p.Steps[0].State = "Stopped", now, state
	}
	v := view(p)
	v.Live = !state.Final()
	return v
}

// tried is the second of three branches.
func tried() page.ChatView {
	v := chat(view(added()))
	m := &v.Entries[0].Message
	m.Try, m.Tries, m.Earlier, m.Later = 2, 3, "m0", "m2"
	return v
}

func searched(query string, hits ...agent.Hit) page.SearchView {
	v := page.SearchView{ChatView: chat(view(added())), Hits: hits, Most: 50}
	v.Conversation, v.Entries, v.Query = agent.Conversation{}, nil, query
	return v
}

func hits() []agent.Hit {
	talk := chat(view(added())).Conversations
	return []agent.Hit{
		{Conversation: talk[0], Role: agent.Person, Text: "add Bohemian Rhapsody by Queen to Road Trip", MessageID: "m1"},
		{Conversation: talk[2], Role: agent.Assistant, Text: strings.Repeat("These songs are in the playlist already. ", 9) + "Bohemian Rhapsody is the last one of them, and " + strings.Repeat("so on ", 40), MessageID: "m7"},
		{Conversation: agent.Conversation{ID: "c9", Title: "Bohemian nights", UpdatedAt: day.Add(-900 * time.Hour)}},
	}
}

// talkPages are the conversation where a model answers, a message was written anew, or something is looked for.
func talkPages() map[string]templ.Component {
	return map[string]templ.Component{
		"talk-streaming":    page.Chat(chat(answering(agent.Running))),
		"talk-stopped":      page.Chat(chat(answering(agent.Cancelled))),
		"talk-branch":       page.Chat(tried()),
		"talk-search":       page.Search(searched("bohemian", hits()...)),
		"talk-search-none":  page.Search(searched("zzxy")),
		"talk-search-empty": page.Search(searched("")),
	}
}

func TestSendIsStopWhileARunGoesOn(t *testing.T) {
	t.Parallel()
	for name, v := range runStates() {
		doc, _ := render(t, page.Chat(chat(v)))
		stop := doc.Find(`#composer button[form="stop"]`).Length() == 1 && doc.Find(`form#stop[action="/runs/r1/cancel"]`).Length() == 1
		if stop != v.Moving() {
			t.Errorf("%s: Stop in the composer %v, want %v", name, stop, v.Moving())
		}
		if doc.Find("#composer button[data-send]").Length() != 1 {
			t.Errorf("%s: no Send", name)
		}
	}
}

func TestWhatWasWrittenBeforeTheStopStays(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, partial.Run(answering(agent.Cancelled)))
	if got := at(doc, "say").Find("strong").First().Text(); got != "small list" {
		t.Errorf("the answer has %q in bold", got)
	}
	if got := words(at(doc, "cut")); got != "Stopped" || at(doc, "card").Length() != 0 {
		t.Errorf("marked %q, %d cards", got, at(doc, "card").Length())
	}
}

func TestAMessageIsWrittenAnewInItsOwnPlace(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, page.Chat(tried()))
	keys := map[string]bool{}
	for _, form := range []string{`[data-testid="edit"] form`, `[data-testid="again"] form`} {
		f := doc.Find(form)
		if f.AttrOr("action", "") != "/c/c1/messages" || value(f, "instead") != "m1" {
			t.Errorf("%s goes to %q instead of %q", form, f.AttrOr("action", ""), value(f, "instead"))
		}
		keys[value(f, "key")] = true
	}
	keys[value(doc.Find("#composer"), "key")] = true
	if len(keys) != 3 || keys[""] {
		t.Errorf("keys %v, want three", keys)
	}
	if got := value(doc.Find("#composer"), "branch"); got != "m1" {
		t.Errorf("the composer goes on behind %q", got)
	}
	if got := words(at(doc, "tries")); got != "‹Try 2 of 3 ›" {
		t.Errorf("tries %q", got)
	}
	if got := at(doc, "tries").Find("a").First().AttrOr("href", ""); got != "/c/c1?branch=m0#m-m0" {
		t.Errorf("the try before is at %q", got)
	}
}

func value(s *goquery.Selection, name string) string {
	return s.Find(`[name="`+name+`"]`).First().AttrOr("value", "")
}

func TestACardSaysWhatStaysWhenItsMessageIsWrittenAnew(t *testing.T) {
	t.Parallel()
	states := runStates()
	for name, want := range map[string]struct{ open, left string }{
		"done": {"", "undoable"}, "undone": {}, "failed": {}, "said": {}, "created": {},
		"running": {"moving", ""}, "partly": {"moving", "for good"}, "asking": {"waiting", ""},
	} {
		doc, _ := render(t, page.Chat(chat(states[name])))
		card := at(doc, "run")
		if open, left := card.AttrOr("data-open", ""), card.AttrOr("data-left", ""); open != want.open || left != want.left {
			t.Errorf("%s: open %q, left %q; want %+v", name, open, left, want)
		}
		if at(doc, "again-after-all").Find(`form[action="/runs/r1/undo"][data-if="undoable"]`).Length() != 1 {
			t.Errorf("%s: no way to undo first", name)
		}
	}
}

func TestAStepThatIsDoneSaysHowLongItTook(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, partial.Run(runStates()["running"]))
	if got := words(at(doc, "took")); got != "1.0 s" { // the second one is not over
		t.Errorf("the steps took %q", got)
	}
}

func TestAnUndoIsNotWrittenAnew(t *testing.T) {
	t.Parallel()
	v := view(added())
	v.Run.UndoOf = "r0"
	doc, _ := render(t, page.Chat(chat(v)))
	if at(doc, "edit").Length()+at(doc, "again").Length() != 0 {
		t.Error("an undo can be sent again")
	}
}

func TestHitsShowTheWordsInTheirPlace(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, page.Search(searched("bohemian  RHAPSODY", hits()...)))
	found := at(doc, "hit")
	if got := found.First().AttrOr("href", ""); got != "/c/c1?branch=m1#m-m1" {
		t.Errorf("leads to %q", got)
	}
	second := found.Eq(1)
	if got := second.Find("mark").Text(); got != "Bohemian Rhapsody" {
		t.Errorf("marked %q", got)
	}
	if text := words(second); !strings.Contains(text, "Segue: …") || len(text) > 300 {
		t.Errorf("excerpt %q", text)
	}
	if got := found.Eq(2).AttrOr("href", ""); got != "/c/c9" {
		t.Errorf("a title leads to %q", got)
	}
}
