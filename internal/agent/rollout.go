package agent

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// Strategies: how a run is planned.
const (
	ByRules = "rules"  // by the grammar, without a model
	Single  = "single" // by a model that plays one agent
	InCrew  = "crew"   // by a model that plays several, which hand over
)

// Rollout shares people out among strategies, so that two can be compared and one
// rolled back by configuration. The zero value is Single alone.
type Rollout []share

type share struct {
	strategy string
	weight   uint32
}

// ParseRollout reads "crew", or shares such as "crew=20,single=80", which need not
// add up to 100. "" is the zero Rollout.
func ParseRollout(text string) (Rollout, error) {
	var r Rollout
	for term := range strings.SplitSeq(text, ",") {
		name, weight, weighed := strings.Cut(strings.TrimSpace(term), "=")
		if name == "" && !weighed && strings.TrimSpace(text) == "" {
			return nil, nil
		}
		if !slices.Contains([]string{ByRules, Single, InCrew}, name) {
			return nil, fmt.Errorf("there is no strategy %q: there are rules, single and crew", name)
		}
		n := uint64(1)
		var err error
		if weighed {
			n, err = strconv.ParseUint(weight, 10, 16)
		}
		if err != nil || n == 0 {
			return nil, fmt.Errorf("the share of strategy %s is %q, want a whole number from 1 to 65535", name, weight)
		}
		r = append(r, share{name, uint32(n)})
	}
	return r, nil
}

// For returns the strategy of a person, who keeps it while the shares stay.
func (r Rollout) For(personID string) string {
	total := uint32(0)
	for _, s := range r {
		total += s.weight
	}
	if total == 0 {
		return Single
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(personID)) // never fails
	at := h.Sum32() % total
	for _, s := range r {
		if at < s.weight {
			return s.strategy
		}
		at -= s.weight
	}
	return Single
}
