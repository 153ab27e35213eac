package rules

import (
	"slices"
	"strconv"
	"strings"

	"segue/internal/agent"
	"segue/internal/music"
)

// reading says how words that allow two readings were read.
type reading int

const (
	undoubted reading = iota // there was no choice
	asArtist                 // "Creep by Radiohead, Yellow": Yellow may be a song
	asTitle                  // "Creep and Yellow by Coldplay": may be two songs
	asRow                    // "Deny, Deny, Deny by Brooks & Dunn": may be one title
	asWhole                  // "Hello from Adele": Adele may be the artist
	ownSong                  // "A by B, C by D, Yellow": Yellow may be an artist
)

// doubt is the reading that was not taken.
type doubt struct {
	reading reading
	words   string  // what could be read in two ways
	several bool    // the words name more than one artist or song
	others  []found // the songs of the other reading that are not among those asked for
}

// doubtOf finds the other reading of a title and an artist, whose song is s.
func doubtOf(s music.Song, title, artist phrase) doubt {
	if names := guestsIn(artist); len(names) > 0 {
		return otherwise(asArtist, names, items(names, true), nil)
	}
	if len(title) == 0 || title[0].kind == quoted {
		return doubt{}
	}
	if rows := items(title, true); len(rows) > 1 {
		return otherwise(asTitle, title, rows, s.Artists)
	}
	if at, by := lateArtist(title); at > 0 && len(s.Artists) == 0 {
		return otherwise(asWhole, title, []phrase{title[:at]}, []string{by})
	}
	return doubt{}
}

// lateArtist returns where in a title without an artist one may begin, and who it
// is: "Hello from Adele", "Hello (Adele)".
func lateArtist(title phrase) (at int, by string) {
	last := len(title) - 1
	if last > 0 && title[last].kind == group {
		return last, title[last].body
	}
	for i := last - 1; i > 0; i-- {
		if title.hinge(i, "from") {
			return i, text(title[i+1:])
		}
	}
	return 0, ""
}

// guestsIn returns the end of a credit that may be songs: what follows the first
// comma, or "and" unless that begins a band: "Bob Marley and the Wailers".
func guestsIn(artist phrase) phrase {
	if len(artist) == 0 || artist[0].kind == quoted || slices.ContainsFunc(artist, func(t token) bool { return t.any("feat", "ft", "featuring") }) {
		return nil
	}
	for i := 1; i < len(artist)-1; i++ {
		joins := artist.hinge(i, "and") || artist[i].kind == comma && !artist.fixed(i)
		if joins && !artist.any(i+1, "the", "his", "her", "their", "jr") {
			return artist[i+1:]
		}
	}
	return nil
}

func otherwise(how reading, words phrase, rows []phrase, by []string) doubt {
	d := doubt{reading: how, words: text(words), several: len(items(words, true)) > 1}
	for _, row := range rows {
		d.others = append(d.others, found{song: music.Song{Title: text(row), Artists: by}, how: loose})
	}
	return d
}

// settle forgets the doubts of songs that were told one a line.
func settle(songs []found) {
	for i := range songs {
		songs[i].doubt = doubt{}
	}
}

const mostDoubts = 3 // told in one answer

// doubts tells how the songs of a command were read where there was a choice, and
// returns the messages that ask for the other reading. To is where they go.
func doubts(c command, to string) (say, suggestions []string) {
	for _, s := range c.songs {
		text := s.doubt.told()
		other := request(c.intent, s.doubt.others, to)
		switch {
		case slices.Contains(say, text) || !nameable(s.doubt.words):
		case other != "":
			say, suggestions = append(say, text), append(suggestions, other)
		case s.doubt.reading == ownSong:
			say = append(say, text)
		}
	}
	return say, suggestions
}

// told says how the words were read.
func (d doubt) told() string {
	took := "I took “" + d.words + "” for "
	switch d.reading {
	case ownSong:
		return took + "a song of its own."
	case asWhole:
		return took + "the title. If it names the artist too, choose that below."
	case asTitle:
		return took + "one title. If you meant " + strconv.Itoa(len(d.others)) + " songs, choose them below."
	case asRow:
		return took + "several songs. If it is one title, choose it below."
	case asArtist:
		if d.several {
			return took + "artists. If you meant songs, choose them below."
		}
		return took + "an artist. If you meant a song, choose it below."
	default:
		return ""
	}
}

// closing ends a turn whose calls are made. The run card tells what came of them;
// what is said here is how the message was read where there was a choice.
func closing(commands []command, t agent.Transcript) agent.Step {
	step := agent.Step{Done: true}
	var told []string
	for n, c := range commands {
		if n >= len(t.Results) || t.Results[n].Code != agent.OK || c.intent != add && c.intent != remove {
			continue
		}
		where, _ := resolve(commands, n, t)
		say, suggestions := doubts(c, spot(where))
		told = append(told, say...)
		step.Suggestions = append(step.Suggestions, suggestions...)
	}
	step.Say = strings.Join(told[:min(len(told), mostDoubts)], " ")
	step.Suggestions = step.Suggestions[:min(len(step.Suggestions), mostDoubts)]
	return step
}
