package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"segue/internal/agent"
	"segue/internal/music"
)

// place is a playlist as it was spoken of.
type place struct {
	how how
	ref agent.PlaylistRef // of a named one
}

// how says in which way a playlist was spoken of.
type how int

const (
	unsaid   how = iota
	named        // by name or link
	back         // "there", "it", "the same playlist"
	standard     // "my default playlist"
	fresh        // to be created: "a new playlist called Sad"
	made         // created by the command before
)

// preps are the words that lead to a playlist. The weak ones also stand in many
// titles and count only where no strong one does.
type preps struct{ strong, weak []string }

var (
	intoPlaces = preps{[]string{"to", "into", "onto"}, []string{"in", "on", "inside", "for", "at"}}
	putPlaces  = preps{[]string{"to", "into", "onto", "in", "on", "inside", "at"}, nil}
	offPlaces  = preps{[]string{"from", "off", "out"}, []string{"in", "on"}}
)

var (
	backRefs = patterns(
		"there", "here", "it", "that", "this", "[in|on|over] there", "that|this one",
		"[the|that] same [one|playlist|place|list]", "the|that|this|my|said [new|last|current] playlist|one", "playlist", "the last playlist|one",
		"the new playlist|one", "the playlist i|we|you just made|created",
	)
	defaultRefs = patterns("[my|the] default [playlist|one]", "my|the usual [playlist|one]")
	sameTails   = patterns("[to|into|in|on|onto] [the|that] same playlist|place|list|one", "same [playlist|place]")
	namedLeads  = patterns("[my|the|our|a] [spotify] playlist [called|named|titled]", "the one called|named")
	newLists    = patterns("a [brand] [new] playlist [called|named|titled]", "a [brand] new one [called|named|titled]", "[a] new playlist called|named|titled")
	endOf       = patterns("the end|bottom of")
	edges       = patterns("the end|bottom|start|beginning|top|front of")
	courtesies  = patterns(
		"please", "pls", "plz", "thanks [a] [lot]", "thank you [so|very] [much]", "thx", "cheers", "ta", "for me", "for us", "too", "as well", "again", "instead",
		"right now", "now", "if you can|could|would|please", "will|would|can|could you", "when you can", "asap", "ok", "okay", "then", "on|in spotify", "at the moment", "at the end", "at once",
	)
	// infinitives follow a "to" that belongs to a title, unless the artist came before it.
	infinitives = []string{
		"say", "be", "love", "know", "hold", "ride", "die", "live", "lose", "handle", "believe", "break", "make", "have", "get", "go", "do", "see", "tell",
		"feel", "you", "me", "us", "hell", "heaven", "church", "nowhere", "want", "take", "give", "come", "find", "fly", "forget", "hate", "hear", "kill", "leave", "remember", "stay", "survive", "talk", "watch", "win",
	}
)

const longestName = 14 // tokens in the name of a playlist

// readPlace reads what stands where a playlist is expected.
func readPlace(p phrase) place {
	p = withoutCourtesies(p)
	if bare := withoutEmoji(p); bare.any(len(bare)-1, "playlist") {
		p = bare
	}
	for len(p) > 1 && p.any(0, "of", "to", "in", "on", "into", "onto", "for") {
		p = p[1:]
	}
	if i := slices.IndexFunc(p, isPlaylist); i >= 0 {
		return place{how: named, ref: agent.PlaylistRef{ID: p[i].link.ID}}
	}
	if n := p.prefix(endOf); n > 0 && n < len(p) {
		p = p[n:]
	}
	if n := p.prefix(newLists); n > 0 {
		return place{fresh, nameOf(p[n:]).ref}
	}
	if p.is(defaultRefs) {
		return place{how: standard}
	}
	if p.is(backRefs) {
		return place{how: back}
	}
	if n := p.prefix(namedLeads); n > 0 && n < len(p) {
		return nameOf(p[n:])
	}
	return nameOf(withoutFrame(p))
}

func withoutCourtesies(p phrase) phrase {
	for p = p.trim(); len(p) > 1; p = p.trim() {
		n := p.suffix(courtesies)
		if n == 0 || n == len(p) {
			break
		}
		p = p[:len(p)-n]
	}
	return p
}

func isPlaylist(t token) bool { return t.kind == link && t.link.Kind == music.LinkPlaylist }

// withoutFrame takes "my … playlist" off a name.
func withoutFrame(p phrase) phrase {
	owned := p.any(0, "my", "our", "the", "that", "this") && len(p) > 1
	last := len(p) - 1
	if last > 0 && p.any(last, "playlist", "playlists") && (owned || p[last].raw[0] == 'p') {
		p = p[:last]
		if owned && len(p) > 1 {
			p = p[1:]
		}
		return p
	}
	// "the Gym" is the playlist Gym, "The Gym" and "the gym" may be its name.
	if owned && (p.any(0, "my", "our") || p[0].raw == "the" && len(p[1].raw) > 0 && capital(p[1].raw)) {
		p = p[1:]
	}
	return p
}

func capital(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// nameOf takes a phrase for the name of a playlist.
func nameOf(p phrase) place {
	p = p.trim()
	if len(p) == 1 && p[0].kind == quoted {
		return place{how: named, ref: agent.PlaylistRef{Name: p[0].body}}
	}
	text := strings.Trim(p.String(), " \"“”„«»")
	if bare := strings.TrimRight(text, " .!?…"); bare != "" {
		text = bare
	}
	if text == "" {
		return place{}
	}
	return place{how: named, ref: agent.PlaylistRef{Name: text}}
}

// cutPlace takes the playlist off the end of a line.
func (r reader) cutPlace(p phrase, w preps) (phrase, place) {
	if i := slices.IndexFunc(p, isPlaylist); i >= 0 {
		return beforeLink(p, i), readPlace(p[i : i+1])
	}
	if n := p.suffix(sameTails); n > 0 && n < len(p) {
		return p[:len(p)-n].trim(), place{how: back}
	}
	body, sure := p.lastPivot()
	if body >= 0 && p.any(len(p)-1, "there", "here") && !w.has(p.low(len(p)-2)) {
		return p[:len(p)-1], place{how: back}
	}
	i := r.choosePrep(p, w, body, sure)
	if i < 0 {
		return p, place{}
	}
	return p[:i].trim(), readPlace(p[i+1:])
}

// beforeLink drops the link at i and the words that lead to it.
func beforeLink(p phrase, i int) phrase {
	from := i
	for from > 0 && (p.any(from-1, "to", "into", "in", "on", "onto", "from", "off", "of", "my", "this", "the", "playlist", "out") || p[from-1].kind == colon) {
		from--
	}
	return p.cut(from, i+1).trim()
}

func (w preps) has(low string) bool {
	return slices.Contains(w.strong, low) || slices.Contains(w.weak, low)
}

// lastPivot returns where the last "by", dash or link stands, -1 for none; by
// tells that the artist comes last, so that a "to" behind it leads to a playlist.
func (p phrase) lastPivot() (at int, by bool) {
	if found := p.pivots(); len(found) > 0 {
		return found[len(found)-1], true
	}
	for i := len(p) - 1; i > 0; i-- {
		if p[i].kind == dash || p[i].kind == link {
			return i, p[i].kind == link
		}
	}
	if len(p) > 0 && p[0].kind == link {
		return 0, true
	}
	return -1, false
}

// choosePrep returns the word that leads to the playlist, -1 when none does.
func (r reader) choosePrep(p phrase, w preps, pivot int, artistLast bool) int {
	var strong, weak []int
	for i := max(1, pivot+1); i < len(p)-1; i++ {
		switch {
		case !w.has(p.low(i)) || p.fixed(i) || p.albumAt(i):
		case len(p)-i <= longestName && (readPlace(p[i+1:]).how == unsaid || p[i:].is(courtesies)):
		case p.any(i, "at") && p[i+1:].prefix(edges) == 0:
		case r.certain(p[i+1:]):
			return i
		case p.any(i-1, "live", "recorded") && !p.any(i, "to", "into", "onto", "from"):
		case p.any(i, "from", "off") && p[i+2:].leadsOn(w) && (p.any(i-1, "live", "one", "version", "recording") || year(p.low(i+1)) > 0):
		case !artistLast && p.any(i, "to") && p.any(i+1, infinitives...):
		case len(p)-i > longestName || len(withoutCourtesies(p[i+1:]).commas()) > 0:
		case slices.Contains(w.strong, p.low(i)):
			strong = append(strong, i)
		default:
			weak = append(weak, i)
		}
	}
	found := p.written(strong)
	if len(found) == 0 && artistLast {
		found = weak
	}
	if len(found) == 0 {
		return -1
	}
	if artistLast {
		return found[0]
	}
	return found[len(found)-1]
}

// written prefers words in lower case to those that look like part of a name:
// "by Virginia To Vegas to Gym".
func (p phrase) written(at []int) []int {
	small := slices.DeleteFunc(slices.Clone(at), func(i int) bool { return !lower(p[i].raw) })
	if len(small) > 0 {
		return small
	}
	return at
}

// leadsOn reports whether a strong preposition follows.
func (p phrase) leadsOn(w preps) bool {
	return slices.ContainsFunc(p[:min(len(p), longestName)], func(t token) bool { return slices.Contains(w.strong, t.low) })
}

// certain reports whether what follows a preposition can only be a playlist: a
// known one, one in quotation marks, "there", "my … playlist".
func (r reader) certain(p phrase) bool {
	if len(p) > longestName {
		return false
	}
	where := readPlace(p)
	if where.how != named {
		return where.how != unsaid
	}
	p = p.trim()
	if len(p) == 1 && p[0].kind == quoted || p.prefix(namedLeads) > 0 && p.any(0, "my", "the", "our", "playlist") {
		return true
	}
	framed := p.any(0, "my", "our", "the", "that", "this") && strings.HasSuffix(strings.ToLower(strings.TrimRight(p.String(), ".!? ")), "playlist")
	return framed || slices.ContainsFunc(r.known, func(name string) bool { return strings.EqualFold(name, where.ref.Name) })
}
