package rules

var (
	undos = patterns(
		"undo [that|it|this|again]", "undo the|that last [one|thing|change|step|request|message|addition]", "undo what you|i [just] did", "undo the change|changes|addition",
		"take that|it back", "revert [that|it|this]", "revert the last change|one", "roll [that|it] back", "rollback", "put it back [the] [way] [it] [was]", "i|you didn't mean that", "undo my last message|request|change",
	)
	helps = patterns(
		"help [me] [out]", "?", "??", "commands", "what can you|u|i do|say|ask|write|type [for] [me] [here]", "what can segue do", "what do you do", "what are you", "who are you", "how does this|it work", "how do i use this|it|segue|you",
		"what is|are this|segue|you", "how can you help [me]", "what else can you do", "show me what you can do", "show [me] [the] commands|help", "hi|hello|hey|hiya|yo [there] [segue]", "good morning|evening|afternoon|day",
		"what should i say|write|type|do", "i need help", "what [are] [my] options", "menu", "start", "how are|r you|u [doing] [today]",
	)
	thanked = patterns(
		"[great|perfect|nice|cool|awesome] thanks|thx|ty|tysm|cheers|ta [a] [lot] [segue|mate|bro]", "[great|perfect|nice|cool|awesome] thank you|u [so|very] [much]", "great|perfect|nice|cool|awesome", "ok|okay [thanks|cool|great]", "nice one", "well done", "good job", "all good", "that's all",
	)
	lists = patterns(
		"[show|list|see|view|display|give|tell|get] [me] [all] [of] my|our playlists", "[show|list|see|view|display] [me] [all] [the|of] playlists", "playlists [i] [have]",
		"what|which playlists do i|we have|own|got [there]", "what|which playlists have i|we [got]", "what|which playlists are there|mine", "what|which are my playlists", "what's|whats my playlists", "how many playlists do i have|own",
		"do i have [any] playlists", "[show|list] [me] [all] [the] playlists i have|own", "what|which playlists", "[show] [me] what playlists i have", "where can i add [songs] [to]", "what|which playlists can i|you add|edit [to]", "[show|list] [me] all [my] playlists", "[show|list] [me] my lists",
	)
	askDefaults = patterns(
		"what|which is|one my|the default [playlist|one]", "what's|whats|tell [me] my|the default [playlist|one]", "what|which playlist is [my|the] default", "my|the default playlist", "where do [my] songs go [by] [default]", "do i have a default playlist", "what|which is the default",
	)
)

// fixedCommand reads what is said in one way or another, but without any names in it.
func (r reader) fixedCommand(p phrase) (command, bool) {
	p = withoutEmoji(p)
	for _, c := range []struct {
		words  []pattern
		intent intent
	}{{undos, undo}, {helps, help}, {thanked, thanks}, {lists, list}, {askDefaults, askDefault}} {
		if p.is(c.words) {
			return command{intent: c.intent}, true
		}
	}
	if len(p) == 1 && isPlaylist(p[0]) {
		return command{intent: show, where: readPlace(p)}, true
	}
	return command{}, false
}
