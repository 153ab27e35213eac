package main

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// desk is what became of dead letters, as the operators' pages say and as presses of theirs were answered.
type desk struct {
	songs    int      // that have failed for good
	letters  []string // ids of those that waited for an operator
	bulk     progress
	resolved []string // ids in the end
	every    []string // ids in any state, in the end

	mu      sync.Mutex
	first   map[string]int // presses of Retry that were accepted, by letter
	late    int            // those that were told that another was first
	unheard int            // those whose answer was lost
}

// progress is how far a retry of many letters is, by its page.
type progress struct {
	over                       bool
	total, done, refused, left int
}

var (
	letterLink  = regexp.MustCompile(`href="/admin/dlq/([^"/?]+)" data-row=`)
	nextLink    = regexp.MustCompile(`href="([^"]+)"[^>]* rel="next"`)
	bulkTotal   = regexp.MustCompile(`<h1[^>]*>Retry (\d+) letters?<`)
	bulkCounted = regexp.MustCompile(`(\d+) done, (\d+) refused, (\d+) left`)
)

// letters returns the ids of all letters in a state, the newest first.
func (v *visitor) letters(ctx context.Context, state string) (ids []string, err error) {
	for next := "/admin/dlq?state=" + state; next != ""; {
		page, err := get(ctx, v.http, v.url+next)
		if err != nil {
			return nil, err
		}
		for _, m := range letterLink.FindAllStringSubmatch(page, -1) {
			ids = append(ids, m[1])
		}
		next = ""
		if m := nextLink.FindStringSubmatch(page); m != nil {
			next = html.UnescapeString(m[1])
		}
	}
	return ids, nil
}

// readProgress reads the page of a retry of many letters.
func readProgress(page string) (p progress) {
	number := func(text string) int {
		n, _ := strconv.Atoi(text) // digits, all of them
		return n
	}
	if m := bulkTotal.FindStringSubmatch(page); m != nil {
		p.total = number(m[1])
	}
	if m := bulkCounted.FindStringSubmatch(page); m != nil {
		p.done, p.refused, p.left = number(m[1]), number(m[2]), number(m[3])
	}
	p.over = strings.Contains(page, `data-announce="Done: `)
	return p
}

// retry presses Retry on the page of a letter, where it is offered.
func (v *visitor) retry(ctx context.Context, d *desk, letter string) {
	page := "/admin/dlq/" + letter
	form, err := v.form(ctx, page)
	if err != nil || !form.Has("version") {
		return // the page cannot be had, or says that somebody has retried it
	}
	to, err := v.post(ctx, v.url+page+"/retry", form)
	d.answered(letter, to, err)
}

// answered notes how a press of Retry was answered.
func (d *desk) answered(letter, to string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case err == nil && to != "":
		d.first[letter]++
	case refusedWith(err, http.StatusConflict):
		d.late++
	default:
		d.unheard++
	}
}

// wrong says which promises about letters did not hold.
func (d *desk) wrong() (all []string) {
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if n := len(distinct(d.letters)); n != d.songs || n != len(d.letters) {
		say("%d letters, %d of them different, for %d songs that failed", len(d.letters), n, d.songs)
	}
	single := 0
	for letter, n := range d.first {
		if single += n; n > 1 {
			say("letter %s was retried by %d presses", letter, n)
		}
	}
	b := d.bulk
	switch {
	case !b.over:
		say("the retry of all letters never ended: %+v", b)
	case b.total != len(d.letters), b.left != 0, b.done+b.refused != b.total:
		say("the retry of all %d letters does not add up: %+v", len(d.letters), b)
	case b.refused < single, b.refused > single+d.unheard:
		say("%d letters were refused to the retry of all, %d or up to %d were retried alone", b.refused, single, single+d.unheard)
	}
	if !slices.Equal(distinct(d.letters), distinct(d.every)) || !slices.Equal(distinct(d.letters), slices.Sorted(slices.Values(d.resolved))) {
		say("%d letters waited, %d are resolved, of %d", len(d.letters), len(d.resolved), len(d.every))
	}
	return all
}

func distinct(ids []string) []string { return slices.Compact(slices.Sorted(slices.Values(ids))) }
