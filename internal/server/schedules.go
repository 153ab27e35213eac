package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/schedule"
	"segue/web/templates/page"
)

const (
	schedulesPath = "/schedules"
	shownTimes    = 5
	shownResults  = 20
	startedSoon   = 3 * time.Second // that a request is waited for once a schedule was told to run
	startedLook   = 100 * time.Millisecond
)

// showSchedules lists the person's schedules.
func (s *Server) showSchedules(c echo.Context) error {
	ctx, who := c.Request().Context(), person(c)
	all, err := s.Ledger.Schedules(ctx, who.ID)
	if err != nil {
		return err
	}
	v := page.SchedulesView{Person: s.you(c), Most: schedule.Max}
	now := time.Now()
	for _, one := range all {
		last, err := s.Ledger.Results(ctx, who.ID, one.ID, 1)
		if err != nil {
			return err
		}
		v.Schedules = append(v.Schedules, page.Scheduled{Schedule: one, Next: one.Timing.Next(now, 1), Results: last, Now: now})
	}
	return render(c, http.StatusOK, page.Schedules(v))
}

// showSchedule is one of them, with when it is due and what became of it.
func (s *Server) showSchedule(c echo.Context) error {
	one, err := s.scheduled(c)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, page.Schedule(page.ScheduleView{Person: s.you(c), Scheduled: one, Delete: c.QueryParam("delete") != ""}))
}

func (s *Server) scheduled(c echo.Context) (page.Scheduled, error) {
	ctx, now := c.Request().Context(), time.Now()
	one, err := s.Ledger.Schedule(ctx, person(c).ID, c.Param("id"))
	if err != nil {
		return page.Scheduled{}, err
	}
	results, err := s.Ledger.Results(ctx, one.PersonID, one.ID, shownResults)
	return page.Scheduled{Schedule: one, Next: one.Timing.Next(now, shownTimes), Results: results, Now: now}, err
}

// showNewSchedule is the form that makes one.
func (s *Server) showNewSchedule(c echo.Context) error {
	v := s.newScheduleView(c)
	v.Form = schedule.Schedule{Kind: schedule.List, Timing: schedule.Timing{Every: schedule.Day, At: "07:30", Zone: "UTC"}}
	if v.Fresh = true; len(v.Hosts) == 0 {
		v.Form.Kind = schedule.Archive
	}
	return render(c, http.StatusOK, page.NewSchedule(v))
}

func (s *Server) newScheduleView(c echo.Context) page.NewScheduleView {
	v := page.NewScheduleView{Person: s.you(c), Key: newKey(), Zones: schedule.Zones()}
	if s.Documents != nil {
		v.Hosts = s.Documents.Hosts()
	}
	if s.Playlists == nil {
		return v
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), snapshotTime)
	defer cancel()
	all, err := s.Playlists.Playlists(ctx, person(c).ID)
	v.Playlists, v.Unlisted = all, err != nil
	return v
}

// createSchedule makes a schedule of the form; sent twice, it is one.
func (s *Server) createSchedule(c echo.Context) error {
	ctx, wish := c.Request().Context(), scheduleWish(c)
	made, err := s.makeSchedule(c, &wish)
	if err == nil {
		err = s.Ledger.AddSchedule(ctx, made)
	}
	if err == nil {
		return c.Redirect(http.StatusSeeOther, schedulesPath+"/"+made.ID)
	}
	if fault.KindOf(err) == fault.Unauthorised {
		return err
	}
	t := troubleOf(err)
	t.Kept, t.Do = "No schedule was made.", "Change the form below and send it again."
	if fault.KindOf(err) == fault.Conflict {
		t.Do = "Delete one that you no longer need, then make this one."
	}
	v := s.newScheduleView(c)
	v.Form, v.Trouble = wish, &t
	return refuse(c, formStatus(err), err, page.NewSchedule(v))
}

// makeSchedule checks what the form asks for, and gives the playlists their names.
func (s *Server) makeSchedule(c echo.Context, wish *schedule.Schedule) (schedule.Schedule, error) {
	key, err := formKey(c)
	if err != nil {
		return *wish, err
	}
	if wait := s.messages.take(wish.PersonID, time.Now()); wait > 0 {
		return *wish, &fault.Error{Kind: fault.RateLimited, Message: "You sent many forms in a short time.", RetryAfter: wait}
	}
	made, err := schedule.New(*wish, time.Now())
	if err != nil {
		return made, err
	}
	sum := sha256.Sum256([]byte(made.PersonID + " " + key))
	made.ID = hex.EncodeToString(sum[:16])
	if made.Kind == schedule.List {
		if s.Documents == nil {
			return made, fault.New(fault.Invalid, "Lists by address are not read here.", nil)
		}
		if err := s.Documents.Check(made.URL); err != nil {
			return made, err
		}
	}
	if made.To, err = s.playlistFor(c, made.To.ID, true); err != nil || made.Kind != schedule.Archive {
		return made, err
	}
	made.From, err = s.playlistFor(c, made.From.ID, false)
	return made, err
}

// playlistFor finds a playlist of the form.
func (s *Server) playlistFor(c echo.Context, id string, change bool) (agent.PlaylistRef, error) {
	if s.Playlists == nil {
		return agent.PlaylistRef{}, fault.New(fault.Unavailable, "Spotify does not say just now which playlists you have.", nil)
	}
	p, err := s.Playlists.Playlist(c.Request().Context(), person(c).ID, id)
	if err == nil && change && !p.Editable {
		err = fault.New(fault.Forbidden, p.Name+" belongs to somebody else, so it can't be changed.", nil)
	}
	return agent.PlaylistRef{ID: p.ID, Name: p.Name}, err
}

func scheduleWish(c echo.Context) schedule.Schedule {
	w := schedule.Schedule{
		PersonID: person(c).ID, Name: deadletter.Line(field(c, "name")), Kind: schedule.Kind(field(c, "kind")),
		URL: strings.TrimSpace(sendable(field(c, "url"))), From: agent.PlaylistRef{ID: field(c, "from")}, To: agent.PlaylistRef{ID: field(c, "to")},
		Timing: schedule.Timing{Every: schedule.Every(field(c, "every")), Zone: field(c, "zone")},
	}
	t := &w.Timing
	switch t.Every {
	case schedule.Day:
		t.At = field(c, "at")
	case schedule.Week:
		t.At = field(c, "at")
		for _, text := range c.Request().PostForm["day"] {
			if d, err := strconv.Atoi(text); err == nil && d >= 0 && d <= 6 {
				t.Days = append(t.Days, time.Weekday(d))
			}
		}
	case schedule.Pattern:
		t.Cron = deadletter.Line(field(c, "cron"))
	}
	return w
}

// pauseSchedule holds a schedule up, or lets it go on. The engine follows the ledger.
func (s *Server) pauseSchedule(c echo.Context) error {
	id := c.Param("id")
	if err := s.Ledger.PauseSchedule(c.Request().Context(), person(c).ID, id, field(c, "pause") == "1"); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, schedulesPath+"/"+id)
}

// deleteSchedule forgets a schedule; what it has brought stays.
func (s *Server) deleteSchedule(c echo.Context) error {
	if err := s.Ledger.DeleteSchedule(c.Request().Context(), person(c).ID, c.Param("id")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, schedulesPath)
}

// runSchedule has a schedule run now, and shows the request that it becomes.
func (s *Server) runSchedule(c echo.Context) error {
	ctx := c.Request().Context()
	one, err := s.scheduled(c)
	if err != nil {
		return err
	}
	if wait := s.messages.take(one.PersonID, time.Now()); wait > 0 {
		return &fault.Error{Kind: fault.RateLimited, Message: "You started many requests in a short time.", RetryAfter: wait}
	}
	before := ""
	if len(one.Results) > 0 {
		before = one.Results[0].Key
		if busy, err := s.busy(ctx, one.PersonID, one.Results[0]); err != nil || busy {
			return cmp.Or(err, error(fault.New(fault.Conflict, "This schedule is running already. Wait until its last request is done, or stop that.", nil)))
		}
	}
	if err := s.Engine.TriggerSchedule(ctx, one.Schedule); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, s.becomes(ctx, one.Schedule, before))
}

// busy reports whether a request is under way that waits for more than its person.
func (s *Server) busy(ctx context.Context, personID string, r schedule.Result) (bool, error) {
	if !r.Open() {
		return false, nil
	}
	counts, err := s.Ledger.ListCounts(ctx, personID, r.RunID)
	return counts.Total() == 0 || counts.Left() > 0, err
}

// becomes waits a little for the result after the one named before, and says where it is to be seen.
func (s *Server) becomes(ctx context.Context, one schedule.Schedule, before string) string {
	ctx, cancel := context.WithTimeout(ctx, startedSoon)
	defer cancel()
	look := time.NewTicker(startedLook)
	defer look.Stop()
	for {
		if last, err := s.Ledger.Results(ctx, one.PersonID, one.ID, 1); err == nil && len(last) > 0 && last[0].Key != before {
			if last[0].RunID != "" {
				return "/runs/" + last[0].RunID
			}
			return schedulesPath + "/" + one.ID
		}
		select {
		case <-ctx.Done():
			return schedulesPath + "/" + one.ID
		case <-look.C:
		}
	}
}
