package emulator

import (
	"math"
	"slices"
	"unicode/utf8"
)

// The fields that words are found in.
const (
	inTitle = iota
	inArtist
	inAlbum
	fieldCount
)

// index is an inverted index over the catalogue: for each field and word the
// tracks that have it, in ascending order, in one array per field.
type index struct {
	numbers map[string]uint32 // of words
	words   []string
	weight  []float32 // of words: rare ones weigh more
	fields  [fieldCount]postings
	similar map[shape][]uint32 // words of one first letter and length, to find typing errors
}

// shape is what a word and its misspelling usually share.
type shape struct {
	first  rune
	length int
}

type postings struct {
	start []uint32 // by word; one more at the end
	docs  []uint32
}

// of returns the tracks with the word in the field.
func (p *postings) of(word uint32) []uint32 { return p.docs[p.start[word]:p.start[word+1]] }

func newIndex(c *catalogue) *index {
	x := &index{numbers: map[string]uint32{}, similar: map[shape][]uint32{}}
	titles := make([][]uint32, len(c.tracks))
	var buffer []string
	for i := range c.tracks {
		titles[i], buffer = x.learn(c.tracks[i].title, buffer)
	}
	artists := make([][]uint32, len(c.artists))
	for i := range c.artists {
		artists[i], buffer = x.learn(c.artists[i].name, buffer)
	}
	albums := make([][]uint32, len(c.albums))
	for i := range c.albums {
		albums[i], buffer = x.learn(c.albums[i].name, buffer)
	}
	x.fields[inTitle] = x.invert(len(c.tracks), func(doc int, out []uint32) []uint32 { return append(out, titles[doc]...) })
	x.fields[inArtist] = x.invert(len(c.tracks), func(doc int, out []uint32) []uint32 {
		for _, a := range c.tracks[doc].artists {
			out = append(out, artists[a]...)
		}
		return out
	})
	x.fields[inAlbum] = x.invert(len(c.tracks), func(doc int, out []uint32) []uint32 { return append(out, albums[c.tracks[doc].album]...) })
	x.weigh(len(c.tracks))
	return x
}

// learn returns the numbers of the words in the text, new ones for new words.
func (x *index) learn(text string, buffer []string) ([]uint32, []string) {
	buffer = words(text, buffer[:0])
	numbers := make([]uint32, 0, len(buffer))
	for _, w := range buffer {
		n, known := x.numbers[w]
		if !known {
			n = uint32(len(x.words))
			x.numbers[w] = n
			x.words = append(x.words, w)
			s := shapeOf(w)
			x.similar[s] = append(x.similar[s], n)
		}
		if !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	return numbers, buffer
}

func shapeOf(word string) shape {
	first, _ := utf8.DecodeRuneInString(word)
	return shape{first, utf8.RuneCountInString(word)}
}

// invert turns words by track into tracks by word: count, lay out, fill.
func (x *index) invert(docs int, wordsOf func(int, []uint32) []uint32) postings {
	p := postings{start: make([]uint32, len(x.words)+1)}
	var buffer []uint32
	each := func(visit func(doc int, word uint32)) {
		for doc := range docs {
			buffer = wordsOf(doc, buffer[:0])
			slices.Sort(buffer)
			for _, w := range slices.Compact(buffer) {
				visit(doc, w)
			}
		}
	}
	each(func(_ int, word uint32) { p.start[word+1]++ })
	for i := 1; i < len(p.start); i++ {
		p.start[i] += p.start[i-1]
	}
	p.docs = make([]uint32, p.start[len(x.words)])
	next := slices.Clone(p.start)
	each(func(doc int, word uint32) {
		p.docs[next[word]] = uint32(doc)
		next[word]++
	})
	return p
}

func (x *index) weigh(docs int) {
	x.weight = make([]float32, len(x.words))
	for w := range x.words {
		n := 0
		for f := range x.fields {
			n += len(x.fields[f].of(uint32(w)))
		}
		x.weight[w] = float32(math.Log(1 + float64(docs)/float64(1+n)))
	}
}

// guess is a word of the index that a word of a query may mean.
type guess struct {
	word uint32
	fit  float32 // 1 = the same word
}

// guesses returns what the word may mean: itself, or the nearest spellings.
func (x *index) guesses(word string) []guess {
	if n, known := x.numbers[word]; known {
		return []guess{{n, 1}}
	}
	s := shapeOf(word)
	if s.length < 4 {
		return nil
	}
	limit := 1 + s.length/8
	var out []guess
	for length := s.length - limit; length <= s.length+limit; length++ {
		for _, n := range x.similar[shape{s.first, length}] {
			if d := distance(word, x.words[n], limit); d <= limit {
				out = append(out, guess{n, 0.8 - 0.2*float32(d)})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b guess) int {
		if a.fit != b.fit {
			return int(math.Copysign(1, float64(b.fit-a.fit)))
		}
		return int(a.word) - int(b.word)
	})
	return out[:min(3, len(out))]
}

// distance counts the edits (a swap of neighbours is one) from a to b; above the limit any larger number.
func distance(a, b string, limit int) int {
	s, t := []rune(a), []rune(b)
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		best := i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			best = min(best, row[j])
		}
		if best > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}
