package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
)

const manyLetters = 100_000

// fill inserts 100,000 letters of some forty causes straight into the table.
func (db *DB) fill(tb testing.TB) {
	tb.Helper()
	run := db.say(tb, NewMessage{PersonID: db.person(tb, "ada"), Text: "x"})
	noError(tb, db.write(tb.Context(), "fill", func(tx *sql.Tx) error {
		for i := range manyLetters {
			if _, err := db.insertLetter(tb.Context(), tx, letterOf(run, i).Seal()); err != nil {
				return err
			}
		}
		_, err := exec(tb.Context(), tx, `UPDATE letters SET state = 'resolved' WHERE task LIKE '%7'`)
		return err
	}))
}

func letterOf(run agent.Run, i int) deadletter.Letter {
	at := time.UnixMilli(1_790_000_000_000 + int64(i)*1000)
	attempt := deadletter.Attempt{
		At: at, Step: agent.Adding, Kind: fault.Internal, Message: "Spotify did not answer.",
		Causes: []string{"POST playlists/…/items", strings.Repeat("x", i%40)},
	}
	return deadletter.Letter{
		PersonID: run.PersonID, RunID: run.ID, Task: fmt.Sprint(i), WorkflowID: "turn-" + run.ID, MadeAt: at,
		Step: []string{agent.Adding, agent.Searching, agent.Reading}[i%3], Kind: deadletter.Kinds()[i%3],
		Message: "Something went wrong on our side.", Attempts: slices.Repeat([]deadletter.Attempt{attempt}, 3),
		Input: deadletter.Input{
			Tool: agent.SyncSongs, Song: music.Song{Title: fmt.Sprintf("Song %d of the sea", i), Artists: []string{"Somebody"}},
			Playlist: deadletter.Playlist{ID: fmt.Sprint("p", i%500), Name: "Road Trip"},
		},
	}
}

// BenchmarkLetters reads the first page, its groups and its counter out of 100,000 letters.
func BenchmarkLetters(b *testing.B) {
	db := openTest(b)
	db.fill(b)
	for name, f := range bigFilters() {
		b.Run(name, func(b *testing.B) {
			each(b, func() {
				_, err := db.Letters(b.Context(), f, deadletter.Cursor{}, 50)
				noError(b, err)
				_, _, err = db.LetterGroups(b.Context(), f, 8)
				noError(b, err)
				_, err = db.NewLetters(b.Context(), f, deadletter.Cursor{MadeAt: time.UnixMilli(1_790_000_000_000 + 99_990_000)})
				noError(b, err)
			})
		})
	}
}
