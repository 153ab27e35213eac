package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// listeners are the persons of the emulated Spotify.
var listeners = [...]string{"ada_emu", "ben_emu"}

// world is what every row begins with: two persons who are logged in, each with
// the same names of playlists, in a folder that rows copy.
type world struct {
	size
	dir    string
	songs  []song
	lists  int // playlists of each person
	people []*visitor
}

const (
	mostLists  = 300 // of a person
	leastSongs = 300 // from which whole lists are drawn
)

// prepare makes the world through the pages, as persons would.
func prepare(ctx context.Context, dir string, s size) (*world, error) {
	w := &world{size: s, dir: dir, lists: min(hotLists+1+s.n/len(listeners), mostLists)}
	w.songs = compose(chances(s.seed, "songs"), max(3*s.n, leastSongs))
	if err := writeCatalogue(w.catalogue(), w.songs); err != nil {
		return nil, err
	}
	t, err := w.open(ctx, "template", false)
	if err != nil {
		return nil, err
	}
	defer t.close()
	w.people = t.people
	for i := range t.people {
		if err := t.people[i].login(ctx, t.spotify.url); err != nil {
			return nil, err
		}
		for l := range w.lists {
			t.wishes = append(t.wishes, &wish{who: i, playlist: listName(l + 1), creates: true})
		}
	}
	t.send(ctx)
	t.crowd.Wait()
	for _, x := range t.wishes {
		if x.state != "done" {
			return nil, fmt.Errorf("%q ended as %q", x.text(), x.state)
		}
	}
	_, code := t.segue.end(syscall.SIGTERM)
	if code != 0 {
		return nil, fmt.Errorf("exit code %d after SIGTERM", code)
	}
	return w, ctx.Err()
}

func (w *world) catalogue() string { return filepath.Join(w.dir, "catalogue.tsv") }

// open starts both programs of a row on copies of the world. With little the
// folder of Segue is a file system of its own, too small to grow in.
func (w *world) open(ctx context.Context, name string, little bool) (*trial, error) {
	t := &trial{world: w, dir: filepath.Join(w.dir, name), rnd: chances(w.seed, name)}
	home := filepath.Join(t.dir, "home")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, err
	}
	if little {
		if err := t.mount(home); err != nil {
			return nil, err
		}
	}
	if w.people != nil { // else this is the template
		if err := w.copyTo(t.dir); err != nil {
			return nil, err
		}
	}
	return t, t.launch(ctx, home)
}

// copyTo copies what the template left. Temporal's file stays behind: the ledger knows what it needs.
func (w *world) copyTo(dir string) error {
	for _, name := range []string{"spotify.json", "home/app.db", "home/keys"} {
		content, err := os.ReadFile(filepath.Join(w.dir, "template", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), content, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) launch(ctx context.Context, home string) (err error) {
	if t.spotify, err = newSpotify(ctx, t.dir, t.catalogue(), t.seed); err != nil {
		return err
	}
	t.control = control{t.spotify.url}
	if err = t.spotify.start(ctx); err != nil {
		return err
	}
	t.home = home
	if t.segue, err = newSegue(ctx, home, filepath.Join(t.dir, "segue.log"), t.spotify.url); err != nil {
		return err
	}
	if err = t.segue.start(ctx); err != nil {
		return err
	}
	for i, name := range listeners {
		if t.world.people == nil {
			t.people = append(t.people, newVisitor(name, t.segue.url))
		} else {
			t.people = append(t.people, t.world.people[i].at(t.segue.url))
		}
	}
	return nil
}

// mount puts a small file system on the folder; that takes root.
func (t *trial) mount(dir string) error {
	size := 48 + max(t.n-together, 0)/2 // MB; a message takes less than half of one
	err := syscall.Mount("chaos", dir, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=700", size))
	if err != nil {
		return fmt.Errorf("%w: a small file system cannot be mounted: %w", errSkip, err)
	}
	t.unmount = sync.OnceFunc(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return nil
}

// errSkip says that a row cannot be played here.
var errSkip = errors.New("skipped")

func (t *trial) close() {
	for _, p := range []*process{t.segue, t.spotify, t.model} {
		if p != nil && p.cmd != nil {
			_ = p.signal(syscall.SIGCONT)
			p.end(syscall.SIGKILL)
		}
	}
	if t.unmount != nil {
		t.unmount()
	}
}

// chances repeat with the seed; each row has its own.
func chances(seed uint64, name string) *rand.Rand {
	own := fnv.New64a()
	_, _ = own.Write([]byte(name))                  // it takes everything
	return rand.New(rand.NewPCG(seed, own.Sum64())) //nolint:gosec // what is drawn is no secret and must be repeatable
}
