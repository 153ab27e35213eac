package page_test

import (
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/web/templates/page"
)

func tokens() []page.Token {
	return []page.Token{
		{
			ID: "t1", Name: "My phone", Last: "x7Qa", Scopes: []string{"sync:write", "sync:read"}, Playlist: "Road Trip", Run: "r1",
			Created: ago(400 * time.Hour), Expires: now.Add(1700 * time.Hour), Used: ago(3 * time.Hour),
		},
		{ID: "t2", Name: "Script", Last: "-_9b", Scopes: []string{"admin:read"}, Created: ago(20 * time.Hour), Problem: "artist: Field required", Used: ago(time.Minute)},
		{ID: "t3", Name: strings.Repeat("Donaudampfschiff", 3), Last: "aaaa", Scopes: []string{"sync:write"}, Created: ago(9000 * time.Hour), Expires: ago(time.Hour)},
	}
}

// tokensPages are the tokens in each state.
func tokensPages() map[string]page.TokensView {
	plain := page.TokensView{
		Person: ada, Tokens: tokens(), Now: now, Days: []int{30, 90, 365, 0},
		Scopes: []page.ScopeChoice{{Name: "sync:write", Words: "Add songs, and stop that"}, {Name: "sync:read", Words: "See what has become of them"}},
		Form:   page.TokenForm{Scopes: []string{"sync:write"}, Days: 90},
	}
	empty, made, revoke, refused := plain, plain, plain, plain
	empty.Tokens = nil
	made.Made = "segue_" + strings.Repeat("Ab3_", 10) + "x7Q"
	revoke.Revoke = "t2"
	refused.Trouble = &agent.Trouble{Kind: "invalid", What: "Give the token a name, such as the device that will use it.", Kept: "No token was created.", Do: "Change the form below and send it again."}
	refused.Form = page.TokenForm{Playlist: "Road Trip", Days: 30}
	return map[string]page.TokensView{"tokens": plain, "tokens-empty": empty, "tokens-made": made, "tokens-revoke": revoke, "tokens-refused": refused}
}

// shortcutsPages are the steps with what the test has heard.
func shortcutsPages() map[string]page.ShortcutsView {
	plain := page.ShortcutsView{
		Person: ada, Address: "https://segue.example/api/v1/sync?wait=8", Tokens: tokens()[:1], Test: page.TestView{Since: now, Now: now},
	}
	first, heard, refused, idle := plain, plain, plain, plain
	first.Tokens = nil
	one, other, third := tokens()[0], tokens()[1], tokens()[0]
	heard.Test.Heard, heard.Test.Says = &one, "Added Bohemian Rhapsody by Queen to Road Trip."
	refused.Test.Heard = &other
	idle.Test.Heard = &third
	return map[string]page.ShortcutsView{
		"shortcuts": plain, "shortcuts-first": first, "shortcuts-heard": heard, "shortcuts-refused": refused, "shortcuts-idle": idle,
	}
}

func docs() page.DocsView {
	call := page.DocsCall{
		ID: "addSong", Method: "POST", Path: "/api/v1/sync", Summary: "Add a song to a playlist", Scope: "sync:write",
		Text: []string{"Answers 202 once the song is on disk."}, Example: "curl -X POST https://segue.example/api/v1/sync -H 'Authorization: Bearer segue_…' -d '{\"track_name\":\"Bohemian Rhapsody\"}'",
		Fields:  []page.DocsField{{Name: "Idempotency-Key", In: "header", Text: "Names this call."}, {Name: "track_name", In: "body", Required: true, Text: "The title."}},
		Answers: []page.DocsAnswer{{Status: "202", Text: "Accepted."}},
	}
	open := page.DocsCall{ID: "health", Method: "GET", Path: "/api/v1/health", Summary: "Whether work is taken up"}
	return page.DocsView{
		Intro:  []string{"Add a song to a playlist by one call."},
		Groups: []page.DocsGroup{{Name: "Songs", Calls: []page.DocsCall{call}}, {Name: "Health", Calls: []page.DocsCall{open}}},
		Errors: []page.DocsAnswer{{Status: "401", Text: "No token."}, {Status: "429", Text: "Too many calls."}},
	}
}

func TestTheTokensPageSaysWhatItIsInEachState(t *testing.T) {
	t.Parallel()
	views := tokensPages()
	for name, says := range map[string][]string{
		"tokens": {
			"My phone", "segue_…x7Qa · sync:write, sync:read · to Road Trip", "Used", "Good until", "Never used", "Expired",
			"The last call was refused: artist: Field required",
		},
		"tokens-empty":   {"You have no tokens. Create the first one below."},
		"tokens-made":    {"it is shown only this once"},
		"tokens-revoke":  {"Revoke for good: Script", "Keep it", "Revoke: My phone"},
		"tokens-refused": {"Give the token a name", "No token was created."},
	} {
		doc, _ := render(t, page.Tokens(views[name]))
		for _, want := range says {
			if got := words(doc.Find("main")); !strings.Contains(got, want) {
				t.Errorf("%s does not say %q: %q", name, want, got)
			}
		}
		if n := at(doc, "token").Length(); n != len(views[name].Tokens) {
			t.Errorf("%s shows %d tokens, want %d", name, n, len(views[name].Tokens))
		}
		if shown := doc.Find("#made").Length() == 1; shown != (name == "tokens-made") {
			t.Errorf("%s shows the text of a token: %v", name, shown)
		}
	}
	doc, _ := render(t, page.Tokens(views["tokens-refused"]))
	form := at(doc, "create")
	if form.Find(`[name="playlist"]`).AttrOr("value", "") != "Road Trip" || form.Find(`option[selected]`).AttrOr("value", "") != "30" || form.Find("[checked]").Length() != 0 {
		t.Error("the form has lost what was sent")
	}
}

func TestTheShortcutsPageShowsWhatHasArrived(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]string{
		"shortcuts": "Nothing has arrived", "shortcuts-first": "Create a token", "shortcuts-heard": "Added Bohemian Rhapsody by Queen to Road Trip.",
		"shortcuts-refused": "artist: Field required", "shortcuts-idle": "It has not asked for a song yet.",
	} {
		doc, _ := render(t, page.Shortcuts(shortcutsPages()[name]))
		if got := words(doc.Find("main")); !strings.Contains(got, says) || !strings.Contains(got, "https://segue.example/api/v1/sync?wait=8") {
			t.Errorf("%s does not say %q: %q", name, says, got)
		}
		if again := doc.Find("#test").AttrOr("hx-get", ""); !strings.HasPrefix(again, "/settings/shortcuts/test?since=") {
			t.Errorf("%s asks %q for news", name, again)
		}
	}
}
