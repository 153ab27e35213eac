package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// state is what the emulated Spotify holds, without lag: the oracle's only source.
type state struct{ Playlists []playlist }

// idOf returns the id of a person's playlist of that name; "" when there is none.
func (s state) idOf(owner, name string) string {
	for _, p := range s.Playlists {
		if p.Owner == owner && p.Name == name {
			return p.ID
		}
	}
	return ""
}

type playlist struct {
	ID, Name, Owner string
	Rows            []struct{ URI string }
}

// request is a line of the emulated Spotify's log.
type request struct {
	Seq          int64
	At           time.Time
	Method, Path string
	Query, Body  string
	Status       int
	Millis       int64
	Fault        bool
}

func (r request) end() time.Time { return r.At.Add(time.Duration(r.Millis) * time.Millisecond) }

func (r request) toAPI() bool { return strings.HasPrefix(r.Path, "/v1/") }

func (r request) adds() bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/items")
}

// fault is a command to the emulated Spotify; its documentation is there.
type fault struct {
	Method     string  `json:"method,omitempty"`
	Path       string  `json:"path,omitempty"`
	Count      int     `json:"count,omitempty"`
	Chance     float64 `json:"chance,omitempty"`
	Latency    string  `json:"latency,omitempty"`
	Apply      bool    `json:"apply,omitempty"`
	Late       string  `json:"late,omitempty"`
	Status     int     `json:"status,omitempty"`
	Body       string  `json:"body,omitempty"`
	RetryAfter int     `json:"retry_after,omitempty"`
	Drop       bool    `json:"drop,omitempty"`
	Hang       bool    `json:"hang,omitempty"`
	Truncate   int     `json:"truncate,omitempty"`
}

// control is the way around Segue to the emulated Spotify.
type control struct{ url string }

func (c control) state(ctx context.Context) (s state, err error) {
	return s, c.call(ctx, http.MethodGet, "state", nil, &s)
}

func (c control) log(ctx context.Context) ([]request, error) {
	var out struct{ Requests []request }
	err := c.call(ctx, http.MethodGet, "requests", nil, &out)
	return out.Requests, err
}

func (c control) inject(ctx context.Context, faults ...fault) error {
	return c.call(ctx, http.MethodPost, "faults", faults, nil)
}

func (c control) clear(ctx context.Context) error {
	return c.call(ctx, http.MethodDelete, "faults", nil, nil)
}

func (c control) latency(ctx context.Context, write time.Duration) error {
	return c.call(ctx, http.MethodPost, "latency", map[string]string{"write": write.String()}, nil)
}

func (c control) slowSearch(ctx context.Context, search time.Duration) error {
	return c.call(ctx, http.MethodPost, "latency", map[string]string{"search": search.String()}, nil)
}

// lag makes reads stale: rows appear after up to the first span, some after up to the second.
func (c control) lag(ctx context.Context, rows, tail time.Duration, chance float64) error {
	lag := map[string]any{
		"rows": rows.String(), "tail": tail.String(), "tail_chance": chance, "snapshot": tail.String(), "intermediate": true,
	}
	return c.call(ctx, http.MethodPost, "knobs", map[string]any{"lag": lag}, nil)
}

func (c control) advance(ctx context.Context, d time.Duration) error {
	return c.call(ctx, http.MethodPost, "clock", map[string]string{"advance": d.String()}, nil)
}

// revoke ends the grants of a person, or only the access tokens.
func (c control) revoke(ctx context.Context, person string, accessOnly bool) error {
	return c.call(ctx, http.MethodPost, "revoke", map[string]any{"person": person, "access_only": accessOnly}, nil)
}

func (c control) rows(ctx context.Context, id string, rows []string) error {
	return c.call(ctx, http.MethodPost, "rows", map[string]any{"playlist": id, "rows": rows}, nil)
}

func (c control) call(ctx context.Context, method, path string, body, out any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, c.url+"/_emulator/"+path, &sent)
	if err != nil {
		return err
	}
	text, err := do(http.DefaultClient, r)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), out); err != nil {
		return fmt.Errorf("read %s of the emulated Spotify: %w", path, err)
	}
	return nil
}
