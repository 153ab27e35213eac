package rules

var (
	showLeads = patterns(
		"what|which [songs|tracks|music] is|are|do|have [i|we] [have|got] [all] in|on|inside", "what's|whats [currently|now] in|on|inside", "what|which songs|tracks do i have in|on", "how many songs|tracks [are|do] [i] [have] [there] in|on",
		"what [all] is|are [there] in|on|inside", "tell me what|what's is|in|on [in|on]", "see what|what's is|in|on [in|on]", "show|list|view|display|see|print|read|give [me|us] [what|what's] [is] [in|on|inside]",
		"show|list|view|display|see|print|read|give|get [me|us] [all] [of] [the] songs|tracks|contents|content|music|everything|items [that] [are|is] in|on|of|from|inside", "open [up]", "[the] songs|tracks|contents|content|tracklist in|on|of|inside",
		"show|list|view|display|see [me|us]", "let me see", "look at", "what do i|you|we have in|on", "what have i got in|on", "what did i put in|on", "which songs|tracks are in|on|inside",
	)
	notPlaces = []string{"how", "why", "who", "where", "when", "some", "something", "songs", "more", "similar", "any", "all"}
)

const longestShown = 10 // tokens of a playlist to show

// show reads a wish to see what is in a playlist.
func (r reader) show(p phrase) (command, bool) {
	n := p.prefix(showLeads)
	if n == 0 || n >= len(p) {
		return command{}, false
	}
	rest := p[n:].trim()
	if len(rest) == 0 || len(rest) > longestShown || len(rest.pivots()) > 0 || len(rest.dashes()) > 0 || rest.any(0, notPlaces...) || rest.find(newline) >= 0 {
		return command{}, false
	}
	if rest[0].kind == link && !isPlaylist(rest[0]) {
		return command{}, false
	}
	where := readPlace(rest)
	return command{intent: show, where: where}, where.how != unsaid
}
