package emulator

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestWhatWasAnsweredSurvivesTheProcess(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "spotify.json")
	s := start(t, Options{State: file})
	_, refresh := s.Grant("ben_emu")
	code := s.code(t, ask(), "ada_emu")
	id := at[string](t, s.call(t, http.MethodPost, "/v1/me/playlists", `{"name":"Kept"}`, 201), "id")
	add := body(t, map[string]any{"uris": s.some(3)})
	s.call(t, http.MethodPost, "/v1/playlists/"+id+"/items", add, 201)
	snapshot := at[string](t, s.get(t, "/v1/playlists/"+id), "snapshot_id")
	// No Close: the process is killed here.
	e, err := New(Options{State: file})
	if err != nil {
		t.Fatal(err)
	}
	again := &station{e, s.url, s.token}
	again.url = serve(t, e)
	list := again.get(t, "/v1/playlists/"+id)
	equal(t, "the list", []any{list["name"], at[any](t, list, "items", "total"), list["snapshot_id"]}, []any{"Kept", 3, snapshot})
	again.tokens(t, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {"segue"}}, 200)
	again.tokens(t, redeem(code), 200)
	other := at[string](t, again.call(t, http.MethodPost, "/v1/me/playlists", `{"name":"Next"}`, 201), "id")
	if other == id {
		t.Error("the next list has the id of the last one")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file with the tokens: %v %v", info, err)
	}
}

func TestDamagedStateIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{"not JSON": "{", "not ours": "{}", "half a list": `{"people":{"a":{"id":"a"}},"playlists":{"x":{"id":"x"}}}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "spotify.json")
			if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := New(Options{State: file}); err == nil || !strings.Contains(err.Error(), file) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAnUnwritableStateFailsTheRequest(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "sub")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	e, err := New(Options{State: filepath.Join(dir, "spotify.json")})
	if err != nil {
		t.Fatal(err)
	}
	s := &station{e, serve(t, e), ""}
	s.token, _ = e.Grant("ada_emu")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	s.fails(t, http.MethodPost, "/v1/me/playlists", `{"name":"x"}`, 500, "Server error.")
	if _, err := New(Options{State: filepath.Join(dir, "spotify.json")}); err == nil {
		t.Error("a state file that cannot be made was taken")
	}
}

func TestManyWritersLoseNothing(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "spotify.json")
	s := start(t, Options{State: file})
	road := s.list(t, "Road Trip")
	before, add := len(s.uris(t, road)), body(t, map[string]any{"uris": s.some(1)})
	const writers = 32
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			if got, err := s.try(t, http.MethodPost, "/v1/playlists/"+road+"/items", add); err != nil || got.status != 201 {
				t.Errorf("%v %d", err, got.status)
			}
		})
	}
	all.Wait()
	e, err := New(Options{State: file})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "rows on disk", len((&station{Emulator: e}).uris(t, road)), before+writers)
}
