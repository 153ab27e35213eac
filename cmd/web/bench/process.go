package main

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// process is a running program.
type process struct {
	cmd      *exec.Cmd
	url, spy string
}

// launch starts the program on a folder and returns once it answers.
func launch(ctx context.Context, dir string, env ...string) (*process, error) {
	addr, emulated, err := twoAddresses(ctx)
	if err != nil {
		return nil, err
	}
	p := &process{url: "http://" + addr, spy: "http://" + emulated}
	p.cmd = command(ctx, append(env, "DATA_DIR="+dir, "ADDR="+addr, "EMULATOR_ADDR="+emulated)...)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	for range 1000 {
		if _, err := get(ctx, http.DefaultClient, p.url+"/healthz"); err == nil {
			return p, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.kill()
	return nil, errors.New("the program did not answer")
}

func twoAddresses(ctx context.Context) (a, b string, err error) {
	var lc net.ListenConfig
	for _, into := range []*string{&a, &b} {
		l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return "", "", err
		}
		defer func() { _ = l.Close() }()
		*into = l.Addr().String()
	}
	return a, b, nil
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// rss returns the resident memory in bytes.
func (p *process) rss() int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	kb := regexp.MustCompile(`VmRSS:\s+(\d+)`).FindSubmatch(text)
	n, _ := strconv.Atoi(string(kb[1]))
	return n << 10
}

// person is a logged-in browser.
type person struct {
	p    *process
	http *http.Client
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// login goes through the emulated consent page.
func (p *process) login(ctx context.Context, listener string) (*person, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	v := &person{p, &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}}
	consent, err := get(ctx, v.http, p.url+"/login")
	if err != nil {
		return nil, err
	}
	form := url.Values{"listener": {listener}}
	for _, m := range hidden.FindAllStringSubmatch(consent, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	_, err = v.post(ctx, p.spy+"/authorize", form)
	return v, err
}

var runID = regexp.MustCompile(`/runs/([a-z0-9]+)`)

// say sends a message in a conversation of its own and returns the run.
func (v *person) say(ctx context.Context, text string) (string, error) {
	page, err := v.post(ctx, v.p.url+"/c", url.Values{"text": {text}, "key": {fmt.Sprint(time.Now().UnixNano())}})
	if err != nil {
		return "", err
	}
	m := runID.FindStringSubmatch(page)
	if m == nil {
		return "", errors.New("no run on the page")
	}
	return m[1], nil
}

// post sends a form and follows to the page.
func (v *person) post(ctx context.Context, to string, form url.Values) (page string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return do(v.http, r)
}

func get(ctx context.Context, c *http.Client, from string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return "", err
	}
	return do(c, r)
}

func do(c *http.Client, r *http.Request) (page string, err error) {
	answer, err := c.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return "", fmt.Errorf("%s %s: %s", r.Method, r.URL.Path, answer.Status)
	}
	return string(body), nil
}
