package partial

import (
	"fmt"
	"slices"
	"strings"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/web/templates/ui"
)

// stageWords says a stage before, while and after it happens.
var stageWords = map[string]struct{ todo, now, done string }{
	agent.Understanding: {"Read your message", "Reading your message", "Understood"},
	agent.Finding:       {"Find the playlist", "Finding the playlist", "Found the playlist"},
	agent.LookingUp:     {"Look up the links", "Asking Apple Music what the links name", "Looked up the links"},
	agent.Searching:     {"Search Spotify", "Searching Spotify", "Searched Spotify"},
	agent.Matching:      {"Compare the versions", "Comparing the versions", "Matched"},
	agent.Asking:        {"Ask you", "Waiting for your choice", "You chose"},
	agent.Adding:        {"Add it to the playlist", "Adding it to the playlist", "Added to the playlist"},
	agent.Verifying:     {"Check that it is there", "Checking that it is there", "Checked that it is there"},
	agent.Starting:      {"Start it", "Starting it", "Started it"},
	agent.Stopping:      {"Stop it", "Stopping it", "Stopped it"},
	agent.Remembering:   {"Remember it", "Remembering it", "Remembered it"},
	agent.Leaving:       {"Check that it is gone", "Checking that it is gone", "Checked that it is gone"},
	agent.Visiting:      {"Ask another program", "Asking another program", "Asked another program"},
	agent.Reading:       {"Read from Spotify", "Reading from Spotify", "Read from Spotify"},
	agent.Creating:      {"Create the playlist", "Creating the playlist", "Created the playlist"},
	agent.Naming:        {"Change the name", "Changing the name", "Changed the name"},
	agent.Ordering:      {"Move the songs", "Moving the songs", "Moved the songs"},
	agent.Removing:      {"Remove it from the playlist", "Removing it from the playlist", "Removed from the playlist"},
}

// changes are the stages that change something over at Spotify.
var changes = []string{agent.Adding, agent.Removing, agent.Creating, agent.Naming, agent.Ordering}

// because lists the reasons of a decision and of its pick, each once.
func because(m music.Match, pick music.Choice) []string {
	var all []string
	for _, r := range slices.Concat(m.Reasons, pick.Reasons) {
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

// say returns a stage in words, in the tense of its state.
func say(s agent.Stage) string {
	w, ok := stageWords[s.Name]
	if !ok {
		return s.Name
	}
	switch s.State {
	case agent.Done:
		return w.done
	case agent.Failed:
		return "Could not " + lower(w.todo)
	case agent.Accepted, agent.Cancelled:
		return w.todo
	default:
		return w.now
	}
}

// retrying reports whether the stage waits for time and is then tried again;
// what waits for a person has no countdown.
func retrying(s agent.Stage) bool {
	return !s.State.Final() && s.State != agent.Waiting && !s.Again.IsZero()
}

// tries says which attempt comes next: "2 of 10".
func tries(s agent.Stage) string {
	switch {
	case s.Attempt < 2:
		return ""
	case s.Tries == 0:
		return fmt.Sprintf("try %d", s.Attempt)
	default:
		return fmt.Sprintf("%d of %d", s.Attempt, s.Tries)
	}
}

// sign returns the icon and the tone of a state.
func sign(s agent.State) (icon string, tone ui.Tone) {
	switch s {
	case agent.Done:
		return "ok", ui.Good
	case agent.Running:
		return "running", ui.Active
	case agent.Waiting:
		return "ask", ui.Warn
	case agent.Parked:
		return "clock", ui.Warn
	case agent.Failed:
		return "alert", ui.Bad
	case agent.Cancelled:
		return "minus", ui.Calm
	case agent.Accepted:
		return "todo", ui.Calm
	}
	return "todo", ui.Calm
}

// chosen says whose choice a recording was.
func (v RunView) chosen() string {
	if v.Public != "" {
		return "Chosen by hand"
	}
	return "Your choice"
}

// stopped is the word for a run that its person has ended.
const stopped = "Stopped"

// title is the card's one line; a run that has no title yet gets one by its state.
func (v RunView) title() string {
	if v.untouched() {
		return stopped + " before anything was changed"
	}
	if v.Progress.Title != "" {
		return v.Progress.Title
	}
	switch v.state() {
	case agent.Done:
		return "Done"
	case agent.Failed:
		return "This did not work"
	case agent.Cancelled:
		return stopped
	case agent.Accepted, agent.Running, agent.Waiting, agent.Parked:
	}
	if v.writing() {
		return "Writing an answer"
	}
	return "Reading your message"
}

// untouched reports whether a run was stopped before it had done anything to the songs it was about.
func (v RunView) untouched() bool {
	p := v.Progress
	return v.state() == agent.Cancelled && p.Title == stopped && len(p.Tasks) > 0 && !v.undone() && !v.changed() && !v.made() &&
		!slices.ContainsFunc(p.Tasks, func(t agent.Task) bool { return t.Reversed })
}

// writing reports whether a model is writing what is shown of its answer.
func (v RunView) writing() bool {
	return v.Progress.Strategy != "" && v.Progress.Say != "" && v.state() == agent.Running && len(v.questions()) == 0
}

// kept says what is safe while a run is on its way.
func (v RunView) kept() string {
	if v.stopping() {
		return "A change that is under way is finished first. You can close this page."
	}
	if len(v.questions()) > 0 {
		return "It waits for you, also when you close this page."
	}
	if v.trouble() != nil {
		return "You can close this page." // the trouble says what is kept
	}
	if v.Run.UndoOf != "" {
		return "Your request is saved. You can close this page."
	}
	if v.Progress.List != nil {
		return "Your list is saved. You can close this page."
	}
	switch len(v.Progress.Tasks) {
	case 0:
		return "Your message is saved. You can close this page."
	case 1:
		return "Your song is saved. You can close this page."
	default:
		return "Your songs are saved. You can close this page."
	}
}

// word is a confidence in words.
func word(confidence float64) (string, ui.Tone) {
	switch {
	case confidence >= 0.95:
		return "Sure", ui.Good
	case confidence >= 0.8:
		return "Likely", ui.Warn
	default:
		return "Possible", ui.Warn
	}
}

// percent is never rounded up to certainty.
func percent(confidence float64) int {
	return int(min(1, max(0, confidence))*100 + 1e-9)
}

// results are the outcomes of tasks in the order in which they are counted.
var results = []struct{ code, word string }{
	{agent.Added, "added"},
	{agent.Removed, "removed"},
	{agent.AlreadyThere, "already there"},
	{agent.NotFound, "not found"},
	{agent.NotThere, "not in the playlist"},
	{agent.LeftOut, "left out"},
}

// count is how many tasks ended in one way.
type count struct {
	N    int
	Word string
}

// counts adds up the tasks by outcome, leaving out what did not happen.
func counts(tasks []agent.Task) []count {
	byResult := map[string]int{}
	failed, ended, back := 0, 0, 0
	for _, t := range tasks {
		switch {
		case t.State == agent.Failed:
			failed++
		case t.State == agent.Cancelled:
			ended++
		case t.Reversed:
			back++
		case t.State.Final():
			byResult[t.Result]++
		}
	}
	var all []count
	for _, r := range results {
		if n := byResult[r.code]; n > 0 {
			all = append(all, count{n, r.word})
		}
	}
	if failed > 0 {
		all = append(all, count{failed, "did not work"})
	}
	if back > 0 {
		all = append(all, count{back, "taken back"})
	}
	if ended > 0 {
		all = append(all, count{ended, "stopped"})
	}
	return all
}

// announcement is what the status region speaks when it changes: one sentence
// at the borders of steps, nothing in between.
func (v RunView) announcement() string {
	if v.stopping() {
		return "Stopping."
	}
	if said := v.listAnnouncement(); said != "" {
		return said
	}
	switch v.state() {
	case agent.Waiting:
		if v.Public != "" {
			return "Waiting for an answer."
		}
		if open := v.questions(); len(open) > 0 {
			return "Needs your choice: " + open[0].Text
		}
		return "Log in to Spotify again."
	case agent.Parked:
		return "On hold. It goes on by itself."
	case agent.Done:
		if said := counts(v.Progress.Tasks); len(said) > 0 {
			return "Done: " + sentence(said) + "."
		}
		return v.title() + "."
	case agent.Cancelled:
		return v.title() + "."
	case agent.Failed:
		return "" // the error card is an alert and speaks for itself
	default:
		return v.stepAnnouncement()
	}
}

func (v RunView) stepAnnouncement() string {
	if tasks := v.Progress.Tasks; len(tasks) > 1 {
		ended := 0
		for _, t := range tasks {
			if t.State.Final() {
				ended++
			}
		}
		return fmt.Sprintf("%d of %d songs settled", ended, len(tasks))
	}
	steps := v.steps()
	for i, s := range steps {
		if s.State == agent.Done || s.State == agent.Accepted {
			continue
		}
		return fmt.Sprintf("Step %d of %d: %s", i+1, len(steps), lower(say(s)))
	}
	return v.title()
}

// Summary is how the run stands in one line: "31 added, 4 not found."
func (v RunView) Summary() string {
	all := counts(v.Progress.Tasks)
	if l := v.Progress.List; l != nil {
		all = rowCounts(l.Counts)
	}
	if len(all) == 0 {
		return v.title() + "."
	}
	return sentence(all) + "."
}

func sentence(all []count) string {
	said := make([]string, len(all))
	for i, c := range all {
		said[i] = fmt.Sprintf("%d %s", c.N, c.Word)
	}
	return strings.Join(said, ", ")
}

// about is the line under a track's title: artists · album · length · year.
func about(t music.Track) string {
	parts := []string{t.ArtistNames(), t.Album.Name, ui.Watch(t.Duration)}
	if y := t.Album.Year(); y > 0 {
		parts = append(parts, fmt.Sprint(y))
	}
	return join(parts)
}

// size is the line under a playlist's name.
func size(p music.Playlist) string {
	songs := fmt.Sprintf("%d songs", p.Total)
	if p.Total == 1 {
		songs = "1 song"
	}
	parts := []string{songs}
	if p.Owner != "" {
		parts = append(parts, "by "+p.Owner)
	}
	return join(parts)
}

func join(parts []string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " · ")
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
