package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/guard"
	"segue/internal/server"
)

const dlq = "/api/v1/dlq"

// clerks are programs of people with a role, who may use both admin scopes.
func clerks(t *testing.T) (s *site, viewer, operator, admin *gadget) {
	t.Helper()
	s, vera, olga, ann := office(t)
	scopes := []auth.Scope{auth.AdminRead, auth.AdminWrite}
	return s, vera.gadget(auth.Viewer, auth.AdminRead), olga.gadget(auth.Operator, scopes...), ann.gadget(auth.Admin, scopes...)
}

func TestLettersAreListedByPageAndFilter(t *testing.T) {
	t.Parallel()
	s, viewer, _, _ := clerks(t)
	ada := s.login("ada")
	for _, song := range []string{"Creep", "Jazz", "Africa"} {
		ada.letter(song)
	}
	var seen []string
	path := dlq + "?limit=2"
	for range 2 {
		page := viewer.get(path).wants(http.StatusOK).json()
		if page["total"] != 3.0 {
			t.Errorf("total %v", page["total"])
		}
		entries, _ := page["entries"].([]any)
		for _, e := range entries {
			entry, _ := e.(map[string]any)
			seen = append(seen, fmt.Sprint(entry["song"]))
		}
		path = fmt.Sprintf("%s?limit=2&after=%v", dlq, page["next"])
	}
	if fmt.Sprint(seen) != "[Africa Jazz Creep]" {
		t.Errorf("listed %v", seen)
	}
	for query, want := range map[string]int{"?q=jazz": 1, "?state=discarded": 0, "?state=every": 3, "?kind=internal&step=adding": 3} {
		if page := viewer.get(dlq + query).wants(http.StatusOK).json(); page["total"] != float64(want) {
			t.Errorf("%s: %v, want %d", query, page["total"], want)
		}
	}
	for query, name := range map[string]string{"?after=1": "after", "?after=x.y": "after", "?colour=red": "colour", "?state=lost": "filter", "?since=soon": "filter", "?limit=0": "limit", "?limit=101": "limit"} {
		if a := viewer.get(dlq + query).wants(http.StatusUnprocessableEntity); !strings.Contains(a.body, `["query","`+name+`"]`) {
			t.Errorf("%s: %s", query, a.body)
		}
	}
}

func TestALetterIsRetriedOverTheAPIOnce(t *testing.T) {
	t.Parallel()
	s, _, operator, admin := clerks(t)
	l := s.login("ada").letter("Creep")
	before := len(s.engine.starts())
	var won, lost atomic.Int32
	var wg sync.WaitGroup
	for _, g := range []*gadget{operator, admin} {
		wg.Go(func() {
			switch a := g.post(dlq+"/"+l.ID+"/retry", ""); a.StatusCode {
			case http.StatusAccepted:
				won.Add(1)
				body := a.json()
				if body["status"] != "retried" || body["original_workflow_id"] != l.RunID || body["new_workflow_id"] != s.read(l.ID).RetryRun {
					t.Errorf("%v", body)
				}
			case http.StatusConflict:
				lost.Add(1)
			default:
				t.Errorf("status %d", a.StatusCode)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || lost.Load() != 1 || len(s.engine.starts()) != before+1 {
		t.Errorf("%d retried, %d told so; started %d", won.Load(), lost.Load(), len(s.engine.starts())-before)
	}
	if body := operator.get(dlq + "/" + l.ID).wants(http.StatusOK).json(); body["state"] != "retrying" || body["version"] != 2.0 {
		t.Errorf("%v", body)
	}
	operator.post(dlq+"/none/retry", "").wants(http.StatusNotFound)
}

func TestALetterIsDiscardedOverTheAPIForAReason(t *testing.T) {
	t.Parallel()
	s, _, _, admin := clerks(t)
	l := s.login("ada").letter("Creep")
	path := dlq + "/" + l.ID + "/discard"
	for body, want := range map[string]string{
		``:                                   `["body","reason"]`,
		`{"reason": " "}`:                    `["body","reason"]`,
		`{"reason": "old", "colour": "red"}`: `["body","colour"]`,
		`{"reason": "old", "version": "x"}`:  `["body","version"]`,
	} {
		if a := admin.post(path, body).wants(http.StatusUnprocessableEntity); !strings.Contains(a.body, want) && body != "" {
			t.Errorf("%s: %s", body, a.body)
		}
	}
	admin.post(path, `{"reason": "old", "version": 7}`).wants(http.StatusConflict)
	admin.post(path, `{"reason": "old", "version": 1}`).wants(http.StatusOK)
	if got := s.read(l.ID); got.State != deadletter.Discarded || got.Reason != "old" {
		t.Errorf("%+v", got)
	}
	admin.post(dlq+"/"+l.ID+"/retry", "").wants(http.StatusConflict)
}

func TestSec16_ATokenDoesNoMoreThanTheRoleOfItsPersonNow(t *testing.T) {
	t.Parallel()
	roles := auth.Roles{"olga": auth.Operator}
	breaker := guard.Breakers{guard.NewBreaker(guard.BreakerOptions{Name: "api.spotify.com"})}
	s := newSite(t, func(o *server.Options, _ *http.Server) { o.Roles, o.Circuits = roles, breaker })
	l := s.login("ada").letter("Creep")
	olga := s.login("olga").gadget(auth.Admin, auth.AdminRead, auth.AdminWrite) // an admin once
	ben := s.login("ben").gadget(auth.Admin, auth.AdminRead, auth.AdminWrite)   // no role any more
	olga.get(dlq).wants(http.StatusOK)
	olga.post(dlq+"/"+l.ID+"/discard", `{"reason": "x"}`).wants(http.StatusForbidden)
	if entries, err := s.db.Audit(t.Context(), deadletter.Trail{Action: deadletter.ActionRefused}, 0, 9); err != nil || len(entries) != 1 {
		t.Errorf("audit %+v, %v", entries, err)
	}
	for _, a := range []answer{
		ben.get(dlq), ben.get(dlq + "/" + l.ID), ben.post(dlq+"/"+l.ID+"/retry", ""), ben.post(dlq+"/"+l.ID+"/discard", `{"reason": "x"}`),
		ben.get("/api/v1/circuits"), ben.post("/api/v1/circuits/api.spotify.com/reset", ""),
	} {
		a.wants(http.StatusNotFound)
	}
	if got := s.read(l.ID); got.Version != 1 {
		t.Errorf("changed by somebody who may not: %+v", got)
	}
}

func TestBreakersAreListedAndClosedOverTheAPI(t *testing.T) {
	t.Parallel()
	s, viewer, operator, _ := clerks(t)
	if a := viewer.get("/api/v1/circuits").wants(http.StatusOK); strings.TrimSpace(a.body) != `[{"name":"api.spotify.com","state":"closed","failures":0,"open_until":null,"paused_until":null}]` {
		t.Error(a.body)
	}
	const reset = "/api/v1/circuits/api.spotify.com/reset"
	viewer.post(reset, "").wants(http.StatusForbidden)
	operator.post("/api/v1/circuits/none/reset", "").wants(http.StatusNotFound)
	operator.post(reset, `{"force": true}`).wants(http.StatusUnprocessableEntity)
	if body := operator.post(reset, "").wants(http.StatusOK).json(); body["status"] != "reset" || body["circuit"] != "api.spotify.com" {
		t.Errorf("%v", body)
	}
	if entries, err := s.db.Audit(t.Context(), deadletter.Trail{Action: deadletter.ActionReset}, 0, 9); err != nil || len(entries) != 1 {
		t.Errorf("audit %+v, %v", entries, err)
	}
}
