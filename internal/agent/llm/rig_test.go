package llm_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/agent/llm"
	"segue/internal/agent/llm/stub"
)

const (
	key   = "sk-canary-key"
	model = "tiny"
)

// rig is a planner and the model it asks, over HTTP.
type rig struct {
	*llm.Planner
	stub *stub.Server
	mu   sync.Mutex
	said strings.Builder // what was heard and not taken back
	sets int             // resets
	by   agent.Agent
}

func newRig(t *testing.T, script stub.Script, change ...func(*llm.Options)) *rig {
	t.Helper()
	s := stub.New(stub.Options{Key: key, Model: model, Script: script})
	r := overHTTP(t, s, change...)
	r.stub = s
	return r
}

func overHTTP(t *testing.T, h http.Handler, change ...func(*llm.Options)) *rig {
	t.Helper()
	server := httptest.NewServer(h)
	transport := &http.Transport{MaxIdleConnsPerHost: 4}
	t.Cleanup(func() { transport.CloseIdleConnections(); server.Close() })
	o := llm.Options{BaseURL: server.URL + "/v1", Model: model, Key: key, Timeout: 10 * time.Second, Transport: transport}
	for _, c := range change {
		c(&o)
	}
	p, err := llm.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &rig{Planner: p, by: someone()}
}

func (r *rig) hear(d agent.Delta) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d.Reset {
		r.said.Reset()
		r.sets++
	}
	r.said.WriteString(d.Text)
}

// says returns a transcript in which the person has said so.
func (r *rig) says(text string) agent.Transcript {
	return agent.Transcript{Messages: []agent.Message{{Role: agent.Person, Text: text}}, Hear: r.hear, Agent: r.by}
}

func someone() agent.Agent {
	return agent.Agent{
		Name: "concierge", Instructions: "You look after playlists.",
		Tools: []agent.Tool{
			agent.NewTool[struct{}](agent.ListPlaylists, "Lists the playlists.", agent.Read),
			agent.NewTool[agent.ShowPlaylistArgs](agent.ShowPlaylist, "Shows a playlist.", agent.Read),
			agent.NewTool[agent.SyncSongsArgs](agent.SyncSongs, "Adds songs.", agent.Write),
		},
	}
}
