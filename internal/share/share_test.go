package share_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"segue/internal/fault"
	"segue/internal/share"
)

func TestALinkIsFoundByItsTokenAndKeepsNoneOfIt(t *testing.T) {
	t.Parallel()
	link, token, err := share.New("ada", "run1", 24, true, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	sum, ok := share.Hash(token)
	if !ok || !bytes.Equal(sum, link.Hash) || len(token) != 43 || bytes.Contains(sum, []byte(token)) {
		t.Errorf("token %q of %d characters: ok %v, hash %x, want %x", token, len(token), ok, sum, link.Hash)
	}
}

func TestALinkIsOverAtItsTimeAndWhenRevoked(t *testing.T) {
	t.Parallel()
	now := time.Now()
	link, _, err := share.New("ada", "run1", 24, false, now)
	if err != nil {
		t.Fatal(err)
	}
	revoked := link
	revoked.RevokedAt = now
	if link.Over(now.Add(24*time.Hour-1)) || !link.Over(now.Add(24*time.Hour)) || !revoked.Over(now) {
		t.Errorf("link until %v ends at another time", link.ExpiresAt)
	}
}

func TestOtherLifetimesAreRefused(t *testing.T) {
	t.Parallel()
	for _, hours := range []int{-1, 0, 1, 25, 31 * 24} {
		if _, _, err := share.New("ada", "run1", hours, false, time.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%d hours: %v, want a fault Invalid", hours, err)
		}
	}
}

func TestWhatCannotBeATokenIsNotLookedFor(t *testing.T) {
	t.Parallel()
	good := strings.Repeat("A", 43)
	for text, want := range map[string]bool{
		good: true, "": false, "A": false, good + "A": false, good[:42] + "B": false, good[:42] + "=": false,
		"\n" + good: false, strings.Repeat("+", 43): false, strings.Repeat("A", 1<<16): false,
	} {
		if _, ok := share.Hash(text); ok != want {
			t.Errorf("%.50q: %v, want %v", text, ok, want)
		}
	}
}
