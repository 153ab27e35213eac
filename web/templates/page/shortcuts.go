package page

import (
	"net/url"
	"strconv"
	"time"

	"segue/web/templates/layout"
)

// ShortcutsView is /settings/shortcuts.
type ShortcutsView struct {
	Person  layout.Person
	Address string  // to which a Shortcut sends its song, complete
	Tokens  []Token // that may add songs
	Test    TestView
}

// TestView is what has been heard of a person's programs since a moment.
type TestView struct {
	Since time.Time
	Heard *Token // that called last since then; nil when none has
	Says  string // how the song stands that it asked for; "" when it asked for none
	Now   time.Time
}

func (v ShortcutsView) frame() layout.Frame {
	return layout.Frame{Title: "Add songs from your phone", Person: v.Person, Here: "shortcuts", Stream: true}
}

// at is an address that tells from when on it wants to hear.
func (v TestView) at(path string) string {
	return path + "?" + url.Values{"since": {strconv.FormatInt(v.Since.Unix(), 10)}}.Encode()
}
