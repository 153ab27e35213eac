package intake

import (
	"strings"

	"segue/internal/match"
	"segue/internal/music"
)

// byContent finds the fields of a table without a header.
func (t table) byContent(c Choices, p *Preview) Layout {
	l := Layout{at: map[Field]int{}}
	var texts []int
	for i := range t.columns {
		if f := t.kind(i); f == "" {
			texts = append(texts, i)
		} else if _, taken := l.at[f]; f != ignored && !taken {
			l.at[f] = i
		}
	}
	switch {
	case len(texts) == 1:
		l.at[Title] = texts[0]
	case len(texts) > 1:
		p.Order, p.Sure = t.order(texts[0], texts[1])
		if c.Order != Undecided {
			p.Order, p.Sure = c.Order, 1
		}
		l.at[Artist], l.at[Title] = texts[0], texts[1]
		if p.Order == TitleFirst {
			l.at[Title], l.at[Artist] = texts[0], texts[1]
		}
		p.Notes = append(p.Notes, orderNotes(p.Order, p.Sure, c.Order)...)
	}
	if len(texts) > 2 {
		l.at[Album] = texts[2]
	}
	return l
}

func (t table) order(left, right int) (Order, float64) {
	var pairs []pair
	for _, r := range t.rows {
		if right < len(r.cells) && left < len(r.cells) {
			pairs = append(pairs, pair{left: strings.TrimSpace(r.cells[left]), right: strings.TrimSpace(r.cells[right]), how: dashed})
		}
	}
	return decide(pairs, take(pairs))
}

// ignored is the kind of a column that holds nothing of a song.
const ignored Field = "-"

// kind tells by its cells what a column holds: "" for words.
func (t table) kind(column int) Field {
	seen := map[Field]int{}
	for _, r := range t.rows[:min(len(t.rows), sampled)] {
		if column < len(r.cells) && strings.TrimSpace(r.cells[column]) != "" {
			seen[kindOf(strings.TrimSpace(r.cells[column]))]++
		}
	}
	total := 0
	for _, n := range seen {
		total += n
	}
	for _, f := range []Field{ISRC, TrackID, Duration, ignored} {
		if seen[f]*10 > total*8 {
			return f
		}
	}
	if total == 0 {
		return ignored
	}
	return ""
}

func kindOf(cell string) Field {
	if _, ok := clock(cell); ok {
		return Duration
	}
	if _, ok := readLink(cell); ok {
		return TrackID
	}
	if song, err := match.Check(music.Song{ISRC: cell}); err == nil && song.ISRC != "" {
		return ISRC
	}
	if number(cell) {
		if len(cell) >= 5 && len(cell) <= 7 {
			return Duration
		}
		return ignored
	}
	return ""
}
