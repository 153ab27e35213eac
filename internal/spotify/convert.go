package spotify

import (
	"cmp"
	"time"

	zmb3 "github.com/zmb3/spotify/v2"

	"segue/internal/music"
)

// coverSize is the least width in pixels that a cover needs in our pages.
const coverSize = 64

func track(t *zmb3.FullTrack) music.Track {
	return music.Track{
		ID:       string(t.ID),
		URI:      string(t.URI),
		Title:    t.Name,
		Artists:  artists(t.Artists),
		Album:    album(&t.Album),
		Duration: t.TimeDuration(),
		Explicit: t.Explicit,
		ISRC:     t.ExternalIDs["isrc"],
		URL:      t.ExternalURLs["spotify"],
	}
}

func artists(from []zmb3.SimpleArtist) []music.Artist {
	to := make([]music.Artist, len(from))
	for i, a := range from {
		to[i] = music.Artist{ID: string(a.ID), Name: a.Name}
	}
	return to
}

func album(a *zmb3.SimpleAlbum) music.Album {
	return music.Album{
		ID:      string(a.ID),
		Name:    a.Name,
		Type:    a.AlbumType,
		Artists: artists(a.Artists),
		Release: a.ReleaseDate,
		Image:   cover(a.Images),
		URL:     a.ExternalURLs["spotify"],
	}
}

// playlist maps p as seen by the person whose Spotify id is accountID.
func playlist(p *zmb3.SimplePlaylist, total int, accountID string) music.Playlist {
	return music.Playlist{
		ID:       string(p.ID),
		Name:     p.Name,
		OwnerID:  p.Owner.ID,
		Owner:    cmp.Or(p.Owner.DisplayName, p.Owner.ID),
		Editable: p.Collaborative || p.Owner.ID != "" && p.Owner.ID == accountID,
		Public:   p.IsPublic,
		Total:    total,
		Snapshot: p.SnapshotID,
		Image:    cover(p.Images),
		URL:      p.ExternalURLs["spotify"],
	}
}

// item maps a row. Only a track of the catalogue is shown as one; a row that
// holds something else, or nothing any more, keeps its place.
func item(row *zmb3.PlaylistItem) music.Item {
	out := music.Item{Local: row.IsLocal}
	out.Added, _ = time.Parse(time.RFC3339, row.AddedAt) // it may be null
	switch t := row.Track.Track; {
	case row.Track.Episode != nil:
		out.URI, out.Local = string(row.Track.Episode.URI), false
	case t == nil:
	case row.IsLocal || t.ID == "":
		out.URI = string(t.URI)
	default:
		found := track(t)
		out.URI, out.Track = found.URI, &found
	}
	return out
}

// cover returns the URL of the smallest image of at least coverSize, else of
// the first one, which is the largest or of unknown size; "" when there is none.
func cover(images []zmb3.Image) string {
	if len(images) == 0 {
		return ""
	}
	best := images[0]
	for _, i := range images[1:] {
		if i.Width >= coverSize && (i.Width < best.Width || best.Width < coverSize) {
			best = i
		}
	}
	return best.URL
}
