package page_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/web/templates/layout"
	"segue/web/templates/page"
	"segue/web/templates/partial"
)

// The storybook: every page in every state a person can meet it in.

var (
	now = time.Now().UTC().Truncate(time.Second)
	day = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) // the history's today
	ada = layout.Person{Name: "Ada"}

	road  = music.Playlist{ID: "p1", Name: "Road Trip", Owner: "Ada", Editable: true, Total: 42, Image: "/image/1", URL: "https://open.spotify.com/playlist/p1"}
	gym   = music.Playlist{ID: "p2", Name: "Gym", Owner: "Ada", Editable: true, Total: 31, Image: "/image/2", URL: "https://open.spotify.com/playlist/p2"}
	gym2  = music.Playlist{ID: "p3", Name: "Gym", Owner: "Ada", Editable: true, Total: 1, URL: "https://open.spotify.com/playlist/p3"}
	queen = song("t1", "Bohemian Rhapsody - Remastered 2011", "Queen", "A Night at the Opera", "1975-11-21", 354, 3)
	fade  = song("t2", "Fade Into You", "Mazzy Star", "So Tonight That I Might See", "1993-09-27", 295, 4)
	buck  = song("t3", "Hallelujah", "Jeff Buckley", "Grace", "1994-08-23", 413, 5)
	cohen = song("t4", "Hallelujah", "Leonard Cohen", "Various Positions", "1984-12-11", 279, 6)
	humbl = explicit(song("t5", "HUMBLE.", "Kendrick Lamar", "DAMN.", "2017-04-14", 177, 7))
)

func song(id, title, artist, album, release string, seconds, image int) music.Track {
	return music.Track{
		ID: id, URI: "spotify:track:" + id, Title: title, Artists: []music.Artist{{Name: artist}},
		Album:    music.Album{Name: album, Release: release, Image: fmt.Sprintf("/image/%d", image)},
		Duration: time.Duration(seconds) * time.Second, URL: "https://open.spotify.com/track/" + id,
	}
}

func explicit(t music.Track) music.Track {
	t.Explicit = true
	return t
}

func ago(d time.Duration) time.Time { return now.Add(-d) }

func sure(t music.Track, confidence float64, others ...music.Choice) *music.Match {
	choices := append([]music.Choice{{Track: t, Confidence: confidence, Reasons: []string{"The album version, not a compilation."}}}, others...)
	return &music.Match{
		Verdict: music.Auto, Method: "text", Choices: choices,
		Reasons: []string{"Same title and artist; “Remastered” is the same recording.", "Live at Wembley and three karaoke versions were ruled out."},
	}
}

// stages are the way of one song, the first n of them done.
func stages(n int, rest ...agent.Stage) []agent.Stage {
	all := []agent.Stage{
		{Name: agent.Understanding, Note: "1 song"},
		{Name: agent.Finding, Note: "Road Trip"},
		{Name: agent.Searching, Note: "10 found"},
		{Name: agent.Matching, Note: "1 recording"},
		{Name: agent.Adding},
		{Name: agent.Verifying},
	}
	for i := range all {
		all[i].State = agent.Accepted
		if i < n {
			all[i].State, all[i].Since = agent.Done, ago(time.Duration(6-i)*time.Second)
		} else {
			all[i].Note = ""
		}
	}
	for i, s := range rest {
		all[n+i] = s
	}
	return all
}

func single(p agent.Progress, t agent.Task) agent.Progress {
	p.Playlist, p.Tasks = &road, []agent.Task{t}
	if p.StartedAt.IsZero() {
		p.StartedAt = ago(3 * time.Second)
	}
	return p
}

func view(p agent.Progress) partial.RunView {
	p.RunID, p.Version = "r1", 7
	run := agent.Run{ID: "r1", ConversationID: "c1", State: p.State, AcceptedAt: ago(4 * time.Second)}
	return partial.RunView{Run: run, Progress: p, Now: now}
}

var bohemian = music.Song{Title: "Bohemian Rhapsody", Artists: []string{"Queen"}}

// added is the newcomer's run at its end.
func added() agent.Progress {
	return single(agent.Progress{
		State: agent.Done, Title: "Added to Road Trip", Undoable: true,
		StartedAt: ago(4 * time.Second), EndedAt: ago(1900 * time.Millisecond),
	}, agent.Task{
		Key: "1", Song: bohemian, State: agent.Done, Result: agent.Added, Position: 43, Steps: stages(6),
		Match: sure(queen, 0.99, music.Choice{Track: fade, Confidence: 0.22, Reasons: []string{"Live recording."}}),
	})
}

func running(steps []agent.Stage) agent.Progress {
	return single(agent.Progress{State: agent.Running, Title: "Adding 1 song to Road Trip"},
		agent.Task{Key: "1", Song: bohemian, State: agent.Running, Steps: steps})
}

func asking() agent.Progress {
	p := single(agent.Progress{State: agent.Waiting, Title: "Adding 1 song to Road Trip", StartedAt: ago(90 * time.Second)}, agent.Task{
		Key: "1", Song: music.Song{Title: "Hallelujah"}, State: agent.Waiting,
		Steps: stages(3, agent.Stage{Name: agent.Asking, State: agent.Waiting}),
		Question: &agent.Question{ID: "q1", Task: "1", Text: "Two recordings fit about equally well. Which one did you mean?", Options: []agent.Option{
			{ID: "t3", Track: &buck, Confidence: 0.81, Reasons: []string{"The version most people mean."}},
			{ID: "t4", Track: &cohen, Confidence: 0.63, Reasons: []string{"The original."}},
		}, Memorable: true},
	})
	return p
}

// refused is the question after a link that leads to no song.
func refused() partial.RunView {
	v := view(asking())
	v.Refused = &partial.Refusal{
		Question: "q1", Link: "https://open.spotify.com/album/2ODvWsOgouMbaA5xf0RkJe",
		Why: "This link leads to an album. Open the song in it and copy its own link.",
	}
	return v
}

// amending is the page of a run whose match is being corrected, with the reason why that was refused.
func amending() page.RunPageView {
	v := view(added())
	v.Refused = &partial.Refusal{Question: "correct-1", Why: "Choose one of these or paste a link first."}
	return page.RunPageView{Person: ada, Asked: "add Bohemian Rhapsody by Queen to Road Trip", Run: v}
}

// withdrawn asks because the track of a rule is gone.
func withdrawn() agent.Progress {
	p := asking()
	p.Tasks[0].Question.Text = "The version you chose earlier is no longer on Spotify. Which one do you want instead?"
	return p
}

// ruled was settled by the person's own rule.
func ruled() agent.Progress {
	p := added()
	p.Tasks[0].Match = &music.Match{Verdict: music.Auto, Method: "rule", Choices: []music.Choice{{Track: queen, Confidence: 1}}, Reasons: []string{"You chose this one on 3 May."}}
	return p
}

// ruledOut was left out by the person's own rule.
func ruledOut() agent.Progress {
	return single(agent.Progress{State: agent.Done, Title: "Left out", StartedAt: ago(time.Second), EndedAt: now}, agent.Task{
		Key: "1", Song: music.Song{Title: "A song of our own"}, State: agent.Done, Result: agent.LeftOut,
		Match: &music.Match{Verdict: music.None, Method: "rule", Reasons: []string{"You said on 3 May that it is not on Spotify."}},
	})
}

// rules are choices in each of the ways they can look.
func rules() []music.Rule {
	return []music.Rule{
		{ID: "r1", Song: music.Song{Title: "Hallelujah"}, Track: &cohen, MadeAt: ago(400 * time.Hour), Uses: 4, UsedAt: ago(30 * time.Hour)},
		{ID: "r2", Song: music.Song{Title: "Humble", Artists: []string{"Kendrick Lamar"}, Version: "explicit"}, Track: &humbl, MadeAt: ago(800 * time.Hour)},
		{ID: "r3", Song: music.Song{Title: "A song of our own", Artists: []string{"The Neighbours"}}, MadeAt: ago(2000 * time.Hour), Uses: 1, UsedAt: ago(1000 * time.Hour)},
		{ID: "r4", Song: music.Song{Title: "Fade Into You"}, Track: &fade, Gone: true, MadeAt: ago(9000 * time.Hour), Uses: 12, UsedAt: ago(5 * time.Hour)},
		{ID: "r5", Song: music.Song{Title: strings.Repeat("Donaudampfschifffahrt", 12), Artists: []string{"<b>nobody</b>"}}, MadeAt: ago(9100 * time.Hour)},
	}
}

func rulesPages() map[string]page.RulesView {
	plain := page.RulesView{Person: ada, Rules: rules(), Page: 1, PerPage: 50, Total: 5}
	dropped, many, found, none, empty, after := plain, plain, plain, plain, plain, plain
	after.After = "c1"
	dropped.Rules, dropped.Total, dropped.Dropped = rules()[1:], 4, &rules()[0]
	many.Page, many.Total = 2, 10_000
	many.Rules = slices.Repeat(rules()[:1], 50)
	found.Text, found.Rules, found.Total = "cohen", rules()[:1], 1
	none.Text, none.Rules, none.Total = "zzxy", nil, 0
	empty.Rules, empty.Total = nil, 0
	return map[string]page.RulesView{"rules": plain, "rules-dropped": dropped, "rules-many": many, "rules-found": found, "rules-none": none, "rules-empty": empty, "rules-after": after}
}

func askingPlaylist() agent.Progress {
	return agent.Progress{
		State: agent.Waiting, Title: "Adding 2 songs to Gym", StartedAt: ago(2 * time.Second),
		Steps: []agent.Stage{{Name: agent.Understanding, State: agent.Done, Note: "2 songs"}, {Name: agent.Finding, State: agent.Waiting, Note: "2 with this name"}},
		Question: &agent.Question{ID: "q1", Text: "You have two playlists named Gym. Which one?", Options: []agent.Option{
			{ID: "p2", Playlist: &gym}, {ID: "p3", Playlist: &gym2},
		}},
	}
}

func askingApproval() agent.Progress {
	return agent.Progress{
		State: agent.Waiting, StartedAt: ago(2 * time.Second), Say: "I will take these out.", Strategy: agent.Single,
		Steps: []agent.Stage{{Name: agent.Understanding, State: agent.Done, Note: "single: segue, 1 step"}, {Name: agent.Asking, State: agent.Waiting}},
		Question: &agent.Question{
			ID: "approve-1-00ff", Text: "Remove 2 songs from Gym?", Options: []agent.Option{{ID: agent.Approve}},
			Plan: []string{"Bohemian Rhapsody by Queen", "Fade Into You by Mazzy Star"},
		},
	}
}

func mixedTasks() []agent.Task {
	return []agent.Task{
		{Key: "1", Song: bohemian, State: agent.Done, Result: agent.Added, Match: sure(queen, 0.99)},
		{Key: "2", Song: music.Song{Title: "Humble"}, State: agent.Done, Result: agent.Added, Match: sure(humbl, 0.86)},
		{Key: "3", Song: music.Song{Title: "Fade Into You"}, State: agent.Done, Result: agent.AlreadyThere, Match: sure(fade, 0.97), Position: 12},
		{
			Key: "4", Song: music.Song{Title: "Halleluja", Artists: []string{"Nobody Known"}}, State: agent.Done, Result: agent.NotFound,
			Match: &music.Match{Verdict: music.None, Choices: []music.Choice{{Track: buck, Confidence: 0.41, Reasons: []string{"Another artist."}}}, Reasons: []string{"No recording by Nobody Known."}},
		},
		{Key: "5", Song: music.Song{Title: "Zzxy"}, State: agent.Done, Result: agent.NotFound},
		{Key: "6", Song: music.Song{Title: "Hallelujah"}, State: agent.Done, Result: agent.LeftOut},
		{
			Key: "7", Song: music.Song{Title: "Creep", Artists: []string{"Radiohead"}}, State: agent.Failed,
			Trouble: &agent.Trouble{Kind: "unavailable", What: "Spotify did not answer ten times in a row.", Kept: "The other songs are in.", Do: "Ask for this one again later."},
		},
	}
}

func mixed() agent.Progress {
	return agent.Progress{State: agent.Done, Title: "Added 2 of 7 songs to Road Trip", Say: "Two songs are in. Four need a look.", Playlist: &road, Tasks: mixedTasks(), Undoable: true, StartedAt: ago(14 * time.Second), EndedAt: now}
}

func several() agent.Progress {
	tasks := []agent.Task{
		{Key: "1", Song: bohemian, State: agent.Done, Result: agent.Added},
		{Key: "2", Song: music.Song{Title: "Fade Into You", Artists: []string{"Mazzy Star"}}, State: agent.Done, Result: agent.AlreadyThere},
		{Key: "3", Song: music.Song{Title: "Humble", Artists: []string{"Kendrick Lamar"}}, State: agent.Running, Steps: []agent.Stage{{Name: agent.Searching, State: agent.Running}}},
		{Key: "4", Song: music.Song{Title: "Creep", Artists: []string{"Radiohead"}}, State: agent.Running, Steps: []agent.Stage{{Name: agent.Adding, State: agent.Running, Again: now.Add(12 * time.Second), Attempt: 2, Tries: 10}}},
		{Key: "5", Song: music.Song{Title: "A song with a very long name that goes on and on (live at the Royal Albert Hall)"}, State: agent.Accepted},
	}
	return agent.Progress{
		State: agent.Running, Title: "Adding 5 songs to Road Trip", Playlist: &road, Tasks: tasks, StartedAt: ago(8 * time.Second),
		Steps: []agent.Stage{{Name: agent.Understanding, State: agent.Done, Note: "5 songs"}, {Name: agent.Finding, State: agent.Done, Note: "Road Trip"}},
	}
}

func many() agent.Progress {
	p := agent.Progress{State: agent.Done, Title: "Added 12 of 13 songs to Road Trip", Playlist: &road, Undoable: true, StartedAt: ago(40 * time.Second), EndedAt: now}
	for i := range 12 {
		p.Tasks = append(p.Tasks, agent.Task{Key: fmt.Sprint(i), Song: bohemian, State: agent.Done, Result: agent.Added, Match: sure(queen, 0.99)})
	}
	p.Tasks = append(p.Tasks, agent.Task{Key: "13", Song: music.Song{Title: "Zzxy"}, State: agent.Done, Result: agent.NotFound})
	return p
}

func trackList() []music.Track {
	var all []music.Track
	for i := range 40 {
		all = append(all, []music.Track{queen, fade, buck, humbl}[i%4])
	}
	return all
}

// runStates are the run card in each of its states.
func runStates() map[string]partial.RunView {
	live := func(p agent.Progress) partial.RunView { v := view(p); v.Live = true; return v }
	undone := view(added())
	undone.Run.UndoneBy = "r2"
	removed := single(agent.Progress{State: agent.Done, Title: "Removed from Road Trip", Undoable: true, EndedAt: now},
		agent.Task{Key: "1", Song: bohemian, State: agent.Done, Result: agent.Removed, Match: sure(queen, 0.99)})
	stopped := running(stages(3))
	stopped.State, stopped.Title, stopped.Tasks[0].State = agent.Cancelled, "Stopped", agent.Cancelled
	stopping := several()
	stopping.Title, stopping.Stopping = "Taking it back", true
	takenBack := several()
	takenBack.State, takenBack.Title, takenBack.Tasks, takenBack.EndedAt = agent.Cancelled, "Stopped", []agent.Task{
		{Key: "1", Song: bohemian, State: agent.Done, Result: agent.Removed, Reversed: true, Match: sure(queen, 0.99)},
		{Key: "2", Song: bohemian, State: agent.Cancelled},
	}, now
	late := running(stages(4, agent.Stage{Name: agent.Adding, State: agent.Running, Since: ago(20 * time.Second)}))
	failed := running(stages(2))
	failed.State, failed.Title, failed.Tasks = agent.Failed, "Could not add to Road Trip", nil
	failed.Trouble = &agent.Trouble{Kind: "forbidden", What: "Road Trip belongs to somebody else.", Kept: "Nothing was changed.", Do: "Name one of your own playlists."}
	parked := running(stages(4, agent.Stage{Name: agent.Adding, State: agent.Parked, Again: now.Add(12 * time.Minute)}))
	parked.State = agent.Parked
	parked.Tasks[0].State = agent.Parked
	parked.Tasks[0].Trouble = &agent.Trouble{Kind: "rate_limited", What: "Spotify asks for a pause.", Kept: "Your song is saved.", Do: "Nothing to do.", Until: now.Add(12 * time.Minute)}
	reconnect := running(stages(2, agent.Stage{Name: agent.Searching, State: agent.Waiting, Again: now.Add(time.Minute)}))
	reconnect.State = agent.Waiting
	reconnect.Tasks[0].State = agent.Waiting
	reconnect.Tasks[0].Trouble = &agent.Trouble{Kind: "unauthorised", What: "Spotify no longer lets Segue in.", Kept: "Your song is saved and will be added.", Do: "Log in to Spotify again.", Reconnect: true}
	partly := running(stages(4, agent.Stage{Name: agent.Adding, State: agent.Running}))
	partly.Undoable = true

	return map[string]partial.RunView{
		"accepted":  live(agent.Progress{State: agent.Accepted}),
		"running":   live(running(stages(2, agent.Stage{Name: agent.Searching, State: agent.Running}))),
		"retrying":  live(running(stages(4, agent.Stage{Name: agent.Adding, State: agent.Running, Note: "Spotify is busy", Again: now.Add(12 * time.Second), Attempt: 2, Tries: 10}))),
		"partly":    live(partly),
		"parked":    live(parked),
		"reconnect": live(reconnect),
		"asking":    live(asking()),
		"badlink":   refused(),
		"withdrawn": live(withdrawn()),
		"ruled":     view(ruled()),
		"ruledout":  view(ruledOut()),
		"playlist":  live(askingPlaylist()),
		"approval":  live(askingApproval()),
		"several":   live(several()),
		"done":      view(added()),
		"undone":    undone,
		"removed":   view(removed),
		"mixed":     view(mixed()),
		"many":      view(many()),
		"stopped":   view(stopped),
		"stopping":  live(stopping),
		"takenback": view(takenBack),
		"late":      live(late),
		"failed":    view(failed),
		"created":   view(agent.Progress{State: agent.Done, Title: "Created Focus", Playlist: &music.Playlist{Name: "Focus", URL: "https://open.spotify.com/playlist/p9"}, StartedAt: ago(time.Second), EndedAt: now}),
		"playlists": view(agent.Progress{State: agent.Done, Title: "Your playlists", Say: "You have 3 playlists.", Playlists: []music.Playlist{road, gym, gym2}, StartedAt: ago(time.Second), EndedAt: now}),
		"tracks":    view(agent.Progress{State: agent.Done, Title: "In Road Trip", Playlist: &road, Tracks: trackList(), StartedAt: ago(time.Second), EndedAt: now}),
		"said": view(agent.Progress{
			State: agent.Done, Say: "I did not understand that. I can do one of these:",
			Suggestions: []string{"add Bohemian Rhapsody by Queen to Road Trip", "what is in Focus", "my playlists"},
		}),
	}
}

func chat(v partial.RunView) page.ChatView {
	talk := agent.Conversation{ID: "c1", Title: "Road Trip additions", UpdatedAt: day}
	return page.ChatView{
		Person: ada, Now: day, Key: "k1", Conversation: talk,
		Conversations: []agent.Conversation{
			talk,
			{ID: "c2", Title: "A conversation about a great many songs at once", UpdatedAt: day.Add(-time.Hour)},
			{ID: "c3", Title: "French house classics", UpdatedAt: day.Add(-26 * time.Hour)},
			{ID: "c4", Title: "Clean versions for the office", UpdatedAt: day.Add(-400 * time.Hour)},
		},
		Entries: page.Entries([]agent.Message{{ID: "m1", Role: agent.Person, Text: "add Bohemian Rhapsody by Queen to Road Trip", RunID: v.Run.ID, At: now}}, []partial.RunView{v}),
	}
}

// pages are all pages in all states by name.
func pages() map[string]templ.Component {
	all := map[string]templ.Component{}
	for name, v := range runStates() {
		all["chat-"+name] = page.Chat(chat(v))
	}
	all["run-amend"] = page.Run(amending())
	for name, v := range rulesPages() {
		all[name] = page.Rules(v)
	}
	for name, v := range historyPages() {
		all[name] = page.History(v)
	}
	for name, v := range reviewPages() {
		all[name] = page.Review(v)
	}
	for name, v := range tokensPages() {
		all[name] = page.Tokens(v)
	}
	maps.Copy(all, sharesPages())
	maps.Copy(all, schedulesPages())
	for name, v := range shortcutsPages() {
		all[name] = page.Shortcuts(v)
	}
	for name, v := range listPages() {
		all[name] = page.Run(v)
	}
	for name, v := range previews() {
		all[name] = page.Preview(v)
	}
	all["import"] = page.Import(page.ImportView{Person: ada})
	all["import-refused"] = page.Import(page.ImportView{Person: ada, Text: "?", Trouble: &agent.Trouble{What: "There are no songs in the list. Nothing was imported. Paste songs, one a line, or choose another file."}})
	all["docs"] = page.Docs(docs())
	for name, v := range lettersPages() {
		all[name] = page.Letters(v)
	}
	for name, v := range letterPages() {
		all[name] = page.Letter(v)
	}
	for name, v := range bulkForms() {
		all[name] = page.BulkForm(v)
	}
	for name, v := range bulkPages() {
		all[name] = page.Bulk(v)
	}
	for name, v := range editPages() {
		all[name] = page.Edit(v)
	}
	for name, v := range auditPages() {
		all[name] = page.Audit(v)
	}
	for _, name := range []string{"retrying", "done", "mixed", "failed", "asking", "badlink"} {
		all["run-"+name] = page.Run(page.RunPageView{Person: ada, Asked: "add Bohemian Rhapsody by Queen to Road Trip", Run: runStates()[name]})
	}
	maps.Copy(all, talkPages())
	fresh := chat(view(added()))
	fresh.Conversation, fresh.Entries = agent.Conversation{}, nil
	fresh.Suggestions = []string{"add Bohemian Rhapsody by Queen to Road Trip", "what is in Focus", "create a playlist Sunday morning"}
	all["chat-empty"] = page.Chat(fresh)
	refused := fresh
	refused.Draft = "   "
	refused.Trouble = &agent.Trouble{Kind: "invalid", What: "The message is empty.", Kept: "Nothing was sent.", Do: "Write a song and a playlist."}
	all["chat-refused"] = page.Chat(refused)
	all["home"] = page.Home(page.HomeView{})
	all["home-trouble"] = page.Home(page.HomeView{Demo: true, ReturnTo: "/c/c1", Trouble: &agent.Trouble{What: "Spotify was not allowed to let you in.", Kept: "Nothing was stored.", Do: "Log in again when you like."}})
	all["account"] = page.Account(page.AccountView{Person: ada, Since: ago(900 * time.Hour)})
	all["account-staff"] = page.Account(page.AccountView{Person: ada, Since: ago(900 * time.Hour), Staff: true})
	all["account-confirm"] = page.Account(page.AccountView{Person: ada, Since: ago(900 * time.Hour), Confirm: true, Reconnect: true})
	all["problem"] = page.Problem(page.ProblemView{Person: ada, Status: 404, Trouble: agent.Trouble{What: "There is no such page.", Kept: "Nothing was changed.", Do: "Check the address."}, Reference: "7f3a-22c1"})
	return all
}
