package emulator

import "strings"

// items answers GET /playlists/{id}/items.
func (e *Emulator) items(c *call) (any, error) {
	most := 100
	if c.knobs.Strict50 {
		most = 50
	}
	limit, offset, err := c.window(most, 20)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	p, err := e.readable(c)
	if err != nil {
		return nil, err
	}
	if !e.mayReadRows(c, p) {
		return nil, forbidden()
	}
	return filter(c.URL.Query().Get("fields"), e.rowsPage(c, p, p.view(c.now), limit, offset))
}

// rowsPage draws rows of a view. The caller holds the lock.
func (e *Emulator) rowsPage(c *call, p *playlist, v edition, limit, offset int) *page {
	draw, query := e.painter(c), c.URL.Query()
	episodes := strings.Contains(query.Get("additional_types"), "episode")
	relink := c.knobs.Relink
	if query.Get("market") == "" {
		relink = nil
	}
	rows := []any{}
	for _, r := range v.Rows[min(offset, len(v.Rows)):min(offset+limit, len(v.Rows))] {
		rows = append(rows, draw.row(r, episodes, relink))
	}
	return newPage(c, "/v1/playlists/"+p.ID+"/items", limit, offset, len(v.Rows), rows)
}
