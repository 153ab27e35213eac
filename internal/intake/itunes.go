package intake

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"segue/internal/fault"
	"segue/internal/music"
)

// looksMarkup reports whether a text is XML or a web page.
func looksMarkup(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text[:min(len(text), 1024)]))
	for _, p := range []string{"<?xml", "<!doctype", "<plist", "<html", "<!--"} {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}

// readITunes reads the property list in which iTunes and Music export a library
// or a playlist. The form: plist/dict with Tracks, a dict of dicts by track id, and
// Playlists, an array of dicts whose Playlist Items name track ids.
func readITunes(text string) (Preview, error) {
	lib := library{xml: xml.NewDecoder(strings.NewReader(text))}
	lib.xml.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	err := lib.root()
	var known *fault.Error
	switch {
	case errors.As(err, &known):
		return Preview{}, err
	case err != nil:
		line, _ := lib.xml.InputPos()
		return Preview{}, refuse(fmt.Sprintf("The library is broken at line %d", line), "Export it again.")
	}
	return lib.preview(), nil
}

// library is what is read of a property list.
type library struct {
	xml    *xml.Decoder
	tracks []properties
	lists  []playlist
}

type properties map[string]string

type playlist struct {
	name   string
	whole  bool // a list that iTunes itself makes of the library
	tracks []string
}

func notLibrary() error {
	return refuse("This is a web page or another kind of XML, not a music library", "In Music or iTunes choose File, Library, Export, or paste the songs, one a line.")
}

// root finds the dictionary that is the library.
func (l *library) root() error {
	for {
		t, err := l.xml.Token()
		if errors.Is(err, io.EOF) {
			return notLibrary()
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.Directive:
			if strings.Contains(strings.ToUpper(string(t)), "ENTITY") {
				return refuse("This XML defines entities of its own, which no music library does", "Export the library again, or paste the songs, one a line.")
			}
		case xml.StartElement:
			switch t.Name.Local {
			case "plist":
			case "dict":
				return l.dict(l.section)
			default:
				return notLibrary()
			}
		}
	}
}

// dict reads a dictionary that has begun: each is called with a key and the
// element that is its value, which it must read to its end.
func (l *library) dict(each func(key string, value xml.StartElement) error) error {
	key := ""
	return l.children(func(e xml.StartElement) error {
		if e.Name.Local == "key" {
			return l.xml.DecodeElement(&key, &e)
		}
		return each(key, e)
	})
}

// children hands on each element within the one that has begun.
func (l *library) children(each func(xml.StartElement) error) error {
	for {
		t, err := l.xml.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := each(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

func (l *library) section(key string, value xml.StartElement) error {
	switch {
	case key == "Tracks" && value.Name.Local == "dict":
		return l.dict(l.track)
	case key == "Playlists" && value.Name.Local == "array":
		return l.children(l.list)
	default:
		return l.xml.Skip()
	}
}

func (l *library) track(_ string, value xml.StartElement) error {
	if value.Name.Local != "dict" {
		return l.xml.Skip()
	}
	p := properties{}
	err := l.dict(func(key string, value xml.StartElement) error {
		switch key {
		case "Track ID", "Name", "Artist", "Album", "Total Time", "Year", "Podcast", "Movie", "TV Show", "Kind", "Explicit", "Clean":
			return l.property(p, key, value)
		default:
			return l.xml.Skip()
		}
	})
	l.tracks = append(l.tracks, p)
	if len(l.tracks) > MaxSongs {
		return refuse(fmt.Sprintf("The library has more than %s songs", grouped(MaxSongs)), "Export the playlists you need one by one.")
	}
	return err
}

// property reads a text or a number; <true/> is "true".
func (l *library) property(p properties, key string, value xml.StartElement) error {
	if value.Name.Local == "true" {
		p[key] = "true"
		return l.xml.Skip()
	}
	var text string
	err := l.xml.DecodeElement(&text, &value)
	p[key] = strings.TrimSpace(text)
	return err
}

func (l *library) list(value xml.StartElement) error {
	if value.Name.Local != "dict" {
		return l.xml.Skip()
	}
	var list playlist
	err := l.dict(func(key string, value xml.StartElement) error {
		switch key {
		case "Name":
			return l.xml.DecodeElement(&list.name, &value)
		case "Master", "Distinguished Kind", "Smart Info", "Folder":
			list.whole = true
			return l.xml.Skip()
		case "Playlist Items":
			return l.children(func(e xml.StartElement) error { return l.item(&list, e) })
		default:
			return l.xml.Skip()
		}
	})
	l.lists = append(l.lists, list)
	return err
}

func (l *library) item(list *playlist, value xml.StartElement) error {
	if value.Name.Local != "dict" {
		return l.xml.Skip()
	}
	p := properties{}
	err := l.dict(func(key string, value xml.StartElement) error {
		if key != "Track ID" {
			return l.xml.Skip()
		}
		return l.property(p, key, value)
	})
	if len(list.tracks) <= MaxSongs {
		list.tracks = append(list.tracks, p["Track ID"])
	}
	return err
}

// preview lists the tracks: in the order of the playlist when there is one, else
// in that of the library.
func (l *library) preview() Preview {
	p := Preview{Format: ITunes}
	if len(l.lists) == 1 && len(l.lists[0].tracks) > 0 {
		l.order(l.lists[0].tracks)
		p.Name = shorten(l.lists[0].name)
		p.Notes = []string{"Read in the order of the playlist."}
	} else {
		p.Notes = []string{"The whole library was read. To import one playlist, export that alone."}
	}
	for i, t := range l.tracks {
		p.Rows = append(p.Rows, t.row(i+1))
	}
	return p
}

// order puts the tracks in the order of a list, once for each time they stand there.
func (l *library) order(ids []string) {
	byID := map[string]properties{}
	for _, t := range l.tracks {
		byID[t["Track ID"]] = t
	}
	l.tracks = nil
	for _, id := range ids {
		if t, ok := byID[id]; ok {
			l.tracks = append(l.tracks, t)
		}
	}
}

func (t properties) row(n int) Row {
	r := Row{Line: n, Text: t["Artist"] + " – " + t["Name"], How: "a track of the library"}
	for _, kind := range []string{"Podcast", "Movie", "TV Show"} {
		if t[kind] == "true" {
			r.Why = "This is a " + strings.ToLower(kind) + ", not a song."
			return r
		}
	}
	millis, _ := strconv.ParseInt(t["Total Time"], 10, 64) // without one the length is not known
	year, _ := strconv.Atoi(t["Year"])
	r.Song = music.Song{Title: t["Name"], Album: t["Album"], Duration: time.Duration(max(0, min(millis, 1<<32))) * time.Millisecond, Year: year}
	if t["Artist"] != "" {
		r.Song.Artists = Performers(t["Artist"])
	}
	switch {
	case t["Explicit"] == "true":
		r.Song.Explicit = music.WishExplicit
	case t["Clean"] == "true":
		r.Song.Explicit = music.WishClean
	}
	return r
}
