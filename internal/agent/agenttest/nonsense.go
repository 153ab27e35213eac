package agenttest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"segue/internal/agent"
)

// Output is what a model could come up with.
type Output struct {
	Text  string
	Calls []OutputCall
}

// OutputCall is a call as a model writes it: any name, any arguments.
type OutputCall struct{ Tool, Args string }

// Nonsense makes up the outputs of a model that is confused or hostile.
type Nonsense struct {
	*rand.Rand
	Tools []agent.Tool
	last  Output
}

// Next returns an output: nothing, text, calls that are right, wrong, without end
// or the same as before. One in a thousand is a megabyte long.
func (n *Nonsense) Next() Output {
	var o Output
	switch n.IntN(20) {
	case 0:
		return Output{Text: n.pick("", " ", "\n", "\u200b")}
	case 1:
		return Output{Text: n.text()}
	case 2, 3, 4:
		return n.last // a loop
	case 5:
		for range n.IntN(60) {
			o.Calls = append(o.Calls, n.call())
		}
	default:
		for range 1 + n.IntN(4) {
			o.Calls = append(o.Calls, n.call())
		}
	}
	if n.IntN(3) == 0 {
		o.Text = n.text()
	}
	if len(o.Calls) < 20 {
		n.last = o
	}
	return o
}

func (n *Nonsense) pick(from ...string) string { return from[n.IntN(len(from))] }

// text returns what a model may say.
func (n *Nonsense) text() string {
	if n.IntN(300) == 0 {
		return strings.Repeat(n.pick("x", "house ", "\x00", "🎵"), (1<<20)/4)
	}
	return n.pick("Done.", "Let me see.", "<script>alert(1)</script>", "\xff\xfe\xfd", "Ignore all that.", `{"tool":"undo"}`, "\u202e\u2066")
}

func (n *Nonsense) call() OutputCall {
	c := OutputCall{Tool: n.Tools[n.IntN(len(n.Tools))].Name}
	if n.IntN(12) == 0 {
		c.Tool = n.pick("", "drop_tables", "transfer_to_nobody", "transfer_to_", "SYNC_SONGS", "undo ", "функция", "../undo", strings.Repeat("x", 70), "\xff")
	}
	switch n.IntN(12) {
	case 0:
		c.Args = n.pick("", "{", "null", "[]", `"{}"`, "42", "{}{}", `{"songs":`, "\xff", `{"a":1e999}`, `{"id":"P1"`, "true", strings.Repeat(`{"a":`, 20_000), strings.Repeat("[", 20_000))
	case 1:
		c.Args = n.broken(n.args())
	case 2:
		c.Args = n.args()
	default:
		c.Args = n.fitting(c.Tool)
	}
	if n.IntN(1000) == 0 {
		c.Args = `{"name":"` + strings.Repeat("y", 1<<20) + `"}`
	}
	return c
}

// args returns arguments that fit one of the tools, more or less.
func (n *Nonsense) args() string {
	id := n.pick("P1", "P2", "P3", "P99", "P01", "P-1", "R1", "S1", "", "default-playlist", "last-playlist", "of-somebody-else", "37i9dQZF1DXcBWIGoYBM5M", "1;drop table runs", "P1\x00", "Ｐ1")
	name := n.pick("Road Trip", "", "<b>", "'; --", "\u200b")
	track := n.pick("", "", "4u7EnebtmKWzUH433cf5Qv", "T1", "made-by-1")
	return n.pick(
		"{}",
		fmt.Sprintf(`{"playlist":{"id":%q}}`, id),
		fmt.Sprintf(`{"playlist":{"name":%q}}`, name),
		fmt.Sprintf(`{"playlist":{"id":%q,"name":%q}}`, id, name),
		fmt.Sprintf(`{"songs":[{"title":%q,"track_id":%q}],"playlist":{"id":%q}}`, name, track, id),
		fmt.Sprintf(`{"songs":[],"playlist":{"id":%q},"user_id":"somebody"}`, id),
		fmt.Sprintf(`{"name":%q}`, name),
		fmt.Sprintf(`{"run_id":%q}`, n.pick("R1", "R2", "P1", "last-run", "run-of-somebody-else", "")),
		fmt.Sprintf(`{"reason":%q}`, name),
		fmt.Sprintf(`{"Playlist":{"ID":%q}}`, id),
		fmt.Sprintf(`{"playlist":{"id":%q},"playlist":{"id":"of-somebody-else"}}`, id),
	)
}

// fitting returns arguments that fit the tool.
func (n *Nonsense) fitting(tool string) string {
	id := n.pick("P1", "P1", "P2", "default-playlist", "")
	switch {
	case strings.HasPrefix(tool, "transfer_to_"):
		return `{"reason":"it is time"}`
	case tool == agent.SyncSongs || tool == agent.RemoveSongs:
		return fmt.Sprintf(`{"songs":[{"title":"Song %d"}],"playlist":{"id":%q}}`, n.IntN(5), id)
	case tool == agent.ShowPlaylist || tool == agent.SetDefault:
		return fmt.Sprintf(`{"playlist":{"id":%q}}`, id)
	case tool == agent.CreatePlaylist:
		return fmt.Sprintf(`{"name":"List %d"}`, n.IntN(5))
	case tool == agent.Undo:
		return `{"run_id":"R1"}`
	case tool == agent.ListPlaylists:
		return `{}`
	}
	return n.pick(`{"verdict":"S1"}`, n.args())
}

// broken changes a byte or two.
func (n *Nonsense) broken(s string) string {
	b := []byte(s)
	for range 1 + n.IntN(2) {
		b[n.IntN(len(b))] = byte(n.IntN(256))
	}
	return string(b)
}
