package page

import "segue/web/templates/layout"

// DocsView is /docs/api: the description of the API, to be read by people.
type DocsView struct {
	Intro  []string // paragraphs
	Groups []DocsGroup
	Errors []DocsAnswer // what every call may answer
}

// DocsGroup is the calls about one thing.
type DocsGroup struct {
	Name  string
	Calls []DocsCall
}

// DocsCall is one method of one address.
type DocsCall struct {
	ID, Method, Path, Summary string
	Text                      []string // paragraphs
	Scope                     string   // "" when it is open to everybody
	Fields                    []DocsField
	Answers                   []DocsAnswer // those of success
	Example                   string       // a command to copy; "" for none
}

// DocsField is a value that a call takes.
type DocsField struct {
	Name     string
	In       string // address, query, header, body
	Required bool
	Text     string
}

func (f DocsField) where() string {
	if f.Required {
		return f.In + ", required"
	}
	return f.In
}

// DocsAnswer is a status and what it means.
type DocsAnswer struct{ Status, Text string }

func (v DocsView) frame() layout.Frame { return layout.Frame{Title: "What programs can do"} }
