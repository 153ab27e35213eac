package rules

import "unicode/utf8"

var (
	createVerbs = patterns(
		"create|creating|make|making|build|building|start|starting|open|generate|setup|set [up] [me|us] [a|an|another|the|my] [brand] [new|fresh|empty|private|public|second]",
		"[a|another] [brand] new", "i|we want|need a|another|new [brand] [new]", "i'd like a [new]", "i would like a [new]", "give|get me a [new]", "can i have a [new]", "start up a [new]",
	)
	nameLeads = patterns("called|named|titled|entitled", "with|by the name [of]", "and call|name it", "which|that is called|named", "call it", "whose name is", "name", "under the name [of]")
	forMe     = patterns("for me|us")
	withSongs = patterns("with [these|the] [following] [songs|tracks] [in] [it]", "containing|including [these|the] [following] [songs|tracks]", "that has|contains|includes", "consisting of", "starting with", "and|then [then|also] add|put|include|throw [these|the|to] [following|it] [songs|tracks]", "featuring", "from [these|the] [following] [songs|tracks]")
)

const longestNewName = 100 // characters, Spotify's limit

// create reads a wish for a new playlist, with or without songs.
func (r reader) create(p phrase) (command, bool) {
	n := p.prefix(createVerbs)
	if n == 0 {
		return command{}, false
	}
	rest := p[n:]
	at := -1
	for i := range min(len(rest), 8) {
		if rest[i].kind != word && rest[i].kind != quoted {
			break
		}
		if rest.any(i, "playlist") && (at < 0 || i == at+1) {
			at = i
			break
		}
	}
	if at < 0 || len(rest.pivots()) > 0 && rest.pivots()[0] < at {
		return command{}, false
	}
	before, after := rest[:at].trim(), rest[at+1:].trimLeft()
	if len(before) > 0 {
		return r.created(before, after)
	}
	lead := after.prefix(nameLeads)
	if lead == 0 && len(after) > 0 && after.any(0, "for", "of", "from", "out", "with", "about", "to", "based", "like", "that", "using", "and", "in", "on") {
		return command{why: sayNameless}, true
	}
	return r.named(after[lead:].trimLeft())
}

// trimLeft drops separators at the head except line ends.
func (p phrase) trimLeft() phrase {
	for len(p) > 0 && p[0].separates() && p[0].kind != newline {
		p = p[1:]
	}
	return p
}

// named reads a name and the songs behind it.
func (r reader) named(p phrase) (command, bool) {
	for i := range p {
		if i == 0 && p[0].kind == quoted {
			return r.created(p[:1], p[1:])
		}
		if i == 0 {
			continue
		}
		if p[i].kind == newline || p[i].kind == colon {
			return r.created(p[:i], p[i:])
		}
		if m := p[i:].prefix(withSongs); m > 0 && i+m < len(p) {
			if c, _ := r.created(p[:i], p[i:]); c.intent == create && len(c.songs) > 0 {
				return c, true
			}
		}
	}
	return r.created(p, nil)
}

// withoutForMe drops "for me" and "for us" at the end.
func withoutForMe(p phrase) phrase {
	if n := p.suffix(forMe); n < len(p) {
		return p[:len(p)-n]
	}
	return p
}

// created makes the command of a name and what follows it.
func (r reader) created(name, rest phrase) (command, bool) {
	name = politeEnd(name.trim())
	name = withoutForMe(name)
	where := nameOf(name)
	c := command{intent: create, name: where.ref.Name}
	if c.name == "" || name.trim().find(link) >= 0 || utf8.RuneCountInString(c.name) > longestNewName {
		return command{why: sayNameless}, true
	}
	rest = rest.trim()
	if m := rest.prefix(withSongs); m > 0 {
		rest = rest[m:].trim()
	}
	if i := header(rest); i > 0 {
		rest = rest[i:].trim()
	}
	if rest = politeEnd(rest); len(rest) == 0 || rest.is(courtesies) {
		return c, true
	}
	body := rest
	for _, tail := range []string{"it", "there", "this", "that"} {
		if m := len(body); m > 2 && body.any(m-1, tail) && body.any(m-2, "to", "in", "on", "into") {
			body = body[:m-2]
		}
	}
	if refuse(body) != "" {
		return command{why: refuse(body)}, true
	}
	songs, ok := songsOf(body)
	if !ok || !certainSongs(songs, loose) {
		return command{why: sayNeedSongs}, true
	}
	c.songs = songs
	return c, true
}
