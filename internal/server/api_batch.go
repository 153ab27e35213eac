package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/intake"
	"segue/internal/music"
	"segue/internal/workflows"
)

const (
	batchPath    = "/api/v1/sync/batch"
	maxTracks    = 10_000
	maxBatch     = 20 << 20 // bytes of a body
	mostProblems = 100      // that are told of one batch
)

// batchReceipt is the answer to a list that was accepted.
type batchReceipt struct {
	WorkflowID   string  `json:"workflow_id"`
	Status       string  `json:"status"`
	TrackCount   int     `json:"track_count"`
	StatusURL    string  `json:"status_url"`
	ShareURL     *string `json:"share_url"`
	WebURL       string  `json:"web_url"`
	Deduplicated bool    `json:"deduplicated"`
	Text         string  `json:"text"` // one sentence for a notification
}

// postBatch accepts a list of songs, to be brought into a playlist in their order.
func (s *Server) postBatch(c echo.Context) error {
	if wait := s.messages.take(person(c).ID, time.Now()); wait > 0 {
		return &fault.Error{Kind: fault.RateLimited, Message: "You sent many lists in a short time.", RetryAfter: wait}
	}
	asked, link, err := s.readBatch(c)
	if err != nil {
		return err
	}
	run, tapped, err := s.acceptSync(c, asked)
	if err != nil {
		return err
	}
	r := batchReceipt{
		WorkflowID: run.ID, Status: "accepted", TrackCount: len(asked.Wish.Songs), StatusURL: batchPath + "/" + run.ID,
		ShareURL: s.shareSync(c.Request().Context(), run, link), WebURL: s.webURL(run), Deduplicated: tapped,
		Text: "Segue brings " + songs(len(asked.Wish.Songs)) + " into " + asked.Wish.Playlist.Name + ".",
	}
	h := c.Response().Header()
	h.Set(echo.HeaderLocation, r.StatusURL)
	h.Set(echo.HeaderRetryAfter, lookAgain)
	return c.JSON(http.StatusAccepted, r)
}

func (s *Server) readBatch(c echo.Context) (NewSync, shareWish, error) {
	asked, link, err := readAsked(c, maxBatch, parseBatch)
	if err != nil {
		return asked, link, err
	}
	if asked.Wish.Playlist, err = s.placed(c.Request().Context(), asked.PersonID, asked.Wish.Playlist); err != nil {
		return asked, link, err
	}
	asked.Text = "Import " + songs(len(asked.Wish.Songs)) + " into " + asked.Wish.Playlist.Name
	asked.List = true
	sum := sha256.Sum256(append([]byte(batchPath), asked.Request...)) // the same body as a song is another request
	asked.Request = sum[:]
	return asked, link, nil
}

// parseBatch reads the songs and the playlist of a list; see parseWish.
func parseBatch(body []byte, otherwise string) (agent.SyncSongsArgs, shareWish, error) {
	f := parseFields(body, true, nil)
	w := agent.SyncSongsArgs{Songs: f.songs("tracks"), Playlist: f.playlist(otherwise)}
	link := f.share()
	return w, link, f.err()
}

// songs reads a list of 1 to maxTracks songs, one after the other: what is longer is
// not even read to its end.
func (f *fields) songs(name string) (all []music.Song) {
	v, ok := f.values[name]
	if !ok {
		f.missing(name)
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(v))
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		f.refuse(name, "list_type", "Input should be a valid list", nil)
		return nil
	}
	for d.More() && len(f.problems) < mostProblems {
		if len(all) == maxTracks {
			f.refuse(name, "too_long", fmt.Sprintf("List should have at most %d items", maxTracks), map[string]any{"max_length": maxTracks})
			return nil
		}
		var one json.RawMessage
		if err := d.Decode(&one); err != nil { // of JSON that was read before
			f.refuse(name, "list_type", "Input should be a valid list", nil)
			return nil
		}
		track := fieldsAt(one, append(f.place(name), len(all))...)
		all = append(all, track.listed())
		f.problems = append(f.problems, track.problems...)
	}
	if len(all) == 0 {
		f.refuse(name, "too_short", "List should have at least 1 item", map[string]any{"min_length": 1})
	}
	return all
}

// listed reads a song of a list; a link of Apple Music is looked up by the run.
func (f *fields) listed() music.Song {
	var text string
	if json.Unmarshal(f.values["url"], &text) == nil {
		if link, ok := intake.ParseApple(text); ok {
			return music.Song{Title: link.String()}
		}
	}
	return f.song()
}

// placed gives a playlist that is named its id. A list asks nobody which one is
// meant and makes none, so a name must mean exactly one.
func (s *Server) placed(ctx context.Context, personID string, ref agent.PlaylistRef) (agent.PlaylistRef, error) {
	if ref.ID != "" {
		return agent.PlaylistRef{ID: ref.ID, Name: placeWords(ref)}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	var all []music.Playlist
	err := errors.New("there is no Spotify to ask")
	if s.Playlists != nil {
		all, err = s.Playlists.Playlists(ctx, personID)
	}
	if err != nil {
		return ref, fault.New(fault.Unavailable, "Spotify does not say now which playlist that name means. An id needs no question.", err)
	}
	named, err := workflows.Named(all, ref.Name, true)
	switch {
	case err != nil:
		return ref, refusePlaylist(ref.Name, fault.MessageOf(err))
	case len(named) > 1:
		return ref, refusePlaylist(ref.Name, "Several playlists are called "+ref.Name+". Send the id or the link of one.")
	}
	return agent.PlaylistRef{ID: named[0].ID, Name: named[0].Name}, nil
}

func refusePlaylist(name, why string) error {
	input, _ := json.Marshal(name) // of a text, which always encodes
	return &unusable{[]problem{{Type: "value_error", Loc: []any{"body", "playlist_id"}, Msg: "Value error, " + why, Input: input}}}
}
