package partial

import "segue/internal/agent"

// Amendable reports whether a finished task looked for a song, found or not,
// and nobody has said yet which one it is. A link says so by itself.
func Amendable(t agent.Task) bool {
	if !t.State.Final() || t.Match == nil || t.Song.TrackID != "" || ruled(t) || t.Match.Method == "person" {
		return false
	}
	switch t.Result {
	case agent.Added, agent.AlreadyThere, agent.NotFound:
		return true
	}
	return false
}

func amendTitle(t agent.Task) string {
	if _, found := track(t); found {
		return "Wrong version?"
	}
	return "Is it on Spotify?"
}

// amendment is the question that is asked when a match was wrong: the other recordings that were considered.
func amendment(t agent.Task) agent.Question {
	q := agent.Question{ID: "correct-" + t.Key, Task: t.Key, Memorable: true}
	for _, c := range others(t) {
		q.Options = append(q.Options, agent.Option{ID: c.Track.ID, Track: &c.Track, Confidence: c.Confidence, Reasons: c.Reasons})
	}
	return q
}
