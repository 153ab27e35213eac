package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/match"
	"segue/internal/music"
)

// DoublesInput asks which rows of a playlist repeat a recording. Begun counts the
// removals that the turn itself has named so far; any beyond are an earlier life's.
type DoublesInput struct {
	PersonID   string `json:"person_id"`
	RunID      string `json:"run_id"`
	PlaylistID string `json:"playlist_id"`
	Begun      int    `json:"begun,omitempty"`
	Most       int    `json:"most"` // rows to take out
}

// DoublesOutput is a plan, with what is left out of it; or, before any plan can be
// made, the removals that an earlier life of the run has begun and that must be ended.
type DoublesOutput struct {
	Plan  agent.Doubles  `json:"plan"`
	Total int            `json:"total"` // rows of the playlist
	Named int            `json:"named"` // removals that have a name now
	Alike []Alike        `json:"alike,omitempty"`
	Begun []agent.Double `json:"begun,omitempty"`
}

// Alike are two rows of one song, 0-based, that stay since they are different recordings.
type Alike struct {
	Name  string `json:"name"`
	Row   int    `json:"row"`
	Other int    `json:"other"`
	Why   string `json:"why"`
}

const mostAlike = 20 // of a plan that are told

// PlanDoubles reads the whole playlist and finds the rows that repeat an earlier one.
func (a *Activities) PlanDoubles(ctx context.Context, in DoublesInput) (DoublesOutput, error) {
	begun, named, err := a.begun(ctx, in)
	if err == nil && in.Begun == 0 {
		var before []agent.Double
		before, err = a.begunBefore(ctx, in)
		begun, named = append(before, begun...), max(named, min(len(before), 1))
	}
	if err != nil || len(begun) > 0 {
		return DoublesOutput{Begun: begun, Named: named}, err
	}
	items, err := a.Library.Items(ctx, in.PersonID, in.PlaylistID)
	if err != nil {
		return DoublesOutput{}, err
	}
	tracks := tracksOf(items)
	all, alike := match.Doubles(tracks)
	going := atMost(in.Most, all, tracks)
	out := DoublesOutput{Total: len(items), Plan: agent.Doubles{Of: printOf(urisOf(items)), More: len(all) - len(going)}}
	keys := map[string]string{}
	for _, d := range going {
		track := *tracks[d.Row]
		keep := 0
		if tracks[d.First].URI == track.URI {
			keep = 1
		}
		if keys[track.URI] == "" {
			named++
			keys[track.URI] = trimKey(named, keep)
		}
		out.Plan.Rows = append(out.Plan.Rows, agent.Double{Key: keys[track.URI], Row: d.Row, First: d.First, Keep: keep, Track: track})
	}
	out.Named = named
	for _, l := range alike[:min(len(alike), mostAlike)] {
		out.Alike = append(out.Alike, Alike{Name: nameOf(*tracks[l.Row]), Row: l.Row, Other: l.Other, Why: l.Why})
	}
	return out, nil
}

// atMost returns the first doubles, so many that no track goes in part: Spotify takes out all its rows at once.
func atMost(most int, all []match.Double, tracks []*music.Track) []match.Double {
	rows := map[string]int{}
	for _, d := range all {
		rows[tracks[d.Row].URI]++
	}
	taken := map[string]bool{}
	var going []match.Double
	for _, d := range all {
		uri := tracks[d.Row].URI
		if !taken[uri] && rows[uri] <= most {
			taken[uri], most = true, most-rows[uri]
		}
		if taken[uri] {
			going = append(going, d)
		}
	}
	return going
}

// tracksOf returns what stands in each row, nil where that is no track of the catalogue.
func tracksOf(items []music.Item) []*music.Track {
	tracks := make([]*music.Track, len(items))
	for i, item := range items {
		if !item.Local {
			tracks[i] = item.Track
		}
	}
	return tracks
}

func nameOf(t music.Track) string { return t.Title + " by " + t.ArtistNames() }

// trimKey names the n-th removal of a run, so that what it keeps can be told from the name.
func trimKey(n, keep int) string { return fmt.Sprintf("trim-%d-%d", n, keep) }

// begun returns the removals of this run that an earlier life has begun and this
// turn knows nothing of, as the rows they took, and how many removals have names.
func (a *Activities) begun(ctx context.Context, in DoublesInput) (all []agent.Double, named int, err error) {
	var keys, ids []string
	for n := in.Begun + 1; n <= in.Begun+2*mostTasks; n++ {
		for keep := range 2 {
			key := trimKey(n, keep)
			keys, ids = append(keys, key), append(ids, Write{RunID: in.RunID, Key: key}.id())
		}
	}
	records, err := a.Attempts.AttemptRecords(ctx, in.PersonID, ids)
	if err != nil {
		return nil, 0, err
	}
	named = in.Begun
	for i, key := range keys {
		record, ok := records[ids[i]]
		if !ok {
			continue
		}
		named = in.Begun + 1 + i/2
		if record.State == agent.AttemptNotApplied {
			continue
		}
		rows, err := a.taken(ctx, in.PersonID, key, i%2, record)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, rows...)
	}
	return all, named, nil
}

// taken are the rows that a removal was to take out.
func (a *Activities) taken(
	ctx context.Context, personID, key string, keep int, record agent.AttemptRecord,
) ([]agent.Double, error) {
	if len(record.URIs) == 0 || len(record.Stood) <= keep {
		return nil, fault.New(fault.Internal, "Something went wrong on our side.", errors.New("a removal without rows"))
	}
	track, err := a.Catalogue.Track(ctx, personID, strings.TrimPrefix(record.URIs[0], "spotify:track:"))
	if fault.KindOf(err) == fault.NotFound {
		track, err = music.Track{Title: "a song that Spotify has no more"}, nil
	}
	track.URI = record.URIs[0]
	rows := make([]agent.Double, 0, len(record.Stood))
	for _, row := range record.Stood[keep:] {
		rows = append(rows, agent.Double{Key: key, Row: row, First: record.Stood[0], Keep: keep, Track: track})
	}
	return rows, err
}

// Print names the rows that the playlist has now, see printOf.
func (a *Activities) Print(ctx context.Context, in LookInput) (string, error) {
	uris, err := a.read(ctx, in.PersonID, in.PlaylistID, false)
	return printOf(uris), err
}

// begunBefore returns the removals of the run that this one tries again after which
// what must stay was not put back.
func (a *Activities) begunBefore(ctx context.Context, in DoublesInput) ([]agent.Double, error) {
	run, err := a.Ledger.Run(ctx, in.PersonID, in.RunID)
	if err != nil || run.RetryOf == "" {
		return nil, err
	}
	l, err := a.Letters.Letter(ctx, run.RetryOf)
	if err != nil || l.PersonID != in.PersonID {
		return nil, err
	}
	in.RunID = l.RunID
	all, _, err := a.begun(ctx, in)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	back := func(d agent.Double) string { return Write{RunID: l.RunID, Key: backKey(d.Key, 1)}.id() }
	keys := make([]string, len(all))
	for i, d := range all {
		keys[i] = back(d)
	}
	records, err := a.Attempts.AttemptRecords(ctx, in.PersonID, keys)
	all = slices.DeleteFunc(all, func(d agent.Double) bool { return d.Keep == 0 || records[back(d)].State == agent.AttemptApplied })
	for i := range all {
		all[i].Run = l.RunID
	}
	return all, err
}
