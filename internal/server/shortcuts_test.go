package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"segue/internal/auth"
)

func TestAShortcutIsTestedLive(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	test := fmt.Sprintf("/settings/shortcuts/test?since=%d", time.Now().Unix())
	ada.get("/settings/shortcuts").wants(http.StatusOK).says("Create a token").says("Nothing has arrived").says("/api/v1/sync?wait=8")
	g := ada.gadget(auth.Nobody)
	ada.get(test).wants(http.StatusOK).says("Nothing has arrived")
	g.post(syncs, `{"track_name": "Creep", "playlist_id": "Gym"}`).wants(http.StatusUnprocessableEntity)
	a := ada.get(test).wants(http.StatusOK).says("It arrived, and was refused").says("artist: Field required")
	if strings.Contains(a.body, "<html") {
		t.Error("not the part alone")
	}
	g.sync(aSong)
	ada.get(test).says("It works").says("Segue is looking for Bohemian Rhapsody by Queen.")
	ada.get("/settings/shortcuts").says("You have one")
	s.login("ben").get(test).says("Nothing has arrived")
	later := fmt.Sprintf("/settings/shortcuts/test?since=%d", time.Now().Add(time.Hour).Unix())
	ada.get(later).says("Nothing has arrived")
}

func TestTheDescriptionIsReadableByPeople(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.browser().get("/docs/api").wants(http.StatusOK).says("Add a song to a playlist").says("Idempotency-Key").says("curl -X POST")
	calls := 0
	for _, methods := range describe(t).Paths {
		calls += len(methods)
	}
	if shown := a.page().Find(`[data-testid="call"]`).Length(); shown != calls {
		t.Errorf("%d calls are shown, %d described", shown, calls)
	}
}
