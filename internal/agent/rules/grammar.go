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
	name     string // of a playlist to create
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
		if (cs[i].intent == add || cs[i].intent == remove) && cs[i].where.how == back && cs[i-1].where.how == named {
			cs[i].where = cs[i-1].where
		}
	}
	return cs
}

var (
	newCommands = patterns("add|adding [me|the|this|these]", "remove|delete", "create|make a|an|me|another [new] playlist", "undo that|it|the", "put|throw|stick|save", "show me my|the", "sync")
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
		"hey|hi|hello|yo|hiya [there] [segue]", "segue", "please|pls|plz|kindly", "ok|okay|alright|right|so|well|oh|oops|now|then|next|just|maybe|actually|also|and|plus|but",
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
	q = politeEnd(q)
	if c, ok := r.fixedCommand(q); ok {
		return []command{c}
	}
	for _, read := range []func(phrase) (command, bool){r.setDefault, r.create, r.remove, r.show} {
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

var endings = patterns(
	"please", "pls", "plz", "thanks [a] [lot]", "thank you [so|very] [much]", "thx", "cheers", "ta", "if you can|could|would|please|don't [mind]", "would|will|can|could you", "when you can|get [a] [chance]",
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

var (
	undos = patterns(
		"undo [that|it|this|again]", "undo the|that last [one|thing|change|step|request|message|addition]", "undo what you|i [just] did", "undo the change|changes|addition",
		"take that|it back", "revert [that|it|this]", "revert the last change|one", "roll [that|it] back", "rollback", "put it back [the] [way] [it] [was]", "i|you didn't mean that", "undo my last message|request|change",
	)
	helps = patterns(
		"help [me] [out]", "?", "??", "commands", "what can you|u|i do|say|ask|write|type [for] [me] [here]", "what can segue do", "what do you do", "what are you", "who are you", "how does this|it work", "how do i use this|it|segue|you",
		"what is|are this|segue|you", "how can you help [me]", "what else can you do", "show me what you can do", "show [me] [the] commands|help", "hi|hello|hey|hiya|yo [there] [segue]", "good morning|evening|afternoon|day",
		"what should i say|write|type|do", "i need help", "what [are] [my] options", "menu", "start",
	)
	thanked = patterns(
		"thanks [a] [lot] [segue]", "thank you [so|very] [much]", "thx", "cheers", "ta", "great|perfect|nice|cool|awesome [thanks]", "great|perfect|nice|cool|awesome thank you", "ok|okay [thanks|cool|great]", "nice one", "well done", "good job", "all good", "that's all",
	)
	lists = patterns(
		"[show|list|see|view|display|give|tell|get] [me] [all] [of] my|our playlists", "[show|list|see|view|display] [me] [all] [the|of] playlists", "playlists [i] [have]",
		"what|which playlists do i|we have|own|got [there]", "what|which playlists have i|we [got]", "what|which playlists are there|mine", "what|which are my playlists", "what's|whats my playlists", "how many playlists do i have|own",
		"do i have [any] playlists", "[show|list] [me] [all] [the] playlists i have|own", "what|which playlists", "[show] [me] what playlists i have", "where can i add [songs] [to]", "what|which playlists can i|you add|edit [to]", "[show|list] [me] all [my] playlists",
	)
	askDefaults = patterns(
		"what|which is|one my|the default [playlist|one]", "what's|whats|tell [me] my|the default [playlist|one]", "what|which playlist is my|the default", "my|the default playlist", "where do [my] songs go [by] [default]", "do i have a default playlist", "what|which is the default",
	)
)

// fixedCommand reads what is said in one way or another, but without any names in it.
func (r reader) fixedCommand(p phrase) (command, bool) {
	p = p.trim()
	for _, c := range []struct {
		words  []pattern
		intent intent
	}{{undos, undo}, {helps, help}, {thanked, thanks}, {lists, list}, {askDefaults, askDefault}} {
		if p.is(c.words) {
			return command{intent: c.intent}, true
		}
	}
	if len(p) == 1 && isPlaylist(p[0]) {
		return command{intent: show, where: readPlace(p)}, true
	}
	return command{}, false
}
