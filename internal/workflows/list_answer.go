package workflows

import (
	"strconv"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// RowQuestion asks about a row that is unclear; nil for any other.
func RowQuestion(r agent.Row) *agent.Question {
	if r.State != agent.RowReview || r.Match == nil {
		return nil
	}
	q := songQuestion(strconv.Itoa(r.Position), *r.Match)
	q.Memorable = true
	return q
}

// Answered returns a row as the person has decided, to be saved in place of the one
// that asks. Faults: Conflict when it asks nothing; Invalid for an option that was not offered.
func Answered(r agent.Row, a agent.Answer) (agent.Row, error) {
	q := RowQuestion(r)
	if q == nil {
		return r, fault.New(fault.Conflict, "This question has been settled already.", nil)
	}
	a.Question = q.ID
	if err := validAnswer(q, a); err != nil {
		return r, err
	}
	m := *r.Match
	switch r.State = agent.RowLeftOut; a.Option {
	case agent.NoneOfThese:
		m = choose(m, "") // none of them
	case agent.NotOnSpotify:
		m = music.Match{Verdict: music.None, Strategy: m.Strategy, Method: methodRule, Reasons: []string{"You said it is not on Spotify."}}
	default:
		m, r.State = chosen(m, a), agent.RowFound
	}
	r.Match = &m
	return r, nil
}
