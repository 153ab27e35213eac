// Package fetch reads what people have published at an address they give us,
// and is not led anywhere else: only over https, only from hosts that the
// configuration names, only from addresses of the public internet.
package fetch

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"segue/internal/fault"
	"segue/internal/intake"
	"segue/internal/schedule"
)

const (
	limit     = 30 * time.Second // from dialling to the end of the answer
	redirects = 5
)

// Hosts are those that are read from when nothing else is said: where people
// publish lists as files. Google's spreadsheets are delivered by the last.
func Hosts() []string {
	return []string{"raw.githubusercontent.com", "gist.githubusercontent.com", "docs.google.com", "*.googleusercontent.com"}
}

// Options configure a Client.
type Options struct {
	Hosts    []string       // names of hosts; "*.example.com" is every name below
	Loopback bool           // this machine may be read from too, at any port: for tests
	Roots    *x509.CertPool // whose certificates are believed; nil is the system's
	Limit    time.Duration  // for all of one answer; 30 s by default
}

// Client reads documents.
type Client struct {
	hosts    []string
	loopback bool
	http     *http.Client
}

// New returns a client. Its connections go through no proxy: that would look up names in our place.
func New(o Options) *Client {
	c := &Client{hosts: o.Hosts, loopback: o.Loopback}
	dialer := &net.Dialer{Timeout: limit, Control: guard(o.Loopback)}
	transport := &http.Transport{DialContext: dialer.DialContext, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute}
	if o.Roots != nil {
		transport.TLSClientConfig = tlsFor(o.Roots)
	}
	if o.Limit == 0 {
		o.Limit = limit
	}
	c.http = &http.Client{Transport: transport, Timeout: o.Limit, CheckRedirect: c.follow}
	return c
}

// Parse returns a client of hosts with commas between; "none" is no host at all.
func Parse(text string) (*Client, error) {
	if text == "none" {
		return New(Options{}), nil
	}
	var hosts []string
	for host := range strings.SplitSeq(text, ",") {
		host = strings.ToLower(strings.TrimSpace(host))
		if name := strings.TrimPrefix(host, "*."); !strings.Contains(name, ".") || strings.ContainsAny(name, "*:/@ ") {
			return nil, fmt.Errorf("%q is not the name of a host, such as lists.example.com", host)
		}
		hosts = append(hosts, host)
	}
	return New(Options{Hosts: hosts}), nil
}

// Hosts are the hosts that it reads from.
func (c *Client) Hosts() []string { return c.hosts }

// Check refuses an address that would not be read, with a fault Invalid.
func (c *Client) Check(address string) error {
	if len(c.hosts) == 0 && !c.loopback {
		return fault.New(fault.Invalid, "Lists by address are not read here.", nil)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || !c.allowed(u) {
		return fault.New(fault.Invalid, "Lists are read over https from these hosts only: "+strings.Join(c.hosts, ", ")+".", nil)
	}
	return nil
}

func (c *Client) allowed(u *url.URL) bool {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if c.loopback && host == "127.0.0.1" {
		return true
	}
	return (u.Port() == "" || u.Port() == "443") && slices.ContainsFunc(c.hosts, func(name string) bool {
		below, many := strings.CutPrefix(name, "*")
		return many && strings.HasSuffix(host, below) || host == name
	})
}

// follow lets an answer lead on to hosts that may be read from.
func (c *Client) follow(req *http.Request, via []*http.Request) error {
	if len(via) > redirects {
		return fault.New(fault.Forbidden, "The address of the list leads on and on.", nil)
	}
	if req.URL.Scheme != "https" || !c.allowed(req.URL) {
		return fault.New(fault.Forbidden, "The address of the list leads to a host that lists are not read from.", nil)
	}
	return nil
}

// Read returns the document at an address and what it looks like now; nil when it
// is what was seen. Faults: Invalid (refused, larger than intake.MaxBytes),
// Forbidden, NotFound, Unavailable. None of them tells the address.
func (c *Client) Read(ctx context.Context, address string, seen schedule.Seen) (document []byte, now schedule.Seen, err error) {
	if err := c.Check(address); err != nil {
		return nil, seen, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, seen, fault.New(fault.Invalid, "The address of the list cannot be used.", nil)
	}
	setIf(req.Header, "If-None-Match", seen.ETag)
	setIf(req.Header, "If-Modified-Since", seen.Modified)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, seen, unreached(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotModified {
		return nil, seen, nil
	}
	if err := verdict(resp.StatusCode); err != nil {
		return nil, seen, err
	}
	document, err = whole(resp.Body)
	if err != nil {
		return nil, seen, err
	}
	sum := sha256.Sum256(document)
	now = schedule.Seen{ETag: resp.Header.Get("ETag"), Modified: resp.Header.Get("Last-Modified"), Digest: hex.EncodeToString(sum[:])}
	if now.Digest == seen.Digest {
		return nil, now, nil
	}
	return document, now, nil
}

func setIf(h http.Header, name, value string) {
	if value != "" {
		h.Set(name, value)
	}
}

func whole(body io.Reader) ([]byte, error) {
	document, err := io.ReadAll(io.LimitReader(body, intake.MaxBytes+1))
	switch {
	case err != nil:
		return nil, unreached(err)
	case len(document) > intake.MaxBytes:
		return nil, fault.New(fault.Invalid, "The list is larger than 20 MB.", nil)
	}
	return document, nil
}

// unreached says why there was no answer, without the address.
func unreached(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return fault.New(fault.Unavailable, "The host of the list did not answer.", err)
}

func verdict(status int) error {
	cause := fmt.Errorf("status %d", status)
	switch {
	case status == http.StatusOK:
		return nil
	case status == http.StatusNotFound, status == http.StatusGone:
		return fault.New(fault.NotFound, "There is no list at this address.", cause)
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= http.StatusInternalServerError:
		return fault.New(fault.Unavailable, "The host of the list cannot answer just now.", cause)
	default:
		return fault.New(fault.Forbidden, "The host of the list does not hand it out.", cause)
	}
}
