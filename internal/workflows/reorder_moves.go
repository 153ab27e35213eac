package workflows

import (
	"slices"

	"segue/internal/agent"
)

// arrange returns moves that bring rows into an order, in which order[i] is the present
// row for place i, and how many rows they move. No way moves fewer: those on a longest
// increasing subsequence of the order stay (Schensted 1961), and every other row is put
// behind the one it is to follow. Neighbours that stay neighbours go in one move.
func arrange(uris []string, order []int) (moves []agent.Move, moved int) {
	stay := increasing(order)
	now := make([]int, len(order))
	for i := range now {
		now[i] = i
	}
	for i := 0; i < len(order); i++ {
		if stay[order[i]] {
			continue
		}
		m := agent.Move{From: slices.Index(now, order[i]), Length: 1}
		for i+m.Length < len(order) && m.From+m.Length < len(now) &&
			!stay[order[i+m.Length]] && now[m.From+m.Length] == order[i+m.Length] {
			m.Length++
		}
		if i > 0 {
			m.Before = slices.Index(now, order[i-1]) + 1
		}
		i += m.Length - 1
		if m.Before == m.From { // what stood between has gone
			continue
		}
		moved += m.Length
		m.Song = uris[now[m.From]]
		if m.From > 0 {
			m.After = uris[now[m.From-1]]
		}
		now = shifted(now, m)
		moves = append(moves, m)
	}
	return moves, moved
}

// increasing returns which values are on a longest increasing subsequence of a permutation of 0 … n-1.
func increasing(order []int) []bool {
	var tails []int                   // indices: tails[k] ends the best subsequence of length k+1
	before := make([]int, len(order)) // index of the one before it in that subsequence, or -1
	for i, v := range order {
		k, _ := slices.BinarySearchFunc(tails, v, func(at, v int) int { return order[at] - v })
		before[i] = -1
		if k > 0 {
			before[i] = tails[k-1]
		}
		if k == len(tails) {
			tails = append(tails, i)
		} else {
			tails[k] = i
		}
	}
	on := make([]bool, len(order))
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = before[i] {
			on[order[i]] = true
		}
	}
	return on
}

// shifted returns the rows after a move, as Spotify makes it.
func shifted[T any](rows []T, m agent.Move) []T {
	rest := slices.Delete(slices.Clone(rows), m.From, m.From+m.Length)
	return slices.Insert(rest, m.Lands(), rows[m.From:m.From+m.Length]...)
}

// printed returns the moves with what each leaves.
func printed(uris []string, moves []agent.Move) []agent.Move {
	for i := range moves {
		uris = shifted(uris, moves[i])
		moves[i].Then = printOf(uris)
	}
	return moves
}

// back returns the moves that turn others round, the last one first. Rows are told by
// what stands in them, nearest to where they should be: whatever was added or taken out
// since stays so, and what is gone cannot go back.
func back(uris []string, made []agent.Move) []agent.Move {
	var moves []agent.Move
	for _, m := range slices.Backward(made) {
		at := m.Lands()
		from, ok := find(uris, m.Song, at)
		if !ok {
			continue
		}
		r := agent.Move{From: from, Length: min(m.Length, len(uris)-from), Song: m.Song}
		behind := m.From - 1
		if at < m.From {
			behind += m.Length
		}
		if m.From > 0 {
			if row, ok := find(uris, m.After, behind); ok {
				behind = row
			}
			r.Before = min(behind+1, len(uris))
		}
		if r.Before >= r.From && r.Before <= r.From+r.Length {
			continue
		}
		if r.From > 0 {
			r.After = uris[r.From-1]
		}
		uris = shifted(uris, r)
		moves = append(moves, r)
	}
	return moves
}

// find returns the row with a URI that is nearest to one.
func find(uris []string, uri string, near int) (row int, ok bool) {
	row = -1
	for i, u := range uris {
		if u == uri && (row < 0 || distance(i, near) < distance(row, near)) {
			row = i
		}
	}
	return row, row >= 0
}
