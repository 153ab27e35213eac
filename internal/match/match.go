// Package match finds the recording that a person means among the tracks that
// a search found, or says that it cannot know. A wrong version is worse than a
// question: everything here errs towards asking. It is pure: the same song and
// the same tracks, in any order, give the same answer.
package match

import "segue/internal/music"

// Methods: what settled a match.
const (
	byLink = "link" // the person linked the track
	byISRC = "isrc" // the recording code agrees, and so does the title
	byText = "text" // title, artist and the rest
	byNone = "none" // nothing was settled
)

// Thresholds of the decision; shares are confidences from 0 to 1. Those of all
// recordings and of "none of these" sum to 1, so what is taken without asking
// leads the next recording by 0.7 at least.
const (
	autoShare  = 0.85 // below this a person is asked
	sureShare  = 0.90 // from here on no further query can help enough
	askShare   = 0.10 // below this a recording is not worth a question
	fewChoices = 3
	maxChoices = 5 // for a song without an artist
)

func thorough() Strategy { return strategies()[0] }

// resolve takes a linked track, else decides by what the song says as it
// stands and, should that lead nowhere, by its other readings.
func resolve(s music.Song, found []music.Track, exact bool) music.Match {
	if s.TrackID != "" {
		return linked(s, found)
	}
	m := decide(s, found, exact)
	if m.Verdict == music.Auto || len(found) == 0 {
		return m
	}
	for _, r := range readings(s) {
		if r.note != "" && m.Verdict != music.None {
			continue
		}
		second := decide(r.song, found, exact)
		if second.Verdict == music.Auto && r.note == "" {
			return second
		}
		if second.Verdict != music.None && m.Verdict == music.None {
			m = second
			m.Verdict = music.Ask
			if r.note != "" {
				m.Method, m.Reasons = byNone, append([]string{r.note}, second.Reasons...)
			}
		}
	}
	return m
}

// linked takes the very track that was linked. When it is gone, the text may
// still help, but only to ask.
func linked(s music.Song, found []music.Track) music.Match {
	for _, t := range found {
		if t.ID == s.TrackID {
			reasons := []string{"This very track was asked for."}
			return music.Match{
				Verdict: music.Auto, Method: byLink, Reasons: reasons,
				Choices: []music.Choice{{Track: t, Confidence: 1, Reasons: reasons}},
			}
		}
	}
	s.TrackID = ""
	m := decide(s, found, false)
	if m.Verdict == music.Auto {
		m.Verdict, m.Method = music.Ask, byNone
	}
	if m.Verdict == music.None {
		m.Reasons = nil
	}
	m.Reasons = append([]string{"The linked track was not found."}, m.Reasons...)
	return m
}

// decide weighs, clusters and ranks what was found and gives the verdict.
func decide(s music.Song, found []music.Track, exact bool) music.Match {
	w := newWanted(s)
	m := music.Match{Verdict: music.None, Method: byNone}
	if w.title.full.empty() && w.isrc == "" {
		m.Reasons = []string{"The song has no title to look for."}
		return m
	}
	recordings := cluster(survey(&w, found))
	rank(&w, recordings)
	v := view{want: &w, exact: exact, all: recordings, fit: fitting(recordings)}
	switch {
	case v.auto():
		m.Verdict, m.Method = music.Auto, byText
		if v.fit[0].best.isrc {
			m.Method = byISRC
		}
		m.Choices = v.choices(v.offers(), 1)
		m.Reasons = v.whyAuto()
	case len(v.fit) > 0:
		m.Verdict = music.Ask
		m.Choices = v.choices(v.offers(), 1)
		m.Reasons = v.whyAsk(v.offers())
	case len(v.versions()) > 0:
		m.Verdict = music.Ask
		m.Choices = v.choices(v.versions(), otherShare)
		m.Reasons = v.whyVersions()
	default:
		m.Reasons = v.whyNone()
	}
	return m
}
