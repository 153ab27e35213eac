package main

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/agent/llm/stub"
	"segue/internal/spotify/emulator"
	"segue/internal/store"
	"segue/internal/workflows"
)

// withModel gives a rig a language model, over HTTP.
func withModel(t *testing.T, s *stub.Server, change ...func(*modelConfig)) func(*rig) {
	t.Helper()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return func(r *rig) {
		r.model = modelConfig{name: "stub", baseURL: srv.URL + "/v1", key: "key-of-the-test"}
		for _, f := range change {
			f(&r.model)
		}
	}
}

// rounds answers by how many results of tools there are since the person spoke.
func rounds(replies ...stub.Reply) *stub.Server {
	return stub.New(stub.Options{Key: "key-of-the-test", Script: func(q stub.Request) stub.Reply {
		return replies[min(q.Rounds(), len(replies)-1)]
	}})
}

func calls(tool, args string) stub.Reply {
	return stub.Reply{Calls: []stub.Call{{Name: tool, Arguments: args}}}
}

// reply says something in the conversation of a run.
func (r *rig) reply(to agent.Run, text string) agent.Run {
	r.t.Helper()
	run, _, err := r.db.Accept(r.t.Context(), store.NewMessage{
		PersonID: r.person, ConversationID: to.ConversationID, Text: text, Key: fmt.Sprint(time.Now().UnixNano()),
	})
	must(r.t, err)
	must(r.t, r.engine.StartTurn(r.t.Context(), run))
	return run
}

const addBohemian = `{"songs":[{"title":"Bohemian Rhapsody","artists":["Queen"]}],"playlist":{"name":"Road Trip"}}`

func TestAModelAddsASongAndAnswers(t *testing.T) {
	t.Parallel()
	s := rounds(calls(agent.SyncSongs, addBohemian), stub.Reply{Text: "It is in there now."})
	r := newRig(t, withModel(t, s))
	run := r.say("please put that Queen song with the opera part into Road Trip")
	p := r.end(run)
	if p.State != agent.Done || p.Say != "It is in there now." || len(p.Tasks) != 1 || p.Tasks[0].Result != agent.Added {
		t.Fatalf("ended %s, %q, %+v, %+v", p.State, p.Say, p.Tasks, p.Trouble)
	}
	if p.Strategy != agent.Single || p.Usage.Tokens() == 0 || !p.FromModel {
		t.Errorf("strategy %q, usage %+v, from the model: %v", p.Strategy, p.Usage, p.FromModel)
	}
	if n := times(r.rows("Road Trip"), bohemian); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
	transcript, err := r.db.Transcript(t.Context(), r.person, run.ID)
	must(t, err)
	if r.grep("opera part") || len(transcript.Messages) == 0 {
		t.Error("what the person wrote is in the engine's file")
	}
}

// known lists the names of playlists and songs in the emulated Spotify.
func known(r *rig) []string {
	var names []string
	for _, p := range r.emulator.State().Playlists {
		names = append(names, p.Name)
		for _, row := range p.Rows {
			names = append(names, row.Title)
		}
	}
	return slices.DeleteFunc(names, func(s string) bool { return len(s) < 5 })
}

func TestABlindModelIsSentNothingOfTheCatalogue(t *testing.T) {
	t.Parallel()
	s := rounds(
		calls(agent.ListPlaylists, `{}`),
		calls(agent.ShowPlaylist, `{"playlist":{"id":"P1"}}`),
		calls(agent.FindSongs, `{"songs":[{"track_id":"S1"}]}`),
		calls(agent.SyncSongs, `{"songs":[{"track_id":"S1"}],"playlist":{"id":"P2"}}`),
		calls(agent.ShowPlaylist, `{"playlist":{"name":"no such list"}}`),
		stub.Reply{Text: "That is all."},
	)
	r := newRig(t, withModel(t, s))
	first := r.say("play around a little")
	if p := r.end(first); p.Say != "That is all." || len(p.Tasks) != 1 {
		t.Fatalf("ended %s, %q, %d songs, %+v", p.State, p.Say, len(p.Tasks), p.Trouble)
	}
	r.end(r.reply(first, "and again")) // the conversation now has an answer in it
	names := known(r)
	if len(names) < 20 || len(s.Records()) < 12 {
		t.Fatalf("%d names, %d requests", len(names), len(s.Records()))
	}
	for _, record := range s.Records() {
		if record.Why != "" {
			t.Errorf("the stub refused a request: %s", record.Why)
		}
		for _, name := range names {
			if strings.Contains(string(record.Body), name) {
				t.Fatalf("%q was sent to the model: %s", name, record.Body)
			}
		}
	}
}

func TestARefusedKeyEndsTheTurnWithWhatToDo(t *testing.T) {
	t.Parallel()
	s := rounds(stub.Reply{Text: "never"})
	r := newRig(t, withModel(t, s, func(m *modelConfig) { m.key = "wrong" }))
	p := r.end(r.say("hello"))
	if p.State != agent.Failed || p.Trouble == nil || !strings.Contains(p.Trouble.What, "check OPENAI_API_KEY") || len(s.Records()) != 1 {
		t.Errorf("ended %s, %+v after %d calls", p.State, p.Trouble, len(s.Records()))
	}
}

func TestABusyModelIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := stub.New(stub.Options{Script: stub.List(
		stub.Reply{Status: 429, RetryAfter: "1"}, stub.Reply{Text: "Half an ans", Break: stub.Cut, After: 2}, stub.Reply{Text: "Here I am."},
	)})
	r := newRig(t, withModel(t, s))
	p := r.end(r.say("hello"))
	if p.State != agent.Done || p.Say != "Here I am." || len(s.Records()) != 3 {
		t.Fatalf("ended %s, %q, %+v after %d calls", p.State, p.Say, p.Trouble, len(s.Records()))
	}
	if waited := s.Records()[1].At.Sub(s.Records()[0].At); waited < time.Second {
		t.Errorf("asked again after %v, want a second at least", waited)
	}
}

func TestARemovalWaitsForApprovalAndRunsAsShown(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{agent.Approve, agent.NoneOfThese} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			s := stub.New(stub.Options{Script: func(q stub.Request) stub.Reply {
				tool := agent.SyncSongs
				if strings.HasPrefix(q.Asked(), "throw") {
					tool = agent.RemoveSongs
				}
				return []stub.Reply{calls(tool, addBohemian), {Text: "That is how it is."}}[q.Rounds()]
			}})
			r := newRig(t, withModel(t, s))
			r.end(r.say("the opera song into Road Trip"))
			before := times(r.rows("Road Trip"), bohemian)
			run := r.say("throw the opera song out of Road Trip")
			q := r.until(run, waiting).Question
			if q == nil || q.Text != "Remove 1 song from Road Trip?" || !slices.Equal(q.Plan, []string{"Bohemian Rhapsody by Queen"}) {
				t.Fatalf("asked %+v", q)
			}
			if times(r.rows("Road Trip"), bohemian) != before {
				t.Error("something was removed before the answer")
			}
			must(t, r.engine.Answer(t.Context(), run.ID, agent.Answer{Question: q.ID, Option: answer}))
			if err := r.engine.Answer(t.Context(), run.ID, agent.Answer{Question: q.ID, Option: agent.Approve}); err == nil {
				t.Error("a second answer was accepted")
			}
			p := r.end(run)
			want := map[string]int{agent.Approve: 0, agent.NoneOfThese: before}[answer]
			if n := times(r.rows("Road Trip"), bohemian); n != want || p.Say != "That is how it is." {
				t.Errorf("%d rows, want %d; %q, %+v", n, want, p.Say, p.Trouble)
			}
			last := string(s.Records()[len(s.Records())-1].Body)
			if strings.Contains(last, "denied") != (answer != agent.Approve) {
				t.Errorf("the model was told %s", last)
			}
		})
	}
}

func TestNamesThatGiveOrdersChangeNothingUnapproved(t *testing.T) {
	t.Parallel()
	// The worst model: it does what it reads, whatever that is.
	s := rounds(calls(agent.ListPlaylists, `{}`), calls(agent.SyncSongs, addBohemian), stub.Reply{Text: "Done."})
	r := newRig(t, withModel(t, s, func(m *modelConfig) { m.sees = true }))
	before := r.rows("Road Trip")
	run := r.say("what do I have?")
	q := r.until(run, waiting).Question
	if q == nil || q.Text != "Add 1 song to Road Trip?" {
		t.Fatalf("asked %+v", q)
	}
	must(t, r.engine.Answer(t.Context(), run.ID, agent.Answer{Question: q.ID, Option: agent.NoneOfThese}))
	if p := r.end(run); p.FromModel {
		t.Error("an answer that may quote the catalogue is marked as the model's own")
	}
	if after := r.rows("Road Trip"); !slices.Equal(after, before) {
		t.Errorf("the playlist is %v, was %v", after, before)
	}
}

func TestAStoppedWorkerCostsNoAnswerAndNoCallTwice(t *testing.T) {
	t.Parallel()
	s := rounds(
		calls(agent.SyncSongs, addBohemian),
		stub.Reply{Text: "It is in there now.", Latency: 3 * time.Second},
	)
	r := newRig(t, withModel(t, s))
	run := r.say("the opera song into Road Trip, please")
	for len(s.Records()) < 2 { // the second step is under way, the first is recorded
		time.Sleep(20 * time.Millisecond)
	}
	r.stop()
	r.start()
	p := r.end(run)
	if p.Say != "It is in there now." || times(r.rows("Road Trip"), bohemian) != 1 {
		t.Errorf("ended %q, %+v; %d times in the playlist", p.Say, p.Trouble, times(r.rows("Road Trip"), bohemian))
	}
	first := 0
	for _, record := range s.Records() {
		if !strings.Contains(string(record.Body), `"role":"tool"`) {
			first++
		}
	}
	if first != 1 || len(s.Records()) > 3 {
		t.Errorf("the first step was asked for %d times, of %d calls", first, len(s.Records()))
	}
	transcript, err := r.db.Messages(t.Context(), r.person, run.ConversationID, "")
	must(t, err)
	if len(transcript) != 2 || !transcript[1].FromModel {
		t.Errorf("the conversation is %+v, want one answer, the model's", transcript)
	}
}

// The model would name its songs in another order the second time.
func TestAPlanSurvivesTheLossOfTheEngine(t *testing.T) {
	t.Parallel()
	for name, amid := range map[string]bool{"while songs are put in": true, "while the next step is decided": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			songs := []string{`{"title":"Bohemian Rhapsody","artists":["Queen"]}`, `{"title":"Dancing Queen","artists":["ABBA"]}`}
			var first atomic.Int32
			var lost atomic.Bool
			s := stub.New(stub.Options{Key: "key-of-the-test", Script: func(q stub.Request) stub.Reply {
				if q.Rounds() > 0 && !lost.Load() {
					return stub.Reply{Text: "never heard", Latency: time.Minute}
				}
				if q.Rounds() > 0 {
					return stub.Reply{Text: "They are in there now."}
				}
				named := slices.Clone(songs)
				if first.Add(1) > 1 {
					slices.Reverse(named)
				}
				return calls(agent.SyncSongs, `{"songs":[`+strings.Join(named, ",")+`],"playlist":{"name":"Focus"}}`)
			}})
			r := newRig(t, withModel(t, s))
			before := r.rows("Focus")
			if amid {
				must(t, r.emulator.Inject(emulator.Fault{Method: "POST", Path: "/items$", Apply: true, Hang: true}))
			}
			run := r.say("the opera song and the one about dancing into Focus, please")
			for len(r.rows("Focus")) == len(before) || !amid && len(s.Records()) < 2 {
				time.Sleep(10 * time.Millisecond)
			}
			r.stop()
			r.forget()
			lost.Store(true)
			r.emulator.ClearFaults()
			r.start()
			must(t, workflows.NewReconciler(r.db, r.engine, quiet()).Once(t.Context()))
			p := r.end(run)
			if p.State != agent.Done || p.Say != "They are in there now." || summary(p) != "added added" {
				t.Errorf("ended %s, %q, %s, %+v", p.State, p.Say, summary(p), p.Trouble)
			}
			for i, title := range []string{bohemian, "Dancing Queen"} {
				if i < len(p.Tasks) && p.Tasks[i].Song.Title != title {
					t.Errorf("song %d is %s, want %s", i+1, p.Tasks[i].Song.Title, title)
				}
			}
			if rows := r.rows("Focus"); !slices.Equal(rows[len(before):], []string{bohemian, "Dancing Queen"}) {
				t.Errorf("Focus ends with %q", rows[len(before):])
			}
			if first.Load() != 1 {
				t.Errorf("the first step was asked for %d times", first.Load())
			}
		})
	}
}

func TestAnAnswerIsReadWhileItIsWritten(t *testing.T) {
	t.Parallel()
	const pace = 300 * time.Millisecond
	s := rounds(stub.Reply{Text: "One word after the other comes here.", Pace: pace})
	r := newRig(t, withModel(t, s))
	run := r.say("talk to me")
	p := r.until(run, func(p agent.Progress) bool { return p.Say != "" && !p.State.Final() })
	late := time.Since(s.Records()[0].Wrote) - pace // the first piece holds the role alone
	t.Logf("the first words were seen %v after they were sent", late)
	if !strings.HasPrefix("One word after the other comes here.", p.Say) || late > time.Second { // 100 ms on a quiet machine
		t.Errorf("saw %q after %v", p.Say, late)
	}
	if p := r.end(run); p.Say != "One word after the other comes here." {
		t.Errorf("ended with %q", p.Say)
	}
}

func TestAStoppedAnswerIsKeptAsFarAsItCame(t *testing.T) {
	t.Parallel()
	s := rounds(stub.Reply{Text: "One word after the other comes here, and there are many of them.", Pace: 300 * time.Millisecond})
	r := newRig(t, withModel(t, s))
	run := r.say("talk to me")
	r.until(run, func(p agent.Progress) bool { return len(strings.Fields(p.Say)) > 2 })
	must(t, r.engine.Cancel(t.Context(), run.ID, false))
	p := r.end(run)
	if p.State != agent.Cancelled || !strings.HasPrefix("One word after the other comes here, and there are many of them.", p.Say) || len(strings.Fields(p.Say)) < 3 || !p.FromModel {
		t.Errorf("ended %s with %q, from the model: %v", p.State, p.Say, p.FromModel)
	}
	said, err := r.db.Messages(t.Context(), r.person, run.ConversationID, "")
	must(t, err)
	if len(said) != 2 || said[1].Text != p.Say {
		t.Errorf("the conversation is %+v", said)
	}
}

func TestAStepCostsLittleBesidesTheModel(t *testing.T) {
	t.Parallel()
	const latency = 300 * time.Millisecond
	// Hand-offs alone: nothing but the engine stands between two calls.
	s := stub.New(stub.Options{Script: func(q stub.Request) stub.Reply {
		n := q.Rounds()
		if n == 10 {
			return stub.Reply{Text: "There.", Latency: latency}
		}
		reply := calls([]string{"transfer_to_librarian", "transfer_to_searcher"}[n%2], fmt.Sprintf(`{"reason":"step %d"}`, n))
		reply.Latency = latency
		return reply
	}})
	r := newRig(t, withModel(t, s, func(m *modelConfig) { m.rollout, _ = agent.ParseRollout("crew") }))
	for range 3 {
		if p := r.end(r.say("pass it round")); p.Say != "There." || p.Strategy != agent.InCrew {
			t.Fatalf("ended %q, %s, %+v", p.Say, p.Strategy, p.Trouble)
		}
	}
	var over []time.Duration
	records := s.Records()
	for i := range records[:len(records)-1] {
		if i%11 != 10 {
			over = append(over, records[i+1].At.Sub(records[i].At)-latency)
		}
	}
	slices.Sort(over)
	p95 := over[len(over)*95/100]
	t.Logf("%d steps: median %v, p95 %v over the model", len(over), over[len(over)/2], p95)
	if p95 > time.Second { // the target of 100 ms is for a quiet machine
		t.Errorf("p95 %v", p95)
	}
}

func TestAHundredConversationsGoOnAtTheSameTime(t *testing.T) {
	t.Parallel()
	s := rounds(
		stub.Reply{Calls: []stub.Call{{Name: agent.ListPlaylists}}, Latency: 300 * time.Millisecond},
		stub.Reply{Text: "These are all.", Latency: 300 * time.Millisecond},
	)
	r := newRig(t, withModel(t, s))
	began := time.Now()
	var runs []agent.Run
	for range 100 {
		runs = append(runs, r.say("what do I have?"))
	}
	for _, run := range runs {
		if p := r.end(run); p.State != agent.Done || p.Say != "These are all." {
			t.Fatalf("ended %s, %q, %+v", p.State, p.Say, p.Trouble)
		}
	}
	t.Logf("100 conversations took %v", time.Since(began))
	if n := len(s.Records()); n != 200 {
		t.Errorf("%d calls of the model, want 200", n)
	}
}
