package deadletter_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
)

const (
	ownList   = "37i9dQZF1DXcBWIGoYBM5M"
	otherList = "4jtqJ8Fq3tzLbXLzTqXzQp"
)

func input() deadletter.Input {
	return deadletter.Input{
		Tool: "sync_songs", Found: "7tFiyTwD0nx5a1eklYtX2J",
		Song:     music.Song{Title: "Creep", Artists: []string{"Radiohead"}, Duration: 238 * time.Second},
		Playlist: deadletter.Playlist{ID: ownList, Name: "Road Trip"},
	}
}

func TestAnEditThatCannotBeNamesTheField(t *testing.T) {
	t.Parallel()
	with := func(field, value string) string {
		return `{"title": "Creep", "playlist_id": "` + ownList + `", "` + field + `": ` + value + `}`
	}
	for text, says := range map[string]string{
		"":                                   "not a JSON object",
		"Creep by Radiohead":                 "look at line 1",
		"{\n\"title\": \"x\",\n}":            "look at line 3",
		`["title"]`:                          "not a JSON object",
		"null":                               "not a JSON object",
		`{"title": "x"} {}`:                  "not a JSON object",
		`{"title": "Creep"}`:                 "playlist_id is missing",
		`{"playlist_id": "` + ownList + `"}`: "title is missing",
		with("title", `""`):                  "title is empty",
		with("title", `7`):                   "title must be a text",
		with("title", `"a\u0000b"`):          "title has characters",
		with("artists", `"Radiohead"`):       "artists must be a list",
		with("artists", `["`+strings.Repeat("x", 401)+`"]`):    "artists has more than 400",
		with("artists", `["a"`+strings.Repeat(`,"a"`, 30)+`]`): "artists names more than 30",
		with("album", `"`+strings.Repeat("ü", 401)+`"`):        "album has more than 400",
		with("year", `"1993"`):                                 "year must be a whole number",
		with("year", `1e99`):                                   "year must be a whole number",
		with("year", `93`):                                     "year must be a year",
		with("explicit", `"very"`):                             "explicit must be",
		with("isrc", `"GB"`):                                   "isrc must have 12",
		with("duration_ms", `-1`):                              "duration_ms must be between",
		with("track_id", `"../../v1/me"`):                      "track_id must be a Spotify id",
		with("playlist_id", `"p1"`):                            "playlist_id must be a Spotify id",
		with("tool", `"remove_songs"`):                         `no field "tool"`,
		with("Title", `"x"`):                                   `no field "Title"`,
		with("<script>\\u0000", `1`):                           `no field "<script>"`,
		input().JSON():                                         "Nothing is changed",
		strings.Repeat(" ", deadletter.MaxInput) + "{}":        "longer than",
	} {
		_, err := input().Edit(text)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.MessageOf(err), says) {
			t.Errorf("%.60q: %q, want %q", text, fault.MessageOf(err), says)
		}
	}
}

func TestAFormIsReadAsItsJSON(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field, text string
		want        []deadletter.Change
		wrong       string
	}{
		"a title":                 {"title", `Simon & "Garfunkel"`, []deadletter.Change{{Field: "title", Before: "Creep", After: `Simon & "Garfunkel"`}}, ""},
		"artists":                 {"artists", "\r\n TLC \r\n\r\nMissy, Elliott\r\n", []deadletter.Change{{Field: "artists", Before: "Radiohead", After: "TLC\nMissy, Elliott"}}, ""},
		"no artists":              {"artists", "", []deadletter.Change{{Field: "artists", Before: "Radiohead"}}, ""},
		"no length":               {"duration_ms", "", []deadletter.Change{{Field: "duration_ms", Before: "3:58"}}, ""},
		"another length":          {"duration_ms", "62:03.5", []deadletter.Change{{Field: "duration_ms", Before: "3:58", After: "62:03.500"}}, ""},
		"a length in no minutes":  {"duration_ms", "238000", nil, "must be a time: 3:58 in the form, 238000 in JSON"},
		"too many seconds":        {"duration_ms", "3:60", nil, "must be a time: 3:58 in the form, 238000 in JSON"},
		"a length too long":       {"duration_ms", "1440:01", nil, "must be between 0 and a day"},
		"a link to a track":       {"track_id", "https://open.spotify.com/track/7tFiyTwD0nx5a1eklYtX2J?si=x", []deadletter.Change{{Field: "track_id", After: "7tFiyTwD0nx5a1eklYtX2J"}}, ""},
		"a link to a playlist":    {"playlist_id", "spotify:playlist:" + otherList, []deadletter.Change{{Field: "playlist_id", Before: "Road Trip", After: otherList}}, ""},
		"a link to something":     {"playlist_id", "https://open.spotify.com/album/" + otherList, nil, "must be a Spotify id of 22 letters and digits"},
		"a link that is a title":  {"title", "spotify:playlist:" + otherList, []deadletter.Change{{Field: "title", Before: "Creep", After: "spotify:playlist:" + otherList}}, ""},
		"a year in words":         {"year", "ninety-three", nil, "must be a whole number"},
		"a year that is a number": {"year", "93", nil, "must be a year such as 1994, or 0"},
		"a choice there is not":   {"explicit", "very", nil, `must be "explicit", "clean" or ""`},
		"half a character":        {"album", "a\xffb\x00", nil, "has characters or breaks that are no text"},
		"no title":                {"title", "", nil, "is empty, and no track is given"},
	} {
		form := input().Form()
		form[c.field] = c.text
		edited, err := input().Edit(form.JSON())
		wrong, _ := errors.AsType[deadletter.Wrong](err)
		if got := deadletter.Changes(input(), edited); !slices.Equal(got, c.want) || wrong[c.field] != c.wrong || (err == nil) != (c.wrong == "") {
			t.Errorf("%s: %q, wrong %q, %v", name, got, wrong, err)
		}
	}
	if got := deadletter.Fields(); !slices.Equal(slices.Sorted(maps.Keys(input().Form())), slices.Sorted(slices.Values(got))) {
		t.Errorf("a form has %q", got)
	}
}

func TestAllThatIsWrongIsTold(t *testing.T) {
	t.Parallel()
	_, err := input().Edit(`{"title": "", "year": "x", "isrc": "GB", "track_id": 7}`)
	wrong, ok := errors.AsType[deadletter.Wrong](err)
	want := deadletter.Wrong{
		"title": "is empty, and no track is given", "year": "must be a whole number", "isrc": "must have 12 letters and digits, or be empty",
		"track_id": "must be a text in quotes", "playlist_id": "is missing",
	}
	if !ok || !maps.Equal(wrong, want) || fault.MessageOf(err) != "The field title is empty, and no track is given." {
		t.Errorf("%q, %v", wrong, err)
	}
}

func TestAnEditChangesWhatItNamesAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, next string
		want      []deadletter.Change
		found     bool
	}{
		"the artists":  {`"Radiohead"`, `"TLC", "Missy"`, []deadletter.Change{{Field: "artists", Before: "Radiohead", After: "TLC\nMissy"}}, false},
		"the length":   {`238000`, `0`, []deadletter.Change{{Field: "duration_ms", Before: "3:58"}}, false},
		"the playlist": {ownList, otherList, []deadletter.Change{{Field: "playlist_id", Before: "Road Trip", After: otherList}}, true},
		"a version":    {`"version": ""`, `"version": "live"`, []deadletter.Change{{Field: "version", After: "live"}}, false},
	} {
		was := input()
		edited, err := was.Edit(strings.Replace(was.JSON(), c.old, c.next, 1))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := deadletter.Changes(was, edited); !slices.Equal(got, c.want) || edited.Tool != was.Tool || (edited.Found != "") != c.found {
			t.Errorf("%s: %+v, found %q", name, got, edited.Found)
		}
	}
}

func TestWhatARetryMayChange(t *testing.T) {
	t.Parallel()
	in := input()
	song := deadletter.Letter{Task: "1", Step: "adding", Input: in}
	plain := song
	plain.Input.Found = ""
	for name, c := range map[string]struct {
		letter deadletter.Letter
		how    deadletter.Retry
		says   string
		from   string
	}{
		"from the start":         {song, deadletter.Retry{}, "", ""},
		"from the step":          {song, deadletter.Retry{Resume: true}, "", "adding"},
		"from a step before":     {plain, deadletter.Retry{Resume: true}, "only be retried from the start", ""},
		"with another input":     {plain, deadletter.Retry{Edited: &in}, "", ""},
		"a message with another": {deadletter.Letter{}, deadletter.Retry{Edited: &in}, "its person's message", ""},
	} {
		got, err := c.how.Apply(c.letter)
		if said := fault.MessageOf(err); err == nil && c.says != "" || err != nil && (c.says == "" || !strings.Contains(said, c.says)) || got.RetryFrom != c.from {
			t.Errorf("%s: %v, from %q", name, err, got.RetryFrom)
		}
		if c.how.Edited != nil && err == nil && got.Current().Found == "" {
			t.Errorf("%s: the input is %+v", name, got.Current())
		}
	}
}

func TestABulkIsCheckedBeforeItStarts(t *testing.T) {
	t.Parallel()
	good := deadletter.Bulk{Act: deadletter.ActRetry, Rate: 2, Reason: "left over"}
	for name, c := range map[string]struct {
		change func(*deadletter.Bulk)
		says   string
	}{
		"a retry":           {func(*deadletter.Bulk) {}, ""},
		"nothing":           {func(b *deadletter.Bulk) { b.Act = "" }, "retried or discarded"},
		"what is discarded": {func(b *deadletter.Bulk) { b.Filter.State = deadletter.Discarded }, "Only letters that wait"},
		"every state":       {func(b *deadletter.Bulk) { b.Filter.State = deadletter.Every }, "Only letters that wait"},
		"no rate":           {func(b *deadletter.Bulk) { b.Rate = 0 }, "between 1 and 20"},
		"too fast":          {func(b *deadletter.Bulk) { b.Rate = 21 }, "between 1 and 20"},
		"without a reason":  {func(b *deadletter.Bulk) { b.Act, b.Reason = deadletter.ActDiscard, " " }, "Say why"},
		"a discard":         {func(b *deadletter.Bulk) { b.Act = deadletter.ActDiscard }, ""},
	} {
		b := good
		c.change(&b)
		b, err := b.Check()
		if said := fault.MessageOf(err); err == nil && c.says != "" || err != nil && (c.says == "" || !strings.Contains(said, c.says)) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && (b.Reason != "") != (b.Act == deadletter.ActDiscard) {
			t.Errorf("%s: the reason is %q", name, b.Reason)
		}
	}
	if a, b := deadletter.BulkID("olga", "k"), deadletter.BulkID("ann", "k"); a == b || a != deadletter.BulkID("olga", "k") {
		t.Errorf("ids %s and %s", a, b)
	}
	running := deadletter.Bulk{Total: 10, Done: 3, Refused: 1, Rate: 2}
	if running.Left() != 6 || running.Remaining() != 3*time.Second || (deadletter.Bulk{Total: 1}).Remaining() != 0 {
		t.Errorf("%d left, %s", running.Left(), running.Remaining())
	}
}

func FuzzEdit(f *testing.F) {
	f.Add(input().JSON())
	f.Add(`{"title":null,"playlist_id":[]}`)
	f.Fuzz(func(t *testing.T, text string) {
		edited, err := input().Edit(text)
		if err == nil && (edited.Tool != input().Tool || fmt.Sprint(deadletter.Changes(input(), edited)) == "[]") {
			t.Errorf("%+v", edited)
		}
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
	})
}
