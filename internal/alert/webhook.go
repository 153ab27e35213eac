// Package alert tells the people who run Segue that a dead letter has come in.
// What it sends holds nothing of the person whose letter it is.
package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"segue/internal/deadletter"
	"segue/internal/fault"
)

// limit bounds one call from dialling to the end of the answer.
const limit = 5 * time.Second

// Webhook posts notices as JSON to one address.
type Webhook struct {
	url, pages string
	client     *http.Client
}

// New returns a webhook at an address that is https, or on this machine.
// pages is where operators reach Segue, without a trailing slash. The address is
// a secret, as it may hold one: no error tells it.
func New(address, pages string) (*Webhook, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, errors.New("must be the address of a webhook, such as https://alerts.example/hook")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, errors.New("must begin with https://, or lead to this machine")
	}
	return &Webhook{url: address, pages: pages, client: &http.Client{
		Timeout:       limit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// message is the body: the notice, the page of the letter, and all of it in one
// sentence under the name that chat programs look for.
type message struct {
	Text string `json:"text"`
	URL  string `json:"url"`
	deadletter.Notice
}

// Announce posts a notice, once. Faults: Unavailable when another try may help;
// Invalid and Forbidden (a redirect) when none does.
func (w *Webhook) Announce(ctx context.Context, n deadletter.Notice) error {
	page := w.pages + "/admin/dlq/" + n.Letter
	body, err := json.Marshal(message{Text: sentence(n) + " " + page, URL: page, Notice: n})
	if err != nil {
		return fmt.Errorf("write notice: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return fault.New(fault.Invalid, "The webhook has no usable address.", nil)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := w.client.Do(req)
	if err != nil {
		return fault.New(fault.Unavailable, "The webhook did not answer.", withoutAddress(err))
	}
	defer resp.Body.Close()
	return verdict(resp.StatusCode)
}

func sentence(n deadletter.Notice) string {
	at := ""
	if n.Step != "" {
		at = " while " + n.Step
	}
	return fmt.Sprintf("A request to Segue failed for good: %s%s, after %d attempts.", n.Kind, at, n.Attempts)
}

// withoutAddress takes the address out of what net/http says.
func withoutAddress(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

func verdict(status int) error {
	cause := fmt.Errorf("status %d", status)
	switch {
	case status < 300:
		return nil
	case status < 400:
		return fault.New(fault.Forbidden, "The webhook leads to another address, which is not followed.", cause)
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500:
		return fault.New(fault.Unavailable, "The webhook cannot take a notice just now.", cause)
	default:
		return fault.New(fault.Invalid, "The webhook refused the notice.", cause)
	}
}
