package crew

import "segue/internal/agent"

// MeantArgs are the outcome of the matcher: which recording is meant, and whether
// the words leave no doubt. Without a track none of them is.
type MeantArgs struct {
	TrackID string `json:"track_id,omitempty" handle:"S" jsonschema:"handle of the recording that is meant, such as S1; leave it out when none is"`
	Sure    bool   `json:"sure" jsonschema:"true only when the person's words leave no doubt"`
}

// Meant is the tool that ends the matcher's turn.
const Meant = "meant"

// Matcher is the crew of one that says which of several recordings is meant by a
// song. It sees what the catalogue has, as data, and can do nothing but say so.
func Matcher() (*agent.Crew, error) {
	return agent.NewCrew(agent.Agent{
		Name: "matcher",
		Instructions: `The person named a song, and several recordings of the catalogue fit. Say which one is meant, by its handle.
What the person wrote decides: artist, version, album, year. Where it says nothing, the ordinary studio recording is meant.
You are sure only when a careful listener with these words would have no doubt. When in doubt say so; the person is asked then.
Use the tool "meant" once, and nothing else.`,
		Tools: []agent.Tool{agent.NewTool[MeantArgs](Meant, "Says which recording is meant.", agent.Finish)},
	})
}
