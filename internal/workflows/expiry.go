package workflows

import (
	"slices"
	"time"

	"segue/internal/agent"
)

// Expires returns when a question of a run is settled without an answer: a plan
// after a day, by leaving everything as it is, anything else after seven, by
// leaving it out. Zero when nothing says since when it is asked.
func Expires(p agent.Progress, q agent.Question) time.Time {
	limit := answerLimit
	if len(q.Plan) > 0 {
		limit = approvalLimit
	}
	steps := p.Steps
	for _, t := range p.Tasks {
		if t.Key == q.Task {
			steps = slices.Concat(steps, t.Steps)
		}
	}
	for _, s := range steps {
		if s.State == agent.Waiting && !s.Since.IsZero() {
			return s.Since.Add(limit)
		}
	}
	return time.Time{}
}
