package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/internal/server"
	"segue/internal/spotify/emulator"
)

// lists are playlists at the emulated Spotify: two of the person's own, and one of somebody else's.
type lists struct{ own, other, foreign string }

// desk is a site with an admin, before the emulated Spotify, and a letter about a song for the first list.
func desk(t *testing.T) (s *site, admin *browser, l deadletter.Letter, at lists, emu *emulator.Emulator) {
	t.Helper()
	change, _, emu := withSpotify(t)
	s = newSite(t, change, func(o *server.Options, _ *http.Server) {
		o.Roles = auth.Roles{"ann": auth.Admin, "olga": auth.Operator}
	})
	for _, p := range emu.State().Playlists {
		switch {
		case p.Owner == "ada_emu" && at.own == "":
			at.own = p.ID
		case p.Owner == "ada_emu" && at.other == "":
			at.other = p.ID
		case p.Owner != "ada_emu" && !p.Collaborative && at.foreign == "":
			at.foreign = p.ID
		}
	}
	l = s.login("ada").letterFor("Creep", deadletter.Input{
		Tool: agent.SyncSongs, Song: music.Song{Title: "Creep", Artists: []string{"Radiohead"}},
		Playlist: deadletter.Playlist{ID: at.own, Name: "Road Trip"}, Found: "7tFiyTwD0nx5a1eklYtX2J",
	})
	return s, s.login("ann"), l, at, emu
}

func TestAnEditIsShownAsADiffAndThenRetried(t *testing.T) {
	t.Parallel()
	s, admin, l, at, _ := desk(t)
	path := "/admin/dlq/" + l.ID
	form := admin.get(path + "/edit").wants(http.StatusOK).page()
	text := form.Find("#input").Text()
	if text != l.Input.JSON() {
		t.Errorf("it offers %s", text)
	}
	edited := strings.NewReplacer("Radiohead", "TLC", at.own, at.other).Replace(text)
	before := len(s.engine.starts())
	diff := admin.post(path+"/edit", "version", "1", "input", edited).wants(http.StatusOK).says("What changes").says("TLC")
	if got := s.read(l.ID); got.Version != 1 || len(s.engine.starts()) != before {
		t.Fatalf("the first press has changed something: %+v", got)
	}
	sent := diff.page().Find(`[data-testid="diff"]`)
	value := func(name string) string { return sent.Find(`[name="`+name+`"]`).AttrOr("value", "") }
	admin.post(path+"/edit", "version", value("version"), "input", value("input"), "confirm", value("confirm")).redirects(path)
	got := s.read(l.ID)
	if got.State != deadletter.Retrying || got.Input.Song.Artists[0] != "Radiohead" || got.Current().Song.Artists[0] != "TLC" || got.Current().Playlist.ID != at.other || got.Current().Playlist.Name == "" {
		t.Errorf("%+v, now %+v", got, got.Current())
	}
	if starts := s.engine.starts(); len(starts) != before+1 || starts[before] != got.RetryRun {
		t.Errorf("started %v", starts)
	}
	admin.post(path+"/edit", "version", "1", "input", edited, "confirm", "yes").wants(http.StatusConflict).says("already retried by ann")
	admin.get(path + "/edit").wants(http.StatusConflict).says("already retried by ann")
	admin.get(path).says("Retries use this").says("TLC")
	audit := admin.get("/admin/audit?action=edit").says("artists, playlist_id")
	if strings.Contains(audit.page().Find("table").Text(), "TLC") {
		t.Error("the audit quotes the song")
	}
}

// editForm reads the fields of an edit, and puts others into their place.
func editForm(a answer, more ...string) []string {
	var all []string
	a.page().Find(`[data-testid="edit"] [name]`).Each(func(_ int, s *goquery.Selection) {
		value := s.AttrOr("value", "")
		switch goquery.NodeName(s) {
		case "textarea":
			value = s.Text()
		case "select":
			value = s.Find("[selected]").AttrOr("value", "")
		}
		all = append(all, s.AttrOr("name", ""), value)
	})
	return append(all, more...)
}

func TestTheFieldsOfALetterAreEditedLikeItsJSON(t *testing.T) {
	t.Parallel()
	s, admin, l, at, _ := desk(t)
	path := "/admin/dlq/" + l.ID
	form := admin.get(path + "/edit").wants(http.StatusOK)
	admin.post(path+"/edit", editForm(form)...).wants(http.StatusUnprocessableEntity).says("Nothing is changed")
	wrong := admin.post(path+"/edit", editForm(form, "input-title", " ", "input-year", "93", "input-album", "<i>Pablo", "input-playlist_id", at.foreign)...).
		wants(http.StatusUnprocessableEntity).says("Look at: Song, Year.").says("Year must be a year such as 1994, or 0.").says("nothing was sent")
	if p := wrong.page(); p.Find(`#input-year[aria-invalid][aria-describedby="wrong-year"]`).Length() != 1 || p.Find("#input-album").AttrOr("value", "") != "<i>Pablo" {
		t.Error("a field that is wrong does not say so, or another has lost what was typed")
	}
	admin.post(path+"/edit", editForm(form, "input-playlist_id", at.foreign)...).wants(http.StatusUnprocessableEntity).
		says("Look at: Playlist.").says("Playlist names no playlist that ada may change.")
	diff := admin.post(path+"/edit", editForm(form, "input-artists", "TLC\r\nMissy", "input-playlist_id", "https://open.spotify.com/playlist/"+at.other)...).
		wants(http.StatusOK).says("What changes").page().Find(`[data-testid="diff"]`)
	if got := s.read(l.ID); got.Version != 1 || diff.Length() != 1 {
		t.Fatalf("the first press has changed something: %+v", got)
	}
	admin.post(path+"/edit", fields(diff)...).redirects(path)
	if got := s.read(l.ID).Current(); !slices.Equal(got.Song.Artists, []string{"TLC", "Missy"}) || got.Playlist.ID != at.other || got.Song.Title != "Creep" {
		t.Errorf("retried with %+v", got)
	}
	admin.post(path+"/edit", "version", "1").wants(http.StatusConflict).says("already retried by ann")
}

func TestAnEditThatCannotBeKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s, admin, l, at, emu := desk(t)
	path := "/admin/dlq/" + l.ID
	text := l.Input.JSON()
	for name, c := range map[string]struct{ text, says string }{
		"not JSON":           {"Creep by <b>Radiohead", "not a JSON object"},
		"a field too few":    {`{"title": "Creep"}`, "playlist_id is missing"},
		"a field too many":   {strings.Replace(text, "{", `{"user_id": "ben",`, 1), `no field "user_id"`},
		"another tool":       {strings.Replace(text, "{", `{"tool": "remove_songs",`, 1), `no field "tool"`},
		"too long":           {strings.Replace(text, "Creep", strings.Repeat("x", 401), 1), "title has more than 400"},
		"somebody else's":    {strings.Replace(text, at.own, at.foreign, 1), "playlist_id names no playlist that ada may change"},
		"nobody's":           {strings.Replace(text, at.own, "0000000000000000000000", 1), "playlist_id names no playlist that ada may change"},
		"a way out of an id": {strings.Replace(text, at.own, "../../me/playlists?x=12", 1), "playlist_id must be a Spotify id"},
		"nothing":            {text, "Nothing is changed"},
	} {
		for _, confirm := range []string{"", "yes"} {
			a := admin.post(path+"/edit", "version", "1", "input", c.text, "confirm", confirm).wants(http.StatusUnprocessableEntity).says(c.says).says("nothing was sent")
			if got := a.page().Find("#input").Text(); got != c.text {
				t.Errorf("%s: what was typed became %q", name, got)
			}
		}
	}
	if err := emu.Inject(emulator.Fault{Path: "/playlists/", Status: http.StatusServiceUnavailable, Count: -1}); err != nil {
		t.Fatal(err)
	}
	admin.post(path+"/edit", "version", "1", "input", strings.Replace(text, at.own, at.other, 1)).wants(http.StatusServiceUnavailable).says("leave the playlist as it was")
	admin.post(path+"/edit", "version", "1", "input", strings.Replace(text, "Creep", "Karma Police", 1)).wants(http.StatusOK).says("What changes")
	if got := s.read(l.ID); got.Version != 1 {
		t.Errorf("it has changed: %+v", got)
	}
}

func TestOnlyWhatHasAnInputIsEditedAndOnlyByAdmins(t *testing.T) {
	t.Parallel()
	s, admin, l, _, _ := desk(t)
	olga := s.login("olga")
	olga.get("/admin/dlq/" + l.ID + "/edit").wants(http.StatusForbidden)
	olga.post("/admin/dlq/"+l.ID+"/edit", "version", "1", "input", "{}").wants(http.StatusForbidden)
	if a := olga.get("/admin/dlq/" + l.ID); a.page().Find(`a[href$="/edit"]`).Length() != 0 {
		t.Error("an operator is offered to edit")
	}
	run := s.login("ada").say("what is in Road Trip")
	if err := s.db.Finish(t.Context(), run.PersonID, run.ID, agent.Progress{State: agent.Failed}); err != nil {
		t.Fatal(err)
	}
	whole, _, err := s.db.SaveLetter(t.Context(), deadletter.Letter{PersonID: run.PersonID, RunID: run.ID, Kind: fault.Internal, Message: "No."})
	if err != nil {
		t.Fatal(err)
	}
	admin.get("/admin/dlq/" + whole + "/edit").wants(http.StatusUnprocessableEntity).says("its person's message")
	admin.post("/admin/dlq/"+whole+"/edit", "version", "1", "input", l.Input.JSON(), "confirm", "yes").wants(http.StatusUnprocessableEntity)
	admin.post("/admin/dlq/"+whole+"/retry", "version", "1", "from", "step").wants(http.StatusConflict).says("only be retried from the start")
	admin.post("/admin/dlq/"+l.ID+"/retry", "version", "1", "from", "step").redirects("/admin/dlq/" + l.ID)
	admin.get("/admin/dlq/" + l.ID).says("Retried by ann, going on at adding.")
}
