package match

// renamed maps former names of performers to the one under which Spotify lists
// their records today; keys as in credit. Only changes of name stand here:
// spellings, scripts, initials and joint credits are told by rules.
var renamed = map[string]string{
	"catstevens":        "yusuf",
	"dixiechicks":       "chicks",
	"johncougar":        "johnmellencamp",
	"kanyewest":         "ye",
	"ladyantebellum":    "ladya",
	"lilbowwow":         "bowwow",
	"marinathediamonds": "marina",
	"mosdef":            "yasiinbey",
	"pdiddy":            "diddy",
	"puffdaddy":         "diddy",
	"snoopdoggydogg":    "snoopdogg",
	"snooplion":         "snoopdogg",
	"yusufislam":        "yusuf",
}
