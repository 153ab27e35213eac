package page_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"segue/internal/agent"
	"segue/web/templates/page"
	"segue/web/templates/partial"
)

func render(t *testing.T, c templ.Component) (*goquery.Document, string) {
	t.Helper()
	var out bytes.Buffer
	if err := c.Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	html := out.String()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	return doc, html
}

func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func at(doc *goquery.Document, id string) *goquery.Selection {
	return doc.Find(`[data-testid="` + id + `"]`)
}

var inline = regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script(?:[^>]*)>[^<]`)

func TestEveryPageInEveryStateKeepsTheHouseRules(t *testing.T) {
	t.Parallel()
	for name, c := range pages() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, html := render(t, c)
			if found := inline.FindString(html); found != "" {
				t.Errorf("inline script or style: %q", found)
			}
			if n := doc.Find(`[role="status"]`).Length(); n != 1 {
				t.Errorf("%d status regions, want 1", n)
			}
			if n := doc.Find("h1").Length(); n != 1 {
				t.Errorf("%d h1, want 1", n)
			}
			if doc.Find("main#main").Length() != 1 {
				t.Error("no main landmark")
			}
			ids := map[string]bool{}
			doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
				id, _ := s.Attr("id")
				if ids[id] {
					t.Errorf("id %q twice", id)
				}
				ids[id] = true
			})
			doc.Find("form").Each(func(_ int, s *goquery.Selection) {
				looks := s.AttrOr("method", "") == "get" && (s.AttrOr("role", "") == "search" || s.AttrOr("data-testid", "") == "choice")
				if s.AttrOr("method", "") != "post" && !looks || !strings.HasPrefix(s.AttrOr("action", ""), "/") {
					t.Errorf("a form that does not post to a page of ours: %s", s.AttrOr("action", ""))
				}
			})
		})
	}
}

func TestARunCardSaysHowItStands(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ title, state, contains, announces string }{
		"accepted":  {"Reading your message", "Starting", "Your message is saved.", "Reading your message"},
		"running":   {"Adding 1 song to Road Trip", "0:03", "Searching Spotify", "Step 3 of 6: searching Spotify"},
		"retrying":  {"Adding 1 song to Road Trip", "0:03", "Spotify is busy · again in 12 s (2 of 10)", "Step 5 of 6: adding it to the playlist"},
		"parked":    {"Adding 1 song to Road Trip", "On hold", "until " + now.Add(12*time.Minute).Format("15:04 UTC"), "On hold. It goes on by itself."},
		"reconnect": {"Adding 1 song to Road Trip", "Your turn", "Log in to Spotify again", "Log in to Spotify again."},
		"asking":    {"Adding 1 song to Road Trip", "Your turn", "Likely 81 of 100", "Needs your choice: Two recordings fit about equally well. Which one did you mean?"},
		"playlist":  {"Adding 2 songs to Gym", "Your turn", "1 song · by Ada", "Needs your choice: You have two playlists named Gym. Which one?"},
		"several":   {"Adding 5 songs to Road Trip", "0:08", "again in 12 s (2 of 10)", "2 of 5 songs settled"},
		"done":      {"Added to Road Trip", "2.1 s", "Sure 99 of 100", "Done: 1 added."},
		"badlink":   {"Adding 1 song to Road Trip", "Your turn", "This link leads to an album.", "Needs your choice: Two recordings fit about equally well. Which one did you mean?"},
		"withdrawn": {"Adding 1 song to Road Trip", "Your turn", "The version you chose earlier is no longer on Spotify.", "Needs your choice: The version you chose earlier is no longer on Spotify. Which one do you want instead?"},
		"ruled":     {"Added to Road Trip", "2.1 s", "You chose this one on 3 May.See your choices", "Done: 1 added."},
		"ruledout":  {"Left out", "1.0 s", "You said on 3 May that it is not on Spotify. See your choices", "Done: 1 left out."},
		"undone":    {"Added to Road Trip", "Taken back", "Bohemian Rhapsody", "Done: 1 added."},
		"removed":   {"Removed from Road Trip", "3.0 s", "Removed", "Done: 1 removed."},
		"mixed":     {"Added 2 of 7 songs to Road Trip", "14 s", "Nearest: Hallelujah by Jeff Buckley, 41 of 100", "Done: 2 added, 1 already there, 2 not found, 1 left out, 1 did not work."},
		"many":      {"Added 12 of 13 songs to Road Trip", "40 s", "Show the 12 songs", "Done: 12 added, 1 not found."},
		"stopped":   {"Stopped before anything was changed", "", "Stopped", "Stopped before anything was changed."},
		"stopping":  {"Taking it back", "Stopping", "A change that is under way is finished first.", "Stopping."},
		"takenback": {"Stopped", "", "1 taken back", "Stopped."},
		"late":      {"Adding 1 song to Road Trip", "0:03", "This takes longer than usual.", "Step 5 of 6: adding it to the playlist"},
		"failed":    {"Could not add to Road Trip", "Did not work", "Nothing was changed. Name one of your own playlists.", ""},
		"created":   {"Created Focus", "1.0 s", "0 songs", "Created Focus."},
		"playlists": {"Your playlists", "1.0 s", "42 songs · by Ada", "Your playlists."},
		"tracks":    {"In Road Trip", "1.0 s", "32 more", "In Road Trip."},
	}
	views := runStates()
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, _ := render(t, partial.Run(views[name]))
			if got := words(at(doc, "title")); got != want.title {
				t.Errorf("title %q, want %q", got, want.title)
			}
			if got := words(at(doc, "state")); got != want.state {
				t.Errorf("state %q, want %q", got, want.state)
			}
			if got := words(at(doc, "card")); !strings.Contains(got, want.contains) {
				t.Errorf("card %q does not contain %q", got, want.contains)
			}
			if got := at(doc, "run").AttrOr("data-announce", ""); got != want.announces {
				t.Errorf("announces %q, want %q", got, want.announces)
			}
		})
	}
}

func TestAStopIsOfferedOnlyWhereItWouldDoSomething(t *testing.T) {
	t.Parallel()
	views := runStates()
	undo := views["partly"]
	undo.Run.UndoOf = "r0"
	views["undo"] = undo
	for name, want := range map[string]int{"running": 1, "partly": 2, "undo": 1, "stopping": 0, "stopped": 0, "takenback": 0} {
		doc, _ := render(t, partial.Run(views[name]))
		if got := doc.Find("form[data-stop] button").Length(); got != want {
			t.Errorf("%s: %d ways to stop, want %d", name, got, want)
		}
	}
}

func TestAChangeThatTakesLongSaysThatNothingIsSentTwice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		step   agent.Stage
		hidden bool // until it takes long
		there  bool
	}{
		"at first":         {agent.Stage{Name: agent.Adding, State: agent.Running, Since: now}, true, true},
		"after a while":    {agent.Stage{Name: agent.Adding, State: agent.Running, Since: ago(20 * time.Second)}, false, true},
		"with a countdown": {agent.Stage{Name: agent.Adding, State: agent.Running, Since: ago(20 * time.Second), Again: now}, false, false},
		"of a look":        {agent.Stage{Name: agent.Verifying, State: agent.Running, Since: ago(20 * time.Second)}, false, false},
	} {
		doc, _ := render(t, partial.Run(view(running(stages(4, c.step)))))
		late := at(doc, "late")
		_, hidden := late.Attr("hidden")
		if (late.Length() == 1) != c.there || hidden != c.hidden {
			t.Errorf("%s: %d, hidden %v", name, late.Length(), hidden)
		}
	}
}

func TestOneTroubleIsToldOnce(t *testing.T) {
	t.Parallel()
	met := &agent.Trouble{Kind: "internal", What: "Spotify did not understand the request.", Kept: "Your request is saved.", Do: "Send it again."}
	p := running(stages(2))
	p.State, p.Tasks[0].State, p.Tasks[0].Trouble, p.Trouble = agent.Failed, agent.Failed, met, met
	doc, _ := render(t, partial.Run(view(p)))
	if n := strings.Count(doc.Text(), met.What); n != 1 {
		t.Errorf("told %d times", n)
	}
	p.Trouble = nil
	if doc, _ = render(t, partial.Run(view(p))); !strings.Contains(words(at(doc, "outcome")), met.What) {
		t.Error("not told at all")
	}
}

func TestOnlyARunThatGoesOnIsConnected(t *testing.T) {
	t.Parallel()
	for name, v := range runStates() {
		v.Live = true
		doc, _ := render(t, partial.Run(v))
		connected := at(doc, "connector").Length() == 1
		stop := doc.Find(`form[action="/runs/r1/cancel"]`).Length() == 1
		if want := !v.Progress.State.Final(); connected != want || stop != (want && !v.Progress.Stopping) {
			t.Errorf("%s: connected %v, can be stopped %v, want %v", name, connected, stop, want)
		}
	}
}

func TestWhatCanBeTakenBackOffersIt(t *testing.T) {
	t.Parallel()
	views := runStates()
	for name, want := range map[string]string{"done": "/runs/r1/undo", "undone": "", "created": "", "partly": "/runs/r1/cancel"} {
		doc, _ := render(t, partial.Run(views[name]))
		form := doc.Find(`form[action$="undo"], form:has(button[name="undo"])`)
		if got := form.AttrOr("action", ""); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestAStopThatIsTakenBackLaterSaysNothingElse(t *testing.T) {
	t.Parallel()
	p := added()
	p.State, p.Title, p.Say = agent.Cancelled, "Stopped", "What was added before the stop is still in Road Trip."
	v := view(p)
	v.Run.UndoneBy = "r2"
	doc, _ := render(t, partial.Run(v))
	if got := at(doc, "state").Text(); !strings.Contains(got, "Taken back") {
		t.Errorf("it stands as %q", got)
	}
	if got := doc.Text(); strings.Contains(got, "still in") || strings.Contains(got, "before anything") {
		t.Errorf("it says %q", got)
	}
}

func TestAShortWaitIsCountedDown(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]int{20 * time.Second: 2, time.Hour: 0} {
		v := runStates()["parked"]
		v.Now = time.Now()
		task := &v.Progress.Tasks[0]
		i := slices.IndexFunc(task.Steps, func(s agent.Stage) bool { return s.State == agent.Parked })
		task.Steps[i].Again, task.Trouble.Until = v.Now.Add(wait), v.Now.Add(wait)
		doc, _ := render(t, partial.Run(v))
		if got := doc.Find("time[data-countdown]").Length(); got != want {
			t.Errorf("%d of the waits of %s are counted down, want %d", got, wait, want)
		}
	}
}

func TestAQuestionIsAFormThatWorksWithoutScripts(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, partial.Run(runStates()["asking"]))
	form := at(doc, "question")
	if got := form.AttrOr("action", ""); got != "/runs/r1/answer" {
		t.Errorf("action %q", got)
	}
	var options []string
	form.Find(`input[name="option"]`).Each(func(_ int, s *goquery.Selection) { options = append(options, s.AttrOr("value", "")) })
	if got := strings.Join(options, " "); got != "t3 t4 none not_on_spotify" {
		t.Errorf("options %q", got)
	}
	if got := form.Find(`input[name="question"]`).AttrOr("value", ""); got != "q1" {
		t.Errorf("question %q", got)
	}
	if got := form.Find(`input[name="back"]`).AttrOr("value", ""); got != "/c/c1" {
		t.Errorf("back %q", got)
	}
}

func TestAVersionThatWasNotAskedForIsNotMarkedForThePerson(t *testing.T) {
	t.Parallel()
	p := asking()
	marked := func(ruledOut bool) string {
		for i := range p.Tasks[0].Question.Options {
			p.Tasks[0].Question.Options[i].RuledOut = ruledOut
		}
		v := runStates()["asking"]
		v.Progress = p
		doc, _ := render(t, partial.Run(v))
		return at(doc, "question").Find(`input[name="option"][checked]`).AttrOr("value", "")
	}
	for ruledOut, want := range map[bool]string{false: "t3", true: "none"} {
		if got := marked(ruledOut); got != want {
			t.Errorf("ruled out %v: %q is marked, want %q", ruledOut, got, want)
		}
	}
}

func TestATalkHasNoCard(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, partial.Run(runStates()["said"]))
	if at(doc, "card").Length() != 0 {
		t.Error("words alone were put in a box")
	}
	link := at(doc, "suggestions").Find("a").First()
	if got := link.AttrOr("href", ""); got != "/c/c1?draft=add+Bohemian+Rhapsody+by+Queen+to+Road+Trip" {
		t.Errorf("suggestion leads to %q", got)
	}
}

func TestEntriesPairMessagesWithTheirRuns(t *testing.T) {
	t.Parallel()
	var messages []agent.Message
	var runs []partial.RunView
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		messages = append(messages, agent.Message{ID: id, Role: agent.Person, RunID: id, Text: id}, agent.Message{ID: id + "2", Role: agent.Assistant, RunID: id, Text: "said " + id})
		state := agent.Running
		if id == "d" {
			state = agent.Done
		}
		runs = append(runs, partial.RunView{Run: agent.Run{ID: id, State: state}, Live: true})
	}
	messages = append(messages, agent.Message{ID: "x", Role: agent.Assistant, RunID: "gone", Text: "an answer without its run"})

	var got []string
	for _, e := range page.Entries(messages, runs) {
		said := e.Message.Text
		if e.Run != nil && e.Run.Live {
			said += " live"
		}
		got = append(got, said)
	}
	if want := "a|b live|c live|d|e live|an answer without its run"; strings.Join(got, "|") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheHistoryIsGroupedByAge(t *testing.T) {
	t.Parallel()
	doc, _ := render(t, page.Chat(chat(view(added()))))
	if got := words(at(doc, "history").Find("h2")); got != "TodayYesterdayEarlier" {
		t.Errorf("groups %q", got)
	}
	if got := words(at(doc, "history").Find(`[aria-current="page"]`)); got != "Road Trip additions" {
		t.Errorf("current %q", got)
	}
}

func TestWhatAPersonWroteIsEscaped(t *testing.T) {
	t.Parallel()
	v := view(added())
	v.Progress.Tasks[0].Match.Choices[0].Track.Title = `<img src=x onerror=alert(1)>`
	hostile := road
	hostile.URL = "javascript:alert(1)"
	v.Progress.Playlist = &hostile
	doc, _ := render(t, partial.Run(v))
	if doc.Find("img[onerror]").Length() != 0 {
		t.Error("a title became markup")
	}
	doc.Find("a").Each(func(_ int, s *goquery.Selection) {
		if strings.HasPrefix(s.AttrOr("href", ""), "javascript:") {
			t.Error("a javascript: link")
		}
	})
}

func TestARefusedMessageKeepsItsDraft(t *testing.T) {
	t.Parallel()
	v := page.ChatView{Person: ada, Now: now, Key: "k", Draft: "add something", Trouble: &agent.Trouble{What: "Too fast.", Kept: "Your message is in the box.", Do: "Send it again."}}
	doc, _ := render(t, page.Chat(v))
	if got := doc.Find("#text").Text(); got != "add something" {
		t.Errorf("draft %q", got)
	}
	if got := doc.Find(`#composer input[name="key"]`).AttrOr("value", ""); got != "k" {
		t.Errorf("key %q", got)
	}
	if words(doc.Find(`[role="alert"]`)) == "" {
		t.Error("no alert")
	}
}

func TestAPageWithoutScriptsIsLoadedAgainWhileARunGoesOn(t *testing.T) {
	t.Parallel()
	views := runStates()
	for name, want := range map[string]bool{"running": true, "done": false, "asking": false} {
		_, html := render(t, page.Run(page.RunPageView{Person: ada, Run: views[name]}))
		if got := strings.Contains(html, `<noscript><meta http-equiv="refresh"`); got != want {
			t.Errorf("%s: refresh %v, want %v", name, got, want)
		}
	}
}
