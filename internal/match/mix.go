package match

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// Mix shares runs out among strategies, so that two can be compared on what
// people really ask for. The zero value is the thorough strategy alone.
type Mix []part

type part struct {
	strategy Strategy
	weight   uint32
}

// ParseMix reads "thorough", or shares such as "thorough=80,frugal=20", which
// need not add up to 100. "" is the zero Mix.
func ParseMix(text string) (Mix, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var m Mix
	for term := range strings.SplitSeq(text, ",") {
		name, share, weighed := strings.Cut(strings.TrimSpace(term), "=")
		s, err := Named(name)
		if err != nil {
			return nil, err
		}
		weight := uint64(1)
		if weighed {
			if weight, err = strconv.ParseUint(share, 10, 16); err != nil || weight == 0 {
				return nil, fmt.Errorf("the share of strategy %s is %q, want a whole number from 1 to 65535", name, share)
			}
		}
		m = append(m, part{s, uint32(weight)})
	}
	return m, nil
}

// For returns the strategy of a run; the same run always has the same one.
func (m Mix) For(runID string) Strategy {
	total := uint32(0)
	for _, p := range m {
		total += p.weight
	}
	if total == 0 {
		return thorough()
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(runID))
	at := h.Sum32() % total
	for _, p := range m {
		if at < p.weight {
			return p.strategy
		}
		at -= p.weight
	}
	return thorough()
}
