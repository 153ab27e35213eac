package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// modelRows have a scripted language model plan every message, in three steps: a
// hand-off, a tool, an answer.
func modelRows() []row {
	dies := crash{point: "step-planned", before: func(ctx context.Context, t *trial) error { return t.askModel(ctx) }}
	return []row{
		{name: "model", what: "a language model plans; nothing else happens", act: modelJust, tally: planned},
		{name: "model-kill", what: "a language model plans; SIGKILL every 4 s", alone: true, over: 60 * time.Second, within: afterKill, act: modelKill},
		{name: "model-away", what: "the language model is gone for 60 s", over: 30 * time.Second, within: afterOutage, act: modelAway},
		{
			name: "crash-step-planned", what: "dies with the language model's answer read, the step not on record", over: 30 * time.Second,
			lasts: dying, within: afterKill, act: func(ctx context.Context, t *trial) error {
				if err := dies.play(ctx, t); err != nil {
					return err
				}
				return t.answeredOnce(ctx)
			},
		},
	}
}

// askModel lets Segue, which has not been sent anything yet, plan with a scripted model.
func (t *trial) askModel(ctx context.Context) error {
	rules := filepath.Join(t.dir, "rules.json")
	if err := t.script(rules); err != nil {
		return err
	}
	addr, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	t.model = &process{
		path: program(), url: "http://" + addr, ask: "/v1/models", log: filepath.Join(t.dir, "model.log"),
		args: []string{"model", "-addr", addr, "-rules", rules, "-latency", "100ms", "-pace", "5ms"},
	}
	if err := t.model.start(ctx); err != nil {
		return err
	}
	t.segue.env = append(t.segue.env, "OPENAI_BASE_URL="+t.model.url+"/v1", "OPENAI_MODEL=scripted", "AGENT_ROLLOUT=crew", "MODEL_TOKENS_A_DAY=0", "MODEL_TIME_A_DAY=0s")
	return nil
}

// script writes what the model answers to each message.
func (t *trial) script(file string) error {
	type call struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	}
	type reply struct {
		Text  string `json:"text,omitempty"`
		Calls []call `json:"calls,omitempty"`
	}
	type rule struct {
		Ask     string  `json:"ask"`
		Replies []reply `json:"replies"`
	}
	var rules []rule
	for i, w := range t.wishes {
		args := map[string]any{"playlist": map[string]string{"name": w.playlist}}
		var songs []map[string]any
		for _, s := range w.songs {
			songs = append(songs, map[string]any{"title": s.title, "artists": []string{s.artist}})
		}
		args["songs"] = songs
		text, err := json.Marshal(args)
		if err != nil {
			return err
		}
		rules = append(rules, rule{
			Ask: "^" + regexp.QuoteMeta(w.text()) + "$",
			Replies: []reply{
				{Calls: []call{{"transfer_to_searcher", `{"reason":"songs are to be added"}`}}},
				{Calls: []call{{"sync_songs", string(text)}}},
				{Text: answerOf(i)},
			},
		})
	}
	text, err := json.Marshal(rules)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

func answerOf(i int) string { return fmt.Sprintf("That was wish number %d.", i) }

// withModel starts Segue anew, in front of the model.
func (t *trial) withModel(ctx context.Context) error {
	t.segue.end(syscall.SIGKILL)
	if err := t.askModel(ctx); err != nil {
		return err
	}
	return t.segue.start(ctx)
}

func modelJust(ctx context.Context, t *trial) error {
	if err := t.withModel(ctx); err != nil {
		return err
	}
	t.send(ctx)
	return t.answeredOnce(ctx)
}

func modelKill(ctx context.Context, t *trial) error {
	if err := t.withModel(ctx); err != nil {
		return err
	}
	if err := killAtRandom(ctx, t); err != nil {
		return err
	}
	return t.answeredOnce(ctx)
}

func modelAway(ctx context.Context, t *trial) error {
	if err := t.withModel(ctx); err != nil {
		return err
	}
	t.send(ctx)
	t.sent(ctx, .2)
	t.inject(1)
	t.model.end(syscall.SIGKILL)
	rest(ctx, t.scaled(outage))
	if err := t.model.start(ctx); err != nil {
		return err
	}
	t.upset()
	return t.answeredOnce(ctx)
}

// answeredOnce waits for all runs to end, and complains of a message with no answer of
// the model, or with more than one. It remarks how many calls of the model that took.
func (t *trial) answeredOnce(ctx context.Context) error {
	t.until(ctx, func() bool { return !t.unfinished() })
	for i, w := range t.wishes {
		page, err := get(ctx, t.people[w.who].http, t.segue.url+"/c/"+w.conversation)
		if err != nil {
			return err
		}
		if n := strings.Count(page, answerOf(i)); n != 1 {
			t.complain("%d answers to wish %d", n, i)
		}
	}
	calls, err := t.asked(ctx)
	if err != nil {
		return err
	}
	t.remark("%d calls of the model for %d steps", len(calls), 3*len(t.wishes))
	return nil
}

// thinking is the method of a call that a model got, in a log.
const thinking = "MODEL"

// asked returns the calls of the model's last life, each with the message it was
// about as its body; none when the row has no model.
func (t *trial) asked(ctx context.Context) ([]request, error) {
	if t.model == nil {
		return nil, nil
	}
	text, err := get(ctx, http.DefaultClient, t.model.url+"/calls")
	if err != nil {
		return nil, err
	}
	var calls []struct {
		At   time.Time
		Text string
	}
	err = json.Unmarshal([]byte(text), &calls)
	log := make([]request, len(calls))
	for i, c := range calls {
		log[i] = request{At: c.At, Method: thinking, Body: c.Text}
	}
	return log, err
}

// planned counts the steps: in a row in which nothing is broken they are what there is to prove.
func planned(t *trial, _ []request) int { return 3 * len(t.wishes) }
