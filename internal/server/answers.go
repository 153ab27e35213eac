package server

import (
	"context"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/web/templates/page"
	"segue/web/templates/partial"
)

// answerRun settles a question; the first answer counts. A link outranks the
// option that is marked, since one always is. A link that leads to no song
// leaves the question open and is shown with the reason.
func (s *Server) answerRun(c echo.Context) error {
	ctx := c.Request().Context()
	run, err := s.Ledger.Run(ctx, person(c).ID, c.Param("id"))
	if err != nil {
		return err
	}
	a := agent.Answer{Question: field(c, "question"), Option: field(c, "option"), Remember: field(c, "remember") == "1"}
	link := sendable(strings.TrimSpace(field(c, "link")))
	if a.Question == "" || a.Option == "" && link == "" {
		return fault.New(fault.Invalid, "Choose one of the answers first.", nil)
	}
	if run.State.Final() {
		return fault.New(fault.Conflict, "This has ended, so there is nothing left to choose.", nil)
	}
	if link != "" {
		track, err := s.linked(ctx, run.PersonID, link)
		if err != nil {
			return s.showAnswerRefused(c, run, partial.Refusal{Question: a.Question, Link: link, Remember: a.Remember}, err)
		}
		a.Option, a.Track = track.ID, &track
	}
	if note := sendable(strings.TrimSpace(field(c, "note"))); note != "" && a.Option == agent.NoneOfThese {
		// First, since the run goes on with the answer, and what it quotes is this.
		if err := s.Ledger.Remark(ctx, run.PersonID, run.ID, a.Question, shortened(note, agent.MaxRemark)); err != nil {
			return err
		}
	}
	if err := s.Engine.Answer(ctx, run.ID, a); err != nil {
		return notStarted(err)
	}
	return back(c, "/c/"+run.ConversationID)
}

// linked returns the track that a link leads to.
func (s *Server) linked(ctx context.Context, personID, text string) (music.Track, error) {
	link, ok := music.ParseLink(text)
	if !ok {
		return music.Track{}, fault.New(fault.Invalid, notALink, nil)
	}
	if link.Kind != music.LinkTrack {
		return music.Track{}, fault.New(fault.Invalid, notASong[link.Kind], nil)
	}
	if wait := s.links.take(personID, time.Now()); wait > 0 {
		return music.Track{}, &fault.Error{Kind: fault.RateLimited, Message: "You tried many links in a short time. Wait a moment, then try this one again.", RetryAfter: wait}
	}
	track, err := s.Tracks.Track(ctx, personID, link.ID)
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Invalid {
		return track, fault.New(fault.Invalid, "Spotify has no song at this link. Copy the link once more from the song itself.", err)
	}
	return track, err
}

const notALink = "This is not a link to a song on Spotify. One looks like https://open.spotify.com/track/ and 22 letters and digits."

// notASong says what a link leads to instead of a song, and what to do.
var notASong = map[string]string{
	music.LinkAlbum:    "This link leads to an album. Open the song in it and copy its own link.",
	music.LinkArtist:   "This link leads to an artist. Open the song and copy its own link.",
	music.LinkPlaylist: "This link leads to a playlist. Open the song in it and copy its own link.",
	music.LinkEpisode:  "This link leads to a podcast episode. Paste the link of a song.",
	music.LinkShow:     "This link leads to a podcast. Paste the link of a song.",
	music.LinkShort:    "This is a short link, and only Spotify knows where it leads. Open it, then copy the long address that it turns into.",
	music.LinkLocal:    "This is a file on a computer, not a song on Spotify. Paste the link of a song.",
}

// showAnswerRefused shows the card again with why an answer was not taken. It
// stands still until it is sent again: a stream would take the sentence away.
func (s *Server) showAnswerRefused(c echo.Context, run agent.Run, r partial.Refusal, why error) error {
	if fault.KindOf(why) == fault.Unauthorised { // no other link would help
		return why
	}
	r.Why = fault.MessageOf(why)
	if run.State.Final() || field(c, "back") == "/runs/"+run.ID {
		v, err := s.runView(c, run)
		if err != nil {
			return err
		}
		v.Run.Live, v.Run.Refused = false, &r
		return refuse(c, formStatus(why), why, page.Run(v))
	}
	v, err := s.chatView(c, run.ConversationID)
	if err != nil {
		return err
	}
	for _, e := range v.Entries {
		if e.Run != nil && e.Run.Run.ID == run.ID {
			e.Run.Live, e.Run.Refused = false, &r
		}
	}
	return refuse(c, formStatus(why), why, page.Chat(v))
}
