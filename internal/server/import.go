package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/intake"
	"segue/internal/workflows"
	"segue/web/templates/page"
)

const (
	importPath  = "/import"
	maxUpload   = intake.MaxBytes + 64<<10 // with what a form has around its file
	maxListName = 100                      // characters of a playlist's name, as Spotify takes them
)

// showImport is where a list is pasted or chosen.
func (s *Server) showImport(c echo.Context) error {
	return render(c, http.StatusOK, page.Import(page.ImportView{Person: personView(person(c))}))
}

// readImport keeps a list for its preview. One that is no list is refused with the reason.
func (s *Server) readImport(c echo.Context) error {
	ctx, who := c.Request().Context(), person(c)
	source, err := s.uploaded(c)
	if err == nil {
		_, err = intake.Parse(bytes.NewReader(source), intake.Choices{})
	}
	var id string
	if err == nil {
		id, err = s.Ledger.SavePreview(ctx, who.ID, source, "{}")
	}
	switch fault.KindOf(err) {
	case "":
		return c.Redirect(http.StatusSeeOther, importPath+"/"+id)
	case fault.Unauthorised:
		return err
	default:
		v := page.ImportView{Person: personView(who), Trouble: unreadable(err)}
		if text := field(c, "text"); len(text) <= maxBody {
			v.Text = sendable(text)
		}
		return refuse(c, formStatus(err), err, page.Import(v))
	}
}

// uploaded returns the file of the form, or else what was pasted.
func (s *Server) uploaded(c echo.Context) ([]byte, error) {
	if wait := s.messages.take(person(c).ID, time.Now()); wait > 0 {
		return nil, &fault.Error{Kind: fault.RateLimited, Message: "You sent many lists in a short time.", RetryAfter: wait}
	}
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxUpload)
	err := r.ParseMultipartForm(maxUpload) // all of it in memory: nothing of a person's is left on the disk
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, echo.NewHTTPError(http.StatusRequestEntityTooLarge).SetInternal(err)
	}
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return nil, fault.New(fault.Invalid, "The file did not arrive whole. Nothing was imported. Send it again.", err)
	}
	file, _, err := r.FormFile("file")
	if err != nil { // no file was chosen
		return []byte(field(c, "text")), nil
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if len(data) == 0 {
		return []byte(field(c, "text")), err
	}
	return data, err
}

// unreadable says why a list was refused; what intake says has all three parts.
func unreadable(err error) *agent.Trouble {
	t := troubleOf(err)
	switch {
	case httpStatus(err) == http.StatusRequestEntityTooLarge:
		t.What, t.Kept, t.Do = "This file is larger than 20 MB.", "Nothing was imported.", "Split it and bring the parts one after the other."
	case fault.KindOf(err) == fault.Invalid:
		t.Kept, t.Do = "", ""
	}
	return &t
}

// preview reads the source of the path again, as the person has chosen.
func (s *Server) preview(c echo.Context) (source []byte, p intake.Preview, err error) {
	source, text, err := s.Ledger.Preview(c.Request().Context(), person(c).ID, c.Param("id"))
	if err != nil {
		return nil, p, err
	}
	var choices intake.Choices
	if err := json.Unmarshal([]byte(text), &choices); err != nil {
		return nil, p, fmt.Errorf("read choices: %w", err)
	}
	p, err = intake.Parse(bytes.NewReader(source), choices)
	return source, p, err
}

// showPreview shows how a list was read, before anything is done with it.
func (s *Server) showPreview(c echo.Context) error {
	_, p, err := s.preview(c)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, page.Preview(s.previewView(c, p)))
}

func (s *Server) previewView(c echo.Context, p intake.Preview) page.PreviewView {
	v := page.PreviewView{Person: personView(person(c)), ID: c.Param("id"), Key: newKey(), Preview: p, Name: p.Name}
	if s.Playlists == nil {
		return v
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), snapshotTime)
	defer cancel()
	all, err := s.Playlists.Playlists(ctx, person(c).ID)
	v.Unlisted = err != nil // a new playlist can be named all the same
	for _, p := range all {
		if p.Editable {
			v.Playlists = append(v.Playlists, p)
		}
	}
	return v
}

// rereadPreview reads the list another way: other columns, the other order.
func (s *Server) rereadPreview(c echo.Context) error {
	source, p, err := s.preview(c)
	if err != nil {
		return err
	}
	choices := chosenReading(c)
	if _, err := intake.Parse(bytes.NewReader(source), choices); err != nil {
		v := s.previewView(c, p)
		v.Trouble = unreadable(err)
		return refuse(c, formStatus(err), err, page.Preview(v))
	}
	text, err := json.Marshal(choices)
	if err == nil {
		err = s.Ledger.SetChoices(c.Request().Context(), person(c).ID, c.Param("id"), string(text))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, importPath+"/"+c.Param("id"))
}

// chosenReading is the form of a preview. Without any column the names decide.
func chosenReading(c echo.Context) intake.Choices {
	choices := intake.Choices{Order: intake.Order(field(c, "order"))}
	for _, f := range intake.Fields() {
		if column := field(c, "column-"+string(f)); column != "" {
			if choices.Mapping == nil {
				choices.Mapping = intake.Mapping{}
			}
			choices.Mapping[f] = column
		}
	}
	return choices
}

// startList accepts a list as it was shown, and has its run started.
func (s *Server) startList(c echo.Context) error {
	_, p, err := s.preview(c)
	if err != nil {
		return err
	}
	to, err := s.listTarget(c)
	if err == nil {
		rows := workflows.NewRows(p.Wanted())
		err = s.acceptList(c, agent.NewList{
			Text: fmt.Sprintf("Import %s into %s", songs(len(rows)), to.Name), Playlist: to, Rows: rows,
		})
	}
	if kind := fault.KindOf(err); kind == "" || kind == fault.Unauthorised {
		return err
	}
	v := s.previewView(c, p)
	t := troubleOf(err)
	v.Trouble, v.Name = &t, deadletter.Line(field(c, "name"))
	return refuse(c, formStatus(err), err, page.Preview(v))
}

// acceptList puts a list of the person's on disk, has it started and shows its run.
func (s *Server) acceptList(c echo.Context, l agent.NewList) (err error) {
	ctx := c.Request().Context()
	l.PersonID = person(c).ID
	if l.Key, err = formKey(c); err != nil {
		return err
	}
	if wait := s.messages.take(l.PersonID, time.Now()); wait > 0 {
		return &fault.Error{Kind: fault.RateLimited, Message: "You started many lists in a short time.", RetryAfter: wait}
	}
	run, fresh, err := s.Ledger.AcceptList(ctx, l)
	if err != nil {
		return err
	}
	if fresh {
		s.start(ctx, run)
	}
	return c.Redirect(http.StatusSeeOther, "/runs/"+run.ID)
}

// listTarget is the playlist of the form: a name makes a new one.
func (s *Server) listTarget(c echo.Context) (agent.PlaylistRef, error) {
	name, id := strings.TrimSpace(deadletter.Line(field(c, "name"))), field(c, "playlist")
	switch {
	case len([]rune(name)) > maxListName:
		return agent.PlaylistRef{}, fault.New(fault.Invalid, "The name of a playlist has at most 100 characters.", nil)
	case id == "" && name == "", id != "" && s.Playlists == nil:
		return agent.PlaylistRef{}, fault.New(fault.Invalid, "Choose a playlist, or write the name of a new one.", nil)
	case id == "":
		return agent.PlaylistRef{Name: name}, nil
	}
	p, err := s.Playlists.Playlist(c.Request().Context(), person(c).ID, id)
	if err == nil && !p.Editable {
		err = fault.New(fault.Forbidden, p.Name+" belongs to somebody else, so songs can't be added there.", nil)
	}
	return agent.PlaylistRef{ID: p.ID, Name: p.Name}, err
}

func songs(n int) string {
	if n == 1 {
		return "1 song"
	}
	return thousands(n) + " songs"
}
