package emulator

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Knobs are the habits of Spotify that tests switch at run time.
type Knobs struct {
	Lag            Lag               `json:"lag"`
	Rate           int               `json:"rate"`            // calls per 30 s; 0 = unlimited
	Quota          int               `json:"quota"`           // calls per 24 h and endpoint group; 0 = unlimited
	Rotate         bool              `json:"rotate"`          // a refresh gives a new refresh token and ends the old one
	Strict50       bool              `json:"strict_50"`       // /items takes limit up to 50, not 100
	Naming         string            `json:"naming"`          // item, track or both; "" = by profile
	PremiumLapsed  bool              `json:"premium_lapsed"`  // 403 for everybody (dev profiles)
	NotAllowed     []string          `json:"not_allowed"`     // listeners off the allow-list (dev profiles)
	Dead           []string          `json:"dead"`            // URIs that make POST 400 and PUT 502
	Relink         map[string]string `json:"relink"`          // track id read back as another when market is given
	ISRCOutage     bool              `json:"isrc_outage"`     // isrc: finds nothing
	ParallelErrors bool              `json:"parallel_errors"` // a second write to a list during one answers 500
}

func knobsOf(o Options) Knobs { return Knobs{Lag: o.Lag, Rate: o.Rate, Quota: o.Quota} }

func (k Knobs) check() error {
	switch k.Naming {
	case "", "item", "track", "both":
		return nil
	default:
		return fmt.Errorf("naming must be item, track or both, not %q", k.Naming)
	}
}

// Set changes the knobs; change gets the current ones.
func (e *Emulator) Set(change func(*Knobs)) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	k := e.knobs
	k.Relink = maps.Clone(k.Relink) // requests may still be reading the current one
	k.Dead, k.NotAllowed = slices.Clone(k.Dead), slices.Clone(k.NotAllowed)
	change(&k)
	if err := k.check(); err != nil {
		return err
	}
	e.knobs = k
	return nil
}

// SetLatency changes how long calls take from now on.
func (e *Emulator) SetLatency(l Latency) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.latency = l
}

// settings returns a copy of what a request needs without holding the lock.
func (e *Emulator) settings() (Knobs, Latency) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.knobs, e.latency
}

// draw throws the lags of one write: until its rows and until its snapshot can be read.
func (l Lag) draw(d *dice) (rows, snapshot time.Duration) {
	if l.Rows > 0 {
		rows = time.Duration(d.throw() * float64(l.Rows))
	}
	if l.TailChance > 0 && d.throw() < l.TailChance {
		rows = max(rows, time.Duration(d.throw()*float64(l.Tail)))
	}
	if l.Snapshot > 0 {
		snapshot = time.Duration(d.throw() * float64(l.Snapshot))
	}
	return rows, snapshot
}
