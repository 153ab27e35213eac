package main

import (
	"net/http"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/agent/llm/stub"
	"segue/internal/fault"
	"segue/internal/spotify/emulator"
)

// told returns the newest request to the model.
func told(s *stub.Server) string {
	records := s.Records()
	return string(records[len(records)-1].Body)
}

func TestAModelSeesHowRequestsStandAndStopsOne(t *testing.T) {
	t.Parallel()
	s := stub.New(stub.Options{Script: func(q stub.Request) stub.Reply {
		if strings.HasPrefix(q.Asked(), "add") {
			return []stub.Reply{calls(agent.SyncSongs, `{"songs":[{"title":"Hallelujah"}],"playlist":{"name":"Focus"}}`), {Text: "Done."}}[min(q.Rounds(), 1)]
		}
		return []stub.Reply{calls(agent.RunStatus, `{}`), calls(agent.CancelRun, `{"run_id":"R1"}`), {Text: "I stopped it."}}[q.Rounds()]
	}})
	r := newRig(t, withModel(t, s))
	first := r.say("add Hallelujah")
	r.until(first, waiting)
	p := r.end(r.say("what goes on? stop it"))
	if p.State != agent.Done || p.Say != "I stopped it." || len(p.Runs) != 1 || p.Runs[0].RunID != first.ID {
		t.Errorf("ended %s, %q, %+v, %+v", p.State, p.Say, p.Runs, p.Trouble)
	}
	if ended := r.end(first); ended.State != agent.Cancelled {
		t.Errorf("the other one is %s", ended.State)
	}
	if !strings.Contains(told(s), `waiting: review 1`) || strings.Contains(told(s), "Focus") {
		t.Errorf("the model was told %s", told(s))
	}
}

func TestAModelHasAFailedSongTriedAgainOnce(t *testing.T) {
	t.Parallel()
	s := stub.New(stub.Options{Script: func(q stub.Request) stub.Reply {
		if strings.HasPrefix(q.Asked(), "add") {
			return []stub.Reply{calls(agent.SyncSongs, `{"songs":[{"title":"Karma Police","artists":["Radiohead"]}],"playlist":{"name":"Dinner"}}`), {Text: "That failed."}}[min(q.Rounds(), 1)]
		}
		return []stub.Reply{calls(agent.RunStatus, `{}`), calls(agent.RetryRun, `{"run_id":"R1"}`), {Text: "I try it again."}}[q.Rounds()]
	}})
	r := newRig(t, withModel(t, s))
	must(t, r.emulator.Inject(emulator.Fault{Path: "/search$", Status: http.StatusTeapot, Count: -1}))
	r.end(r.say("add the police song"))
	r.letter()
	r.emulator.ClearFaults()
	p := r.end(r.say("try that again"))
	if p.State != agent.Done || len(p.Runs) != 1 {
		t.Fatalf("ended %s, %+v, %+v", p.State, p.Runs, p.Trouble)
	}
	again, err := r.db.Run(t.Context(), r.person, p.Runs[0].RunID)
	must(t, err)
	if ended := r.end(again); ended.State != agent.Done || times(r.rows("Dinner"), "Karma Police") != 1 {
		t.Errorf("the retry ended %+v; %d times in the playlist", ended, times(r.rows("Dinner"), "Karma Police"))
	}
	r.end(r.say("try that again, please"))
	if last := told(s); !strings.Contains(last, `\"code\":\"`+string(fault.Conflict)) || times(r.rows("Dinner"), "Karma Police") != 1 {
		t.Errorf("a second time the model was told %s", last)
	}
}

func TestAPersonChoosesAmongAnswersOfTheModel(t *testing.T) {
	t.Parallel()
	s := rounds(calls(agent.AskPerson, `{"question":"Which mood?","answers":["calm","loud"]}`), stub.Reply{Text: "Loud it is."})
	r := newRig(t, withModel(t, s))
	run := r.say("play something")
	q := r.until(run, waiting).Question
	if q == nil || q.Text != "Which mood?" || len(q.Options) != 2 || q.Options[1].Text != "loud" {
		t.Fatalf("asked %+v", q)
	}
	must(t, r.engine.Answer(t.Context(), run.ID, agent.Answer{Question: q.ID, Option: q.Options[1].ID}))
	if p := r.end(run); p.Say != "Loud it is." || !strings.Contains(told(s), "The person chose: loud") {
		t.Errorf("ended %q; the model was told %s", p.Say, told(s))
	}
}

func TestAModelRemembersWhichRecordingIsMeant(t *testing.T) {
	t.Parallel()
	s := rounds(
		calls(agent.FindSongs, `{"songs":[{"title":"Bohemian Rhapsody","artists":["Queen"]}]}`),
		calls(agent.RememberRule, `{"title":"the opera song","track_id":"S1"}`), stub.Reply{Text: "I will."},
	)
	r := newRig(t, withModel(t, s))
	if p := r.end(r.say("by the opera song I mean the one of Queen")); p.State != agent.Done || len(p.Tracks) != 1 {
		t.Fatalf("ended %s, %+v", p.State, p.Trouble)
	}
	found, _, err := r.db.Rules(t.Context(), r.person, "", 0, 9)
	must(t, err)
	if len(found) != 1 || found[0].Track == nil || found[0].Track.Title != bohemian || found[0].Song.Title != "the opera song" {
		t.Errorf("remembered %+v", found)
	}
}

func TestAPastedListBecomesARequestOfItsOwnWhenThePersonAgrees(t *testing.T) {
	t.Parallel()
	for _, planner := range []string{"a model", "the rules"} {
		t.Run("planned by "+planner, func(t *testing.T) {
			t.Parallel()
			s := rounds(calls(agent.SyncList, `{"playlist":{"name":"Road Trip"},"header":1}`), stub.Reply{Text: "They are on their way."})
			r := newRig(t, withModel(t, s, func(m *modelConfig) {
				if planner == "the rules" {
					m.name = ""
				}
			}))
			bringsAList(t, r)
			for _, record := range s.Records() {
				if strings.Count(string(record.Body), "put all of these") != 1 {
					t.Errorf("the model was told %s", record.Body)
				}
			}
		})
	}
}

func bringsAList(t *testing.T, r *rig) {
	t.Helper()
	before := len(r.rows("Road Trip"))
	text := "put all of these into Road Trip:\n"
	for _, song := range repertoire(t, 60) {
		text += song.Artists[0] + " - " + song.Title + "\n"
	}
	run := r.say(text)
	q := r.until(run, waiting).Question
	if q == nil || q.Text != "Bring 60 songs into Road Trip?" || len(q.Plan) != 11 || q.Plan[10] != "and 50 more songs" {
		t.Fatalf("asked %+v", q)
	}
	must(t, r.engine.Answer(t.Context(), run.ID, agent.Answer{Question: q.ID, Option: agent.Approve}))
	p := r.end(run)
	if p.State != agent.Done || len(p.Runs) != 1 {
		t.Fatalf("ended %s, %+v, %+v", p.State, p.Runs, p.Trouble)
	}
	list, err := r.db.Run(t.Context(), r.person, p.Runs[0].RunID)
	must(t, err)
	r.until(list, searched)
	if added := len(r.rows("Road Trip")) - before; added < 30 {
		t.Errorf("%d songs were added", added)
	}
}
