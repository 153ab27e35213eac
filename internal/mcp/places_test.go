package mcp

import (
	"reflect"
	"strings"
	"testing"
)

func TestPlacesAreReadOrRefusedByName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		want    []Place
		refused string
	}{
		{"", nil, ""},
		{" ; ", nil, ""},
		{"files=npx -y server /music; radio=https://radio.example/mcp?x=1", []Place{
			{Name: "files", Command: []string{"npx", "-y", "server", "/music"}},
			{Name: "radio", URL: "https://radio.example/mcp?x=1"},
		}, ""},
		{"files=a;files=b", nil, "twice"},
		{"Files=a", nil, `"Files"`},
		{"my_files=a", nil, `"my_files"`},
		{"files", nil, "needs a command"},
		{"radio=ftp://radio.example", nil, "http"},
		{"radio=https://me:secret@radio.example", nil, "password"},
		{strings.Repeat("x", 17) + "=a", nil, "15"},
		{"a=x;b=x;c=x;d=x;e=x;f=x;g=x;h=x;i=x", nil, "8 servers"},
	} {
		got, err := ParsePlaces(c.text)
		switch {
		case c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)):
			t.Errorf("%q: %v, want %q", c.text, err, c.refused)
		case c.refused == "" && (err != nil || !reflect.DeepEqual(got, c.want)):
			t.Errorf("%q: %+v, %v", c.text, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error tells the password", c.text)
		}
	}
}

func TestALongAnswerIsCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	got := limited(strings.Repeat("é", 1<<19))
	if len(got) > mostReply+60 || !strings.HasSuffix(got, "(Cut here: the answer has 1048576 bytes.)") || strings.Contains(got, "\uFFFD") {
		t.Errorf("%d bytes, ends %q", len(got), got[len(got)-60:])
	}
	if got := limited("a\xffb"); got != "a\uFFFDb" {
		t.Errorf("%q", got)
	}
}
