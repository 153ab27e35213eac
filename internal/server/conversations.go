package server

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/web/templates/page"
	"segue/web/templates/partial"
)

const (
	historyLength = 200                    // conversations in the list beside the chat
	snapshotTime  = 2 * time.Second        // a page waits no longer for the state of its runs
	suggestTime   = 500 * time.Millisecond // nor longer than this for suggestions
)

// showConversation shows a branch of the conversation of the path, the newest unless
// the query names a message of another, or an empty one to start, with the draft of the query in its composer.
func (s *Server) showConversation(c echo.Context) error {
	v, err := s.chatView(c, c.Param("id"))
	if err != nil {
		return err
	}
	v.Draft = sendable(c.QueryParam("draft")) // a suggestion, or what a login came between
	return render(c, http.StatusOK, page.Chat(v))
}

// showRefused shows the conversation again with why a form was not accepted, and
// with the message that was typed, if it was one.
func (s *Server) showRefused(c echo.Context, id, draft string, why error) error {
	v, err := s.chatView(c, id)
	if err != nil {
		return err
	}
	status, t := formStatus(why), troubleOf(why)
	if strings.ContainsFunc(draft, visible) {
		t.Kept, t.Do = "Your message is still in the box below.", "Look it over and send it again."
	}
	if status == http.StatusInternalServerError {
		t.Do += " The reference is " + reference(c) + "."
	}
	v.Draft, v.Trouble = draft, &t
	return refuse(c, status, why, page.Chat(v))
}

// renameConversation gives a conversation another title.
func (s *Server) renameConversation(c echo.Context) error {
	id := c.Param("id")
	err := s.Ledger.Rename(c.Request().Context(), person(c).ID, id, sendable(field(c, "title")))
	if fault.KindOf(err) == fault.Invalid {
		return s.showRefused(c, id, "", err)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/c/"+id)
}

// deleteConversation deletes a conversation in which nothing is running.
func (s *Server) deleteConversation(c echo.Context) error {
	id := c.Param("id")
	err := s.Ledger.DeleteConversation(c.Request().Context(), person(c).ID, id)
	if fault.KindOf(err) == fault.Conflict {
		return s.showRefused(c, id, "", err)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/c")
}

// chatView reads all that the chat shows; id "" is a new conversation.
func (s *Server) chatView(c echo.Context, id string) (page.ChatView, error) {
	ctx, who := c.Request().Context(), person(c)
	v, err := s.emptyView(c)
	if err != nil {
		return v, err
	}
	if id == "" {
		v.Suggestions = s.suggestions(ctx, who.ID)
		return v, nil
	}
	if v.Conversation, err = s.Ledger.Conversation(ctx, who.ID, id); err != nil {
		return v, err
	}
	v.Instead = field(c, "instead")
	branch := cmp.Or(v.Instead, field(c, "branch"), c.QueryParam("branch"))
	messages, err := s.Ledger.Messages(ctx, who.ID, id, branch)
	if err != nil {
		return v, err
	}
	runs, err := s.Ledger.Runs(ctx, who.ID, id, branch)
	if err != nil {
		return v, err
	}
	v.Entries = page.Entries(uncarded(messages, runs), s.runViews(ctx, runs))
	return v, nil
}

// emptyView is what every page with the history beside it shows.
func (s *Server) emptyView(c echo.Context) (v page.ChatView, err error) {
	v = page.ChatView{Person: s.you(c), Key: newKey(), Now: time.Now()}
	v.Conversations, err = s.Ledger.Conversations(c.Request().Context(), person(c).ID, historyLength)
	return v, err
}

// uncarded leaves out what the agent said at the end of a run whose card is
// shown: the store keeps these words in both places, and the card has them.
func uncarded(messages []agent.Message, runs []agent.Run) []agent.Message {
	cards := make(map[string]bool)
	for _, m := range messages {
		cards[m.RunID] = true
	}
	said := make(map[string]int)
	for _, r := range runs {
		if cards[r.ID] && r.Outcome != nil {
			said[r.Outcome.Say]++
		}
	}
	return slices.DeleteFunc(messages, func(m agent.Message) bool {
		if m.Role != agent.Assistant || said[m.Text] == 0 {
			return false
		}
		said[m.Text]--
		return true
	})
}

// runViews puts each run with its state. An engine that does not answer in time
// must not keep the page away: such a run is shown as accepted, and the stream tells the rest.
func (s *Server) runViews(ctx context.Context, runs []agent.Run) []partial.RunView {
	ctx, cancel := context.WithTimeout(ctx, snapshotTime)
	defer cancel()
	views := make([]partial.RunView, len(runs))
	for i, run := range runs {
		views[i] = s.snapshotOf(ctx, run).seen(look{})
	}
	return views
}

// snapshotOf is the state of a run for a page, which comes with or without it.
func (s *Server) snapshotOf(ctx context.Context, run agent.Run) *Snapshot {
	snap, err := s.snapshots.of(ctx, run)
	if err != nil {
		s.Logger.WarnContext(ctx, "page shows a run without its progress", slog.String("run", run.ID), slog.Any("error", err))
		return newSnapshot(run, accepted(run))
	}
	return snap
}

func (s *Server) suggestions(ctx context.Context, personID string) []string {
	if s.Suggest != nil {
		ctx, cancel := context.WithTimeout(ctx, suggestTime)
		defer cancel()
		if some, err := s.Suggest(ctx, personID); err == nil && len(some) > 0 {
			return some
		}
	}
	return []string{"my playlists", "create a playlist called Road Trip", "add Bohemian Rhapsody by Queen to Road Trip"}
}
