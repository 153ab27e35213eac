package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// direct is a client of the emulated Spotify without Segue in between.
type direct struct {
	spy, token string
	http       *http.Client
}

// song is what a bench asks for.
type song struct{ title, artist string }

const verifier = "a-verifier-of-the-bench-that-is-long-enough-for-the-standard"

// connect gets a token for the listener the way a client of its own would.
func (p *process) connect(ctx context.Context, listener string) (*direct, error) {
	sum := sha256.Sum256([]byte(verifier))
	form := url.Values{
		"client_id": {"segue-bench"}, "response_type": {"code"}, "redirect_uri": {"http://127.0.0.1:9/callback"}, "state": {"s"},
		"scope":          {"playlist-read-private playlist-read-collaborative playlist-modify-private playlist-modify-public"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	consent, err := get(ctx, http.DefaultClient, p.spy+"/authorize?"+form.Encode())
	if err != nil {
		return nil, err
	}
	for _, m := range hidden.FindAllStringSubmatch(consent, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	form.Set("listener", listener)
	code, err := p.consent(ctx, form)
	if err != nil {
		return nil, err
	}
	exchange := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {"http://127.0.0.1:9/callback"},
		"client_id": {"segue-bench"}, "code_verifier": {verifier},
	}
	v := &person{p, http.DefaultClient}
	answer, err := v.post(ctx, p.spy+"/api/token", exchange)
	if err != nil {
		return nil, err
	}
	var got struct {
		Token string `json:"access_token"`
	}
	err = json.Unmarshal([]byte(answer), &got)
	return &direct{p.spy, got.Token, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}}, err
}

// consent presses the button and reads the code out of the redirect.
func (p *process) consent(ctx context.Context, form url.Values) (string, error) {
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.spy+"/authorize", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := stay.Do(r)
	if err != nil {
		return "", err
	}
	_ = answer.Body.Close()
	to, err := answer.Location()
	if err != nil {
		return "", err
	}
	return to.Query().Get("code"), nil
}

// call makes one request and decodes the answer.
func (d *direct) call(ctx context.Context, method, path string, body, out any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, d.spy+"/v1"+path, &sent)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	r.Header.Set("Content-Type", "application/json")
	text, err := do(d.http, r)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal([]byte(text), out)
}

type tracks struct {
	Tracks struct {
		Items []*struct {
			Name, URI string
			Artists   []struct{ Name string }
		}
	}
}

// songs returns n different songs with plain titles.
func (d *direct) songs(ctx context.Context, n int) ([]song, error) {
	var found []song
	seen := map[string]bool{}
	for year := 1960; year < 2025 && len(found) < n; year++ {
		for offset := 0; offset < 40; offset += 10 {
			var page tracks
			if err := d.call(ctx, http.MethodGet, fmt.Sprintf("/search?type=track&limit=10&offset=%d&q=year%%3A%d", offset, year), nil, &page); err != nil {
				return nil, err
			}
			for _, t := range page.Tracks.Items {
				if t != nil && len(t.Artists) == 1 && !seen[t.Name] && !strings.ContainsAny(t.Name, `-(["',`) {
					seen[t.Name] = true
					found = append(found, song{t.Name, t.Artists[0].Name})
				}
			}
		}
	}
	if len(found) < n {
		return nil, fmt.Errorf("only %d songs for a bench of %d", len(found), n)
	}
	return found[:n], nil
}

// add is the plain loop: the calls that a run makes, one after the other.
func (d *direct) add(ctx context.Context, s song, playlist string) error {
	var lists struct {
		Items []struct{ ID, Name string }
	}
	if err := d.call(ctx, http.MethodGet, "/me/playlists?limit=50", nil, &lists); err != nil {
		return err
	}
	id := ""
	for _, l := range lists.Items {
		if l.Name == playlist {
			id = l.ID
		}
	}
	uri, err := d.search(ctx, s)
	if err != nil {
		return err
	}
	items := "/playlists/" + id + "/items"
	if err := d.call(ctx, http.MethodGet, items+"?limit=50", nil, nil); err != nil {
		return err
	}
	body := map[string][]string{"uris": {uri}}
	if err := d.call(ctx, http.MethodPost, items, body, nil); err != nil {
		return err
	}
	return d.call(ctx, http.MethodGet, items+"?limit=50", nil, nil)
}

// search returns the first track that is found.
func (d *direct) search(ctx context.Context, s song) (uri string, err error) {
	var found tracks
	query := url.QueryEscape(`track:"` + s.title + `" artist:"` + s.artist + `"`)
	if err := d.call(ctx, http.MethodGet, "/search?type=track&limit=10&q="+query, nil, &found); err != nil {
		return "", err
	}
	if len(found.Tracks.Items) == 0 || found.Tracks.Items[0] == nil {
		return "", errors.New("not found: " + s.title)
	}
	return found.Tracks.Items[0].URI, nil
}

func (d *direct) create(ctx context.Context, name string) error {
	return d.call(ctx, http.MethodPost, "/me/playlists", map[string]any{"name": name, "public": false}, nil)
}

// lastAnswer returns when the emulated Spotify answered its last call of a path that ends in suffix.
func (p *process) lastAnswer(ctx context.Context, suffix string) (time.Time, error) {
	text, err := get(ctx, http.DefaultClient, p.spy+"/_emulator/requests")
	if err != nil {
		return time.Time{}, err
	}
	var log struct {
		Requests []struct {
			At     time.Time
			Path   string
			Millis int64
		}
	}
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		return time.Time{}, err
	}
	for _, r := range slices.Backward(log.Requests) {
		if strings.HasSuffix(r.Path, suffix) {
			return r.At.Add(time.Duration(r.Millis) * time.Millisecond), nil
		}
	}
	return time.Time{}, errors.New("no such request was made")
}

// withoutLag makes writes visible at once.
func (p *process) withoutLag(ctx context.Context) error {
	body := `{"lag":{"rows":"0s","tail":"0s","tail_chance":0,"snapshot":"0s"}}`
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.spy+"/_emulator/knobs", strings.NewReader(body))
	if err != nil {
		return err
	}
	_, err = do(http.DefaultClient, r)
	return err
}
