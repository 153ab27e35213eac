// Package llm is the planner over a language model behind an OpenAI-compatible API:
// chat completions with tools, streamed. OpenAI, Ollama, vLLM, llama.cpp and hosted
// services speak it; nothing is sent that only one of them knows.
//
// It decides nothing: what a model asks for is judged by agent.Crew. It tries
// nothing again: a fault says whether and when that makes sense. No error holds
// anything of a prompt, an answer or a key.
package llm

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"segue/internal/agent"
)

// DefaultBaseURL is OpenAI's.
const DefaultBaseURL = "https://api.openai.com/v1"

const defaultTimeout = 60 * time.Second

// breaker holds calls back from a service that fails; *guard.Breaker satisfies it.
type breaker interface {
	Do(call func() error) error
}

// Options say where the model is.
type Options struct {
	BaseURL       string            // up to and with /v1; "" = DefaultBaseURL
	Model         string            // required
	Key           string            // "" = none, as for a server of one's own
	Transport     http.RoundTripper // nil = http.DefaultTransport
	Breaker       breaker           // counts whole calls, streams included; nil = none
	Timeout       time.Duration     // of one call, to the end of the answer; 0 = 60 s
	SeesCatalogue bool              // the model is shown names of tracks and playlists, as data
}

// Planner implements agent.Planner. It holds no state between calls.
type Planner struct {
	chat    openai.ChatCompletionService
	model   string
	breaker breaker
	timeout time.Duration
	sees    bool
}

// New returns the planner over the model.
func New(o Options) (*Planner, error) {
	base := cmp.Or(o.BaseURL, DefaultBaseURL)
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("the base URL of the model must look like %s", DefaultBaseURL)
	}
	if o.Model == "" {
		return nil, fmt.Errorf("the model at %s has no name", u.Host)
	}
	client := &http.Client{
		Transport:     o.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	// The service alone: the client of the SDK would read keys from the environment.
	settings := []option.RequestOption{
		option.WithBaseURL(strings.TrimSuffix(base, "/") + "/"), option.WithHTTPClient(client), option.WithMaxRetries(0),
	}
	if o.Key != "" {
		settings = append(settings, option.WithAPIKey(o.Key))
	}
	return &Planner{
		chat: openai.NewChatCompletionService(settings...), model: o.Model,
		breaker: o.Breaker, timeout: cmp.Or(o.Timeout, defaultTimeout), sees: o.SeesCatalogue,
	}, nil
}

// Next asks the model, as t.Agent, for the next step. While the answer comes its
// text goes to t.Hear, with a Reset when the call fails after all. The arguments of
// calls are as the model wrote them: any bytes.
// Faults: Forbidden when the key is refused, NotFound when the model is not there,
// Exhausted when the account is used up, Invalid when the request is refused (with
// agent.ErrTooLong when it is too long), RateLimited, Unavailable.
func (p *Planner) Next(ctx context.Context, t agent.Transcript) (agent.Step, error) {
	if p.breaker == nil {
		return p.ask(ctx, t)
	}
	var step agent.Step
	err := p.breaker.Do(func() error {
		var err error
		step, err = p.ask(ctx, t)
		return err
	})
	return step, err
}

// ask makes one call and reads the answer to its end.
func (p *Planner) ask(ctx context.Context, t agent.Transcript) (agent.Step, error) {
	within, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	began := time.Now()
	w := &wire{}
	stream := p.chat.NewStreaming(within, p.prompt(t), option.WithMiddleware(w.through))
	defer func() { _ = stream.Close() }()
	a := answer{hear: t.Hear}
	for !a.full() && stream.Next() {
		a.add(stream.Current())
	}
	err := stream.Err()
	if err == nil && !a.full() && a.finish == "" && !w.done() {
		err = errCut
	}
	if err != nil {
		a.reset()
		return agent.Step{}, faultOf(ctx, err)
	}
	step := a.step()
	step.Usage = a.usage(w.sent)
	step.Usage.Time = time.Since(began)
	return step, nil
}
