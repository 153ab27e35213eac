package rules

import (
	"unicode/utf8"

	"segue/internal/agent"
)

// intent is what a command asks for.
type intent int

const (
	unknown intent = iota
	add
	remove
	create
	rename
	dedupe
	reorder
	show
	list
	setDefault
	askDefault
	undo
	help
	thanks
)

// command is one thing a message asks for.
type command struct {
	intent   intent
	songs    []found
	same     bool // the songs of the message before: "add it to Gym"
	where    place
	name     string // of a playlist to create or rename
	by       string // what to sort by
	falling  bool   // sorted the other way round
	to       int    // place of a song to move
	followUp bool   // "and …", "… too": goes where the last one went
	why      string // what to say about an unknown one; "" for the general words
}

// reader reads messages. Known are names of playlists the conversation has heard.
type reader struct{ known []string }

// maxClauses bounds the commands of one message.
const maxClauses = 20

// read returns the commands of a message, in order. One that cannot be read makes
// the whole message unknown, so that nothing is done by halves.
func (r reader) read(message string) []command {
	if utf8.RuneCountInString(message) > agent.MaxMessage {
		return []command{{why: sayTooLong}}
	}
	p := tokenize(message).trim()
	if len(p) == 0 {
		return []command{{}}
	}
	clauses := splitClauses(p)
	if len(clauses) > maxClauses {
		return []command{{why: sayTooMuch}}
	}
	var out []command
	for _, clause := range clauses {
		for _, c := range r.clause(clause) {
			if c.where.how == fresh && (c.where.ref.Name == "" || c.intent != add) {
				c = command{why: sayNameless}
			}
			if c.intent == unknown {
				return []command{c}
			}
			out = append(out, c)
		}
	}
	return connect(withFresh(out))
}

// withFresh puts the creation of a playlist before the command that asks for it:
// "add X by Y to a new playlist called Sad".
func withFresh(cs []command) []command {
	var out []command
	for _, c := range cs {
		if c.where.how == fresh {
			out = append(out, command{intent: create, name: c.where.ref.Name})
			c.where = place{how: made}
		}
		out = append(out, c)
	}
	return out
}

// connect lets a command without a playlist share the one of its neighbours:
// "add A by B and add C by D to Gym", "create a playlist called X and add … to it".
func connect(cs []command) []command {
	for i := range cs {
		if cs[i].intent == create {
			for j := i + 1; j < len(cs) && cs[j].intent == add && (cs[j].where.how == unsaid || cs[j].where.how == back); j++ {
				cs[j].where.how = made
			}
		}
	}
	for i := len(cs) - 2; i >= 0; i-- {
		if cs[i].intent == add && cs[i].where.how == unsaid && cs[i+1].intent == add {
			cs[i].where = cs[i+1].where
		}
	}
	for i := 1; i < len(cs); i++ {
		if cs[i].changes() && cs[i].where.how == back && cs[i-1].where.how == named {
			cs[i].where = cs[i-1].where
		}
	}
	return cs
}

// changes reports whether a command changes the songs of a playlist, or their order.
func (c command) changes() bool {
	return c.intent == add || c.intent == remove || c.intent == dedupe || c.intent == reorder
}

var (
	newCommands = patterns("add|adding [me|the|this|these]", "remove|delete", "create|make a|an|me|another [new] playlist", "undo that|it|the", "put|throw|stick|save", "show me my|the", "sync", "sort|rename it|them|the|my")
	addThose    = patterns("add|put|sync|throw|stick|save [all] [of] these|those|them|this|the|all|everything")
	joints      = patterns("and [then|also|please]", "then", "but [also|please]", "after that")
)

// splitClauses cuts where a new command begins: after a full stop, at a new line
// or at "and", if a verb follows that begins no title there.
func splitClauses(p phrase) []phrase {
	var out []phrase
	start := 0
	for i := 1; i < len(p); i++ {
		n := 0
		switch {
		case p[i].kind == newline || p[i].kind == semicolon || p[i].kind == comma:
			n = 1 + p[i+1:].prefix(joints)
		case p[i].kind == word && p.any(i, "and", "then", "but"):
			n = p[i:].prefix(joints)
		case p[i-1].kind == word && endsSentence(p[i-1].raw):
			n = p[i:].prefix(joints)
		default:
			continue
		}
		rest := p[min(i+n, len(p)):]
		if len(rest) > 1 && rest.prefix(newCommands) > 0 && !rest.verbIsTitle() && rest.commits(p[i].kind) && !p[start:i].opens(rest) {
			out = append(out, p[start:i].trim())
			start = i + n
			i = start
		}
	}
	return append(out, p[start:].trim())
}

// opens reports whether p is only the beginning of the command that follows it:
// courtesies, or a list above "add these to Gym".
func (p phrase) opens(next phrase) bool {
	if p.prefix(addVerbs) == 0 && next.prefix(addThose) > 0 {
		return true
	}
	for p = p.trim(); len(p) > 0; p = p.trim() {
		n := p.prefix(leads)
		if n == 0 {
			return false
		}
		p = p[n:]
	}
	return true
}

func endsSentence(raw string) bool {
	last := raw[len(raw)-1]
	return len(raw) > 2 && (last == '.' || last == '!' || last == '?')
}

// commits reports whether a clause that seems to begin with a verb has what a
// command needs; "put" and "save" begin titles too often.
func (p phrase) commits(after kind) bool {
	if !p.any(0, "put", "throw", "stick", "save") {
		return true
	}
	if after == newline && p.find(dash) >= 0 {
		return false
	}
	for i := 2; i < len(p); i++ {
		if p.hinge(i, "to", "into", "in", "on", "onto") {
			return len(p.pivots()) > 0 || p.any(1, "it", "them", "that")
		}
		if p[i].kind == newline {
			break
		}
	}
	return false
}

var (
	leads = patterns(
		"hey|hi|hello|yo|hiya [there] [segue]", "segue", "please|pls|plz|plese|pleas|kindly", "wait|stop", "fucking|fuckin|bloody|damn", "mate|bro|dude", "ok|okay|alright|right|so|well|oh|oops|now|then|next|just|maybe|actually|also|and|plus|but",
		"can|could|would|will you|u|we|i [please|kindly|just|also|maybe]", "would|do you mind", "i'd|we'd like|love|prefer [you] [to]", "i|we would like|love [you] [to]",
		"i|we want|need|wish [you] to", "i wanna", "let's|lets", "let us", "go ahead [and]", "do me a favor|favour [and]", "is it possible to", "are you able to", "are u able to", "try to", "feel free to",
		"sorry", "thanks", "that|this was|is wrong|bad", "that|this was|is not right", "that|this wasn't|isn't right", "that's wrong", "wrong [one|song|playlist]", "great|cool|nice|perfect|good|awesome", "yes|yeah|yep|sure", "no|nope",
	)
	anotherOne  = patterns("[and] another [one|song|track]", "[and] one more [song|track]", "[and] this one [too]", "[and] next [one|song|track]")
	followLeads = patterns("and [also|then|maybe]", "also", "plus", "oh [and]", "as well as", "then", "and|oh please")
	followTails = patterns("too", "as well", "also", "please", "as well please", "too please")
)

// clause reads one command, or several to different playlists.
func (r reader) clause(p phrase) []command {
	q, follow := skipLead(p)
	q = mended(politeEnd(q))
	for _, whole := range []phrase{p, q} {
		if c, ok := r.fixedCommand(whole); ok {
			return []command{c}
		}
	}
	for _, read := range []func(phrase) (command, bool){r.setDefault, r.create, r.rename, r.dedupe, r.reorder, r.remove, r.show} {
		if c, ok := read(q); ok {
			return split(c)
		}
	}
	if cs, ok := r.add(q); ok {
		for i := range cs {
			cs[i].followUp = follow
		}
		return cs
	}
	return r.withoutVerb(p, q)
}

// split makes two commands of a playlist that is created with songs.
func split(c command) []command {
	if c.intent != create || len(c.songs) == 0 {
		return []command{c}
	}
	songs := command{intent: add, songs: c.songs, where: place{how: made}}
	c.songs = nil
	return []command{c, songs}
}

// skipLead drops courtesies before a command and reports a leading "and" or "also".
func skipLead(p phrase) (phrase, bool) {
	follow := false
	for {
		for len(p) > 1 && p[0].symbol() {
			p = p[1:]
		}
		n := p.prefix(leads)
		if n == 0 || n >= len(p) || p.any(0, "please") && p.any(1, "please") {
			return p, follow
		}
		follow = follow || p.prefix(followLeads) > 0
		p = p[n:]
		if p = p.trim(); len(p) == 0 {
			return p, follow
		}
	}
}

// mended reads a verb in spite of one slip of the thumb: "remvoe", "delte", "ad".
func mended(p phrase) phrase {
	if len(p) < 2 || p[0].kind != word || !lower(p[0].raw) {
		return p
	}
	for _, verb := range []string{"remove", "delete", "create", "undo"} {
		if oneSlip(p[0].low, verb) {
			return append(phrase{{kind: word, raw: verb, low: verb}}, p[1:]...)
		}
	}
	if p.any(0, "ad", "addd", "aadd", "adda") {
		return append(phrase{{kind: word, raw: "add", low: "add"}}, p[1:]...)
	}
	return p
}

// oneSlip reports whether a is b with one letter too many, missing or wrong, or
// with two neighbours swapped.
func oneSlip(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return a != b && len(a) <= 1 && len(b) <= 1 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}

var endings = patterns(
	"[and] please|pls|plz|thx|cheers|ta|asap", "[and] thanks [a] [lot]", "[and] thank you [so|very] [much]", "if you can|could|would|please|don't [mind]", "would|will|can|could you", "when you can|get [a] [chance]",
)

// politeEnd drops courtesies behind a command.
func politeEnd(p phrase) phrase {
	for len(p) > 1 {
		n := p.suffix(endings)
		if n == 0 || n >= len(p) || p.any(len(p)-1, "please") && p.any(len(p)-2, "please") {
			return p
		}
		p = p[:len(p)-n].trim()
	}
	return p
}
