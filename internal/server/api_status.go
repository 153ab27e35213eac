package server

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"segue/internal/agent"
	"segue/internal/music"
)

// status is how a sync stands: every key is always there, null where it does not apply.
type status struct {
	WorkflowID  string       `json:"workflow_id"`
	Status      string       `json:"status"` // running, completed, failed, cancelled
	StartedAt   *time.Time   `json:"started_at"`
	CompletedAt *time.Time   `json:"completed_at"`
	Progress    syncProgress `json:"progress"`
	Result      *syncResult  `json:"result"`
	Error       *string      `json:"error"`
	ShareURL    *string      `json:"share_url"`
	WebURL      string       `json:"web_url"`
	Text        string       `json:"text"` // one sentence for a notification
}

type syncProgress struct {
	CurrentStep     string  `json:"current_step"`
	StepsCompleted  int     `json:"steps_completed"`
	StepsTotal      int     `json:"steps_total"`
	CandidatesFound int     `json:"candidates_found"`
	ElapsedSeconds  float64 `json:"elapsed_seconds"`
}

type syncResult struct {
	Success       bool     `json:"success"`
	Message       string   `json:"message"`
	TrackID       *string  `json:"spotify_track_id"`
	TrackURI      *string  `json:"spotify_track_uri"`
	Confidence    *float64 `json:"confidence_score"`
	ExecutionTime float64  `json:"execution_time_seconds"`
	RetryCount    int      `json:"retry_count"` // always 0, as it has always been
	MatchMethod   *string  `json:"match_method"`
}

// stepsTotal are searching, matching, adding and the end.
const stepsTotal = 4

// syncStep is a step of the status, and how many are behind it.
type syncStep struct {
	name string
	done int
}

var (
	stepStart    = syncStep{"initializing", 0}
	stepEnd      = syncStep{"completed", stepsTotal}
	stepQuestion = syncStep{"waiting_for_answer", 2}
	stepPlaylist = syncStep{"waiting_for_playlist", 0}
	stepOfStage  = map[string]syncStep{
		agent.Searching: {"searching", 1},
		agent.Matching:  {"matching", 2},
		agent.Asking:    {"matching", 2},
		agent.Adding:    {"adding", 3},
		agent.Verifying: {"verifying", 3},
	}
)

const wasCancelled = "Workflow was cancelled"

// statusWords are the statuses of runs that have ended.
var statusWords = map[agent.State]string{agent.Done: "completed", agent.Failed: "failed", agent.Cancelled: "cancelled"}

// statusWord is the status of a run; whatever has not ended is running.
func statusWord(s agent.State) string { return cmp.Or(statusWords[s], "running") }

// statusOf puts the state of a run into the words of the API.
func (s *Server) statusOf(run agent.Run, p agent.Progress) status {
	task := syncTask(p)
	step := stepOf(p, task)
	st := status{
		WorkflowID: run.ID, Status: statusWord(p.State), StartedAt: moment(run.AcceptedAt), CompletedAt: moment(run.EndedAt),
		WebURL: s.webURL(run), Text: tell(run, p),
	}
	end := run.EndedAt
	switch p.State {
	case agent.Done:
		st.Result = resultOf(run, task)
	case agent.Failed:
		st.Error = new(st.Text)
	case agent.Cancelled:
		st.Error = new(wasCancelled)
	case agent.Accepted, agent.Running, agent.Waiting, agent.Parked:
		end = time.Now()
	}
	st.Progress = syncProgress{
		CurrentStep: step.name, StepsCompleted: step.done, StepsTotal: stepsTotal,
		CandidatesFound: len(choices(task)), ElapsedSeconds: seconds(end.Sub(run.AcceptedAt)),
	}
	return st
}

// syncTask is the only song of a sync; a run that has not come to it has none yet.
func syncTask(p agent.Progress) agent.Task {
	if len(p.Tasks) == 0 {
		return agent.Task{}
	}
	return p.Tasks[0]
}

func choices(t agent.Task) []music.Choice {
	if t.Match == nil {
		return nil
	}
	return t.Match.Choices
}

// stepOf is the last stage that has begun, unless a person is asked or all is over.
func stepOf(p agent.Progress, t agent.Task) syncStep {
	switch {
	case p.State == agent.Done:
		return stepEnd
	case t.Question != nil:
		return stepQuestion
	case p.Question != nil:
		return stepPlaylist
	}
	last := stepStart
	for _, stage := range t.Steps {
		if step, known := stepOfStage[stage.Name]; known && stage.State != agent.Accepted {
			last = step
		}
	}
	return last
}

// methods translates what settled a match to the names that clients know.
var methods = map[string]string{"text": "fuzzy"}

func methodWord(method string) string { return cmp.Or(methods[method], method) }

func resultOf(run agent.Run, t agent.Task) *syncResult {
	r := &syncResult{
		Success: t.Result == agent.Added || t.Result == agent.AlreadyThere,
		Message: resultMessage(run.Wish.Songs[0], t), ExecutionTime: seconds(run.EndedAt.Sub(run.AcceptedAt)),
	}
	if t.Match == nil {
		return r
	}
	if found := choices(t); len(found) > 0 {
		r.Confidence = new(found[0].Confidence)
		r.MatchMethod = new(methodWord(t.Match.Method))
	}
	if pick, ok := t.Match.Pick(); ok && r.Success {
		r.TrackID, r.TrackURI = &pick.Track.ID, &pick.Track.URI
	}
	return r
}

// resultMessage says how it ended in the sentences that clients know.
func resultMessage(song music.Song, t agent.Task) string {
	name := quoted(song) + byArtist(song)
	found := choices(t)
	switch {
	case t.Result == agent.Added:
		return "Successfully added " + name + " to playlist"
	case t.Result == agent.AlreadyThere:
		return name + " was in the playlist already"
	case t.Result == agent.LeftOut:
		return name + " was left out: none of what was found was wanted"
	case len(found) > 0:
		return fmt.Sprintf("No match is sure enough for %s (best match: %.2f)", name, found[0].Confidence)
	default:
		return "No tracks found on Spotify for " + quoted(song)
	}
}

// quoted names a song by its title, if it has one besides its link.
func quoted(song music.Song) string {
	if song.Title == "" {
		return song.String()
	}
	return "'" + song.Title + "'"
}

func byArtist(song music.Song) string {
	if len(song.Artists) == 0 {
		return ""
	}
	return " by " + strings.Join(song.Artists, ", ")
}

// tell says in a sentence or two how a sync stands.
func tell(run agent.Run, p agent.Progress) string {
	song, t := run.Wish.Songs[0].String(), syncTask(p)
	place := placeWords(run.Wish.Playlist)
	if p.Playlist != nil {
		place = p.Playlist.Name
	}
	trouble := t.Trouble
	if trouble == nil {
		trouble = p.Trouble
	}
	switch {
	case p.State == agent.Cancelled:
		return "Stopped: " + song + " was not added."
	case trouble != nil:
		return strings.Join([]string{trouble.What, trouble.Kept, trouble.Do}, " ")
	case t.Question != nil:
		return "Several recordings of " + song + " fit. Open Segue and choose one."
	case p.Question != nil:
		return "Several playlists fit. Open Segue and choose one for " + song + "."
	case p.State != agent.Done:
		return "Segue is looking for " + song + ". It goes into " + place + "."
	}
	switch t.Result {
	case agent.Added:
		return "Added " + heard(t, song) + " to " + place + "."
	case agent.AlreadyThere:
		return heard(t, song) + " is in " + place + " already."
	case agent.LeftOut:
		return song + " was left out."
	default:
		return song + " was not found on Spotify."
	}
}

// heard names the track that was chosen, so that a wrong one is noticed.
func heard(t agent.Task, song string) string {
	if t.Match == nil {
		return song
	}
	pick, ok := t.Match.Pick()
	if !ok {
		return song
	}
	return pick.Track.Title + " by " + pick.Track.ArtistNames()
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}

// seconds rounds to the millisecond; a clock that was set back shows 0.
func seconds(d time.Duration) float64 { return max(0, d.Round(time.Millisecond).Seconds()) }
