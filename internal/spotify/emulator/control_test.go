package emulator

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestControlSpeaksJSON(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	road := s.list(t, "Road Trip")
	post := func(path, body string, status int) map[string]any {
		return s.call(t, http.MethodPost, "/_emulator/"+path, body, status)
	}
	state := s.get(t, "/_emulator/state")
	equal(t, "state", []any{state["profile"], at[string](t, state, "people", 0, "id"), at[string](t, state, "playlists", 0, "name")}, []any{"dev2026", "ada_emu", "Road Trip"})
	if at[string](t, state, "playlists", 0, "rows", 0, "title") == "" {
		t.Error("rows without titles")
	}
	post("faults", `[{"path":"/me$","status":503,"latency":"1ms"},{"drop":true,"skip":5}]`, 204)
	post("faults", `{"method":"GET","status":500,"count":-1}`, 204)
	s.call(t, http.MethodGet, "/v1/me", "", 503)
	s.call(t, http.MethodGet, "/v1/me", "", 500)
	s.call(t, http.MethodDelete, "/_emulator/faults", "", 204)
	s.get(t, "/v1/me")
	post("knobs", `{"rotate":true,"lag":{"rows":"5s"},"relink":{"a":"b"}}`, 200)
	knobs := post("knobs", `{"strict_50":true,"relink":{"c":"d"}}`, 200)
	equal(t, "knobs", []any{knobs["rotate"], knobs["strict_50"], at[string](t, knobs, "lag", "rows"), knobs["relink"]}, []any{true, true, "5s", map[string]string{"a": "b", "c": "d"}})
	equal(t, "latency", post("latency", `{"write":"7ms"}`, 200), map[string]string{"search": "0s", "read": "0s", "write": "7ms"})
	before := s.clock.Now()
	now, err := time.Parse(time.RFC3339, at[string](t, post("clock", `{"advance":"30m"}`, 200), "now"))
	if err != nil || now.Sub(before) < 30*time.Minute {
		t.Errorf("%v: the clock went from %v to %v", err, before, now)
	}
	post("rows", `{"playlist":"`+road+`","rows":["null"]}`, 204)
	equal(t, "rows", s.uris(t, road), []string{""})
	log := s.get(t, "/_emulator/requests?since=0")
	equal(t, "log", []int{len(at[[]any](t, log, "requests")), len(at[[]any](t, log, "mutations"))}, []int{3, 1})
	post("revoke", `{"person":"ada_emu","access_only":true}`, 204)
	s.fails(t, http.MethodGet, "/v1/me", "", 401, "The access token expired")
	post("revoke", `{"person":"ada_emu"}`, 204)
	s.fails(t, http.MethodGet, "/v1/me", "", 401, "Invalid access token")
	s.token, _ = s.Grant("ada_emu")
	post("reset", `{"keep_grants":true}`, 204)
	s.get(t, "/v1/me")
	if len(s.uris(t, road)) < 2 || s.knobs.Rotate || s.clock.offset.Load() != 0 {
		t.Error("reset left something")
	}
	post("reset", ``, 204)
	s.fails(t, http.MethodGet, "/v1/me", "", 401, "Invalid access token")
	for path, body := range map[string]string{
		"faults": `{}`, "knobs": `{"naming":"x"}`, "latency": `{"read":"soon"}`, "clock": `{"advance":"-1h"}`, "revoke": `{"person":"nobody"}`,
		"rows": `{"playlist":"none"}`, "reset": `{`,
	} {
		if post(path, body, 400)["error"] == "" {
			t.Errorf("%s: no reason", path)
		}
	}
	s.call(t, http.MethodGet, "/_emulator/requests?since=x", "", 400)
}

func TestTheFrontPageSaysWhatThisIs(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	for path, want := range map[string]string{"/": "An emulated Spotify", "/authorize/style.css": "prefers-color-scheme"} {
		got, err := s.try(t, http.MethodGet, path, "")
		if err != nil || got.status != 200 || !strings.Contains(string(got.body), want) {
			t.Errorf("%s: %v %d", path, err, got.status)
		}
	}
}

func TestTheLogHoldsRequestsAndNoSecrets(t *testing.T) {
	t.Parallel()
	s, _, path, add := adding(t, Options{})
	code := s.code(t, ask(), "ada_emu")
	s.tokens(t, redeem(code), 200)
	s.call(t, http.MethodPost, path, add, 201)
	s.inject(t, Fault{Status: 500})
	s.call(t, http.MethodGet, "/v1/me", "", 500)
	log := s.Requests(0)
	last := log[len(log)-1]
	equal(t, "the failed one", []any{last.Path, last.Status, last.Fault, last.Person}, []any{"/v1/me", 500, true, "ada_emu"})
	write, applied := log[len(log)-2], s.Mutations(0)
	equal(t, "the write", []any{write.Method, write.Body, write.Status}, []any{"POST", add, 201})
	equal(t, "the mutation names it", applied[len(applied)-1].Request, write.Seq)
	equal(t, "since", len(s.Requests(write.Seq)), 1)
	for _, secret := range []string{code, verifier, s.token, "AQC-emu", "BQD-emu"} {
		if strings.Contains(body(t, log), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}

func TestTooLargeBodiesAreRefused(t *testing.T) {
	t.Parallel()
	s, _, path, _ := adding(t, Options{})
	got, err := s.try(t, http.MethodPost, path, strings.Repeat(" ", largestBody+1))
	if err != nil || got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("%v %d", err, got.status)
	}
}
