package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/music"
	"segue/internal/server"
)

const apiRuns = "/api/v1/runs"

// entries are the ids of a page of runs.
func (g *gadget) entries(query string) (ids []string, next any) {
	g.site.t.Helper()
	body := g.get(apiRuns + query).wants(http.StatusOK).json()
	all, _ := body["entries"].([]any)
	for _, e := range all {
		ids = append(ids, fmt.Sprint(e.(map[string]any)["workflow_id"]))
	}
	return ids, body["next"]
}

func TestRequestsAreListedForPrograms(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, ben := s.login("ada"), s.login("ben")
	g := ada.gadget(auth.Nobody)
	song := g.accepted(ada.id)
	chat := ada.say("my playlists")
	list := fmt.Sprint(g.post(batches, aList).wants(http.StatusAccepted).json()["workflow_id"])
	ben.say("a secret of Ben's")
	finish(t, s, song, agent.Progress{State: agent.Done, Title: "Added 1 song to Gym", Undoable: true, Playlist: &music.Playlist{ID: "gym", Name: "Gym"}})
	if ids, next := g.entries(""); !slices.Equal(ids, []string{list, chat.ID, song.ID}) || next != nil {
		t.Errorf("%v, then %v", ids, next)
	}
	ids, next := g.entries("?limit=2")
	rest, last := g.entries("?limit=2&after=" + fmt.Sprint(next))
	if len(ids) != 2 || next != chat.ID || !slices.Equal(rest, []string{song.ID}) || last != nil {
		t.Errorf("%v, %v, then %v, %v", ids, next, rest, last)
	}
	for query, want := range map[string]string{
		"?status=completed": song.ID, "?status=running&kind=message": chat.ID, "?kind=list": list, "?kind=program": song.ID, "?playlist=gym": song.ID, "?q=MY+PLAY": chat.ID,
	} {
		if ids, _ := g.entries(query); !slices.Equal(ids, []string{want}) {
			t.Errorf("%s: %v, want %s", query, ids, want)
		}
	}
	for query, name := range map[string]string{"?status=done": "status", "?kind=x": "kind", "?limit=101": "limit", "?state=done": "state"} {
		if a := g.get(apiRuns + query).wants(http.StatusUnprocessableEntity); !strings.Contains(a.body, `["query","`+name+`"]`) {
			t.Errorf("%s: %s", query, a.body)
		}
	}
	one := g.get(apiRuns + "/" + song.ID).wants(http.StatusOK).json()
	if one["status"] != "completed" || one["undoable"] != true || one["playlist"] != "Gym" || one["text"] != "Added 1 song to Gym." ||
		!strings.HasPrefix(fmt.Sprint(one["asked"]), "Add Bohemian Rhapsody") {
		t.Errorf("%v", one)
	}
}

func TestAProgramStopsARequestWithAndWithoutUndo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	run := ada.say("my playlists")
	path := apiRuns + "/" + run.ID + "/cancel"
	g.post(path, "").wants(http.StatusOK) // the engine does not know it yet, the ledger does
	if got, err := s.db.Run(t.Context(), ada.id, run.ID); err != nil || got.Stop != agent.StopKeep {
		t.Errorf("the ledger has the stop %q, %v", got.Stop, err)
	}
	s.engine.set(running(run.ID, 1))
	if body := g.post(path, "").wants(http.StatusOK).json(); body["status"] != "cancelled" || body["workflow_id"] != run.ID {
		t.Errorf("%v", body)
	}
	g.post(path, `{"undo": true}`).wants(http.StatusOK)
	g.post(path, `{"undo": "perhaps"}`).wants(http.StatusUnprocessableEntity)
	if a := g.post(path, `{"redo": true}`).wants(http.StatusUnprocessableEntity); !strings.Contains(a.body, `["body","redo"]`) {
		t.Error(a.body)
	}
	finish(t, s, run, agent.Progress{State: agent.Cancelled})
	g.post(path, "").wants(http.StatusConflict)
	if !slices.Equal(s.engine.undos, []bool{false, true}) {
		t.Errorf("cancelled %v", s.engine.undos)
	}
}

func TestAProgramTakesARequestBackOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	run := g.accepted(ada.id)
	path := apiRuns + "/" + run.ID + "/undo"
	g.post(path, "").wants(http.StatusConflict) // it goes on
	finish(t, s, run, agent.Progress{State: agent.Done, Undoable: true})
	a := g.post(path, "").wants(http.StatusAccepted)
	undo := fmt.Sprint(a.json()["new_workflow_id"])
	if a.json()["original_workflow_id"] != run.ID || a.Header.Get("Location") != apiRuns+"/"+undo {
		t.Errorf("%v, %s", a.Header, a.body)
	}
	if again := g.post(path, "").wants(http.StatusAccepted).json(); again["new_workflow_id"] != undo {
		t.Errorf("the second time %v", again)
	}
	if one := g.get(apiRuns + "/" + undo).wants(http.StatusOK).json(); one["undo_of"] != run.ID || one["kind"] != "undo" {
		t.Errorf("%v", one)
	}
	g.post(path, `{"really": true}`).wants(http.StatusUnprocessableEntity)
}

func TestAProgramHasWhatFailedTriedAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	id := fmt.Sprint(g.post(batches, aList).wants(http.StatusAccepted).json()["workflow_id"])
	path := apiRuns + "/" + id + "/retry"
	g.post(path, "").wants(http.StatusConflict) // it goes on
	if err := s.db.EndRows(t.Context(), ada.id, id, agent.RowOpen, agent.RowStopped); err != nil {
		t.Fatal(err)
	}
	finish(t, s, agent.Run{ID: id, PersonID: ada.id}, agent.Progress{State: agent.Cancelled})
	body := g.post(path, "").wants(http.StatusAccepted).json()
	next := fmt.Sprint(body["new_workflow_id"])
	if body["status"] != "retried" || body["original_workflow_id"] != id || fmt.Sprint(body["new_workflow_ids"]) != "["+next+"]" {
		t.Errorf("%v", body)
	}
	if st := g.get(batches + "/" + next).wants(http.StatusOK).json(); st["track_count"] != 3.0 || st["status"] != "running" {
		t.Errorf("%v", st)
	}
	if starts := s.engine.starts(); !slices.Equal(starts, []string{id, next}) {
		t.Errorf("started %v", starts)
	}
	g.post(apiRuns+"/"+ada.say("my playlists").ID+"/retry", "").wants(http.StatusConflict)
}

func TestSec13_ARequestIsItsPersonsAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	s.engine.set(running(run.ID, 1))
	ben := s.login("ben").gadget(auth.Nobody)
	if ids, _ := ben.entries(""); len(ids) > 0 {
		t.Errorf("Ben sees %v", ids)
	}
	if ids, _ := ben.entries("?after=" + run.ID); len(ids) > 0 {
		t.Errorf("Ben sees %v", ids)
	}
	path := apiRuns + "/" + run.ID
	for _, a := range []answer{ben.get(path), ben.post(path+"/cancel", ""), ben.post(path+"/undo", ""), ben.post(path+"/retry", "")} {
		if absent := ben.get(apiRuns + "/none").json(); a.wants(http.StatusNotFound).json()["message"] != absent["message"] {
			t.Errorf("%s differs from %v", a.body, absent)
		}
	}
	if len(s.engine.undos) > 0 {
		t.Error("somebody else stopped it")
	}
}

func TestSec19_OpenPagesAndBadTokensAreCountedByAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *server.Options, _ *http.Server) { o.Limits.Looks, o.Limits.Guesses = 4, 3 })
	open := &gadget{site: s}
	for _, path := range []string{"/health", "/api/v1/health", "/api/v1/openapi.json"} {
		open.get(path).wants(http.StatusOK)
	}
	s.browser().get("/docs/api").wants(http.StatusOK)
	for _, path := range []string{"/health", "/api/v1/health", "/api/v1/openapi.json"} {
		if a := open.get(path).wants(http.StatusTooManyRequests); a.Header.Get("Retry-After") == "" || a.json()["error"] != "rate_limited" {
			t.Errorf("%s: %v, %s", path, a.Header, a.body)
		}
	}
	s.browser().get("/docs/api").wants(http.StatusTooManyRequests)

	good := s.login("ada").gadget(auth.Nobody)
	bad := &gadget{site: s, text: auth.PersonalPrefix + strings.Repeat("A", 43)}
	for range 3 {
		bad.get(apiRuns).wants(http.StatusUnauthorized)
	}
	bad.get(apiRuns).wants(http.StatusTooManyRequests)
	good.get(apiRuns).wants(http.StatusOK) // who has a good one is not shut out
}
