package rules

var (
	defaultTails = patterns(
		"by default", "[as|to] [be] [my|the|a] default [playlist|one|list] [from] [now] [on]", "from now on", "as|to be my|the standard|main [playlist|one]", "be my|the default [playlist|one]", "always", "as [my] standard",
	)
	defaultVerbs = patterns("use|using|make|making|set|let|have|take|choose|pick|keep", "add|put|save [songs|everything|things|them|all] [always] to|in|into")
	fromNowOn    = patterns("from now on", "in future", "in the future")
	henceforth   = patterns("use", "add|put|save [everything|songs|them|it|all] to|in|into")
	defaultLeads = patterns(
		"set|change|switch|make [my|the] default [playlist] to|be|is|=|as", "[set] my|the default [playlist] is|should|to [be]", "default to", "always add|put|use|save [songs|everything|them|it|things|all] [to|in|into]",
		"[my] default [playlist]", "use|choose|pick as [my|the] default [playlist]", "set|make [my] default [playlist]",
	)
)

// setDefault reads which playlist is meant when none is named.
func (r reader) setDefault(p phrase) (command, bool) {
	var name phrase
	if n := p.prefix(fromNowOn); n > 0 {
		rest := p[n:].trim()
		m := rest.prefix(henceforth)
		if m == 0 || m >= len(rest) {
			return command{}, false
		}
		name = rest[m:]
	} else if n := p.prefix(defaultLeads); n > 0 && n < len(p) && !p.any(n, "playlist") {
		name = p[n:]
		if m := name.suffix(defaultTails); m > 0 && m < len(name) {
			name = name[:len(name)-m]
		}
	} else if m := p.suffix(defaultTails); m > 0 {
		n := p.prefix(defaultVerbs)
		if n == 0 || n >= len(p)-m {
			return command{}, false
		}
		name = p[n : len(p)-m]
	} else {
		return command{}, false
	}
	name = name.trim()
	if len(name) > longestShown || len(name.pivots()) > 0 || name.find(newline) >= 0 || name.any(0, "?") {
		return command{}, false
	}
	where := readPlace(name)
	return command{intent: setDefault, where: where}, where.how != unsaid
}
