package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/internal/store"
)

// bell is an alarm that counts, and fails as often as it is told to.
type bell struct {
	mu    sync.Mutex
	fails int
	rings []deadletter.Notice
	tries int
}

func (b *bell) Announce(_ context.Context, n deadletter.Notice) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tries++
	if b.fails > 0 {
		b.fails--
		return fault.New(fault.Unavailable, "Nobody answers.", nil)
	}
	b.rings = append(b.rings, n)
	return nil
}

// turns runs the turn of a run to its end and returns its outcome in the ledger.
func (s *scene) turns(t *testing.T, run agent.Run) agent.Progress {
	t.Helper()
	s.ExecuteWorkflow(AgentTurn, TurnInput{RunID: run.ID, PersonID: run.PersonID, Batches: true})
	if !s.IsWorkflowCompleted() || s.GetWorkflowError() != nil {
		t.Fatalf("completed %v, error %v", s.IsWorkflowCompleted(), s.GetWorkflowError())
	}
	got, err := s.rules.Run(t.Context(), run.PersonID, run.ID)
	if err != nil || got.Outcome == nil {
		t.Fatalf("run %+v, %v", got, err)
	}
	return *got.Outcome
}

func (s *scene) accept(t *testing.T, text string) agent.Run {
	t.Helper()
	run, _, err := s.rules.Accept(t.Context(), store.NewMessage{PersonID: "ada", Text: text, Key: text})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// buries registers what writes letters, and tells b of them unless that is nil.
func (s *scene) buries(b *bell) {
	u := &Undertaker{Letterbox: s.rules}
	if b != nil {
		u.Alarm = b
	}
	s.RegisterActivity(u)
}

// addsAll stands in for the writer of the playlist: it adds every song.
func (s *scene) addsAll() {
	s.RegisterActivityWithOptions(func(_ context.Context, in AppendInput) (BatchOutcome, error) {
		var out BatchOutcome
		for _, c := range in.Batch.Changes {
			s.shelf.mu.Lock()
			s.shelf.uris = append(s.shelf.uris, c.URI)
			s.shelf.mu.Unlock()
			out.Songs = append(out.Songs, WriteOutcome{Result: agent.Added})
		}
		return out, nil
	}, activity.RegisterOptions{Name: "Append", DisableAlreadyRegisteredCheck: true})
}

func (s *scene) letters(t *testing.T, f deadletter.Filter) []deadletter.Letter {
	t.Helper()
	found, err := s.rules.Letters(t.Context(), f, deadletter.Cursor{}, 9)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// failing makes every search fail.
func (s *scene) failing(err error) {
	s.RegisterActivityWithOptions(func(context.Context, SearchInput) (Found, error) { return Found{}, err },
		activity.RegisterOptions{Name: "Search", DisableAlreadyRegisteredCheck: true})
}

func TestASongThatIsOutOfRetriesBecomesALetterAndIsRetried(t *testing.T) {
	t.Parallel()
	cause := errors.New(`Get "https://api.spotify.com/v1/search?q=Bohemian": status 418 for Bearer BQDsecret`)
	for name, kind := range map[string]fault.Kind{"broken": fault.Internal, "away for a day": fault.Unavailable} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, b := newScene(t), &bell{fails: 2}
			s.buries(b)
			s.failing(fault.New(kind, "Spotify did not answer.", cause))
			run := s.accept(t, "add Bohemian Rhapsody by Queen to Road Trip")
			if p := s.turns(t, run); p.State != agent.Failed {
				t.Fatalf("ended %+v", p)
			}
			found := s.letters(t, deadletter.Filter{})
			if len(found) != 1 {
				t.Fatalf("%d letters, want one", len(found))
			}
			l := found[0]
			if l.ID != run.ID+"-1" || l.Kind != kind || l.Step != agent.Searching || l.Input.Song.Title != "Bohemian Rhapsody" ||
				l.Input.Playlist.ID != road.ID || l.Input.Tool != agent.SyncSongs || l.Tries() < 3 || len(l.Attempts) > deadletter.MaxAttempts {
				t.Errorf("letter %+v", l)
			}
			told := strings.Join(l.Causes(), "|")
			if !strings.Contains(told, "status 418") || strings.Contains(told, "Bohemian") || strings.Contains(told, "secret") {
				t.Errorf("the causes tell %q", told)
			}
			if len(b.rings) != 1 || b.tries != 3 || b.rings[0].Letter != l.ID || b.rings[0].Fingerprint != l.Fingerprint {
				t.Errorf("told %+v in %d tries", b.rings, b.tries)
			}
			again, err := s.rules.RetryLetter(t.Context(), l.ID, l.Version, "ada")
			if err != nil {
				t.Fatal(err)
			}
			s.retries(t, again, l)
		})
	}
}

// retries runs the retry of a letter in an engine where all is well again.
func (s *scene) retries(t *testing.T, run agent.Run, l deadletter.Letter) {
	t.Helper()
	next := newScene(t)
	next.rules = s.rules
	next.well()
	if p := next.turns(t, run); p.State != agent.Done || p.Tasks[0].Result != agent.Added || len(next.shelf.uris) != 1 {
		t.Errorf("the retry ended %+v", p)
	}
	if got, err := s.rules.Letter(t.Context(), l.ID); err != nil || got.State != deadletter.Resolved {
		t.Errorf("the letter is %s, %v", got.State, err)
	}
}

// well registers activities on the scene's own ledger, a shelf that has the song and a writer that adds.
func (s *scene) well() {
	s.shelf.tracks = []music.Track{queen}
	a := s.activities()
	for name, do := range map[string]any{"Plan": a.Plan, "Save": a.Save, "Outcome": a.Outcome} {
		s.RegisterActivityWithOptions(do, activity.RegisterOptions{Name: name, DisableAlreadyRegisteredCheck: true})
	}
	s.addsAll()
}

func TestARunThatIsOutOfRetriesBecomesOneLetter(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.buries(nil)
	s.RegisterActivityWithOptions(func(context.Context, FindInput) (FindOutput, error) {
		return FindOutput{}, fault.New(fault.Internal, "Something went wrong on our side.", nil)
	}, activity.RegisterOptions{Name: "FindPlaylist", DisableAlreadyRegisteredCheck: true})
	run := s.accept(t, "what is in Road Trip")
	s.turns(t, run)
	found := s.letters(t, deadletter.Filter{})
	if len(found) != 1 || found[0].ID != run.ID || found[0].Task != "" || found[0].Step != agent.Finding || len(found[0].Attempts) != 3 {
		t.Errorf("letters %+v", found)
	}
}

func TestOnlyTheSongsThatFailedBecomeLetters(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.buries(nil)
	s.well()
	good := s.activities().Search
	s.RegisterActivityWithOptions(func(ctx context.Context, in SearchInput) (Found, error) {
		if strings.HasPrefix(in.Song.Title, "Broken") {
			return Found{}, fault.New(fault.Internal, "No.", errors.New("status 418"))
		}
		return good(ctx, in)
	}, activity.RegisterOptions{Name: "Search", DisableAlreadyRegisteredCheck: true})
	run := s.accept(t, "add to Road Trip:\nBroken One by Nobody\nBohemian Rhapsody by Queen\nBroken Two by Nobody")
	if p := s.turns(t, run); p.State != agent.Done || len(p.Tasks) != 3 {
		t.Fatalf("ended %+v", p)
	}
	titles := map[string]string{}
	for _, l := range s.letters(t, deadletter.Filter{}) {
		titles[l.Task] = l.Input.Song.Title
	}
	if len(titles) != 2 || titles["1"] != "Broken One" || titles["3"] != "Broken Two" {
		t.Errorf("letters about %v", titles)
	}
}

func TestAnUndoThatIsGivenUpIsOneLetterOfItsRun(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.buries(nil)
	s.well()
	run := s.accept(t, "add Bohemian Rhapsody by Queen to Road Trip")
	s.turns(t, run)
	undo, _, err := s.rules.Accept(t.Context(), store.NewMessage{PersonID: "ada", ConversationID: run.ConversationID, Text: "Undo that", Key: "u", UndoOf: run.ID})
	if err != nil {
		t.Fatal(err)
	}
	next := newScene(t)
	next.rules = s.rules
	next.well()
	next.buries(nil)
	next.writing(WriteOutcome{Fault: &Fault{Kind: fault.Internal, Message: "No."}})
	if p := next.turns(t, undo); p.State != agent.Failed {
		t.Fatalf("ended %+v", p)
	}
	found := s.letters(t, deadletter.Filter{})
	if len(found) != 1 || found[0].ID != undo.ID || found[0].Step != agent.Removing || found[0].Tries() != writePatience.tries {
		t.Fatalf("letters %+v", found)
	}
	again, err := s.rules.RetryLetter(t.Context(), found[0].ID, found[0].Version, "ada")
	if err != nil || again.UndoOf != run.ID {
		t.Errorf("the retry undoes %q, %v", again.UndoOf, err)
	}
}

func TestWhatThePersonCanMendMakesNoLetter(t *testing.T) {
	t.Parallel()
	for _, kind := range []fault.Kind{fault.Invalid, fault.Forbidden, fault.NotFound, fault.Conflict} {
		s := newScene(t)
		s.buries(nil)
		s.failing(fault.New(kind, "No.", nil))
		if p := s.turns(t, s.accept(t, "add Bohemian Rhapsody by Queen to Road Trip")); p.State != agent.Failed {
			t.Errorf("%s ended as %s", kind, p.State)
		}
		if found := s.letters(t, deadletter.Filter{State: deadletter.Every}); len(found) != 0 {
			t.Errorf("%s: %+v", kind, found)
		}
	}
}

func TestATurnOfAnEarlierBuildLeavesNoLetter(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.failing(fault.New(fault.Internal, "No.", nil))
	run := s.accept(t, "add Bohemian Rhapsody by Queen to Road Trip")
	s.ExecuteWorkflow(AgentTurn, TurnInput{RunID: run.ID, PersonID: "ada"})
	if s.GetWorkflowError() != nil || len(s.letters(t, deadletter.Filter{})) != 0 {
		t.Errorf("error %v, or a letter", s.GetWorkflowError())
	}
}

func TestALetterOfSomebodyWhoHasLeftIsNotTold(t *testing.T) {
	t.Parallel()
	s, b := newScene(t), &bell{}
	s.buries(b)
	s.ExecuteWorkflow(DeadLetter, newLetter("gone", "run", troubleOf(fault.New(fault.Internal, "No.", nil), noTime), time.Now()))
	if err := s.GetWorkflowError(); err != nil || len(b.rings) > 0 {
		t.Errorf("told %v, %v", b.rings, err)
	}
}

func TestALetterIsKeptWhenNobodyCanBeTold(t *testing.T) {
	t.Parallel()
	s, b := newScene(t), &bell{fails: 1000}
	s.buries(b)
	run := s.accept(t, "x")
	s.ExecuteWorkflow(DeadLetter, newLetter("ada", run.ID, troubleOf(fault.New(fault.Internal, "No.", nil), noTime), time.Now()))
	if err := s.GetWorkflowError(); err != nil || len(s.letters(t, deadletter.Filter{})) != 1 || b.tries != announceTries {
		t.Errorf("%d tries, %v", b.tries, err)
	}
}

func TestARetryGoesOnWhereItFailedOrWithAnotherInput(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		how  func(l deadletter.Letter) deadletter.Retry
		want string // title that is looked for; "" when nothing is
	}{
		"from the start":     {func(deadletter.Letter) deadletter.Retry { return deadletter.Retry{} }, "Bohemian Rhapsody"},
		"from adding":        {func(deadletter.Letter) deadletter.Retry { return deadletter.Retry{Resume: true} }, ""},
		"with another input": {rename, "Bohemian Rhapsody (live)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.buries(nil)
			s.well()
			s.RegisterActivityWithOptions(func(context.Context, AppendInput) (BatchOutcome, error) {
				return BatchOutcome{}, fault.New(fault.Internal, "No.", errors.New("status 418"))
			}, activity.RegisterOptions{Name: "Append", DisableAlreadyRegisteredCheck: true})
			s.turns(t, s.accept(t, "add Bohemian Rhapsody by Queen to Road Trip"))
			found := s.letters(t, deadletter.Filter{})
			if len(found) != 1 || found[0].Step != agent.Adding || found[0].Input.Found != queen.ID || !found[0].Resumes() {
				t.Fatalf("letters %+v", found)
			}
			l := found[0]
			run, err := s.rules.RetryLetterAs(t.Context(), l.ID, l.Version, "op", c.how(l))
			if err != nil {
				t.Fatal(err)
			}
			s.looksFor(t, run, c.want)
		})
	}
}

func rename(l deadletter.Letter) deadletter.Retry {
	in := l.Input
	in.Song.Title, in.Found, in.Least = "Bohemian Rhapsody (live)", "", 0.9
	return deadletter.Retry{Edited: &in}
}

// looksFor checks that a run looks for a song with this title, or takes the track that it knows when that is "".
func (s *scene) looksFor(t *testing.T, run agent.Run, title string) {
	t.Helper()
	step, err := s.activities().Plan(t.Context(), PlanInput{PersonID: run.PersonID, RunID: run.ID})
	if err != nil || len(step.Calls) != 1 || step.Calls[0].Tool != agent.SyncSongs {
		t.Fatalf("plans %+v, %v", step, err)
	}
	var args agent.SyncSongsArgs
	if err := json.Unmarshal(step.Calls[0].Args, &args); err != nil {
		t.Fatal(err)
	}
	song := args.Songs[0]
	if known := song.TrackID == queen.ID; known != (title == "") || title != "" && song.Title != title || args.Playlist.ID != road.ID || (args.Least == 0.9) != strings.Contains(title, "live") {
		t.Errorf("it asks for %+v", args)
	}
}
