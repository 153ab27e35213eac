package store

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"segue/internal/fault"
)

// A single flipped bit may stand where nothing is, or in a text. A hundred are always noticed.
func TestAHundredFlippedBitsAreNoticedAndTheFileIsLeftAlone(t *testing.T) {
	t.Parallel()
	file, err := contents(soundFile(t))
	noError(t, err)
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 100))
		spoilt := slices.Clone(file)
		for range 100 {
			spoilt[rnd.IntN(len(spoilt))] ^= 1 << rnd.IntN(8)
		}
		path := filepath.Join(t.TempDir(), "app.db")
		noError(t, os.WriteFile(path, spoilt, 0o600))
		refused(t, path, fault.Internal, "newest backup")
		if after, err := contents(path); err != nil || !bytes.Equal(after, spoilt) {
			t.Fatalf("seed %d: the file was changed, %v", seed, err)
		}
	}
}

// counts are how many conversations, messages and runs there are; each message that is accepted adds one of each.
func (db *DB) counts(t *testing.T) (n [3]int) {
	t.Helper()
	err := db.reader.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM conversations),
		(SELECT count(*) FROM messages), (SELECT count(*) FROM runs)`).Scan(&n[0], &n[1], &n[2])
	noError(t, err)
	return n
}

// After a power cut the log may end anywhere.
func TestALogThatEndsAnywhereHoldsWholeCommits(t *testing.T) {
	t.Parallel()
	const frame = 24 + 4096 // of a page in the log
	dir := t.TempDir()
	db := openAt(t, filepath.Join(dir, "app.db"))
	ada := db.person(t, "ada")
	db.say(t, NewMessage{PersonID: ada, Text: "in the file"})
	noError(t, db.scrub(t.Context()))
	const later = 3
	for range later {
		db.say(t, NewMessage{PersonID: ada, Text: "in the log"})
	}
	file, err := contents(filepath.Join(dir, "app.db"))
	noError(t, err)
	log, err := contents(filepath.Join(dir, "app.db-wal"))
	noError(t, err)
	whole := 0
	for at := 0; at <= len(log); at = min(at+frame/2, max(len(log), at+1)) {
		path := filepath.Join(t.TempDir(), "app.db")
		noError(t, os.WriteFile(path, file, 0o600))
		noError(t, os.WriteFile(path+"-wal", log[:at], 0o600))
		again := openAt(t, path)
		n := again.counts(t)
		noError(t, again.Close())
		if n[0] != n[1] || n[1] != n[2] || n[0] < whole || n[0] < 1 {
			t.Fatalf("a log of %d bytes shows %v, a shorter one %d", at, n, whole)
		}
		whole = n[0]
	}
	if whole != 1+later {
		t.Errorf("the whole log shows %d messages, want %d", whole, 1+later)
	}
}

// The drill of docs/operations.md, by another connection while people write.
func TestABackupMadeMeanwhileIsAWholeLedger(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := openAt(t, filepath.Join(dir, "app.db"))
	ada := db.person(t, "ada")
	half, done := make(chan struct{}), make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			default:
				db.say(t, NewMessage{PersonID: ada, Text: "add X"})
			}
			if n == 50 {
				close(half)
			}
		}
	})
	<-half
	other, err := pool(filepath.Join(dir, "app.db"), "mode=rw&_pragma=busy_timeout(5000)", 1)
	noError(t, err)
	before := db.counts(t)[0]
	backup := filepath.Join(dir, "backup.db")
	_, err = other.ExecContext(t.Context(), `VACUUM INTO '`+backup+`'`)
	after := db.counts(t)[0]
	close(done)
	writing.Wait()
	noError(t, err)
	noError(t, other.Close())

	restored := filepath.Join(t.TempDir(), "app.db")
	began := time.Now()
	from, err := os.Open(backup)
	noError(t, err)
	to, err := os.Create(restored)
	noError(t, err)
	_, err = io.Copy(to, from)
	noError(t, err)
	noError(t, to.Close())
	noError(t, from.Close())
	again := openAt(t, restored)
	n := again.counts(t)
	again.say(t, NewMessage{PersonID: ada, Text: "goes on"})
	t.Logf("%d messages restored and written to after %v; there were %d before the backup and %d after", n[0], time.Since(began), before, after)
	if n[0] < before || n[0] > after || n[0] != n[1] || n[1] != n[2] {
		t.Errorf("the backup has %v; there were %d before it and %d after", n, before, after)
	}
}
