package llm_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/agent/agenttest"
	"segue/internal/agent/llm"
	"segue/internal/agent/llm/stub"
)

// nonsense is a script of a mad model on a bad connection; it counts its answers.
func nonsense(seed uint64, agents []agent.Agent, answers *atomic.Int64) stub.Script {
	var mu sync.Mutex
	tools := append(slices.Clone(agents[0].Tools), agent.Tool{Name: "transfer_to_librarian"}, agent.Tool{Name: agent.Undo})
	n := agenttest.Nonsense{Rand: rand.New(rand.NewPCG(seed, 0)), Tools: tools}
	return func(stub.Request) stub.Reply {
		mu.Lock()
		defer mu.Unlock()
		answers.Add(1)
		o := n.Next()
		r := stub.Reply{Text: o.Text, Whole: n.IntN(2) == 0, NoIDs: n.IntN(4) == 0, NoUsage: n.IntN(4) == 0, NoDone: n.IntN(4) == 0}
		for _, c := range o.Calls {
			r.Calls = append(r.Calls, stub.Call{Name: c.Tool, Arguments: c.Args})
		}
		switch n.IntN(20) {
		case 0:
			r.Finish = "length"
		case 1:
			r.Finish = "none"
		case 2:
			r.Break, r.After = []stub.Break{stub.Cut, stub.Reset, stub.Garbage, stub.Trouble}[n.IntN(4)], n.IntN(3)
		}
		return r
	}
}

func TestTwoThousandOutputsOfAMadModel(t *testing.T) {
	t.Parallel()
	const turners, each = 4, 500
	agents := house()
	crew, err := agent.NewCrew(agents...)
	if err != nil {
		t.Fatal(err)
	}
	var total, turns, used atomic.Int64
	var all sync.WaitGroup
	for i := range turners {
		var answers atomic.Int64
		r := newRig(t, nonsense(uint64(i), agents, &answers), func(o *llm.Options) { o.Timeout = 20 * time.Second })
		all.Go(func() {
			for answers.Load() < each && !t.Failed() {
				used.Add(int64(turn(t, r, agents, crew)))
				turns.Add(1)
			}
			total.Add(answers.Load())
		})
	}
	all.Wait()
	t.Logf("%d outputs in %d turns, %d calls carried out", total.Load(), turns.Load(), used.Load())
	if used.Load() == 0 {
		t.Error("no call was carried out")
	}
}

// house returns agents that can read, write, take away and hand over.
func house() []agent.Agent {
	concierge := someone()
	concierge.Handoffs = []agent.Handoff{{To: "librarian", When: "Something is to go."}}
	return []agent.Agent{concierge, {
		Name: "librarian", Tools: []agent.Tool{agent.NewTool[agent.UndoArgs](agent.Undo, "Undoes.", agent.Destructive)},
	}}
}

// turn takes a turn with the model and returns how many calls were carried out.
func turn(t *testing.T, r *rig, agents []agent.Agent, crew *agent.Crew) int {
	t.Helper()
	ts := r.says("Tidy up.")
	ts.Default, ts.LastRun = agent.PlaylistRef{ID: "default-playlist"}, "last-run"
	e := &agenttest.Engine{
		Local: agent.Local{Crew: crew, Planner: r, Transcript: ts},
		Tools: slices.Concat(agents[0].Tools, agents[1].Tools),
		Answer: func(c agent.Call) agent.Result {
			return agent.Result{Code: agent.OK, Playlist: agent.PlaylistRef{ID: "made-by-" + c.ID}}
		},
	}
	out, err := agent.Loop(t.Context(), e, agent.DefaultLimits())
	e.Check(t, out, err)
	for _, record := range r.stub.Records()[max(len(r.stub.Records())-20, 0):] {
		if record.Status == 400 {
			t.Errorf("the protocol was broken: %s", record.Why)
		}
	}
	return len(e.Used)
}
