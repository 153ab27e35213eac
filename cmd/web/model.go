package main

import (
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"segue/internal/agent"
	"segue/internal/agent/crew"
	"segue/internal/agent/llm"
	"segue/internal/auth"
	"segue/internal/guard"
	"segue/internal/workflows"
)

// modelConfig is where the language model is and how it is used.
type modelConfig struct {
	name      string // "" = there is none
	baseURL   string // "" = OpenAI's
	key       auth.Secret
	rollout   agent.Rollout
	sees      bool           // the catalogue
	settles   bool           // which recording is meant, when it is sure
	allowance agent.Spending // of a person and day
}

func readModel(or func(name, otherwise string) string) (modelConfig, error) {
	m := modelConfig{name: or("OPENAI_MODEL", ""), baseURL: or("OPENAI_BASE_URL", ""), key: auth.Secret(or("OPENAI_API_KEY", ""))}
	var err error
	if m.rollout, err = agent.ParseRollout(or("AGENT_ROLLOUT", "")); err != nil {
		return m, fmt.Errorf("AGENT_ROLLOUT: %w", err)
	}
	if m.sees, err = strconv.ParseBool(or("MODEL_SEES_CATALOGUE", "false")); err != nil {
		return m, fmt.Errorf("MODEL_SEES_CATALOGUE must be true or false")
	}
	if m.allowance.Tokens, err = strconv.Atoi(or("MODEL_TOKENS_A_DAY", "500000")); err != nil || m.allowance.Tokens < 0 {
		return m, fmt.Errorf("MODEL_TOKENS_A_DAY must be a whole number; 0 is no limit")
	}
	if m.allowance.Time, err = time.ParseDuration(or("MODEL_TIME_A_DAY", "1h")); err != nil || m.allowance.Time < 0 {
		return m, fmt.Errorf("MODEL_TIME_A_DAY must be a time such as 1h; 0s is no limit")
	}
	if m.settles, err = strconv.ParseBool(or("MODEL_SETTLES", "false")); err != nil || m.settles && !m.sees {
		return m, fmt.Errorf("MODEL_SETTLES must be true or false, and needs MODEL_SEES_CATALOGUE=true")
	}
	if m.name == "" && (m.baseURL != "" || m.key != "") {
		return m, fmt.Errorf("OPENAI_MODEL must name the language model, such as one that OPENAI_BASE_URL lists at /models")
	}
	return m, nil
}

// planner returns the language model behind a breaker, and the crews it plays; nil when there is none.
func (m modelConfig) planner(logger *slog.Logger) (agent.Planner, *guard.Breaker, error) {
	if m.name == "" {
		return nil, nil, nil
	}
	breaker := guard.NewBreaker(guard.BreakerOptions{
		Name: "model", Logger: logger, Message: "The language model is not answering right now.",
	})
	p, err := llm.New(llm.Options{
		BaseURL: m.baseURL, Model: m.name, Key: m.key.Reveal(), Breaker: breaker, SeesCatalogue: m.sees,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("OPENAI_BASE_URL: %w", err)
	}
	return p, breaker, nil
}

// counted is what a person may spend in a day, zero when there is no model.
func (m modelConfig) counted() agent.Spending {
	if m.name == "" {
		return agent.Spending{}
	}
	return m.allowance
}

// crews returns those that a model can play.
func crews() (map[string]*agent.Crew, error) {
	all := map[string]*agent.Crew{}
	for _, strategy := range []string{agent.Single, agent.InCrew} {
		c, err := crew.For(strategy)
		if err != nil {
			return nil, err
		}
		all[strategy] = c
	}
	matcher, err := crew.Matcher()
	all[workflows.MatcherStrategy] = matcher
	return all, err
}

// assign decides how a run is planned.
func (m modelConfig) assign(run agent.Run) *workflows.ModelTurn {
	strategy := m.rollout.For(run.PersonID)
	if m.name == "" || strategy == agent.ByRules {
		return nil
	}
	turn := &workflows.ModelTurn{Strategy: strategy, Limits: agent.DefaultLimits(), Wary: m.sees}
	switch { // a model that sees no names cannot tell recordings apart
	case m.sees && m.settles:
		turn.Matcher = workflows.Settles
	case m.sees:
		turn.Matcher = workflows.Suggests
	}
	return turn
}
