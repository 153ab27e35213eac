package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/web/templates/page"
)

func reviewPages() map[string]page.ReviewView {
	song := func(i int) page.Asked {
		return page.Asked{
			Run: agent.Run{ID: fmt.Sprint("r", i)}, Title: "Adding 1 song to Road Trip", Song: "Hallelujah",
			Question: *asking().Tasks[0].Question, Until: now.Add(6 * 24 * time.Hour),
		}
	}
	which := page.Asked{Run: agent.Run{ID: "p"}, Title: "Adding 2 songs to Gym", Question: *askingPlaylist().Question}
	plan := page.Asked{Run: agent.Run{ID: "a"}, Question: *askingApproval().Question, Until: now.Add(time.Hour)}
	row := song(9)
	row.Row, row.Until, row.Title = 17, time.Time{}, "Importing 400 songs into Road Trip"
	view := func(total int, asked ...page.Asked) page.ReviewView {
		v := page.ReviewView{Person: ada, Now: now, Asked: asked, Total: total}
		v.Person.Waiting = total
		return v
	}
	many := view(200)
	for i := range 200 {
		many.Asked = append(many.Asked, song(i))
	}
	off := view(2, which, song(1))
	off.After = "r1.q1"
	login := view(0)
	login.Login, login.Unread = true, 2
	return map[string]page.ReviewView{
		"review": view(4, song(1), which, plan, row), "review-one": view(1, song(1)), "review-many": many, "review-empty": view(0),
		"review-playlist": off, "review-plan": view(1, plan), "review-login": login,
	}
}

func TestReviewSaysWhatWaitsInEachState(t *testing.T) {
	t.Parallel()
	views := reviewPages()
	for name, says := range map[string][]string{
		"review":          {"4 questions wait for you.", "Hallelujah", "Likely 81 of 100", "Without an answer it is left out after 7 days.", "Next", "Adding 2 songs to Gym"},
		"review-one":      {"1 question waits for you.", "Without an answer it is left out on " + now.Add(6*24*time.Hour).Format("2 January 2006"), "It is not on Spotify"},
		"review-many":     {"200 questions wait for you.", "180 more come when these are answered."},
		"review-empty":    {"Nothing waits for you.", "Add a song"},
		"review-playlist": {"You have two playlists named Gym.", "None of these", "31 songs"},
		"review-plan":     {"Without an answer nothing is changed", "Yes, do this", "Fade Into You by Mazzy Star", "No, leave everything as it is"},
		"review-login":    {"Spotify wants you to log in again.", "2 requests did not answer in time.", "Look again"},
	} {
		doc, _ := render(t, page.Review(views[name]))
		for _, want := range says {
			if got := words(doc.Find("main")); !strings.Contains(got, want) {
				t.Errorf("%s does not say %q: %q", name, want, got)
			}
		}
		if n, want := at(doc, "question").Length(), min(20, len(views[name].Asked)); n != want {
			t.Errorf("%s shows %d questions, want %d", name, n, want)
		}
	}
}

func TestOneKeyIsOneAnswerToTheFirstQuestion(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, page.Review(reviewPages()["review"]))
	first := at(doc, "first")
	for key, want := range map[string]string{"1": "t3", "2": "t4", "n": agent.NoneOfThese} {
		if got := first.Find(`button[data-key="`+key+`"]`).AttrOr("value", ""); got != want {
			t.Errorf("key %s answers %q, want %q", key, got, want)
		}
	}
	if got := first.Find(`a[data-key="s"]`).AttrOr("href", ""); got != "/review?after=r1.q1" {
		t.Errorf("later leads to %q", got)
	}
	if n := at(doc, "rest").Find("[data-key]").Length(); n != 0 {
		t.Errorf("%d keys on other questions", n)
	}
	doc, _ = render(t, page.Review(reviewPages()["review-playlist"]))
	if got := doc.Find(`input[name="back"]`).First().AttrOr("value", ""); got != "/review?after=r1.q1" {
		t.Errorf("an answer leads back to %q", got)
	}
}
