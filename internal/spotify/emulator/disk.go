package emulator

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"sync"
)

// disk keeps the world in a file. A write covers all changes made before it
// began, so that waiting writers share one.
type disk struct {
	path string

	mu      sync.Mutex // held while writing
	written int64      // Version in the file
}

// load returns the world in the file, nil when there is none.
func (d *disk) load() (*world, error) {
	if d.path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	w := newWorld()
	if err := json.Unmarshal(raw, w); err != nil {
		return nil, err
	}
	if err := w.check(); err != nil {
		return nil, err
	}
	return w, nil
}

func newWorld() *world {
	return &world{
		People: map[string]*person{}, Codes: map[string]*code{}, Access: map[string]*access{}, Playlists: map[string]*playlist{},
		Version: 1,
	}
}

// check finds a file that is JSON but not ours.
func (w *world) check() error {
	if len(w.People) == 0 {
		return errors.New("no people in it")
	}
	for id, p := range w.Playlists {
		if p == nil || p.Current == nil || p.ID != id || w.People[p.Owner] == nil {
			return errors.New("a playlist in it is incomplete")
		}
	}
	return nil
}

// persist writes the world unless the file has it already. What it is asked to
// keep survives the death of the process, and is renamed into place whole.
func (e *Emulator) persist() error {
	d := e.disk
	if d.path == "" {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	e.mu.Lock()
	version := e.world.Version
	if version == d.written {
		e.mu.Unlock()
		return nil
	}
	raw, err := json.Marshal(e.world)
	e.mu.Unlock()
	if err != nil {
		return err
	}
	temporary := d.path + ".new"
	if err := os.WriteFile(temporary, raw, 0o600); err != nil {
		return err
	}
	if err := os.Rename(temporary, d.path); err != nil {
		return err
	}
	d.written = version
	return nil
}
