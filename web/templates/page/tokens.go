package page

import (
	"time"

	"segue/internal/agent"
	"segue/web/templates/layout"
)

// TokensView is /settings/tokens.
type TokensView struct {
	Person  layout.Person
	Tokens  []Token // the newest first
	Revoke  string  // id of the token to ask about once more (?revoke=ID); "" for none
	Made    string  // the text of a token just created: this page shows it, no other does
	Scopes  []ScopeChoice
	Days    []int          // choices of how long; 0 is for ever
	Form    TokenForm      // as it was sent, or as it is offered
	Trouble *agent.Trouble // why the form was refused; nil when it was not
	Now     time.Time
}

// Token is a personal token without its text.
type Token struct {
	ID       string
	Name     string
	Last     string // 4 characters of the text
	Scopes   []string
	Playlist string // meant when none is named; "" for none
	Problem  string // what its newest call was told was wrong; "" when nothing was
	Run      string // id of the newest run it asked for; "" for none
	Created  time.Time
	Expires  time.Time // zero: never
	Used     time.Time // zero: never
}

// ScopeChoice is a scope that can be chosen, in words.
type ScopeChoice struct{ Name, Words string }

// TokenForm is the form of a new token.
type TokenForm struct {
	Name     string
	Scopes   []string
	Days     int
	Playlist string
}

func (v TokensView) frame() layout.Frame {
	return layout.Frame{Title: "Personal tokens", Person: v.Person, Here: "tokens"}
}

// expired reports whether the token's time is over.
func (t Token) expired(now time.Time) bool { return !t.Expires.IsZero() && !now.Before(t.Expires) }

func lifetime(days int) string {
	if days == 0 {
		return "Until it is revoked"
	}
	return counted(days, "day")
}
