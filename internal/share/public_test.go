package share_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/internal/share"
)

// fill gives every field below v a value: texts are the path of their field in
// braces, so that whoever finds one later knows where it comes from.
func fill(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("{" + path + "}")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), path)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(`"{` + path + `}"`)) // JSON
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), path)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(agent.RowAdded), reflect.ValueOf(7))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(1_800_000_000, 0)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), path+"."+v.Type().Field(i).Name)
			}
		}
	default:
		panic("no canary for a " + v.Kind().String())
	}
}

// leaks are the texts of fields that are in what is shown.
func leaks(t *testing.T, shown ...any) []string {
	t.Helper()
	text, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for part := range strings.SplitSeq(string(text), "{") {
		if path, _, ok := strings.Cut(part, "}"); ok && strings.HasPrefix(path, "P.") || strings.HasPrefix(path, "R.") {
			found = append(found, path)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// whole is a run with something in every field.
func whole(state agent.State) (agent.Run, agent.Progress) {
	var run agent.Run
	var p agent.Progress
	fill(reflect.ValueOf(&run).Elem(), "R")
	fill(reflect.ValueOf(&p).Elem(), "P")
	p.State, run.State = state, state
	for i := range p.Tasks {
		p.Tasks[i].State, p.Tasks[i].Result = state, agent.Added
	}
	return run, p
}

// The whole whitelist: what a link with names shows of a run. Nobody adds to it by accident.
var allowed = strings.Fields(`
	P.Steps.Name P.Steps.State P.Tasks.Key P.Tasks.Song.Album P.Tasks.Song.Artists P.Tasks.Song.Title P.Tasks.Song.Version P.Tasks.Steps.Name P.Tasks.Steps.State P.Title
	P.Tasks.Match.Choices.Track.Album.Image P.Tasks.Match.Choices.Track.Album.Name P.Tasks.Match.Choices.Track.Album.Release
	P.Tasks.Match.Choices.Track.Artists.Name P.Tasks.Match.Choices.Track.Title P.Tasks.Match.Choices.Track.URL P.Tasks.Match.Method
	P.Tracks.Album.Image P.Tracks.Album.Name P.Tracks.Album.Release P.Tracks.Artists.Name P.Tracks.Title P.Tracks.URL`)

func TestOnlyWhatIsOnTheListIsShown(t *testing.T) {
	t.Parallel()
	for _, state := range []agent.State{agent.Accepted, agent.Running, agent.Waiting, agent.Parked, agent.Done, agent.Failed, agent.Cancelled} {
		run, p := whole(state)
		seen, shown := share.Public(run, p, true)
		for _, path := range leaks(t, seen, shown) {
			if !slices.Contains(allowed, path) {
				t.Errorf("%s: %s is shown", state, path)
			}
		}
		if found := leaks(t, seen, shown); state == agent.Done && len(found) != len(allowed) {
			t.Errorf("of %d fields only %d are shown: %v", len(allowed), len(found), found)
		}
	}
}

func TestWithoutNamesNoTitleAndNoArtistIsShown(t *testing.T) {
	t.Parallel()
	for _, state := range []agent.State{agent.Running, agent.Done, agent.Failed} {
		run, p := whole(state)
		seen, shown := share.Public(run, p, false)
		if found := leaks(t, seen, shown); !slices.Equal(found, []string{"P.Steps.Name", "P.Steps.State", "P.Tasks.Key", "P.Tasks.Steps.Name", "P.Tasks.Steps.State"}) {
			t.Errorf("%s: %v are shown", state, found)
		}
		if shown.Tasks[1].Song.String() != "Song 2" || shown.Tasks[1].Match != nil {
			t.Errorf("the second song is %+v", shown.Tasks[1])
		}
	}
}

func TestAPublicRowIsTheSongAndWhatWasTaken(t *testing.T) {
	t.Parallel()
	var row agent.Row
	fill(reflect.ValueOf(&row).Elem(), "R")
	row.Match.Verdict = music.Auto
	for _, path := range leaks(t, share.Row(row)) {
		if strings.Contains(path, "ID") || strings.Contains(path, "URI") || strings.Contains(path, "Trouble") || strings.Contains(path, "Reasons") || strings.Contains(path, "Twins") {
			t.Errorf("%s is shown", path)
		}
	}
	row.Match.Verdict = music.Ask
	if share.Row(row).Match != nil {
		t.Error("what is still being asked about is shown as taken")
	}
}

func TestWhatIsSharedCannotBeChangedThroughIt(t *testing.T) {
	t.Parallel()
	run, p := whole(agent.Running)
	p.List = &agent.ListProgress{Counts: agent.Counts{agent.RowAdded: 3}}
	before := fmt.Sprintf("%+v %+v", run, p.List.Counts)
	_, shown := share.Public(run, p, true)
	shown.List.Counts[agent.RowAdded] = 9
	shown.Tasks[0].Song.Artists[0] = "somebody else"
	if after := fmt.Sprintf("%+v %+v", run, p.List.Counts); after != before || p.Tasks[0].Song.Artists[0] == "somebody else" {
		t.Error("a viewer's copy is the run itself")
	}
}

func TestATitleWithoutNamesSaysHowMuchThereIs(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]agent.Progress{
		"Working on it":         {State: agent.Running, Title: "Creating Road Trip"},
		"Working on 1 song":     {State: agent.Running, Title: "Adding 1 song to Road Trip", Tasks: make([]agent.Task, 1)},
		"Working on 2000 songs": {State: agent.Parked, List: &agent.ListProgress{Counts: agent.Counts{agent.RowOpen: 2000}}},
		"":                      {State: agent.Done, Title: "Added 1 song to Road Trip", Tasks: make([]agent.Task, 1)},
	} {
		if _, shown := share.Public(agent.Run{}, p, false); shown.Title != want {
			t.Errorf("%q, want %q", shown.Title, want)
		}
	}
}
