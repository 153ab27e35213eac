package workflows

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

// batchReply collects the outcome of one batch.
type batchReply struct {
	t   *testing.T
	out BatchOutcome
	got bool
}

func (r *batchReply) Accept()          {}
func (r *batchReply) Reject(err error) { r.t.Errorf("rejected: %v", err) }

func (r *batchReply) Complete(result any, err error) {
	r.out, r.got = result.(BatchOutcome), err == nil
}

// songs makes changes of one run that append the URIs.
func songs(run string, uris ...string) Batch {
	var b Batch
	for i, uri := range uris {
		b.Changes = append(b.Changes, Write{PersonID: "ada", RunID: run, Key: fmt.Sprint(i + 1), URI: uri, Position: Append})
	}
	return b
}

// again makes the changes add what is there already.
func again(b Batch) Batch {
	for i := range b.Changes {
		b.Changes[i].Again = true
	}
	return b
}

// appends sends a batch to the writer after a while of workflow time.
func (s *scene) appends(t *testing.T, after time.Duration, b Batch) *batchReply {
	t.Helper()
	return s.sends(t, after, UpdateAppend, b)
}

func (s *scene) sends(t *testing.T, after time.Duration, kind string, b Batch) *batchReply {
	t.Helper()
	r := &batchReply{t: t}
	s.RegisterDelayedCallback(func() {
		s.UpdateWorkflow(kind, b.Changes[0].id()+after.String(), r, b)
	}, after)
	return r
}

func (r *batchReply) want(t *testing.T, results ...string) {
	t.Helper()
	var got []string
	for _, out := range r.out.Songs {
		if out.Fault != nil {
			got = append(got, string(out.Fault.Kind))
			continue
		}
		got = append(got, out.Result)
	}
	if !r.got || !slices.Equal(got, results) {
		t.Errorf("outcomes %v, want %v", got, results)
	}
}

func (s *scene) wantCalls(t *testing.T, reads, posts int) {
	t.Helper()
	if s.shelf.looked != reads || s.shelf.posts != posts {
		t.Errorf("%d reads and %d posts, want %d and %d", s.shelf.looked, s.shelf.posts, reads, posts)
	}
}

func TestABatchIsOneReadAndOnePostInOrder(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.uris = []string{"b"}
	r := s.appends(t, time.Second, songs("run1", "a", "b", "c", "a", "d"))
	s.write(t)
	r.want(t, agent.Added, agent.AlreadyThere, agent.Added, agent.AlreadyThere, agent.Added)
	s.wantRows(t, "b", "a", "c", "d")
	s.wantCalls(t, 1, 1)
}

func TestRequestsThatWaitTogetherShareTheirCalls(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	first := s.appends(t, time.Second, songs("run1", "a"))
	s.shelf.fails = []failure{{err: unsure(), after: 10 * time.Second}} // while it is proved the others come in
	second := s.appends(t, 2*time.Second, songs("run2", "b", "c"))
	third := s.appends(t, 3*time.Second, songs("run3", "c", "d"))
	s.write(t)
	first.want(t, agent.Added)
	second.want(t, agent.Added, agent.Added)
	third.want(t, agent.AlreadyThere, agent.Added)
	s.wantRows(t, "a", "b", "c", "d")
	if s.shelf.posts != 2 {
		t.Errorf("%d posts, want 2", s.shelf.posts)
	}
}

func TestAnotherPersonsRequestIsSentWithTheirOwnToken(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	hers, his := songs("run1", "a"), songs("run2", "b")
	his.Changes[0].PersonID = "ben"
	first, second := s.appends(t, time.Second, hers), s.appends(t, time.Second, his)
	s.write(t)
	first.want(t, agent.Added)
	second.want(t, agent.Added)
	if s.shelf.posts != 2 {
		t.Errorf("%d posts, want one for each person", s.shelf.posts)
	}
}

func TestABatchOfUnknownOutcomeIsNeverRepeatedBlindly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fails []failure
		posts int
	}{
		"applied, answer lost":            {[]failure{{err: unsure(), applied: true}}, 1},
		"applied 44 s late":               {[]failure{{err: unsure(), after: 44 * time.Second}}, 1},
		"not applied":                     {[]failure{{err: unsure()}}, 2},
		"not applied twice, then applied": {[]failure{{err: unsure()}, {err: unsure()}}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.fails = c.fails
			r := s.appends(t, time.Second, songs("run1", "a", "b", "c"))
			s.write(t)
			r.want(t, agent.Added, agent.Added, agent.Added)
			s.wantRows(t, "a", "b", "c")
			if s.shelf.posts != c.posts {
				t.Errorf("%d posts, want %d", s.shelf.posts, c.posts)
			}
		})
	}
}

func TestWhatAnEarlierLifeHasSentOfABatchIsProvedFirst(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.book.states["run1-1"] = agent.AttemptApplied
	s.book.states["run1-2"] = agent.AttemptOpen
	s.shelf.uris = []string{"a"}
	s.shelf.late = []lateRow{{"b", s.Now().Add(30 * time.Second)}}
	r := s.appends(t, time.Second, songs("run1", "a", "b", "c"))
	s.write(t)
	r.want(t, agent.Added, agent.Added, agent.Added)
	s.wantRows(t, "a", "b", "c")
	if s.shelf.posts != 1 {
		t.Errorf("%d posts, want 1", s.shelf.posts)
	}
}

func TestOneSongThatSpotifyDoesNotKnowDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.dead = "d"
	r := s.appends(t, time.Second, songs("run1", "a", "b", "c", "d", "e", "f"))
	s.write(t)
	r.want(t, agent.Added, agent.Added, agent.Added, string(fault.Invalid), agent.Added, agent.Added)
	s.wantRows(t, "a", "b", "c", "e", "f")
}

func TestARefusedBatchLeavesNothingAndCanBeSentAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.fails = []failure{{err: &fault.Error{Kind: fault.RateLimited, Message: "Busy.", RetryAfter: time.Minute}}}
	r := s.appends(t, time.Second, songs("run1", "a", "b"))
	again := s.appends(t, time.Minute, songs("run1", "a", "b"))
	s.write(t)
	r.want(t, string(fault.RateLimited), string(fault.RateLimited))
	if r.out.Songs[0].Fault.RetryAfter != time.Minute {
		t.Errorf("outcome %+v, want the pause", r.out)
	}
	again.want(t, agent.Added, agent.Added)
	s.wantRows(t, "a", "b")
}

func TestWhatReadsDoNotShowYetIsNotAddedAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.fails = []failure{{after: 30 * time.Second}} // confirmed at once, shown later
	first := s.appends(t, time.Second, songs("run1", "a"))
	twin := songs("run2", "b", "c")
	twin.Changes[0].Twins = []string{"a"}
	second := s.appends(t, 10*time.Second, twin)
	third := s.appends(t, 2*time.Minute, songs("run3", "a"))
	s.write(t)
	first.want(t, agent.Added)
	second.want(t, agent.AlreadyThere, agent.Added)
	third.want(t, agent.AlreadyThere)
	s.wantRows(t, "c", "a")
}

func TestASongThatIsThereIsAddedAgainForAPersonWhoWantsThat(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fails []failure
		posts int
	}{
		"answered":                      {nil, 2},
		"applied, answer lost":          {[]failure{{err: unsure(), applied: true}}, 2},
		"applied 30 s late":             {[]failure{{err: unsure(), after: 30 * time.Second}}, 2},
		"not applied":                   {[]failure{{err: unsure()}}, 3},
		"the second one is not applied": {[]failure{{}, {err: unsure()}}, 3},
		"shown 30 s late":               {[]failure{{after: 30 * time.Second}}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.uris = []string{"a", "x"}
			s.shelf.fails = c.fails
			r := s.appends(t, time.Second, again(songs("run1", "a", "b", "a")))
			s.write(t)
			r.want(t, agent.Added, agent.Added, agent.Added)
			if _, err := s.shelf.Rows(t.Context(), "ada", road.ID); err != nil { // what is late arrives
				t.Fatal(err)
			}
			got := slices.Sorted(slices.Values(s.shelf.uris))
			if !slices.Equal(got, []string{"a", "a", "a", "b", "x"}) || s.shelf.posts != c.posts {
				t.Errorf("rows %v in %d posts, want a three times, b and x in %d", s.shelf.uris, s.shelf.posts, c.posts)
			}
		})
	}
}

func TestAnAddedRepeatIsToldFromWhatStoodThereBeforeACrash(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows  []string
		posts int
	}{
		"applied":     {[]string{"a", "a"}, 0},
		"not applied": {[]string{"a"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.uris = c.rows
			s.book.states["run1-1"], s.book.stood = agent.AttemptOpen, map[string][]int{"run1-1": {0}}
			r := s.appends(t, time.Second, again(songs("run1", "a")))
			s.write(t)
			r.want(t, agent.Added)
			s.wantRows(t, "a", "a")
			if s.shelf.posts != c.posts {
				t.Errorf("%d posts, want %d", s.shelf.posts, c.posts)
			}
		})
	}
}

func TestASongTakenOutJustNowCanBeAddedThoughReadsStillShowIt(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string][]failure{
		"answered":             nil,
		"applied, answer lost": {{err: unsure(), applied: true}},
		"not applied":          {{err: unsure()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.uris, s.shelf.lag, s.shelf.fails = []string{"a", "b"}, 20*time.Second, fails
			out := s.ask(t, time.Second, UpdateRemove, change("run1", "a"))
			in := s.appends(t, 5*time.Second, songs("run2", "a"))
			s.write(t)
			out.want(t, agent.Removed)
			in.want(t, agent.Added)
			s.wantRows(t, "b", "a")
		})
	}
}

func TestARequestThatNeverGetsThroughIsGivenBack(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.book.deaf = true
	r := s.appends(t, time.Second, songs("run1", "a"))
	s.write(t)
	r.want(t, string(fault.Unavailable))
	s.wantRows(t)
}
