package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"segue/internal/agent"
	"segue/internal/fault"
)

// serveTools, as an argument, makes this test a server of tools over stdin and
// stdout: a child has no environment to be told by.
const serveTools = "serve-tools"

func TestMain(m *testing.M) {
	if slices.Contains(os.Args, serveTools) {
		_ = oddServer().Run(context.Background(), &sdk.StdioTransport{})
		return
	}
	os.Exit(m.Run())
}

// oddServer has one tool for each way to go wrong.
func oddServer() *sdk.Server {
	s := sdk.NewServer(&sdk.Implementation{Name: "odd", Version: "1"}, nil)
	reads, takes := &sdk.ToolAnnotations{ReadOnlyHint: true}, &sdk.ToolAnnotations{}
	count := 0
	add := func(name string, a *sdk.ToolAnnotations, do func(ctx context.Context) string) {
		sdk.AddTool(s, &sdk.Tool{Name: name, Annotations: a}, func(ctx context.Context, _ *sdk.CallToolRequest, _ struct{}) (*sdk.CallToolResult, any, error) {
			text := do(ctx)
			if text == "" {
				return nil, nil, errors.New("it could not be done")
			}
			return said(false, text), nil, nil
		})
	}
	add("count", reads, func(context.Context) string { count++; return strings.Repeat("I", count) })
	add("environment", reads, func(context.Context) string { return strings.Join(os.Environ(), "\n") })
	add("long", reads, func(context.Context) string { return strings.Repeat("x", 1<<20) })
	add("refuse", reads, func(context.Context) string { return "" })
	add("die", takes, func(context.Context) string { os.Exit(3); return "" })
	add("hang", takes, func(ctx context.Context) string { <-ctx.Done(); return "late" })
	add("with.dots", nil, func(context.Context) string { return "dots" })
	return s
}

// invite runs guests until the test ends, and waits for their tools.
func invite(t *testing.T, places ...Place) *Guests {
	t.Helper()
	g := NewGuests(places, slog.New(slog.DiscardHandler))
	ctx, leave := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { g.Run(ctx) })
	t.Cleanup(func() { leave(); all.Wait() })
	for began := time.Now(); len(g.Tools()) != tools; time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 15*time.Second {
			t.Fatalf("%d tools, want %d", len(g.Tools()), tools)
		}
	}
	return g
}

func child(name string) Place { return Place{Name: name, Command: []string{os.Args[0], serveTools}} }

func call(t *testing.T, g *Guests, tool string) (agent.Reply, error) {
	t.Helper()
	i := slices.IndexFunc(g.Tools(), func(t agent.Tool) bool { return t.Name == tool })
	if i < 0 {
		t.Fatalf("there is no %s", tool)
	}
	offered := g.Tools()[i]
	return g.Call(t.Context(), agent.Call{ID: "1", Tool: tool, Args: json.RawMessage(`{}`), Of: offered.Of, Effect: offered.Effect})
}

const tools = 7 // of oddServer

func TestACommandIsAskedAndItsToolsAreWhatItSays(t *testing.T) {
	t.Setenv("SEGUE_TEST_SECRET", "not for children")
	g := invite(t, child("odd"))
	effects := map[string]agent.Effect{}
	for _, tool := range g.Tools() {
		effects[tool.Name] = tool.Effect
	}
	for name, want := range map[string]agent.Effect{"odd_count": agent.Read, "odd_die": agent.Destructive, "odd_with_dots": agent.Destructive} {
		if effects[name] != want {
			t.Errorf("%s is %q, want %q", name, effects[name], want)
		}
	}
	if reply, err := call(t, g, "odd_with_dots"); err != nil || reply.Text != "dots" {
		t.Errorf("%+v, %v", reply, err)
	}
	if reply, err := call(t, g, "odd_environment"); err != nil || strings.Contains(reply.Text, "SECRET") || !strings.HasPrefix(reply.Text, "PATH=") {
		t.Errorf("a child is told %q, %v", reply.Text, err)
	}
	if reply, err := call(t, g, "odd_long"); err != nil || len(reply.Text) > mostReply+60 || !strings.Contains(reply.Text, "1048576 bytes") {
		t.Errorf("%d bytes, %v", len(reply.Text), err)
	}
	if reply, err := call(t, g, "odd_refuse"); err != nil || !reply.Failed || !strings.Contains(reply.Text, "could not be done") {
		t.Errorf("%+v, %v", reply, err)
	}
}

func TestACommandThatDiesFailsTheCallAndBeginsAnew(t *testing.T) {
	t.Parallel()
	g := invite(t, child("odd"))
	for _, want := range []string{"I", "II"} {
		if reply, err := call(t, g, "odd_count"); err != nil || reply.Text != want {
			t.Fatalf("%+v, %v", reply, err)
		}
	}
	_, err := call(t, g, "odd_die")
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Unavailable || !f.Unsure || !strings.Contains(f.Message, "begins anew") {
		t.Fatalf("a server that died is told as %v", err)
	}
	if reply, err := call(t, g, "odd_count"); err != nil || reply.Text != "I" {
		t.Errorf("after it: %+v, %v, want a fresh one", reply, err)
	}
}

func TestACallThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	g := invite(t, child("odd"))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := g.Call(ctx, agent.Call{Tool: "odd_hang", Args: json.RawMessage(`{}`), Of: "odd", Effect: agent.Destructive})
	if fault.KindOf(err) != fault.Unavailable || time.Since(began) > 2*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	if reply, err := call(t, g, "odd_count"); err != nil || reply.Text != "I" {
		t.Errorf("after it: %+v, %v", reply, err)
	}
}

// overHTTP serves oddServer; the nth POST from now on that calls a tool can be broken.
func overHTTP(t *testing.T, stateless bool, broken *atomic.Int32) Place {
	t.Helper()
	handler := sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return oddServer() }, &sdk.StreamableHTTPOptions{Stateless: stateless})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() > 0 && r.Method == http.MethodPost {
			broken.Add(-1)
			panic(http.ErrAbortHandler)
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return Place{Name: "web", URL: srv.URL}
}

func TestALostCallIsMadeAgainOnlyWhereThatIsSafe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		stateless bool
		tool      string
		survives  bool
	}{
		{true, "web_count", true},
		{true, "web_with_dots", false}, // it may have been done
		{false, "web_count", false},    // what it remembers is gone
	} {
		var broken atomic.Int32
		g := invite(t, overHTTP(t, c.stateless, &broken))
		broken.Store(1)
		if _, err := call(t, g, c.tool); (err == nil) != c.survives {
			t.Errorf("stateless %v, %s: %v", c.stateless, c.tool, err)
		}
		broken.Store(0)
		if _, err := call(t, g, c.tool); err != nil {
			t.Errorf("stateless %v, %s: the next call: %v", c.stateless, c.tool, err)
		}
	}
}

func TestAServerThatComesLaterIsOfferedThen(t *testing.T) {
	t.Parallel()
	var broken atomic.Int32
	p := overHTTP(t, true, &broken)
	broken.Store(2)
	if g := invite(t, p, Place{Name: "nowhere", Command: []string{"/there/is/no/such/program"}}); len(g.Tools()) != tools {
		t.Error(g.Tools())
	}
}
