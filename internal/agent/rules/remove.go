package rules

var (
	removeVerbs = patterns("remove|removing|delete|deleting|erase|erasing", "get rid of", "take|taking|pull|kick|drop|cut|throw|strip")
	allOf       = patterns("everything", "all", "all [of] [the|my|it|them] [songs|tracks]", "everything else", "duplicates", "[the] duplicates", "the|my last|first|latest [one|song|track|songs]", "the last|first [few] [songs|tracks]")
	wholeList   = patterns("[the|my|this|that] playlist", "[all] [of] my playlists", "playlists")
	thatSong    = patterns("it|that|this|them|those|these [one|song|track|songs|tracks]", "the|that|this same|last [song|track|one]")
)

// remove reads a wish to take songs out of a playlist.
func (r reader) remove(p phrase) (command, bool) {
	n := p.prefix(removeVerbs)
	if n == 0 || n >= len(p) {
		return command{}, false
	}
	sure := p.any(0, "remove", "removing", "delete", "deleting", "erase", "erasing") || n > 1
	rest := p[n:].trim()
	if len(rest) == 0 {
		return command{}, sure
	}
	body, where := r.cutPlace(rest, offPlaces)
	if m := len(body); where.how == unsaid && m > 1 && body.any(m-1, "off", "out", "away") {
		body, where = body[:m-1], place{how: back}
	}
	if !sure && where.how == unsaid || !sure && !leavesBy(rest) {
		return command{}, false
	}
	c := command{intent: remove, where: where}
	body = body.trim()
	switch {
	case len(body) == 0:
		return command{}, true
	case body.is(thatSong):
		c.same = true
		return c, true
	case where.how == unsaid && body[0].kind != quoted && r.certain(body) || body.is(wholeList) || isPlaylist(rest[0]) || body.any(len(body)-1, "playlist") || body.any(0, "playlist") || body.any(1, "playlist") && body.any(0, "the", "my"):
		return command{why: sayNoDeleting}, true
	case body.is(allOf) || body.vague() && body[0].kind != quoted:
		return command{why: sayRemoveByName}, true
	}
	return c.withSongs(followTail(body))
}

// leavesBy reports whether a verb such as "take" is followed by "off", "out" or "from".
func leavesBy(p phrase) bool {
	for i := 1; i < len(p); i++ {
		if p.hinge(i, "off", "from", "out") {
			return true
		}
	}
	return false
}
