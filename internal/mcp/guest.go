package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"segue/internal/agent"
	"segue/internal/fault"
)

// guest is one server of others.
type guest struct {
	Place
	client *sdk.Client
	logger *slog.Logger

	connecting sync.Mutex // one at a time

	mu      sync.Mutex
	session *sdk.ClientSession // nil = there is none
	over    bool               // there will be none any more
	tools   []agent.Tool
	theirs  map[string]string // names of the server's own, by those of the tools
}

func newGuest(p Place, logger *slog.Logger) *guest {
	return &guest{
		Place: p, logger: logger,
		// Nothing is offered to the server: neither our model nor our files nor our person.
		client: sdk.NewClient(&sdk.Implementation{Name: "segue", Version: "1"}, &sdk.ClientOptions{Capabilities: &sdk.ClientCapabilities{}}),
	}
}

// run keeps the list of tools fresh, and the connection with it.
func (g *guest) run(ctx context.Context) {
	away := false
	for ctx.Err() == nil {
		pause := lookEvery
		err := g.look(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil && !away:
			g.logger.WarnContext(ctx, "a server of tools is away", slog.Any("error", err))
		case err == nil && away:
			g.logger.InfoContext(ctx, "a server of tools is back")
		}
		if away = err != nil; away {
			pause = lookAgain
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	g.leave()
}

// look asks for the list of tools.
func (g *guest) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	session, err := g.connect(ctx)
	if err != nil {
		return err
	}
	var list []*sdk.Tool
	for tool, err := range session.Tools(ctx, nil) {
		if err != nil {
			g.drop(session)
			return err
		}
		if list = append(list, tool); len(list) >= mostTools {
			break
		}
	}
	g.offer(ctx, list)
	return nil
}

// connect returns the connection, a new one when there is none.
func (g *guest) connect(ctx context.Context) (*sdk.ClientSession, error) {
	g.connecting.Lock()
	defer g.connecting.Unlock()
	if session := g.current(); session != nil {
		return session, nil
	}
	session, err := g.client.Connect(ctx, g.transport(), nil)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over {
		go func() { _ = session.Close() }()
		return nil, errors.New("this process is about to end")
	}
	g.session = session
	go func() { // so that a command that ended by itself is not asked once more
		_ = session.Wait()
		g.drop(session)
	}()
	return session, nil
}

func (g *guest) current() *sdk.ClientSession {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.session
}

// drop forgets a connection that cannot be relied on, and ends its command.
func (g *guest) drop(session *sdk.ClientSession) {
	g.mu.Lock()
	if g.session == session {
		g.session = nil
	}
	g.mu.Unlock()
	go func() { _ = session.Close() }() // which may wait for a command to end
}

// leave ends the connection for good, and returns once its command has ended.
func (g *guest) leave() {
	g.mu.Lock()
	session := g.session
	g.session, g.over = nil, true
	g.mu.Unlock()
	if session != nil {
		_ = session.Close()
	}
}

// stateful reports whether the server knows us by the connection: what an earlier
// call has left there is gone with it.
func (g *guest) stateful(session *sdk.ClientSession) bool {
	return len(g.Command) > 0 || session.ID() != ""
}

// call makes a call, once or, where nothing can be done twice or lost by it, again.
func (g *guest) call(ctx context.Context, call agent.Call) (agent.Reply, error) {
	reply, stateful, err := g.try(ctx, call)
	if err != nil && call.Effect == agent.Read && !stateful && ctx.Err() == nil {
		reply, _, err = g.try(ctx, call)
	}
	return reply, err
}

func (g *guest) try(ctx context.Context, call agent.Call) (reply agent.Reply, stateful bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	session, err := g.connect(ctx)
	if err != nil {
		return reply, false, fault.New(fault.Unavailable, "The program "+g.Name+" is away.", err)
	}
	stateful = g.stateful(session)
	result, err := session.CallTool(ctx, &sdk.CallToolParams{Name: g.own(call.Tool), Arguments: call.Args})
	if why, ok := answered(err); ok && ctx.Err() == nil {
		return agent.Reply{Text: limited(why), Failed: true}, stateful, nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return reply, stateful, err // whoever asked has stopped; the server was told and serves others too
	}
	if err != nil {
		g.drop(session)
		return reply, stateful, g.lost(call, stateful, err)
	}
	return agent.Reply{Text: limited(textOf(result)), Failed: result.IsError}, stateful, nil
}

// answered returns what a server says that is there and refuses. The transport uses
// the server's part of the codes for its own failures, so these do not count.
func answered(err error) (why string, ok bool) {
	e, ok := errors.AsType[*jsonrpc.Error](err)
	if !ok || e.Code > -32100 && e.Code <= -32000 {
		return "", false
	}
	return e.Message, true
}

// lost tells of a call that was not answered.
func (g *guest) lost(call agent.Call, stateful bool, cause error) error {
	f := fault.New(fault.Unavailable, "The program "+g.Name+" did not answer.", cause)
	if call.Effect != agent.Read {
		f.Unsure = true
		f.Message += " It may have done what it was asked to do."
	}
	if stateful {
		f.Message += " What it remembered of earlier calls is gone; the next one begins anew."
	}
	return f
}

// own returns the server's own name of a tool.
func (g *guest) own(tool string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.theirs[tool]
}

func (g *guest) offers() []agent.Tool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tools
}

const (
	mostTools       = 32 // of one server
	longestSchema   = 16 << 10
	longestDescribe = 1024
)

// offer takes over the tools that can be offered, and tells of those that cannot.
func (g *guest) offer(ctx context.Context, list []*sdk.Tool) {
	var tools []agent.Tool
	theirs := map[string]string{}
	for _, t := range list {
		tool, err := g.tool(t)
		if _, taken := theirs[tool.Name]; taken && err == nil {
			err = errors.New("its name is taken")
		}
		if err != nil {
			g.logger.WarnContext(ctx, "a tool cannot be offered", slog.Any("error", err))
			continue
		}
		tools, theirs[tool.Name] = append(tools, tool), t.Name
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(tools) != len(g.tools) {
		g.logger.InfoContext(ctx, "tools of a server", slog.Int("count", len(tools)))
	}
	g.tools, g.theirs = tools, theirs
}

// tool converts what a server says of a tool of its own. One that does not call
// itself reading is taken to be able to destroy, whatever else it says.
func (g *guest) tool(t *sdk.Tool) (agent.Tool, error) {
	schema, err := json.Marshal(t.InputSchema)
	if err != nil || len(schema) > longestSchema {
		return agent.Tool{}, errors.New("its schema is too long or not readable")
	}
	effect := agent.Destructive
	if t.Annotations != nil && t.Annotations.ReadOnlyHint {
		effect = agent.Read
	}
	return agent.NewGuestTool(g.Name, g.Name+"_"+plain(t.Name), shortened(t.Description, longestDescribe), effect, schema)
}
