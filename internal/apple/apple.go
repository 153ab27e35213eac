// Package apple asks Apple's public lookup service which songs its links name.
// Apple hears the numbers of the songs and nothing of who asks.
package apple

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"segue/internal/fault"
	"segue/internal/intake"
	"segue/internal/music"
)

// LookupURL is Apple's service; its terms are at performance-partners.apple.com/search-api.
const LookupURL = "https://" + host + "/lookup"

const (
	host     = "itunes.apple.com"
	limit    = 10 * time.Second // of one call, from dialling to the end of the answer
	maxBytes = 2 << 20          // of an answer; two hundred songs are some 300 KB
	maxIDs   = 200              // in one call
	rest     = time.Minute      // after a refusal: Apple allows about twenty calls a minute
)

// Client calls the lookup service.
type Client struct {
	url  string
	http *http.Client
}

// New returns a client of Apple's own host, or of one on this machine.
func New(address string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" || u.Host != host) && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, errors.New("must be " + LookupURL + ", or lead to this machine")
	}
	return &Client{url: address, http: &http.Client{
		Timeout:       limit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func loopback(name string) bool {
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// Songs returns the songs with these ids in the store of a country, by id; country is
// two letters, "" for Apple's choice. What is missing there, Apple does not have.
// Faults: RateLimited, Unavailable.
func (c *Client) Songs(ctx context.Context, country string, ids []string) (map[string]music.Song, error) {
	songs := map[string]music.Song{}
	for len(ids) > 0 {
		n := min(len(ids), maxIDs)
		if err := c.lookUp(ctx, country, ids[:n], songs); err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return songs, nil
}

func (c *Client) lookUp(ctx context.Context, country string, ids []string, songs map[string]music.Song) error {
	query := url.Values{"id": {strings.Join(ids, ",")}}
	if country != "" {
		query.Set("country", country)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"?"+query.Encode(), http.NoBody)
	if err != nil {
		return fmt.Errorf("ask Apple: %w", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return unavailable(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusBadRequest {
		return nil // there is no such store, so it has none of them
	}
	if err := verdict(resp); err != nil {
		return err
	}
	return read(resp.Body, songs)
}

func verdict(resp *http.Response) error {
	cause := fmt.Errorf("status %d", resp.StatusCode)
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusForbidden, http.StatusTooManyRequests:
		wait := rest
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
			wait = min(time.Duration(s)*time.Second, time.Hour)
		}
		return &fault.Error{Kind: fault.RateLimited, Message: "Apple Music allows only so many questions a minute.", Err: cause, RetryAfter: wait}
	default:
		return unavailable(cause)
	}
}

func unavailable(cause error) error {
	return fault.New(fault.Unavailable, "Apple Music did not say which songs the links name.", cause)
}

// result is one of the answer; others than songs are left out.
type result struct {
	Kind     string `json:"kind"`
	ID       int64  `json:"trackId"`
	Title    string `json:"trackName"`
	Artist   string `json:"artistName"`
	Album    string `json:"collectionName"`
	Millis   int64  `json:"trackTimeMillis"`
	Explicit string `json:"trackExplicitness"` // explicit, cleaned, notExplicit
}

func read(body io.Reader, songs map[string]music.Song) error {
	data, err := io.ReadAll(io.LimitReader(body, maxBytes+1))
	if err == nil && len(data) > maxBytes {
		err = errors.New("the answer is larger than 2 MB")
	}
	var answer struct {
		Results []result `json:"results"`
	}
	if err == nil {
		err = json.Unmarshal(data, &answer)
	}
	if err != nil {
		return unavailable(err)
	}
	for _, r := range answer.Results {
		if r.Kind == "song" && r.Title != "" {
			songs[strconv.FormatInt(r.ID, 10)] = r.song()
		}
	}
	return nil
}

func (r result) song() music.Song {
	s := music.Song{
		Title: r.Title, Artists: intake.Performers(r.Artist), Album: r.Album,
		Duration: time.Duration(max(0, r.Millis)) * time.Millisecond,
	}
	switch r.Explicit {
	case "explicit":
		s.Explicit = music.WishExplicit
	case "cleaned":
		s.Explicit = music.WishClean
	}
	return s
}
