package store

import (
	"testing"

	"segue/internal/agent"
)

func TestAnswersOfAModelAreToldFromThoseOfTheHouse(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	for _, fromModel := range []bool{true, false} {
		run := c.say(t, "one")
		noError(t, c.db.Finish(t.Context(), run.PersonID, run.ID, agent.Progress{State: agent.Done, Say: "Yes.", FromModel: fromModel}))
		said := c.transcript(t, c.say(t, "two")).Messages
		answer := said[len(said)-2]
		if answer.Role != agent.Assistant || answer.Text != "Yes." || answer.FromModel != fromModel {
			t.Errorf("the answer is %+v, want it from the model: %v", answer, fromModel)
		}
	}
}
