package main

import (
	"context"
	"errors"
	"flag"
	"io"

	"segue/internal/mcp"
)

const mcpUsage = `web mcp lets a program that speaks the Model Context Protocol over stdin and stdout use the
tools of a running Segue. The program starts it with this environment:

  SEGUE_URL    how browsers reach that Segue; http://127.0.0.1:8080 when it is left out
  SEGUE_TOKEN  a personal token of /settings/tokens that may read, and add songs if it is to
`

// bridge is the sub-command mcp.
func bridge(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	if len(args) > 0 {
		_, _ = io.WriteString(out, mcpUsage)
		return flag.ErrHelp
	}
	token, address := getenv("SEGUE_TOKEN"), getenv("SEGUE_URL")
	if token == "" {
		return errors.New("SEGUE_TOKEN is empty; web mcp -h explains")
	}
	if address == "" {
		address = "http://127.0.0.1:8080"
	}
	return mcp.Bridge(ctx, address, token, mcp.Stdio())
}
