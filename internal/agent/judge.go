package agent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of a step.
const (
	MaxCalls = 16       // of one step; more are refused
	MaxEqual = 3        // equal calls in a turn; more are refused
	MaxArgs  = 32 << 10 // bytes of arguments in a step; more are refused
	MaxSay   = 20_000   // characters of an answer; the rest is cut off
	maxName  = 64       // characters of a name that a planner made up
	maxWhy   = 500      // characters of a refusal
)

// judge returns the step as the turn can take it.
func judge(step Step, t Transcript) Step {
	step.Agent, step.Forgot = t.Agent.Name, t.Forgot
	step.Say = cut(strings.ToValidUTF8(step.Say, "\uFFFD"), MaxSay)
	j := judging{by: t.Agent, handles: t.Handles(), calls: slices.Clone(t.Calls), room: MaxArgs}
	for i, call := range step.Calls[:min(len(step.Calls), 2*MaxCalls)] {
		call.ID = strconv.Itoa(len(j.calls) + 1)
		call = j.judge(call)
		if call.Refused == "" && i >= MaxCalls {
			call = refuse(call, fmt.Sprintf("one step may have %d calls", MaxCalls))
		}
		j.calls = append(j.calls, call)
	}
	step.Calls = j.calls[len(t.Calls):]
	return step
}

// judging is the state of judging a step.
type judging struct {
	by      Agent
	handles Handles
	calls   []Call // of the turn, up to the one that is judged
	room    int    // bytes of arguments that may still come
}

// judge returns the call with its effect and resolved arguments, or refused.
func (j *judging) judge(call Call) Call {
	call.Said, call.Of, call.Effect, call.Refused = nil, "", "", ""
	args := call.Args
	if j.room -= len(args); j.room < 0 || !json.Valid(args) {
		call.Args = json.RawMessage(`{}`) // what is too long or no JSON is not kept
	}
	i := slices.IndexFunc(j.by.Tools, func(t Tool) bool { return t.Name == call.Tool })
	if i < 0 {
		call.Tool = printable(call.Tool)
		return refuse(call, "there is no tool "+strconv.Quote(call.Tool)+"; yours are: "+names(j.by.Tools))
	}
	if j.room < 0 {
		return refuse(call, fmt.Sprintf("the arguments of one step may have %d bytes", MaxArgs))
	}
	read, err := j.by.Tools[i].read(args, j.handles)
	if err != nil {
		return refuse(call, err.Error())
	}
	if !bytes.Equal(read, args) {
		call.Said = args
	}
	call.Args, call.Of, call.Effect = read, j.by.Tools[i].Of, j.by.Tools[i].Effect
	if equal(j.calls, call) >= MaxEqual {
		return refuse(call, fmt.Sprintf("this very call was made %d times: its result will not change", MaxEqual))
	}
	return call
}

func refuse(call Call, why string) Call {
	call.Refused = cut(strings.ToValidUTF8(why, "\uFFFD"), maxWhy)
	return call
}

// equal counts the calls that were carried out with the same arguments.
func equal(calls []Call, like Call) int {
	n := 0
	for _, c := range calls {
		if c.Refused == "" && c.Tool == like.Tool && bytes.Equal(c.Args, like.Args) {
			n++
		}
	}
	return n
}

// printable makes a tool's name that a planner made up fit to be kept.
func printable(name string) string {
	if validName.MatchString(name) {
		return name
	}
	return "unknown"
}

func names(tools []Tool) string {
	all := make([]string, len(tools))
	for i, t := range tools {
		all[i] = t.Name
	}
	return strings.Join(all, ", ")
}

// cut returns at most n characters of s.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}
