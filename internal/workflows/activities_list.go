package workflows

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// lists hold the rows of lists; *store.DB satisfies it.
type lists interface {
	// List returns where a list goes, without an ID until that playlist is made, and whether it is paused.
	List(ctx context.Context, personID, runID string) (to agent.PlaylistRef, paused bool, err error)
	SetListPlaylist(ctx context.Context, personID, runID string, to agent.PlaylistRef) error
	ListCounts(ctx context.Context, personID, runID string) (agent.Counts, error)
	ListRows(ctx context.Context, personID, runID string, f agent.RowFilter) ([]agent.Row, error)
	// SaveRows leaves a row alone that is no longer in the state from.
	SaveRows(ctx context.Context, personID, runID string, from agent.RowState, rows []agent.Row) (changed int, err error)
	EndRows(ctx context.Context, personID, runID string, from, to agent.RowState) error
}

// ListState is how a list stands: where it goes, its counts, and which rows are next.
type ListState struct {
	Playlist agent.PlaylistRef `json:"playlist"`
	Paused   bool              `json:"paused,omitempty"`
	Counts   agent.Counts      `json:"counts"`
	Open     []int             `json:"open,omitempty"`  // positions of at most MaxBatch rows to look for
	Links    []int             `json:"links,omitempty"` // of Open, those that are known by a link alone
	Found    []int             `json:"found,omitempty"` // and of rows to add
}

// LookAtList reads how a list stands.
func (a *Activities) LookAtList(ctx context.Context, in RowsInput) (s ListState, err error) {
	if s.Playlist, s.Paused, err = a.Lists.List(ctx, in.PersonID, in.of()); err != nil {
		return s, err
	}
	if err := a.Ledger.MarkRunning(ctx, in.PersonID, in.RunID); err != nil {
		return s, err
	}
	if s.Counts, err = a.Lists.ListCounts(ctx, in.PersonID, in.of()); err != nil {
		return s, err
	}
	open, err := a.next(ctx, in, agent.RowFilter{States: []agent.RowState{agent.RowOpen}})
	if err != nil {
		return s, err
	}
	ready := agent.RowFilter{States: []agent.RowState{agent.RowFound}}
	if len(open) > 0 {
		ready.Before = open[0].Position // those behind would come before it, in a list that has begun anew
	}
	found, err := a.next(ctx, in, ready)
	s.Open, s.Found = places(open), places(found)
	s.Links = places(slices.DeleteFunc(open, func(r agent.Row) bool { return !linked(r) }))
	return s, err
}

// next are the first rows of a kind.
func (a *Activities) next(ctx context.Context, in RowsInput, which agent.RowFilter) ([]agent.Row, error) {
	which.Limit = MaxBatch
	return a.Lists.ListRows(ctx, in.PersonID, in.of(), which)
}

func places(rows []agent.Row) []int {
	out := make([]int, len(rows))
	for i, r := range rows {
		out[i] = r.Position
	}
	return out
}

// AddedRows returns the positions of the last rows before one that a list has
// added, the last first, at most MaxBatch; before 0 of all.
func (a *Activities) AddedRows(ctx context.Context, in RowsInput, before int) ([]int, error) {
	rows, err := a.Lists.ListRows(ctx, in.PersonID, in.of(), agent.RowFilter{
		States: []agent.RowState{agent.RowAdded}, Before: before, Backward: true, Limit: MaxBatch,
	})
	return places(rows), err
}

// RowsInput names rows of a list that a run works on.
type RowsInput struct {
	PersonID   string `json:"person_id"`
	RunID      string `json:"run_id"`
	Of         string `json:"of,omitempty"` // the run whose list it is; "" for RunID
	PlaylistID string `json:"playlist_id,omitempty"`
	Positions  []int  `json:"positions,omitempty"`
	Try        int    `json:"try,omitempty"` // as in WriteInput
}

func (in RowsInput) of() string { return cmp.Or(in.Of, in.RunID) }

// rows are those of the input that are still in the state.
func (a *Activities) rows(ctx context.Context, in RowsInput, state agent.RowState) ([]agent.Row, error) {
	if len(in.Positions) == 0 {
		return nil, nil
	}
	found, err := a.Lists.ListRows(ctx, in.PersonID, in.of(), agent.RowFilter{
		States: []agent.RowState{state}, After: slices.Min(in.Positions) - 1, Before: slices.Max(in.Positions) + 1,
	})
	return slices.DeleteFunc(found, func(r agent.Row) bool { return !slices.Contains(in.Positions, r.Position) }), err
}

// FindRows looks for rows one after the other and decides on each. What was
// decided before a fault is kept, so that the same rows again cost nothing twice.
func (a *Activities) FindRows(ctx context.Context, in RowsInput) error {
	rows, err := a.rows(ctx, in, agent.RowOpen)
	if err != nil {
		return err
	}
	decided := rows[:0]
	for _, row := range rows {
		if row, err = a.findRow(ctx, in, row); err != nil {
			break
		}
		decided = append(decided, row)
	}
	_, unsaved := a.Lists.SaveRows(context.WithoutCancel(ctx), in.PersonID, in.of(), agent.RowOpen, decided)
	return cmp.Or(err, unsaved)
}

// findRow looks for one row. A fault that no retry cures is the row's own.
func (a *Activities) findRow(ctx context.Context, in RowsInput, row agent.Row) (agent.Row, error) {
	found, err := a.Search(ctx, SearchInput{PersonID: in.PersonID, RunID: in.RunID, Song: row.Song})
	switch kind := fault.KindOf(err); {
	case kind == fault.NotFound:
		row.State = agent.RowMissing
		return row, nil
	case err != nil && final(kind) && kind != fault.Unauthorised:
		return failedRow(row, fromTemporal(err)), nil
	case err != nil:
		return row, err
	}
	if found.Song != nil {
		row.Song = *found.Song
	}
	m, err := a.Match(ctx, MatchInput{Song: row.Song, Found: found.Tracks, Ruling: found.Ruling, Strategy: found.Strategy})
	if err != nil {
		return row, err
	}
	row.Match = &m
	switch {
	case m.Verdict == music.Auto:
		row.State = agent.RowFound
	case m.Verdict == music.Ask:
		row.State = agent.RowReview
	case found.Ruling != nil && found.Ruling.Says == saysNone:
		row.State = agent.RowLeftOut
	default:
		row.State = agent.RowMissing
	}
	return row, nil
}

func failedRow(row agent.Row, f *fault.Error) agent.Row {
	row.State, row.Trouble = agent.RowFailed, troubleOf(f, time.Time{})
	return row
}

// FailRows ends the rows of the input that are still in a state, with the fault that nobody waits out.
func (a *Activities) FailRows(ctx context.Context, in RowsInput, from agent.RowState, why Fault) error {
	rows, err := a.rows(ctx, in, from)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i] = failedRow(rows[i], why.err())
	}
	_, err = a.Lists.SaveRows(ctx, in.PersonID, in.of(), from, rows)
	return err
}

// EndRows gives all rows of a list in one of some states another.
func (a *Activities) EndRows(ctx context.Context, in RowsInput, from []agent.RowState, to agent.RowState) error {
	for _, state := range from {
		if err := a.Lists.EndRows(ctx, in.PersonID, in.of(), state, to); err != nil {
			return err
		}
	}
	return nil
}

// NoteListPlaylist notes which playlist was made for a list.
func (a *Activities) NoteListPlaylist(ctx context.Context, in RowsInput, to agent.PlaylistRef) error {
	return a.Lists.SetListPlaylist(ctx, in.PersonID, in.RunID, to)
}

// RowsOutcome is what became of a batch: why the rest of it has to be sent again, nil when
// it has not; unsure if any of it may have been done; and how many rows were refused for good.
type RowsOutcome struct {
	Fault   *Fault `json:"fault,omitempty"`
	Refused int    `json:"refused,omitempty"`
}

// AppendRows hands found rows to the writer of their playlist, in the order of
// the list, and keeps what became of each. What is in the playlist is not added
// again, whatever the person has set: a list can be brought twice.
func (a *Activities) AppendRows(ctx context.Context, in RowsInput) (RowsOutcome, error) {
	return a.moveRows(ctx, in, UpdateAppend, agent.RowFound)
}

// TakeBackRows hands rows that were added to the writer, to be taken out again.
func (a *Activities) TakeBackRows(ctx context.Context, in RowsInput) (RowsOutcome, error) {
	return a.moveRows(ctx, in, UpdateUndo, agent.RowAdded)
}

func (a *Activities) moveRows(ctx context.Context, in RowsInput, kind string, from agent.RowState) (RowsOutcome, error) {
	rows, err := a.rows(ctx, in, from)
	if err != nil || len(rows) == 0 {
		return RowsOutcome{}, err
	}
	batch := Batch{Changes: make([]Write, len(rows))}
	for i, row := range rows {
		batch.Changes[i] = in.change(row, kind)
	}
	var out BatchOutcome
	id := fmt.Sprintf("%s-%s-%d", kind, batch.Changes[0].id(), in.Try)
	if err := toWriter(ctx, in.PersonID, in.PlaylistID, kind, id, batch, &out); err != nil {
		return RowsOutcome{}, err
	}
	moved, outcome := sortRows(rows, out.Songs, kind)
	if _, err = a.Lists.SaveRows(context.WithoutCancel(ctx), in.PersonID, in.of(), from, moved); err != nil {
		f := *fromTemporal(err)
		f.Unsure = true // the writer has done its part: a stop must not end before that is kept
		return RowsOutcome{}, &f
	}
	return outcome, nil
}

// change is what the writer is asked to do with a row. Another id of the recording counts as
// the song when it is to be added; taken out is only what was put in.
func (in RowsInput) change(row agent.Row, kind string) Write {
	pick, _ := row.Match.Pick() // rows that are found, or added, have one
	c := Write{PersonID: in.PersonID, RunID: in.RunID, Key: rowKey(kind, row.Position), URI: pick.Track.URI, Position: Append}
	if kind == UpdateAppend {
		c.Twins = pick.Twins
	}
	return c
}

// rowKey names what is done with a row for ever, together with the run.
func rowKey(kind string, position int) string {
	if kind == UpdateUndo {
		return "undo-" + strconv.Itoa(position)
	}
	return strconv.Itoa(position)
}

// rowStates are the states of rows by the results of the writer.
var rowStates = map[string]agent.RowState{
	agent.Added: agent.RowAdded, agent.AlreadyThere: agent.RowThere,
	agent.Removed: agent.RowRemoved, agent.NotThere: agent.RowRemoved,
}

// sortRows takes over what the writer says of each row. A row that was refused
// for good fails, unless it was to be taken out: it is still there then.
func sortRows(rows []agent.Row, songs []WriteOutcome, kind string) (moved []agent.Row, out RowsOutcome) {
	for i, row := range rows {
		f := songs[i].Fault
		switch {
		case f == nil:
			row.State, row.Trouble = rowStates[songs[i].Result], nil
			moved = append(moved, row)
		case !final(f.Kind) || f.Kind == fault.Unauthorised:
			if out.Fault == nil || f.Unsure {
				out.Fault = f
			}
		default:
			out.Refused++
			if kind == UpdateAppend {
				moved = append(moved, failedRow(row, f.err()))
			}
		}
	}
	return moved, out
}
