package page

import (
	"fmt"
	"net/url"
	"strconv"

	"segue/internal/music"
	"segue/web/templates/layout"
)

// Pages is how many pages there are, at least one.
func (v RulesView) Pages() int { return max(1, (v.Total+v.PerPage-1)/v.PerPage) }

// At is the address of a page of what was looked for; dropped names the rule
// that was just deleted, "" for none.
func (v RulesView) At(page int, dropped string) string {
	q := url.Values{}
	if v.Text != "" {
		q.Set("q", v.Text)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if dropped != "" {
		q.Set("dropped", dropped)
	}
	if len(q) == 0 {
		return "/rules"
	}
	return "/rules?" + q.Encode()
}

// searchable reports whether there are enough rules to look for one.
func (v RulesView) searchable() bool { return v.Text != "" || v.Total > 10 }

func (v RulesView) frame() layout.Frame {
	return layout.Frame{Title: "Your choices", Person: v.Person, Here: "rules"}
}

// span says which rules a page shows: "51 to 100 of 1204".
func (v RulesView) span() string {
	from := (v.Page-1)*v.PerPage + 1
	return fmt.Sprintf("%d to %d of %d", from, from+len(v.Rules)-1, v.Total)
}

// used says how often a rule was used; when is for the template to add.
func used(r music.Rule) string {
	switch r.Uses {
	case 0:
		return "Not used yet"
	case 1:
		return "Used once,"
	default:
		return fmt.Sprintf("Used %d times, last", r.Uses)
	}
}
