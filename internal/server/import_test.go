package server_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/music"
)

const threeSongs = "Queen - Bohemian Rhapsody\nToto - Africa\nhttps://music.apple.com/us/album/x/1?i=2\nToto - Africa\nhttps://example.com/x"

// sends posts a form with a file, as a browser does.
func (b *browser) sends(path, name string, content []byte) answer {
	b.site.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err != nil || w.Close() != nil {
		b.site.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.site.t.Context(), http.MethodPost, b.site.url+path, &body)
	if err != nil {
		b.site.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	res, err := b.http.Do(req)
	if err != nil {
		b.site.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var text bytes.Buffer
	if _, err := text.ReadFrom(res.Body); err != nil {
		b.site.t.Fatal(err)
	}
	return answer{t: b.site.t, what: "POST " + path, Response: res, body: text.String()}
}

// imports brings a list into a new playlist and returns its run.
func (b *browser) imports(text string) agent.Run {
	b.site.t.Helper()
	preview := b.post("/import", "text", text).wants(http.StatusSeeOther).Header.Get("Location")
	to := b.post(preview+"/start", "name", "Sunday", "key", "k").wants(http.StatusSeeOther).Header.Get("Location")
	run, err := b.site.db.Run(b.site.t.Context(), b.id, strings.TrimPrefix(to, "/runs/"))
	if err != nil {
		b.site.t.Fatal(err)
	}
	return run
}

func TestAListIsLookedThroughThenStarted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	ada.get("/import").wants(http.StatusOK).says("Import a list")
	preview := ada.sends("/import", "list.csv", []byte(threeSongs)).wants(http.StatusSeeOther).Header.Get("Location")
	page := ada.get(preview).wants(http.StatusOK).says("3 songs to import").says("by Apple Music link, looked up on the way").says("twice in the list").says("Only links of Spotify").page()
	if n := page.Find("[data-testid=wanted] li").Length(); n != 3 {
		t.Errorf("%d rows are told as wanted, want three", n)
	}
	ada.post(preview+"/start", "name", "").wants(http.StatusUnprocessableEntity).says("Choose a playlist")
	run := ada.imports(threeSongs)
	if !run.List || len(s.engine.starts()) != 1 {
		t.Errorf("list %v, started %v", run.List, s.engine.starts())
	}
	ada.get("/runs/" + run.ID).wants(http.StatusOK).says("Import 3 songs into Sunday").says("Bohemian Rhapsody").says("https://music.apple.com/us/song/2")
	ada.get("/c/" + run.ConversationID).wants(http.StatusOK).says("Import 3 songs into Sunday")
}

func TestAListIsReadAgainAnotherWay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	preview := ada.post("/import", "text", "Track Name,Artist Name,Album\nToto,Africa,IV\nThe Smashing Pumpkins,1979,x\n").wants(http.StatusSeeOther).Header.Get("Location")
	ada.post(preview, "column-title", "nine").wants(http.StatusUnprocessableEntity)
	ada.post(preview, "column-title", "Artist Name", "column-artist", "Track Name").redirects(preview)
	ada.get(preview).wants(http.StatusOK).says("Africa by Toto").says("1979 by The Smashing Pumpkins")
}

func TestWhatIsNoListIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	ada.post("/import", "text", "").wants(http.StatusUnprocessableEntity).says("The list is empty. Nothing was imported.")
	ada.sends("/import", "songs.csv", []byte("PK\x03\x04 zip")).wants(http.StatusUnprocessableEntity).says("zip archive")
	ada.sends("/import", "songs.csv", bytes.Repeat([]byte("a"), 20<<20+80<<10)).wants(http.StatusRequestEntityTooLarge).says("larger than 20 MB")
	ada.post("/c", "text", strings.Repeat("a", 140_000)).wants(http.StatusRequestEntityTooLarge) // the limit is that route's alone
}

// review has a run whose second row asks.
func review(t *testing.T, s *site, ada *browser) agent.Run {
	t.Helper()
	run := ada.imports(threeSongs)
	m := &music.Match{Verdict: music.Ask, Choices: []music.Choice{
		{Track: music.Track{ID: "t1", URI: "spotify:track:t1", Title: "Africa"}, Confidence: 0.7},
		{Track: music.Track{ID: "t2", URI: "spotify:track:t2", Title: "Africa (Live)"}, Confidence: 0.6},
	}}
	row := agent.Row{Position: 2, Song: music.Song{Title: "Africa", Artists: []string{"Toto"}}, State: agent.RowReview, Match: m}
	if n, err := s.db.SaveRows(t.Context(), ada.id, run.ID, agent.RowOpen, []agent.Row{row}); n != 1 || err != nil {
		t.Fatalf("%d rows, %v", n, err)
	}
	s.engine.set(agent.Progress{RunID: run.ID, Version: 1, State: agent.Waiting})
	return run
}

func TestAnUnclearRowIsAnsweredOnceByItsOwner(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, ben := s.login("ada"), s.login("ben")
	run := review(t, s, ada)
	ada.get("/runs/" + run.ID + "?tab=review").wants(http.StatusOK).says("Leave it out")
	to := "/runs/" + run.ID + "/rows/2"
	ben.post(to, "option", "t1").wants(http.StatusNotFound)
	ada.post(to, "option", "t9").wants(http.StatusBadRequest)
	ada.post("/runs/"+run.ID+"/rows/7", "option", "t1").wants(http.StatusNotFound)
	ada.post(to, "option", "t2", "remember", "1").wants(http.StatusSeeOther)
	ada.post(to, "option", "t1").wants(http.StatusConflict)
	rows, err := s.db.ListRows(t.Context(), ada.id, run.ID, agent.RowFilter{States: []agent.RowState{agent.RowFound}})
	if err != nil || len(rows) != 1 || rows[0].Match.Choices[0].Track.ID != "t2" {
		t.Fatalf("rows %+v, %v", rows, err)
	}
	rules, n, err := s.db.Rules(t.Context(), ada.id, "", 0, 5)
	if err != nil || n != 1 || rules[0].Track.ID != "t2" || len(s.engine.woken) != 1 {
		t.Errorf("%d rules, woken %v, %v", n, s.engine.woken, err)
	}
}

func TestAnotherVersionIsSearchedForAndTaken(t *testing.T) {
	t.Parallel()
	change, known, _ := withSpotify(t)
	s := newSite(t, change)
	ada, ben := s.login("ada"), s.login("ben")
	run := review(t, s, ada)
	search := "/runs/" + run.ID + "?tab=review&fix=2&q="
	ben.get(search + "Hallelujah").wants(http.StatusNotFound)
	found := ada.get(search + "Hallelujah").wants(http.StatusOK).page().Find("[data-testid=found]")
	if found.Find("button").Length() < 5 || found.Find(`[value="spotify:track:`+known.ID+`"]`).Length() != 1 {
		t.Errorf("found %q", found.Text())
	}
	ada.post("/runs/"+run.ID+"/rows/2", "option", "spotify:track:"+known.ID).wants(http.StatusSeeOther)
	rows, err := s.db.ListRows(t.Context(), ada.id, run.ID, agent.RowFilter{States: []agent.RowState{agent.RowFound}})
	if err != nil || len(rows) != 1 {
		t.Fatalf("rows %+v, %v", rows, err)
	}
	if pick, ok := rows[0].Match.Pick(); !ok || pick.Track.ID != known.ID {
		t.Errorf("the row takes %+v", pick.Track)
	}
}

func TestAListIsPausedExportedAndTriedAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, ben := s.login("ada"), s.login("ben")
	run := review(t, s, ada)
	ben.post("/runs/"+run.ID+"/pause", "pause", "1").wants(http.StatusNotFound)
	ben.get("/runs/" + run.ID + "/export").wants(http.StatusNotFound)
	ada.post("/runs/"+run.ID+"/pause", "pause", "1").redirects("/runs/" + run.ID)
	if _, paused, err := s.db.List(t.Context(), ada.id, run.ID); err != nil || !paused {
		t.Errorf("paused %v, %v", paused, err)
	}
	saves := func(rows ...agent.Row) {
		t.Helper()
		if n, err := s.db.SaveRows(t.Context(), ada.id, run.ID, agent.RowOpen, rows); err != nil || n != len(rows) {
			t.Fatalf("%d rows, %v", n, err)
		}
	}
	saves(agent.Row{Position: 3, Song: music.Song{Title: "https://music.apple.com/us/song/2"}, State: agent.RowFailed, Trouble: &agent.Trouble{Kind: "invalid", What: "Apple Music does not know this link."}})
	sheet := ada.get("/runs/" + run.ID + "/export?tab=failed").wants(http.StatusOK)
	if lines := strings.Count(sheet.body, "\n"); lines != 2 || !strings.Contains(sheet.body, "does not know this link") {
		t.Errorf("%d lines:\n%s", lines, sheet.body)
	}
	ada.get("/runs/" + run.ID + "/export?format=json").wants(http.StatusOK)
	ada.post("/runs/" + run.ID + "/retry").wants(http.StatusConflict)
	saves(agent.Row{Position: 1, Song: music.Song{Title: "Bohemian Rhapsody"}, State: agent.RowFailed, Trouble: &agent.Trouble{Kind: "unavailable"}})
	if err := s.db.Finish(t.Context(), ada.id, run.ID, agent.Progress{State: agent.Done}); err != nil {
		t.Fatal(err)
	}
	ben.post("/runs/" + run.ID + "/retry").wants(http.StatusNotFound)
	first := ada.post("/runs/" + run.ID + "/retry").wants(http.StatusSeeOther).Header.Get("Location")
	ada.post("/runs/" + run.ID + "/retry").redirects(first)
	ada.get(first).wants(http.StatusOK).says("Import 1 song into Sunday once more").says("Bohemian Rhapsody")
}

func TestAPreviewIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, ben := s.login("ada"), s.login("ben")
	preview := ada.post("/import", "text", threeSongs).wants(http.StatusSeeOther).Header.Get("Location")
	ben.get(preview).wants(http.StatusNotFound)
	ben.post(preview, "order", "title first").wants(http.StatusNotFound)
	ben.post(preview+"/start", "name", "Mine").wants(http.StatusNotFound)
	s.browser().get(preview).redirects("/?return_to=" + url.QueryEscape(preview))
}
