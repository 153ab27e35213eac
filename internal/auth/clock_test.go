package auth

import (
	"testing"
	"time"
)

func TestAJumpOfTheClockCostsOneRefreshAtMostAndARefusalWinsOverIt(t *testing.T) {
	t.Parallel()
	for _, jump := range []time.Duration{time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			p := h.logIn()
			calls := h.stub.count()
			token := ""
			atMost := func(refreshes int, doing string) {
				t.Helper()
				for range 3 {
					var err error
					if token, err = h.vault.Token(t.Context(), p.ID); err != nil {
						t.Fatal(err)
					}
				}
				if now := h.stub.count(); now-calls > refreshes {
					t.Errorf("%s: %d refreshes", doing, now-calls)
				}
				calls = h.stub.count()
			}
			h.clock.Add(jump)
			atMost(1, "after the jump")
			refused := token
			fresh, err := h.vault.Refresh(t.Context(), p.ID, refused)
			if err != nil || fresh == refused {
				t.Errorf("refused %q, got %q, %v", refused, fresh, err)
			}
			atMost(1, "after a refusal")
			h.clock.Add(-jump)
			atMost(1, "when the clock is right again")
		})
	}
}
