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

// listing is a list of Ada's with a song that there is not, which ended with everything added that there is.
func listing(songs ...song) *wish {
	return with(asked(songs...), func(w *wish) {
		w.pasted, w.nowhere, w.added = "title,artist", []song{{title: "Nothing"}}, len(songs)
		w.results["Nothing"] = "not_found"
	})
}

// ordered is a message of Ada's that asked for the order of artists.
func ordered(songs ...song) *wish {
	return with(asked(songs...), func(w *wish) { w.sorts, w.results = true, nil })
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
		"as asked":                       {lists([]string{"x", "", "a", "b"}), []*wish{asked(alpha, beta)}, false, nil},
		"asked twice, there once":        {lists([]string{"x", "", "a"}), []*wish{asked(alpha), asked(alpha)}, false, nil},
		"never accepted":                 {old, []*wish{with(asked(alpha), func(w *wish) { *w = wish{playlist: "List 1", songs: w.songs} })}, false, []string{"lost"}},
		"never ended":                    {lists([]string{"x", "", "a"}), []*wish{with(asked(alpha), func(w *wish) { w.ended, w.state, w.results = time.Time{}, "", nil })}, false, []string{"lost"}},
		"failed":                         {old, []*wish{with(asked(alpha), func(w *wish) { w.state, w.results = "failed", nil })}, false, []string{"failed"}},
		"stopped by itself":              {old, []*wish{with(asked(alpha), func(w *wish) { w.state, w.results = "cancelled", nil })}, false, []string{"failed"}},
		"stopped when asked to":          {old, []*wish{with(asked(alpha), func(w *wish) { w.state, w.results = "cancelled", nil })}, true, nil},
		"done without its song":          {lists([]string{"x", "", "a"}), []*wish{with(asked(alpha, beta), func(w *wish) { w.results["Beta"] = "not_found" })}, false, []string{"failed"}},
		"said and not there":             {old, []*wish{asked(alpha)}, false, []string{"untrue"}},
		"twice":                          {lists([]string{"x", "", "a", "a"}), []*wish{asked(alpha)}, false, []string{"doubled"}},
		"twice by two ids":               {lists([]string{"x", "", "a", "a2"}), []*wish{asked(alpha)}, false, []string{"doubled"}},
		"the wrong way round":            {lists([]string{"x", "", "b", "a"}), []*wish{asked(alpha, beta)}, false, []string{"disorder"}},
		"nobody asked":                   {lists([]string{"x", "", "a", "c"}), []*wish{asked(alpha)}, false, []string{"stray"}},
		"in somebody else's":             {lists([]string{"x", "", "a"}, "a"), []*wish{asked(alpha)}, false, []string{"stray"}},
		"an old row is gone":             {lists([]string{"", "a"}), []*wish{asked(alpha)}, false, []string{"stray"}},
		"undone and gone":                {old, []*wish{with(asked(alpha), func(w *wish) { w.undone = true })}, false, nil},
		"undone and still there":         {lists([]string{"x", "", "a"}), []*wish{with(asked(alpha), func(w *wish) { w.undone = true })}, false, []string{"untrue"}},
		"tidied up":                      {lists([]string{"x", "", "a", "b"}), []*wish{tidied(alpha, beta)}, false, nil},
		"a double is left":               {lists([]string{"x", "", "a", "b", "a2"}), []*wish{tidied(alpha, beta)}, false, []string{"doubled"}},
		"what was to stay is out":        {lists([]string{"x", "", "b"}), []*wish{tidied(alpha, beta)}, false, []string{"untrue"}},
		"it stays elsewhere":             {lists([]string{"x", "", "b", "a"}), []*wish{tidied(alpha, beta)}, false, []string{"disorder"}},
		"a playlist that is not there":   {old, []*wish{{playlist: "New", creates: true, accepted: time.Now(), ended: time.Now(), state: "done"}}, false, []string{"untrue"}},
		"a list":                         {lists([]string{"x", "", "a", "b"}), []*wish{listing(alpha, beta)}, false, nil},
		"two lists with the same song":   {lists([]string{"x", "", "a", "b"}), []*wish{listing(alpha, beta), with(listing(beta), func(w *wish) { w.results["Beta"], w.added = "already_there", 0 })}, false, nil},
		"a row that never ended":         {lists([]string{"x", "", "a", "b"}), []*wish{with(listing(alpha, beta), func(w *wish) { w.results["Nothing"] = "to go" })}, false, []string{"lost", "untrue"}},
		"a row that went missing":        {lists([]string{"x", "", "a"}), []*wish{with(listing(alpha, beta), func(w *wish) { delete(w.results, "Beta"); w.added = 1 })}, false, []string{"failed", "lost"}},
		"a list the wrong way round":     {lists([]string{"x", "", "b", "a"}), []*wish{listing(alpha, beta)}, false, []string{"disorder"}},
		"a song of a list twice":         {lists([]string{"x", "", "a", "b", "a2"}), []*wish{listing(alpha, beta)}, false, []string{"doubled"}},
		"a list that counts wrongly":     {lists([]string{"x", "", "a", "b"}), []*wish{with(listing(alpha, beta), func(w *wish) { w.added = 3 })}, false, []string{"untrue"}},
		"what there is not, added":       {lists([]string{"x", "", "a"}), []*wish{with(listing(alpha), func(w *wish) { w.results["Nothing"], w.added = "added", 2 })}, false, []string{"untrue"}},
		"there, and said to have failed": {lists([]string{"x", "", "a"}), []*wish{with(asked(alpha), func(w *wish) { w.state, w.results["Alpha"] = "failed", "failed" })}, false, []string{"failed", "untrue"}},
		"apart, in any order":            {lists([]string{"x", "", "b", "a"}), []*wish{with(asked(alpha, beta), func(w *wish) { w.apart = true })}, false, nil},
		"a list in a new playlist": {
			state{append(slices.Clone(old.Playlists), playlist{ID: "1", Name: "New", Owner: "ada_emu", Rows: lists([]string{"a"}).Playlists[0].Rows})},
			[]*wish{with(listing(alpha), func(w *wish) { w.playlist, w.creates = "New", true })},
			false,
			nil,
		},
		"twice in a new playlist": {
			state{append(slices.Clone(old.Playlists), playlist{ID: "1", Name: "New", Owner: "ada_emu", Rows: lists([]string{"a", "a"}).Playlists[0].Rows})},
			[]*wish{with(listing(alpha), func(w *wish) { w.playlist, w.creates = "New", true })},
			false,
			[]string{"doubled"},
		},
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

func TestTheOracleSeesEachWrongOrder(t *testing.T) {
	t.Parallel()
	one, two, three := song{artist: "A", uri: "1", twin: "1b"}, song{artist: "B", uri: "2"}, song{artist: "B", uri: "3"}
	before := lists([]string{"2", "", "3", "1", "1b"})
	for name, c := range map[string]struct {
		rows []string
		end  func(*wish)
		want string
	}{
		"in order":                           {[]string{"1", "1b", "2", "3", ""}, func(*wish) {}, ""},
		"unchanged":                          {[]string{"2", "", "3", "1", "1b"}, func(*wish) {}, "disorder"},
		"half done":                          {[]string{"1", "2", "", "3", "1b"}, func(*wish) {}, "disorder"},
		"half done, and said":                {[]string{"1", "2", "", "3", "1b"}, func(w *wish) { w.state = "failed" }, "failed"},
		"of one artist, the other way round": {[]string{"1", "1b", "3", "2", ""}, func(*wish) {}, "disorder"},
		"a row is lost":                      {[]string{"1", "1b", "2", ""}, func(*wish) {}, "stray"},
		"what is no track is lost":           {[]string{"1", "1b", "2", "3"}, func(*wish) {}, "stray"},
		"a row twice":                        {[]string{"1", "1b", "2", "3", "3", ""}, func(*wish) {}, "stray"},
		"another id":                         {[]string{"1", "1", "2", "3", ""}, func(*wish) {}, "stray"},
	} {
		f := judge(before, lists(c.rows), []*wish{with(ordered(one, two, three), c.end)}, []song{one, two, three}, false)
		found := map[string]bool{"disorder": len(f.disorder) > 0, "failed": len(f.failed) > 0, "stray": len(f.stray) > 0}
		for kind, is := range found {
			if is != (kind == c.want) {
				t.Errorf("%s: %s is %t: %+v", name, kind, is, f)
			}
		}
	}
}

func TestAPlaylistThatIsFollowedIsLeftAlone(t *testing.T) {
	t.Parallel()
	before := state{append(lists([]string{"x"}).Playlists, playlist{ID: "f", Name: "From", Owner: "ada_emu"})}
	for name, c := range map[string]struct {
		from, to []string
		wrong    bool
	}{
		"brought":                    {[]string{"a", "b"}, []string{"x", "a", "b"}, false},
		"brought twice":              {[]string{"a", "b"}, []string{"x", "a", "b", "a2"}, true},
		"not brought":                {[]string{"a", "b"}, []string{"x", "a"}, true},
		"taken out where it is from": {[]string{"b"}, []string{"x", "a", "b"}, true},
		"put in where it is from":    {[]string{"a", "b", "c"}, []string{"x", "a", "b"}, true},
	} {
		from := filled(before.Playlists[2], c.from)
		w := with(asked(alpha, beta), func(w *wish) { w.follows, w.source = "From", []string{"a", "b"} })
		f := judge(before, state{append(lists(c.to).Playlists, from)}, []*wish{w}, []song{alpha, beta, gamma}, false)
		if wrong := len(f.stray)+len(f.doubled)+len(f.untrue) > 0; wrong != c.wrong {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestTheDeskSeesWhatIsWrongWithLetters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*desk)
		wrong bool
	}{
		"all is well":                   {func(*desk) {}, false},
		"an answer was lost":            {func(d *desk) { d.unheard, d.bulk.done, d.bulk.refused = 1, 1, 2 }, false},
		"a letter too few":              {func(d *desk) { d.songs = 4 }, true},
		"a letter twice":                {func(d *desk) { d.letters[0] = "b" }, true},
		"retried by two":                {func(d *desk) { d.first["c"] = 2 }, true},
		"never ended":                   {func(d *desk) { d.bulk.over = false }, true},
		"some had no turn":              {func(d *desk) { d.bulk.left, d.bulk.done = 1, 1 }, true},
		"a letter too many was retried": {func(d *desk) { d.bulk.done, d.bulk.refused = 3, 0 }, true},
		"refused without a reason":      {func(d *desk) { d.bulk.done, d.bulk.refused = 1, 2 }, true},
		"one is not resolved":           {func(d *desk) { d.resolved = d.resolved[:2] }, true},
		"a new letter":                  {func(d *desk) { d.every = append(d.every, "d") }, true},
	} {
		d := &desk{
			songs: 3, letters: []string{"c", "b", "a"}, resolved: []string{"a", "b", "c"}, every: []string{"a", "b", "c"},
			bulk: progress{over: true, total: 3, done: 2, refused: 1}, first: map[string]int{"c": 1},
		}
		c.spoil(d)
		if wrong := d.wrong(); len(wrong) > 0 != c.wrong {
			t.Errorf("%s: %v", name, wrong)
		}
	}
}

func TestCallsArePartedWhereTheBreakerCanHaveOpened(t *testing.T) {
	t.Parallel()
	var log []request
	for _, ms := range []int{0, 10, 20, 30, 40, 50, 200, 900, 15000} { // the sixth ends at 50 ms
		log = append(log, request{At: time.UnixMilli(int64(ms)), Fault: true}, request{At: time.UnixMilli(int64(ms))})
	}
	if closed, open := parted(log); closed != 7 || open != 2 {
		t.Errorf("%d and %d, want 7 and 2", closed, open)
	}
	if closed, open := parted(log[:6]); closed != 3 || open != 0 {
		t.Errorf("%d and %d of three, want 3 and 0", closed, open)
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
		"a call for its playlist":      {[]request{call(50*time.Millisecond, "/v1/playlists/id-ada_emu/items")}, []*wish{w}, []time.Duration{50 * time.Millisecond}},
		"calls of others and before":   {[]request{call(50*time.Millisecond, "/v1/playlists/id-ben_emu/items"), call(-time.Millisecond, "/v1/playlists/id-ada_emu")}, []*wish{w}, []time.Duration{900 * time.Millisecond}},
		"a search for its song":        {[]request{{At: upset.Add(40 * time.Millisecond), Path: "/v1/search", Query: "q=track%3AAlpha"}}, []*wish{w}, []time.Duration{40 * time.Millisecond}},
		"a model's call with its text": {[]request{{At: upset.Add(30 * time.Millisecond), Method: thinking, Body: w.text()}}, []*wish{w}, []time.Duration{30 * time.Millisecond}},
		"a model's call for another":   {[]request{{At: upset.Add(30 * time.Millisecond), Method: thinking, Body: asked(beta).text()}}, []*wish{w}, []time.Duration{900 * time.Millisecond}},
		"the next upset comes soon":    {nil, []*wish{w}, nil},
		"two runs share the playlist":  {nil, []*wish{w, asked(beta)}, nil},
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
