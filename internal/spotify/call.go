package spotify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"segue/internal/failpoint"
	"segue/internal/fault"
)

// call is one request to the API, described so that it can be built anew.
type call struct {
	method string
	path   string // below the base URL, escaped
	query  string // raw; stays out of logs and errors, for it may hold a song's title
	body   []byte // JSON; nil for none
	person string // our id of whose turn in the queue it takes; "" before a login
}

// String names the call for operators.
func (q call) String() string { return q.method + " /" + q.path }

func (q call) reads() bool { return q.method == http.MethodGet }

// hit is a failpoint of writes.
func (q call) hit(p failpoint.Point) {
	if !q.reads() {
		failpoint.Hit(p)
	}
}

// shortWaits is how often one read waits in place for a gate that opens soon.
const shortWaits = 3

// read makes a call that changes nothing. A short pause that Spotify asks for is
// waited out here, so that one 429 does not undo the pages read before it.
func (c *Client) read(ctx context.Context, personID string, q call) ([]byte, error) {
	for tried := 1; ; tried++ {
		body, err := c.authorised(ctx, personID, q)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.RateLimited || f.RetryAfter > patience || tried == shortWaits {
			return body, err
		}
	}
}

// authorised makes the call with the person's token. A 401 says that nothing
// was done, so it is tried once more with a fresh token, be it a write or not.
func (c *Client) authorised(ctx context.Context, personID string, q call) ([]byte, error) {
	q.person = personID
	token, err := c.tokens.Token(ctx, personID)
	if err != nil {
		return nil, fmt.Errorf("%s: access token: %w", q, err)
	}
	body, err := c.do(ctx, token, q)
	if fault.KindOf(err) != fault.Unauthorised {
		return body, err
	}
	if token, err = c.tokens.Refresh(ctx, personID, token); err != nil {
		return nil, fmt.Errorf("%s: refresh access token: %w", q, err)
	}
	return c.do(ctx, token, q)
}

// do makes the call once, when pace and breaker let it out, and returns the body
// of a 2xx answer; of a write this may be cut short, since the status alone says that it was applied.
func (c *Client) do(ctx context.Context, token string, q call) (body []byte, err error) {
	if err = c.breaker.Ready(); err != nil {
		return nil, err
	}
	if err = c.pace.wait(ctx, q); err != nil {
		return nil, err
	}
	err = c.breaker.Do(func() error {
		body, err = c.send(ctx, token, q)
		return err
	})
	return body, err
}

// send is do without asking anybody.
func (c *Client) send(ctx context.Context, token string, q call) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var line wire
	req, err := c.request(line.watch(ctx), token, q)
	if err != nil {
		return nil, fault.New(fault.Internal, "", fmt.Errorf("%s: %w", q, err))
	}
	began := c.now()
	q.hit(failpoint.PostDue)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, unanswered(q, err, line.mayHaveSent(req))
	}
	defer func() { _ = resp.Body.Close() }() // read as far as it matters
	body, err := readBody(resp.Body)
	q.hit(failpoint.AnswerRead)
	c.logger.DebugContext(ctx, "spotify answered", slog.String("call", q.String()),
		slog.Int("status", resp.StatusCode), slog.Duration("took", c.now().Sub(began)))
	return c.judge(ctx, q, resp, body, err)
}

// judge decides what an answer means for the call.
func (c *Client) judge(ctx context.Context, q call, resp *http.Response, body []byte, bodyErr error) ([]byte, error) {
	ok := resp.StatusCode >= 200 && resp.StatusCode < 300
	switch {
	case ok && !q.reads():
		return body, nil // applied, whatever became of the body
	case ok && bodyErr != nil:
		return nil, unanswered(q, bodyErr, false)
	case resp.StatusCode == http.StatusOK:
		return body, nil
	}
	f, quota := refusal(q, resp, body, c.now())
	if f.Kind == fault.RateLimited {
		c.pace.slow(ctx, f, quota)
	}
	return nil, f
}

// request builds the HTTP request. A body gets no GetBody and no idempotency
// key is ever set, so that net/http cannot send a write a second time.
func (c *Client) request(ctx context.Context, token string, q call) (*http.Request, error) {
	target := c.api + q.path
	if q.query != "" {
		target += "?" + q.query
	}
	req, err := http.NewRequestWithContext(ctx, q.method, target, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	if q.body != nil {
		req.Header.Set("Content-Type", "application/json")
		req.Body = io.NopCloser(bytes.NewReader(q.body))
		req.ContentLength = int64(len(q.body))
	}
	return req, nil
}

// wire watches how far a request got.
type wire struct {
	asked   atomic.Bool // the transport went for a connection, so it reports to us
	written atomic.Bool // the header is out or buffered: the other side may know the request
}

func (w *wire) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { w.asked.Store(true) },
		WroteHeaders: func() { w.written.Store(true) },
	})
}

// mayHaveSent reports whether the other side may have seen the whole request.
// A transport that reports nothing gets the benefit of the doubt only if the
// deadline had passed before it was asked.
func (w *wire) mayHaveSent(req *http.Request) bool {
	if w.asked.Load() {
		return w.written.Load()
	}
	return req.Context().Err() == nil
}

var errTooLong = errors.New("answer longer than 10 MB")

func readBody(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err == nil && len(body) > maxBody {
		return nil, errTooLong
	}
	return body, err
}

// sleep waits for d, which callers keep short, or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return stopped(ctx)
	}
}

// stopped is the fault of a call whose context ended while it waited.
func stopped(ctx context.Context) error {
	return fault.New(fault.Unavailable, "The request was stopped before it was sent.", ctx.Err())
}
