package emulator

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestListenersBeginWithTheirLists(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	names := func(s *station) []string {
		var out []string
		for _, p := range at[[]any](t, s.get(t, "/v1/me/playlists?limit=50"), "items") {
			out = append(out, at[string](t, p, "name"))
		}
		return out
	}
	equal(t, "Ada's", names(s), []string{"Road Trip", "Focus", "Dinner", "Gym", "Gym"})
	equal(t, "Ben's", names(s.as("ben_emu")), []string{"Sunday Morning", "Late Night Code", "House Party", "Empty for Now", "Dinner"})
	for _, r := range s.State().Playlists {
		for _, row := range r.Rows {
			if strings.Contains(row.Title, "Bohemian Rhapsody") {
				t.Errorf("%s has the song that newcomers add", r.Name)
			}
		}
	}
}

func TestListsAreCreatedAndChanged(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	list := s.call(t, http.MethodPost, "/v1/me/playlists", `{"name":"Gym","description":"third"}`, 201)
	id := at[string](t, list, "id")
	equal(t, "created", []any{list["name"], list["description"], list["public"], at[any](t, list, "items", "total"), list["images"]}, []any{"Gym", "third", true, 0, nil})
	equal(t, "newest first", at[any](t, s.get(t, "/v1/me/playlists"), "items", 0, "id"), id)
	before := at[string](t, list, "snapshot_id")
	got, err := s.try(t, http.MethodPut, "/v1/playlists/"+id, `{"name":"","description":"","public":false}`)
	if err != nil || got.status != 200 || len(got.body) != 0 {
		t.Fatalf("change: %v %d %q", err, got.status, got.body)
	}
	now := s.get(t, "/v1/playlists/"+id)
	equal(t, "an empty name is ignored", []any{now["name"], now["description"], now["public"]}, []any{"Gym", "", false})
	if now["snapshot_id"] == before {
		t.Error("a change of details left the snapshot as it was")
	}
	s.fails(t, http.MethodPost, "/v1/me/playlists", `{}`, 400, "Missing required field: name")
	s.fails(t, http.MethodPost, "/v1/me/playlists", `{"name":"x","collaborative":true}`, 400, "Collaborative playlists can only be private.")
	s.fails(t, http.MethodPut, "/v1/playlists/"+id, `{"collaborative":true,"public":true}`, 400, "Collaborative playlists can only be private.")
}

func TestListsAreOnlyUnfollowed(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	road := s.list(t, "Road Trip")
	uri := "?uris=spotify:playlist:" + road
	contains := func() string {
		got, err := s.try(t, http.MethodGet, "/v1/me/library/contains"+uri, "")
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(got.body))
	}
	s.call(t, http.MethodDelete, "/v1/me/library"+uri, "", 200)
	equal(t, "gone from the library", []any{at[float64](t, s.get(t, "/v1/me/playlists"), "total"), contains()}, []any{4, "[false]"})
	s.get(t, "/v1/playlists/"+road)
	s.call(t, http.MethodPut, "/v1/me/library"+uri, "", 200)
	equal(t, "back again", []any{at[float64](t, s.get(t, "/v1/me/playlists"), "total"), contains()}, []any{5, "[true]"})
	s.fails(t, http.MethodDelete, "/v1/me/library", "", 400, "No uris provided")
	s.fails(t, http.MethodPut, "/v1/me/library?uris="+strings.Repeat("a,", 41), "", 400, "Too many uris requested")
	s.fails(t, http.MethodPut, "/v1/me/library?uris=spotify:playlist:none", "", 404, "Resource not found")
}

func TestOthersListsShowNoRowsInDevelopmentMode(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	theirs, shared := s.list(t, "Sunday Morning"), s.list(t, "House Party")
	if list := s.get(t, "/v1/playlists/"+theirs); list["items"] != nil || list["name"] != "Sunday Morning" {
		t.Errorf("got %v", list)
	}
	s.fails(t, http.MethodGet, "/v1/playlists/"+theirs+"/items", "", 403, "Forbidden")
	add := body(t, map[string]any{"uris": s.some(1)})
	s.fails(t, http.MethodPost, "/v1/playlists/"+theirs+"/items", add, 403, "Forbidden")
	s.fails(t, http.MethodPut, "/v1/playlists/"+theirs, `{"name":"Mine"}`, 403, "Forbidden")
	s.get(t, "/v1/playlists/"+shared+"/items")
	s.call(t, http.MethodPost, "/v1/playlists/"+shared+"/items", add, 201)

	old := start(t, Options{Profile: "extended"})
	old.get(t, "/v1/playlists/"+old.list(t, "Sunday Morning")+"/items")
}

func TestScopesAreRequired(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	private, public := s.list(t, "Road Trip"), s.list(t, "Dinner")
	add := body(t, map[string]any{"uris": s.some(1)})
	const missing = "Insufficient client scope"
	reads := s.as("ada_emu", scopeReadPrivate)
	reads.fails(t, http.MethodPost, "/v1/me/playlists", `{"name":"x"}`, 403, missing)
	reads.fails(t, http.MethodPost, "/v1/playlists/"+private+"/items", add, 403, missing)
	reads.fails(t, http.MethodPut, "/v1/playlists/"+private, `{"name":"x"}`, 403, missing)
	reads.fails(t, http.MethodDelete, "/v1/me/library?uris=spotify:playlist:"+private, "", 403, missing)
	none := s.as("ada_emu", "ugc-image-upload")
	none.fails(t, http.MethodGet, "/v1/me/playlists", "", 403, missing)
	none.fails(t, http.MethodGet, "/v1/playlists/"+private+"/items", "", 403, missing)
	none.get(t, "/v1/playlists/"+public+"/items")
	none.get(t, "/v1/me")
	modifies := s.as("ada_emu", scopeReadPrivate, scopeModifyPrivate)
	modifies.fails(t, http.MethodPost, "/v1/me/playlists", `{"name":"public by default"}`, 403, missing)
	modifies.call(t, http.MethodPost, "/v1/me/playlists", `{"name":"x","public":false}`, 201)
	modifies.fails(t, http.MethodPost, "/v1/playlists/"+public+"/items", add, 403, missing)
	modifies.call(t, http.MethodPost, "/v1/playlists/"+private+"/items", add, 201)
}

func TestTokensAndAccountsAreChecked(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	nobody := &station{s.Emulator, s.url, ""}
	nobody.fails(t, http.MethodGet, "/v1/me", "", 401, "No token provided")
	wrong := &station{s.Emulator, s.url, "BQD-wrong"}
	wrong.fails(t, http.MethodGet, "/v1/me", "", 401, "Invalid access token")
	if err := s.Set(func(k *Knobs) { k.NotAllowed = []string{"ada_emu"} }); err != nil {
		t.Fatal(err)
	}
	got, err := s.try(t, http.MethodGet, "/v1/me", "")
	if err != nil || got.status != 403 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") || string(got.body) != "User not registered in the Developer Dashboard" {
		t.Errorf("allow-list: %v %d %v %s", err, got.status, got.header, got.body)
	}
	s.as("ben_emu").get(t, "/v1/me")
	if err := s.Set(func(k *Knobs) { k.NotAllowed, k.PremiumLapsed = nil, true }); err != nil {
		t.Fatal(err)
	}
	s.fails(t, http.MethodGet, "/v1/me", "", 403, "Active premium subscription required for the owner of the app.")
	if err := s.Set(func(k *Knobs) { k.PremiumLapsed = false }); err != nil {
		t.Fatal(err)
	}
	s.Advance(time.Hour - time.Minute)
	s.get(t, "/v1/me")
	s.Advance(time.Minute)
	s.fails(t, http.MethodGet, "/v1/me", "", 401, "The access token expired")
}

func TestExtendedModeHasNoAccountRules(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Profile: "extended"})
	if err := s.Set(func(k *Knobs) { k.NotAllowed, k.PremiumLapsed = []string{"ada_emu"}, true }); err != nil {
		t.Fatal(err)
	}
	s.get(t, "/v1/me")
}

func TestReadsLagBehindWrites(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Seed: 3})
	road := s.list(t, "Road Trip")
	add := body(t, map[string]any{"uris": s.some(1)})
	if err := s.Set(func(k *Knobs) {
		k.Lag = Lag{Rows: Span(100 * time.Second), Snapshot: Span(1000 * time.Second), Intermediate: true}
	}); err != nil {
		t.Fatal(err)
	}
	read := func() (total float64, snapshot string) {
		list := s.get(t, "/v1/playlists/"+road)
		return at[float64](t, list, "items", "total"), at[string](t, list, "snapshot_id")
	}
	before, old := read()
	wrote := at[string](t, s.call(t, http.MethodPost, "/v1/playlists/"+road+"/items", add, 201), "snapshot_id")
	if total, snapshot := read(); total != before || snapshot != old {
		t.Errorf("at once: %v rows, snapshot moved: %v", total, snapshot != old)
	}
	equal(t, "the truth", len(s.uris(t, road)), before+1)
	seen, rowsAt, snapshotAt := map[string]bool{}, -1, -1
	for step := range 101 {
		total, snapshot := read()
		if seen[snapshot] = true; total == before+1 && rowsAt < 0 {
			rowsAt = step
		}
		if snapshot == wrote && snapshotAt < 0 {
			snapshotAt = step
		}
		s.Advance(10 * time.Second)
	}
	if rowsAt < 0 || rowsAt > 10 || snapshotAt < rowsAt || len(seen) != 3 {
		t.Errorf("rows after %d steps, snapshot after %d steps, %d different snapshots", rowsAt, snapshotAt, len(seen))
	}
}

func TestLagHasATail(t *testing.T) {
	t.Parallel()
	l, d, late := Lag{Rows: Span(600 * time.Millisecond), Tail: Span(10 * time.Second), TailChance: 0.02}, newDice(1), 0
	const draws = 10_000
	for range draws {
		rows, _ := l.draw(d)
		if rows > 10*time.Second {
			t.Fatalf("drew %v", rows)
		}
		if rows > 600*time.Millisecond {
			late++
		}
	}
	if late < draws/100 || late > draws*3/100 {
		t.Errorf("%d of %d beyond the usual lag, want about 2 %%", late, draws)
	}
	if rows, snapshot := (Lag{}).draw(d); rows != 0 || snapshot != 0 {
		t.Errorf("no lag drew %v, %v", rows, snapshot)
	}
}
