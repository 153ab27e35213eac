package deadletter_test

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/deadletter"
	"segue/internal/fault"
)

func TestOnlyWhatNobodyWaitsForMakesALetter(t *testing.T) {
	t.Parallel()
	for kind, want := range map[fault.Kind]bool{
		fault.Exhausted: true, fault.Internal: true, fault.Unavailable: true,
		fault.Unauthorised: false, fault.RateLimited: false, fault.Invalid: false,
		fault.Forbidden: false, fault.NotFound: false, fault.Conflict: false, "": false, "other": false,
	} {
		if deadletter.Makes(kind) != want || slices.Contains(deadletter.Kinds(), kind) != want {
			t.Errorf("%q makes a letter: %v, want %v", kind, !want, want)
		}
	}
}

func TestCausesTellWhatWentWrongAndNothingPrivate(t *testing.T) {
	t.Parallel()
	net := &url.Error{Op: "Get", URL: "https://api.spotify.com/v1/search?q=my+secret+song&type=track", Err: errors.New("connection refused")}
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"nothing":  {nil, nil},
		"a chain":  {fmt.Errorf("read page 3: %w", fmt.Errorf("status 503: %w", errors.New("overloaded"))), []string{"read page 3", "status 503", "overloaded"}},
		"a fault":  {fault.New(fault.Internal, "Told already.", errors.New("disk I/O error")), []string{"disk I/O error"}},
		"search":   {net, []string{"Get https://api.spotify.com/v1/search", "connection refused"}},
		"a token":  {errors.New("Authorization: Bearer BQDx refused"), []string{"Authorization: Bearer … refused"}},
		"long":     {errors.New("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0"), []string{"token ….…"}},
		"an id":    {errors.New("GET playlists/37i9dQZF1DXcBWIGoYBM5M/items: status 502"), []string{"GET playlists/…/items: status 502"}},
		"a query":  {errors.New("GET search?q=private: status 500"), []string{"GET search status 500"}},
		"words":    {errors.New(`cannot parse "my private list"`), []string{"cannot parse …"}},
		"controls": {errors.New("a\x1b[31m\nb\t c"), []string{"a[31m b c"}},
	} {
		if got := deadletter.Causes(c.err); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	deep := errors.New("x")
	for range 100 {
		deep = fmt.Errorf("wrapped: %w", deep)
	}
	if got := deadletter.Causes(fmt.Errorf("%s: %w", strings.Repeat("ü ", 5000), deep)); len(got) > 8 || len([]rune(got[0])) > 240 {
		t.Errorf("%d causes, the first of %d characters", len(got), len([]rune(got[0])))
	}
}

func TestLettersOfOneCauseShareAFingerprint(t *testing.T) {
	t.Parallel()
	of := deadletter.Fingerprint
	first := of(fault.Internal, "adding", "POST playlists/37i9dQZF1DXcBWIGoYBM5M/items: status 502 after 31 ms")
	if same := of(fault.Internal, "adding", "post playlists/1aB2dQZF1DXcBWIGoYBM5M/items: Status 504 after 7 ms"); same != first {
		t.Errorf("%s and %s differ", first, same)
	}
	for name, other := range map[string]string{
		"kind": of(fault.Exhausted, "adding", "POST"), "step": of(fault.Internal, "searching", "POST"), "cause": of(fault.Internal, "adding", "GET"),
	} {
		if other == of(fault.Internal, "adding", "POST") {
			t.Errorf("another %s, the same fingerprint", name)
		}
	}
	l := deadletter.Letter{RunID: "r", Task: "2", Kind: fault.Internal, Message: "m"}.Seal()
	if l.ID != "r-2" || l.State != deadletter.Waiting || l.Fingerprint != of(fault.Internal, "", "m") {
		t.Errorf("sealed %+v", l)
	}
}

func TestALetterKeepsItsFirstAttemptAndTheLastOnes(t *testing.T) {
	t.Parallel()
	var l deadletter.Letter
	for i := range 50 {
		l.Attempts = deadletter.Log(l.Attempts, deadletter.Attempt{Message: fmt.Sprint(i)})
	}
	if n := len(l.Attempts); n != deadletter.MaxAttempts || l.Attempts[0].Message != "0" || l.Attempts[1].Message != "31" || l.Attempts[n-1].Message != "49" {
		t.Errorf("%d attempts: %v", n, l.Attempts)
	}
	if l.Tries() != 50 {
		t.Errorf("%d tries, want 50", l.Tries())
	}
	l.State = deadletter.Retrying
	again := l.Again(deadletter.Letter{Kind: fault.Exhausted, Message: "m", Attempts: []deadletter.Attempt{{N: 7, Message: "50"}}})
	if again.State != deadletter.Waiting || again.Kind != fault.Exhausted || again.Attempts[len(again.Attempts)-1].Message != "50" || again.Tries() != 57 {
		t.Errorf("again %+v", again)
	}
}

func TestWhatCanBeDoneWithALetter(t *testing.T) {
	t.Parallel()
	now := time.Now()
	in := func(s deadletter.State) deadletter.Letter {
		return deadletter.Letter{State: s, Version: 3, RetriedBy: "o", Operator: "Ada", ChangedAt: now.Add(-time.Hour)}
	}
	old := in(deadletter.Discarded)
	old.ChangedAt = now.Add(-deadletter.RestoreWithin)
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"retry":                 {in(deadletter.Waiting).CheckRetry(3), ""},
		"retry a second time":   {in(deadletter.Retrying).CheckRetry(2), "already retried by Ada"},
		"retry after a failure": {in(deadletter.Waiting).CheckRetry(1), "already retried by Ada, and that failed again"},
		"retry what is done":    {in(deadletter.Resolved).CheckRetry(3), "resolved already"},
		"retry the discarded":   {in(deadletter.Discarded).CheckRetry(3), "Restore it first"},
		"retry the changed":     {deadletter.Letter{State: deadletter.Waiting, Version: 4}.CheckRetry(3), "has changed"},
		"discard":               {in(deadletter.Waiting).CheckDiscard(3, "spam"), ""},
		"discard in silence":    {in(deadletter.Waiting).CheckDiscard(3, " \n\x00"), "Say why"},
		"discard with a novel":  {in(deadletter.Waiting).CheckDiscard(3, strings.Repeat("ü", 501)), "Shorten"},
		"discard twice":         {in(deadletter.Discarded).CheckDiscard(3, "x"), "discarded already"},
		"discard what runs":     {in(deadletter.Retrying).CheckDiscard(3, "x"), "retried by Ada"},
		"restore":               {in(deadletter.Discarded).CheckRestore(3, now), ""},
		"restore what waits":    {in(deadletter.Waiting).CheckRestore(3, now), "not discarded"},
		"restore too late":      {old.CheckRestore(3, now), "30 days"},
		"restore the changed":   {in(deadletter.Discarded).CheckRestore(2, now), "has changed"},
	} {
		if said := fault.MessageOf(c.err); c.says == "" && c.err != nil || c.says != "" && !strings.Contains(said, c.says) {
			t.Errorf("%s: %q, want %q", name, said, c.says)
		}
	}
}

func TestFiltersAreReadFromAnyAddress(t *testing.T) {
	t.Parallel()
	for _, query := range []string{
		"", "id=r1-2&id=r2&state=every", "state=discarded&kind=internal&step=adding&fingerprint=0a1b&person=p&playlist=l&q=x+y", "since=2026-05-31&until=2026-05-31T17:45", "state=every",
	} {
		q, _ := url.ParseQuery(query)
		f, err := deadletter.ParseFilter(q)
		again, _ := deadletter.ParseFilter(f.Query())
		if err != nil || !reflect.DeepEqual(f, again) {
			t.Errorf("%s: %+v and %+v, %v", query, f, again, err)
		}
	}
	for query, says := range map[string]string{
		"state=dead": "no such state", "kind=rate_limited": "no such kind", "since=yesterday": "not a day", "until=0001-01-01": "not a day", "since=%00%ff1": "not a day",
		"id=": "No letter is chosen", "id=&id=%00": "No letter is chosen", "id=a" + manyIDs(100): "At most 100",
	} {
		q, _ := url.ParseQuery(query)
		if _, err := deadletter.ParseFilter(q); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.MessageOf(err), says) {
			t.Errorf("%s: %v", query, err)
		}
	}
	hostile := url.Values{"q": {"'; DROP TABLE letters --\x00\x1b\u202e" + strings.Repeat("x", 5000) + "\xff"}, "person": {"\n<script>"}}
	f, err := deadletter.ParseFilter(hostile)
	if err != nil || len([]rune(f.Text)) > 200 || strings.ContainsAny(f.Text, "\x00\x1b\u202e") || f.Person != "<script>" {
		t.Errorf("%+v, %v", f, err)
	}
}

// What a filter says and cannot be read is left out, and the rest is kept: it is in its form again.
func TestAFilterIsUnderstoodAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	q, _ := url.ParseQuery("state=dead&kind=internal&since=2026-05-31&until=soon&q=creep&id=")
	f, err := deadletter.ParseFilter(q)
	if err == nil || f.Kind != fault.Internal || f.Text != "creep" || f.Since.IsZero() || !f.Until.IsZero() || f.State != "" {
		t.Errorf("%+v, %v", f, err)
	}
	if again, err := deadletter.ParseFilter(f.Query()); err == nil || again.IDs == nil {
		t.Errorf("no letter became all of them: %+v, %v", again, err)
	}
}

func manyIDs(n int) (query string) {
	for i := range n {
		query += fmt.Sprintf("&id=r%d", i)
	}
	return query
}

func TestACursorIsReadBackAndNonsenseIsTheBeginning(t *testing.T) {
	t.Parallel()
	c := deadletter.Cursor{MadeAt: time.UnixMilli(1790000000123).UTC(), ID: "abc-1"}
	if got := deadletter.ParseCursor(c.String()); got != c {
		t.Errorf("%+v, want %+v", got, c)
	}
	for _, text := range []string{"", ".", "x.y", "-5.a", "99999999999999999999.a", "1", "1." + strings.Repeat("a", 999)} {
		if got := deadletter.ParseCursor(text); got != (deadletter.Cursor{}) {
			t.Errorf("%.20q: %+v", text, got)
		}
	}
}

func FuzzCauses(f *testing.F) {
	f.Add("Bearer abc def", "x")
	f.Add(`Get "https://h/p?q=1": EOF`, "“")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, cause := range deadletter.Causes(fmt.Errorf("%s: %w", a, errors.New(b))) {
			if strings.ContainsAny(cause, "\n\r") || len([]rune(cause)) > 240 {
				t.Errorf("%q", cause)
			}
		}
	})
}
