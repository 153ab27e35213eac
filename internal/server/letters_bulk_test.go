package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"segue/internal/deadletter"
	"segue/internal/fault"
)

// fields reads the hidden fields of a form, and puts others into their place.
func fields(form *goquery.Selection, more ...string) []string {
	var all []string
	form.Find("input[name]").Each(func(_ int, s *goquery.Selection) {
		all = append(all, s.AttrOr("name", ""), s.AttrOr("value", ""))
	})
	return append(all, more...)
}

func (s *site) bulk(id string) deadletter.Bulk {
	s.t.Helper()
	b, err := s.db.Bulk(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

func TestABulkIsConfirmedStartedOnceAndWatched(t *testing.T) {
	t.Parallel()
	s, viewer, _, admin := office(t)
	ada := s.login("ada")
	for i := range 3 {
		ada.letter(fmt.Sprint("Song ", i))
	}
	ada.letter("Another")
	list := admin.get("/admin/dlq?q=song").says("Discard all 3 …").page()
	confirm, _ := list.Find(`[data-testid="all"] a`).Last().Attr("href")
	form := admin.get(confirm).wants(http.StatusOK).says("Discard all 3 letters").says("with the text “song”").says("As of").page().Find(`[data-testid="bulk"]`)
	late := ada.letter("Song 4")
	admin.post("/admin/dlq/bulk", fields(form, "reason", " ")...).wants(http.StatusUnprocessableEntity).says("Say why").says("No letter was touched.")
	sent := fields(form, "reason", "gone")
	to := admin.post("/admin/dlq/bulk", sent...).wants(http.StatusSeeOther).Header.Get("Location")
	admin.post("/admin/dlq/bulk", sent...).redirects(to)
	id := strings.TrimPrefix(to, "/admin/dlq/bulk/")
	if b := s.bulk(id); b.Total != 3 || b.Reason != "gone" || b.Rate != deadletter.UsualRate || b.Filter.Text != "song" {
		t.Errorf("started %+v", b)
	}
	if len(s.engine.bulks) == 0 || s.engine.bulks[0] != id {
		t.Errorf("the engine has %v", s.engine.bulks)
	}
	viewer.get("/admin/dlq").says("Discard 3 letters").says("0 done, 0 refused, 3 left")
	if a := viewer.get(to).wants(http.StatusOK).says("Running"); a.page().Find(`form[action$="/cancel"]`).Length() != 0 {
		t.Error("a viewer may cancel")
	}
	if _, err := s.db.StepBulk(t.Context(), id, 1); err != nil {
		t.Fatal(err)
	}
	part := admin.get(to+"/progress", "HX-Request-Type", "partial").wants(http.StatusOK).says("1 done, 0 refused, 2 left")
	if part.page().Find("h1").Length() != 0 || part.page().Find("[hx-get]").Length() != 1 {
		t.Error("the part that changes is more than that, or does not go on asking")
	}
	for range 3 {
		if _, err := s.db.StepBulk(t.Context(), id, 9); err != nil {
			t.Fatal(err)
		}
	}
	done := admin.get(to + "/progress").says("Done").says("3 done, 0 refused, 0 left")
	if done.page().Find("[hx-get]").Length() != 0 {
		t.Error("it asks after the end")
	}
	if l := s.read(late.ID); l.State != deadletter.Waiting {
		t.Errorf("a letter that came later is %s", l.State)
	}
	admin.get("/admin/audit?action=bulk").says("Started a bulk").says("discard 3 letters, 2 a second")
	admin.get("/admin/audit?action=discard").says("gone, bulk " + id)
	admin.post(to + "/cancel").wants(http.StatusConflict).says("has ended already")
}

func TestABulkIsTriedWithoutChangingAnything(t *testing.T) {
	t.Parallel()
	s, viewer, operator, admin := office(t)
	ada := s.login("ada")
	one, two := ada.letter("One"), ada.letter("Two")
	form := admin.get("/admin/dlq/bulk?act=discard").wants(http.StatusOK).page().Find(`[data-testid="bulk"]`)
	for _, b := range []*browser{viewer, operator} {
		b.post("/admin/dlq/bulk", fields(form, "reason", "x", "dry", "1")...).wants(http.StatusForbidden)
	}
	admin.post("/admin/dlq/bulk", fields(form, "dry", "1")...).wants(http.StatusUnprocessableEntity).says("Say why")
	operator.post("/admin/dlq/"+two.ID+"/retry", "version", "1").wants(http.StatusSeeOther)
	tried := admin.post("/admin/dlq/bulk", fields(form, "reason", "gone", "dry", "1")...).wants(http.StatusOK).
		says("Discard 1 letter").says("1 letter would be discarded.").says("Add One to Road Trip").
		says("1 letter would be left alone. Somebody else has retried it").says("Nothing was changed.")
	if open, err := s.db.OpenBulks(t.Context()); err != nil || len(open) != 0 || s.read(one.ID).State != deadletter.Waiting || len(s.engine.bulks) != 0 {
		t.Errorf("a try has begun %+v, %v", open, err)
	}
	again := tried.page().Find(`[data-testid="bulk"]`)
	for _, name := range []string{"key", "as_of", "filter", "reason"} {
		was := form.Find(`[name="`+name+`"]`).AttrOr("value", "")
		if name == "reason" {
			was = "gone"
		}
		if got := again.Find(`[name="`+name+`"]`).AttrOr("value", ""); got != was {
			t.Errorf("after a try the form has the %s %q, not %q", name, got, was)
		}
	}
	to := admin.post("/admin/dlq/bulk", fields(again)...).wants(http.StatusSeeOther).Header.Get("Location")
	if b := s.bulk(strings.TrimPrefix(to, "/admin/dlq/bulk/")); b.Total != 1 {
		t.Errorf("it is about %d letters", b.Total)
	}
}

func TestABulkIsCancelledAndTheRestWaits(t *testing.T) {
	t.Parallel()
	s, _, operator, admin := office(t)
	ada := s.login("ada")
	first, second := ada.letter("One"), ada.letter("Two")
	form := admin.get("/admin/dlq/bulk?act=retry").wants(http.StatusOK).page().Find(`[data-testid="bulk"]`)
	s.engine.broken = fault.New(fault.Unavailable, "The engine did not answer.", nil) // the ledger has it; the reconciler will start it
	to := admin.post("/admin/dlq/bulk", fields(form)...).wants(http.StatusSeeOther).Header.Get("Location")
	id := strings.TrimPrefix(to, "/admin/dlq/bulk/")
	if _, err := s.db.StepBulk(t.Context(), id, 1); err != nil {
		t.Fatal(err)
	}
	operator.post(to + "/cancel").wants(http.StatusForbidden)
	admin.post(to + "/cancel").redirects(to)
	admin.get(to).says("Cancelled").says("1 done, 0 refused, 1 left").says("as it was")
	if a, b := s.read(first.ID), s.read(second.ID); a.State != deadletter.Retrying || b.State != deadletter.Waiting {
		t.Errorf("the letters are %s and %s", a.State, b.State)
	}
	admin.post("/admin/dlq/bulk/none/cancel").wants(http.StatusNotFound)
	admin.get("/admin/dlq/bulk/none").wants(http.StatusNotFound)
}

func TestABulkOverNothingOrNonsenseHasAnAnswer(t *testing.T) {
	t.Parallel()
	s, viewer, operator, admin := office(t)
	admin.get("/admin/dlq/bulk?act=retry").wants(http.StatusOK).says("nothing to do")
	l := s.login("ada").letter("Creep")
	form := admin.get("/admin/dlq/bulk?act=discard").page().Find(`[data-testid="bulk"]`)
	for _, b := range []*browser{viewer, operator} {
		b.get("/admin/dlq/bulk?act=retry").wants(http.StatusForbidden)
		b.post("/admin/dlq/bulk", fields(form, "reason", "x")...).wants(http.StatusForbidden)
	}
	for query, says := range map[string]string{
		"act=restore": "retried or discarded", "act=": "retried or discarded", "act=retry&state=discarded": "Only letters that wait",
		"act=retry&state=every": "Only letters that wait", "act=retry&state=x": "no such state", "act=retry&since=never": "not a day",
	} {
		a := admin.get("/admin/dlq/bulk?" + query).wants(http.StatusUnprocessableEntity).says(says)
		if strings.HasPrefix(query, "act=retry&s") && !strings.Contains(query, "=x") && !strings.Contains(query, "never") && a.page().Find(`[data-testid="bulk"]`).Length() != 0 {
			t.Errorf("%s can be confirmed", query)
		}
	}
	for name, c := range map[string]struct {
		more []string
		says string
	}{
		"too fast":     {[]string{"rate", "1000"}, "between 1 and 20"},
		"no number":    {[]string{"rate", "fast"}, "between 1 and 20"},
		"no time":      {[]string{"as_of", "yesterday"}, "form is damaged"},
		"no key":       {[]string{"key", "a key with spaces"}, "form is damaged"},
		"no filter":    {[]string{"filter", "%zz"}, "form is damaged"},
		"before it":    {[]string{"as_of", "1000"}, "nothing to do"},
		"another text": {[]string{"filter", "q=" + url.QueryEscape(`' OR 1=1 --"><script>`)}, "nothing to do"},
	} {
		a := admin.post("/admin/dlq/bulk", fields(form, append([]string{"reason", "x"}, c.more...)...)...).wants(http.StatusUnprocessableEntity).says(c.says)
		if a.page().Find("main script").Length() != 0 {
			t.Errorf("%s became markup", name)
		}
	}
	admin.post("/admin/dlq/"+l.ID+"/discard", "version", "1", "reason", "x").wants(http.StatusSeeOther)
	admin.post("/admin/dlq/bulk", fields(form, "reason", "x")...).wants(http.StatusUnprocessableEntity).says("nothing to do")
	if open, err := s.db.OpenBulks(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("%+v, %v", open, err)
	}
}

// Operators retry what they have chosen letter by letter; discarding, and all that match, is for admins.
func TestChosenLettersAreRetriedTogetherByOperators(t *testing.T) {
	t.Parallel()
	s, viewer, operator, admin := office(t)
	ada := s.login("ada")
	one, two, other := ada.letter("One"), ada.letter("Two"), ada.letter("Other")
	chosen := "&id=&id=" + one.ID + "&id=" + two.ID // the empty one is the form's own
	if n := viewer.get("/admin/dlq").page().Find(`[type="checkbox"]`).Length(); n != 0 {
		t.Errorf("a viewer may choose %d times", n)
	}
	if n := operator.get("/admin/dlq").page().Find(`[name="id"][type="checkbox"]`).Length(); n != 3 {
		t.Errorf("an operator may choose %d letters, want 3", n)
	}
	viewer.get("/admin/dlq/bulk?act=retry" + chosen).wants(http.StatusForbidden)
	operator.get("/admin/dlq/bulk?act=discard" + chosen).wants(http.StatusForbidden)
	operator.get("/admin/dlq/bulk?act=retry&id=").wants(http.StatusUnprocessableEntity).says("No letter is chosen")
	admin.get("/admin/dlq/bulk?act=discard&q=%zz").wants(http.StatusUnprocessableEntity).says("address is damaged")
	form := operator.get("/admin/dlq/bulk?act=retry" + chosen).wants(http.StatusOK).says("Retry 2 letters").says("of the 2 that were chosen").page().Find(`[data-testid="bulk"]`)
	operator.post("/admin/dlq/bulk", fields(form, "act", "discard", "reason", "x")...).wants(http.StatusForbidden)
	operator.post("/admin/dlq/bulk", fields(form, "filter", "")...).wants(http.StatusForbidden)
	to := operator.post("/admin/dlq/bulk", fields(form)...).wants(http.StatusSeeOther).Header.Get("Location")
	if b := s.bulk(strings.TrimPrefix(to, "/admin/dlq/bulk/")); b.Total != 2 || s.read(other.ID).State != deadletter.Waiting {
		t.Errorf("%+v", b)
	}
	viewer.post(to + "/cancel").wants(http.StatusForbidden)
	operator.post(to + "/cancel").redirects(to)
}
