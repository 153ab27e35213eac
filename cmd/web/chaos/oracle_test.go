package main

import (
	"slices"
	"testing"
	"time"
)

var alpha, beta, gamma = song{title: "Alpha", uri: "a", twin: "a2"}, song{title: "Beta", uri: "b"}, song{title: "Gamma", uri: "c"}

// lists makes a state with Ada's playlist of these rows and Ben's of the same name.
func lists(ada []string, ben ...string) state {
	list := func(owner string, uris []string) playlist {
		p := playlist{ID: "id-" + owner, Name: "List 1", Owner: owner}
		for _, uri := range uris {
			p.Rows = append(p.Rows, struct{ URI string }{uri})
		}
		return p
	}
	return state{[]playlist{list("ada_emu", ada), list("ben_emu", ben)}}
}

// asked is a message of Ada's that ended as done with everything added.
func asked(songs ...song) *wish {
	now := time.Now()
	w := &wish{playlist: "List 1", songs: songs, run: "r", accepted: now, ended: now.Add(time.Second), state: "done", results: map[string]string{}}
	for _, s := range songs {
		w.results[s.title] = "added"
	}
	return w
}

// tidied is a message of Ada's that asked to remove duplicates, of which these songs stay.
func tidied(songs ...song) *wish {
	return with(asked(songs...), func(w *wish) { w.tidies, w.results = true, map[string]string{"Alpha": "removed"} })
}

func with(w *wish, change func(*wish)) *wish {
	change(w)
	return w
}

func TestTheOracleSeesEachKindOfBrokenPromise(t *testing.T) {
	t.Parallel()
	old := lists([]string{"x", ""})
	for name, c := range map[string]struct {
		after   state
		wishes  []*wish
		stopped bool
		want    []string
	}{
		"as asked":                     {lists([]string{"x", "", "a", "b"}), []*wish{asked(alpha, beta)}, false, nil},
		"asked twice, there once":      {lists([]string{"x", "", "a"}), []*wish{asked(alpha), asked(alpha)}, false, nil},
		"never accepted":               {old, []*wish{with(asked(alpha), func(w *wish) { *w = wish{playlist: "List 1", songs: w.songs} })}, false, []string{"lost"}},
		"never ended":                  {lists([]string{"x", "", "a"}), []*wish{with(asked(alpha), func(w *wish) { w.ended, w.state, w.results = time.Time{}, "", nil })}, false, []string{"lost"}},
		"failed":                       {old, []*wish{with(asked(alpha), func(w *wish) { w.state, w.results = "failed", nil })}, false, []string{"failed"}},
		"stopped by itself":            {old, []*wish{with(asked(alpha), func(w *wish) { w.state, w.results = "cancelled", nil })}, false, []string{"failed"}},
		"stopped when asked to":        {old, []*wish{with(asked(alpha), func(w *wish) { w.state, w.results = "cancelled", nil })}, true, nil},
		"done without its song":        {lists([]string{"x", "", "a"}), []*wish{with(asked(alpha, beta), func(w *wish) { w.results["Beta"] = "not_found" })}, false, []string{"failed"}},
		"said and not there":           {old, []*wish{asked(alpha)}, false, []string{"untrue"}},
		"twice":                        {lists([]string{"x", "", "a", "a"}), []*wish{asked(alpha)}, false, []string{"doubled"}},
		"twice by two ids":             {lists([]string{"x", "", "a", "a2"}), []*wish{asked(alpha)}, false, []string{"doubled"}},
		"the wrong way round":          {lists([]string{"x", "", "b", "a"}), []*wish{asked(alpha, beta)}, false, []string{"disorder"}},
		"nobody asked":                 {lists([]string{"x", "", "a", "c"}), []*wish{asked(alpha)}, false, []string{"stray"}},
		"in somebody else's":           {lists([]string{"x", "", "a"}, "a"), []*wish{asked(alpha)}, false, []string{"stray"}},
		"an old row is gone":           {lists([]string{"", "a"}), []*wish{asked(alpha)}, false, []string{"stray"}},
		"undone and gone":              {old, []*wish{with(asked(alpha), func(w *wish) { w.undone = true })}, false, nil},
		"undone and still there":       {lists([]string{"x", "", "a"}), []*wish{with(asked(alpha), func(w *wish) { w.undone = true })}, false, []string{"untrue"}},
		"tidied up":                    {lists([]string{"x", "", "a", "b"}), []*wish{tidied(alpha, beta)}, false, nil},
		"a double is left":             {lists([]string{"x", "", "a", "b", "a2"}), []*wish{tidied(alpha, beta)}, false, []string{"doubled"}},
		"what was to stay is out":      {lists([]string{"x", "", "b"}), []*wish{tidied(alpha, beta)}, false, []string{"untrue"}},
		"it stays elsewhere":           {lists([]string{"x", "", "b", "a"}), []*wish{tidied(alpha, beta)}, false, []string{"disorder"}},
		"a playlist that is not there": {old, []*wish{{playlist: "New", creates: true, accepted: time.Now(), ended: time.Now(), state: "done"}}, false, []string{"untrue"}},
		"a playlist twice": {
			state{append(slices.Clone(old.Playlists), playlist{ID: "1", Name: "New", Owner: "ada_emu"}, playlist{ID: "2", Name: "New", Owner: "ada_emu"})},
			[]*wish{{playlist: "New", creates: true, accepted: time.Now(), ended: time.Now(), state: "done"}},
			false,
			[]string{"doubled"},
		},
	} {
		f := judge(old, c.after, c.wishes, []song{alpha, beta, gamma}, c.stopped)
		var got []string
		for kind, all := range map[string][]string{
			"lost": f.lost, "failed": f.failed, "doubled": f.doubled, "disorder": f.disorder, "untrue": f.untrue, "stray": f.stray,
		} {
			if len(all) > 0 {
				got = append(got, kind)
			}
		}
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s: found %v, want %v: %+v", name, got, c.want, f)
		}
	}
}

func TestACallInsideAPauseIsEarly(t *testing.T) {
	t.Parallel()
	at := func(seconds float64, status int) request {
		return request{At: time.Unix(1000, 0).Add(time.Duration(seconds * float64(time.Second))), Path: "/v1/search", Status: status}
	}
	for seconds, want := range map[float64]int{-1: 0, .1: 0, .5: 1, 1.5: 1, 2.1: 0} {
		if got := early([]request{at(0, 429), at(seconds, 200)}, 2*time.Second); len(got) != want {
			t.Errorf("a call after %v s: early %v, want %d", seconds, got, want)
		}
	}
}

func TestARunMovesWithItsNextCallOrItsEnd(t *testing.T) {
	t.Parallel()
	w := asked(alpha)
	upset := w.accepted.Add(100 * time.Millisecond)
	call := func(after time.Duration, path string) request { return request{At: upset.Add(after), Path: path} }
	for name, c := range map[string]struct {
		log  []request
		all  []*wish
		want []time.Duration
	}{
		"a call for its playlist":     {[]request{call(50*time.Millisecond, "/v1/playlists/id-ada_emu/items")}, []*wish{w}, []time.Duration{50 * time.Millisecond}},
		"calls of others and before":  {[]request{call(50*time.Millisecond, "/v1/playlists/id-ben_emu/items"), call(-time.Millisecond, "/v1/playlists/id-ada_emu")}, []*wish{w}, []time.Duration{900 * time.Millisecond}},
		"the next upset comes soon":   {nil, []*wish{w}, nil},
		"two runs share the playlist": {nil, []*wish{w, asked(beta)}, nil},
	} {
		upsets := []time.Time{upset}
		if name == "the next upset comes soon" {
			upsets = append(upsets, upset.Add(10*time.Second)) // when the run has ended
		}
		if got := moves(upsets, c.log, c.all, lists(nil)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestARowWithoutFaultsDoesNotHold(t *testing.T) {
	t.Parallel()
	if (&verdict{}).good() {
		t.Error("nothing was injected, and yet it holds")
	}
	if !(&verdict{injected: 1}).good() {
		t.Error("nothing is wrong, and yet it does not hold")
	}
	if (&verdict{injected: 1, finding: finding{impatient: []string{"GET"}}}).good() {
		t.Error("a call was early, and yet it holds")
	}
}

func TestSongsAreDifferentAndWishesCoverThePlaylists(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		songs := compose(chances(seed, ""), 300)
		titles := map[string]bool{}
		for _, s := range songs {
			titles[s.title] = true
		}
		if len(titles) != len(songs) {
			t.Fatalf("seed %d: %d titles for %d songs", seed, len(titles), len(songs))
		}
		all := wishes(chances(seed, "x"), 100, songs, 54, .5)
		if len(all) != 100 {
			t.Fatalf("%d wishes", len(all))
		}
	}
}
