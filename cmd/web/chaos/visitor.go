package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// visitor is a person with a browser.
type visitor struct {
	listener string // of the emulated Spotify
	url      string // of Segue
	http     *http.Client
}

// browserTime is how long a browser waits for an answer.
const browserTime = 20 * time.Second

func newVisitor(listener, segue string) *visitor {
	jar, _ := cookiejar.New(nil) // without options it has no error
	return &visitor{listener, segue, &http.Client{
		Jar: jar, Timeout: browserTime, Transport: &http.Transport{MaxIdleConnsPerHost: 50},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if via[0].Method == http.MethodPost && strings.HasPrefix(via[0].URL.String(), segue) {
				return http.ErrUseLastResponse // where a form of ours leads to is the answer
			}
			return nil
		},
	}}
}

// at returns the same person with the same cookies at another Segue.
func (v *visitor) at(segue string) *visitor {
	moved := newVisitor(v.listener, segue)
	if from, err := url.Parse(v.url); err == nil {
		moved.http.Jar.SetCookies(from, v.http.Jar.Cookies(from)) // a cookie's host has no port
	}
	return moved
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// login goes through the consent page of the emulated Spotify.
func (v *visitor) login(ctx context.Context, spotify string) error {
	form, err := v.form(ctx, "/login")
	if err != nil {
		return err
	}
	form.Set("listener", v.listener)
	_, err = v.post(ctx, spotify+"/authorize", form)
	return err
}

// form returns what the forms of a page send besides what a person chooses.
func (v *visitor) form(ctx context.Context, page string) (url.Values, error) {
	text, err := get(ctx, v.http, v.url+page)
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(text, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	return form, err
}

// key returns the idempotency key of a form as a page has it.
func (v *visitor) key(ctx context.Context) (string, error) {
	form, err := v.form(ctx, "/c")
	if err == nil && !form.Has("key") {
		err = errors.New("the page has no form with a key")
	}
	return form.Get("key"), err
}

// send sends a message once and returns the page it leads to: with that it is accepted.
func (v *visitor) send(ctx context.Context, text, key string) (conversation string, err error) {
	to, err := v.post(ctx, v.url+"/c", url.Values{"text": {text}, "key": {key}})
	if err == nil && !strings.HasPrefix(to, "/c/") {
		err = fmt.Errorf("the form led to %q", to)
	}
	return strings.TrimSuffix(to, "#latest"), err
}

var runID = regexp.MustCompile(`/runs/([a-z0-9]+)`)

// runs returns the ids of the runs on a conversation's page, in order.
func (v *visitor) runs(ctx context.Context, conversation string) ([]string, error) {
	page, err := get(ctx, v.http, v.url+conversation)
	if err != nil {
		return nil, err
	}
	var ids []string
	known := map[string]bool{}
	for _, m := range runID.FindAllStringSubmatch(page, -1) {
		if !known[m[1]] {
			known[m[1]], ids = true, append(ids, m[1])
		}
	}
	if len(ids) == 0 {
		return nil, errors.New("no run on the page")
	}
	return ids, nil
}

// card is what a page says of a run.
type card struct {
	state   string
	results map[string]string // by title
	added   int               // songs of a list
	form    url.Values        // that answers its question with the first choice
}

var (
	cardState   = regexp.MustCompile(`data-testid="run" data-state="([a-z]+)"`)
	cardOutcome = regexp.MustCompile(`(?s)data-testid="outcome" data-result="([a-z_]*)" data-state="[a-z]+">.*?class="title font-semibold">([^<]*)<`)
	cardAdded   = regexp.MustCompile(`<b [^>]*>(\d+)</b> added<`)
	cardAsks    = regexp.MustCompile(`name="question" value="([^"]+)"`)
	cardOption  = regexp.MustCompile(`name="option" value="([^"]+)"`)
)

func readCard(page string) card {
	c := card{results: map[string]string{}}
	if m := cardState.FindStringSubmatch(page); m != nil {
		c.state = m[1]
	}
	for _, m := range cardOutcome.FindAllStringSubmatch(page, -1) {
		c.results[html.UnescapeString(m[2])] = m[1]
	}
	if m := cardAdded.FindStringSubmatch(page); m != nil {
		c.added, _ = strconv.Atoi(m[1]) // digits that do not fit are no count
	}
	question, option := cardAsks.FindStringSubmatch(page), cardOption.FindStringSubmatch(page)
	if question != nil && option != nil {
		c.form = url.Values{"question": {question[1]}, "option": {option[1]}}
	}
	return c
}

func (c card) final() bool { return c.state == "done" || c.state == "failed" || c.state == "cancelled" }

func (v *visitor) look(ctx context.Context, run string) (card, error) {
	page, err := get(ctx, v.http, v.url+"/runs/"+run)
	return readCard(page), err
}

// press sends a form of a run: answer, cancel or undo.
func (v *visitor) press(ctx context.Context, run, button string, form url.Values) error {
	_, err := v.post(ctx, v.url+"/runs/"+run+"/"+button, form)
	return err
}

// post sends a form; to is where the answer leads, when it is a redirect that is not followed.
func (v *visitor) post(ctx context.Context, url string, form url.Values) (to string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := v.http.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	_, err = read(answer)
	return answer.Header.Get("Location"), err
}

func get(ctx context.Context, c *http.Client, from string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return "", err
	}
	return do(c, r)
}

func do(c *http.Client, r *http.Request) (string, error) {
	answer, err := c.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	return read(answer)
}

func read(answer *http.Response) (string, error) {
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusBadRequest {
		err = &refusal{answer.StatusCode, answer.Request.Method + " " + answer.Request.URL.Path}
	}
	return string(body), err
}

// refusal is an answer that says no.
type refusal struct {
	status int
	what   string
}

func (r *refusal) Error() string { return fmt.Sprintf("%s: status %d", r.what, r.status) }

// refusedWith reports whether the answer was one with this status.
func refusedWith(err error, status int) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && r.status == status
}
