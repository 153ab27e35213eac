package emulator

import "strconv"

// newPage makes a paging object whose links keep all other query parameters of the call.
func newPage(c *call, path string, limit, offset, total int, items any) *page {
	p := &page{Limit: limit, Offset: offset, Total: total, Items: items}
	p.Href = pageURL(c, path, limit, offset)
	if offset+limit < total {
		p.Next = new(pageURL(c, path, limit, offset+limit))
	}
	if offset > 0 {
		p.Previous = new(pageURL(c, path, limit, max(0, offset-limit)))
	}
	return p
}

func pageURL(c *call, path string, limit, offset int) string {
	rest := c.URL.Query()
	for _, key := range [...]string{"limit", "offset"} {
		rest.Del(key)
	}
	if rest.Has("q") { // Spotify's own links say query
		rest.Set("query", rest.Get("q"))
		rest.Del("q")
	}
	out := c.origin + path + "?offset=" + strconv.Itoa(offset) + "&limit=" + strconv.Itoa(limit)
	if more := rest.Encode(); more != "" {
		out += "&" + more
	}
	return out
}
