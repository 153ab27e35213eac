// Package stub is a language model that says what a script tells it to: an
// OpenAI-compatible server for tests and demonstrations. It is written from the
// protocol's documentation and shares no code with the adapter. A request that breaks
// the protocol, or that the strictest servers would refuse, is answered with 400; all
// are recorded. It also fails as real servers do: slowly, halfway or with nonsense.
package stub

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const maxRequest = 8 << 20 // bytes

// Options configure a Server.
type Options struct {
	Key    string // that requests must carry; "" = any or none
	Model  string // the only one there is; "" = any
	Script Script
}

// Script answers requests that keep to the protocol. It may be called by several at once.
type Script func(Request) Reply

// List returns a script of those replies in turn; after the last one it answers 500.
func List(replies ...Reply) Script {
	var mu sync.Mutex
	return func(Request) Reply {
		mu.Lock()
		defer mu.Unlock()
		if len(replies) == 0 {
			return Reply{Status: http.StatusInternalServerError, Code: "script_is_over"}
		}
		next := replies[0]
		replies = replies[1:]
		return next
	}
}

// Always returns a script of one reply.
func Always(r Reply) Script { return func(Request) Reply { return r } }

// Break says how a stream fails.
type Break string

// The ways of failing, all after Reply.After pieces.
const (
	Cut     Break = "cut"     // the response ends in order, but too early
	Reset   Break = "reset"   // the connection is reset
	Hang    Break = "hang"    // nothing more comes until the client leaves
	Garbage Break = "garbage" // what comes is no JSON
	Trouble Break = "trouble" // an error object comes in the stream
)

// Reply is what the model answers.
type Reply struct {
	Text   string `json:"text,omitempty"`
	Calls  []Call `json:"calls,omitempty"`
	Finish string `json:"finish,omitempty"` // "" = stop or tool_calls; "none" = no finish_reason

	Latency time.Duration `json:"-"` // before the first byte
	Pace    time.Duration `json:"-"` // between pieces

	Status     int    `json:"status,omitempty"` // of an error; 0 = an answer
	Code       string `json:"code,omitempty"`
	Message    string `json:"message,omitempty"`
	RetryAfter string `json:"retry_after,omitempty"`

	Break Break `json:"break,omitempty"`
	After int   `json:"after,omitempty"` // pieces before Break

	Whole   bool `json:"whole,omitempty"`    // tool calls come in one piece, each with index 0
	NoIDs   bool `json:"no_ids,omitempty"`   // tool calls have no ids
	NoUsage bool `json:"no_usage,omitempty"` // usage is not reported
	NoDone  bool `json:"no_done,omitempty"`  // the end mark is missing
}

// Call is a tool call. Arguments is a string on purpose: it need not be JSON.
type Call struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// Server is the model. Its zero value is of no use; see New.
type Server struct {
	options Options

	mu      sync.Mutex
	records []Record
}

// Record is a request that came and what was answered.
type Record struct {
	At     time.Time // when it came
	Wrote  time.Time // when the first piece of the answer was written; zero when none was
	Key    string
	Body   []byte
	Status int
	Why    string // of a request that was refused: what was wrong with it
}

// New returns a server.
func New(o Options) *Server { return &Server{options: o} }

// Records returns the requests so far, in the order in which they came.
func (s *Server) Records() []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.records)
}

// Asked is one request in short, as GET /calls tells of all.
type Asked struct {
	At     time.Time // when it came
	Text   string    // what the person says last
	Rounds int       // results of tools since then
	Status int       // of the answer
}

// calls tells of all requests, oldest first.
func (s *Server) calls(w http.ResponseWriter) {
	all := []Asked{}
	for _, r := range s.Records() {
		if q, why := parse(r.Body); why == "" {
			all = append(all, Asked{r.At, q.Asked(), q.Rounds(), r.Status})
		}
	}
	_ = json.NewEncoder(w).Encode(all)
}

// ServeHTTP serves POST /v1/chat/completions, GET /v1/models, and GET /calls for whoever tests with it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "POST /v1/chat/completions":
		s.complete(w, r)
	case "GET /v1/models":
		model := cmp.Or(s.options.Model, "stub")
		_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "data": []any{map[string]string{"id": model, "object": "model"}}})
	case "GET /calls":
		s.calls(w)
	default:
		refuse(w, Reply{Status: http.StatusNotFound, Message: "no such address"})
	}
}

func (s *Server) complete(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	key, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	n := s.record(Record{At: time.Now(), Key: key, Body: body, Status: http.StatusOK})
	request, why := parse(body)
	switch {
	case err != nil:
		s.answer(w, r, n, request, invalid("the body could not be read"))
	case s.options.Key != "" && (!bearer || key != s.options.Key):
		s.answer(w, r, n, request, Reply{Status: http.StatusUnauthorized, Code: "invalid_api_key", Message: "Incorrect API key provided: " + key})
	case !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		s.answer(w, r, n, request, invalid("the content type must be application/json"))
	case why != "":
		s.answer(w, r, n, request, invalid(why))
	case s.options.Model != "" && request.Model != s.options.Model:
		s.answer(w, r, n, request, Reply{Status: http.StatusNotFound, Code: "model_not_found", Message: "no model " + request.Model})
	default:
		s.answer(w, r, n, request, s.options.Script(request))
	}
}

func invalid(why string) Reply {
	return Reply{Status: http.StatusBadRequest, Code: "invalid_request_error", Message: why}
}

// record keeps a request and returns its number.
func (s *Server) record(r Record) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = append(s.records, r)
	return len(s.records) - 1
}

func (s *Server) amend(n int, change func(*Record)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.records[n])
}

// answer writes the reply to the nth request.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, n int, request Request, reply Reply) {
	if !sleep(r, reply.Latency) {
		return
	}
	if reply.Status != 0 {
		s.amend(n, func(r *Record) { r.Status, r.Why = reply.Status, reply.Message })
		refuse(w, reply)
		return
	}
	out := &stream{w: w, r: r, reply: reply, model: request.Model}
	out.first = func() { s.amend(n, func(r *Record) { r.Wrote = time.Now() }) }
	out.write(request)
}

// refuse writes an error as OpenAI does.
func refuse(w http.ResponseWriter, reply Reply) {
	w.Header().Set("Content-Type", "application/json")
	if reply.RetryAfter != "" {
		w.Header().Set("Retry-After", reply.RetryAfter)
	}
	w.WriteHeader(reply.Status)
	_ = json.NewEncoder(w).Encode(trouble(reply))
}

func trouble(reply Reply) map[string]any {
	message := cmp.Or(reply.Message, "status "+strconv.Itoa(reply.Status))
	return map[string]any{"error": map[string]any{"message": message, "type": reply.Code, "param": nil, "code": reply.Code}}
}

// sleep waits unless the client leaves.
func sleep(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	select {
	case <-time.After(d):
		return true
	case <-r.Context().Done():
		return false
	}
}
