package music

import "time"

// Rule is what a person has decided about a song once and for all: which track
// it is, or that Spotify does not have it.
type Rule struct {
	ID     string    `json:"id"`
	Key    string    `json:"key"`             // match.Key of the song: what the rule is found by
	Song   Song      `json:"song"`            // as the person wrote it
	Track  *Track    `json:"track,omitempty"` // as Spotify had it when the rule was made; nil: Spotify does not have the song
	Gone   bool      `json:"gone,omitempty"`  // Spotify no longer had the track when the rule was last used
	MadeAt time.Time `json:"made_at"`
	Uses   int       `json:"uses,omitempty"`
	UsedAt time.Time `json:"used_at,omitzero"` // zero: never
}
