package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	longLists = 5
	longList  = 10_000 // songs
)

// batches measures how soon a program has its 202 for the longest list there may
// be. Each is stopped before the next: what is measured is the acceptance.
func batches(ctx context.Context) ([]row, error) {
	return onProgram(ctx, "0s,0s,0s", func(p *process, v *person) ([]row, error) {
		body, err := p.longBody(ctx)
		if err != nil {
			return nil, err
		}
		token, err := v.token(ctx)
		if err != nil {
			return nil, err
		}
		took := make([]time.Duration, longLists)
		for i := range took {
			began := time.Now()
			id, err := p.call(ctx, http.DefaultClient, token, "/api/v1/sync/batch", fmt.Sprint("list ", i), body)
			if err != nil {
				return nil, err
			}
			took[i] = time.Since(began)
			if err := p.halt(ctx, token, id); err != nil {
				return nil, err
			}
		}
		return []row{{
			fmt.Sprintf("POST /api/v1/sync/batch with 10,000 songs, %.1f MB, to its 202, p50 / p95 of %d", float64(len(body))/1e6, longLists),
			ms(quantile(took, .5)) + " / " + ms(quantile(took, .95)), "–",
		}}, nil
	})
}

func (p *process) longBody(ctx context.Context) (string, error) {
	songs, err := p.prepare(ctx)
	if err != nil {
		return "", err
	}
	tracks := make([]map[string]string, longList)
	for i := range tracks {
		s := songs[i%len(songs)]
		tracks[i] = map[string]string{"track_name": s.title, "artist": s.artist}
	}
	body, err := json.Marshal(map[string]any{"playlist_id": "Road Trip", "tracks": tracks})
	return string(body), err
}

// halt stops a run as soon as it has begun, and waits a moment for its end.
func (p *process) halt(ctx context.Context, token, id string) error {
	for range 100 {
		_, err := p.call(ctx, http.DefaultClient, token, "/api/v1/runs/"+id+"/cancel", "", "")
		if err == nil {
			time.Sleep(3 * time.Second)
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("a list could not be stopped")
}
