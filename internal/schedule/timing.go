package schedule

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // time zones of people, whatever this machine knows

	"github.com/robfig/cron/v3"
)

// Every is how often a schedule is due.
type Every string

// How often.
const (
	Day     Every = "day"  // at At
	Week    Every = "week" // on Days, at At
	Pattern Every = "cron" // as Cron says
)

// Timing says when a schedule is due, by the clock on the wall of a time zone.
type Timing struct {
	Every Every          `json:"every"`
	At    string         `json:"at,omitempty"`   // "07:30"
	Days  []time.Weekday `json:"days,omitempty"` // of Week
	Cron  string         `json:"cron,omitempty"` // five fields: minute, hour, day of the month, month, day of the week
	Zone  string         `json:"zone"`           // a name of the IANA database, "Europe/Berlin"
}

// parser reads cron lines as the cron of Unix does (crontab(5)): five fields,
// where a day of the month and a day of the week mean either of them.
var parser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// change is more than any clock is put forward or back by in our days.
const change = 3 * time.Hour

var fieldNames = []string{"minute", "hour", "day of the month", "month", "day of the week"}

// Check refuses, with a fault Invalid that names the field, what never comes and
// what would come more often than once an hour.
func (t Timing) Check(now time.Time) error {
	if _, err := t.location(); err != nil {
		return invalid("Choose a time zone from the list.")
	}
	if t.Every == Week && len(t.Days) == 0 {
		return invalid("Choose at least one day of the week.")
	}
	line, err := t.line()
	if err != nil {
		return err
	}
	if err := checkLine(line); err != nil {
		return err
	}
	if len(t.Next(now, 1)) == 0 {
		return invalid("The day of the month and the month of the cron line never come together.")
	}
	return nil
}

func (t Timing) location() (*time.Location, error) {
	if t.Zone == "" || t.Zone == "Local" {
		return nil, fmt.Errorf("%q is no time zone", t.Zone)
	}
	return time.LoadLocation(t.Zone)
}

// line is the timing as a line of cron.
func (t Timing) line() (string, error) {
	switch t.Every {
	case Pattern:
		return strings.Join(strings.Fields(t.Cron), " "), nil
	case Day, Week:
	default:
		return "", invalid("Choose how often it is to be repeated.")
	}
	at, err := time.Parse("15:04", t.At)
	if err != nil {
		return "", invalid("Write the time of day as hours and minutes, such as 07:30.")
	}
	days := "*"
	if t.Every == Week {
		var numbers []string
		for _, d := range t.Days {
			numbers = append(numbers, strconv.Itoa(int(d)))
		}
		days = strings.Join(numbers, ",")
	}
	return fmt.Sprintf("%d %d * * %s", at.Minute(), at.Hour(), days), nil
}

// checkLine finds the field that is wrong by reading each alone.
func checkLine(line string) error {
	fields := strings.Fields(line)
	if len(fields) != len(fieldNames) {
		return invalid(fmt.Sprintf("The cron line has %d fields. It needs five: minute, hour, day of the month, month, day of the week.", len(fields)))
	}
	for i, field := range fields {
		alone := slices.Repeat([]string{"*"}, len(fields))
		alone[i] = field
		if _, err := parser.Parse(strings.Join(alone, " ")); err != nil || strings.ContainsAny(field, "=@") {
			return invalid(fmt.Sprintf("The %s of the cron line is none.", fieldNames[i]))
		}
	}
	s, err := read(line)
	if err != nil {
		return invalid("The cron line cannot be read.")
	}
	if bits.OnesCount64(s.Minute&(1<<60-1)) != 1 {
		return invalid("The minute of the cron line must be one number: a schedule repeats at most once an hour.")
	}
	return nil
}

func read(line string) (*cron.SpecSchedule, error) {
	parsed, err := parser.Parse(line)
	if err != nil {
		return nil, err
	}
	s, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("%T is no cron line", parsed)
	}
	return s, nil
}

// Next returns the next n times after one, fewer when there are no more in five
// years. Each time on the wall comes once: one that the clocks pass twice the
// first time, one that they skip as much later as they are put forward.
func (t Timing) Next(after time.Time, n int) []time.Time {
	zone, err := t.location()
	if err != nil {
		return nil
	}
	line, err := t.line()
	if err != nil {
		return nil
	}
	s, err := read(line)
	if err != nil {
		return nil
	}
	var times []time.Time
	wall := onWall(after.In(zone), time.UTC) // a day there has 24 hours
	for len(times) < n {
		if wall = s.Next(wall); wall.IsZero() {
			break
		}
		if at := onWall(wall, zone); at.After(after) {
			times, after = append(times, at), at
		}
	}
	return times
}

// onWall is the first time at which the clocks of a zone show what t shows; when
// they skip it, as much later as they are put forward.
func onWall(t time.Time, zone *time.Location) time.Time {
	at := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
	_, offset := at.Zone()
	_, before := at.Add(-change).Zone()
	if earlier := at.Add(time.Duration(offset-before) * time.Second); offset < before && earlier.Hour() == at.Hour() && earlier.Minute() == at.Minute() {
		return earlier
	}
	return at
}

// String says in words when: "every day at 07:30".
func (t Timing) String() string {
	switch t.Every {
	case Day:
		return "every day at " + t.At
	case Week:
		var days []string
		for _, d := range t.Days {
			days = append(days, d.String())
		}
		last := len(days) - 1
		if last < 1 {
			return "every " + strings.Join(days, "") + " at " + t.At
		}
		return "every " + strings.Join(days[:last], ", ") + " and " + days[last] + " at " + t.At
	case Pattern:
		return "by the cron line " + t.Cron
	}
	return ""
}
