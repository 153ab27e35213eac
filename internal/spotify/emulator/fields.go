package emulator

import (
	"encoding/json"
	"strings"
)

// selection is a parsed fields parameter: what to keep of an object. A nil
// selection keeps everything.
type selection struct {
	keep map[string]*selection
	drop map[string]bool
}

// filter keeps of the answer what the fields parameter names:
//
//	fields=total,items(added_at,item(name,album(!images))),items.item.id
//
// Keys without a name in it are absent; a group with exclusions keeps all others.
func filter(fields string, answer any) (any, error) {
	if fields == "" {
		return answer, nil
	}
	p := fieldParser{rest: fields}
	s, ok := p.group()
	if !ok || p.rest != "" {
		return nil, badRequest("Invalid fields")
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return nil, err
	}
	return s.of(tree), nil
}

// of returns what the selection keeps; arrays are transparent.
func (s *selection) of(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = s.of(v[i])
		}
		return v
	case map[string]any:
		if s == nil {
			return v
		}
		for key, value := range v {
			inner, kept := s.keep[key]
			switch {
			case s.drop[key] || !kept && len(s.drop) == 0:
				delete(v, key)
			case kept:
				v[key] = inner.of(value)
			}
		}
		return v
	default:
		return v
	}
}

func newSelection() *selection {
	return &selection{keep: map[string]*selection{}, drop: map[string]bool{}}
}

type fieldParser struct{ rest string }

// group reads names separated by commas up to a closing parenthesis or the end.
func (p *fieldParser) group() (*selection, bool) {
	s := newSelection()
	for {
		if !p.path(s) {
			return nil, false
		}
		if !strings.HasPrefix(p.rest, ",") {
			return s, true
		}
		p.rest = p.rest[1:]
	}
}

// path reads a.b.c, !a or a(…) into s.
func (p *fieldParser) path(s *selection) bool {
	p.rest = strings.TrimLeft(p.rest, " ")
	without := strings.HasPrefix(p.rest, "!")
	p.rest = strings.TrimPrefix(p.rest, "!")
	end := strings.IndexAny(p.rest, ".,()! ")
	if end < 0 {
		end = len(p.rest)
	}
	name := p.rest[:end]
	if p.rest = strings.TrimLeft(p.rest[end:], " "); name == "" {
		return false
	}
	switch {
	case strings.HasPrefix(p.rest, "."):
		p.rest = p.rest[1:]
		inner := newSelection()
		if !p.path(inner) {
			return false
		}
		s.add(name, inner)
	case strings.HasPrefix(p.rest, "("):
		p.rest = p.rest[1:]
		inner, ok := p.group()
		if !ok || !strings.HasPrefix(p.rest, ")") {
			return false
		}
		p.rest = p.rest[1:]
		s.add(name, inner)
	case without:
		s.drop[name] = true
	default:
		s.keep[name] = nil
	}
	return true
}

// add merges, so that items.item.id and items.item.name go together.
func (s *selection) add(name string, inner *selection) {
	have, named := s.keep[name]
	switch {
	case named && have == nil: // all of it is kept already
	case named:
		for key, more := range inner.keep {
			if more == nil {
				have.keep[key] = nil
				continue
			}
			have.add(key, more)
		}
		for key := range inner.drop {
			have.drop[key] = true
		}
	default:
		s.keep[name] = inner
	}
}
