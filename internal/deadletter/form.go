package deadletter

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"segue/internal/music"
)

// Form is an input as a form has it: a text for each of Fields, "" for what was
// not said. Artists stand one on a line, a length in minutes and seconds.
type Form map[string]string

// Fields are the names of what can be edited of an input, in order.
func Fields() []string {
	var names []string
	for _, f := range draftFields() {
		names = append(names, f.name)
	}
	return names
}

// Form is the input as an operator may edit it.
func (i Input) Form() Form {
	d, form := draftOf(i), Form{}
	for _, f := range draftFields() {
		form[f.name] = written(f.of(&d))
	}
	return form
}

// JSON is the input as an operator may edit it, one field a line.
func (i Input) JSON() string { return i.Form().JSON() }

// JSON is what Input.Edit reads of a form. A link to a track or to a playlist
// becomes its id; what is no number or no length stays a text, for Edit to refuse.
func (f Form) JSON() string {
	var d draft
	var lines []string
	for _, field := range draftFields() {
		lines = append(lines, "  "+encoded(field.name)+": "+encoded(field.value(&d, f[field.name])))
	}
	return "{\n" + strings.Join(lines, ",\n") + "\n}"
}

// value is what a text in a form means.
func (f draftField) value(d *draft, text string) any {
	switch f.of(d).(type) {
	case *[]string:
		return textLines(text)
	case *int:
		if n, err := strconv.Atoi(cmp.Or(text, "0")); err == nil {
			return n
		}
	case *int64:
		if ms, ok := readLength(cmp.Or(text, "0:00")); ok {
			return ms
		}
	}
	if link, ok := music.ParseLink(text); ok && f.link != "" && link.Kind == f.link {
		return link.ID
	}
	return text
}

// written is a field of a draft as a text.
func written(field any) string {
	switch v := field.(type) {
	case *[]string:
		return strings.Join(*v, "\n")
	case *int:
		if *v == 0 {
			return ""
		}
		return strconv.Itoa(*v)
	case *int64:
		return length(*v)
	case *music.Wish:
		return string(*v)
	default:
		return *field.(*string)
	}
}

// length is a number of milliseconds as minutes and seconds: "3:58", "3:58.500", "" for none.
func length(ms int64) string {
	if ms == 0 {
		return ""
	}
	return strings.TrimSuffix(fmt.Sprintf("%d:%02d.%03d", ms/60_000, ms/1000%60, ms%1000), ".000")
}

// readLength reads what length writes.
func readLength(text string) (ms int64, ok bool) {
	before, after, _ := strings.Cut(text, ":")
	minutes, err := strconv.ParseUint(before, 10, 16)
	seconds, unread := time.ParseDuration(after + "s")
	ms = int64(minutes)*60_000 + seconds.Milliseconds()
	return ms, err == nil && unread == nil && seconds >= 0 && seconds < time.Minute
}

// textLines are the lines that have something on them; never nil, which JSON would call null.
func textLines(text string) []string {
	all := []string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// encoded is JSON for somebody to read: & stays &.
func encoded(v any) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // texts and numbers only
	return strings.TrimSuffix(out.String(), "\n")
}
