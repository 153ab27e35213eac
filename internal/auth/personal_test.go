package auth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"segue/internal/fault"
)

var fine = PersonalWish{Name: "phone", Scopes: []Scope{SyncWrite}, Days: 90}

func TestSec17_ATokenIsLongRandomAndKeptAsAHash(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	first, text, err := NewPersonalToken("ada", Nobody, fine, now)
	if err != nil {
		t.Fatal(err)
	}
	second, other, _ := NewPersonalToken("ada", Nobody, fine, now)
	raw := text.Reveal()
	if len(raw) != len("segue_")+43 || !strings.HasPrefix(raw, "segue_") || raw == other.Reveal() || first.ID == second.ID {
		t.Errorf("not a random token: %d characters", len(raw))
	}
	if !bytes.Equal(first.Hash, hashID(raw)) || !strings.HasSuffix(raw, first.Last) || len(first.Last) != 4 {
		t.Errorf("kept %+v", first)
	}
	if got := fmt.Sprintf("%v %+v %s", text, text, text); strings.Contains(got, raw[10:]) {
		t.Error("printing shows the token")
	}
	if want := time.Date(2027, 1, 30, 12, 0, 0, 0, time.UTC); !first.ExpiresAt.Equal(want) || first.Expired(want.Add(-1)) || !first.Expired(want) {
		t.Errorf("expires %v, want %v", first.ExpiresAt, want)
	}
}

func TestATokenAllowsNoMoreThanItsPersonMay(t *testing.T) {
	t.Parallel()
	wish := func(change func(*PersonalWish)) PersonalWish {
		w := fine
		change(&w)
		return w
	}
	scoped := func(s ...Scope) PersonalWish { return wish(func(w *PersonalWish) { w.Scopes = s }) }
	for name, c := range map[string]struct {
		role    Role
		wish    PersonalWish
		refused bool
	}{
		"fine":                   {Nobody, fine, false},
		"for ever":               {Nobody, wish(func(w *PersonalWish) { w.Days = 0 }), false},
		"reading by a viewer":    {Viewer, scoped(AdminRead), false},
		"writing by an operator": {Operator, scoped(AdminRead, AdminWrite), false},
		"reading by nobody":      {Nobody, scoped(AdminRead), true},
		"writing by a viewer":    {Viewer, scoped(AdminWrite), true},
		"an unknown scope":       {Admin, scoped("everything"), true},
		"no scope":               {Admin, scoped(), true},
		"no name":                {Admin, wish(func(w *PersonalWish) { w.Name = "" }), true},
		"a long name":            {Admin, wish(func(w *PersonalWish) { w.Name = strings.Repeat("ä", 61) }), true},
		"a long playlist":        {Admin, wish(func(w *PersonalWish) { w.Playlist = strings.Repeat("ä", 201) }), true},
		"a day":                  {Admin, wish(func(w *PersonalWish) { w.Days = 1 }), true},
		"days below zero":        {Admin, wish(func(w *PersonalWish) { w.Days = -30 }), true},
	} {
		_, text, err := NewPersonalToken("ada", c.role, c.wish, time.Now())
		if (fault.KindOf(err) == fault.Invalid) != c.refused || c.refused != (text == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// drawer is a store of one person with one token.
type drawer struct {
	token PersonalToken
	fails error
	wrote []string
}

func (d *drawer) PersonalToken(_ context.Context, hash []byte) (PersonalToken, error) {
	if d.fails != nil {
		return PersonalToken{}, d.fails
	}
	if !bytes.Equal(hash, d.token.Hash) {
		return PersonalToken{}, gone("token")
	}
	return d.token, nil
}

func (d *drawer) TouchPersonalToken(_ context.Context, _ string, used time.Time, problem string) error {
	d.token.UsedAt, d.token.Problem = used, problem
	d.wrote = append(d.wrote, problem)
	return nil
}

func (d *drawer) Person(_ context.Context, id string) (Person, error) {
	if id != "ada" {
		return Person{}, gone("person")
	}
	return Person{ID: id}, nil
}

func TestABearerIsWhoseTokenItIsWhileThatIsGood(t *testing.T) {
	t.Parallel()
	now := time.Now()
	token, text, err := NewPersonalToken("ada", Nobody, fine, now)
	if err != nil {
		t.Fatal(err)
	}
	d := &drawer{token: token}
	b := NewBearers(d, func() time.Time { return now })
	p, got, err := b.Bearer(t.Context(), text.Reveal())
	if err != nil || p.ID != "ada" || got.ID != token.ID {
		t.Fatalf("%+v, %+v, %v", p, got, err)
	}
	refused := func(what, text string) {
		t.Helper()
		if _, _, err := b.Bearer(t.Context(), text); fault.KindOf(err) != fault.Unauthorised || strings.Contains(err.Error(), "segue_") {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("another token", PersonalPrefix+randomID())
	refused("the bare secret", strings.TrimPrefix(text.Reveal(), PersonalPrefix))
	refused("nothing", "")
	d.token.PersonID = "ben"
	refused("of somebody who has left", text.Reveal())
	d.token = token
	d.token.ExpiresAt = now
	refused("expired", text.Reveal())
	d.fails = errors.New("disk")
	if _, _, err := b.Bearer(t.Context(), text.Reveal()); err == nil || fault.KindOf(err) == fault.Unauthorised {
		t.Errorf("a store that fails: %v", err)
	}
}

func TestTheUseOfATokenIsWrittenOnceAMinuteAndWhenItsProblemChanges(t *testing.T) {
	t.Parallel()
	now := time.Now()
	d := &drawer{token: PersonalToken{ID: "t"}}
	b := NewBearers(d, func() time.Time { return now })
	for _, step := range []struct {
		after   time.Duration
		problem string
		wrote   int
	}{
		{0, "", 1}, {30 * time.Second, "", 1}, {0, "no artist", 2}, {time.Second, "no artist", 2}, {0, "", 3}, {time.Minute, "", 4},
	} {
		now = now.Add(step.after)
		if err := b.Used(t.Context(), d.token, step.problem); err != nil || len(d.wrote) != step.wrote {
			t.Fatalf("%+v: wrote %q, %v", step, d.wrote, err)
		}
	}
}
