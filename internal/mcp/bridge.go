package mcp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// Stdio is this process's own stdin and stdout.
func Stdio() sdk.Transport { return &sdk.StdioTransport{} }

// Bridge offers, to the program at the other end of here, the tools of the Segue at
// the address, which is what browsers call it by. Every call goes there with the
// token, and so does what is told while it waits. It returns when the program has gone or ctx ends.
func Bridge(ctx context.Context, address, token string, here sdk.Transport) error {
	server := &relay{}
	client := sdk.NewClient(&sdk.Implementation{Name: "segue-stdio", Version: "1"}, &sdk.ClientOptions{
		Capabilities: &sdk.ClientCapabilities{}, ProgressNotificationHandler: server.pass,
	})
	there, err := client.Connect(ctx, &sdk.StreamableClientTransport{
		Endpoint: strings.TrimSuffix(address, "/") + "/mcp", HTTPClient: &http.Client{Transport: withToken(token)},
		MaxRetries: -1, DisableStandaloneSSE: true,
	}, nil)
	if err != nil {
		return fmt.Errorf("connect to Segue at %s: %w", address, err)
	}
	defer func() { _ = there.Close() }()
	s, err := server.of(ctx, there)
	if err != nil {
		return err
	}
	if err := s.Run(ctx, here); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("speak with the program: %w", err)
	}
	return nil
}

// withToken shows a personal token with every request.
type withToken string

// RoundTrip sends the request with the token.
func (t withToken) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(t))
	return http.DefaultTransport.RoundTrip(r)
}

// relay hands calls on to another server, and what that one tells meanwhile back.
type relay struct{ server *sdk.Server }

// of returns a server with the tools and instructions of the other one.
func (r *relay) of(ctx context.Context, there *sdk.ClientSession) (*sdk.Server, error) {
	about := there.InitializeResult()
	r.server = sdk.NewServer(about.ServerInfo, &sdk.ServerOptions{
		Instructions: about.Instructions, Capabilities: &sdk.ServerCapabilities{Tools: &sdk.ToolCapabilities{}},
	})
	for tool, err := range there.Tools(ctx, nil) {
		if err != nil {
			return nil, fmt.Errorf("list the tools: %w", err)
		}
		r.server.AddTool(tool, func(ctx context.Context, req *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
			result, err := there.CallTool(ctx, &sdk.CallToolParams{
				Meta: req.Params.Meta, Name: req.Params.Name, Arguments: req.Params.Arguments,
			})
			if _, ok := answered(err); err == nil || ok {
				return result, err
			}
			return said(true, "Segue did not answer. What it had accepted goes on. Look there, or ask run_status, before you send this again."), nil
		})
	}
	return r.server, nil
}

// pass hands on what is told while a call waits.
func (r *relay) pass(ctx context.Context, req *sdk.ProgressNotificationClientRequest) {
	for session := range r.server.Sessions() { // the one program there is
		_ = session.NotifyProgress(ctx, req.Params)
	}
}
