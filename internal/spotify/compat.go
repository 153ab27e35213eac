package spotify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"segue/internal/fault"
)

// today stands below zmb3/spotify, which speaks the API of 2024, and lets it
// read from today's: paths are rewritten and answers get the old spelling. An
// answer that is no success becomes a fault here, against the custom of
// RoundTrippers, because zmb3 would lose its status, Retry-After and reason.
// It only reads: a write that came this way could be sent twice.
type today struct {
	client   *Client
	personID string
}

// RoundTrip makes the call with the person's token, at the client's pace.
func (t today) RoundTrip(r *http.Request) (*http.Response, error) {
	rest, ours := strings.CutPrefix(r.URL.String(), t.client.api)
	if !ours || r.Method != http.MethodGet {
		return nil, fault.New(fault.Internal, "", errors.New("zmb3 may only read, and only from our own host"))
	}
	path, query, _ := strings.Cut(rest, "?")
	q := call{method: http.MethodGet, path: todaysPath(path), query: query}
	body, err := t.client.read(r.Context(), t.personID, q)
	if err != nil {
		return nil, err
	}
	if strings.Contains(path, "playlists") {
		if body, err = oldSpelling(body); err != nil {
			return nil, unreadable(q.String(), err)
		}
	}
	return answer(r, body), nil
}

// explained is the error of a read through zmb3, without the URL that net/http
// puts into it. What is no fault of ours by then is an answer zmb3 could not decode.
func explained(what string, err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("%s: %w", what, u.Err)
	}
	return unreadable(what, err)
}

// todaysPath turns playlists/{id}/tracks, which is gone, into playlists/{id}/items.
func todaysPath(path string) string {
	if rest, ok := strings.CutSuffix(path, "/tracks"); ok && strings.HasPrefix(path, "playlists/") {
		return rest + "/items"
	}
	return path
}

func answer(r *http.Request, body []byte) *http.Response {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}, "Content-Length": {strconv.Itoa(len(body))}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       r,
	}
}

// object is a JSON object of which only some members are looked into.
type object = map[string]json.RawMessage

// oldSpelling rewrites a playlist, a page of playlists or a page of rows: a
// row's item is also its track, and a playlist's items, now an object, are also
// its tracks. zmb3 would find neither and report no error.
func oldSpelling(body []byte) ([]byte, error) {
	var o object
	if err := json.Unmarshal(body, &o); err != nil {
		return nil, err
	}
	if err := respell(o); err != nil {
		return nil, err
	}
	return json.Marshal(o)
}

func respell(o object) error {
	if isArray(o["items"]) {
		return respellEach(o)
	}
	if item, ok := o["item"]; ok && !isNull(item) {
		o["track"] = item
	}
	if !playable(o["track"]) {
		delete(o, "track")
	}
	if isObject(o["items"]) {
		o["tracks"] = o["items"]
	}
	return countOnly(o)
}

func respellEach(page object) error {
	var rows []object // a null row is a nil map: it stays in its place
	if err := json.Unmarshal(page["items"], &rows); err != nil {
		return fmt.Errorf("rows: %w", err)
	}
	for _, row := range rows {
		if row == nil {
			continue
		}
		if err := respell(row); err != nil {
			return err
		}
	}
	var err error
	page["items"], err = json.Marshal(rows)
	return err
}

// countOnly leaves of a playlist's first page of rows what is used of it, the
// total: a row that zmb3 cannot decode must not make the playlist unreadable.
func countOnly(playlist object) error {
	if !isObject(playlist["tracks"]) {
		return nil
	}
	var page object
	if err := json.Unmarshal(playlist["tracks"], &page); err != nil {
		return err
	}
	delete(page, "items")
	var err error
	playlist["tracks"], err = json.Marshal(page)
	return err
}

// playable reports whether zmb3 can decode the item of a row: it refuses the
// whole page for one row of a type it does not know.
func playable(item json.RawMessage) bool {
	var kind struct {
		Type string `json:"type"`
	}
	return isObject(item) && json.Unmarshal(item, &kind) == nil && (kind.Type == "track" || kind.Type == "episode")
}

func isArray(v json.RawMessage) bool  { return len(v) > 0 && v[0] == '[' }
func isObject(v json.RawMessage) bool { return len(v) > 0 && v[0] == '{' }
func isNull(v json.RawMessage) bool   { return len(v) == 0 || string(v) == "null" }
