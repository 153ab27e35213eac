package rules

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

var (
	addVerbs = patterns(
		"add|adding|sync|syncing|save|saving|include|insert|append|import|store ", "put|putting|throw|throwing|chuck|chucking|bung|shove|whack|lob|stick|sticking|drop|dropping|pop|popping|place|placing|toss|slap|stash",
	)
	// wishVerbs ask for a song in a playlist without a word for adding.
	wishVerbs = patterns("i'd|we'd like|love [to] [have|get|see|hear]", "i|we would like|love [to] [have|get|see]", "i|we want|need [to] [have]", "can|could i|we have|get", "get|give [me|us]", "let's have", "want|need|wanna [to] [have|hear]", "gimme")
	// titleVerbs begin titles: "Save Your Tears", "Put Your Records On", "Add It Up".
	titleAfter = []string{"your", "me", "my", "us", "him", "her", "on", "our", "yourself", "tonight", "it's", "the world"}
	thoseSongs = patterns(
		"[all] [of] these|this|those|them|following|it|that [one|song|track|too] [again] [songs|tracks|tunes|ones]", "[all] [of] the following [songs|tracks|tunes|ones]", "the|that|this same [song|track|one|songs|tracks|ones] [again]",
		"the|that|this song|track|songs|tracks|list", "songs|tracks", "both|all [of] [them|these|those]", "[the] songs|tracks below",
	)
)

// add reads a wish to add songs.
func (r reader) add(p phrase) ([]command, bool) {
	n := p.prefix(addVerbs)
	if n == 0 || n >= len(p) || p.verbIsTitle() {
		return nil, false
	}
	w := intoPlaces
	if !p.any(0, "add", "adding", "sync", "syncing", "save", "saving", "include", "insert", "append", "import", "store") {
		w = putPlaces
	}
	rest := p[n:].trim()
	if w.weak == nil && len(rest) > 1 && rest.any(len(rest)-1, "on") && len(rest.pivots()) == 0 { // "put some music on"
		return []command{{why: sayNoPlaying}}, true
	}
	if len(rest) > 1 && rest.any(0, "also") && lower(rest[0].raw) {
		rest = rest[1:]
	}
	songs := r.pieces(rest, w, true)
	placed := songs[0].where.how != unsaid
	if !w.has(rest.low(0)) || placed && capital(rest[0].raw) { // "add In the Mood by Glenn Miller to Gym"
		return songs, true
	}
	if c, ok := r.placeFirst(rest); c.intent == add || !placed {
		return []command{c}, ok
	}
	return songs, true
}

// verbIsTitle reports whether the verb at the head is more likely the first word of a title.
func (p phrase) verbIsTitle() bool {
	if len(p) < 2 || p[1].kind != word {
		return false
	}
	if unicode.IsLower(first(p[0].raw)) && capital(p[1].raw) {
		return false
	}
	if p.any(0, "sort", "rename") {
		return false
	}
	if p.any(1, "it", "that") && (p[0].raw != "add" || !p.any(1, "that")) {
		return !p.any(2, "to", "in", "into", "on", "onto", "there", "here", "too", "again", "as", "also", "from", "off", "please") && len(p) > 2
	}
	if p.any(0, "add", "remove", "delete", "sync", "create", "adding") {
		return false
	}
	if p.any(1, "a") && p.any(0, "save") && p.any(2, "prayer", "horse") {
		return true
	}
	return p.any(1, titleAfter...) && len(p) > 2
}

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// placeFirst reads "to Gym: X by Y", "to “Gym” X by Y" and "to my Gym playlist X by Y".
func (r reader) placeFirst(p phrase) (command, bool) {
	end, skip := -1, 0
	for i := 1; i < len(p) && end < 0; i++ {
		switch {
		case p[i].separates() && p[i].kind != dash && p[i].kind != word:
			end, skip = i, 1
		case p.any(i, "these", "the") && p.any(i+1, "songs", "tracks", "following"):
			end = i
		case i == 2 && p.any(0, "in", "on", "at", "for") && p.any(1, "it", "this", "that"): // "In It for the Money"
		case i > 1 && i < len(p)-1 && r.certain(p[1:i]) && !p.any(i, "playlist") && !r.certain(p[1:i+1]):
			end = i
		}
	}
	if end < 2 || len(p[:end].pivots()) > 0 {
		return command{}, true
	}
	c := command{intent: add, where: readPlace(p[1:end])}
	rest := p[min(end+skip, len(p)):].trim()
	if i := header(rest); i > 0 {
		rest = rest[i:].trim()
	}
	return c.withSongs(rest)
}

// header returns the length of "these songs:" before the songs themselves, 0 when there is none.
func header(p phrase) int {
	for i := range min(len(p), 8) {
		if p[i].kind == colon || p[i].kind == newline {
			if p[:i].is(thoseSongs) {
				return i + 1
			}
			return 0
		}
	}
	return 0
}

// withSongs reads the songs of a command; one it cannot read makes it unknown.
func (c command) withSongs(p phrase) (command, bool) {
	if len(p) == 0 {
		return command{}, true
	}
	if why := refuse(p); why != "" {
		return command{why: why}, true
	}
	songs, ok := songsOf(p)
	if !ok {
		return command{}, true
	}
	c.songs = songs
	return c, true
}

// piece is a part of a request with songs, a playlist, or both.
type piece struct {
	body  phrase
	where place
}

// pieces reads everything behind the verb: lines, and within a line songs for
// several playlists.
func (r reader) pieces(p phrase, w preps, verb bool) []command {
	var parts []piece
	lines := p.split(newline)
	headed := false
	for i, line := range lines {
		if i > 0 && (headed || i < len(lines)-1) && len(line.pivots()) == 0 && line.find(link) < 0 {
			parts = append(parts, piece{body: line})
			continue
		}
		for _, part := range targets(line, w) {
			body, where := part, place{}
			if i > 0 {
				body, where = r.lastLine(part, w)
			}
			if where.how == unsaid {
				body, where = r.cutHeader(part, w)
			}
			headed = headed || where.how != unsaid
			parts = append(parts, piece{body, where})
		}
	}
	share(parts)
	cs := gather(parts, verb)
	if len(lines) > 2 || len(lines) == 2 && !headed {
		for _, c := range cs { // who writes one song a line leaves no doubt
			settle(c.songs)
		}
	}
	return cs
}

// cutHeader takes the playlist off a line; "… to Gym: X by Y" has it in the middle.
func (r reader) cutHeader(p phrase, w preps) (phrase, place) {
	if i := p.find(colon); i > 0 {
		if body, where := r.cutPlace(p[:i], w); where.how != unsaid && len(body.pivots()) == 0 {
			return append(slices.Clone(body), p[i:]...), where
		}
	}
	return r.cutPlace(p, w)
}

// lastLine reads "to Gym" and "add these to Gym" below a list.
func (r reader) lastLine(p phrase, w preps) (phrase, place) {
	if n := p.prefix(addVerbs); n > 0 {
		if body, where := r.cutPlace(p[n:], w); body.is(thoseSongs) {
			return nil, where
		}
	}
	if p.any(0, "to", "into", "onto") && len(p) > 1 && len(p.pivots()) == 0 && len(p.dashes()) == 0 {
		return nil, readPlace(p[1:])
	}
	return p, place{}
}

// targets cuts "A by B to Gym and C by D to Focus" after the first playlist.
func targets(p phrase, w preps) []phrase {
	var out []phrase
	for {
		cut := nextTarget(p, w)
		if cut < 0 {
			return append(out, p)
		}
		out = append(out, p[:cut].trim())
		p = p[cut+1:].trim()
	}
}

func nextTarget(p phrase, w preps) int {
	by := p.pivots()
	if len(by) < 2 {
		return -1
	}
	for k, at := range by[:len(by)-1] {
		next := by[k+1]
		for i := at + 2; i < next; i++ {
			if !p.any(i, w.strong...) || p.fixed(i) || w.weak == nil && !p.any(i, "to", "into", "onto") && k+1 < len(by)-1 {
				continue
			}
			for j := i + 2; j < next-1; j++ {
				if p[j].kind == comma || p[j].kind == semicolon || p.hinge(j, "and", "then", "plus") {
					return j
				}
			}
		}
	}
	return -1
}

// share gives a part without a playlist the one of the next part, or of the one before.
func share(parts []piece) {
	for i := len(parts) - 2; i >= 0; i-- {
		if parts[i].where.how == unsaid {
			parts[i].where = parts[i+1].where
		}
	}
	for i := 1; i < len(parts); i++ {
		if parts[i].where.how == unsaid {
			parts[i].where = parts[i-1].where
		}
	}
}

// gather makes commands of parts, one for each run of parts to one playlist.
func gather(parts []piece, verb bool) []command {
	var out []command
	for i, part := range parts {
		if i == 0 || part.where != parts[i-1].where {
			out = append(out, command{intent: add, where: part.where})
		}
		c := &out[len(out)-1]
		body := part.body.trim()
		if i := header(append(slices.Clone(body), token{kind: newline})); i > 0 {
			body = body[min(i, len(body)):].trim()
			c.same = c.same || len(parts) == 1 && len(body) == 0
		}
		if len(body) == 0 {
			continue
		}
		if why := refuse(body); verb && why != "" {
			return []command{{why: why}}
		}
		songs, ok := songsOf(politeEnd(followTail(body)))
		if !ok {
			return []command{{}}
		}
		c.songs = append(c.songs, songs...)
	}
	out = slices.DeleteFunc(out, func(c command) bool { return len(c.songs) == 0 && !c.same })
	if len(out) == 0 {
		return []command{{}}
	}
	return out
}

// followTail drops "too" and "as well" behind a song.
func followTail(p phrase) phrase {
	if n := p.suffix(followTails); n > 0 && n < len(p) && (n+1 != len(p) || !p.any(0, "me", "you", "us")) {
		return p[:len(p)-n].trim()
	}
	return p
}
