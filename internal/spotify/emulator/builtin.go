package emulator

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
)

// builtin returns the catalogue that comes with the program. It never changes, so all emulators share it.
var builtin = sync.OnceValues(buildBuiltin)

// buildBuiltin reads the embedded files. Each line is a song as a fact (title,
// artists, album, date, length) and then its versions:
//
//	E                           the recording is explicit
//	clean                       a clean twin beside it
//	remaster|2011|ALBUM         "… - Remastered 2011", the same recording by ISRC; ALBUM may be left out
//	comp|ALBUM|1981             the same recording on another album of theirs
//	various|ALBUM|1999          the same recording among others' on a compilation
//	feat|NAME                   the same recording as a single "… (feat. NAME)"
//	live|at PLACE|ALBUM|5:01    and likewise remix|, edit|, acoustic|, demo|, instrumental|: "… - WHAT" on ALBUM
//	cover|ARTIST|ALBUM|1994|6:53
//	karaoke, tribute            by those who live on that
func buildBuiltin() (*catalogue, error) {
	b := newBuilder(2000)
	err := fs.WalkDir(assets, "assets/catalogue", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := assets.ReadFile(path)
		if err != nil {
			return err
		}
		return addSongs(b, path, string(text))
	})
	if err != nil {
		return nil, fmt.Errorf("emulator: built-in catalogue: %w", err)
	}
	return b.done(), nil
}

func addSongs(b *builder, path, text string) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		s, err := parseSong(line)
		if err == nil {
			err = s.addTo(b)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	return nil
}

// song is one line of the built-in catalogue.
type song struct {
	entry
	versions []string
}

func parseSong(line string) (song, error) {
	f := strings.Split(line, "\t")
	if len(f) < 5 || len(f) > 6 {
		return song{}, fmt.Errorf("%d columns, want 5 or 6", len(f))
	}
	millis, err := length(f[4])
	s := song{entry: entry{title: f[0], artists: strings.Split(f[1], " ¦ "), album: f[2], release: f[3], millis: millis}}
	if len(f) == 6 {
		s.versions = strings.Split(f[5], "; ")
	}
	return s, err
}

// length reads 5:54, and adds odd milliseconds that depend on it so that lengths do not all look rounded.
func length(s string) (uint32, error) {
	minutes, seconds, ok := strings.Cut(s, ":")
	m, err1 := strconv.Atoi(minutes)
	sec, err2 := strconv.Atoi(seconds)
	if !ok || err1 != nil || err2 != nil || sec > 59 {
		return 0, fmt.Errorf("length %q: want 5:54", s)
	}
	total := uint32(m*60+sec) * 1000
	return total + uint32((&dice{}).of(s)%900), nil
}

// addTo adds the song's own recording and all its versions.
func (s song) addTo(b *builder) error {
	first := s.entry
	for _, v := range s.versions {
		first.explicit = first.explicit || v == "E"
	}
	first.isrc = isrc(first, "")
	first.popularity = popularity(first, 60, 95)
	first.number = uint16(1 + (&dice{}).of(first.title, first.album)%12)
	b.add(first)
	s.entry = first
	for _, v := range append(s.versions, s.hangersOn()...) {
		if v == "E" {
			continue
		}
		other, err := s.version(strings.Split(v, "|"))
		if err != nil {
			return fmt.Errorf("%q: %w", v, err)
		}
		b.add(other)
	}
	return nil
}

// hangersOn gives some songs what most known songs attract.
func (s song) hangersOn() []string {
	if strings.Contains(strings.Join(s.versions, ";"), "karaoke") || !latin(s.title) {
		return nil
	}
	switch (&dice{}).of("hangers-on", s.title, s.artists[0]) % 8 {
	case 0:
		return []string{"karaoke"}
	case 1:
		return []string{"tribute"}
	case 2:
		return []string{"various|" + decadeAlbum(s.release) + "|2014"}
	case 3:
		return []string{"karaoke", "various|" + decadeAlbum(s.release) + "|2014"}
	default:
		return nil
	}
}

func latin(s string) bool {
	for _, r := range s {
		if r > 0x24f {
			return false
		}
	}
	return true
}

func decadeAlbum(release string) string { return "100 Hits of the " + release[:3] + "0s" }

// version makes another track of the song.
func (s song) version(v []string) (entry, error) {
	x, kind := s.entry, v[0]
	arg := func(i int) string {
		if i < len(v) {
			return v[i]
		}
		return ""
	}
	x.number = uint16(1 + (&dice{}).of(s.title, strings.Join(v, "|"))%18)
	x.popularity = popularity(s.entry, 25, 55)
	switch kind {
	case "clean":
		x.explicit, x.isrc = false, isrc(x, "clean")
	case "remaster":
		x.title += " - Remastered " + arg(1)
		x.album, x.release = s.album+" ("+arg(1)+" Remaster)", arg(1)
		if arg(2) != "" {
			x.album = arg(2)
		}
	case "comp", "various":
		x.album, x.release = arg(1), arg(2)
		if x.kind = "compilation"; kind == "various" {
			x.kind = "various"
		}
	case "feat":
		x.title += " (feat. " + arg(1) + ")"
		x.album, x.kind = x.title, "single"
	case "live", "remix", "edit", "acoustic", "demo", "instrumental":
		return s.otherTake(x, kind, arg)
	case "cover":
		return s.coverBy(x, arg)
	case "karaoke", "tribute":
		return s.imitation(x, kind), nil
	default:
		return x, fmt.Errorf("unknown kind of version %q", kind)
	}
	return x, nil
}

// otherTake is another recording by the same artists.
func (s song) otherTake(x entry, kind string, arg func(int) string) (entry, error) {
	what := arg(1)
	if kind == "live" {
		what = "Live " + what
	}
	millis, err := length(arg(3))
	x.title, x.album, x.millis = s.title+" - "+what, arg(2), millis
	x.isrc = isrc(x, what)
	return x, err
}

func (s song) coverBy(x entry, arg func(int) string) (entry, error) {
	millis, err := length(arg(4))
	x.artists, x.album, x.release, x.millis, x.explicit = []string{arg(1)}, arg(2), arg(3), millis, false
	x.isrc = isrc(x, "")
	return x, err
}

// imitation is what karaoke and tribute artists make of a song.
func (s song) imitation(x entry, kind string) entry {
	artists := [...]string{"Studio Echo Karaoke", "Zing Along Karaoke", "Backing Track Central"}
	title := [...]string{
		s.title + " (Karaoke Version)", s.title + " (Originally Performed by " + s.artists[0] + ") [Karaoke Version]",
		s.title + " - Karaoke Instrumental",
	}
	albums := [...]string{"Karaoke Favourites, Vol. 7", "Sing Like " + s.artists[0], "Party Karaoke Classics"}
	if kind == "tribute" {
		artists = [...]string{"The Tribute Beat", "Cover Nation", "Hit Factory Tribute Band"}
		title = [...]string{s.title + " (Tribute to " + s.artists[0] + ")", s.title, s.title + " (Cover Version)"}
		albums = [...]string{"A Tribute to " + s.artists[0], "Top Chart Covers", "Hits Made Famous by Others"}
	}
	n := (&dice{}).of(kind, s.title, s.artists[0])
	x.title, x.artists, x.album, x.release = title[n%3], []string{artists[n/3%3]}, albums[n%3], "2013"
	x.millis, x.explicit, x.popularity = s.millis+uint32(n%7000)-3500, false, uint8(n%15)
	x.isrc = isrc(x, "")
	return x
}

// isrc makes a code for the recording: the same title, artists, date and version have the same.
func isrc(x entry, version string) string {
	n := (&dice{}).of(x.title, strings.Join(x.artists, "|"), x.album, version)
	year := "26"
	if len(x.release) >= 4 {
		year = x.release[2:4]
	}
	country := [...]string{"GB", "US", "DE", "FR", "JP", "SE"}[n%6]
	return fmt.Sprintf("%sEM%c%s%05d", country, 'A'+rune(n/6%26), year, n/156%100_000)
}

func popularity(x entry, from, to uint64) uint8 {
	return uint8(from + (&dice{}).of("popularity", x.title, x.artists[0])%(to-from))
}
