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
	"segue/internal/store"
)

// talk is a scene in which a scripted language model plans the turn, over HTTP.
type talk struct {
	*scene
	model *stub.Server
	all   *Activities
}

func newTalk(t *testing.T, script stub.Script) *talk {
	t.Helper()
	k := &talk{scene: newScene(t), model: stub.New(stub.Options{Script: script})}
	srv := httptest.NewServer(k.model)
	t.Cleanup(srv.Close)
	planner, err := llm.New(llm.Options{BaseURL: srv.URL + "/v1", Model: "stub"})
	if err != nil {
		t.Fatal(err)
	}
	single, err := crew.For(agent.Single)
	if err != nil {
		t.Fatal(err)
	}
	all := k.activities()
	all.Model, all.Crews, all.Allowance = planner, map[string]*agent.Crew{agent.Single: single}, agent.Spending{Tokens: 10_000, Time: time.Minute}
	k.all = all
	k.RegisterActivityWithOptions(all.Visit, activity.RegisterOptions{Name: "Visit", DisableAlreadyRegisteredCheck: true})
	k.RegisterActivityWithOptions(all.Think, activity.RegisterOptions{Name: "Think", DisableAlreadyRegisteredCheck: true})
	return k
}

// say runs the turn of a message to its end and returns its outcome.
func (k *talk) say(t *testing.T, text string, wary bool) agent.Progress {
	t.Helper()
	run, _, err := k.rules.Accept(t.Context(), store.NewMessage{PersonID: "ada", Text: text, Key: text})
	if err != nil {
		t.Fatal(err)
	}
	k.ExecuteWorkflow(AgentTurn, TurnInput{RunID: run.ID, PersonID: "ada", Batches: true, Model: &ModelTurn{
		Strategy: agent.Single, Limits: agent.DefaultLimits(), Wary: wary,
	}})
	if err := k.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	run, err = k.rules.Run(t.Context(), "ada", run.ID)
	if err != nil || run.Outcome == nil {
		t.Fatalf("no outcome, %v", err)
	}
	return *run.Outcome
}

// asked returns what the turn asks after a minute.
func (k *talk) asked(t *testing.T, then func(q agent.Question)) {
	t.Helper()
	k.RegisterDelayedCallback(func() {
		var p agent.Progress
		answer, err := k.QueryWorkflow(QueryProgress)
		if err == nil {
			err = answer.Get(&p)
		}
		if err != nil || p.Question == nil || p.State != agent.Waiting {
			t.Errorf("after a minute it is %s and asks %+v, %v", p.State, p.Question, err)
			return
		}
		then(*p.Question)
	}, time.Minute)
}

// using calls a tool and then says so.
func using(tool, args string) stub.Script {
	return func(q stub.Request) stub.Reply {
		if q.Rounds() > 0 {
			return stub.Reply{Text: "That is how it is."}
		}
		return stub.Reply{Calls: []stub.Call{{Name: tool, Arguments: args}}}
	}
}

const bohemianOfRoad = `{"songs":[{"title":"Bohemian Rhapsody","artists":["Queen"]}],"playlist":{"name":"Road Trip"}}`

// told returns the newest request to the model.
func (k *talk) told() string {
	records := k.model.Records()
	return string(records[len(records)-1].Body)
}

func TestADenialLeavesEverythingAndIsToldToTheModel(t *testing.T) {
	t.Parallel()
	k := newTalk(t, using(agent.RemoveSongs, bohemianOfRoad))
	k.shelf.tracks, k.shelf.uris = append(k.shelf.tracks, queen), []string{queen.URI}
	var other refusal
	k.asked(t, func(q agent.Question) {
		if q.Text != "Remove 1 song from Road Trip?" || len(q.Plan) != 1 || q.Plan[0] != "Bohemian Rhapsody by Queen" {
			t.Errorf("asked %+v", q)
		}
		k.UpdateWorkflow(UpdateAnswer, "other", &other, agent.Answer{Question: q.ID + "0", Option: agent.Approve})
		k.UpdateWorkflow(UpdateAnswer, "no", &reply{t: t}, agent.Answer{Question: q.ID, Option: agent.NoneOfThese})
	})
	p := k.say(t, "throw it out", false)
	if other.err == nil {
		t.Error("an approval of another plan was taken")
	}
	if p.State != agent.Done || p.Say != "That is how it is." || k.shelf.drop != 0 || !strings.Contains(k.told(), "denied") {
		t.Errorf("ended %s, %q after %d removals; the model was told %s", p.State, p.Say, k.shelf.drop, k.told())
	}
}

func TestWhatAPersonSaysInsteadOfYesReachesTheModelAndNoHistory(t *testing.T) {
	t.Parallel()
	k := newTalk(t, using(agent.RemoveSongs, bohemianOfRoad))
	k.shelf.tracks, k.shelf.uris = append(k.shelf.tracks, queen), []string{queen.URI}
	k.asked(t, func(q agent.Question) {
		run, _, err := k.rules.Accept(t.Context(), store.NewMessage{PersonID: "ada", Text: "throw it out", Key: "throw it out"})
		if err == nil {
			err = k.rules.Remark(t.Context(), "ada", run.ID, q.ID, "only the one of 1975")
		}
		if err != nil {
			t.Error(err)
		}
		k.UpdateWorkflow(UpdateAnswer, "no", &reply{t: t}, agent.Answer{Question: q.ID, Option: agent.NoneOfThese})
	})
	p := k.say(t, "throw it out", false)
	if p.State != agent.Done || k.shelf.drop != 0 || !strings.Contains(k.told(), "only the one of 1975") {
		t.Errorf("ended %s after %d removals; the model was told %s", p.State, k.shelf.drop, k.told())
	}
	if at := strings.Index(k.told(), "approve-"); at >= 0 {
		t.Errorf("the model was told of the question: %s", k.told()[at:])
	}
}

func TestAPersonWhoSaysAlwaysIsNotAskedAgainAboutThatPlaylist(t *testing.T) {
	t.Parallel()
	for tool, want := range map[string]int{agent.RemoveSongs: 1, agent.SyncSongs: 0} {
		t.Run("trusted with "+tool, func(t *testing.T) {
			t.Parallel()
			k := newTalk(t, using(agent.RemoveSongs, bohemianOfRoad))
			k.shelf.tracks, k.shelf.uris = append(k.shelf.tracks, queen), []string{queen.URI}
			if err := k.rules.Trust(t.Context(), "ada", tool, agent.PlaylistRef{ID: road.ID, Name: road.Name}); err != nil {
				t.Fatal(err)
			}
			if p := k.say(t, "throw it out", false); len(p.Tasks) != want {
				t.Errorf("ended %s, began to remove %d songs, want %d", p.State, len(p.Tasks), want)
			}
		})
	}
	t.Run("by an answer", func(t *testing.T) {
		t.Parallel()
		k := newTalk(t, using(agent.RemoveSongs, bohemianOfRoad))
		k.shelf.tracks, k.shelf.uris = append(k.shelf.tracks, queen), []string{queen.URI}
		k.asked(t, func(q agent.Question) {
			k.UpdateWorkflow(UpdateAnswer, "always", &reply{t: t}, agent.Answer{Question: q.ID, Option: agent.Always})
		})
		p := k.say(t, "throw it out", false)
		trusts, err := k.rules.Trusts(t.Context(), "ada")
		if err != nil || len(p.Tasks) != 1 || len(trusts) != 1 || trusts[0].Playlist.Name != road.Name {
			t.Errorf("ended %s, began to remove %d songs, trusts %+v, %v", p.State, len(p.Tasks), trusts, err)
		}
	})
	t.Run("not when names may have put the model up to it", func(t *testing.T) {
		t.Parallel()
		k := newTalk(t, using(agent.RemoveSongs, bohemianOfRoad))
		k.shelf.tracks, k.shelf.uris = append(k.shelf.tracks, queen), []string{queen.URI}
		if err := k.rules.Trust(t.Context(), "ada", agent.RemoveSongs, agent.PlaylistRef{ID: road.ID, Name: road.Name}); err != nil {
			t.Fatal(err)
		}
		if p := k.say(t, "throw it out", true); len(p.Tasks) != 0 {
			t.Errorf("ended %s, began to remove %d songs", p.State, len(p.Tasks))
		}
	})
}

func TestWhoHasSpentTheDayWaitsUntilMidnight(t *testing.T) {
	t.Parallel()
	for name, spent := range map[string]agent.Spending{"in tokens": {Tokens: 10_000}, "in time": {Time: time.Minute}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			waitsUntilMidnight(t, spent)
		})
	}
}

func waitsUntilMidnight(t *testing.T, spent agent.Spending) {
	t.Helper()
	k := newTalk(t, using(agent.ListPlaylists, `{}`))
	if err := k.rules.Spend(t.Context(), "ada", spent); err != nil {
		t.Fatal(err)
	}
	midnight := time.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	k.RegisterDelayedCallback(func() {
		var p agent.Progress
		answer, err := k.QueryWorkflow(QueryProgress)
		if err == nil {
			err = answer.Get(&p)
		}
		if err != nil || p.State != agent.Parked || p.Trouble == nil || p.Trouble.Until.Sub(midnight).Abs() > time.Minute {
			t.Errorf("after a second it is %s, %+v, %v", p.State, p.Trouble, err)
		}
		if len(k.model.Records()) > 0 {
			t.Error("the model was asked")
		}
		k.UpdateWorkflow(UpdateCancel, "stop", &reply{t: t}, Cancel{})
	}, time.Second)
	if p := k.say(t, "what do I have?", false); p.State != agent.Cancelled {
		t.Errorf("ended %s, %+v", p.State, p.Trouble)
	}
}

func TestEveryStepIsCounted(t *testing.T) {
	t.Parallel()
	k := newTalk(t, using(agent.ListPlaylists, `{}`))
	p := k.say(t, "what do I have?", false)
	if spent, err := k.rules.Spent(t.Context(), "ada"); err != nil || spent.Tokens == 0 || spent.Tokens != p.Usage.Tokens() || (p.Usage.Time-spent.Time).Abs() > 5*time.Millisecond {
		t.Errorf("%+v counted, %v, of %+v", spent, err, p.Usage)
	}
}

func TestWithoutAnAnswerNothingIsRemoved(t *testing.T) {
	t.Parallel()
	k := newTalk(t, using(agent.RemoveSongs, bohemianOfRoad))
	k.shelf.tracks, k.shelf.uris = append(k.shelf.tracks, queen), []string{queen.URI}
	p := k.say(t, "throw it out", false)
	if took := p.EndedAt.Sub(p.StartedAt); p.State != agent.Done || k.shelf.drop != 0 || took < approvalLimit {
		t.Errorf("ended %s after %v and %d removals", p.State, took, k.shelf.drop)
	}
}

func TestAModelThatReadsNamesChangesNothingByItself(t *testing.T) {
	t.Parallel()
	for tool, args := range map[string]string{
		agent.SyncSongs: bohemianOfRoad, agent.CreatePlaylist: `{"name":"New"}`, agent.SetDefault: `{"playlist":{"name":"Road Trip"}}`,
	} {
		t.Run(tool, func(t *testing.T) {
			t.Parallel()
			k := newTalk(t, using(tool, args))
			asked := false
			k.asked(t, func(q agent.Question) {
				asked = len(q.Plan) == 1
				k.UpdateWorkflow(UpdateAnswer, "no", &reply{t: t}, agent.Answer{Question: q.ID, Option: agent.NoneOfThese})
			})
			if p := k.say(t, "do it", true); !asked || k.shelf.posts > 0 || len(p.Tasks) > 0 || p.FromModel || p.Say == "" {
				t.Errorf("asked: %v; ended %+v", asked, p)
			}
		})
	}
}

func TestSongsThatDoNotExistAreDroppedAndSaidSo(t *testing.T) {
	t.Parallel()
	k := newTalk(t, using(agent.FindSongs, `{"songs":[{"title":"Bohemian Rhapsody","artists":["Queen"]},{"title":"Zzyzx of Nowhere","artists":["Nobody"]}]}`))
	k.shelf.tracks = append(k.shelf.tracks, queen)
	p := k.say(t, "which of these are there?", false)
	if p.State != agent.Done || len(p.Tracks) != 1 || p.Title != "Found 1 of 2 songs" {
		t.Errorf("ended %s, %q, %d tracks", p.State, p.Title, len(p.Tracks))
	}
	if told := k.told(); !strings.Contains(told, `\"handle\":\"S1\",\"code\":\"auto\"`) || !strings.Contains(told, `\"code\":\"none\"`) || strings.Contains(told, "Night at the Opera") {
		t.Errorf("the model was told %s", told)
	}
}

func TestAModelThatGoesRoundInCirclesIsStopped(t *testing.T) {
	t.Parallel()
	k := newTalk(t, stub.Always(stub.Reply{Calls: []stub.Call{{Name: agent.ListPlaylists, Arguments: "{}"}}}))
	p := k.say(t, "go on for ever", false)
	if p.State != agent.Failed || p.Trouble == nil || p.Trouble.Kept == "" || len(k.model.Records()) > 12 {
		t.Errorf("ended %s, %+v after %d calls", p.State, p.Trouble, len(k.model.Records()))
	}
}

// houses are six songs on the shelf, and a seventh that is invented, as arguments of find_songs.
func houses(k *talk) string {
	var args []string
	for i, title := range []string{"Music Sounds Better", "Flat Beat", "Lady", "Starlight", "Intro", "Call on Me", "Crêpes at Midnight"} {
		artist, id := "Band "+string(rune('A'+i)), "house"+string(rune('a'+i))
		args = append(args, `{"title":"`+title+`","artists":["`+artist+`"]}`)
		if i < 6 {
			k.shelf.tracks = append(k.shelf.tracks, music.Track{
				ID: id, URI: "spotify:track:" + id, Title: title, Artists: []music.Artist{{Name: artist}}, Duration: 200 * time.Second, ISRC: "X" + id,
			})
		}
	}
	return `{"songs":[` + strings.Join(args, ",") + `]}`
}

func TestAProposedPlaylistIsShownBeforeItIsMade(t *testing.T) {
	t.Parallel()
	var look string
	k := newTalk(t, func(q stub.Request) stub.Reply {
		return []stub.Reply{
			{Calls: []stub.Call{{Name: agent.FindSongs, Arguments: look}}},
			{Calls: []stub.Call{{Name: agent.CreatePlaylist, Arguments: `{"name":"House"}`}}},
			{Text: "That is how it is."},
		}[min(q.Rounds(), 2)]
	})
	look = houses(k)
	var asked agent.Question
	k.asked(t, func(q agent.Question) {
		asked = q
		k.UpdateWorkflow(UpdateAnswer, "no", &reply{t: t}, agent.Answer{Question: q.ID, Option: agent.NoneOfThese})
	})
	p := k.say(t, "make me a playlist of house", false)
	if asked.Text != "Create House with 6 songs?" || len(asked.Plan) != 7 || asked.Plan[6] != "Crêpes at Midnight by Band G is left out: Spotify does not have it" {
		t.Errorf("asked %+v", asked)
	}
	if p.State != agent.Done || p.Playlist != nil {
		t.Errorf("ended %s, made %+v", p.State, p.Playlist)
	}
}

func TestWhatWasShownForANewPlaylistIsNotAskedAboutTwiceAndNothingElseSlipsIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		songs string
		asks  int
	}{
		"what was shown":          {`{"track_id":"S1"},{"track_id":"S2"},{"track_id":"S3"},{"track_id":"S4"},{"track_id":"S5"}`, 1},
		"the model's choice more": {`{"track_id":"S1"},{"track_id":"S2"},{"track_id":"S3"},{"track_id":"S4"},{"track_id":"S5"},{"title":"Another"}`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var look string
			k := newTalk(t, func(q stub.Request) stub.Reply {
				return []stub.Reply{
					{Calls: []stub.Call{{Name: agent.FindSongs, Arguments: look}}},
					{Calls: []stub.Call{{Name: agent.CreatePlaylist, Arguments: `{"name":"House"}`}}},
					{Calls: []stub.Call{{Name: agent.SyncSongs, Arguments: `{"songs":[` + c.songs + `],"playlist":{"id":"P1"}}`}}},
					{Text: "That is how it is."},
				}[min(q.Rounds(), 3)]
			})
			look = houses(k)
			asks := 0
			for i := range 3 {
				k.RegisterDelayedCallback(func() {
					var p agent.Progress
					answer, err := k.QueryWorkflow(QueryProgress)
					if err == nil {
						err = answer.Get(&p)
					}
					if err == nil && p.Question != nil && len(p.Question.Plan) > 0 {
						asks++
						k.UpdateWorkflow(UpdateAnswer, "yes to "+p.Question.ID, &reply{t: t}, agent.Answer{Question: p.Question.ID, Option: agent.Approve})
					}
				}, time.Duration(i+1)*time.Minute)
			}
			p := k.say(t, "make me a playlist of house", false)
			if asks != c.asks {
				t.Errorf("asked %d times, want %d; ended %s, %+v", asks, c.asks, p.State, p.Trouble)
			}
		})
	}
}

func TestAnotherChoiceIsAnotherBasis(t *testing.T) {
	t.Parallel()
	so := func(tool, note string) string {
		return basis(agent.Turn{
			Calls:   []agent.Call{{ID: "c1", Tool: tool}},
			Results: []agent.Result{{CallID: "c1", Code: agent.OK, Note: note}},
		})
	}
	if so(agent.AskPerson, "The person chose: jazz") == so(agent.AskPerson, "The person chose: folk") {
		t.Error("what was decided on one choice is taken for another")
	}
	if so(agent.SyncSongs, "found at once") != so(agent.SyncSongs, "found after a while") {
		t.Error("a step counts only for the very words of a result")
	}
}
