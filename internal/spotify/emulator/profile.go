package emulator

import "fmt"

// profile is what a regime of Spotify's Web API allows and how it names things.
type profile struct {
	name          string
	removed       bool   // the endpoints of before 2026 answer 403
	accountRules  bool   // allow-list and Premium of the owner
	ownRowsOnly   bool   // rows only for lists the person owns or collaborates on
	oldFields     bool   // popularity, available_markets, followers, product …
	naming        string // of a row's track: item, track or both
	listKey       string // of the rows in a playlist object: items or tracks
	searchMax     int
	searchDefault int
}

func profileOf(name string) (profile, error) {
	switch name {
	case "", "dev2026":
		return profile{name: "dev2026", removed: true, accountRules: true, ownRowsOnly: true, naming: "item", listKey: "items", searchMax: 10, searchDefault: 5}, nil
	case "devlegacy":
		return profile{name: "devlegacy", accountRules: true, oldFields: true, naming: "track", listKey: "tracks", searchMax: 50, searchDefault: 20}, nil
	case "extended":
		return profile{name: "extended", oldFields: true, naming: "both", listKey: "tracks", searchMax: 50, searchDefault: 20}, nil
	default:
		return profile{}, fmt.Errorf("emulator: unknown profile %q (want dev2026, devlegacy or extended)", name)
	}
}
