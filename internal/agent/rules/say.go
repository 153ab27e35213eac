package rules

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"segue/internal/agent"
	"segue/internal/music"
)

// What is said when no tool says it.
const (
	sayUnknown      = "I did not understand that, so nothing was changed. I can do one of these:"
	sayTooLong      = "That message is too long, so nothing was changed. Send it in parts of up to 10,000 characters."
	sayTooMuch      = "That is too much for one message, so nothing was changed. Send it in parts."
	sayTooMany      = "One message can carry up to 50 songs, so nothing was changed. Write where they go in the first line and one song a line below it, or bring the list with “Import a list”."
	sayShortLink    = "I cannot open short links, so nothing was changed. Send the full link that begins with open.spotify.com/track."
	sayOtherLink    = "I can add single songs, not albums, artists or podcasts. Nothing was changed. Send links to songs, or their titles and artists."
	sayVague        = "I need each song by its title, and best its artist too. Nothing was changed."
	sayNoPlaying    = "I do not play music, I look after your playlists. Nothing was changed."
	sayNoDeleting   = "I do not delete whole playlists. You can do that in Spotify. Nothing was changed."
	sayRemoveByName = "I need each song to remove by its title. Nothing was changed."
	sayNameless     = "What should the new playlist be called? Nothing was created yet."
	sayNeedSongs    = "I need the songs for the new playlist by title and artist. Nothing was created yet."
	sayNoUndo       = "There is nothing to undo in this conversation."
	sayNoSame       = "I do not know which song you mean, so nothing was changed. Name it by title and artist."
	sayNoDefault    = "You have no default playlist yet."
	sayThanks       = "Any time."
	sayHelp         = "Tell me songs and a playlist, and I add them: “Add Bohemian Rhapsody by Queen to Road Trip”. " +
		"Several songs at once, lists and Spotify links work too. I can also create, rename or sort a playlist, show what is in one, remove songs and duplicates, and undo what I did."
)

// offer is a message that could be sent instead, and the words that hint at it.
type offer struct {
	text  string
	hints []string
}

// suggest returns the three messages nearest to what was written.
func suggest(message string, c command, t agent.Transcript) []string {
	words := tokenize(head(message, 2000)).lows()
	score := func(o offer) int {
		n := 0
		for _, hint := range o.hints {
			if slices.Contains(words, hint) {
				n++
			}
		}
		return n
	}
	offers := offersFor(c, t)
	slices.SortStableFunc(offers, func(a, b offer) int { return cmp.Compare(score(b), score(a)) })
	var out []string
	for _, o := range offers[:min(3, len(offers))] {
		out = append(out, o.text)
	}
	return out
}

// offersFor lists what can be done, in the order of likelihood.
func offersFor(c command, t agent.Transcript) []offer {
	where, of := cmp.Or(t.LastPlaylist.Name, t.Default.Name), ""
	if nameable(where) {
		of = quote(where)
	}
	example := []found{{song: music.Song{Title: "Bohemian Rhapsody", Artists: []string{"Queen"}}}}
	wish := func(what intent) string { return cmp.Or(request(what, c.songs, of), request(what, example, of)) }
	offers := []offer{{wish(add), []string{"add", "play", "song", "track", "by", "put", "queue", "like", "want", "hear", "find", "save"}}}
	if of != "" {
		offers = append(offers, offer{"What is in " + of + "?", []string{"what", "what's", "show", "in", "songs", "see", "is", "which", "open"}})
	}
	offers = append(offers,
		offer{"Show my playlists", []string{"playlists", "list", "my", "playlist", "show", "all"}},
		offer{"Create a playlist called Rainy Sunday", []string{"create", "make", "new", "playlist", "called", "build"}},
	)
	if of != "" {
		offers = append(offers, offer{wish(remove), []string{"remove", "delete", "off", "from", "clear", "without"}})
	}
	if t.LastRun != "" {
		offers = append(offers, offer{"Undo that", []string{"undo", "back", "wrong", "mistake", "not", "no", "oops", "cancel"}})
	}
	if of != "" && t.Default.Name != where {
		offers = append(offers, offer{"Use " + of + " by default", []string{"default", "always", "use"}})
	}
	return append(offers, offer{"What can you do?", []string{"help", "how", "can", "you"}})
}

// request writes the message that asks for songs, "" when they cannot be written plainly.
func request(what intent, songs []found, place string) string {
	var names []string
	for _, s := range songs {
		name := spelled(s.song)
		if name == "" {
			return ""
		}
		names = append(names, name)
	}
	if len(names) == 0 || len(names) > mostNamed {
		return ""
	}
	verb, lead := "Add ", " to "
	if what == remove {
		verb, lead = "Remove ", " from "
	}
	row := strings.Join(names, " and ")
	if place == "" {
		return verb + row
	}
	return verb + row + lead + place
}

const mostNamed = 5 // songs in a suggestion

// spelled writes a song so that the grammar reads it in one way only.
func spelled(s music.Song) string {
	if !nameable(s.Title) || len(s.Artists) > 1 {
		return ""
	}
	if len(s.Artists) == 0 {
		return "“" + s.Title + "”"
	}
	if !nameable(s.Artists[0]) || strings.Contains(s.Artists[0], ",") {
		return ""
	}
	return "“" + s.Title + "” by " + quote(s.Artists[0])
}

// spot writes a playlist so that the grammar finds it again, "" for none.
func spot(ref agent.PlaylistRef) string {
	if nameable(ref.Name) {
		return quote(ref.Name)
	}
	uri := "spotify:playlist:" + ref.ID
	if _, ok := music.ParseLink(uri); !ok {
		return ""
	}
	return uri
}

// nameable reports whether a name can be put into a sentence.
func nameable(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= 60 && !strings.ContainsAny(s, "\"“”„\n\t")
}

// quote puts a name in quotation marks if the grammar could misread it.
func quote(s string) string {
	for _, t := range tokenize(s) {
		if t.kind != word || hinges[t.low] || t.any("playlist", "the", "my", "it", "there", "this", "that", "please", "too", "again", "now", "for") {
			return "“" + s + "”"
		}
	}
	return s
}

func (t token) any(words ...string) bool { return slices.Contains(words, t.low) }
