package intake

import (
	"slices"
	"strings"
	"unicode"

	"segue/internal/match"
)

// decor are words that the titles of videos carry about the video, in the
// languages in which they are common, by how much they tell.
var decor = map[string]int{
	// tells by itself, even without brackets
	"hd": 2, "hq": 2, "4k": 2, "uhd": 2, "1080p": 2, "720p": 2, "2160p": 2, "lyrics": 2, "lyric": 2, "videoclip": 2, "musikvideo": 2,
	"visualizer": 2, "visualiser": 2, "visualiseur": 2, "videoclipe": 2, "letra": 2, "songtext": 2, "testo": 2, "paroles": 2, "videolyric": 2, "vevo": 2, "mv": 2, "w/lyrics": 2, "hq/hd": 2,
	// tells in brackets
	"official": 1, "video": 1, "audio": 1, "clip": 1, "officiel": 1, "officielle": 1, "oficial": 1, "oficjalny": 1, "offizielles": 1, "offizieller": 1, "offiziell": 1,
	"ufficiale": 1, "hivatalos": 1, "vídeo": 1, "vidéo": 1, "teledysk": 1, "klip": 1, "officieel": 1, "officiell": 1, "officiële": 1, "upgrade": 1, "upscaled": 1, "tekst": 1, "napisy": 1, "subtitulada": 1, "vod": 1, "fanmade": 1, "1080": 1,
	// says nothing, and goes with the others
	"music": 0, "the": 0, "with": 0, "mit": 0, "con": 0, "avec": 0, "in": 0, "and": 0, "y": 0, "full": 0, "song": 0, "version": 0, "quality": 0, "high": 0, "sound": 0, "on": 0, "screen": 0, "original": 0,
	"fan": 0, "made": 0, "top": 0, "best": 0, "new": 0, "premiere": 0, "exclusive": 0, "from": 0, "film": 0, "promo": 0, "short": 0, "color": 0, "colour": 0, "b&w": 0, "tv": 0, "youtube": 0, "free": 0, "download": 0, "by": 0, "de": 0, "for": 0,
}

// undress takes from a part of a line what it says of a video: brackets such as
// "(Official Video)" and trailing words such as "HD". A version named beside stays.
func undress(part string) (bare string, dressed bool) {
	bare = brackets(part, func(inside string) string {
		kept, tells := plainer(inside)
		dressed = dressed || tells
		return kept
	})
	bare, cut := tail(bare)
	if w := strings.Fields(bare); (dressed || cut) && len(w) > 2 && isYear(w[len(w)-1]) && !number(match.Fold(w[len(w)-2])) {
		bare = strings.Join(w[:len(w)-1], " ") // of the video
	}
	return bare, dressed || cut
}

// brackets rewrites what stands in brackets of the outermost level; what becomes
// nothing goes with them.
func brackets(text string, rewrite func(inside string) string) string {
	if !strings.ContainsAny(text, "([{（【［") {
		return spaced(text)
	}
	var out strings.Builder
	depth, start := 0, 0
	for i, r := range text {
		switch {
		case strings.ContainsRune("([{（【［", r):
			if depth == 0 {
				out.WriteString(text[start:i])
				start = i
			}
			depth++
		case strings.ContainsRune(")]}）】］", r) && depth > 0:
			if depth--; depth == 0 {
				end := i + len(string(r))
				bracket := []rune(text[start:end])
				inside := string(bracket[1 : len(bracket)-1])
				if kept := rewrite(inside); kept != "" {
					out.WriteString(string(bracket[0]) + kept + string(r))
				} else {
					out.WriteByte(' ')
				}
				start = end
			}
		}
	}
	rest := text[start:]
	if depth > 0 { // never closed
		r := []rune(rest)
		if kept := rewrite(string(r[1:])); kept == "" {
			rest = ""
		}
	}
	out.WriteString(rest)
	return spaced(out.String())
}

// plainer returns what a bracket says besides describing a video: of "Official
// Live Video" the word "Live", of "Official Video" nothing.
func plainer(inside string) (kept string, tells bool) {
	var rest []string
	foreign := false
	for _, w := range wordsOf(inside) {
		weight, known := decor[w.low]
		tells = tells || weight > 0
		foreign = foreign || !known
		if weight == 0 && w.low != "music" {
			rest = append(rest, w.as)
		}
	}
	kept = strings.Join(rest, " ")
	switch {
	case !tells:
		return inside, false
	case !foreign || match.Versions("x ("+kept+")") == "":
		return "", true
	default:
		return kept, true
	}
}

// tail cuts trailing words about the video off a part of a line: "Umbrella HD",
// "In the Summertime ORIGINAL 1970". Nothing is left of a part that is nothing else.
func tail(part string) (string, bool) {
	w := wordsOf(part)
	start, from, sum := len(w), len(w), 0
	for ; start > 0; start-- {
		weight, known := trailing(w[start-1:])
		if !known {
			break
		}
		if weight > 0 {
			from, sum = start-1, sum+weight
		}
	}
	switch {
	case sum < 2:
		return part, false
	case from == 0:
		return "", true
	default:
		return strings.TrimRight(part[:w[from-1].to], " -–|,"), true
	}
}

// trailing weighs the first of the words that end a part. A year says when the
// video is from only beside another such word.
func trailing(w []token) (weight int, known bool) {
	first := w[0]
	weight, known = decor[first.low]
	switch {
	case weight > 0 && strings.ContainsAny(first.as[:1], `"'`), weight > 0 && strings.HasPrefix(first.as, "“"):
		return 2, true
	case first.low == "original", isYear(first.low), first.low == "music" && len(w) > 1 && w[1].low == "video":
		return 1, true
	default:
		return weight, known
	}
}

// token is a word of a text, with what clings to it and without.
type token struct {
	as, low string
	to      int // where it ends in the text
}

func wordsOf(text string) []token {
	var out []token
	at := 0
	for f := range strings.FieldsSeq(text) {
		at += strings.Index(text[at:], f) + len(f)
		low := strings.ToLower(strings.TrimFunc(f, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
		if low == "" {
			if strings.Trim(f, "-–—|/•·&+,!*.:") == "" && f != "&" {
				continue // punctuation that stands alone
			}
			low = f
		}
		out = append(out, token{as: f, low: low, to: at})
	}
	return out
}

// channel reports whether a part of a line names the channel that shows the
// video, for an artist.
func channel(part, artist string) bool {
	low, name := match.Fold(part), match.Fold(artist)
	if low == "" || name == "" {
		return low == ""
	}
	rest, ok := strings.CutPrefix(low, name)
	return ok && slices.Contains([]string{"", "vevo", "topic", "official", "music", "musiccom", "tv", "channel", "officialchannel", "oficial"}, rest) ||
		slices.Contains([]string{"topic", "youtube", "vevo"}, low)
}

// spaced leaves single spaces between words.
func spaced(s string) string {
	if !strings.ContainsAny(s, "\t\n\v\f\r\u00a0\u3000") && !strings.Contains(s, "  ") {
		return strings.TrimSpace(s)
	}
	return strings.Join(strings.Fields(s), " ")
}
