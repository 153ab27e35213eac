package emulator

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestRowsAreWrittenAsSpotifyWritesThem(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	list := s.call(t, http.MethodPost, "/v1/me/playlists", `{"name":"New","public":false}`, http.StatusCreated)
	id, u := at[string](t, list, "id"), s.some(6)
	items := "/v1/playlists/" + id + "/items"
	steps := []struct {
		name, method, query, body string
		status                    int
		want                      []string
	}{
		{"add appends", http.MethodPost, "", body(t, map[string]any{"uris": u[:2]}), 201, []string{u[0], u[1]}},
		{"add again makes duplicates", http.MethodPost, "", body(t, map[string]any{"uris": u[:1]}), 201, []string{u[0], u[1], u[0]}},
		{"position inserts", http.MethodPost, "", body(t, map[string]any{"uris": u[2:4], "position": 1}), 201, []string{u[0], u[2], u[3], u[1], u[0]}},
		{"the query wins over the body", http.MethodPost, "?position=0&uris=" + u[4], body(t, map[string]any{"uris": u[:1], "position": 3}), 201, []string{u[4], u[0], u[2], u[3], u[1], u[0]}},
		{"remove takes all occurrences and ignores positions", http.MethodDelete, "", `{"items":[{"uri":"` + u[0] + `","positions":[1]}]}`, 200, []string{u[4], u[2], u[3], u[1]}},
		{"reorder moves down", http.MethodPut, "", `{"range_start":0,"insert_before":3,"range_length":2}`, 200, []string{u[3], u[4], u[2], u[1]}},
		{"reorder moves up", http.MethodPut, "", `{"range_start":3,"insert_before":0}`, 200, []string{u[1], u[3], u[4], u[2]}},
		{"reorder to the end", http.MethodPut, "", `{"range_start":0,"insert_before":4,"range_length":1}`, 200, []string{u[3], u[4], u[2], u[1]}},
		{"replace", http.MethodPut, "", body(t, map[string]any{"uris": u[3:6]}), 200, u[3:6]},
		{"replace by nothing clears", http.MethodPut, "", `{"uris":[]}`, 200, []string{}},
	}
	seen := []string{at[string](t, list, "snapshot_id")}
	for _, step := range steps {
		got := s.call(t, step.method, items+step.query, step.body, step.status)
		equal(t, step.name, s.uris(t, id), step.want)
		snapshot := at[string](t, got, "snapshot_id")
		if slices.Contains(seen, snapshot) {
			t.Errorf("%s: the snapshot is not new", step.name)
		}
		seen = append(seen, snapshot)
	}
	kinds := []string{}
	for _, m := range s.Mutations(0) {
		kinds = append(kinds, m.Kind)
	}
	equal(t, "applied mutations", kinds, []string{"create", "add", "add", "add", "add", "remove", "reorder", "reorder", "reorder", "replace", "replace"})
}

func TestWrongRowsAreRefusedWhole(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	road, u := s.list(t, "Road Trip"), s.some(2)
	before := s.uris(t, road)
	absent := trackPrefix + strings.Repeat("0", 22)
	many := make([]string, 101)
	for i := range many {
		many[i] = u[0]
	}
	if err := s.Set(func(k *Knobs) { k.Dead = []string{u[1]} }); err != nil {
		t.Fatal(err)
	}
	items := "/v1/playlists/" + road + "/items"
	for _, c := range []struct {
		name, method, body string
		status             int
		message            string
	}{
		{"no uris", http.MethodPost, `{}`, 400, "No uris provided"},
		{"empty body", http.MethodPost, ``, 400, "No uris provided"},
		{"too many", http.MethodPost, body(t, map[string]any{"uris": many}), 400, "You can add a maximum of 100 tracks per request."},
		{"too many in a replacement", http.MethodPut, body(t, map[string]any{"uris": many}), 400, "You can add a maximum of 100 tracks per request."},
		{"not a uri", http.MethodPost, `{"uris":["hello"]}`, 400, "Invalid track uri: hello"},
		{"local files cannot be added", http.MethodPost, `{"uris":["spotify:local:a:b:c:1"]}`, 400, "Invalid track uri: spotify:local:a:b:c:1"},
		{"one that nothing has", http.MethodPost, body(t, map[string]any{"uris": []string{u[0], absent}}), 400, "Payload contains a non-existing ID"},
		{"a dead one in an add", http.MethodPost, body(t, map[string]any{"uris": []string{u[0], u[1]}}), 400, "Payload contains a non-existing ID"},
		{"a dead one in a replacement", http.MethodPut, body(t, map[string]any{"uris": []string{u[0], u[1]}}), 502, "Error while loading resource"},
		{"negative position", http.MethodPost, body(t, map[string]any{"uris": u[:1], "position": -1}), 400, "Invalid position, must be positive"},
		{"position past the end", http.MethodPost, body(t, map[string]any{"uris": u[:1], "position": 99}), 400, "Index out of bounds"},
		{"not JSON", http.MethodPost, `{"uris":`, 400, "Error parsing JSON."},
		{"JSON of another shape", http.MethodPost, `{"uris":"x"}`, 400, "JSON body doesn't conform to specification"},
		{"the old key", http.MethodDelete, `{"tracks":[{"uri":"` + u[0] + `"}]}`, 400, "No uris provided"},
		{"null uris", http.MethodPut, `{"uris":null}`, 400, "No uris provided"},
		{"reorder out of bounds", http.MethodPut, `{"range_start":7,"insert_before":0,"range_length":2}`, 400, "Index out of bounds"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s.fails(t, c.method, items, c.body, c.status, c.message)
		})
	}
	t.Cleanup(func() {
		equal(t, "rows after refusals", s.uris(t, road), before)
		if n := len(s.Mutations(0)); n != 0 {
			t.Errorf("%d mutations were applied", n)
		}
	})
}

func TestRemovingWhatIsNotThereChangesNothing(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	road := s.list(t, "Road Trip")
	s.call(t, http.MethodDelete, "/v1/playlists/"+road+"/items", `{"items":[{"uri":"`+trackPrefix+strings.Repeat("1", 22)+`"}]}`, 200)
	if n := len(s.Mutations(0)); n != 0 {
		t.Errorf("%d mutations were applied", n)
	}
}

func TestListsHoldTenThousandRowsAtMost(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	road, u := s.list(t, "Road Trip"), s.some(2)
	if err := s.SetRows(road, slices.Repeat(u[:1], mostRows-1)); err != nil {
		t.Fatal(err)
	}
	items := "/v1/playlists/" + road + "/items"
	s.fails(t, http.MethodPost, items, body(t, map[string]any{"uris": u}), 400, "Playlist size limit reached")
	s.call(t, http.MethodPost, items, body(t, map[string]any{"uris": u[:1]}), 201)
	s.fails(t, http.MethodPost, items, body(t, map[string]any{"uris": u[:1]}), 400, "Playlist size limit reached")
}

func TestPagesLeadThroughNullLocalAndEpisodeRows(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	road := s.list(t, "Road Trip")
	rows := slices.Repeat(s.some(5), 24)
	episode := episodePrefix + makeID("episode", "x")
	rows[10], rows[60], rows[110] = "null", "spotify:local:Local+Band:Busted:Grey:307", episode
	if err := s.SetRows(road, rows); err != nil {
		t.Fatal(err)
	}
	var got []any
	next := s.url + "/v1/playlists/" + road + "/items?limit=50&additional_types=track,episode"
	for next != "" {
		path, own := strings.CutPrefix(next, s.url)
		if !own || !strings.Contains(path, "additional_types") {
			t.Fatalf("next leads to %s", next)
		}
		page := s.get(t, path)
		equal(t, "total", page["total"], 120)
		got = append(got, at[[]any](t, page, "items")...)
		next, _ = page["next"].(string)
	}
	if len(got) != 120 {
		t.Fatalf("%d rows", len(got))
	}
	equal(t, "null row", got[10], map[string]any{"added_at": nil, "added_by": nil, "is_local": false, "primary_color": nil, "item": nil})
	local := at[map[string]any](t, got[60], "item")
	equal(t, "local row", local, map[string]any{
		"album": map[string]any{"name": "Busted"}, "artists": []any{map[string]any{"name": "Local Band"}}, "duration_ms": 307000,
		"external_ids": map[string]any{}, "href": nil, "id": nil, "is_local": true, "name": "Grey", "type": "track", "uri": rows[60],
	})
	equal(t, "local row's adder", at[any](t, got[60], "added_by"), map[string]any{"id": "ada_emu"})
	equal(t, "episode row", at[any](t, got[110], "item", "uri"), episode)
	plain := s.get(t, "/v1/playlists/"+road+"/items?limit=1&offset=110")
	if at[map[string]any](t, plain, "items", 0)["item"] != nil {
		t.Error("an episode was shown to a client that did not ask for episodes")
	}
}

func TestPageLimits(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	items := "/v1/playlists/" + s.list(t, "Road Trip") + "/items"
	for query, message := range map[string]string{"?limit=0": "Invalid limit", "?limit=101": "Invalid limit", "?limit=x": "Invalid limit", "?offset=-1": "Invalid offset"} {
		s.fails(t, http.MethodGet, items+query, "", 400, message)
	}
	s.get(t, items+"?limit=100")
	if err := s.Set(func(k *Knobs) { k.Strict50 = true }); err != nil {
		t.Fatal(err)
	}
	s.fails(t, http.MethodGet, items+"?limit=51", "", 400, "Invalid limit")
	s.get(t, items+"?limit=50")
	page := s.get(t, items+"?offset=500")
	equal(t, "past the end", page["items"], []any{})
}

func TestFieldsKeepOnlyWhatTheyName(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	list := "/v1/playlists/" + s.list(t, "Road Trip")
	got := s.get(t, list+"/items?limit=2&fields=total,next,items(added_at,item(type,uri,album(name)),is_local)")
	first := at[map[string]any](t, got, "items", 0)
	if len(got) != 3 || len(first) != 3 || len(at[map[string]any](t, first, "item")) != 3 || len(at[map[string]any](t, first, "item", "album")) != 1 {
		t.Errorf("kept %v", got)
	}
	if next := at[string](t, got, "next"); !strings.Contains(next, "fields=total") {
		t.Errorf("next lost the fields: %s", next)
	}
	got = s.get(t, list+"?fields=snapshot_id")
	if len(got) != 1 || at[string](t, got, "snapshot_id") == "" {
		t.Errorf("kept %v", got)
	}
	got = s.get(t, list+"?fields=items.items.item.id,items.items.item(name)")
	equal(t, "dots and parentheses", len(at[map[string]any](t, got, "items", "items", 0, "item")), 2)
	got = s.get(t, list+"/items?limit=1&fields=items(item(!album,!artists))")
	item := at[map[string]any](t, got, "items", 0, "item")
	if item["album"] != nil || item["artists"] != nil || item["name"] == nil {
		t.Errorf("exclusion kept %v", item)
	}
	s.fails(t, http.MethodGet, list+"/items?fields=items(item", "", 400, "Invalid fields")
}

func TestRelinkedRowsShowAnotherTrackOnlyWithAMarket(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	road, u := s.list(t, "Road Trip"), s.some(2)
	if err := s.SetRows(road, u[:1]); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(func(k *Knobs) { k.Relink = map[string]string{trackID(u[0]): trackID(u[1])} }); err != nil {
		t.Fatal(err)
	}
	items := "/v1/playlists/" + road + "/items"
	equal(t, "without", at[string](t, s.get(t, items), "items", 0, "item", "uri"), u[0])
	equal(t, "with", at[string](t, s.get(t, items+"?market=GB"), "items", 0, "item", "uri"), u[1])
}

func TestParallelWritesToOneListFailWhenAsked(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	if err := s.Set(func(k *Knobs) { k.ParallelErrors = true }); err != nil {
		t.Fatal(err)
	}
	road, u := s.list(t, "Road Trip"), s.some(1)
	before := len(s.uris(t, road))
	const writers = 4
	statuses := make(chan int, writers)
	for range writers {
		go func() {
			got, err := s.try(t, http.MethodPost, "/v1/playlists/"+road+"/items", `{"uris":["`+u[0]+`"]}`)
			if err != nil {
				got.status = -1
			}
			statuses <- got.status
		}()
	}
	added, failed := 0, 0
	for range writers {
		switch <-statuses {
		case http.StatusCreated:
			added++
		case http.StatusInternalServerError:
			failed++
		}
	}
	if added == 0 || failed == 0 || added+failed != writers || len(s.uris(t, road)) != before+added {
		t.Errorf("%d added, %d failed, %d rows more", added, failed, len(s.uris(t, road))-before)
	}
}
