package page_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"segue/internal/agent"
	"segue/web"
	"segue/web/templates/page"
	"segue/web/templates/partial"
)

// until waits for a condition in the page.
func until(condition string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Poll[bool](condition, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(30*time.Second))(ctx, target)
		return chromedp.Void{}, err
	}
}

func TestAStreamMovesTheCardAndLetsAPersonPauseIt(t *testing.T) {
	t.Parallel()
	stream := &script{messages: make(chan string, 8)}
	url := site(t, func(mux *http.ServeMux) {
		mux.HandleFunc("GET /runs/live/events", stream.serve)
		mux.HandleFunc("GET /live", serve(page.Chat(chat(named(running(stages(2, agent.Stage{Name: agent.Searching, State: agent.Running})))))))
	})
	b := browser(t)
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(url+"/live"),
		until(`document.querySelector("#pill").dataset.state === "live"`),
		chromedp.Focus("#run-live-stop"))

	stream.messages <- "retry: 100\n" + message(t, 1, partial.Run(named(running(stages(4, agent.Stage{Name: agent.Adding, State: agent.Running})))))
	b.do(until(`document.querySelector("#status").textContent === "Step 5 of 6: adding it to the playlist"`))
	if got := eval[string](b, `document.activeElement.id`); got != "run-live-stop" {
		t.Errorf("the focus went to %q", got)
	}

	b.do(chromedp.Click("#pause"), until(`document.querySelector("#pill").dataset.state === "paused"`))
	stream.messages <- message(t, 2, partial.Run(named(running(stages(5, agent.Stage{Name: agent.Verifying, State: agent.Running})))))
	b.do(chromedp.Sleep(300 * time.Millisecond))
	if got := eval[string](b, `document.querySelector("#status").textContent`); got != "Step 5 of 6: adding it to the playlist" {
		t.Errorf("a paused page went on to %q", got)
	}
	b.do(chromedp.Click("#pause"), until(`document.querySelector("#status").textContent === "Step 6 of 6: checking that it is there"`))

	stream.messages <- message(t, 3, partial.Run(named(added()))) + "event: done\ndata: done\n\n"
	b.do(until(`document.querySelector("#status").textContent === "Done: 1 added."`), until(`document.querySelector("#pill").hidden`))
	if eval[bool](b, `!!document.querySelector('[data-testid="connector"]')`) {
		t.Error("a finished run still has its connector")
	}
	b.do(chromedp.Sleep(6 * time.Second)) // longer than the connector's own retry
	if n := stream.connections(); n != 1 {
		t.Errorf("%d connections, want 1: a finished run was asked for again", n)
	}
}

// named is the view of a run with an id of its own, so that it has a stream of its own.
func named(p agent.Progress) partial.RunView {
	v := view(p)
	v.Run.ID, v.Live = "live", true
	return v
}

func TestAStreamWhoseSessionEndedAsksToLogInAgain(t *testing.T) {
	t.Parallel()
	url := site(t, func(mux *http.ServeMux) {
		mux.HandleFunc("GET /runs/live/events", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
		mux.HandleFunc("GET /live", serve(page.Chat(chat(named(running(stages(2)))))))
	})
	b := browser(t)
	b.do(chromedp.Navigate(url+"/live"), until(`document.querySelector("#pill").dataset.state === "signed-out"`))
	if got := eval[string](b, `document.querySelector("[data-login]").getAttribute("href")`); got != "/login?return_to=%2Flive" {
		t.Errorf("log in leads to %q", got)
	}
	if got := eval[string](b, `document.querySelector('[data-testid="title"]').textContent`); got != "Adding 1 song to Road Trip" {
		t.Errorf("the card was replaced by %q", got)
	}
}

func TestAMessageLeavesAHalfMadeChoiceAlone(t *testing.T) {
	t.Parallel()
	stream := &script{messages: make(chan string, 1)}
	url := site(t, func(mux *http.ServeMux) {
		mux.HandleFunc("GET /runs/live/events", stream.serve)
		mux.HandleFunc("GET /live", serve(page.Chat(chat(named(asking())))))
	})
	b := browser(t)
	b.do(chromedp.Navigate(url+"/live"), until(`document.querySelector("#pill").dataset.state === "live"`), chromedp.Click(`input[value="t4"]`))
	again := asking()
	again.Title = "Adding a song to Road Trip"
	stream.messages <- message(t, 2, partial.Run(named(again)))
	b.do(until(`document.querySelector('[data-testid="title"]').textContent === "Adding a song to Road Trip"`))
	if got := eval[string](b, `document.querySelector("input[name=option]:checked").value`); got != "t4" {
		t.Errorf("the choice went to %q", got)
	}
}

func TestAPageWhoseScriptsComeLateStillListens(t *testing.T) {
	t.Parallel()
	stream := &script{messages: make(chan string, 1)}
	assets := web.Handler()
	for _, late := range []string{"app.js", "vendor/htmx.js"} {
		url := site(t, func(mux *http.ServeMux) {
			mux.HandleFunc("GET /static/"+late, func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(700 * time.Millisecond)
				assets.ServeHTTP(w, r)
			})
			mux.HandleFunc("GET /runs/live/events", stream.serve)
			mux.HandleFunc("GET /live", serve(page.Chat(chat(named(running(stages(2)))))))
		})
		browser(t).do(chromedp.Navigate(url+"/live"), until(`document.querySelector("#pill").dataset.state === "live"`))
	}
}
