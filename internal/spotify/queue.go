package spotify

import (
	"slices"
	"sync"
)

// queue is where calls wait for the token bucket: those of people before those
// of bulk work, and within either the persons take turns, so that nobody's long list holds up another's song.
type queue struct {
	mu     sync.Mutex
	people lane
	bulk   lane
	served bool // somebody calls up those who wait
}

// lane holds the calls of one priority; the first line is the next to be served.
type lane []line

// line holds the calls of one person in their order, at least one.
type line struct {
	person string
	turns  []chan struct{}
}

func (q *queue) empty() bool { return len(q.people)+len(q.bulk) == 0 }

func (q *queue) lane(bulk bool) *lane {
	if bulk {
		return &q.bulk
	}
	return &q.people
}

// ahead returns how many of those who wait would be called before a new call of the person.
func (q *queue) ahead(bulk bool, person string) int {
	l := *q.lane(bulk)
	own := 0
	if i := l.index(person); i >= 0 {
		own = len(l[i].turns)
	}
	n := 0
	for _, other := range l {
		n += min(len(other.turns), own+1)
	}
	if bulk {
		for _, other := range q.people {
			n += len(other.turns)
		}
	}
	return n
}

// join adds a call and returns the channel that is closed when it is called.
func (q *queue) join(bulk bool, person string) chan struct{} {
	turn := make(chan struct{})
	l := q.lane(bulk)
	if i := l.index(person); i >= 0 {
		(*l)[i].turns = append((*l)[i].turns, turn)
	} else {
		*l = append(*l, line{person, []chan struct{}{turn}})
	}
	return turn
}

// call lets the next one go, and reports whether others still wait.
func (q *queue) call() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if next := q.lane(len(q.people) == 0); len(*next) > 0 {
		close(next.next())
	}
	q.served = !q.empty()
	return q.served
}

// leave takes a call out, and reports whether it was still waiting.
func (q *queue) leave(turn chan struct{}) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.people.drop(turn) || q.bulk.drop(turn)
}

func (l lane) index(person string) int {
	return slices.IndexFunc(l, func(o line) bool { return o.person == person })
}

// next takes the first call out; its person goes to the end of the lane.
func (l *lane) next() chan struct{} {
	first := (*l)[0]
	*l = (*l)[1:]
	if rest := first.turns[1:]; len(rest) > 0 {
		*l = append(*l, line{first.person, rest})
	}
	return first.turns[0]
}

func (l *lane) drop(turn chan struct{}) bool {
	for i := range *l {
		turns := &(*l)[i].turns
		if j := slices.Index(*turns, turn); j >= 0 {
			if *turns = slices.Delete(*turns, j, j+1); len(*turns) == 0 {
				*l = slices.Delete(*l, i, i+1)
			}
			return true
		}
	}
	return false
}
