package emulator

import (
	"slices"
	"strings"
)

// catalogue is every track, with what is needed to find it. It never changes
// once it is built, so it is read without a lock. Strings are cut from the one text
// that was read; artists and albums are numbers into their tables.
type catalogue struct {
	tracks  []track
	artists []artist
	albums  []album

	byID     map[string]uint32
	byISRC   map[string][]uint32
	byAlbum  map[string]uint32
	byArtist map[string]uint32
	index    *index
}

type track struct {
	id, isrc, title string
	source          string // the id in the catalogue file where that is none of Spotify's form
	artists         []uint32
	album           uint32
	millis          uint32 // 0 = unknown
	number          uint16
	popularity      uint8
	explicit        bool
}

type artist struct{ id, name string }

type album struct {
	id, name, release, kind string // release 1975, 1975-10 or 1975-10-31; kind album, single or compilation
	artists                 []uint32
	tracks                  []uint32
}

// entry is one track as a catalogue source gives it.
type entry struct {
	id, isrc, title, album, albumID, release, kind string
	artists                                        []string
	millis                                         uint32
	number                                         uint16
	popularity                                     uint8
	explicit                                       bool
}

// builder collects entries into a catalogue.
type builder struct {
	c       *catalogue
	artists map[string]uint32 // by name
	albums  map[string]uint32 // by id
	arena   []uint32          // backs the artists of many tracks
}

func newBuilder(size int) *builder {
	return &builder{
		c: &catalogue{
			tracks: make([]track, 0, size), byID: make(map[string]uint32, size),
			byISRC: map[string][]uint32{}, byAlbum: map[string]uint32{}, byArtist: map[string]uint32{},
		},
		artists: map[string]uint32{}, albums: map[string]uint32{},
	}
}

// add takes the entry in; a second one with a known id is left out.
func (b *builder) add(x entry) {
	source := ""
	if x.id == "" || !isID(x.id) {
		source = x.id
		x.id = makeID("track", x.id, x.isrc, x.title, strings.Join(x.artists, "\x01"), x.album, x.release)
	}
	if _, known := b.c.byID[x.id]; known {
		return
	}
	at := uint32(len(b.c.tracks))
	t := track{
		id: x.id, isrc: x.isrc, source: source, title: x.title, millis: x.millis, number: x.number,
		popularity: x.popularity, explicit: x.explicit, artists: b.credits(x.artists),
	}
	t.album = b.albumOf(x, t.artists, at)
	b.c.tracks = append(b.c.tracks, t)
	b.c.byID[t.id] = at
	if t.isrc != "" {
		b.c.byISRC[strings.ToUpper(t.isrc)] = append(b.c.byISRC[strings.ToUpper(t.isrc)], at)
	}
}

func (b *builder) credits(names []string) []uint32 {
	start := len(b.arena)
	for _, name := range names {
		b.arena = append(b.arena, b.artist(name))
	}
	return b.arena[start:len(b.arena):len(b.arena)]
}

func (b *builder) artist(name string) uint32 {
	if at, known := b.artists[name]; known {
		return at
	}
	at := uint32(len(b.c.artists))
	a := artist{id: makeID("artist", name), name: name}
	b.c.artists = append(b.c.artists, a)
	b.artists[name], b.c.byArtist[a.id] = at, at
	return at
}

const variousArtists = "Various Artists"

// albumOf returns the entry's album. An album whose tracks begin with different
// artists becomes one by Various Artists.
func (b *builder) albumOf(x entry, artists []uint32, track uint32) uint32 {
	id := x.albumID
	if !isID(id) {
		id = makeID("album", x.album, x.release, firstOf(x.artists, x.kind))
	}
	at, known := b.albums[id]
	if !known {
		at = uint32(len(b.c.albums))
		b.c.albums = append(b.c.albums, album{id: id, name: x.album, release: x.release, kind: x.kind, artists: artists[:min(1, len(artists))]})
		b.albums[id], b.c.byAlbum[id] = at, at
	}
	a := &b.c.albums[at]
	a.tracks = append(a.tracks, track)
	if a.release == "" {
		a.release = x.release
	}
	if !slices.Equal(a.artists, artists[:min(1, len(artists))]) {
		a.artists = []uint32{b.artist(variousArtists)}
	}
	return at
}

// firstOf names whose album it is: nobody's in particular for a compilation.
func firstOf(artists []string, kind string) string {
	if kind == "various" || len(artists) == 0 {
		return variousArtists
	}
	return artists[0]
}

// done settles what needs all tracks: kinds of albums, artists of compilations, the index.
func (b *builder) done() *catalogue {
	for i := range b.c.albums {
		a := &b.c.albums[i]
		various := len(a.artists) == 1 && b.c.artists[a.artists[0]].name == variousArtists
		switch {
		case a.kind == "various":
			a.kind, a.artists = "compilation", []uint32{b.artist(variousArtists)}
		case a.kind != "":
		case various:
			a.kind = "compilation"
		case b.isSingle(a):
			a.kind = "single"
		default:
			a.kind = "album"
		}
	}
	b.c.index = newIndex(b.c)
	return b.c
}

func (b *builder) isSingle(a *album) bool {
	return len(a.tracks) <= 2 && strings.EqualFold(a.name, b.c.tracks[a.tracks[0]].title)
}

// year returns the year of the track's release, 0 when unknown.
func (c *catalogue) year(t *track) int {
	year := 0
	release := c.albums[t.album].release
	for i := range min(4, len(release)) {
		year = year*10 + int(release[i]-'0')
	}
	return year
}
