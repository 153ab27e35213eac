package match

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// credit is who performs, at every level at which a credit can be read: "Queen
// & Wyclef Jean feat. Pras & Free" is four atoms, two groups and one whole,
// since "Simon & Garfunkel" is one name and "Queen & Wyclef Jean" are two.
type credit struct {
	names []name
	atoms int
	main  int // atoms of the artist field; those after it stand in the title
	lead  int // atoms of the first artist
}

// name is one reading of a stretch of a credit; it covers the atoms from up to end.
type name struct {
	key       string   // letters only, without "and" and a leading "the"
	words     []string // of the name, in order; none for a list of artists run together
	from, end int
}

// newCredit reads the artists of a song or track and those its title features.
func newCredit(artists, feats []string) credit {
	var c credit
	for _, a := range artists {
		c.read(a)
		if c.lead == 0 {
			c.lead = c.atoms
		}
	}
	c.main = c.atoms
	if len(artists) > 1 {
		// "Earth, Wind & Fire", cut by whoever wrote the list; no part of it is a name.
		if c.put(strings.Join(artists, " "), 0, c.atoms) {
			c.names[len(c.names)-1].words = nil
		}
	}
	for _, f := range feats {
		c.read(f)
	}
	return c
}

// read adds the atoms, groups and the whole of one credit as written.
func (c *credit) read(text string) {
	text = clip(text, maxText)
	whole, group := c.atoms, c.atoms
	var atom, wide []string
	endAtom := func() {
		if len(atom) > 0 && c.put(strings.Join(atom, " "), c.atoms, c.atoms+1) {
			c.atoms++
		}
		atom = atom[:0]
	}
	endGroup := func() {
		endAtom()
		if c.atoms > group+1 && (group > whole || len(wide) > 0) {
			c.put(strings.Join(wide, " "), group, c.atoms)
		}
		group, wide = c.atoms, wide[:0]
	}
	for word := range strings.FieldsSeq(spaceOut(text)) {
		switch separator(word) {
		case 2:
			endGroup()
			continue
		case 1:
			endAtom()
		default:
			atom = append(atom, word)
		}
		wide = append(wide, word)
	}
	endGroup()
	if c.atoms > whole+1 {
		c.put(text, whole, c.atoms)
	}
}

// put adds a reading, unless it is empty.
func (c *credit) put(text string, from, end int) bool {
	w := strings.Fields(normal(text).latin)
	if len(w) == 0 {
		w = strings.Fields(normal(text).native)
	}
	w = slices.DeleteFunc(w, func(s string) bool { return s == "and" && len(w) > 1 })
	if len(w) > 1 && w[0] == "the" {
		w = w[1:]
	}
	key := strings.Join(w, "")
	if key == "" {
		return false
	}
	if now, ok := renamed[key]; ok {
		key = now
	}
	c.names = append(c.names, name{key: key, words: w, from: from, end: end})
	return true
}

// spaceOut sets separators that cling to words apart.
func spaceOut(s string) string {
	if !strings.ContainsAny(s, ",;&、，") {
		return s
	}
	return apart.Replace(s)
}

var apart = strings.NewReplacer(",", " , ", ";", " ; ", "&", " & ", "、", " , ", "，", " , ")

// separator returns 2 for a word that sets performers apart, 1 for one that
// sets names apart but also stands inside names, 0 for a word of a name.
func separator(w string) int {
	switch strings.ToLower(w) {
	case "feat.", "feat", "ft.", "ft", "featuring", "with", "vs", "vs.", "x", "presents", "pres.", "starring", "meets", "duet", "¦", "|":
		return 2
	case ",", ";", "&", "and", "+", "/", "y", "und", "et", "e":
		return 1
	default:
		return 0
	}
}

// Coverage of an atom by the other side.
const (
	covered = 1.0
	partly  = 0.6 // "Whitney" and "Whitney Houston"
)

// coverage returns for each atom of c how well the other credit accounts for it.
func (c credit) coverage(d credit) []float64 {
	out := make([]float64, c.atoms)
	for _, n := range c.names {
		best := 0.0
		for _, m := range d.names {
			if best = max(best, n.like(m)); best == covered {
				break
			}
		}
		for i := n.from; i < n.end && best > 0; i++ {
			out[i] = max(out[i], best)
		}
	}
	return out
}

// like compares two names.
func (n name) like(m name) float64 {
	switch {
	case n.key == m.key:
		return covered
	case len(n.key) >= 6 && len(m.key) >= 6 && distance(n.key, m.key, 1+len(n.key)/14) <= 1+len(n.key)/14 && numbers(n.key) == numbers(m.key):
		return covered - 0.1
	case min(len(n.key), len(m.key)) >= 4 && n.key[0] == m.key[0] && distance(n.key, m.key, 1) <= 1 && numbers(n.key) == numbers(m.key):
		return partly // "Qeen": worth a question
	case within(n.words, m.words), within(m.words, n.words), n.key == initials(m.words), m.key == initials(n.words):
		return partly
	default:
		return 0
	}
}

// within reports whether every word of a stands in b and a is telling enough
// to name somebody.
func within(a, b []string) bool {
	letters := 0
	for _, w := range a {
		if !slices.Contains(b, w) {
			return false
		}
		if !generic[w] {
			letters += len(w)
		}
	}
	return letters >= 5 && len(a) < len(b)
}

// initials returns the first letters of at least three words: "ELO", "ATC".
func initials(words []string) string {
	if len(words) < 3 {
		return ""
	}
	var b strings.Builder
	for _, w := range words {
		if w != "of" && w != "the" && w[0] < utf8.RuneSelf {
			b.WriteByte(w[0])
		}
	}
	if b.Len() < 3 {
		return ""
	}
	return b.String()
}

// generic words name nobody by themselves.
var generic = map[string]bool{
	"the": true, "band": true, "orchestra": true, "young": true, "little": true, "black": true, "white": true, "music": true,
	"trio": true, "brothers": true, "sisters": true, "project": true, "choir": true, "singers": true, "chorus": true, "cast": true,
	"artists": true, "various": true, "james": true, "david": true, "michael": true, "brown": true, "smith": true, "chris": true,
	"johnny": true, "tommy": true, "billy": true, "jimmy": true, "bobby": true, "house": true, "sound": true, "sounds": true,
	"king": true, "queen": true, "girls": true, "crystal": true, "golden": true, "lights": true, "north": true, "south": true,
	"kids": true, "party": true, "workout": true,
}

// kinship is how the performers of a track agree with those asked for.
type kinship struct {
	first   float64 // how well the first artist asked for is covered
	recall  float64 // share of the artists asked for that perform
	extra   int     // performers nobody asked for
	common  bool    // somebody performs on both sides
	lead    bool    // the track's own first artist was asked for
	missing bool    // the title asked for features somebody who does not perform
}

func relate(want, have credit) kinship {
	asked, there := want.coverage(have), have.coverage(want)
	k := kinship{first: asked[0]}
	for i, c := range asked {
		k.recall += c / float64(len(asked))
		k.common = k.common || c > 0
		k.missing = k.missing || i >= want.main && c == 0
	}
	for i, c := range there {
		k.lead = k.lead || i < have.lead && c > 0
		if c == 0 {
			k.extra++
		}
	}
	return k
}

// impostor reports whether a name says that it performs other people's songs.
func impostor(artist string) bool {
	w := normal(artist).latin
	for _, mark := range []string{"karaoke", "tribute", "sing along", "singalong", "made famous", "in the style of", "originally performed", "backing track", "cover band", "covers band", "party tyme", "lullaby renditions", "rockabye baby"} {
		if strings.Contains(w, mark) {
			return true
		}
	}
	return false
}
