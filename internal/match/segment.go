package match

import (
	"slices"
	"strings"
)

// version says which version a title, an album name or a wish names.
type version struct {
	tags   tags
	detail []string // the words that tell one live recording or remix from another: "wembley", "guetta"
	years  []string
	sound  []string // mono or stereo, in a wish
	labels []string // as written, for the reader: "Remastered 2011", "Live at Wembley"
}

// add joins what one more segment says.
func (v *version) add(w version) {
	v.tags |= w.tags
	v.detail = append(v.detail, w.detail...)
	v.years = append(v.years, w.years...)
	v.labels = append(v.labels, w.labels...)
}

// conflicts reports whether the two name different recordings of a kind: other
// places, other remixers, other years of a concert.
func (v version) conflicts(w version) bool {
	if v.tags&(live|rerecorded|remix|other) != 0 && disjoint(v.years, w.years) {
		return true
	}
	return disjoint(v.detail, w.detail) && !alike(strings.Join(v.detail, ""), strings.Join(w.detail, ""))
}

// edition reports whether an edition of a recording is named.
func (v version) edition() bool {
	return v.tags&softTags != 0 || len(v.sound) > 0 || v.tags.hard() == 0 && len(v.years) > 0
}

// covers reports whether v names the edition that w names.
func (v version) covers(w version) bool {
	return w.tags&softTags&^v.tags == 0 && (len(w.years) == 0 || slices.ContainsFunc(w.years, func(y string) bool { return slices.Contains(v.years, y) }))
}

// dated reports whether a year is all that the version is named by: a remaster
// or a new recording of that year.
func (v version) dated() bool { return v.tags == 0 && len(v.years) > 0 }

// disjoint reports whether both sides name something and nothing in common.
func disjoint(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	return !slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// classify reads a bracket or a suffix of a title. ok is false when it is not
// about the version but a part of the title: "(I Can't Get No)".
func classify(text string) (v version, ok bool) {
	w := strings.Fields(normal(text).latin)
	if len(w) == 0 {
		return version{}, false
	}
	if provenance(w) {
		return version{labels: []string{label(text)}}, true
	}
	v, rest := marks(w)
	named := slices.Contains(w, "version") || slices.Contains(w, "ver")
	switch {
	case v.tags&live != 0 && v.tags&^live == 0 && !concert(w):
		return version{}, false
	case v.tags&edit != 0 && len(rest) > 0 && v.tags&hardTags == 0 && slices.Contains(w, "edit"):
		v.tags = v.tags&^edit | remix // "PR1ISVX Edit" is a remix by that name
	case v.tags&hardTags != 0:
	case v.tags&remaster != 0:
	case v.tags != 0 && (len(rest) == 0 || named):
	case len(rest) == 0 && (len(v.years) > 0 || named):
	case named:
		v.tags |= other
	default:
		return version{}, false
	}
	if v.tags&hardTags != 0 {
		v.detail = rest
	}
	v.labels = []string{label(text)}
	return v, true
}

// provenance reports whether w says where a song comes from or who produced it.
func provenance(w []string) bool {
	switch w[0] {
	case "from", "prod", "produced", "ost":
		return true
	case "music", "song", "theme", "love":
		i := slices.Index(w, "from")
		return 0 < i && i <= 3
	default:
		return false
	}
}

// marks collects the version words of w and returns the words that are left.
func marks(w []string) (v version, rest []string) {
	for i := 0; i < len(w); i++ {
		if i+1 < len(w) {
			if t, ok := double[w[i]+" "+w[i+1]]; ok {
				v.tags |= t
				i++
				continue
			}
		}
		switch t, ok := single[w[i]]; {
		case ok:
			v.tags |= t
		case year(w[i]):
			v.years = append(v.years, w[i])
		case !filler[w[i]]:
			rest = append(rest, w[i])
		}
	}
	if dated(w) {
		v.tags |= live // "1/4/71 Paris Theatre"
	}
	if v.tags&(remix|live|tempo) != 0 {
		v.tags &^= fragment | edit
	}
	if v.tags&language != 0 && v.tags&remix == 0 {
		rest = append(rest, languages(w)...)
	}
	return v, rest
}

// dated reports whether w holds the day of a recording: three numbers in a row.
func dated(w []string) bool {
	run := 0
	for _, s := range w {
		if run++; !digits(s) {
			run = 0
		}
		if run == 3 {
			return true
		}
	}
	return false
}

// languages returns the languages named in w, each under one name.
func languages(w []string) []string {
	var out []string
	for _, s := range w {
		if single[s] == language {
			out = append(out, tongue(s))
		}
	}
	return out
}

func tongue(w string) string {
	switch w {
	case "espanol":
		return "spanish"
	case "ingles":
		return "english"
	case "deutsch":
		return "german"
	case "francais":
		return "french"
	case "italiano":
		return "italian"
	default:
		return w
	}
}

// concert reports whether "live" in w speaks of a performance, not of living.
func concert(w []string) bool {
	i := slices.Index(w, "live")
	if i < 0 || i == len(w)-1 {
		return true // unplugged, session, en vivo; or "… live"
	}
	switch w[i+1] {
	case "at", "in", "from", "on", "version", "session", "sessions", "acoustic", "video", "edit", "recording", "performance",
		"studio", "lounge", "mix", "aid", "bonus", "au", "en", "a", "im", "with", "audio", "concert", "unplugged", "remaster", "remastered", "for":
		return true
	default:
		return year(w[i+1]) || single[w[i+1]] != 0
	}
}

// year reports whether w is a year from 1900 to 2099.
func year(w string) bool {
	return len(w) == 4 && (w[:2] == "19" || w[:2] == "20") && digits(w)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// label tidies a segment for the reader.
func label(text string) string {
	return clip(strings.Join(strings.Fields(text), " "), 60)
}

// albumVersion reads what an album's name says of its tracks: that they are
// live, karaoke, instrumental or acoustic. It is silent about remixes, whose
// albums carry the original too.
func albumVersion(name string) version {
	const told = live | karaoke | instrumental | acoustic
	var v version
	for _, p := range pieces(name) {
		if p.first {
			continue
		}
		if s, ok := classify(p.text); ok && s.tags&told != 0 {
			v.add(version{tags: s.tags & told, detail: s.detail, years: s.years})
		}
	}
	w := strings.Fields(normal(name).latin)
	switch {
	case slices.Contains(w, "karaoke"):
		v.tags |= karaoke
	case v.tags&live == 0 && liveAlbum(w):
		s, rest := marks(w)
		v.add(version{tags: live, detail: rest, years: s.years})
	}
	return v
}

// liveAlbum reports whether the words of an album's name speak of a concert.
func liveAlbum(w []string) bool {
	if slices.Contains(w, "unplugged") || slices.Contains(w, "concert") || slices.Contains(w, "vivo") {
		return true
	}
	i := slices.Index(w, "live")
	switch {
	case i < 0:
		return false
	case i == len(w)-1:
		return i == 0 || !slices.Contains([]string{"to", "long", "we", "i", "you", "they"}, w[i-1])
	default:
		return slices.Contains([]string{"at", "in", "from", "on", "around", "aid"}, w[i+1]) || year(w[i+1])
	}
}
