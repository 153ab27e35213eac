package agent

import "time"

// Spending is what a language model has cost a person in one day (UTC), or the most
// it may cost them, where zero is no limit.
type Spending struct {
	Tokens int
	Time   time.Duration // that the model has taken
}

// Limited reports whether there is a limit at all.
func (most Spending) Limited() bool { return most.Tokens > 0 || most.Time > 0 }

// Used returns which part of the limit is used, in percent: of tokens or time,
// whichever is more.
func (most Spending) Used(spent Spending) int {
	used := 0
	if most.Tokens > 0 {
		used = 100 * spent.Tokens / most.Tokens
	}
	if most.Time > 0 {
		used = max(used, int(100*spent.Time/most.Time))
	}
	return used
}
