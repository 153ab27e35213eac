package stub

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"time"
)

// Rule answers what the person says last. The first reply is for the message, each
// other one for so many results of tools; the last one stands for all after it.
type Rule struct {
	Ask     string  `json:"ask"` // regular expression
	Replies []Reply `json:"replies"`
}

// Rules returns the script of the first rule that fits each message; what none fits
// is answered 500. It keeps no state, so that requests may come in any order.
func Rules(rules []Rule) (Script, error) {
	asks := make([]*regexp.Regexp, len(rules))
	for i, r := range rules {
		ask, err := regexp.Compile(r.Ask)
		if err != nil {
			return nil, fmt.Errorf("rule %d: %w", i+1, err)
		}
		if len(r.Replies) == 0 {
			return nil, fmt.Errorf("rule %d has no reply", i+1)
		}
		asks[i] = ask
	}
	return func(q Request) Reply {
		for i, ask := range asks {
			if replies := rules[i].Replies; ask.MatchString(q.Asked()) {
				return replies[min(q.Rounds(), len(replies)-1)]
			}
		}
		return Reply{Status: http.StatusInternalServerError, Code: "no_rule"}
	}, nil
}

// Main serves a model on a loopback address until ctx ends. It prints the base URL
// to out. Its rules are a JSON array of Rule in the file that -rules names.
func Main(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("model", flag.ContinueOnError)
	flags.SetOutput(out)
	addr := flags.String("addr", "127.0.0.1:0", "listen address, loopback only")
	file := flags.String("rules", "", "file of rules (required)")
	var o Options
	flags.StringVar(&o.Key, "key", "", "key that requests must carry; empty = any")
	flags.StringVar(&o.Model, "model", "", "name of the model; empty = any")
	latency := flags.Duration("latency", 300*time.Millisecond, "before the first piece")
	pace := flags.Duration("pace", 20*time.Millisecond, "between pieces")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	script, err := readRules(*file)
	if err != nil {
		return err
	}
	o.Script = func(q Request) Reply {
		r := script(q)
		r.Latency, r.Pace = *latency, *pace
		return r
	}
	return serve(ctx, *addr, New(o), out)
}

func readRules(file string) (Script, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	var rules []Rule
	if err := json.Unmarshal(text, &rules); err != nil {
		return nil, fmt.Errorf("rules in %s: %w", file, err)
	}
	return Rules(rules)
}

func serve(ctx context.Context, addr string, s *Server, out io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("model: %w", err)
	}
	if tcp, ok := listener.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		return errors.Join(fmt.Errorf("model: %s is not a loopback address", addr), listener.Close())
	}
	_, _ = fmt.Fprintf(out, "Scripted model on http://%s/v1\n", listener.Addr())
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("model: %w", err)
	case <-ctx.Done():
	}
	err = server.Close() // at once: an answer that hangs on purpose must not hold us up
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
