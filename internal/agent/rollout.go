package agent

import (
	"fmt"
	"slices"

	"segue/internal/rollout"
)

// Strategies: how a run is planned.
const (
	ByRules = "rules"  // by the grammar, without a model
	Single  = "single" // by a model that plays one agent
	InCrew  = "crew"   // by a model that plays several, which hand over
)

// Rollout shares people out among strategies, so that two can be compared and one
// rolled back by configuration. The zero value is Single alone.
type Rollout rollout.Shares[string]

// ParseRollout reads "crew", or shares such as "crew=20,single=80", which need not
// add up to 100. "" is the zero Rollout.
func ParseRollout(text string) (Rollout, error) {
	r, err := rollout.Parse(text, func(name string) (string, error) {
		if !slices.Contains([]string{ByRules, Single, InCrew}, name) {
			return "", fmt.Errorf("there is no strategy %q: there are rules, single and crew", name)
		}
		return name, nil
	})
	return Rollout(r), err
}

// For returns the strategy of a person, who keeps it while the shares stay.
func (r Rollout) For(personID string) string {
	if strategy, ok := rollout.Shares[string](r).For(personID); ok {
		return strategy
	}
	return Single
}
