package workflows

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"segue/internal/agent"
	grammar "segue/internal/agent/rules"
	"segue/internal/auth"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/internal/store"
)

// shelf is a Spotify that holds exactly these tracks and one playlist, with
// writes that can be made to fail in each of the ways Spotify fails.
type shelf struct {
	mu     sync.Mutex
	tracks []music.Track
	uris   []string
	posts  int
	fails  []failure // of the next posts, in order
	now    func() time.Time
	late   []lateRow
	lag    time.Duration // how long removals are not shown
	old    []string      // what reads show until then
	until  time.Time
	drops  []failure    // of the next removals, in order
	drop   int          // removals
	shifts []failure    // of the next moves, in order
	shift  int          // moves
	name   string       // that the playlist was given last
	reads  []error      // of the next reads, in order
	looked int          // complete reads
	dead   string       // a URI that Spotify does not know
	asked  int          // searches and looks at one track
	bare   string       // id of a playlist that is empty
	away   func() error // what the next searches meet; nil for nothing
}

// failure is how one post goes wrong: what the caller is told, and whether it was applied all the same.
type failure struct {
	err     *fault.Error
	applied bool
	after   time.Duration // applied that much later
}

type lateRow struct {
	uri string
	at  time.Time
}

func (s *shelf) Search(context.Context, string, string, int) ([]music.Track, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.away != nil {
		if err := s.away(); err != nil {
			return nil, err
		}
	}
	return s.tracks, nil
}

func (s *shelf) Track(_ context.Context, _, id string) (music.Track, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	for _, t := range s.tracks {
		if t.ID == id {
			return t, nil
		}
	}
	return music.Track{}, fault.New(fault.NotFound, "No such track.", nil)
}

func (s *shelf) Playlists(context.Context, string) ([]music.Playlist, error) {
	return []music.Playlist{road}, nil
}

func (s *shelf) Playlist(context.Context, string, string) (music.Playlist, error) { return road, nil }

func (s *shelf) Create(_ context.Context, _, name, _ string) (music.Playlist, error) {
	return music.Playlist{ID: "new", Name: name, Editable: true}, nil
}

func (s *shelf) Items(context.Context, string, string) ([]music.Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looked++
	if len(s.reads) > 0 {
		err := s.reads[0]
		s.reads = s.reads[1:]
		if err != nil {
			return nil, err
		}
	}
	for i := 0; i < len(s.late); i++ {
		if !s.now().Before(s.late[i].at) {
			s.uris = append(s.uris, s.late[i].uri)
			s.late = slices.Delete(s.late, i, i+1)
			i--
		}
	}
	uris := s.uris
	if s.now().Before(s.until) {
		uris = s.old
	}
	items := make([]music.Item, len(uris))
	for i, uri := range uris {
		items[i] = music.Item{URI: uri, Track: &music.Track{URI: uri}}
		for _, t := range s.tracks {
			if t.URI == uri {
				items[i].Track = &t
			}
		}
	}
	return items, nil
}

func (s *shelf) Rows(ctx context.Context, personID, playlistID string) ([]string, error) {
	if playlistID == s.bare && s.bare != "" {
		return nil, nil
	}
	items, err := s.Items(ctx, personID, playlistID)
	return urisOf(items), err
}

func (s *shelf) Add(_ context.Context, _, _ string, uris []string, position int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts++
	var f failure
	if len(s.fails) > 0 {
		f, s.fails = s.fails[0], s.fails[1:]
	}
	if slices.Contains(uris, s.dead) {
		f = failure{err: fault.New(fault.Invalid, "Spotify does not know one of these songs.", nil)}
	}
	switch {
	case f.after > 0:
		for _, uri := range uris {
			s.late = append(s.late, lateRow{uri, s.now().Add(f.after)})
		}
	case f.err == nil || f.applied:
		if position < 0 {
			position = len(s.uris)
		}
		s.uris = slices.Insert(s.uris, min(position, len(s.uris)), uris...)
	}
	if f.err != nil {
		return f.err
	}
	return nil
}

func (s *shelf) Remove(_ context.Context, _, _ string, uris []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop++
	var f failure
	if len(s.drops) > 0 {
		f, s.drops = s.drops[0], s.drops[1:]
	}
	if f.err == nil || f.applied {
		s.old, s.until = slices.Clone(s.uris), s.now().Add(s.lag)
		s.uris = slices.DeleteFunc(s.uris, func(u string) bool { return slices.Contains(uris, u) })
	}
	if f.err != nil {
		return f.err
	}
	return nil
}

func (s *shelf) Rename(_ context.Context, _, _, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.name = name
	return nil
}

func (s *shelf) Move(_ context.Context, _, _ string, from, before, length int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shift++
	var f failure
	if len(s.shifts) > 0 {
		f, s.shifts = s.shifts[0], s.shifts[1:]
	}
	if f.err == nil || f.applied {
		s.old, s.until = slices.Clone(s.uris), s.now().Add(s.lag)
		rows := slices.Clone(s.uris[from : from+length])
		rest := slices.Delete(slices.Clone(s.uris), from, from+length)
		if before > from {
			before -= length
		}
		s.uris = slices.Insert(rest, before, rows...)
	}
	if f.err != nil {
		return f.err
	}
	return nil
}

// book is a ledger of attempts in memory.
type book struct {
	mu     sync.Mutex
	states map[string]string
	stood  map[string][]int
	uris   map[string][]string
	kinds  map[string]string
	begun  map[string]time.Time
	now    func() time.Time
	deaf   bool // nothing can be begun, and nobody says so
	deaths int  // so many attempts are not begun, since whoever would begin them dies
}

func (b *book) BeginAttempt(_ context.Context, a agent.Attempt) (string, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.deaths > 0 {
		b.deaths--
		return "", false, errors.New("dead")
	}
	if state, ok := b.states[a.Key]; ok && state != agent.AttemptNotApplied {
		return state, false, nil
	}
	b.states[a.Key] = agent.AttemptOpen
	if b.stood == nil {
		b.stood = map[string][]int{}
	}
	b.stood[a.Key] = a.Stood
	if b.uris == nil {
		b.uris = map[string][]string{}
	}
	b.uris[a.Key] = a.URIs
	if b.begun == nil {
		b.begun, b.kinds = map[string]time.Time{}, map[string]string{}
	}
	b.begun[a.Key], b.kinds[a.Key] = b.now(), a.Kind
	return agent.AttemptOpen, true, nil
}

func (b *book) BeginAlone(ctx context.Context, a agent.Attempt, _ time.Duration) (bool, error) {
	_, fresh, err := b.BeginAttempt(ctx, a)
	return fresh, err
}

func (b *book) BeginAttempts(ctx context.Context, all []agent.Attempt) (bool, error) {
	if b.deaf {
		return false, errors.New("the disk is gone")
	}
	for _, a := range all {
		if _, fresh, err := b.BeginAttempt(ctx, a); err != nil || !fresh {
			return false, err
		}
	}
	return true, nil
}

func (b *book) SettleAttempts(_ context.Context, _ string, keys []string, state string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, key := range keys {
		if _, begun := b.states[key]; begun {
			b.states[key] = state
		} else if state == agent.AttemptApplied {
			return fault.New(fault.NotFound, "This attempt does not exist.", nil)
		}
	}
	return nil
}

func (b *book) AttemptRecords(context.Context, string, []string) (map[string]agent.AttemptRecord, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := map[string]agent.AttemptRecord{}
	for key, state := range b.states {
		found[key] = agent.AttemptRecord{
			Key: key, Kind: b.kinds[key], State: state, Stood: b.stood[key], PlaylistID: road.ID, URIs: b.uris[key], Age: b.now().Sub(b.begun[key]),
		}
	}
	return found, nil
}

func (b *book) Traces(ctx context.Context, _, runID string) ([]agent.AttemptRecord, error) {
	known, err := b.Lately(ctx, "", 100*time.Hour)
	return slices.DeleteFunc(known, func(r agent.AttemptRecord) bool { return r.Kind == "" || !strings.HasPrefix(r.Key, runID+"-") }), err
}

func (b *book) Lately(ctx context.Context, _ string, most time.Duration) (out []agent.AttemptRecord, err error) {
	known, err := b.AttemptRecords(ctx, "", nil)
	for _, r := range known {
		if r.Age <= most {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b agent.AttemptRecord) int { return cmp.Compare(b.Age, a.Age) })
	return out, err
}

var (
	road  = music.Playlist{ID: "road", Name: "Road Trip", Editable: true}
	queen = music.Track{
		ID: "bohemian", URI: "spotify:track:bohemian", Title: "Bohemian Rhapsody",
		Artists: []music.Artist{{Name: "Queen"}}, Album: music.Album{Name: "A Night at the Opera", Type: "album", Release: "1975"},
		Duration: 354 * time.Second, ISRC: "GBUM71029604",
	}
)

// scene is a test environment with a shelf, a book and a real ledger of rules behind the activities.
type scene struct {
	*testsuite.TestWorkflowEnvironment
	shelf   *shelf
	book    *book
	rules   *store.DB
	serving *Activities
}

func newScene(t *testing.T) *scene {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&translator{}}})
	env.SetTestTimeout(20 * time.Second)
	s := &scene{TestWorkflowEnvironment: env, shelf: &shelf{now: env.Now}, book: &book{states: map[string]string{}, now: env.Now}, rules: openLedger(t)}
	env.RegisterWorkflow(SyncSong)
	env.RegisterWorkflow(SyncList)
	env.RegisterWorkflow(Playlist)
	env.RegisterWorkflow(AgentTurn)
	env.RegisterWorkflow(DeadLetter)
	env.RegisterWorkflow(Repeat)
	s.serving = s.activities()
	env.RegisterActivity(s.serving)
	return s
}

func (s *scene) activities() *Activities {
	return &Activities{
		Catalogue: s.shelf, Library: s.shelf, Attempts: s.book, Rules: s.rules, Lists: s.rules, Ledger: s.rules, Letters: s.rules, Terms: s.rules, Desk: s.rules,
		Planner: grammar.New(), Logger: slog.New(slog.DiscardHandler),
	}
}

// openLedger opens a real store in which Ada is known.
func openLedger(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "app.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.SavePerson(t.Context(), auth.Person{ID: "ada", SpotifyID: "ada"}); err != nil {
		t.Fatal(err)
	}
	return db
}

type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
