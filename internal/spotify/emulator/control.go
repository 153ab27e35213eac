package emulator

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// controlRoutes are described in the package's comment.
func (e *Emulator) controlRoutes(mux *http.ServeMux) {
	show := func(pattern string, what func() any) {
		mux.HandleFunc("GET /_emulator/"+pattern, func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, what()) })
	}
	show("state", func() any { return e.State() })
	show("faults", func() any { return e.Faults() })
	show("latency", func() any { _, l := e.settings(); return spansOf(l) })
	show("knobs", func() any { k, _ := e.settings(); return k })
	mux.HandleFunc("GET /_emulator/requests", e.showLog)
	mux.HandleFunc("POST /_emulator/faults", control(e.postFaults))
	mux.HandleFunc("DELETE /_emulator/faults", control(func([]byte) (any, error) { e.ClearFaults(); return nil, nil }))
	mux.HandleFunc("POST /_emulator/clock", control(e.postClock))
	mux.HandleFunc("POST /_emulator/latency", control(e.postLatency))
	mux.HandleFunc("POST /_emulator/knobs", control(e.postKnobs))
	mux.HandleFunc("POST /_emulator/reset", control(e.postReset))
	mux.HandleFunc("POST /_emulator/revoke", control(e.postRevoke))
	mux.HandleFunc("POST /_emulator/rows", control(e.postRows))
}

// control turns a command over a body into a handler: 204 or a JSON answer, 400 with the reason.
func control(do func(body []byte) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 16<<20))
		if err != nil {
			writeJSON(w, http.StatusRequestEntityTooLarge, map[string]string{"error": err.Error()})
			return
		}
		answer, err := do(body)
		switch {
		case err != nil:
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		case answer == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			writeJSON(w, http.StatusOK, answer)
		}
	}
}

func (e *Emulator) showLog(w http.ResponseWriter, r *http.Request) {
	since, err := strconv.ParseInt("0"+r.URL.Query().Get("since"), 10, 64)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "since must be a sequence number"})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"requests": e.Requests(since), "mutations": e.Mutations(since)})
}

func (e *Emulator) postFaults(body []byte) (any, error) {
	var list []Fault
	if json.Unmarshal(body, &list) != nil {
		list = make([]Fault, 1)
		if err := json.Unmarshal(body, &list[0]); err != nil {
			return nil, err
		}
	}
	return nil, e.Inject(list...)
}

func (e *Emulator) postClock(body []byte) (any, error) {
	var move struct {
		Advance Span `json:"advance"`
	}
	if err := json.Unmarshal(body, &move); err != nil {
		return nil, err
	}
	if move.Advance < 0 {
		return nil, errors.New("the clock only goes forward")
	}
	return map[string]time.Time{"now": e.Advance(time.Duration(move.Advance))}, nil
}

// spans is Latency as JSON has it.
type spans struct {
	Search Span `json:"search"`
	Read   Span `json:"read"`
	Write  Span `json:"write"`
}

func spansOf(l Latency) spans { return spans{Span(l.Search), Span(l.Read), Span(l.Write)} }

func (e *Emulator) postLatency(body []byte) (any, error) {
	_, l := e.settings()
	s := spansOf(l)
	if err := json.Unmarshal(body, &s); err != nil {
		return nil, err
	}
	e.SetLatency(Latency{time.Duration(s.Search), time.Duration(s.Read), time.Duration(s.Write)})
	return s, nil
}

func (e *Emulator) postKnobs(body []byte) (any, error) {
	k, _ := e.settings()
	k.Relink = maps.Clone(k.Relink) // json adds to a map
	if err := json.Unmarshal(body, &k); err != nil {
		return nil, err
	}
	return k, e.Set(func(now *Knobs) { *now = k })
}

func (e *Emulator) postReset(body []byte) (any, error) {
	var how struct {
		KeepGrants bool `json:"keep_grants"`
	}
	if len(body) > 0 {
		if err := json.Unmarshal(body, &how); err != nil {
			return nil, err
		}
	}
	return nil, e.Reset(how.KeepGrants)
}

func (e *Emulator) postRevoke(body []byte) (any, error) {
	var who struct {
		Person     string `json:"person"`
		AccessOnly bool   `json:"access_only"`
	}
	if err := json.Unmarshal(body, &who); err != nil {
		return nil, err
	}
	if !e.known(who.Person) {
		return nil, errors.New("no such person")
	}
	if who.AccessOnly {
		return nil, e.Expire(who.Person)
	}
	return nil, e.Revoke(who.Person)
}

func (e *Emulator) postRows(body []byte) (any, error) {
	var to struct {
		Playlist string   `json:"playlist"`
		Rows     []string `json:"rows"`
	}
	if err := json.Unmarshal(body, &to); err != nil {
		return nil, err
	}
	return nil, e.SetRows(to.Playlist, to.Rows)
}

// Reset makes everything as it was at first: playlists, knobs, latency, faults,
// limits, logs, clock. keepGrants leaves people logged in.
func (e *Emulator) Reset(keepGrants bool) error {
	e.ClearFaults()
	e.clock.offset.Store(0)
	e.limiter.clear()
	e.journal.clear()
	e.mu.Lock()
	before := e.world
	e.dice.throws.Store(0)
	e.world = e.seedWorld()
	e.world.Version = before.Version + 1
	if keepGrants {
		e.world.Grants, e.world.Access, e.world.Codes = before.Grants, before.Access, before.Codes
	}
	e.knobs, e.latency = knobsOf(e.opts), e.opts.Latency
	e.mu.Unlock()
	return e.persist()
}
