package rules

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
)

// theirWords are what the person wrote, where an answer repeats it.
var theirWords = regexp.MustCompile("“[^”]*”")

// sound fails when a step is not one that the house can carry out.
func sound(t *testing.T, tr agent.Transcript, step agent.Step) {
	t.Helper()
	if step.Done == (len(step.Calls) > 0) {
		t.Fatalf("a step either calls or ends the turn: %+v", step)
	}
	if strings.Contains(theirWords.ReplaceAllString(step.Say, ""), "!") || len(step.Suggestions) > 3 {
		t.Fatalf("step says %q, suggests %q", step.Say, step.Suggestions)
	}
	for _, s := range step.Suggestions {
		next := agent.Transcript{Messages: []agent.Message{{Role: agent.Person, Text: s}}, Default: tr.Default, LastPlaylist: tr.LastPlaylist, LastRun: tr.LastRun}
		if answer, err := New().Next(t.Context(), next); err != nil || answer.Done && answer.Say != sayHelp {
			t.Fatalf("suggestion %q is not understood: %+v, %v", s, answer, err)
		}
	}
	for _, c := range step.Calls {
		soundCall(t, c)
	}
}

func soundCall(t *testing.T, c agent.Call) {
	t.Helper()
	var a agent.SyncSongsArgs
	if err := json.Unmarshal(c.Args, &a); err != nil {
		t.Fatal(err)
	}
	if c.Tool != agent.SyncSongs && c.Tool != agent.RemoveSongs {
		return
	}
	if len(a.Songs) < 1 || len(a.Songs) > 50 {
		t.Fatalf("%d songs in one call", len(a.Songs))
	}
	for _, s := range a.Songs {
		if strings.TrimSpace(s.Title) == "" && s.TrackID == "" || strings.ContainsAny(s.Title+a.Playlist.Name+strings.Join(s.Artists, ""), "\x00\n\r\t") {
			t.Fatalf("song %+v to %+v", s, a.Playlist)
		}
	}
}

func FuzzNext(f *testing.F) {
	for _, seed := range []string{
		"add Bohemian Rhapsody by Queen to Road Trip", "Queen - Bohemian Rhapsody\nOasis - Wonderwall", `create a playlist called "Rainy Sunday" with A by B, C by D and E by F`,
		"remove ‘Creep’ (live) by Radiohead from Gym; then undo that", "add https://open.spotify.com/intl-de/track/4u7EnebtmKWzUH433cf5Qv?si=1 to Gym", "use Gym by default",
		"add the 2011 remaster of X by Y feat. Z, the live version, from the album W to the same playlist too", "\x00\x1b[31m«\u202e‚'\"((([[", "and also another one: by to in on and , - — ( ) [",
		"add to Gym: \n1. A by B\n2) C — D\n• spotify:track:4u7EnebtmKWzUH433cf5Qv", "add it to a new playlist called X", "A\tB\r\nC\tD", "00- 0,A 00000000A0000!000", "add A and B by C, D, E by F to G",
	} {
		f.Add(seed, "")
		f.Add("add A by B to C", seed)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		for _, setting := range []string{"", "default last"} {
			tr := after(setting, first, second)
			for range 2 * maxClauses * 50 {
				step, err := New().Next(t.Context(), tr)
				if err != nil {
					t.Fatal(err)
				}
				again, _ := New().Next(t.Context(), tr)
				if !reflect.DeepEqual(step, again) {
					t.Fatalf("one transcript, two steps: %+v, %+v", step, again)
				}
				sound(t, tr, step)
				if step.Done {
					break
				}
				tr.Calls = append(tr.Calls, step.Calls...)
				tr.Results = append(tr.Results, agent.Result{CallID: step.Calls[0].ID, Code: agent.OK})
			}
		}
	})
}

// quickly reports how long the step takes, the best of three on a busy machine.
func quickly(t *testing.T, tr agent.Transcript) (agent.Step, time.Duration) {
	t.Helper()
	var step agent.Step
	best := time.Hour
	for range 3 {
		began := time.Now()
		var err error
		if step, err = New().Next(t.Context(), tr); err != nil {
			t.Fatal(err)
		}
		if best = min(best, time.Since(began)); best < time.Second {
			break
		}
	}
	return step, best
}

// TestTheLongestMessagesAreReadAtOnce repeats hostile pieces up to the limit; what
// takes the square of the time for them would be a way to stop the house.
func TestTheLongestMessagesAreReadAtOnce(t *testing.T) { //nolint:tparallel // the subtests are timed
	t.Parallel()
	for _, piece := range []string{ //nolint:paralleltest // they are timed
		"a", " ", "by ", "add ", "to ", "and ", ", ", "- ", "( ", "(", "'", " 'a", "\"", "“", "[", "\n", "add a by b to c and ", "a by b, ", "a - b\n", "the live version of ", "spotify:track:", "please ", "please, ",
		"(live) ", "\x00", "feat. ", "both by ", "http://", "it ", "create a playlist called a with ", "undo and ", "in the ", "earth, wind & ", "日本 ", "? ", "to my a playlist ", "a by b from the album c ", "remove a from b and ",
		", live ", "a by b, c, ", "a and b by c; ", "a remix by ", "a from the album ", "a of ", "(live, from a) ", "a by b, the live version, ", "🎵 ", "a to b, c ", "a: ",
	} {
		t.Run(piece, func(t *testing.T) {
			for _, lead := range []string{"", "add ", "create a playlist called a with ", "and "} {
				message := lead + strings.Repeat(piece, agent.MaxMessage/len(piece))
				message = string([]rune(message)[:min(agent.MaxMessage, len([]rune(message)))])
				tr := after("default last", message)
				step, took := quickly(t, tr)
				if took > time.Second {
					t.Errorf("%q took %v", lead+piece, took)
				}
				sound(t, tr, step)
			}
		})
	}
}

func BenchmarkNext(b *testing.B) {
	for name, message := range map[string]string{
		"one song":  "can you please add Bohemian Rhapsody by Queen to my Road Trip playlist?",
		"50 songs":  "add these to Gym:\n" + strings.Repeat("Radiohead - Creep\n", 50),
		"10k chars": strings.Repeat("by ", agent.MaxMessage/3),
	} {
		b.Run(name, func(b *testing.B) {
			tr := after("default last", message)
			for b.Loop() {
				if _, err := New().Next(b.Context(), tr); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
