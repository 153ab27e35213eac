package auth

import (
	"fmt"
	"strings"
)

// Role is what somebody may do on the admin pages; each may do what those before it may.
type Role int

// The roles.
const (
	Nobody   Role = iota // has no business there
	Viewer               // looks
	Operator             // retries, and closes breakers
	Admin                // discards and restores
)

var roleNames = map[string]Role{"viewer": Viewer, "operator": Operator, "admin": Admin}

// String is the role's name in the configuration.
func (r Role) String() string {
	for name, role := range roleNames {
		if role == r {
			return name
		}
	}
	return "nobody"
}

// Roles are the roles of people by an id that Spotify gave them.
type Roles map[string]Role

// ParseRoles reads "id, id:role, …"; without a role it is admin.
func ParseRoles(text string) (Roles, error) {
	roles := Roles{}
	for entry := range strings.SplitSeq(text, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		id, name, named := strings.Cut(entry, ":")
		role, known := roleNames[name]
		if !named {
			role, known = Admin, true
		}
		if id == "" || !known {
			return nil, fmt.Errorf("%q is not id or id:role with the role viewer, operator or admin", entry)
		}
		roles[id] = role
	}
	return roles, nil
}

// Of returns the role of a person: by the account id, which never changes, or
// by the user id where Spotify has told no account id or the list knows only that.
func (r Roles) Of(p Person) Role {
	if role := r[p.AccountID]; p.AccountID != "" && role != Nobody {
		return role
	}
	if p.SpotifyID == "" {
		return Nobody
	}
	return r[p.SpotifyID]
}
