package emulator

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// painter turns what the emulator knows into the Web API's shapes, for one
// host and profile.
type painter struct {
	c       *catalogue
	origin  string
	profile profile
}

func (e *Emulator) painter(c *call) painter {
	p := e.profile
	if c.knobs.Naming != "" {
		p.naming = c.knobs.Naming
	}
	return painter{e.catalogue, c.origin, p}
}

const web = "https://open.spotify.com/"

// markets are where everything in the catalogue may be played.
func (p painter) markets() []string {
	if !p.profile.oldFields {
		return nil
	}
	return []string{"DE", "FR", "GB", "JP", "US"}
}

func (p painter) old(value int) *int {
	if !p.profile.oldFields {
		return nil
	}
	return &value
}

func (p painter) artist(at uint32) artistShape {
	a := &p.c.artists[at]
	return artistShape{
		ExternalURLs: links{web + "artist/" + a.id}, Href: p.origin + "/v1/artists/" + a.id, ID: a.id,
		Name: a.name, Type: "artist", URI: "spotify:artist:" + a.id,
	}
}

func (p painter) fullArtist(at uint32) artistShape {
	a := p.artist(at)
	a.Genres, a.Images = &[]string{}, new(p.images(a.ID))
	if p.profile.oldFields {
		a.Followers, a.Popularity = &followers{Total: 1000}, p.old(50)
	}
	return a
}

func (p painter) credits(at []uint32) []artistShape {
	out := make([]artistShape, len(at))
	for i, a := range at {
		out[i] = p.artist(a)
	}
	return out
}

func (p painter) images(id string) []image {
	out := make([]image, 0, 3)
	for _, size := range [...]int{640, 300, 64} {
		out = append(out, image{size, p.origin + "/image/" + id + "?w=" + strconv.Itoa(size), size})
	}
	return out
}

func (p painter) album(at uint32) *albumShape {
	a := &p.c.albums[at]
	release, precision := a.date()
	total := len(a.tracks)
	for _, t := range a.tracks {
		total = max(total, int(p.c.tracks[t].number))
	}
	return &albumShape{
		AlbumType: a.kind, Artists: p.credits(a.artists), Markets: p.markets(), ExternalURLs: links{web + "album/" + a.id},
		Href: p.origin + "/v1/albums/" + a.id, ID: a.id, Images: p.images(a.id), IsPlayable: true, Name: a.name,
		ReleaseDate: release, Precision: precision, TotalTracks: total, Type: "album", URI: "spotify:album:" + a.id,
	}
}

// date returns the date of release and how exact it is.
func (a *album) date() (release, precision string) {
	switch len(a.release) {
	case 4:
		return a.release, "year"
	case 7:
		return a.release, "month"
	case 10:
		return a.release, "day"
	default:
		return "0000", "year" // as Spotify writes an unknown date
	}
}

// simpleTrack is a track as an album lists it.
func (p painter) simpleTrack(at uint32) *trackShape {
	t := &p.c.tracks[at]
	return &trackShape{
		Artists: p.credits(t.artists), Markets: p.markets(), DiscNumber: 1, DurationMS: t.millis, Explicit: t.explicit,
		ExternalURLs: links{web + "track/" + t.id}, Href: p.origin + "/v1/tracks/" + t.id, ID: t.id, IsPlayable: true,
		Name: t.title, TrackNumber: max(1, int(t.number)), Type: "track", URI: "spotify:track:" + t.id,
	}
}

func (p painter) track(at uint32) *trackShape {
	t := &p.c.tracks[at]
	out := p.simpleTrack(at)
	out.Album, out.Popularity, out.ExternalIDs = p.album(t.album), p.old(int(t.popularity)), &map[string]string{}
	if t.isrc != "" {
		(*out.ExternalIDs)["isrc"] = t.isrc
	}
	return out
}

func (p painter) user(who *person) userShape {
	return userShape{
		DisplayName: who.Name, ExternalURLs: links{web + "user/" + who.ID}, Href: p.origin + "/v1/users/" + who.ID,
		ID: who.ID, Type: "user", URI: "spotify:user:" + who.ID,
	}
}

// playlist draws the list without rows.
func (p painter) playlist(l *playlist, v edition, owner *person) playlistShape {
	out := playlistShape{
		Collaborative: v.Collaborative, Description: v.Description, ExternalURLs: links{web + "playlist/" + l.ID},
		Href: p.origin + "/v1/playlists/" + l.ID, ID: l.ID, Name: v.Name, Owner: p.user(owner), Public: v.Public,
		SnapshotID: v.Snapshot, Type: "playlist", URI: "spotify:playlist:" + l.ID,
	}
	for _, r := range v.Rows {
		if at, ok := p.c.byID[trackID(r.URI)]; ok {
			out.Images = p.images(p.c.albums[p.c.tracks[at].album].id)[:1]
			break
		}
	}
	return out
}

// attach hangs the rows, or a pointer to them, where the profile has them.
func (p painter) attach(to *playlistShape, rows any) {
	if p.profile.listKey == "items" {
		to.Items = rows
		return
	}
	to.Tracks = rows
}

// row draws one place of a playlist. relink names the track ids to show as others.
func (p painter) row(r row, episodes bool, relink map[string]string) any {
	head := rowHead{IsLocal: strings.HasPrefix(r.URI, localPrefix)}
	if !r.At.IsZero() {
		head.AddedAt, head.AddedBy = new(r.At.Truncate(time.Second)), p.adder(r.By)
	}
	if head.IsLocal {
		head.AddedBy = &addedBy{ID: r.By}
	}
	what := p.content(r.URI, episodes, relink)
	switch p.profile.naming {
	case "track":
		return trackRow{head, what}
	case "both":
		return bothRow{head, what, what}
	default:
		return itemRow{head, what}
	}
}

func (p painter) adder(id string) *addedBy {
	return &addedBy{&links{web + "user/" + id}, p.origin + "/v1/users/" + id, id, "user", "spotify:user:" + id}
}

const (
	localPrefix   = "spotify:local:"
	trackPrefix   = "spotify:track:"
	episodePrefix = "spotify:episode:"
)

// trackID returns the id in a track URI, "" for other URIs.
func trackID(uri string) string {
	id, ok := strings.CutPrefix(uri, trackPrefix)
	if !ok {
		return ""
	}
	return id
}

// content draws what stands in a row: a track, a local file, an episode (when asked for) or null.
func (p painter) content(uri string, episodes bool, relink map[string]string) any {
	if strings.HasPrefix(uri, localPrefix) {
		return local(uri)
	}
	if id, ok := strings.CutPrefix(uri, episodePrefix); ok && episodes {
		return p.episode(id)
	}
	id := trackID(uri)
	at, ok := p.c.byID[id]
	if !ok {
		return nil
	}
	other, relinked := p.c.byID[relink[id]]
	if !relinked {
		return p.track(at)
	}
	out := p.track(other)
	if p.profile.oldFields {
		out.LinkedFrom = &linkedFrom{p.origin + "/v1/tracks/" + id, id, "track", uri}
	}
	return out
}

// local draws spotify:local:Artist:Album:Title:Seconds.
func local(uri string) localShape {
	parts := strings.Split(strings.TrimPrefix(uri, localPrefix), ":")
	for len(parts) < 4 {
		parts = append(parts, "")
	}
	for i := range parts {
		if text, err := url.QueryUnescape(parts[i]); err == nil {
			parts[i] = text
		}
	}
	seconds, _ := strconv.Atoi(parts[3]) // 0 when the file's length is unknown
	out := localShape{
		Artists: []localArtist{{parts[0]}}, DurationMS: seconds * 1000, ExternalIDs: map[string]string{},
		IsLocal: true, Name: parts[2], Type: "track", URI: uri,
	}
	out.Album.Name = parts[1]
	return out
}

func (p painter) episode(id string) episodeShape {
	show := makeID("show", "The Loopback Hour")
	return episodeShape{
		Description: "An hour of talk that never leaves this machine.", DurationMS: 3_600_000, ExternalURLs: links{web + "episode/" + id},
		Href: p.origin + "/v1/episodes/" + id, ID: id, Images: p.images(id), IsPlayable: true, Name: "The Loopback Hour",
		ReleaseDate: "2026-01-15", Precision: "day", Show: showShape{show, "The Loopback Hour", "show", "spotify:show:" + show},
		Type: "episode", URI: episodePrefix + id,
	}
}
