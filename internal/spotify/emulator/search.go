package emulator

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// search answers GET /search.
func (e *Emulator) search(c *call) (any, error) {
	query := c.URL.Query()
	text := query.Get("q")
	if text == "" {
		text = query.Get("query") // the links in our own pages say query
	}
	if err := checkQuery(text); err != nil {
		return nil, err
	}
	limit, offset, err := c.window(e.profile.searchMax, e.profile.searchDefault)
	if err != nil {
		return nil, err
	}
	if offset > deepest {
		return nil, errInvalidOffset
	}
	types := strings.Split(query.Get("type"), ",")
	if query.Get("type") == "" {
		return nil, badRequest("Missing parameter type")
	}
	var hits []hit
	if !c.knobs.ISRCOutage || !strings.Contains(text, "isrc:") {
		hits = e.finder.find(text)
	}
	out := map[string]*page{}
	for _, kind := range types {
		if out[kind+"s"], err = e.searchPage(c, kind, text, hits, limit, offset); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func checkQuery(text string) error {
	if strings.TrimSpace(text) == "" {
		return badRequest("No search query")
	}
	if utf8.RuneCountInString(text) > 250 {
		return badRequest("Query exceeds maximum length of 250 characters")
	}
	return nil
}

// searchPage draws the page of one type.
func (e *Emulator) searchPage(c *call, kind, text string, hits []hit, limit, offset int) (*page, error) {
	p := e.painter(c)
	var found []uint32
	draw := func(at uint32) any { return p.track(at) }
	switch kind {
	case "track":
		found = docsOf(hits)
	case "album":
		found, draw = e.albumsOf(hits), func(at uint32) any { return p.album(at) }
	case "artist":
		found, draw = e.artistsOf(hits), func(at uint32) any { return p.fullArtist(at) }
	case "playlist", "episode", "show", "audiobook":
	default:
		return nil, badRequest("Bad search type field " + kind)
	}
	shown := make([]any, 0, limit)
	for _, at := range found[min(offset, len(found)):min(offset+limit, len(found))] {
		shown = append(shown, draw(at))
	}
	if kind == "track" {
		e.spoil(shown, text, offset)
	}
	return newPage(c, "/v1/search", limit, offset, e.estimate(text, len(found)), shown), nil
}

// spoil puts a null among one in twelve longer pages of tracks, as Spotify does for
// what has just been withdrawn. The last hit falls off. Codes find what they name.
func (e *Emulator) spoil(shown []any, text string, offset int) {
	luck := e.dice.of("null", text, strconv.Itoa(offset))
	if len(shown) < 3 || luck%12 != 0 || strings.Contains(text, "isrc:") {
		return
	}
	at := 1 + int(luck/12)%(len(shown)-1)
	copy(shown[at+1:], shown[at:])
	shown[at] = nil
}

// estimate is the total as Spotify tells it: exact when small, about right when not.
func (e *Emulator) estimate(text string, n int) int {
	if n <= 50 {
		return n
	}
	return min(deepest, n+int(e.dice.of("total", text)%uint64(n/10)))
}

func docsOf(hits []hit) []uint32 {
	out := make([]uint32, len(hits))
	for i, h := range hits {
		out[i] = h.doc
	}
	return out
}

func (e *Emulator) albumsOf(hits []hit) []uint32 {
	var out []uint32
	for _, h := range hits {
		if a := e.catalogue.tracks[h.doc].album; !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

func (e *Emulator) artistsOf(hits []hit) []uint32 {
	var out []uint32
	for _, h := range hits {
		for _, a := range e.catalogue.tracks[h.doc].artists {
			if !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}
