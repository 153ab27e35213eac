package rules

import (
	"slices"
	"strings"
)

var (
	// otherVerbs ask for what Segue does not do; what follows must not be taken for a title.
	otherVerbs = []string{
		"play", "queue", "find", "search", "shuffle", "pause", "skip", "rename", "move", "copy", "replace", "swap", "sort", "order", "group", "merge", "download", "recommend", "suggest", "tell",
		"sing", "buy", "share", "like", "unlike", "follow", "unfollow", "rate", "transfer", "convert", "export", "compare", "reorder", "rearrange", "edit", "change", "turn", "start", "stop", "listen", "look", "check", "put", "throw", "stick", "save", "drop", "pop", "get", "give", "take", "make", "show", "list", "open", "remove", "delete", "add", "create", "sync", "don't", "dont", "never", "not", "cancel", "clear", "empty",
	}
	// talk begins sentences that are not about adding, unless written like a title.
	talk = []string{
		"i", "i'm", "i've", "i'd", "you", "you're", "it", "it's", "its", "he", "she", "we", "they", "is", "are", "was", "were", "do", "does", "did", "can", "could", "would", "will", "should", "have", "has", "who", "who's", "what", "what's", "whats", "when", "where", "why", "how",
		"which", "this", "that", "these", "those", "no", "yes", "thanks", "thank", "sorry", "great", "nice", "ok", "okay", "wow", "lol", "hmm", "well", "my", "me", "same", "there", "because", "if", "maybe", "just", "please", "hey", "hi", "hello", "but", "so", "let's", "whose", "sure", "cool", "good", "perfect",
	}
)

// Words of a title and an artist that came without a verb.
const (
	longestBareTitle  = 14
	longestBareArtist = 7
)

// withoutVerb reads "X by Y", "Artist - Title", links and lists without a verb,
// "I'd like X by Y in Gym" and what goes on from the message before: "and X, Y".
func (r reader) withoutVerb(p, polite phrase) []command {
	if cs := r.wished(p); cs != nil {
		return cs
	}
	follow := p.prefix(followLeads)
	if n := p.prefix(anotherOne); n > 0 && n < len(p)-1 && p[n].separates() {
		follow, p = n, p[n:].trim()
	}
	if n := p.suffix(followTails); n > 0 && n < len(p) && !p.any(len(p)-1, "please") {
		follow = max(follow, 1)
	}
	body := politeEnd(p)
	if n := p.prefix(followLeads); n > 0 && n < len(body) {
		body = body[n:].trim()
	}
	if len(body) == 0 {
		return []command{{}}
	}
	w := intoPlaces
	if at, _ := body.lastPivot(); at < 0 { // "and Fade Into You": nothing tells where a playlist begins
		w = preps{nil, []string{"to", "in", "into", "on", "onto"}}
	}
	if body.buriedVerb() > 0 { // "gosh add Creep by Radiohead": not a title, and not to be guessed at
		return []command{{songs: r.meant(polite, w, nil)}}
	}
	cs := r.pieces(r.titled(body), w, false)
	why := refuse(body)
	if why == sayVague {
		why = ""
	}
	if why != "" || cs[0].intent == unknown {
		return []command{{why: why}}
	}
	need := firm
	if follow > 0 || body.find(newline) > 0 && cs[0].where.how == named { // titles in a list for a playlist
		need = bareTitle
	}
	for i := range cs {
		cs[i].followUp = follow > 0
		if cs[i].same && follow == 0 || len(cs[i].songs) > 0 && !accepted(body, cs[i].songs, need) {
			return []command{{why: whyNot(polite), songs: r.meant(polite, w, cs[i].songs)}}
		}
	}
	return cs
}

// wished reads "I'd like X by Y in Gym"; nil when it is no such wish.
func (r reader) wished(p phrase) []command {
	n := p.prefix(wishVerbs)
	if n == 0 || n >= len(p) || p.any(n, titleAfter...) || p.any(n, "to", "you", "it") {
		return nil
	}
	cs := r.pieces(p[n:].trim(), intoPlaces, true)
	if len(cs) != 1 || cs[0].where.how == unsaid || !certainSongs(cs[0].songs, firm) {
		return nil
	}
	return cs
}

// askLeads stand before a song that is only asked about.
var askLeads = patterns(
	"play|queue|find|like|unlike|share|rate|download|buy|check [me|us|out|for]", "search|look for|up", "what|how about", "who wrote|sang|sings|made", "is|are", "do|did you know|have|like", "i love|like|hate|adore",
	"[i] [want] [to] hear", "listen to", "[to] listen to", "what do you think of|about", "[do] [the] same for|with", "tell me about",
)

// meant returns the song to suggest: the one behind "play" or "what about".
func (r reader) meant(p phrase, w preps, read []found) []found {
	if p.any(0, "don't", "dont", "never") || p.any(0, "do") && p.any(1, "not") {
		return nil
	}
	n := p.prefix(askLeads)
	if verb := p.buriedVerb(); verb > 0 {
		n = verb + 1
	}
	if n == 0 || n >= len(p) {
		return read
	}
	if cs := r.pieces(p[n:].trim(), w, false); len(cs[0].songs) > 0 {
		return cs[0].songs
	}
	return read
}

// buriedVerb returns where, before any "by", a command begins in the middle; 0 when none does.
func (p phrase) buriedVerb() int {
	for i := 1; i < len(p)-1 && p[i].kind == word && !p.any(i, "by"); i++ {
		if lower(p[i].raw) && (p.any(i, "add", "remove", "delete") || p.any(i, "put", "stick") && p.any(0, "to", "into", "in", "on", "for")) {
			return i
		}
	}
	return 0
}

// titled turns the heading of a list, "Gym:", into a playlist it is added to. On
// the line of a song it must be one that is known, or follow "to" or "for".
func (r reader) titled(p phrase) phrase {
	i := p.find(colon)
	if i < 1 || i == len(p)-1 || p[:i].is(thoseSongs) || p[:i].find(newline) >= 0 {
		return p
	}
	name, rest := p[:i], p[i:]
	led := len(name) > 1 && name.any(0, "to", "into", "in", "on", "for")
	switch {
	case p[i+1].kind == newline:
		rest = p[i+1:]
	case !led && !r.certain(name):
		return p
	}
	if led {
		name = name[1:]
	}
	out := append(phrase{{kind: word, raw: "these", low: "these"}, {kind: word, raw: "to", low: "to"}}, name...)
	return append(out, rest...)
}

// accepted reports whether words without a verb are songs beyond doubt.
func accepted(p phrase, songs []found, need certainty) bool {
	if lower(p[0].raw) && p.any(0, "put", "stick") && p.any(1, "on") {
		return false
	}
	if p[0].kind == word && p.any(0, otherVerbs...) && !p.verbIsTitle() && !titleVerb(p) {
		return false
	}
	if p.any(0, talk...) && !writtenAsTitle(p) {
		return false
	}
	if strings.HasSuffix(p[len(p)-1].raw, "?") && !writtenAsTitle(p) {
		return false
	}
	for _, s := range songs {
		if len(strings.Fields(s.song.Title)) > longestBareTitle || len(s.song.Artists) > 0 && !performer(s.song.Artists[0]) {
			return false
		}
	}
	if need == bareTitle {
		return len(p) <= 8*len(p.split(newline)) || certainSongs(songs, loose)
	}
	return certainSongs(songs, need)
}

// sentenceWords stand in sentences, hardly ever in the name of an artist.
var sentenceWords = []string{"is", "was", "were", "will", "has", "have", "today", "yesterday", "tomorrow", "because", "but", "i", "please", "should", "would", "don't"}

// manners follow "by" in sentences: "I know it by heart". Behind a verb for adding they are artists: "Barracuda by Heart".
var manners = []string{"heart", "chance", "accident", "mistake", "default", "design", "now", "then", "artist", "title", "name", "date", "year", "genre", "album", "length", "mood"}

// performer reports whether a name without a verb before it may be an artist's.
func performer(name string) bool {
	words := strings.Fields(name)
	return len(words) <= longestBareArtist && len(words) > 0 && !slices.Contains(manners, words[0]) && !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(sentenceWords, w) })
}

// certainSongs reports whether every song is told well enough; in a list it is
// enough that most of them are.
func certainSongs(songs []found, need certainty) bool {
	sure := 0
	for _, s := range songs {
		if s.how >= need {
			sure++
		}
	}
	return sure == len(songs) && sure > 0 || len(songs) > 2 && sure*2 > len(songs)
}

// titleVerb knows well-worn titles that begin with a verb.
func titleVerb(p phrase) bool {
	return p.any(0, "take", "get", "give", "make", "show", "stop", "like", "turn", "start", "find", "never", "don't", "move", "change", "save", "drop", "play", "put") &&
		len(p) > 2 && p[1].kind == word && (writtenAsTitle(p) && p.any(1, "me", "on", "my", "the", "up", "it", "a", "that", "your", "gonna", "let", "stop", "lucky", "love", "tonight", "over", "hard", "you", "down", "crying", "tears", "again", "dreaming"))
}

// writtenAsTitle reports whether the words before "by" or a dash are capitalised
// like a title, and what follows like a name.
func writtenAsTitle(p phrase) bool {
	end := slices.IndexFunc(p, func(t token) bool { return t.kind == dash })
	if by := p.pivots(); len(by) > 0 {
		end = by[len(by)-1]
	}
	if end < 1 || end >= len(p)-1 || lower(p[0].raw) || lower(p[end+1].raw) {
		return false
	}
	for _, t := range p[:end] {
		if t.kind == word && len(t.raw) > 3 && lower(t.raw) {
			return false
		}
	}
	return true
}

func lower(s string) bool { return s != "" && s[0] >= 'a' && s[0] <= 'z' }

// whyNot finds a better answer than "not understood" for what is asked often.
func whyNot(p phrase) string {
	switch {
	case p.any(0, "play", "queue", "pause", "skip", "shuffle", "listen"), p.any(0, "put", "stick") && p.any(1, "on"):
		return sayNoPlaying
	default:
		return ""
	}
}
