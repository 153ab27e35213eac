package mcp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

const (
	mostReply  = 16 << 10        // bytes of an answer that the agent is given
	mostEvent  = 4 << 20         // bytes of an answer that is read at all, over HTTP
	childGrace = 2 * time.Second // for a command to end by itself, and again after SIGTERM
)

// transport is how the server is reached. A command gets PATH and nothing else of
// our environment, which holds secrets; an address gets no token of ours.
func (p Place) transport() sdk.Transport {
	if len(p.Command) > 0 {
		cmd := exec.Command(p.Command[0], p.Command[1:]...) //nolint:gosec,noctx // the operator's own, ended by Close
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		return &sdk.CommandTransport{Command: cmd, TerminateDuration: childGrace}
	}
	return &sdk.StreamableClientTransport{
		Endpoint: p.URL, MaxRetries: -1, MaxEventSize: mostEvent, DisableStandaloneSSE: true,
		HTTPClient: &http.Client{
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// textOf returns what the server says in words; of what is no text, that it is left out.
func textOf(r *sdk.CallToolResult) string {
	var parts []string
	for _, c := range r.Content {
		switch c := c.(type) {
		case *sdk.TextContent:
			parts = append(parts, c.Text)
		case *sdk.ImageContent:
			parts = append(parts, "(An image is left out.)")
		case *sdk.AudioContent:
			parts = append(parts, "(A sound is left out.)")
		default:
			parts = append(parts, "(A resource is left out.)")
		}
	}
	if len(parts) == 0 && r.StructuredContent != nil {
		text, err := json.Marshal(r.StructuredContent)
		if err == nil {
			return string(text)
		}
	}
	return strings.Join(parts, "\n")
}

// limited cuts an answer that is too long, and says so.
func limited(text string) string {
	all := len(text)
	if all <= mostReply {
		return strings.ToValidUTF8(text, "\uFFFD")
	}
	return strings.ToValidUTF8(text[:mostReply], "") + fmt.Sprintf("\n(Cut here: the answer has %d bytes.)", all)
}

func shortened(text string, most int) string {
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "")
}

// plain makes a name one that models accept.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}
