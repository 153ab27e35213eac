// Package rollout shares keys (runs, people) out among choices by weight, so that
// two can be compared and one rolled back by configuration.
package rollout

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// Shares are choices with weights; the same key always has the same one. The
// zero value has none.
type Shares[T any] []part[T]

type part[T any] struct {
	choice T
	weight uint32
}

// Parse reads a name, or names with shares such as "thorough=80,frugal=20", which
// need not add up to 100; named says what a name means. Blank text is the zero Shares.
func Parse[T any](text string, named func(string) (T, error)) (Shares[T], error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var s Shares[T]
	for term := range strings.SplitSeq(text, ",") {
		name, share, weighed := strings.Cut(strings.TrimSpace(term), "=")
		choice, err := named(name)
		if err != nil {
			return nil, err
		}
		weight := uint64(1)
		if weighed {
			if weight, err = strconv.ParseUint(share, 10, 16); err != nil || weight == 0 {
				return nil, fmt.Errorf("the share of strategy %s is %q, want a whole number from 1 to 65535", name, share)
			}
		}
		s = append(s, part[T]{choice, uint32(weight)})
	}
	return s, nil
}

// For returns the choice of a key; ok is false when there is none.
func (s Shares[T]) For(key string) (choice T, ok bool) {
	total := uint32(0)
	for _, p := range s {
		total += p.weight
	}
	if total == 0 {
		return choice, false
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // never fails
	at := h.Sum32() % total
	for _, p := range s {
		if at < p.weight {
			return p.choice, true
		}
		at -= p.weight
	}
	return choice, false
}
