package mcp

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

const (
	callLimit    = 30 * time.Second // one call of another server
	connectLimit = 15 * time.Second
	lookEvery    = time.Minute     // what a server offers may change
	lookAgain    = 5 * time.Second // for one that is away
)

// Guests are the servers of others, whose tools our agent may use. It keeps a
// connection to each while Run runs, and what each has offered, however it stands now.
type Guests struct{ all []*guest }

// NewGuests returns the servers at the places, not connected.
func NewGuests(places []Place, logger *slog.Logger) *Guests {
	g := &Guests{}
	for _, p := range places {
		g.all = append(g.all, newGuest(p, logger.With(slog.String("server", p.Name))))
	}
	return g
}

// Run keeps asking the servers what they offer, until ctx ends; then it ends the
// commands that it has started, and returns once they have.
func (g *Guests) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, one := range g.all {
		all.Go(func() { one.run(ctx) })
	}
	all.Wait()
}

// Tools returns what the servers offer, or have offered before they went away. A
// server names its tools server_tool.
func (g *Guests) Tools() []agent.Tool {
	var tools []agent.Tool
	for _, one := range g.all {
		tools = append(tools, one.offers()...)
	}
	return tools
}

// Call makes a call of the server that has the tool, within 30 s. A call that only
// reads is made again on a new connection when it was lost, unless the server keeps
// state by connection. Faults: Unavailable, Unsure when the server may have done what
// was asked; Forbidden for a server that is not among these.
func (g *Guests) Call(ctx context.Context, call agent.Call) (agent.Reply, error) {
	i := slices.IndexFunc(g.all, func(one *guest) bool { return one.Name == call.Of })
	if i < 0 {
		return agent.Reply{}, fault.New(fault.Forbidden, "The program "+call.Of+" is not set up any more.", nil)
	}
	return g.all[i].call(ctx, call)
}
