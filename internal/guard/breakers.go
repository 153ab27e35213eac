package guard

import (
	"context"

	"segue/internal/fault"
)

// Breakers are those of a program, for operators.
type Breakers []*Breaker

// States returns the state of each, with the pause of its service.
func (l Breakers) States(ctx context.Context) []State {
	states := make([]State, len(l))
	for i, b := range l {
		states[i] = b.State()
		states[i].PausedUntil = b.options.Gate.Until(ctx)
	}
	return states
}

// Reset closes the breaker of that name; fault NotFound when there is none.
func (l Breakers) Reset(name string) error {
	for _, b := range l {
		if b.options.Name == name {
			b.Reset()
			return nil
		}
	}
	return fault.New(fault.NotFound, "There is no breaker of that name.", nil)
}
