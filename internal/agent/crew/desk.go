package crew

import "segue/internal/agent"

// desk are the tools for requests as such, for what is remembered, and for asking back.
func desk() []agent.Tool { return []agent.Tool{status(), cancel(), retry(), remember(), ask()} }

func status() agent.Tool {
	return agent.NewTool[agent.RunStatusArgs](agent.RunStatus,
		"Says how a request of the person's stands, or their newest ten; you get a handle of each, its state and counts.", agent.Read)
}

func cancel() agent.Tool {
	return agent.NewTool[agent.RunArgs](agent.CancelRun, "Stops a request that is still on its way. What it has added stays.", agent.Write)
}

func retry() agent.Tool {
	return agent.NewTool[agent.RunArgs](agent.RetryRun, "Does again what has failed of a request that has ended, and nothing else of it.", agent.Write)
}

func remember() agent.Tool {
	return agent.NewTool[agent.RememberRuleArgs](agent.RememberRule,
		"Remembers for good which recording the person means by a song, or that Spotify does not have it. Only when the person says so.", agent.Write)
}

func ask() agent.Tool {
	return spoken(agent.NewTool[agent.AskPersonArgs](agent.AskPerson, "Lets the person choose between a few answers, and waits for that. Ask in words instead when the answers are not few.", agent.Read))
}

func bring() agent.Tool {
	return spoken(agent.NewTool[agent.SyncListArgs](agent.SyncList,
		"Brings a list of more than 50 songs that the person has pasted into the message. Do not repeat its songs: the list is read from the message. The person is asked first.", agent.Write))
}

// spoken marks a tool that means nothing outside of a conversation.
func spoken(t agent.Tool) agent.Tool {
	t.Talk = true
	return t
}
