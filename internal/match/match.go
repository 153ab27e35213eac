// Package match finds the recording that a person means among the tracks that
// a search found, or says that it cannot know. A wrong version is worse than a
// question: everything here errs towards asking. It is pure: the same song and
// the same tracks, in any order, give the same answer.
package match

import "segue/internal/music"

// Strategy is the name of this way of matching, reported in every Match.
const Strategy = "thorough"

// Methods: what settled a match.
const (
	byLink = "link" // the person linked the track
	byISRC = "isrc" // the recording code agrees, and so does the title
	byText = "text" // title, artist and the rest
	byNone = "none" // nothing was settled
)

// Thresholds of the decision; shares are confidences from 0 to 1.
const (
	autoShare  = 0.80 // below this a person is asked
	autoMargin = 0.40 // ahead of the next recording by at least this
	sureShare  = 0.90 // from here on no further query can help enough
	askShare   = 0.10 // below this a recording is not worth a question
	fewChoices = 3
	maxChoices = 5 // for a song without an artist
)

// Decide matches a song against the tracks found for it, in any order and with
// repetitions. Auto carries the pick first, Ask up to five recordings to choose
// from, None the nearest miss among its reasons.
func Decide(s music.Song, found []music.Track) music.Match {
	if s.TrackID != "" {
		return linked(s, found)
	}
	m := decide(s, found)
	if m.Verdict == music.Auto || s.Version != "" {
		return m
	}
	core, version, ok := bareVersion(s.Title)
	if !ok {
		return m
	}
	s.Title, s.Version = core, version
	if second := decide(s, found); better(second, m) {
		return second
	}
	return m
}

// Sure reports whether no further query can help enough to be worth asking.
func Sure(m music.Match) bool {
	return m.Verdict == music.Auto && (m.Method != byText || m.Choices[0].Confidence >= sureShare)
}

// better reports whether the second reading of a title led further than the first.
func better(second, first music.Match) bool {
	return second.Verdict == music.Auto || second.Verdict == music.Ask && first.Verdict == music.None
}

// linked takes the very track that was linked. When it is gone, the text may
// still help, but only to ask.
func linked(s music.Song, found []music.Track) music.Match {
	for _, t := range found {
		if t.ID == s.TrackID {
			reasons := []string{"You linked this very track."}
			return music.Match{
				Verdict: music.Auto, Strategy: Strategy, Method: byLink, Reasons: reasons,
				Choices: []music.Choice{{Track: t, Confidence: 1, Reasons: reasons}},
			}
		}
	}
	s.TrackID = ""
	m := decide(s, found)
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
func decide(s music.Song, found []music.Track) music.Match {
	w := newWanted(s)
	m := music.Match{Verdict: music.None, Strategy: Strategy, Method: byNone}
	if w.title.full.empty() && w.isrc == "" {
		m.Reasons = []string{"The song has no title to look for."}
		return m
	}
	recordings := cluster(survey(&w, found))
	rank(&w, recordings)
	v := view{want: &w, all: recordings, fit: fitting(recordings)}
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
