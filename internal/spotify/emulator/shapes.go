package emulator

import "time"

// The shapes of the Web API, keys in its order. Fields that only the old
// regimes have are pointers or omitted when empty.

type links struct {
	Spotify string `json:"spotify"`
}

type image struct {
	Height int    `json:"height"`
	URL    string `json:"url"`
	Width  int    `json:"width"`
}

type followers struct {
	Href  *string `json:"href"`
	Total int     `json:"total"`
}

type artistShape struct {
	ExternalURLs links      `json:"external_urls"`
	Followers    *followers `json:"followers,omitempty"`
	Genres       *[]string  `json:"genres,omitempty"`
	Href         string     `json:"href"`
	ID           string     `json:"id"`
	Images       *[]image   `json:"images,omitempty"`
	Name         string     `json:"name"`
	Popularity   *int       `json:"popularity,omitempty"`
	Type         string     `json:"type"`
	URI          string     `json:"uri"`
}

type albumShape struct {
	AlbumType    string        `json:"album_type"`
	Artists      []artistShape `json:"artists"`
	Markets      []string      `json:"available_markets,omitempty"`
	ExternalURLs links         `json:"external_urls"`
	Href         string        `json:"href"`
	ID           string        `json:"id"`
	Images       []image       `json:"images"`
	IsPlayable   bool          `json:"is_playable"`
	Label        string        `json:"label,omitempty"`
	Name         string        `json:"name"`
	Popularity   *int          `json:"popularity,omitempty"`
	ReleaseDate  string        `json:"release_date"`
	Precision    string        `json:"release_date_precision"`
	TotalTracks  int           `json:"total_tracks"`
	Tracks       *page         `json:"tracks,omitempty"`
	Type         string        `json:"type"`
	URI          string        `json:"uri"`
}

type linkedFrom struct {
	Href string `json:"href"`
	ID   string `json:"id"`
	Type string `json:"type"`
	URI  string `json:"uri"`
}

type trackShape struct {
	Album        *albumShape        `json:"album,omitempty"`
	Artists      []artistShape      `json:"artists"`
	Markets      []string           `json:"available_markets,omitempty"`
	DiscNumber   int                `json:"disc_number"`
	DurationMS   uint32             `json:"duration_ms"`
	Explicit     bool               `json:"explicit"`
	ExternalIDs  *map[string]string `json:"external_ids,omitempty"`
	ExternalURLs links              `json:"external_urls"`
	Href         string             `json:"href"`
	ID           string             `json:"id"`
	IsLocal      bool               `json:"is_local"`
	IsPlayable   bool               `json:"is_playable"`
	LinkedFrom   *linkedFrom        `json:"linked_from,omitempty"`
	Name         string             `json:"name"`
	Popularity   *int               `json:"popularity,omitempty"`
	PreviewURL   *string            `json:"preview_url"`
	TrackNumber  int                `json:"track_number"`
	Type         string             `json:"type"`
	URI          string             `json:"uri"`
}

type localShape struct {
	Album struct {
		Name string `json:"name"`
	} `json:"album"`
	Artists     []localArtist     `json:"artists"`
	DurationMS  int               `json:"duration_ms"`
	ExternalIDs map[string]string `json:"external_ids"`
	Href        *string           `json:"href"`
	ID          *string           `json:"id"`
	IsLocal     bool              `json:"is_local"`
	Name        string            `json:"name"`
	Type        string            `json:"type"`
	URI         string            `json:"uri"`
}

type localArtist struct {
	Name string `json:"name"`
}

type showShape struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	URI  string `json:"uri"`
}

type episodeShape struct {
	Description  string    `json:"description"`
	DurationMS   int       `json:"duration_ms"`
	Explicit     bool      `json:"explicit"`
	ExternalURLs links     `json:"external_urls"`
	Href         string    `json:"href"`
	ID           string    `json:"id"`
	Images       []image   `json:"images"`
	IsPlayable   bool      `json:"is_playable"`
	Name         string    `json:"name"`
	ReleaseDate  string    `json:"release_date"`
	Precision    string    `json:"release_date_precision"`
	Show         showShape `json:"show"`
	Type         string    `json:"type"`
	URI          string    `json:"uri"`
}

type userShape struct {
	AccountID       string          `json:"account_id,omitempty"`
	Country         string          `json:"country,omitempty"`
	DisplayName     string          `json:"display_name,omitempty"`
	Email           string          `json:"email,omitempty"`
	ExplicitContent map[string]bool `json:"explicit_content,omitempty"`
	ExternalURLs    links           `json:"external_urls"`
	Followers       *followers      `json:"followers,omitempty"`
	Href            string          `json:"href"`
	ID              string          `json:"id"`
	Images          *[]image        `json:"images,omitempty"`
	Product         string          `json:"product,omitempty"`
	Type            string          `json:"type"`
	URI             string          `json:"uri"`
}

type playlistShape struct {
	Collaborative bool       `json:"collaborative"`
	Description   string     `json:"description"`
	ExternalURLs  links      `json:"external_urls"`
	Followers     *followers `json:"followers,omitempty"`
	Href          string     `json:"href"`
	ID            string     `json:"id"`
	Images        []image    `json:"images"`
	Name          string     `json:"name"`
	Owner         userShape  `json:"owner"`
	PrimaryColor  *string    `json:"primary_color"`
	Public        bool       `json:"public"`
	SnapshotID    string     `json:"snapshot_id"`
	Items         any        `json:"items,omitempty"`
	Tracks        any        `json:"tracks,omitempty"`
	Type          string     `json:"type"`
	URI           string     `json:"uri"`
}

type listRef struct {
	Href  string `json:"href"`
	Total int    `json:"total"`
}

type addedBy struct {
	ExternalURLs *links `json:"external_urls,omitempty"`
	Href         string `json:"href,omitempty"`
	ID           string `json:"id"`
	Type         string `json:"type,omitempty"`
	URI          string `json:"uri,omitempty"`
}

// page is a paging object; rowsOnPage makes the items of playlists.
type page struct {
	Href     string  `json:"href"`
	Limit    int     `json:"limit"`
	Next     *string `json:"next"`
	Offset   int     `json:"offset"`
	Previous *string `json:"previous"`
	Total    int     `json:"total"`
	Items    any     `json:"items"`
}

// The three spellings of a playlist row.
type (
	rowHead struct {
		AddedAt      *time.Time `json:"added_at"`
		AddedBy      *addedBy   `json:"added_by"`
		IsLocal      bool       `json:"is_local"`
		PrimaryColor *string    `json:"primary_color"`
	}
	itemRow struct {
		rowHead
		Item any `json:"item"`
	}
	trackRow struct {
		rowHead
		Track any `json:"track"`
	}
	bothRow struct {
		rowHead
		Item  any `json:"item"`
		Track any `json:"track"`
	}
)
