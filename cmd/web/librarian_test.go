package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/agent/llm/stub"
	"segue/internal/spotify/emulator"
	"segue/internal/workflows"
)

// uris returns the rows of a playlist as Spotify has them.
func (r *rig) uris(id string) []string {
	r.t.Helper()
	for _, p := range r.emulator.State().Playlists {
		if p.ID == id {
			uris := make([]string, len(p.Rows))
			for i, row := range p.Rows {
				uris[i] = row.URI
			}
			return uris
		}
	}
	r.t.Fatalf("no playlist %s", id)
	return nil
}

// found returns the track ids of searches, one each.
func (r *rig) found(queries ...string) []string {
	r.t.Helper()
	uris := make([]string, len(queries))
	for i, q := range queries {
		tracks, err := r.emulator.Find(q)
		must(r.t, err)
		if len(tracks) == 0 {
			r.t.Fatalf("the catalogue has nothing for %s", q)
		}
		uris[i] = "spotify:track:" + tracks[0].ID
	}
	return uris
}

// repetitive makes Road Trip a list in which a track stands three times and another
// twice, beside a live version of the first, and returns its id and rows.
func (r *rig) repetitive() (id string, rows, without []string) {
	r.t.Helper()
	found := r.found(`track:"Africa" artist:"TOTO"`, `track:"Fast Car" artist:"Tracy Chapman"`, `track:"Creep" artist:"Radiohead"`)
	id = r.playlist("Road Trip")
	a, b, c := found[0], found[1], found[2]
	rows = []string{c, a, b, a, "null", b, a}
	must(r.t, r.emulator.SetRows(id, rows))
	rows[4] = ""
	return id, rows, []string{c, a, b, ""}
}

// approves answers the question that the run asks with yes.
func (r *rig) approves(run agent.Run) agent.Question {
	r.t.Helper()
	q := r.until(run, waiting).Question
	if q == nil || len(q.Plan) == 0 {
		r.t.Fatalf("asked %+v, want a plan", q)
	}
	must(r.t, r.engine.Answer(r.t.Context(), run.ID, agent.Answer{Question: q.ID, Option: agent.Approve}))
	return *q
}

func (r *rig) has(id string, want []string) {
	r.t.Helper()
	if got := r.uris(id); !slices.Equal(got, want) {
		r.t.Errorf("rows %v, want %v", got, want)
	}
}

func TestDuplicatesGoAsShownAndComeBackWhereTheyWere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, rows, without := r.repetitive()
	run := r.say("remove duplicates from Road Trip")
	r.until(run, waiting)
	r.has(id, rows)
	q := r.approves(run)
	if q.Text != "Remove 3 duplicates from Road Trip?" || !strings.HasSuffix(q.Plan[0], "rows 4, 7 go, row 2 stays") {
		t.Errorf("asked %q, %q", q.Text, q.Plan)
	}
	p := r.end(run)
	if p.State != agent.Done || len(p.Tasks) != 3 || !p.Undoable || p.Title != "Removed 3 duplicates from Road Trip" {
		t.Fatalf("ended %s, %q, %+v, %+v", p.State, p.Title, p.Tasks, p.Trouble)
	}
	r.has(id, without)
	r.undo(run)
	r.has(id, rows)
	again := r.say("clean up Road Trip")
	q = *r.until(again, waiting).Question
	must(t, r.engine.Answer(t.Context(), again.ID, agent.Answer{Question: q.ID, Option: agent.NoneOfThese}))
	if p := r.end(again); p.State != agent.Done || p.Title != "Left Road Trip as it is" {
		t.Errorf("ended %s, %q", p.State, p.Title)
	}
	r.has(id, rows)
	if p := r.end(r.say("remove duplicates from Focus")); p.State != agent.Done || p.Title != "No duplicates in Focus" {
		t.Errorf("ended %s, %q, %+v", p.State, p.Title, p.Trouble)
	}
}

func TestAPlanForRowsThatHaveChangedIsMadeAnew(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, rows, without := r.repetitive()
	run := r.say("remove duplicates from Road Trip")
	old := r.until(run, waiting).Question
	must(t, r.emulator.SetRows(id, append([]string{rows[0]}, slices.Replace(slices.Clone(rows), 4, 5, "null")...)))
	changed := r.uris(id)
	must(t, r.engine.Answer(t.Context(), run.ID, agent.Answer{Question: old.ID, Option: agent.Approve}))
	r.until(run, func(p agent.Progress) bool { return waiting(p) && p.Question.ID != old.ID })
	r.has(id, changed)
	q := r.approves(run)
	if q.Text != "Remove 4 duplicates from Road Trip?" {
		t.Errorf("asked %q", q.Text)
	}
	r.end(run)
	r.has(id, without)
}

// The process ends, and the engine's database with it, while a song that must stay is out.
func TestNothingIsLostWhenTheEngineIsLostAmongRemovals(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]bool{"with Temporal's file": false, "without Temporal's file": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			id, rows, without := r.repetitive()
			// The second song is taken out first; its removal is done, and nothing is put back any more.
			must(t, r.emulator.Inject(emulator.Fault{Method: "POST", Path: "/items$", Status: 503, Count: -1}))
			run := r.say("remove duplicates from Road Trip")
			r.approves(run)
			for len(r.uris(id)) == len(rows) {
				time.Sleep(10 * time.Millisecond)
			}
			r.stop()
			if lose {
				r.forget()
			}
			r.emulator.ClearFaults()
			r.start()
			must(t, workflows.NewReconciler(r.db, r.engine, quiet()).Once(t.Context()))
			if lose {
				r.approves(run) // the rest of the plan, made anew
			}
			p := r.end(run)
			if p.State != agent.Done || len(p.Tasks) != 3 {
				t.Errorf("ended %s, %q, %d songs, %+v", p.State, p.Title, len(p.Tasks), p.Trouble)
			}
			r.has(id, without)
			r.undo(run)
			r.has(id, rows)
		})
	}
}

// Spotify refuses for good to take back the rows that were to stay.
func TestRowsThatCouldNotBePutBackAreByTheRetryOfTheLetter(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, _, without := r.repetitive()
	must(t, r.emulator.Inject(emulator.Fault{Method: "POST", Path: "/items$", Status: 400, Count: -1}))
	run := r.say("remove duplicates from Road Trip")
	r.approves(run)
	if p := r.end(run); p.State != agent.Failed || p.Trouble == nil || !strings.Contains(p.Trouble.What, "could not be put back") {
		t.Fatalf("ended %s, %+v", p.State, p.Trouble)
	}
	r.emulator.ClearFaults()
	l := r.letter()
	if l.Task != "" || l.RunID != run.ID {
		t.Errorf("letter %+v", l)
	}
	if p := r.end(r.again(l)); p.State != agent.Done {
		t.Errorf("the retry ended %s, %+v", p.State, p.Trouble)
	}
	r.has(id, without)
}

func TestAPlaylistIsRenamedAndGetsItsNameBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.playlist("Focus")
	must(t, r.emulator.Inject(emulator.Fault{Method: "PUT", Path: "/playlists/[^/]+$", Apply: true, Drop: true}))
	run := r.say("rename Focus to Deep Work")
	p := r.end(run)
	if p.State != agent.Done || p.Title != "Renamed Focus to Deep Work" || !p.Undoable || r.playlist("Deep Work") != id {
		t.Fatalf("ended %s, %q, %+v", p.State, p.Title, p.Trouble)
	}
	r.undo(run)
	if r.playlist("Focus") != id {
		t.Error("it did not get its name back")
	}
	again := r.say("rename Focus to Deep Work")
	r.end(again)
	r.end(r.say("rename Deep Work to Work"))
	undo, _, err := r.db.Accept(t.Context(), undoOf(r.person, again))
	must(t, err)
	must(t, r.engine.StartTurn(t.Context(), undo))
	if p := r.end(undo); p.State != agent.Failed || p.Trouble == nil || r.playlist("Work") != id {
		t.Errorf("undone in spite of another name: %s, %+v", p.State, p.Trouble)
	}
}

func TestAPlaylistIsSortedAndGetsItsOrderBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.playlist("Dinner")
	before := r.uris(id)
	must(t, r.emulator.Inject(emulator.Fault{Method: "PUT", Path: "/items$", Skip: 1, Apply: true, Drop: true}))
	run := r.say("sort Dinner by title")
	r.until(run, waiting)
	r.has(id, before)
	r.approves(run)
	p := r.end(run)
	if p.State != agent.Done || !p.Undoable || p.Moved == nil {
		t.Fatalf("ended %s, %q, %+v", p.State, p.Title, p.Trouble)
	}
	if sorted := r.rows("Dinner"); !strings.HasPrefix(sorted[0], "A Case of You") || !strings.HasPrefix(sorted[1], "Águas") {
		t.Errorf("sorted to %v", sorted)
	}
	if p := r.end(r.say("sort Dinner by title")); p.Title != "Dinner is in that order already" {
		t.Errorf("again: %q, %+v", p.Title, p.Trouble)
	}
	r.undo(run)
	r.has(id, before)
}

func TestASongIsMovedToItsPlace(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.playlist("Road Trip")
	before := r.uris(id)
	run := r.say("move Africa by Toto to the top of Road Trip")
	r.approves(run)
	if p := r.end(run); p.State != agent.Done || r.rows("Road Trip")[0] != "Africa" {
		t.Fatalf("ended %s, %q, %+v; %v", p.State, p.Title, p.Trouble, r.rows("Road Trip"))
	}
	r.undo(run)
	r.has(id, before)
	if p := r.end(r.say("move Africa by Toto to position 99 in Road Trip")); p.State != agent.Failed || p.Trouble == nil {
		t.Errorf("place 99 of 8: %s, %+v", p.State, p.Trouble)
	}
}

func TestSeveralChangesOfAPlaylistAreTakenBackTheLastOneFirst(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"remove duplicates from Road Trip and sort it by title", "sort Road Trip by title and remove the duplicates from it",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			id, rows, without := r.repetitive()
			run := r.say(text)
			first := r.approves(run)
			r.until(run, func(p agent.Progress) bool { return waiting(p) && p.Question.ID != first.ID })
			r.approves(run)
			if p := r.end(run); p.State != agent.Done || len(p.Tasks) != 3 || p.Moved == nil {
				t.Fatalf("ended %s, %q, %+v", p.State, p.Title, p.Trouble)
			}
			if now := r.uris(id); len(now) != len(without) || slices.Equal(now, without) {
				t.Errorf("%v is not sorted", now)
			}
			r.undo(run)
			r.has(id, rows)
		})
	}
}

// shuffled makes a playlist of n songs in a random order that is always the same.
func (r *rig) shuffled(n int) (id string, rows []string) {
	r.t.Helper()
	p, err := r.api.Create(r.t.Context(), r.person, "Shuffled", "")
	must(r.t, err)
	for _, i := range rand.New(rand.NewPCG(7, 7)).Perm(n) {
		rows = append(rows, "spotify:track:"+idOf(i))
	}
	must(r.t, r.emulator.SetRows(p.ID, rows))
	return p.ID, rows
}

func numbered(_ string, i int) string { return fmt.Sprintf("Number %03d", i) }

func TestALongOrderCanBeStoppedBetweenMovesAndTakenBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, catalogueOf(t, 400, numbered))
	id, rows := r.shuffled(200)
	must(t, r.emulator.Inject(emulator.Fault{Method: "PUT", Path: "/items$", Latency: emulator.Span(50 * time.Millisecond), Count: 40}))
	run := r.say("sort Shuffled by title")
	r.approves(run)
	for slices.Equal(r.uris(id), rows) {
		time.Sleep(10 * time.Millisecond)
	}
	must(t, r.engine.Cancel(t.Context(), run.ID, false))
	p := r.end(run)
	if p.State != agent.Cancelled || p.Moved == nil || len(p.Moved.List) > 40 || !p.Undoable {
		t.Fatalf("ended %s, %q, %+v", p.State, p.Say, p.Trouble)
	}
	moved := r.uris(id)
	if slices.Equal(moved, rows) || len(moved) != len(rows) {
		t.Errorf("%d rows after the stop", len(moved))
	}
	began := time.Now()
	rest := r.say("sort Shuffled by title")
	r.approves(rest)
	if p := r.end(rest); p.State != agent.Done {
		t.Fatalf("the rest ended %s, %+v", p.State, p.Trouble)
	} else {
		t.Logf("%d moves in %v", len(p.Moved.List), time.Since(began))
	}
	if sorted := r.uris(id); !slices.IsSorted(sorted) {
		t.Errorf("sorted to %v", sorted)
	}
	r.undo(rest)
	r.has(id, moved)
	r.undo(run)
	r.has(id, rows)
}

func TestAnOrderThatTakesTooManyMovesIsNotBegun(t *testing.T) {
	t.Parallel()
	r := newRig(t, catalogueOf(t, 400, numbered))
	id, rows := r.shuffled(400)
	p := r.end(r.say("sort Shuffled by title"))
	if p.State != agent.Failed || p.Trouble == nil || !strings.HasPrefix(p.Trouble.What, "This would take 3") {
		t.Errorf("ended %s, %+v", p.State, p.Trouble)
	}
	r.has(id, rows)
}

// A model gets the same tools, and the same plan is shown before they are used.
func TestAModelRemovesDuplicatesAsShown(t *testing.T) {
	t.Parallel()
	s := rounds(
		calls(agent.DedupePlaylist, `{"playlist":{"name":"Road Trip"}}`),
		calls(agent.RenamePlaylist, `{"playlist":{"id":"P1"},"name":"Roads"}`),
		stub.Reply{Text: "It is tidy now."},
	)
	r := newRig(t, withModel(t, s))
	id, rows, without := r.repetitive()
	run := r.say("tidy it up and call it Roads")
	r.until(run, waiting)
	r.has(id, rows)
	r.approves(run)
	if p := r.end(run); p.State != agent.Done || p.Say != "It is tidy now." || r.playlist("Roads") != id {
		t.Fatalf("ended %s, %q, %+v", p.State, p.Say, p.Trouble)
	}
	r.has(id, without)
	r.undo(run)
	r.has(id, rows)
	if r.playlist("Road Trip") != id {
		t.Error("it did not get its name back")
	}
}
