package spotify_test

import (
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"segue/internal/music"
	"segue/internal/spotify"
	"segue/internal/spotify/emulator"
)

// street is an emulated Spotify whose clock the test moves, and adapters that go by it.
type street struct {
	house
	url   string
	other *spotify.Client // another program of the same person
	list  music.Playlist
	seq   int64
}

func newStreet(t *testing.T, lag emulator.Lag, seed int64) *street {
	t.Helper()
	emu, err := emulator.New(emulator.Options{Seed: seed, Lag: lag})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(emu.Handler())
	t.Cleanup(func() {
		if err := emu.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	s := &street{house: house{t: t, emu: emu, tokens: &grants{emu: emu, held: map[string]string{}}}, url: server.URL}
	s.Client, s.other = s.client(), s.client()
	s.list = s.fresh(t)
	return s
}

func (s *street) client() *spotify.Client {
	return spotify.New(spotify.Options{
		APIURL: s.url + "/v1/", Tokens: s.tokens, Now: func() time.Time { return s.emu.Advance(0) },
	})
}

func (s *street) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// calls returns how many requests were made since it was last asked.
func (s *street) calls() int {
	log := s.emu.Requests(s.seq)
	if len(log) > 0 {
		s.seq = log[len(log)-1].Seq
	}
	return len(log)
}

func (s *street) lists() {
	s.t.Helper()
	_, err := s.Playlists(s.t.Context(), ada)
	s.must(err)
}

func (s *street) rows() []string {
	s.t.Helper()
	uris, err := s.Rows(s.t.Context(), ada, s.list.ID)
	s.must(err)
	return uris
}

func (s *street) adds(uris ...string) {
	s.t.Helper()
	s.must(s.Add(s.t.Context(), ada, s.list.ID, uris, spotify.Append))
}

func uris(tracks []music.Track) []string {
	out := make([]string, len(tracks))
	for i, t := range tracks {
		out[i] = t.URI
	}
	return out
}

// An add as the writer makes it: list, read, post, verify.
func (s *street) addsAndLooks(uri string) (calls int) {
	s.t.Helper()
	s.calls()
	s.lists()
	s.rows()
	s.adds(uri)
	if got := s.rows(); got[len(got)-1] != uri {
		s.t.Fatalf("the last row is %s, want what was added", got[len(got)-1])
	}
	return s.calls()
}

func TestAnUnchangedPlaylistIsNotReadAgain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		songs int
		waits []time.Duration // before each add
		calls []int
	}{
		"short: the look at the first add is a complete read": {20, []time.Duration{0, 5 * time.Second, time.Hour / 2}, []int{4, 3, 3}},
		"long: once it was read after the snapshot had settled": {
			240, []time.Duration{0, time.Minute, 5 * time.Second, time.Hour / 2}, []int{8, 8, 3, 3},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStreet(t, emulator.Lag{}, 1)
			songs := uris(s.tracks(t, 20+len(tt.calls)))
			s.must(s.emu.SetRows(s.list.ID, slices.Repeat(songs[:20], tt.songs/20)))
			s.lists() // asks who Ada is, once
			s.emu.Advance(5 * time.Second)
			for i, want := range tt.calls {
				s.emu.Advance(tt.waits[i])
				if got := s.addsAndLooks(songs[20+i]); got != want {
					t.Errorf("add %d took %d calls, want %d", i+1, got, want)
				}
			}
		})
	}
}

func TestWhatOthersChangeIsRead(t *testing.T) {
	t.Parallel()
	s := newStreet(t, emulator.Lag{}, 1)
	songs := uris(s.tracks(t, 4))
	s.addsAndLooks(songs[0])
	s.must(s.other.Remove(t.Context(), ada, s.list.ID, songs[:1]))
	s.must(s.other.Add(t.Context(), ada, s.list.ID, songs[1:3], spotify.Append))
	s.emu.Advance(5 * time.Second) // the list of playlists is kept for three
	s.lists()
	if got := s.rows(); !slices.Equal(got, songs[1:3]) {
		t.Errorf("rows %v, want those of the other program", got)
	}
	s.adds(songs[3])
	s.must(s.other.Remove(t.Context(), ada, s.list.ID, songs[1:2]))
	if got := s.rows(); !slices.Equal(got, songs[2:]) {
		t.Errorf("rows %v after a change right behind our own, want %v", got, songs[2:])
	}
	s.addsAndLooks(songs[1])
	s.must(s.other.Add(t.Context(), ada, s.list.ID, songs[:1], spotify.Append))
	s.emu.Advance(time.Minute)
	if got := s.rows(); got[len(got)-1] != songs[0] {
		t.Errorf("rows %v: a snapshot named a minute ago was taken for that of today", got)
	}
}

// Whatever happens in whatever order, rows are never older than a read of Spotify may be.
func TestRowsAreNeverOlderThanReads(t *testing.T) {
	t.Parallel()
	spared := 0
	for seed := range int64(20) {
		lag := emulator.Lag{
			Rows: emulator.Span(2 * time.Second), Tail: emulator.Span(30 * time.Second), TailChance: 0.1,
			Snapshot: emulator.Span(30 * time.Second), Intermediate: seed%2 == 0,
		}
		s := newStreet(t, lag, seed)
		spared += s.wander(rand.New(rand.NewPCG(uint64(seed), 1)), uris(s.tracks(t, 70)))
	}
	if spared < 50 {
		t.Errorf("only %d reads were spared, so this shows little", spared)
	}
}

// held is what the playlist really holds now.
func (s *street) held() []string {
	var out []string
	for _, p := range s.emu.State().Playlists {
		if p.ID == s.list.ID {
			for _, r := range p.Rows {
				out = append(out, r.URI)
			}
		}
	}
	return out
}

// state is what the playlist really held from a moment on.
type state struct {
	from time.Time
	uris []string
}

// wander does things at random and returns how many reads cost no call.
func (s *street) wander(dice *rand.Rand, songs []string) (spared int) {
	s.t.Helper()
	past := []state{{s.emu.Advance(0), nil}}
	held := func() { past = append(past, state{s.emu.Advance(0), s.held()}) }
	for range 60 {
		one := songs[dice.IntN(len(songs)):][:1]
		switch dice.IntN(12) {
		case 0, 1, 2, 3:
			s.adds(one...)
			held()
		case 4:
			s.must(s.Remove(s.t.Context(), ada, s.list.ID, one))
			held()
		case 5:
			s.must(s.other.Add(s.t.Context(), ada, s.list.ID, one, spotify.Append))
			held()
		case 6:
			s.must(s.other.Remove(s.t.Context(), ada, s.list.ID, one))
			held()
		default:
			s.emu.Advance(time.Duration(dice.ExpFloat64() * float64(20*time.Second)))
		}
		if dice.IntN(3) > 0 {
			s.lists()
		}
		s.calls()
		got := s.rows()
		if s.calls() == 0 {
			spared++
		}
		s.wantRecent(past, got)
	}
	return spared
}

// wantRecent checks that the playlist was like that at some time in the last half minute.
func (s *street) wantRecent(past []state, got []string) {
	s.t.Helper()
	since := s.emu.Advance(0).Add(-31 * time.Second)
	for _, was := range slices.Backward(past) {
		if slices.Equal(was.uris, got) {
			return
		}
		if was.from.Before(since) {
			break
		}
	}
	s.t.Fatalf("rows %v were true at no time of the last half minute", got)
}
