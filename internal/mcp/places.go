package mcp

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Place is where the server of others is that our agent may ask: a command that is
// started and spoken to over stdin and stdout, or an address of streamable HTTP.
type Place struct {
	Name    string // begins the name of each of its tools
	Command []string
	URL     string
}

const mostPlaces = 8

var validPlace = regexp.MustCompile(`^[a-z][a-z0-9-]{0,15}$`)

// ParsePlaces reads "name=command args;name2=https://host/path". A command is
// split at spaces; there is no quoting.
func ParsePlaces(text string) ([]Place, error) {
	var places []Place
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, where, _ := strings.Cut(part, "=")
		p, err := newPlace(strings.TrimSpace(name), strings.TrimSpace(where))
		switch {
		case err != nil:
			return nil, err
		case seen[p.Name]:
			return nil, fmt.Errorf("the name %q stands there twice", p.Name)
		case len(places) == mostPlaces:
			return nil, fmt.Errorf("there may be %d servers", mostPlaces)
		}
		seen[p.Name] = true
		places = append(places, p)
	}
	return places, nil
}

func newPlace(name, where string) (Place, error) {
	if !validPlace.MatchString(name) {
		return Place{}, fmt.Errorf("the name %q must begin with a small letter, then up to 15 of a-z, 0-9 and -", name)
	}
	if where == "" {
		return Place{}, fmt.Errorf("%s needs a command or an address, as in %s=https://host/mcp", name, name)
	}
	if !strings.Contains(where, "://") {
		return Place{Name: name, Command: strings.Fields(where)}, nil
	}
	u, err := url.Parse(where)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return Place{}, fmt.Errorf("the address of %s must begin with http:// or https://", name)
	}
	if u.User != nil {
		return Place{}, fmt.Errorf("the address of %s has a password in it, which logs would keep", name)
	}
	return Place{Name: name, URL: where}, nil
}
