package workflows

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

const (
	mostMoves = 200 // of one run, a request each: a shuffled list of some 230 songs
	shownRows = 10  // of a new order, before it is agreed to
)

// OrderInput asks how the rows of a playlist come into an order: sorted by By, or with
// the first row of one of the URIs at place To. Begun counts the moves that the turn has
// named itself so far; any beyond are an earlier life's.
type OrderInput struct {
	PersonID   string   `json:"person_id"`
	RunID      string   `json:"run_id"`
	PlaylistID string   `json:"playlist_id"`
	By         string   `json:"by,omitempty"`
	Descending bool     `json:"descending,omitempty"`
	URIs       []string `json:"uris,omitempty"`
	To         int      `json:"to,omitempty"`
	Begun      int      `json:"begun,omitempty"`
}

// OrderOutput is a plan, and the first rows of the new order in words.
type OrderOutput struct {
	Plan  agent.Moves `json:"plan"`
	Total int         `json:"total"` // rows of the playlist
	Stay  int         `json:"stay"`  // of which this many are not moved
	Lines []string    `json:"lines,omitempty"`
	Named int         `json:"named"` // moves that have a name now
}

// PlanOrder reads the whole playlist and works out the moves, as few as can be.
// Faults: Conflict when they are more than a run makes; Invalid for an order there is
// not; Unavailable while reads may not show yet what an earlier life has moved.
func (a *Activities) PlanOrder(ctx context.Context, in OrderInput) (OrderOutput, error) {
	named, err := a.movedBefore(ctx, in)
	if err != nil {
		return OrderOutput{}, err
	}
	items, err := a.Library.Items(ctx, in.PersonID, in.PlaylistID)
	if err != nil {
		return OrderOutput{}, err
	}
	order, err := in.order(items)
	if err != nil {
		return OrderOutput{}, err
	}
	uris := urisOf(items)
	moves, moved := arrange(uris, order)
	if len(moves) > mostMoves {
		return OrderOutput{}, fault.New(fault.Conflict, fmt.Sprintf("This would take %d moves; more than %d are not made.", len(moves), mostMoves), nil)
	}
	return OrderOutput{
		Plan: agent.Moves{Of: printOf(uris), List: printed(uris, moves)}, Total: len(uris), Stay: len(uris) - moved,
		Lines: newRows(items, order), Named: named,
	}, nil
}

// movedBefore returns how many moves of the run have a name, and waits out those of an earlier life.
func (a *Activities) movedBefore(ctx context.Context, in OrderInput) (named int, err error) {
	var ids []string
	for n := range mostMoves {
		ids = append(ids, Write{RunID: in.RunID, Key: moveKey(in.Begun + n + 1)}.id())
	}
	records, err := a.Attempts.AttemptRecords(ctx, in.PersonID, ids)
	if err != nil {
		return 0, err
	}
	named = in.Begun
	for i, id := range ids {
		record, ok := records[id]
		if !ok {
			continue
		}
		named = in.Begun + i + 1
		if left := unseen - record.Age; left > 0 {
			f := fault.New(fault.Unavailable, "Spotify does not show yet what was moved before.", nil)
			f.RetryAfter = left
			return named, f
		}
	}
	return named, nil
}

// order returns the present row for each place of the order that is wanted.
func (in OrderInput) order(items []music.Item) ([]int, error) {
	rows := make([]int, len(items))
	for i := range rows {
		rows[i] = i
	}
	if len(in.URIs) == 0 {
		compare, ok := comparing(in.By)
		if !ok {
			return nil, fault.New(fault.Invalid, "A playlist can be sorted by "+strings.Join(agent.Orders(), ", ")+".", nil)
		}
		sign := 1
		if in.Descending {
			sign = -1
		}
		tracks := tracksOf(items)
		slices.SortStableFunc(rows, func(a, b int) int {
			if tracks[a] == nil || tracks[b] == nil { // what is no track goes to the end
				return cmp.Compare(yes(tracks[a] == nil), yes(tracks[b] == nil))
			}
			return sign * compare(items[a], items[b])
		})
		return rows, nil
	}
	from := slices.IndexFunc(items, func(i music.Item) bool { return slices.Contains(in.URIs, i.URI) })
	to := in.To - 1
	if in.To == agent.Last {
		to = len(items) - 1
	}
	switch {
	case from < 0:
		return nil, fault.New(fault.NotFound, "The song is not in the playlist any more.", nil)
	case to < 0 || to >= len(items):
		return nil, fault.New(fault.Invalid, fmt.Sprintf("The playlist has the places 1 to %d.", len(items)), nil)
	}
	rows = slices.Delete(rows, from, from+1)
	return slices.Insert(rows, to, from), nil
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

// comparing returns the comparison for an order. Words are compared as in a phone
// book: case, accents and width do not count (Unicode Collation Algorithm, UTS 10).
func comparing(by string) (func(a, b music.Item) int, bool) {
	words := collate.New(language.Und, collate.Loose)
	text := func(of func(t *music.Track) string) func(a, b music.Item) int {
		return func(a, b music.Item) int { return words.CompareString(of(a.Track), of(b.Track)) }
	}
	switch by {
	case agent.ByArtist:
		return text(func(t *music.Track) string { return t.ArtistNames() }), true
	case agent.ByTitle:
		return text(func(t *music.Track) string { return t.Title }), true
	case agent.ByAlbum:
		return text(func(t *music.Track) string { return t.Album.Name }), true
	case agent.ByRelease:
		return func(a, b music.Item) int { return cmp.Compare(a.Track.Album.Release, b.Track.Album.Release) }, true
	case agent.ByAdded:
		return func(a, b music.Item) int { return a.Added.Compare(b.Added) }, true
	case agent.ByDuration:
		return func(a, b music.Item) int { return cmp.Compare(a.Track.Duration, b.Track.Duration) }, true
	}
	return nil, false
}

// newRows says of the first rows that change where they come from.
func newRows(items []music.Item, order []int) []string {
	var lines []string
	tracks := tracksOf(items)
	more := 0
	for place, row := range order {
		switch {
		case place == row || tracks[row] == nil:
		case len(lines) == shownRows:
			more++
		default:
			lines = append(lines, fmt.Sprintf("Row %d will be %s, now row %d", place+1, nameOf(*tracks[row]), row+1))
		}
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("%s more will stand elsewhere", count(more, "song")))
	}
	return lines
}

// BackInput asks how rows come back to where they were before moves.
type BackInput struct {
	PersonID   string       `json:"person_id"`
	PlaylistID string       `json:"playlist_id"`
	Made       []agent.Move `json:"made"`
}

// PlanBack reads the playlist and turns moves round, for what is still there.
func (a *Activities) PlanBack(ctx context.Context, in BackInput) (agent.Moves, error) {
	items, err := a.Library.Items(ctx, in.PersonID, in.PlaylistID)
	if err != nil {
		return agent.Moves{}, err
	}
	uris := urisOf(items)
	return agent.Moves{Of: printOf(uris), List: printed(uris, back(uris, in.Made))}, nil
}
