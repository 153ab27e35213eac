// Package layout is the document around every page: head, header, landmarks
// and the two live regions.
package layout

import (
	"fmt"
	"strings"
	"time"
)

// Person is who is logged in; the zero value is nobody.
type Person struct {
	Name    string
	Image   string // URL of a picture; "" shows an initial
	Waiting int    // questions that wait for the person; 0 for none, and where that is not known
}

// Frame is what a page tells the document about itself.
type Frame struct {
	Title   string // of the browser tab, without the program's name
	Person  Person
	Refresh string // when and where a browser without JavaScript loads the page again, as in Refresh; "" = never
	Stream  bool   // the page listens to a run: the Live pill is shown
	Keys    bool   // the page has single keys
	Talk    bool   // the page is a conversation
	Public  *Card  // the page is for whoever has its address: kept out of search engines, previewed with this; nil for all others
	Here    string // which of the header's links is the page itself: "", "account", "rules", "runs", "review", "letters", "audit"
}

// Card is how other programs preview an address that somebody sends around.
type Card struct {
	Title string
	Text  string
	Image string // absolute URL of a picture of 1200 × 630
}

// Refresh says to load path again after a while. The address differs each time:
// from a page with a fragment, the same address would only be scrolled to.
func Refresh(after time.Duration, path, fragment string, now time.Time) string {
	sign := "?"
	if strings.Contains(path, sign) {
		sign = "&"
	}
	return fmt.Sprintf("%d; url=%s%sat=%d%s", int(after.Seconds()), path, sign, now.Unix(), fragment)
}
