package server_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"segue/internal/store"
)

func TestRequestsAreListedByPageAndFilteredByTheAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, ben := s.login("ada"), s.login("ben")
	ada.get("/runs").wants(http.StatusOK).says("You have not asked for anything yet.")
	ben.say("a secret of Ben's")
	for i := range 52 {
		text := fmt.Sprintf("message %d", i)
		if _, _, err := s.db.Accept(t.Context(), store.NewMessage{PersonID: ada.id, Text: text, Key: text}); err != nil {
			t.Fatal(err)
		}
	}
	doc := ada.get("/runs").wants(http.StatusOK).page()
	older, _ := doc.Find(`a[rel="next"]`).Attr("href")
	seen := map[string]bool{}
	collect := func(d *goquery.Document) {
		d.Find(`[data-testid="run"] a[href^="/runs/"]`).Each(func(_ int, a *goquery.Selection) { seen[a.Text()] = true })
	}
	collect(doc)
	collect(ada.get(older).wants(http.StatusOK).says("Newest").page())
	if len(seen) != 52 || seen["a secret of Ben's"] {
		t.Errorf("%d different requests, want 52", len(seen))
	}
	found := ada.get("/runs?q=MESSAGE+51&state=running&kind=message").wants(http.StatusOK).page()
	if n := found.Find(`[data-testid="run"]`).Length(); n != 1 {
		t.Errorf("%d requests found, want 1", n)
	}
	if got := found.Find(`select[name="kind"] option[selected]`).AttrOr("value", ""); got != "message" {
		t.Errorf("the form shows the kind %q", got)
	}
	ada.get("/runs?q=zzxy").wants(http.StatusOK).says("No request is like this.")
	ada.get("/runs?state=asleep").wants(http.StatusUnprocessableEntity).says("There is no such state.").says("message 51")
	ada.get("/runs?playlist=%00%ff&after=none&kind=undo").wants(http.StatusOK)
}

func TestHowLongRequestsAreKeptIsChosenOnTheAccountPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	chosen := func() string {
		return ada.get("/account").wants(http.StatusOK).page().Find(`input[name="keep"][checked]`).AttrOr("value", "")
	}
	if got := chosen(); got != "ever" {
		t.Errorf("kept %q unless said otherwise", got)
	}
	ada.post("/account/keep", "keep", "quarter").redirects("/account#keep")
	if got := chosen(); got != "quarter" {
		t.Errorf("kept %q", got)
	}
	ada.post("/account/keep", "keep", "1").wants(http.StatusBadRequest)
}
