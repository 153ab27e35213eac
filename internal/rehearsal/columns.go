package rehearsal

import (
	"fmt"
	"slices"
	"strings"

	"segue/internal/intake"
)

// parseMap reads title=src_title,artist=src_artist for a table with these columns.
func parseMap(text string, columns []string) (intake.Layout, error) {
	m := intake.Mapping{}
	for pair := range strings.SplitSeq(text, ",") {
		field, column, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || !known(strings.TrimSpace(field)) {
			return intake.Layout{}, fmt.Errorf("-map: %q must be field=column with one of the fields %s", pair, fields())
		}
		m[intake.Field(strings.TrimSpace(field))] = strings.TrimSpace(column)
	}
	l, err := intake.Arrange(columns, m)
	if err != nil {
		return l, fmt.Errorf("-map: %w", err)
	}
	return l, nil
}

// hide forgets the fields of -hide.
func hide(l intake.Layout, text string) error {
	if text == "" {
		return nil
	}
	for field := range strings.SplitSeq(text, ",") {
		field = strings.TrimSpace(field)
		if field == "duration" {
			field = string(intake.Duration)
		}
		if !known(field) {
			return fmt.Errorf("-hide: %q is none of %s", field, fields())
		}
		l.Hide(intake.Field(field))
	}
	return nil
}

// lay finds the fields of a table: by -map, or else by the names of its columns.
func lay(mapping, hidden string, r *Reader) (intake.Layout, error) {
	l := intake.Guess(r.Columns)
	if mapping != "" {
		var err error
		if l, err = parseMap(mapping, r.Columns); err != nil {
			return l, err
		}
	}
	if err := hide(l, hidden); err != nil {
		return l, err
	}
	if !l.Usable() {
		return l, fmt.Errorf("%s: no column for the title among %s; name it with -map title=COLUMN,artist=COLUMN", r.name, list(r.Columns))
	}
	return l, nil
}

func known(field string) bool { return slices.Contains(intake.Fields(), intake.Field(field)) }

func fields() string {
	var out []string
	for _, f := range intake.Fields() {
		out = append(out, string(f))
	}
	return strings.Join(out, ", ")
}

// list writes column names for a sentence, at most 30.
func list(columns []string) string {
	if len(columns) > 30 {
		return strings.Join(columns[:30], ", ") + ", …"
	}
	return strings.Join(columns, ", ")
}
