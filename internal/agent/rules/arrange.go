package rules

import (
	"strconv"
	"unicode/utf8"

	"segue/internal/agent"
)

var (
	renameVerbs = patterns("rename|renaming", "change the|my name|title of")
	repeats     = patterns(
		"[all] [of] [the|my|any] duplicates|dupes|doubles|repeats", "[all] [of] [the|my|any] duplicate|duplicated|double|repeated songs|tracks|entries|rows",
		"[the] songs|tracks that are|stand|appear [in] [there] twice",
	)
	dedupeVerbs = patterns("dedupe|deduplicate", "clean|tidy up", "clean|tidy")
	repeatVerbs = patterns("find", "find and remove|delete", "look for", "get rid of", "remove|removing|delete|deleting|erase", "take|throw out", "clean|clear up|out")
	sortVerbs   = patterns("sort|sorting|order|reorder|arrange|rearrange|organise|organize")
	allSongs    = patterns("[all] [of] [the|my] songs|tracks in|of|on|from", "everything in|of|on|from", "the order of")
	spokenOfNow = patterns("them|these|those [songs|tracks]", "[all] [of] [the|my] songs|tracks", "everything", "it all")
	upward      = patterns("ascending", "[from] a to z", "a-z", "oldest|shortest|earliest first", "[from] old|oldest to new|newest", "[from] short|shortest to long|longest")
	downward    = patterns("descending", "[from] z to a", "z-a", "newest|latest|longest first", "[from] new|newest to old|oldest", "[from] long|longest to short|shortest", "backwards|reversed", "in reverse [order]")
	moveVerbs   = patterns("move")
	toTop       = patterns("[to] the [very] top|start|beginning|front", "up to the top|start", "to first|1st place|position", "to the first place|position")
	toEnd       = patterns("[to] the [very] end|bottom|back", "down to the end|bottom", "to last place|position", "to the last place|position")
	toPlace     = patterns("to place|position|spot|row|number|no|nr|# [number|no]", "to the place|position|spot|row [number|no]")
)

// sortKeys are the words for what a playlist can be sorted by.
var sortKeys = []struct {
	by    string
	words []pattern
}{
	{agent.ByAdded, patterns("[the] date|time|day [it|they|i] [was|were] added [it|them]", "added [date]", "date")},
	{agent.ByRelease, patterns("[the] year [of] [release]", "[the] release|released [date|year]", "date of release", "age")},
	{agent.ByArtist, patterns("[the] artist|artists|artist's|performer|band|singer [name]")},
	{agent.ByTitle, patterns("[the] title|titles|name|names", "[the] song|track [name|title]")},
	{agent.ByAlbum, patterns("[the] album|albums [name|title]")},
	{agent.ByDuration, patterns("[the] length|duration|time")},
}

// rename reads "rename Gym to Workout".
func (r reader) rename(p phrase) (command, bool) {
	n := p.prefix(renameVerbs)
	if n == 0 || n >= len(p) {
		return command{}, false
	}
	rest, at := p[n:].trim(), 0
	for i := 1; i < len(rest)-1; i++ {
		if rest.any(i, "to", "into", "as") && (at == 0 || r.certain(rest[:i]) && !r.certain(rest[:at])) {
			at = i
		}
	}
	if at == 0 {
		return command{}, false
	}
	c := command{intent: rename, where: readPlace(rest[:at]), name: nameOf(rest[at+1:]).ref.Name}
	return c, c.where.how != unsaid && c.name != "" && utf8.RuneCountInString(c.name) <= longestNewName
}

// dedupe reads "remove duplicates from Gym" and "clean up Gym".
func (r reader) dedupe(p phrase) (command, bool) {
	if n := p.prefix(repeatVerbs); n > 0 && n < len(p) {
		m := p[n:].prefix(repeats)
		rest := p[min(n+m, len(p)):].trim()
		switch {
		case m == 0:
		case len(rest) == 0:
			return command{intent: dedupe, where: place{how: back}}, true
		case len(rest) > 1 && len(rest) <= longestShown && rest.any(0, "from", "in", "of", "on", "inside", "out"):
			where := readPlace(rest[1:])
			return command{intent: dedupe, where: where}, where.how != unsaid
		}
	}
	n := p.prefix(dedupeVerbs)
	if n == 0 || n >= len(p) || len(p) > longestShown || len(p.pivots()) > 0 {
		return command{}, false
	}
	where := readPlace(p[n:])
	return command{intent: dedupe, where: where}, where.how != unsaid
}

// reorder reads "sort Gym by artist" and "move Creep to the top of Gym".
func (r reader) reorder(p phrase) (command, bool) {
	if n := p.prefix(sortVerbs); n > 0 && n < len(p) {
		return sorting(p[n:].trim())
	}
	if n := p.prefix(moveVerbs); n > 0 && n < len(p) {
		return r.moving(p[n:].trim())
	}
	return command{}, false
}

// sorting reads "Gym by artist, descending".
func sorting(p phrase) (command, bool) {
	c := command{intent: reorder}
	if n := p.suffix(downward); n > 0 && n < len(p) {
		c.falling, p = true, p[:len(p)-n].trim()
	} else if n := p.suffix(upward); n > 0 && n < len(p) {
		p = p[:len(p)-n].trim()
	}
	for at := 1; at < len(p)-1; at++ {
		if !p.any(at, "by") {
			continue
		}
		for _, key := range sortKeys {
			if p[at+1:].trim().is(key.words) {
				c.by = key.by
				c.where = sorted(p[:at].trim())
				return c, c.where.how != unsaid && at <= longestName
			}
		}
	}
	return command{}, false
}

// sorted is the playlist of what is to be sorted.
func sorted(p phrase) place {
	if p.is(spokenOfNow) {
		return place{how: back}
	}
	if n := p.prefix(allSongs); n > 0 && n < len(p) {
		p = p[n:]
	}
	return readPlace(p)
}

// moving reads "Creep by Radiohead to the top of Gym".
func (r reader) moving(p phrase) (command, bool) {
	for at := 1; at < len(p); at++ {
		to, n := target(p[at:])
		if n == 0 {
			continue
		}
		c := command{intent: reorder, to: to, where: place{how: back}}
		if rest := p[at+n:].trim(); len(rest) > 0 {
			if len(rest) < 2 || !rest.any(0, "of", "in", "on", "from") {
				continue
			}
			if c.where = readPlace(rest[1:]); c.where.how == unsaid {
				continue
			}
		}
		c, ok := c.withSongs(p[:at].trim())
		return c, ok && len(c.songs) == 1
	}
	return command{}, false
}

// target reads a place in a playlist at the head of p; n is 0 when there is none.
func target(p phrase) (to, n int) {
	if n = p.prefix(toPlace); n > 0 && n < len(p) {
		if to, err := strconv.Atoi(p.low(n)); err == nil && to > 0 {
			return to, n + 1
		}
	}
	if n = p.prefix(toTop); n > 0 && p.any(0, "to", "up") {
		return 1, n
	}
	if n = p.prefix(toEnd); n > 0 && p.any(0, "to", "down") {
		return agent.Last, n
	}
	return 0, 0
}
