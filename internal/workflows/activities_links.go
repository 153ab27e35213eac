package workflows

import (
	"context"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/intake"
	"segue/internal/match"
	"segue/internal/music"
)

// links say which songs the links of Apple Music name; *apple.Client satisfies it.
type links interface {
	// Songs returns them by their ids in the store of a country; what is missing has no song there.
	Songs(ctx context.Context, country string, ids []string) (map[string]music.Song, error)
}

// NewRows are the rows of a list as it was read. Until a link of Apple Music is looked
// up, it stands in the title of its song.
func NewRows(read []intake.Row) []agent.Row {
	rows := make([]agent.Row, len(read))
	for i, r := range read {
		rows[i] = agent.Row{Song: r.Song, State: agent.RowOpen}
		if r.Apple.ID != "" {
			rows[i].Song = music.Song{Title: r.Apple.String()}
		}
	}
	return rows
}

// linked reports whether a row is known by a link alone.
func linked(r agent.Row) bool {
	_, ok := intake.ParseApple(r.Song.Title)
	return ok
}

// named is the song that a link of Apple Music names, nil for a song that is no link.
// Fault Invalid for a link that Apple does not know.
func (a *Activities) named(ctx context.Context, song music.Song) (*music.Song, error) {
	link, ok := intake.ParseApple(song.Title)
	if !ok {
		return nil, nil //nolint:nilnil // no link, no song
	}
	songs, err := a.Apple.Songs(ctx, link.Country, []string{link.ID})
	if err != nil {
		return nil, err
	}
	clean, err := match.Check(songs[link.ID])
	if err != nil {
		return nil, fault.New(fault.Invalid, unknownLink, err)
	}
	return &clean, nil
}

const unknownLink = "Apple Music does not know this link."

// LookUpRows puts the songs of open rows that are links in place of the links, one
// question for each store. A link that nobody knows fails its row.
func (a *Activities) LookUpRows(ctx context.Context, in RowsInput) error {
	rows, err := a.rows(ctx, in, agent.RowOpen)
	if err != nil {
		return err
	}
	ids, stores := map[string][]string{}, map[string][]agent.Row{}
	for _, r := range rows {
		if link, ok := intake.ParseApple(r.Song.Title); ok {
			ids[link.Country] = append(ids[link.Country], link.ID)
			stores[link.Country] = append(stores[link.Country], r)
		}
	}
	for country, rows := range stores {
		songs, err := a.Apple.Songs(ctx, country, ids[country])
		if err != nil {
			return err
		}
		for i, id := range ids[country] {
			rows[i] = namedRow(rows[i], songs[id])
		}
		if _, err := a.Lists.SaveRows(ctx, in.PersonID, in.of(), agent.RowOpen, rows); err != nil {
			return err
		}
	}
	return nil
}

// namedRow is a row once its link was looked up.
func namedRow(row agent.Row, song music.Song) agent.Row {
	clean, err := match.Check(song)
	if err == nil {
		row.Song = clean
		return row
	}
	row.State, row.Trouble = agent.RowFailed, &agent.Trouble{
		Kind: string(fault.Invalid), What: unknownLink, Kept: "The link is kept here.", Do: "Write title and artist instead.",
	}
	return row
}
