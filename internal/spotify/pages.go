package spotify

import (
	"context"
	"errors"
	"fmt"
	"time"

	zmb3 "github.com/zmb3/spotify/v2"

	"segue/internal/fault"
)

const (
	pageSize  = 50
	maxRows   = 12_000                 // Spotify ends lists at 10,000 songs, and 11,000 playlists
	readings  = 3                      // of a list that changes while it is read
	pageTries = 3                      // of a page in the middle of a list
	pageRest  = 300 * time.Millisecond // before such a page is tried again
)

// page is one part of a list as Spotify sent it.
type page[T any] struct {
	rows  []T // also the rows that mean nothing to us: they count
	total int // of the whole list
	last  bool
}

// errDrift says that the pages read so far do not belong to one list.
var errDrift = errors.New("the list changed between two pages")

// whole reads a list from its beginning to its end. Offsets are counted here,
// since a next link may lead anywhere. A list that changes meanwhile is read
// anew: a page that shifted would make a song look absent.
func whole[T any](ctx context.Context, read func(offset int) (page[T], error)) ([]T, error) {
	for range readings {
		rows, err := once(ctx, read)
		if !errors.Is(err, errDrift) {
			return rows, err
		}
	}
	return nil, fault.New(fault.Unavailable, "This list keeps changing while Spotify is asked for it.", errDrift)
}

func once[T any](ctx context.Context, read func(offset int) (page[T], error)) ([]T, error) {
	var rows []T
	total := -1
	for {
		p, err := patiently(ctx, len(rows), read)
		if err != nil {
			return nil, err
		}
		rows = append(rows, p.rows...)
		switch {
		case total >= 0 && p.total != total, len(rows) > p.total:
			return nil, errDrift
		case p.total > maxRows:
			return nil, fault.New(fault.Invalid, "This list is too long.", fmt.Errorf("%d rows", p.total))
		case p.last:
			return rows, nil
		case len(p.rows) == 0:
			return nil, errDrift
		}
		total = p.total
	}
}

// patiently reads one page. In the middle of a list a stumble is forgiven, for
// what was read so far would be lost; at its start the caller tries again.
func patiently[T any](ctx context.Context, offset int, read func(offset int) (page[T], error)) (page[T], error) {
	for tried := 1; ; tried++ {
		p, err := read(offset)
		if fault.KindOf(err) != fault.Unavailable || offset == 0 || tried == pageTries {
			return p, err
		}
		if err := sleep(ctx, pageRest); err != nil {
			return p, err
		}
	}
}

// sound checks that a decoded page is one: {} and null decode just as well, and
// would look like an empty list.
func sound(what string, limit, offset zmb3.Numeric, asked int) error {
	if limit < 1 || int(offset) != asked {
		return unreadable(what, fmt.Errorf("page of limit %d at offset %d, asked for offset %d", limit, offset, asked))
	}
	return nil
}
