package intake

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"segue/internal/fault"
)

// Bounds of a source.
const (
	MaxBytes = 20 << 20 // of the source as it arrives
	MaxSongs = 10_000   // rows, those that cannot be read included
)

// load reads a source to its end and makes it text with line feeds. A note says
// in which encoding it was, unless that is plain UTF-8.
func load(r io.Reader) (text, note string, err error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return "", "", fault.New(fault.Invalid, "The list broke off while it was being sent. Nothing was imported. Send it again.", err)
	case len(raw) > MaxBytes:
		return "", "", refuse("The list is larger than 20 MB", "Split it into smaller lists.")
	case len(bytes.TrimSpace(raw)) == 0:
		return "", "", refuse("The list is empty", "Paste songs, one a line, or choose another file.")
	}
	if what, todo := foreign(raw); what != "" {
		return "", "", refuse(what, todo)
	}
	text, note = decode(raw)
	if binary(text) {
		return "", "", refuse("This is not a text but data for a program", "Export the list as CSV or as plain text and choose that file.")
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u0085", "\n").Replace(text), note, nil
}

// refuse is the error of a source that is not read at all: what happened, what
// was kept, what to do.
func refuse(what, todo string) error {
	return fault.New(fault.Invalid, what+". Nothing was imported. "+todo, nil)
}

// magic tells files that are no lists by how they begin.
var magic = []struct{ prefix, what, todo string }{
	{"PK\x03\x04", "This is a zip archive or an Excel file, not a text", "Take the list out of the archive, or save the table as CSV, and choose that file."},
	{"\xd0\xcf\x11\xe0", "This is an Excel or Word file, not a text", "Save it as CSV or as plain text and choose that file."},
	{"\x1f\x8b", "This file is compressed", "Unpack it and choose the list inside."},
	{"BZh", "This file is compressed", "Unpack it and choose the list inside."},
	{"\xfd7zXZ", "This file is compressed", "Unpack it and choose the list inside."},
	{"\x28\xb5\x2f\xfd", "This file is compressed", "Unpack it and choose the list inside."},
	{"7z\xbc\xaf", "This is an archive, not a text", "Unpack it and choose the list inside."},
	{"Rar!", "This is an archive, not a text", "Unpack it and choose the list inside."},
	{"%PDF", "This is a PDF, not a text", "Copy the songs out of it and paste them, one a line."},
	{"\x89PNG", "This is a picture", "Type or paste the songs, one a line."},
	{"\xff\xd8\xff", "This is a picture", "Type or paste the songs, one a line."},
	{"GIF8", "This is a picture", "Type or paste the songs, one a line."},
	{"ID3", "This is a song, not a list of songs", "Write its title and artist instead."},
	{"OggS", "This is a song, not a list of songs", "Write its title and artist instead."},
	{"fLaC", "This is a song, not a list of songs", "Write its title and artist instead."},
	{"bplist0", "This is a library in a binary form", "In Music or iTunes choose File, Library, Export and save it as XML."},
	{"{\\rtf", "This is a formatted document", "Save it as plain text and choose that file."},
}

func foreign(raw []byte) (what, todo string) {
	for _, m := range magic {
		if bytes.HasPrefix(raw, []byte(m.prefix)) {
			return m.what, m.todo
		}
	}
	return "", ""
}

// decode turns bytes into valid UTF-8: by their byte order mark, by the zero
// bytes of UTF-16, or as Windows-1252, which Latin-1 is a part of.
func decode(raw []byte) (text, note string) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(raw[3:]), "�"), ""
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), zeros(raw, 1):
		return convert(raw, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)), "The text was in UTF-16."
	case bytes.HasPrefix(raw, []byte("\xfe\xff")), zeros(raw, 0):
		return convert(raw, unicode.UTF16(unicode.BigEndian, unicode.UseBOM)), "The text was in UTF-16."
	case utf8.Valid(raw):
		return string(raw), ""
	case damaged(raw):
		return strings.ToValidUTF8(string(raw), "�"), "Some characters of the text are damaged and were left out."
	default:
		return convert(raw, charmap.Windows1252), "The text is in an old encoding and was read as Western European. Look whether accented letters are right."
	}
}

func convert(raw []byte, e encoding.Encoding) string {
	out, err := e.NewDecoder().Bytes(raw)
	if err != nil {
		return "" // decoders of these encodings replace what they do not know
	}
	return string(out)
}

// zeros reports whether most bytes at odd places (1) or at even ones (0), and
// few of the others, are zero, as in UTF-16 of Western texts.
func zeros(raw []byte, at int) bool {
	sample := raw[:min(len(raw), 4096)]
	var count [2]int
	for i, b := range sample {
		if b == 0 {
			count[i%2]++
		}
	}
	return count[at] > len(sample)/5 && count[1-at] < len(sample)/50+1
}

// damaged reports whether a text is UTF-8 in which some characters are broken.
func damaged(raw []byte) bool {
	good, bad := 0, 0
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		raw = raw[size:]
	}
	return good > 2*bad
}

// binary reports whether a text holds what no text holds.
func binary(text string) bool {
	controls := 0
	for _, r := range text {
		if r == 0 {
			return true
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' || r == utf8.RuneError {
			controls++
		}
	}
	return controls > 2+len(text)/50
}

// tooMany is the error of a list that is too long.
func tooMany() error {
	return refuse(fmt.Sprintf("The list has more than %s songs", grouped(MaxSongs)), "Split it into smaller lists.")
}

// grouped writes a number the way people read it: 10,000.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
