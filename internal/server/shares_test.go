package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"segue/internal/auth"
)

func TestAProgramGetsALinkWithItsAnswerWhenItAsks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	ask := func(more string) string {
		t.Helper()
		a := g.post(syncs, `{"track_name": "Creep", "artist": "Radiohead", "playlist_id": "Gym"`+more+`}`).wants(http.StatusAccepted)
		var body struct {
			ShareURL *string `json:"share_url"`
		}
		if err := json.Unmarshal([]byte(a.body), &body); err != nil {
			t.Fatal(err)
		}
		if body.ShareURL == nil {
			return ""
		}
		return *body.ShareURL
	}
	if got := ask(""); got != "" {
		t.Errorf("without asking: %q", got)
	}
	link := ask(`, "share": "24h", "share_names": false`)
	if !strings.HasPrefix(link, "/s/") {
		t.Fatalf("share_url is %q", link)
	}
	s.browser().get(link).wants(http.StatusOK)
	again := ask(`, "share": "30d"`)
	if again == link || again == "" {
		t.Errorf("the second link is %q", again)
	}
	links, err := s.db.Shares(t.Context(), ada.id)
	if err != nil || len(links) != 2 || !links[0].Names && !links[1].Names || links[0].Names && links[1].Names {
		t.Errorf("links %+v, %v", links, err)
	}
	a := g.post(syncs, `{"track_name": "Creep", "artist": "Radiohead", "playlist_id": "Gym", "share": "1h"}`).wants(http.StatusUnprocessableEntity)
	if !strings.Contains(a.body, `"loc":["body","share"]`) {
		t.Error(a.body)
	}
	if strings.Contains(s.log.String(), link[3:20]) {
		t.Error("the log holds the secret of the link")
	}
}
