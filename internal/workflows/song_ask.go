package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/match"
	"segue/internal/music"
)

// ask puts the choices to the person when the match is unclear, and waits.
func (s *song) ask(ctx workflow.Context) error {
	m := s.p.Task.Match
	if m.Verdict == music.Ask && s.in.Model != "" {
		*m = s.prefer(ctx, *m)
	}
	if m.Verdict != music.Ask {
		return nil
	}
	s.p.Task.Question = s.question(*m)
	s.p.Task.State = agent.Waiting
	f := s.face(agent.Matching)
	f.stage().State = agent.Waiting
	s.bump()
	if s.in.Playlist == nil {
		s.tellTurn(ctx)
	}
	answered, err := workflow.AwaitWithTimeout(ctx, answerLimit, func() bool { return s.said.Option != "" })
	if err != nil {
		return err
	}
	s.p.Task.State = agent.Running
	f.done("")
	if !answered {
		return s.settle(ctx, agent.LeftOut)
	}
	return s.heed(ctx, *m)
}

// heed does what the person has answered.
func (s *song) heed(ctx workflow.Context, m music.Match) error {
	switch s.said.Option {
	case agent.NoneOfThese:
		return s.settle(ctx, agent.LeftOut)
	case agent.NotOnSpotify:
		m = music.Match{Verdict: music.None, Strategy: m.Strategy, Method: methodRule}
		m.Reasons = []string{"You said it is not on Spotify.", s.remember(ctx, nil)}
		s.p.Task.Match = &m
		return s.settle(ctx, agent.LeftOut)
	}
	m = chosen(m, s.said)
	if s.said.Remember {
		m.Reasons = append(m.Reasons, s.remember(ctx, &m.Choices[0].Track))
	}
	s.p.Task.Match = &m
	return nil
}

// question asks about this song; unlike one about what to remove, its answer may be remembered.
func (s *song) question(m music.Match) *agent.Question {
	q := songQuestion(s.in.Key, m)
	q.Memorable = true
	if r := s.found.Ruling; r != nil && r.Says == saysGone {
		q.Text = choiceGone + " Which one do you want instead?"
	}
	return q
}

// remember makes the answer the person's rule and returns a sentence about it. A
// rule that cannot be kept costs the song nothing. It happens, stopped or not: the person has said so.
func (s *song) remember(ctx workflow.Context, track *music.Track) string {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	in := RememberInput{PersonID: s.in.PersonID, Song: s.in.Song, Track: track}
	if err := workflow.ExecuteLocalActivity(soon(ctx, saveLimit), acts.Remember, in).Get(ctx, nil); err != nil {
		return "This could not be remembered; it counts for this time only."
	}
	return "It is remembered for next time."
}

// chosen makes the person's answer the automatic choice: one of those offered, or the one a link led to.
func chosen(m music.Match, a agent.Answer) music.Match {
	if a.Track != nil && !m.Offers(a.Option) {
		m.Choices = []music.Choice{{Track: *a.Track, Confidence: 1}}
	}
	return choose(m, a.Option)
}

// tellTurn lets the turn release the songs after this one while it waits for the person.
func (s *song) tellTurn(ctx workflow.Context) {
	if parent := workflow.GetInfo(ctx).ParentWorkflowExecution; parent != nil {
		// Lost only together with the turn, which then asks for nothing any more.
		workflow.SignalExternalWorkflow(ctx, parent.ID, parent.RunID, SignalAsking, s.in.Key)
	}
}

// choose settles a match by the track that the person chose.
func choose(m music.Match, trackID string) music.Match {
	at := slices.IndexFunc(m.Choices, func(c music.Choice) bool { return c.Track.ID == trackID })
	if settled, err := match.Settle(m, match.Person, at); err == nil {
		return settled
	}
	return m // only what was offered passes the validator
}

func songQuestion(key string, m music.Match) *agent.Question {
	q := &agent.Question{ID: "song-" + key, Task: key, Text: "Several recordings fit. Which one did you mean?"}
	switch {
	case len(m.Choices) > 0 && m.Choices[0].Veto != "": // what is ruled out is offered only when there is nothing else
		q.Text = "Just this version was not found. Is one of these what you mean?"
	case len(m.Choices) == 1:
		q.Text = "Is this the one you mean?"
	}
	for _, c := range m.Choices {
		q.Options = append(q.Options, agent.Option{
			ID: c.Track.ID, Track: &c.Track, Confidence: c.Confidence, Reasons: c.Reasons, RuledOut: c.Veto != "",
		})
	}
	return q
}
