package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/web/templates/page"
)

// showEdit offers the input of a letter to be changed.
func (s *Server) showEdit(c echo.Context) error {
	v, err := s.editView(c)
	if err == nil {
		err = editable(v.Letter)
	}
	if err != nil {
		return s.showLetterRefused(c, err)
	}
	v.Form, v.Text = v.Letter.Current().Form(), v.Letter.Current().JSON()
	return render(c, http.StatusOK, page.Edit(v))
}

func (s *Server) editView(c echo.Context) (page.EditView, error) {
	l, err := s.Ledger.Letter(c.Request().Context(), c.Param("id"))
	return page.EditView{Person: personView(person(c)), Letter: l, Version: l.Version, Now: time.Now()}, err
}

// editable says why there is nothing to edit: a letter that cannot be retried now, or a whole request.
func editable(l deadletter.Letter) error {
	if err := l.CheckRetry(l.Version); err != nil {
		return err
	}
	in := l.Current()
	_, err := deadletter.Retry{Edited: &in}.Apply(l)
	return err
}

// editLetter shows what an edit changes, and retries with it once that is confirmed.
func (s *Server) editLetter(c echo.Context) error {
	v, err := s.editView(c)
	if err == nil {
		err = v.Letter.CheckRetry(seen(c))
	}
	if err == nil {
		err = editable(v.Letter)
	}
	if err != nil {
		return s.showLetterRefused(c, err)
	}
	v = typedEdit(c, v)
	edited, err := s.edit(c.Request().Context(), v.Letter, v.Text)
	if err != nil {
		return s.showEditRefused(c, v, err)
	}
	if field(c, "confirm") == "yes" {
		return s.tryAgain(c, deadletter.Retry{Edited: &edited})
	}
	v.Form, v.Text, v.Changes = edited.Form(), edited.JSON(), deadletter.Changes(v.Letter.Current(), edited)
	return render(c, http.StatusOK, page.Edit(v))
}

// typedEdit adds what was typed: JSON, or the fields of the form, which become JSON.
func typedEdit(c echo.Context, v page.EditView) page.EditView {
	if v.AsJSON = c.Request().PostForm.Has("input"); v.AsJSON {
		v.Form, v.Text = v.Letter.Current().Form(), field(c, "input")
		return v
	}
	v.Form = deadletter.Form{}
	for _, name := range deadletter.Fields() {
		v.Form[name] = strings.TrimSpace(field(c, page.EditField(name)))
	}
	v.Text = v.Form.JSON()
	return v
}

// showEditRefused shows the edit again, as it was typed, with what is wrong about it.
func (s *Server) showEditRefused(c echo.Context, v page.EditView, why error) error {
	t := troubleOf(why)
	t.Kept, t.Do = "What you wrote is below, and nothing was sent.", "Correct it and send it again."
	if fault.KindOf(why) != fault.Invalid {
		t.Do = "Send it again in a moment, or leave the playlist as it was."
	}
	v.Wrong, _ = errors.AsType[deadletter.Wrong](why)
	v.Trouble = &t
	return refuse(c, formStatus(why), why, page.Edit(v))
}

// edit reads an edited input and finds out whether the person may write to its playlist.
func (s *Server) edit(ctx context.Context, l deadletter.Letter, text string) (deadletter.Input, error) {
	edited, err := l.Current().Edit(text)
	if err != nil {
		return edited, err
	}
	for _, known := range []deadletter.Playlist{l.Current().Playlist, l.Input.Playlist} {
		if edited.Playlist.ID == known.ID {
			edited.Playlist = known
			return edited, nil
		}
	}
	p, err := s.Playlists.Playlist(ctx, l.PersonID, edited.Playlist.ID)
	if err = writable(l, p, err); err != nil {
		return edited, err
	}
	edited.Playlist.Name = p.Name
	return edited, nil
}

// writable says why the person of a letter cannot have songs put into a playlist, nil when they can.
func writable(l deadletter.Letter, p music.Playlist, err error) error {
	switch kind := fault.KindOf(err); {
	case err == nil && p.Editable:
		return nil
	case err == nil, kind == fault.NotFound, kind == fault.Forbidden, kind == fault.Invalid:
		return deadletter.Wrong{"playlist_id": "names no playlist that " + l.Person + " may change"}.Fault(err)
	case kind == fault.Unauthorised:
		return deadletter.Wrong{"playlist_id": "cannot be checked: the login of " + l.Person + " at Spotify has ended"}.Fault(err)
	default:
		return err
	}
}
