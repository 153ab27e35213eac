package mcp

import (
	"encoding/json"
	"errors"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"segue/internal/agent"
	"segue/internal/fault"
)

// view is a run as a program sees it.
type view struct {
	Run      string  `json:"run"`  // its handle
	Page     string  `json:"page"` // where the person sees it
	State    string  `json:"state"`
	Code     string  `json:"code,omitempty"` // ok, denied or what went wrong, once that is known
	Note     string  `json:"note,omitempty"`
	Playlist *thing  `json:"playlist,omitempty"`
	Items    []thing `json:"items,omitempty"`
	Total    int     `json:"total,omitempty"`
	Data     string  `json:"data,omitempty"` // what the person was told, which may quote names
}

// thing is what a result names.
type thing struct {
	Handle string `json:"handle,omitempty"`
	Code   string `json:"code,omitempty"`
	Score  int    `json:"score,omitempty"` // how sure, in percent
	Data   string `json:"data,omitempty"`  // its name
}

// words of a failure; data that names something is kept out of them.
type words struct{ what, kept, do string }

const (
	nothingChanged = "Nothing was changed."
	sendAgain      = "Send it again. If it happens once more, tell whoever runs this Segue."
)

// failures is the edge table from the house's faults to what programs are told.
var failures = map[fault.Kind]words{
	fault.Invalid:      {"This call cannot be carried out as it is.", nothingChanged, "Change it and send it again."},
	fault.Unauthorised: {"Spotify wants a new login.", nothingChanged, "The person has to log in on Segue's page; it goes on by itself then."},
	fault.Forbidden:    {"This is not allowed.", nothingChanged, "Use a token that allows it; /settings/tokens shows what each one may do."},
	fault.NotFound:     {"What was named is not there, or it belongs to somebody else.", nothingChanged, "Use a handle of an earlier result, or another name."},
	fault.Conflict:     {"This does not fit how things stand.", nothingChanged, "Ask run_status, then decide."},
	fault.RateLimited:  {"That was a lot in a short time.", "What was accepted before is saved.", "Wait a minute, then send it again."},
	fault.Unavailable:  {"Spotify or Segue did not answer.", "What was added so far stays.", "Send it again later."},
	fault.Exhausted:    {"This took too much and was given up.", "What was added so far stays.", sendAgain},
	fault.Internal:     {"Something went wrong on our side.", "What was added so far stays.", sendAgain},
}

func (w words) String() string { return w.what + " " + w.kept + " " + w.do }

func failure(kind fault.Kind) words {
	if w, known := failures[kind]; known {
		return w
	}
	return failures[fault.Internal]
}

// failed tells of a call that did not become a run. What its fault says is ours: nothing was looked up yet.
func failed(err error) *sdk.CallToolResult {
	w := failure(fault.KindOf(err))
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Message != "" {
		w.what = f.Message
	}
	return said(true, w.String())
}

// refused tells of arguments that do not fit.
func refused(why string) *sdk.CallToolResult {
	w := failure(fault.Invalid)
	w.what = "This call cannot be carried out: " + why + "."
	return said(true, w.String())
}

func said(failed bool, text ...string) *sdk.CallToolResult {
	result := &sdk.CallToolResult{IsError: failed}
	for _, t := range text {
		result.Content = append(result.Content, &sdk.TextContent{Text: t})
	}
	return result
}

// answer tells how a run ended, or how it stands: in words, and as data that is
// repeated as text for programs that read nothing else.
func (o *office) answer(run agent.Run, p agent.Progress) *sdk.CallToolResult {
	v := o.view(run, p)
	text, err := json.Marshal(v)
	if err != nil { // of plain data, which always encodes
		return failed(err)
	}
	result := said(p.State == agent.Failed, o.standing(run, p), string(text))
	result.StructuredContent = v
	return result
}

// standing says how a run stands, without the name of anything.
func (o *office) standing(run agent.Run, p agent.Progress) string {
	later := " Ask run_status with the run_id " + run.ID + " later."
	switch {
	case p.State == agent.Done && p.Result != nil && p.Result.Code == agent.Denied:
		return "The person said no, so everything was left as it is."
	case p.State == agent.Done:
		return "Done. The person sees it at " + o.Link(run.ID) + "."
	case p.State == agent.Cancelled:
		return "This was stopped. What was added before that stays unless the person took it back."
	case p.State == agent.Failed:
		return trouble(p)
	case len(p.Questions()) > 0:
		return "The person has to decide something at " + o.Link(run.ID) + ". What waits for that has not been changed." + later
	case p.State == agent.Waiting:
		return "This waits for the person, who has to look at " + o.Link(run.ID) + "." + later
	default:
		return "This is still on its way and goes on by itself. The person sees it at " + o.Link(run.ID) + "." + later
	}
}

// trouble says what went wrong; what is kept and to be done says the run itself.
func trouble(p agent.Progress) string {
	if p.Trouble == nil {
		return failure(fault.Internal).String()
	}
	w := failure(fault.Kind(p.Trouble.Kind))
	w.kept, w.do = p.Trouble.Kept, p.Trouble.Do
	return w.String()
}

func (o *office) view(run agent.Run, p agent.Progress) view {
	v := view{Run: run.ID, Page: o.Link(run.ID), State: string(p.State)}
	r := p.Result
	if r == nil {
		return v
	}
	v.Code, v.Note, v.Total, v.Data = r.Code, r.Note, r.Total, o.seen(r.Message)
	if r.Playlist.ID != "" {
		v.Playlist = &thing{Handle: r.Playlist.ID, Data: o.seen(r.Playlist.Name)}
	}
	for _, item := range r.Items {
		v.Items = append(v.Items, thing{item.Value, item.Code, item.Score, o.seen(item.Text)})
	}
	return v
}

// seen returns a name, or nothing to a caller that is blind.
func (o *office) seen(name string) string {
	if !o.Sees {
		return ""
	}
	return name
}
