package match

import (
	"fmt"

	"segue/internal/fault"
	"segue/internal/music"
)

// Judge is who settles a question that the matcher leaves open.
type Judge string

// The judges. A model may not choose what is ruled out, a person may.
const (
	Person Judge = "person"
	Model  Judge = "model"
)

// NoneOfThem is the answer that no choice is meant.
const NoneOfThem = -1

// Settle answers an open question: m.Choices[index] is meant, or none of them.
// The choices, at most five, say what agrees, what differs and what rules them
// out; nothing else is needed to judge. The match that comes back is Auto with
// the one choice, or None; its method names the judge. A match that is not open
// is a conflict, an index that names no choice invalid, and a model's choice of
// what is ruled out forbidden.
func Settle(m music.Match, by Judge, index int) (music.Match, error) {
	settled := music.Match{Verdict: music.None, Strategy: m.Strategy, Method: string(by)}
	switch {
	case m.Verdict != music.Ask:
		return m, fault.New(fault.Conflict, "There is nothing to choose.", nil)
	case index == NoneOfThem:
		settled.Reasons = []string{"None of the recordings found is the one you mean."}
		return settled, nil
	case index < 0 || index >= len(m.Choices):
		return m, fault.New(fault.Invalid, "That is none of the choices.", nil)
	}
	choice := m.Choices[index]
	if by == Model && choice.Veto != "" {
		return m, fault.New(fault.Forbidden, fmt.Sprintf("Its %s rules that recording out. Only you can choose it.", choice.Veto), nil)
	}
	settled.Verdict, settled.Choices = music.Auto, []music.Choice{choice}
	if settled.Reasons = []string{"You chose this one."}; by == Model {
		settled.Reasons = choice.Reasons
	}
	return settled, nil
}
