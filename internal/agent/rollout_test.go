package agent_test

import (
	"strconv"
	"testing"

	"segue/internal/agent"
)

func TestARolloutKeepsItsSharesAndStaysWithAPerson(t *testing.T) {
	t.Parallel()
	r, err := agent.ParseRollout("crew=20, single=80")
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for i := range 10_000 {
		person := strconv.Itoa(i)
		first := r.For(person)
		if again := r.For(person); again != first {
			t.Fatal("a person changes the strategy")
		}
		counts[r.For(person)]++
	}
	if counts[agent.InCrew] < 1_800 || counts[agent.InCrew] > 2_200 || counts[agent.InCrew]+counts[agent.Single] != 10_000 {
		t.Errorf("shares %v, want 20 and 80 of 100", counts)
	}
}

func TestARolloutThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"solo", "crew=0", "crew=-1", "crew=x", "crew,", "=3"} {
		if r, err := agent.ParseRollout(text); err == nil {
			t.Errorf("%q was read as %v", text, r)
		}
	}
	for text, want := range map[string]string{"": agent.Single, "rules": agent.ByRules, "crew": agent.InCrew} {
		if r, err := agent.ParseRollout(text); err != nil || r.For("ada") != want {
			t.Errorf("%q is %s, %v; want %s", text, r.For("ada"), err, want)
		}
	}
}
