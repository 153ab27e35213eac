package server

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"segue/internal/agent"
)

func TestAMessageIsSendableOrItsKeptTextIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		typed := string(rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "typed"))
		text, kept, err := messageText(typed)
		if err == nil && (text == "" || text != strings.TrimSpace(text) || strings.ContainsFunc(text, unsendable)) {
			t.Fatalf("accepted %q", text)
		}
		if !utf8.ValidString(kept) || strings.ContainsFunc(kept, unsendable) {
			t.Fatalf("kept %q", kept)
		}
		if _, again, _ := messageText(kept); again != kept && strings.ContainsFunc(kept, visible) {
			t.Fatalf("keeping %q twice gives %q", kept, again)
		}
	})
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 10_001: "10,001", 1_002_003: "1,002,003"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %s", n, got)
		}
	}
}

func TestALimiterFillsUpAgainAndForgets(t *testing.T) {
	t.Parallel()
	l, now := newLimiter(2), time.Now()
	for range 2 {
		if l.take("a", now) != 0 {
			t.Error("refused within the limit")
		}
	}
	for range 3 { // being refused costs nothing
		if got := l.take("a", now); got != 30*time.Second {
			t.Errorf("wait %v, want 30s", got)
		}
	}
	if l.take("b", now) != 0 || l.take("a", now.Add(30*time.Second)) != 0 {
		t.Error("refused somebody else, or after the wait")
	}
	for i := range maxLimited + 10 {
		l.take(strings.Repeat("x", 1+i%7)+time.Duration(i).String(), now)
	}
	if n := len(l.seen); n > maxLimited {
		t.Errorf("remembers %d", n)
	}
}

func TestWhatACardSaysIsNotSaidTwice(t *testing.T) {
	t.Parallel()
	say := func(id, text string) agent.Run { return agent.Run{ID: id, Outcome: &agent.Progress{Say: text}} }
	got := uncarded([]agent.Message{
		{ID: "a", Role: agent.Assistant, Text: "Added.", RunID: ""}, // its run is no longer shown
		{ID: "b", Role: agent.Assistant, Text: "of a run too old to be read"},
		{ID: "c", Role: agent.Person, Text: "Added.", RunID: "1"},
		{ID: "d", Role: agent.Person, Text: "help", RunID: "2"},
		{ID: "e", Role: agent.Assistant, Text: "Here is what I can do."},
		{ID: "f", Role: agent.Person, Text: "add One", RunID: "3"},
	}, []agent.Run{say("0", "Added."), {ID: "1"}, say("2", "Here is what I can do."), {ID: "3"}})
	var ids string
	for _, m := range got {
		ids += m.ID
	}
	if ids != "abcdf" {
		t.Errorf("left are %s", ids)
	}
}

func TestAddressesAreCountedByNetwork(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.7":          "192.0.2.7",
		"::ffff:192.0.2.7":   "::ffff:192.0.2.7",
		"2001:db8:1:2::1":    "2001:db8:1:2::/64",
		"2001:db8:1:2:ff::9": "2001:db8:1:2::/64",
		"fe80::1%eth0":       "fe80::/64",
		"":                   "",
	} {
		if got := network(address); got != want {
			t.Errorf("network(%q) = %q, want %q", address, got, want)
		}
	}
}
