package match

import "segue/internal/rollout"

// Mix shares runs out among strategies, so that two can be compared on what
// people really ask for. The zero value is the thorough strategy alone.
type Mix rollout.Shares[Strategy]

// ParseMix reads "thorough", or shares such as "thorough=80,frugal=20", which
// need not add up to 100. "" is the zero Mix.
func ParseMix(text string) (Mix, error) {
	m, err := rollout.Parse(text, Named)
	return Mix(m), err
}

// For returns the strategy of a run; the same run always has the same one.
func (m Mix) For(runID string) Strategy {
	if s, ok := rollout.Shares[Strategy](m).For(runID); ok {
		return s
	}
	return thorough()
}
