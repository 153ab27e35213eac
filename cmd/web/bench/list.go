package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

const (
	brought = 150 // songs of a list
	atATime = 100 // songs that Spotify takes in one call
)

// wholeList measures a list of known songs, from the form that starts it until nothing of it
// goes on without a person, against a plain loop that makes the same calls one after
// the other, on the same emulated Spotify with realistic latencies.
func wholeList(ctx context.Context) ([]row, error) {
	return onProgram(ctx, "120ms,60ms,80ms", func(p *process, v *person) ([]row, error) {
		d, err := p.connect(ctx, "ada_emu")
		if err != nil {
			return nil, err
		}
		songs, err := d.songs(ctx, brought)
		if err != nil {
			return nil, err
		}
		began := time.Now()
		if err := d.bring(ctx, songs, "Theirs"); err != nil {
			return nil, err
		}
		loop := time.Since(began)
		began = time.Now()
		run, err := v.bring(ctx, songs, "Ours")
		if err != nil {
			return nil, err
		}
		if err := v.over(ctx, run); err != nil {
			return nil, err
		}
		list := time.Since(began)
		return []row{{
			fmt.Sprintf("a list of %d known songs into a new playlist: list / plain loop / ratio", brought),
			fmt.Sprintf("%.1f s / %.1f s / %.2f", list.Seconds(), loop.Seconds(), list.Seconds()/loop.Seconds()), "≤ 1.3",
		}}, nil
	})
}

var started = regexp.MustCompile(`action="(/import/[^"]+/start)"`)

// bring pastes the songs, looks through them and starts their list; it returns the run.
func (v *person) bring(ctx context.Context, songs []song, playlist string) (string, error) {
	lines := make([]string, len(songs))
	for i, s := range songs {
		lines[i] = s.artist + " - " + s.title
	}
	preview, err := v.post(ctx, v.p.url+"/import", url.Values{"text": {strings.Join(lines, "\n")}})
	if err != nil {
		return "", err
	}
	form := started.FindStringSubmatch(preview)
	if form == nil {
		return "", errors.New("no list on the page")
	}
	page, err := v.post(ctx, v.p.url+form[1], url.Values{"name": {playlist}, "key": {playlist}})
	if err != nil {
		return "", err
	}
	m := runID.FindStringSubmatch(page)
	if m == nil {
		return "", errors.New("no run on the page")
	}
	return m[1], nil
}

// bring is the plain loop: make the playlist, search for each song, add what was found,
// read it back.
func (d *direct) bring(ctx context.Context, songs []song, playlist string) error {
	if err := d.call(ctx, http.MethodGet, "/me/playlists?limit=50", nil, nil); err != nil {
		return err
	}
	var made struct{ ID string }
	if err := d.call(ctx, http.MethodPost, "/me/playlists", map[string]any{"name": playlist, "public": false}, &made); err != nil {
		return err
	}
	var uris []string
	for _, s := range songs {
		uri, err := d.search(ctx, s)
		if err != nil {
			return err
		}
		uris = append(uris, uri)
	}
	items := "/playlists/" + made.ID + "/items"
	for len(uris) > 0 {
		n := min(len(uris), atATime)
		if err := d.call(ctx, http.MethodPost, items, map[string][]string{"uris": uris[:n]}, nil); err != nil {
			return err
		}
		uris = uris[n:]
		if err := d.call(ctx, http.MethodGet, items+"?limit=50", nil, nil); err != nil {
			return err
		}
	}
	return nil
}
