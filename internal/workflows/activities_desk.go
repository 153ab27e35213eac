package workflows

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/intake"
	"segue/internal/music"
)

// desk is where requests are looked up and accepted; *store.DB satisfies it.
type desk interface {
	History(ctx context.Context, personID string, f agent.HistoryFilter, after string, limit int) ([]agent.Past, error)
	AcceptList(ctx context.Context, l agent.NewList) (run agent.Run, fresh bool, err error)
	// RetryRun accepts runs for what has failed of a run; a fault Conflict when nothing is to be tried again.
	RetryRun(ctx context.Context, personID, runID string) ([]agent.Run, error)
}

// runs are those of the engine; *Client satisfies it.
type runs interface {
	StartTurn(ctx context.Context, run agent.Run) error
	Cancel(ctx context.Context, runID string, undo bool) error
	Answer(ctx context.Context, runID string, a agent.Answer) error
	Progress(ctx context.Context, runID string) (agent.Progress, error)
}

// newest is how many requests are told of when none is named.
const newest = 10

// DeskInput names a request of the person's; By is the run that asks. An empty
// RunID means the newest ones.
type DeskInput struct {
	PersonID string `json:"person_id"`
	By       string `json:"by"`
	RunID    string `json:"run_id,omitempty"`
}

// Status returns how requests stand.
func (a *Activities) Status(ctx context.Context, in DeskInput) ([]agent.Line, error) {
	if in.RunID != "" {
		run, err := a.Ledger.Run(ctx, in.PersonID, in.RunID)
		if err != nil {
			return nil, err
		}
		return []agent.Line{a.line(ctx, run)}, nil
	}
	past, err := a.Desk.History(ctx, in.PersonID, agent.HistoryFilter{}, "", newest+1)
	var lines []agent.Line
	for _, p := range past {
		if p.ID != in.By && len(lines) < newest {
			lines = append(lines, a.line(ctx, p.Run))
		}
	}
	return lines, err
}

// line says how a request stands. One that the engine does not tell of stands as the ledger has it.
func (a *Activities) line(ctx context.Context, run agent.Run) agent.Line {
	p := agent.Progress{State: run.State}
	if run.Outcome != nil {
		p = *run.Outcome
	} else if now, err := a.Engine.Progress(ctx, run.ID); err == nil {
		p = now
	}
	line := agent.Line{RunID: run.ID, Title: p.Title, State: p.State, Tally: tallyOf(p)}
	if line.Title == "" {
		line.Title = "A request of " + day(run.AcceptedAt, run.AcceptedAt)
	}
	return line
}

// tallyOf counts results: "added 3, review 1".
func tallyOf(p agent.Progress) string {
	counts := map[string]int{}
	for _, t := range p.Tasks {
		switch {
		case t.Result != "":
			counts[t.Result]++
		case t.Question != nil:
			counts["review"]++
		default:
			counts[string(t.State)]++
		}
	}
	if p.List != nil {
		for state, n := range p.List.Counts {
			counts[string(state)] += n
		}
	}
	var parts []string
	for what, n := range counts {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", what, n))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// CancelRun stops another request of the person's.
func (a *Activities) CancelRun(ctx context.Context, in DeskInput) (agent.Line, error) {
	run, err := a.other(ctx, in)
	if err != nil {
		return agent.Line{}, err
	}
	if run.State.Final() {
		return agent.Line{}, fault.New(fault.Conflict, "This request has ended already.", nil)
	}
	if err := a.Ledger.Stop(ctx, in.PersonID, run.ID, agent.StopKeep); err != nil {
		return agent.Line{}, err
	}
	if err := a.Engine.Cancel(ctx, run.ID, false); fault.KindOf(err) == fault.Conflict {
		return agent.Line{}, err
	} // what else the engine does not hear now the reconciler tells it
	line := a.line(ctx, run)
	line.State = agent.Cancelled
	return line, nil
}

// other returns the run that is named, which must not be the one that asks.
func (a *Activities) other(ctx context.Context, in DeskInput) (agent.Run, error) {
	if in.RunID == in.By {
		return agent.Run{}, fault.New(fault.Conflict, "A request cannot do this to itself.", nil)
	}
	return a.Ledger.Run(ctx, in.PersonID, in.RunID)
}

// RetryRun accepts requests for what has failed of a run, and starts them. Each
// failure is tried again once, however often this is called.
// Fault Conflict when the run goes on or nothing of it has failed.
func (a *Activities) RetryRun(ctx context.Context, in DeskInput) ([]agent.Line, error) {
	run, err := a.other(ctx, in)
	if err != nil {
		return nil, err
	}
	runs, err := a.Desk.RetryRun(ctx, in.PersonID, run.ID)
	if err != nil {
		return nil, err
	}
	var lines []agent.Line
	for _, again := range runs {
		if err := a.start(ctx, again); err != nil {
			return nil, err
		}
		lines = append(lines, agent.Line{RunID: again.ID, Title: titleOf(run), State: agent.Running})
	}
	return lines, nil
}

// start starts a run; the reconciler starts what could not be started now.
func (a *Activities) start(ctx context.Context, run agent.Run) error {
	if err := a.Engine.StartTurn(ctx, run); err != nil && fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Unavailable {
		return err
	}
	return nil
}

func titleOf(run agent.Run) string {
	if run.Outcome == nil {
		return "Once more"
	}
	return "Once more: " + run.Outcome.Title
}

// TrackInput names a track of the catalogue.
type TrackInput struct {
	PersonID string `json:"person_id"`
	ID       string `json:"id"`
}

// Track looks a track up. Fault NotFound.
func (a *Activities) Track(ctx context.Context, in TrackInput) (music.Track, error) {
	return a.Catalogue.Track(ctx, in.PersonID, in.ID)
}

// ListInMessage is a list that stands in the message of a run: how it reads, not what it says.
type ListInMessage struct {
	Songs  int      `json:"songs"`
	Failed int      `json:"failed,omitempty"` // lines that cannot be read
	First  []string `json:"first"`            // a few songs of the beginning
}

// MessageInput names the message of a run, without its first lines.
type MessageInput struct {
	PersonID string            `json:"person_id"`
	RunID    string            `json:"run_id"`
	Header   int               `json:"header,omitempty"`
	Playlist agent.PlaylistRef `json:"playlist,omitzero"`
}

// firstSongs are shown of a list before it is brought.
const firstSongs = 10

// ReadList reads the list in the message. Fault Invalid when there is none.
func (a *Activities) ReadList(ctx context.Context, in MessageInput) (ListInMessage, error) {
	p, err := a.listIn(ctx, in)
	if err != nil {
		return ListInMessage{}, err
	}
	wanted := p.Wanted()
	l := ListInMessage{Songs: len(wanted), Failed: p.Totals()[intake.Unreadable]}
	for _, row := range NewRows(wanted[:min(len(wanted), firstSongs)]) {
		l.First = append(l.First, row.Song.String())
	}
	return l, nil
}

func (a *Activities) listIn(ctx context.Context, in MessageInput) (intake.Preview, error) {
	t, err := a.Ledger.Transcript(ctx, in.PersonID, in.RunID)
	if err != nil || len(t.Messages) == 0 {
		return intake.Preview{}, err
	}
	lines := strings.Split(t.Messages[len(t.Messages)-1].Text, "\n")
	p, err := intake.Parse(strings.NewReader(strings.Join(lines[min(in.Header, len(lines)):], "\n")), intake.Choices{})
	if err == nil && len(p.Wanted()) == 0 {
		err = fault.New(fault.Invalid, "There is no list of songs in this message.", nil)
	}
	return p, err
}

// BringList accepts the list in the message as a request of its own, once, and starts it.
func (a *Activities) BringList(ctx context.Context, in MessageInput) (agent.Line, error) {
	p, err := a.listIn(ctx, in)
	if err != nil {
		return agent.Line{}, err
	}
	rows := NewRows(p.Wanted())
	title := fmt.Sprintf("Import %s into %s", count(len(rows), "song"), in.Playlist.Name)
	run, _, err := a.Desk.AcceptList(ctx, agent.NewList{
		PersonID: in.PersonID, Key: "list-" + in.RunID, Text: title, Playlist: in.Playlist, Rows: rows,
	})
	if err != nil {
		return agent.Line{}, err
	}
	return agent.Line{RunID: run.ID, Title: title, State: agent.Running}, a.start(ctx, run)
}
