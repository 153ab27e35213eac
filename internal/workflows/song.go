package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

const (
	answerLimit = 7 * 24 * time.Hour // an unanswered question leaves the song out
	searchLimit = 30 * time.Second
	matchLimit  = 15 * time.Second
	verifyLimit = 15 * time.Second
	heartbeat   = 5 * time.Second // what a killed process costs before its activities run again
)

// looks are the pauses between the reads that verify a write: Spotify's reads lag behind its writes.
var looks = []time.Duration{
	500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 15 * time.Second,
}

// SyncSong brings one song into one playlist: search, match, ask when unclear,
// add, verify. It ends without an error: what became of the song is in its result.
func SyncSong(ctx workflow.Context, in SongInput) (SongProgress, error) {
	s := newSong(in)
	if err := s.handle(ctx); err != nil {
		return s.p, err
	}
	s.finish(s.run(ctx))
	return s.p, nil
}

// song is a running SyncSong.
type song struct {
	waker
	in       SongInput
	p        SongProgress
	playlist *music.Playlist // once it is this song's turn to be added
	said     agent.Answer    // to the question
	found    Found
}

// ended is returned by a step after which there is nothing left to do.
var ended = temporal.NewApplicationError("ended", "ended")

func newSong(in SongInput) *song {
	stages := []agent.Stage{
		{Name: agent.Searching, State: agent.Accepted},
		{Name: agent.Matching, State: agent.Accepted},
		{Name: agent.Adding, State: agent.Accepted},
		{Name: agent.Verifying, State: agent.Accepted},
	}
	task := agent.Task{Key: in.Key, Song: in.Song, State: agent.Running, Steps: stages}
	return &song{waker: newWaker(in.Find), in: in, playlist: in.Playlist, p: SongProgress{Version: 1, Task: task}}
}

// handle answers queries, signals and updates.
func (s *song) handle(ctx workflow.Context) error {
	err := workflow.SetQueryHandler(ctx, QueryProgress, func() (SongProgress, error) { return s.p, nil })
	if err != nil {
		return err
	}
	s.listen(ctx, func(workflow.Context) {})
	proceed := workflow.GetSignalChannel(ctx, SignalProceed)
	workflow.Go(ctx, func(ctx workflow.Context) {
		var playlist music.Playlist
		proceed.Receive(ctx, &playlist)
		s.playlist = &playlist
	})
	return workflow.SetUpdateHandlerWithOptions(ctx, UpdateAnswer, s.answer,
		workflow.UpdateHandlerOptions{Validator: s.validate})
}

func (s *song) validate(a agent.Answer) error {
	return validAnswer(s.p.Task.Question, a)
}

func (s *song) answer(_ workflow.Context, a agent.Answer) error {
	s.said = a
	s.p.Task.Question = nil
	s.bump()
	return nil
}

func (s *song) bump() { s.p.Version++ }

// run goes through the steps; ended ends it early without being an error.
func (s *song) run(ctx workflow.Context) error {
	steps := []func(workflow.Context) error{s.search, s.match, s.ask, s.gate, s.add, s.verify}
	if s.in.Find {
		steps = []func(workflow.Context) error{s.search, s.match, s.ask, s.mark}
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// finish turns the error of run into the state of the task.
func (s *song) finish(err error) {
	defer s.bump()
	task := &s.p.Task
	task.Question, s.p.Failed = nil, s.failed[task.Key]
	switch {
	case err == nil && s.in.Find:
		task.State, task.Trouble = agent.Running, nil // whoever started it goes on
	case err == nil || err == ended: //nolint:errorlint // a sentinel of this file, never wrapped
		task.State, task.Trouble = agent.Done, nil
	case temporal.IsCanceledError(err):
		task.State, task.Trouble = agent.Cancelled, nil
		closeStages(task.Steps, agent.Cancelled)
	default:
		task.State, task.Trouble = agent.Failed, troubleOf(fromTemporal(err), time.Time{})
		closeStages(task.Steps, agent.Failed)
	}
}

func (s *song) face(name string) *stageFace { return taskFace(&s.p.Task, name, s.bump) }

func (s *song) enter(ctx workflow.Context, name string) *stageFace { return s.face(name).enter(ctx) }

func (s *song) search(ctx workflow.Context) error {
	f := s.enter(ctx, agent.Searching)
	in := SearchInput{PersonID: s.in.PersonID, RunID: s.in.RunID, Song: s.in.Song}
	err := s.persist(ctx, searchPatience, f, func() error {
		return workflow.ExecuteActivity(once(ctx, searchLimit), acts.Search, in).Get(ctx, &s.found)
	})
	if err != nil {
		return err
	}
	if named := s.found.Song; named != nil {
		s.in.Song, s.p.Task.Song = *named, *named
	}
	f.done(noteOf(s.found))
	return nil
}

func noteOf(f Found) string {
	if f.Ruling != nil && f.Ruling.Says != saysGone {
		return "your choice"
	}
	return fmt.Sprintf("%d found", len(f.Tracks))
}

func (s *song) match(ctx workflow.Context) error {
	f := s.enter(ctx, agent.Matching)
	// The decision is recorded: a better matcher must not change the past of a running song.
	in := MatchInput{Song: s.in.Song, Found: s.found.Tracks, Ruling: s.found.Ruling, Strategy: s.found.Strategy, Least: s.in.Least}
	var m music.Match
	if err := workflow.ExecuteLocalActivity(local(ctx, matchLimit), acts.Match, in).Get(ctx, &m); err != nil {
		return err
	}
	s.found.Tracks = nil
	s.p.Task.Match = &m
	f.done(recordings(m))
	if m.Verdict != music.None {
		return nil
	}
	if r := s.found.Ruling; r != nil && r.Says == saysNone {
		return s.settle(ctx, agent.LeftOut)
	}
	return s.settle(ctx, agent.NotFound)
}

func recordings(m music.Match) string {
	switch m.Verdict {
	case music.None:
		return "nothing fits"
	case music.Ask:
		return fmt.Sprintf("%d could be meant", len(m.Choices))
	default:
		return "1 recording"
	}
}

// settle ends the song with a result that needs no further step.
func (s *song) settle(ctx workflow.Context, result string) error {
	s.p.Task.Result = result
	if err := s.mark(ctx); err != nil {
		return err
	}
	return ended
}

// how names the strategy of a match and what settled it: "thorough-text".
func how(m music.Match) string {
	return strings.TrimPrefix(m.Strategy+"-"+m.Method, "-")
}

// mark sets the search attributes that are known only now, at once: each time costs a write.
func (s *song) mark(ctx workflow.Context) error {
	attributes := []temporal.SearchAttributeUpdate{keyword(AttrMatchMethod).ValueSet(how(*s.p.Task.Match))}
	if s.playlist != nil {
		attributes = append(attributes, keyword(AttrPlaylistID).ValueSet(s.playlist.ID))
	}
	return workflow.UpsertTypedSearchAttributes(ctx, attributes...)
}

// gate waits until the playlist is known and it is this song's turn.
func (s *song) gate(ctx workflow.Context) error {
	if s.playlist == nil {
		if err := workflow.Await(ctx, func() bool { return s.playlist != nil }); err != nil {
			return err
		}
	}
	return s.mark(ctx)
}

// add hands the track to the writer of the playlist. A write under way is not
// cancelled, only the pauses between tries are: afterwards it is known what happened.
func (s *song) add(ctx workflow.Context) error {
	pick, ok := s.p.Task.Match.Pick()
	if !ok {
		return fault.New(fault.Internal, "Something went wrong on our side.", nil)
	}
	f := s.enter(ctx, agent.Adding)
	change := Write{
		PersonID: s.in.PersonID, RunID: s.in.RunID, Key: s.in.Key,
		URI: pick.Track.URI, Twins: pick.Twins, Position: Append,
	}
	out, err := s.write(ctx, f, s.playlist.ID, UpdateAdd, change)
	if err != nil {
		return err
	}
	s.p.Task.Result, s.p.Task.Position = out.Result, first(out.Positions)
	if out.Result == agent.AlreadyThere {
		f.done("already there")
		return ended
	}
	f.done("")
	return nil
}

// verify looks until the track is seen. Spotify has confirmed the write, so a
// song that is still not seen is reported as added, with a note.
func (s *song) verify(ctx workflow.Context) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx) // what was added is reported, stopped or not
	f := s.enter(ctx, agent.Verifying)
	pick, _ := s.p.Task.Match.Pick()
	in := LookInput{PersonID: s.in.PersonID, PlaylistID: s.playlist.ID, URIs: append([]string{pick.Track.URI}, pick.Twins...)}
	for _, pause := range looks {
		var seen Seen
		err := s.persist(ctx, readPatience, f, func() error {
			seen = Seen{}
			return workflow.ExecuteLocalActivity(glance(ctx, verifyLimit), acts.Look, in).Get(ctx, &seen)
		})
		if err != nil {
			f.done("Spotify has confirmed it") // that the look failed for good changes nothing
			return nil                         //nolint:nilerr // the write is what counts
		}
		if len(seen.Positions) > 0 {
			s.p.Task.Position = first(seen.Positions)
			f.done("")
			return nil
		}
		if err := workflow.Sleep(ctx, pause); err != nil {
			return err
		}
	}
	f.done("Spotify has confirmed it but does not show it yet")
	return nil
}

// first returns the 1-based first position, 0 when there is none.
func first(positions []int) int {
	if len(positions) == 0 {
		return 0
	}
	return positions[0] + 1
}
