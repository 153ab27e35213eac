package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	calls     = 1000
	perSecond = 50
)

// accepts measures how soon a program has its 202 when 50 songs a second are
// asked for, whatever the program that answers does with them meanwhile. A call
// counts from when it was due, so one that is held up makes the next ones late too.
func accepts(ctx context.Context) ([]row, error) {
	return onProgram(ctx, "0s,0s,0s", func(p *process, v *person) ([]row, error) {
		bodies, err := p.bodies(ctx)
		if err != nil {
			return nil, err
		}
		token, err := v.token(ctx)
		if err != nil {
			return nil, err
		}
		took, err := p.ask(ctx, token, bodies)
		if err != nil {
			return nil, err
		}
		return []row{{
			fmt.Sprintf("POST /api/v1/sync to its 202, %d a second, p50 / p95 / p99 of %d", perSecond, len(took)),
			ms(quantile(took, .5)) + " / " + ms(quantile(took, .95)) + " / " + ms(quantile(took, .99)), "p95 ≤ 150 ms",
		}}, nil
	})
}

// bodies returns what each call asks for.
func (p *process) bodies(ctx context.Context) ([]string, error) {
	songs, err := p.prepare(ctx)
	if err != nil {
		return nil, err
	}
	bodies := make([]string, calls)
	for i := range bodies {
		s := songs[i%len(songs)]
		body, err := json.Marshal(map[string]string{"track_name": s.title, "artist": s.artist, "playlist_id": fmt.Sprintf("List %d", i%lists)})
		if err != nil {
			return nil, err
		}
		bodies[i] = string(body)
	}
	return bodies, nil
}

var made = regexp.MustCompile(`id="made"[^>]* value="([^"]+)"`)

// token creates a personal token on its page.
func (v *person) token(ctx context.Context) (string, error) {
	page, err := v.post(ctx, v.p.url+"/settings/tokens", url.Values{"name": {"bench"}, "scope": {"sync:write"}, "days": {"30"}})
	if err != nil {
		return "", err
	}
	m := made.FindStringSubmatch(page)
	if m == nil {
		return "", errors.New("no token on the page")
	}
	return html.UnescapeString(m[1]), nil
}

// ask sends the calls when each is due and returns how long each took from then.
func (p *process) ask(ctx context.Context, token string, bodies []string) ([]time.Duration, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * perSecond}}
	took := make([]time.Duration, len(bodies))
	failed := make([]error, len(bodies))
	var all sync.WaitGroup
	began := time.Now()
	for i, body := range bodies {
		due := began.Add(time.Duration(i) * time.Second / perSecond)
		time.Sleep(time.Until(due))
		all.Go(func() {
			_, failed[i] = p.call(ctx, client, token, "/api/v1/sync", fmt.Sprint(i), body)
			took[i] = time.Since(due)
		})
	}
	all.Wait()
	return took, errors.Join(failed...)
}

// call posts to the API, under a key of its own: the same song may be asked for
// twice. It returns the run.
func (p *process) call(ctx context.Context, client *http.Client, token, path, key, body string) (runID string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key)
	answer, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	var run struct {
		ID string `json:"workflow_id"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&run); err != nil {
		return "", err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return "", fmt.Errorf("answered %s", answer.Status)
	}
	return run.ID, nil
}
