package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"segue/internal/deadletter"
)

func listedTokens(a answer) int { return a.page().Find(`[data-testid="token"]`).Length() }

func TestATokenIsShownOnceAndCanBeRevoked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	ada.get("/settings/tokens").wants(http.StatusOK).says("You have no tokens.")
	a := ada.post("/settings/tokens", "name", "My <phone>", "scope", "sync:write", "days", "90").wants(http.StatusCreated)
	text := a.page().Find("#made").AttrOr("value", "")
	if len(text) != 49 || listedTokens(a) != 1 {
		t.Fatalf("made %d characters, %d listed", len(text), listedTokens(a))
	}
	again := ada.get("/settings/tokens").says("My <phone>").says("segue_…" + text[45:])
	if strings.Contains(again.body, text[:20]) {
		t.Error("it is shown again")
	}
	g := &gadget{site: s, text: text}
	g.post(syncs, aSong).wants(http.StatusAccepted)
	tokens, err := s.db.PersonalTokens(t.Context(), ada.id)
	if err != nil || len(tokens) != 1 {
		t.Fatal(tokens, err)
	}
	path := "/settings/tokens/" + tokens[0].ID + "/revoke"
	if form := ada.get("/settings/tokens?revoke=" + tokens[0].ID).page().Find(`form[action="` + path + `"]`); form.Length() != 1 {
		t.Error("no form asks once more")
	}
	s.login("ben").post(path).wants(http.StatusNotFound)
	ada.post(path).redirects("/settings/tokens")
	g.post(syncs, aSong).wants(http.StatusUnauthorized)
	ada.post(path).wants(http.StatusNotFound)
	if strings.Contains(s.log.String(), text) {
		t.Error("the log holds it")
	}
}

func TestAFormForATokenThatCannotBeIsShownAgain(t *testing.T) {
	t.Parallel()
	s, viewer, _, _ := office(t)
	ada := s.login("ada")
	for says, form := range map[string]url.Values{
		"Give the token a name":            {"scope": {"sync:write"}, "days": {"30"}},
		"at least one thing":               {"name": {"n"}, "days": {"30"}},
		"how long":                         {"name": {"n"}, "scope": {"sync:write"}, "days": {"31"}},
		"how long the":                     {"name": {"n"}, "scope": {"sync:write"}},
		"what you may not do yourself":     {"name": {"n"}, "scope": {"admin:read"}, "days": {"30"}},
		"not the name or the link":         {"name": {"n"}, "scope": {"sync:read", "sync:write"}, "days": {"30"}, "playlist": {"https://open.spotify.com/track/7tFiyTwD0nx5a1eklYtX2J"}},
		"The name has more than 60":        {"name": {strings.Repeat("n", 61)}, "scope": {"sync:write"}, "days": {"30"}},
		"The playlist has more than 200":   {"name": {"n"}, "scope": {"sync:write"}, "days": {"30"}, "playlist": {strings.Repeat("p", 200) + " q"}},
		"what you may not do yourself. Ch": {"name": {"n"}, "scope": {"everything"}, "days": {"30"}},
	} {
		a := ada.do(http.MethodPost, "/settings/tokens", form).wants(http.StatusUnprocessableEntity)
		if strings.HasPrefix(says, "The playlist") {
			a.says("playlist")
		} else {
			a.says(says)
		}
		if got := a.page().Find("#name").AttrOr("value", ""); got != form.Get("name") {
			t.Errorf("%s: the form has lost its name: %q", says, got)
		}
	}
	if boxes := ada.get("/settings/tokens").page().Find(`input[name="scope"]`).Length(); boxes != 2 {
		t.Errorf("somebody without a role is offered %d scopes", boxes)
	}
	if boxes := viewer.get("/settings/tokens").page().Find(`input[name="scope"]`).Length(); boxes != 3 {
		t.Errorf("a viewer is offered %d scopes", boxes)
	}
	if tokens, err := s.db.PersonalTokens(t.Context(), ada.id); err != nil || len(tokens) > 0 {
		t.Errorf("made %+v, %v", tokens, err)
	}
}

func TestATokenForTheAdminPagesWantsAFreshLogin(t *testing.T) {
	t.Parallel()
	s, _, operator, _ := office(t)
	create := func(scope string) answer {
		return operator.post("/settings/tokens", "name", "script", "scope", scope, "days", "30")
	}
	create("admin:write").wants(http.StatusCreated)
	s.clock.forward(16 * time.Minute)
	create("admin:write").wants(http.StatusUnauthorized).says("fresh one")
	create("sync:write").wants(http.StatusCreated)
	entries, err := s.db.Audit(t.Context(), deadletter.Trail{Action: deadletter.ActionToken}, 0, 9)
	if err != nil || len(entries) != 2 || entries[1].Note != "admin:write" {
		t.Errorf("audit %+v, %v", entries, err)
	}
}
