package intake

import (
	"strings"
	"unicode/utf8"

	"segue/internal/match"
)

// Weights of what tells the order, from certain to slight.
const (
	certain = 4.0
	strong  = 2.0
	slight  = 0.5
)

// Bounds of the order's certainty.
const (
	enough = 0.75 // of the evidence, for the list to be read without a question
	prior  = 1.0  // evidence that a list starts with on either side
)

// weigh weighs what the halves of a line say by themselves: above zero the left is
// the artist, below zero the right is.
func (p pair) weigh() float64 {
	w := performing(p.left) + titling(p.right) - performing(p.right) - titling(p.left)
	if p.behind {
		w -= certain // nobody says of an artist that it is a video
	}
	return w
}

// clear reports whether the halves themselves say that they stand in the order.
func (p pair) clear(o Order) bool {
	if o == TitleFirst {
		return p.tells <= -strong
	}
	return p.tells >= strong
}

// performing weighs the signs of a credit.
func performing(s string) float64 {
	outside := brackets(s, func(string) string { return "" })
	switch {
	case strings.Contains(outside, " / "), strings.Contains(outside, ArtistBreak):
		return strong
	case strings.ContainsAny(outside, "&,;"), joins(outside):
		return slight
	default:
		return 0
	}
}

// joins reports whether a word stands between names.
func joins(s string) bool {
	for w := range strings.FieldsSeq(strings.ToLower(s)) {
		switch w {
		case "and", "und", "et", "y", "x", "vs", "vs.", "feat.", "ft.", "featuring":
			return true
		}
	}
	return false
}

// titling weighs the signs of a title.
func titling(s string) float64 {
	switch {
	case unquote(s) != strings.TrimSpace(s), match.Versions(s) != "", strings.Contains(strings.ToLower(s), "(feat."):
		return strong
	case strings.ContainsAny(s, "(?"), strings.HasSuffix(s, "!"):
		return slight
	default:
		return 0
	}
}

// census counts the names in a list's halves, folded: each half and, where it is a
// credit of several, each performer.
type census struct{ left, right map[string]int }

// take reads the halves of the dashed lines and counts them.
func take(pairs []pair) census {
	c := census{map[string]int{}, map[string]int{}}
	seen := map[[2]string]bool{} // the same song again says nothing
	for i := range pairs {
		p := &pairs[i]
		if p.how != dashed {
			continue
		}
		p.lefts, p.rights, p.tells = keys(p.left), keys(p.right), p.weigh()
		both := [2]string{p.lefts[0], p.rights[0]}
		if seen[both] {
			continue
		}
		seen[both] = true
		count(c.left, p.lefts)
		count(c.right, p.rights)
	}
	return c
}

func count(names map[string]int, half []string) {
	for _, name := range half {
		if name != "" {
			names[name]++
		}
	}
}

// keys are the names in one half of a line, guests aside.
func keys(half string) []string {
	half, _ = guests(half)
	out := []string{key(half)}
	if bare := brackets(half, func(string) string { return "" }); bare != half && bare != "" {
		out = append(out, key(bare))
	}
	if names := Performers(half); len(names) > 1 {
		for _, n := range names {
			out = append(out, key(n))
		}
	}
	return out
}

// key is a name to count by.
func key(name string) string {
	folded := match.Fold(name)
	if rest := strings.TrimPrefix(folded, "the"); rest != "" {
		return rest
	}
	return folded
}

// repeats weighs that artists come again in a list and titles hardly do.
func (c census) repeats(p pair) float64 {
	l, r := c.left[p.lefts[0]], c.right[p.rights[0]]
	switch {
	case l > 1 && r > 1:
		return 0
	case l > 1:
		return strong
	case r > 1:
		return -strong
	default:
		return 0
	}
}

// decide finds the order of a list and how sure it is: the share of the evidence
// that speaks for it.
func decide(pairs []pair, c census) (Order, float64) {
	ahead, behind := prior, prior
	for _, p := range pairs {
		if p.how != dashed {
			continue
		}
		w := p.tells + c.repeats(p)
		if p.dressed && !p.behind {
			w += strong // videos are titled so
		}
		if w > 0 {
			ahead += w
		} else {
			behind -= w
		}
	}
	if behind > ahead {
		return TitleFirst, behind / (ahead + behind)
	}
	return ArtistFirst, ahead / (ahead + behind)
}

// against reports whether a line stands the other way round than its list: what
// would be its title is an artist of the list, or its halves say so beyond doubt.
// doubt is a sign of it that does not prove it.
func (c census) against(p pair, o Order) (turned, doubt bool) {
	artists, titles, artist, title, sign := c.left, c.right, p.lefts, p.rights, 1.0
	if o == TitleFirst {
		artists, titles, artist, title, sign = titles, artists, title, artist, -1.0
	}
	tells := sign * p.tells
	if tells <= -certain {
		return true, true
	}
	if artists[artist[0]] > 1 || artist[0] == title[0] {
		return false, false
	}
	for _, name := range title {
		known := artists[name] - titles[name]
		turned = turned || artists[name] > 0 && (known > 0 && tells <= 0 || known == 0 && tells < 0)
		doubt = doubt || artists[name] > 0
	}
	return turned, doubt
}

// divide cuts undivided lines at an artist of the list: "The Beatles-Help", "Help by
// The Beatles", "Carl Douglas Kung Fu Fighting (Official Video)".
func (c census) divide(pairs []pair, o Order) {
	artists := c.left
	if o == TitleFirst {
		artists = c.right
	}
	for i, p := range pairs {
		if p.how != whole || utf8.RuneCountInString(p.left) > longestSong {
			continue
		}
		if at := strings.LastIndex(p.left, " by "); at > 0 && artists[key(p.left[at+len(" by "):])] > 0 {
			pairs[i].left, pairs[i].right, pairs[i].how = p.left[:at], p.left[at+len(" by "):], spoken
			continue
		}
		least := 2
		if p.dressed {
			least = 1
		}
		if name, title, ok := led(p.left, func(name string) bool { return artists[key(name)] >= least }); ok {
			pairs[i].left, pairs[i].right, pairs[i].how, pairs[i].unsure = name, title, quoted, true
		}
	}
}

const longestSong = 200 // characters of title and artist in an undivided line

// led finds a known artist at the head of a line: before a hyphen, or of two to five words.
func led(text string, known func(string) bool) (name, title string, ok bool) {
	if name, title, ok := strings.Cut(text, "-"); ok && known(name) && title != "" && strings.Contains(title, " ") {
		return name, title, true
	}
	w := strings.Fields(text)
	for n := min(len(w)-1, 5); n > 1; n-- {
		if name := strings.Join(w[:n], " "); match.Fold(w[n-1]) != "" && strings.IndexAny(w[n], "([") != 0 && known(name) {
			return name, strings.Join(w[n:], " "), true
		}
	}
	return "", "", false
}
