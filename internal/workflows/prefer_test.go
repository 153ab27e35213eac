package workflows

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"

	"segue/internal/agent"
	"segue/internal/agent/crew"
	"segue/internal/agent/llm"
	"segue/internal/agent/llm/stub"
	"segue/internal/music"
)

// advised is a scene whose unclear songs a scripted model is asked about.
func advised(t *testing.T, reply stub.Reply) (*scene, *stub.Server) {
	t.Helper()
	s, model := newScene(t), stub.New(stub.Options{Script: stub.Always(reply)})
	srv := httptest.NewServer(model)
	t.Cleanup(srv.Close)
	planner, err := llm.New(llm.Options{BaseURL: srv.URL + "/v1", Model: "stub", SeesCatalogue: true})
	if err != nil {
		t.Fatal(err)
	}
	matcher, err := crew.Matcher()
	if err != nil {
		t.Fatal(err)
	}
	a := s.activities()
	a.Model, a.Crews = planner, map[string]*agent.Crew{MatcherStrategy: matcher}
	s.RegisterActivityWithOptions(a.Prefer, activity.RegisterOptions{Name: "Prefer", DisableAlreadyRegisteredCheck: true})
	s.shelf.tracks = hallelujahs()
	s.writing(WriteOutcome{Result: agent.Added, Positions: []int{0}})
	return s, model
}

// asksWith runs the search for a song that is unclear and returns what it asked and how it ended.
func (s *scene) asksWith(t *testing.T, how string) (asked *agent.Question, end SongProgress) {
	t.Helper()
	s.look(t, time.Hour, func(task agent.Task) { asked = task.Question })
	s.ExecuteWorkflow(SyncSong, SongInput{RunID: "run1", PersonID: "ada", Key: "1", Song: music.Song{Title: "Hallelujah"}, Find: true, Model: how})
	if err := s.GetWorkflowResult(&end); err != nil {
		t.Fatal(err)
	}
	return asked, end
}

func meant(args string) stub.Reply {
	return stub.Reply{Calls: []stub.Call{{Name: crew.Meant, Arguments: args}}}
}

func TestAModelPutsItsChoiceFirstAndThePersonDecides(t *testing.T) {
	t.Parallel()
	s, model := advised(t, meant(`{"track_id":"S2","sure":true}`))
	asked, _ := s.asksWith(t, Suggests)
	if asked == nil || len(asked.Options) < 2 || !strings.Contains(asked.Options[0].Reasons[0], "language model") {
		t.Fatalf("asked %+v", asked)
	}
	plain, _ := advised(t, stub.Reply{Text: "I do not know."})
	was, _ := plain.asksWith(t, Suggests)
	if was == nil || was.Options[1].ID != asked.Options[0].ID {
		t.Errorf("without an opinion it asks %+v", was)
	}
	if sent := string(model.Records()[0].Body); !strings.Contains(sent, `\"data\":`) || !strings.Contains(sent, "Hallelujah") {
		t.Errorf("the candidates were not shown as data: %s", sent)
	}
}

func TestASureModelSettlesOnlyWhereItMay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		how, said string
		settles   bool
	}{
		"sure and allowed":     {Settles, `{"track_id":"S1","sure":true}`, true},
		"in doubt":             {Settles, `{"track_id":"S1","sure":false}`, false},
		"sure and not allowed": {Suggests, `{"track_id":"S1","sure":true}`, false},
		"another track":        {Settles, `{"track_id":"S9","sure":true}`, false},
		"none of them":         {Settles, `{"sure":true}`, false},
		"no JSON":              {Settles, `{"track_id":`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := advised(t, meant(c.said))
			asked, end := s.asksWith(t, c.how)
			if (asked == nil) != c.settles {
				t.Errorf("asked %+v, ended %+v", asked, end.Task.Match)
			}
			if pick, ok := end.Task.Match.Pick(); c.settles && (!ok || end.Task.Match.Method != "model" || pick.Track.ID == "") {
				t.Errorf("ended %+v", end.Task.Match)
			}
		})
	}
}

func TestWithoutItsModelASongIsAskedAboutAsEver(t *testing.T) {
	t.Parallel()
	s, model := advised(t, stub.Reply{Status: 500})
	if asked, _ := s.asksWith(t, Settles); asked == nil || len(model.Records()) == 0 {
		t.Errorf("asked %+v after %d calls", asked, len(model.Records()))
	}
}
