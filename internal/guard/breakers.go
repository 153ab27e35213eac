package guard

import "segue/internal/fault"

// Breakers are those of a program, for operators.
type Breakers []*Breaker

// States returns the state of each.
func (l Breakers) States() []State {
	states := make([]State, len(l))
	for i, b := range l {
		states[i] = b.State()
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
