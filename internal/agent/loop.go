package agent

import (
	"fmt"
	"slices"
	"time"

	"segue/internal/fault"
)

// Engine does what Loop decides. C is the context of whoever runs it.
type Engine[C any] interface {
	// Next returns the next step of the turn, as Crew.Next does.
	Next(ctx C, t Turn) (Step, error)
	// Use carries the calls out and returns a result for each, in their order. Several
	// are given only when all of them just read, and may run at the same time. A call
	// that fails is a result; an error ends the turn.
	Use(ctx C, calls []Call) ([]Result, error)
}

// Limits bound a turn. Zero is no limit, but for Steps.
type Limits struct {
	Steps  int // 0 = 12
	Tokens int
	Time   time.Duration // that the model takes; waiting for tools or the person does not count
}

// DefaultLimits returns 12 steps, 60,000 tokens and 60 s of the model's time.
func DefaultLimits() Limits { return Limits{Steps: maxSteps, Tokens: 60_000, Time: time.Minute} }

const maxSteps = 12

// Ending says why a turn ended.
type Ending string

// The endings.
const (
	Answered Ending = "answered" // the planner was done
	Finished Ending = "finished" // it called a tool that ends the turn
	Stepped  Ending = "stepped"  // more steps than one turn may take
	Spent    Ending = "spent"    // more tokens or time than one turn may take
	Unusable Ending = "unusable" // two steps that could not be used
	Broken   Ending = "broken"   // an error, which Loop returns too
)

// Outcome is how a turn ended.
type Outcome struct {
	Ending      Ending
	Say         string // the answer in words; "" when the planner left it to the results
	Suggestions []string
	Final       *Call  // of Finished: the call whose arguments are the outcome
	Agent       string // who acted last
	Turn        Turn   // all that happened
}

// Loop takes a turn to its end. It asks the engine for steps and has their calls
// carried out: reading ones of a step together, all others one after another in
// order. A refused call is answered by the reason. It is deterministic: it depends on
// what the engine returns and on nothing else.
// Its error is one of the engine; the outcome then says how far the turn came.
func Loop[C any](ctx C, e Engine[C], limits Limits) (Outcome, error) {
	l := &loop[C]{engine: e, limits: limits}
	if l.limits.Steps <= 0 {
		l.limits.Steps = maxSteps
	}
	for l.out.Ending == "" {
		if err := l.step(ctx); err != nil {
			l.out.Ending = Broken
			return l.out, err
		}
	}
	return l.out, nil
}

// loop is a running turn.
type loop[C any] struct {
	engine Engine[C]
	limits Limits
	out    Outcome
}

// step takes one step, and ends the turn when it is the last.
func (l *loop[C]) step(ctx C) error {
	turn := &l.out.Turn
	if ending := l.limits.reached(*turn); ending != "" {
		l.end(ending)
		return nil
	}
	step, err := l.engine.Next(ctx, *turn)
	if err != nil {
		return err
	}
	turn.Steps++
	turn.Usage = turn.Usage.Plus(step.Usage)
	turn.Forgot, turn.Note = step.Forgot, ""
	l.out.Agent = step.Agent
	if !usable(step) {
		if turn.Mended {
			l.end(Unusable)
			return nil
		}
		turn.Mended = true
	}
	if empty(step) {
		turn.Note = "Your last answer was empty. Answer in words or call a tool."
	}
	if err := l.carryOut(ctx, step.Calls); err != nil {
		return err
	}
	l.conclude(step)
	return nil
}

// reached returns the ending of a turn that has no step left.
func (l Limits) reached(t Turn) Ending {
	switch {
	case l.Tokens > 0 && t.Usage.Tokens() >= l.Tokens, l.Time > 0 && t.Usage.Time >= l.Time:
		return Spent
	case t.Steps >= l.Steps:
		return Stepped
	}
	return ""
}

// usable reports whether the whole step can be taken.
func usable(step Step) bool {
	return !empty(step) && !slices.ContainsFunc(step.Calls, func(c Call) bool { return c.Refused != "" })
}

func empty(step Step) bool { return len(step.Calls) == 0 && step.Say == "" && !step.Done }

// carryOut carries the calls out and records them with their results.
func (l *loop[C]) carryOut(ctx C, calls []Call) error {
	for len(calls) > 0 {
		n := together(calls)
		results, err := l.results(ctx, calls[:n])
		if err != nil {
			return err
		}
		l.out.Turn.Calls = append(l.out.Turn.Calls, calls[:n]...)
		l.out.Turn.Results = append(l.out.Turn.Results, results...)
		calls = calls[n:]
	}
	return nil
}

// together returns how many of the first calls may run at the same time, at least 1.
func together(calls []Call) int {
	n := 0
	for n < len(calls) && calls[n].Effect == Read && calls[n].Refused == "" {
		n++
	}
	return max(n, 1)
}

func (l *loop[C]) results(ctx C, calls []Call) ([]Result, error) {
	first := calls[0]
	switch {
	case first.Refused != "":
		return []Result{{CallID: first.ID, Code: string(fault.Invalid), Note: first.Refused}}, nil
	case first.Effect == handOver || first.Effect == Finish:
		return []Result{{CallID: first.ID, Code: OK}}, nil
	}
	results, err := l.engine.Use(ctx, calls)
	if err == nil && len(results) != len(calls) {
		err = fmt.Errorf("%d results of %d calls", len(results), len(calls))
	}
	return results, err
}

// conclude ends the turn when the step says so.
func (l *loop[C]) conclude(step Step) {
	l.out.Say, l.out.Suggestions = step.Say, step.Suggestions
	for _, call := range step.Calls {
		if call.Effect == Finish && call.Refused == "" {
			l.out.Ending, l.out.Final = Finished, &call
			return
		}
	}
	if usable(step) && (step.Done || len(step.Calls) == 0) {
		l.out.Ending = Answered
	}
}

// end ends a turn that its planner did not end, in words.
func (l *loop[C]) end(ending Ending) {
	l.out.Ending, l.out.Suggestions = ending, nil
	switch ending {
	case Stepped:
		l.out.Say = fmt.Sprintf("This took more than the %d steps that one message may take. What is done stays. Ask for the rest in a new message.", l.limits.Steps)
	case Spent:
		l.out.Say = "This used all the time or words that one message may use. What is done stays. Ask for the rest in a new message."
	default:
		l.out.Say = "I could not work out how to do this. What is done stays. Say it in other words, or ask for one thing at a time."
	}
}
