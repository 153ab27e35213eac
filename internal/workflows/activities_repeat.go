package workflows

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/intake"
	"segue/internal/match"
	"segue/internal/music"
	"segue/internal/schedule"
)

// repeats are schedules and what became of them; *store.DB satisfies it.
type repeats interface {
	Schedule(ctx context.Context, personID, id string) (schedule.Schedule, error)
	// Results come newest first.
	Results(ctx context.Context, personID, id string, limit int) ([]schedule.Result, error)
	// AcceptDue brings what was accepted before when the time is known; the run has no ID when nothing is to be done.
	AcceptDue(ctx context.Context, d schedule.Due) (run agent.Run, fresh bool, err error)
	PauseIfFailing(ctx context.Context, personID, id string) (paused bool, err error)
}

// documents read lists by their addresses; *fetch.Client satisfies it.
type documents interface {
	// Read returns nil when the document is what was seen.
	Read(ctx context.Context, address string, seen schedule.Seen) (document []byte, now schedule.Seen, err error)
}

// mostResults are looked back on for what a schedule has brought.
const mostResults = 1000

// DueInput is one time that a schedule is due.
type DueInput struct {
	RepeatInput
	Key string `json:"key"` // names the time
}

// BringDue reads the source of a schedule, and accepts and starts a request for
// what is new in it. It returns the run, "" when there is nothing to do: also
// when the schedule is gone, or when what it came to the last time is not done yet.
func (a *Activities) BringDue(ctx context.Context, in DueInput) (runID string, err error) {
	s, err := a.Repeats.Schedule(ctx, in.PersonID, in.ScheduleID)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	past, err := a.Repeats.Results(ctx, in.PersonID, in.ScheduleID, mostResults)
	if err != nil {
		return "", err
	}
	for _, r := range past {
		if r.Key == in.Key {
			return r.RunID, nil
		}
	}
	if len(past) > 0 && past[0].RunID != "" {
		if done, err := a.settled(ctx, in.PersonID, past[0].RunID); err != nil || !done {
			return "", err
		}
	}
	d := schedule.Due{PersonID: in.PersonID, ScheduleID: s.ID, Key: in.Key}
	if err := a.fill(ctx, &d, s, past); err != nil {
		return "", err
	}
	run, _, err := a.Repeats.AcceptDue(ctx, d)
	if err != nil || run.ID == "" {
		return "", err
	}
	return run.ID, a.start(ctx, run)
}

// fill says what is to be done.
func (a *Activities) fill(ctx context.Context, d *schedule.Due, s schedule.Schedule, past []schedule.Result) error {
	var rows []agent.Row
	var err error
	switch s.Kind {
	case schedule.Clean:
		return a.fillClean(ctx, d, s)
	case schedule.List:
		rows, d.Seen, err = a.listed(ctx, s, past)
	case schedule.Archive:
		rows, err = a.archived(ctx, s)
	}
	if err != nil || len(rows) == 0 {
		return err
	}
	brought, err := a.brought(ctx, s.PersonID, past)
	if err != nil {
		return err
	}
	fresh := rows[:0]
	for _, r := range rows {
		if !brought[songKey(r.Song)] {
			fresh = append(fresh, r)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	d.Text = fmt.Sprintf("Import %s into %s", count(len(fresh), "song"), s.To.Name)
	if s.Kind == schedule.Archive {
		d.Text = fmt.Sprintf("Add %s from %s to %s", count(len(fresh), "song"), s.From.Name, s.To.Name)
	}
	d.List = &agent.NewList{PersonID: s.PersonID, Text: d.Text, Playlist: s.To, Rows: fresh}
	return nil
}

// listed reads the list; one that was read before is left alone, unless something
// of it is still to be tried again.
func (a *Activities) listed(ctx context.Context, s schedule.Schedule, past []schedule.Result) ([]agent.Row, schedule.Seen, error) {
	seen := s.Seen
	if len(past) > 0 {
		again, err := a.lacking(ctx, s.PersonID, past[0])
		if err != nil {
			return nil, seen, err
		}
		if again {
			seen = schedule.Seen{}
		}
	}
	document, now, err := a.Documents.Read(ctx, s.URL, seen)
	if err != nil || document == nil {
		return nil, now, err
	}
	p, err := intake.Parse(bytes.NewReader(document), intake.Choices{})
	if err != nil {
		return nil, now, err
	}
	return NewRows(p.Wanted()), now, nil
}

// lacking reports whether a time has failed, or rows of it have.
func (a *Activities) lacking(ctx context.Context, personID string, r schedule.Result) (bool, error) {
	if r.Failing() || r.RunID == "" {
		return r.Failing(), nil
	}
	rows, err := a.Lists.ListRows(ctx, personID, r.RunID, agent.RowFilter{States: []agent.RowState{agent.RowFailed, agent.RowStopped}})
	return slices.ContainsFunc(rows, agent.Row.Retryable), err
}

// archived are the tracks of the one playlist that the other does not have, known as they are.
func (a *Activities) archived(ctx context.Context, s schedule.Schedule) ([]agent.Row, error) {
	items, err := a.Library.Items(ctx, s.PersonID, s.From.ID)
	if err != nil {
		return nil, err
	}
	uris, err := a.Library.Rows(ctx, s.PersonID, s.To.ID)
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, uri := range uris {
		there[uri] = true
	}
	var rows []agent.Row
	for _, t := range tracksOf(items) {
		if t == nil || t.ID == "" || there[t.URI] {
			continue
		}
		there[t.URI] = true
		song := songOf(*t)
		song.TrackID = t.ID
		rows = append(rows, agent.Row{Song: song, State: agent.RowFound, Match: &music.Match{
			Verdict: music.Auto, Choices: []music.Choice{{Track: *t, Confidence: 1}}, Reasons: []string{"It stands in " + s.From.Name + "."},
		}})
	}
	return rows, nil
}

// triedRows are the states of rows that a schedule does not bring again, unless they failed for a while only.
var triedRows = []agent.RowState{agent.RowAdded, agent.RowThere, agent.RowReview, agent.RowLeftOut, agent.RowRemoved, agent.RowFailed}

// brought are the songs that a schedule need not bring again: they were added, the
// person has decided against them or is still being asked, or they cannot be had.
func (a *Activities) brought(ctx context.Context, personID string, past []schedule.Result) (map[string]bool, error) {
	songs := map[string]bool{}
	for _, r := range past {
		if r.RunID == "" {
			continue
		}
		rows, err := a.Lists.ListRows(ctx, personID, r.RunID, agent.RowFilter{States: triedRows})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if !row.Retryable() {
				songs[songKey(row.Song)] = true
			}
		}
	}
	return songs, nil
}

func songKey(s music.Song) string {
	if s.TrackID != "" {
		return s.TrackID
	}
	return match.Key(s)
}

// fillClean asks for the duplicates of a playlist to be removed, if it has any.
func (a *Activities) fillClean(ctx context.Context, d *schedule.Due, s schedule.Schedule) error {
	items, err := a.Library.Items(ctx, s.PersonID, s.To.ID)
	if err != nil {
		return err
	}
	if doubles, _ := match.Doubles(tracksOf(items)); len(doubles) == 0 {
		return nil
	}
	args, err := json.Marshal(agent.DedupeArgs{Playlist: s.To})
	d.Text = "Remove duplicates from " + s.To.Name
	d.Call = &agent.Call{ID: "1", Tool: agent.DedupePlaylist, Args: args}
	return err
}

// MissDue notes that a schedule has come to nothing this time, and why.
func (a *Activities) MissDue(ctx context.Context, in DueInput, why Fault) error {
	_, _, err := a.Repeats.AcceptDue(ctx, schedule.Due{
		PersonID: in.PersonID, ScheduleID: in.ScheduleID, Key: in.Key, Trouble: missed(why.err()),
	})
	return unlessGone(err)
}

// CloseDue pauses a schedule that has failed too often in a row.
func (a *Activities) CloseDue(ctx context.Context, in RepeatInput) error {
	_, err := a.Repeats.PauseIfFailing(ctx, in.PersonID, in.ScheduleID)
	return unlessGone(err)
}

// unlessGone lets a schedule that was deleted meanwhile, or whose person has left, be no error.
func unlessGone(err error) error {
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Unauthorised {
		return nil
	}
	return err
}

// FollowInput names the request that a schedule has become.
type FollowInput struct {
	PersonID string `json:"person_id"`
	RunID    string `json:"run_id"`
}

// FollowDue reports whether the request is done, or waits for nothing but its
// person. The plan of a clean-up is agreed to on the way, as the person said when they made the schedule.
func (a *Activities) FollowDue(ctx context.Context, in FollowInput) (bool, error) {
	done, err := a.settled(ctx, in.PersonID, in.RunID)
	if err != nil || done {
		return done, err
	}
	run, err := a.Ledger.Run(ctx, in.PersonID, in.RunID)
	if err != nil || run.Call == nil {
		return false, err
	}
	p, err := a.Engine.Progress(ctx, in.RunID)
	if err != nil || p.Question == nil || len(p.Question.Plan) == 0 {
		return false, unlessGone(err)
	}
	err = a.Engine.Answer(ctx, in.RunID, agent.Answer{Question: p.Question.ID, Option: agent.Approve})
	if fault.KindOf(err) == fault.Conflict { // somebody was first
		err = nil
	}
	return false, unlessGone(err)
}

// settled reports whether a run is at its end, or has brought all it can without a person.
func (a *Activities) settled(ctx context.Context, personID, runID string) (bool, error) {
	run, err := a.Ledger.Run(ctx, personID, runID)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return true, nil
	case err != nil || run.State.Final() || !run.List:
		return run.State.Final(), err
	}
	counts, err := a.Lists.ListCounts(ctx, personID, runID)
	return counts.Total() > 0 && counts.Left() == 0, err
}
