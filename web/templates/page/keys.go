package page

import "github.com/a-h/templ"

// shortcut is one key of a page and what it does.
type shortcut struct{ key, does string }

// key gives an element the key that presses it, or puts the cursor into it.
func key(name string) templ.Attributes {
	return templ.Attributes{"data-key": name, "aria-keyshortcuts": name}
}

// with adds attributes to others.
func with(all templ.Attributes, more ...string) templ.Attributes {
	for i := 0; i+1 < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

func listKeys(r Rights) []shortcut {
	all := []shortcut{{"j", "next letter"}, {"k", "letter before"}, {"o", "open, as Enter does"}}
	if r.Retry {
		all = append(all, shortcut{"x", "choose"}, shortcut{"r", "open to retry"})
	}
	if r.Discard {
		all = append(all, shortcut{"e", "edit"}, shortcut{"d", "open to discard"})
	}
	return append(all, shortcut{"/", "look for a text"}, shortcut{"?", "these keys"})
}

func letterKeys(v LetterView) []shortcut {
	var all []shortcut
	if v.retryable() {
		all = append(all, shortcut{"r", "retry"})
	}
	if v.editable() {
		all = append(all, shortcut{"e", "edit"})
	}
	if v.discardable() {
		all = append(all, shortcut{"d", "write why to discard it"})
	}
	return append(all, shortcut{"u", "back to the list"}, shortcut{"?", "these keys"})
}
