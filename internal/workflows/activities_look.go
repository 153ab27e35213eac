package workflows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"segue/internal/agent"
	"segue/internal/music"
)

// LookInput asks where a recording stands in a playlist. Attempt names the
// change whose record is wanted too; it may be empty.
type LookInput struct {
	PersonID   string   `json:"person_id"`
	PlaylistID string   `json:"playlist_id"`
	URIs       []string `json:"uris,omitempty"`
	Attempt    string   `json:"attempt,omitempty"`
}

// Seen is what a complete read of a playlist has shown of one recording.
type Seen struct {
	Positions []int         `json:"positions,omitempty"` // 0-based rows
	URIs      []string      `json:"uris,omitempty"`      // the ids that stand there
	Total     int           `json:"total"`
	Attempt   string        `json:"attempt,omitempty"` // state of the attempt, "" when there was none
	Left      time.Duration `json:"left,omitempty"`    // until reading proves that an open attempt was not applied
	Stood     []int         `json:"stood,omitempty"`   // the rows the recording had before the attempt
	Print     string        `json:"print,omitempty"`   // which rows there are, for a change that is bound to that
}

// know adds what the ledger knows of the attempt.
func (s *Seen) know(record agent.AttemptRecord) {
	s.Attempt, s.Stood = record.State, record.Stood
	if record.State == agent.AttemptOpen {
		s.Left = max(unseen-record.Age, 0)
	}
}

// sent reports whether an earlier request for the change may have reached Spotify.
func (s Seen) sent() bool { return s.Attempt == agent.AttemptOpen || s.Attempt == agent.AttemptApplied }

// Look reads the whole playlist.
func (a *Activities) Look(ctx context.Context, in LookInput) (Seen, error) {
	items, err := a.Library.Items(ctx, in.PersonID, in.PlaylistID)
	if err != nil {
		return Seen{}, err
	}
	seen := rowsOf(urisOf(items)).find(in.URIs)
	seen.Total = len(items)
	if in.Attempt != "" {
		known, err := a.Attempts.AttemptRecords(ctx, in.PersonID, []string{in.Attempt})
		if err != nil {
			return Seen{}, err
		}
		seen.know(known[in.Attempt])
	}
	return seen, nil
}

// LookAllInput asks where the recordings of changes stand in a playlist; the
// changes are of one person.
type LookAllInput struct {
	PlaylistID string  `json:"playlist_id"`
	Changes    []Write `json:"changes"`
	Proof      bool    `json:"proof,omitempty"` // what is not seen will be sent again: ask for every row
}

// LookAll looks at a playlist once for each change's recording, and for the
// record of an earlier attempt at it.
func (a *Activities) LookAll(ctx context.Context, in LookAllInput) ([]Seen, error) {
	person := in.Changes[0].PersonID
	uris, err := a.read(ctx, person, in.PlaylistID, in.Proof)
	if err != nil {
		return nil, err
	}
	known, err := a.Attempts.AttemptRecords(ctx, person, ids(in.Changes))
	if err != nil {
		return nil, err
	}
	at := rowsOf(uris)
	all := make([]Seen, len(in.Changes))
	for i, change := range in.Changes {
		all[i] = at.find(change.uris())
		all[i].Total = len(uris)
		all[i].know(known[change.id()])
		if change.Of != "" {
			all[i].Print = printOf(uris)
		}
	}
	return all, nil
}

// printOf names the rows of a playlist in their order: others have another print.
func printOf(uris []string) string {
	sum := sha256.Sum256([]byte(strings.Join(uris, "\n")))
	return hex.EncodeToString(sum[:12])
}

// read returns the URI of every row, asked for anew when it has to prove something.
func (a *Activities) read(ctx context.Context, personID, playlistID string, proof bool) ([]string, error) {
	if !proof {
		return a.Library.Rows(ctx, personID, playlistID)
	}
	items, err := a.Library.Items(ctx, personID, playlistID)
	return urisOf(items), err
}

func urisOf(items []music.Item) []string {
	uris := make([]string, len(items))
	for i, item := range items {
		uris[i] = item.URI
	}
	return uris
}

// rows holds the 0-based rows of a playlist by what stands there.
type rows map[string][]int

func rowsOf(uris []string) rows {
	at := make(rows, len(uris))
	for i, uri := range uris {
		if uri != "" {
			at[uri] = append(at[uri], i)
		}
	}
	return at
}

// find returns every row with one of the ids of a recording.
func (at rows) find(uris []string) Seen {
	var seen Seen
	for _, uri := range uris {
		if found := at[uri]; len(found) > 0 && !slices.Contains(seen.URIs, uri) {
			seen.Positions = append(seen.Positions, found...)
			seen.URIs = append(seen.URIs, uri)
		}
	}
	slices.Sort(seen.Positions)
	return seen
}
