package match

// tags is a set of version marks found in a title, an album name or a wish.
type tags uint32

// Hard marks name another recording, soft ones another edition of the same.
const (
	live tags = 1 << iota
	remix
	acoustic
	instrumental
	karaoke
	demo
	rerecorded
	tempo // sped up or slowed
	acappella
	language
	extended
	fragment // intro, reprise, interlude, commentary
	other    // a version named after something else: "Nevermind Version"

	remaster
	edition // mono, deluxe, album version, bonus track: the same recording
	edit    // radio edit, single version: the same if the length agrees
	clean
	explicit
	plain // said to be the original or the studio version

	softTags = remaster | edition | edit | plain

	hardTags = live | remix | acoustic | instrumental | karaoke | demo | rerecorded |
		tempo | acappella | language | extended | fragment | other
)

// hard returns the marks that name another recording. An acoustic concert is a
// concert: beside live, acoustic says nothing.
func (t tags) hard() tags {
	t &= hardTags
	if t&live != 0 {
		t &^= acoustic
	}
	return t
}

// single maps one word of a bracket or suffix to its mark.
var single = map[string]tags{
	"live": live, "unplugged": live, "concert": live, "session": live, "sessions": live, "vivo": live, "directo": live,
	"theatre": live, "theater": live, "arena": live, "stadium": live, "festival": live,
	"remix": remix, "rmx": remix, "remixed": remix, "mix": remix, "rework": remix, "bootleg": remix, "mashup": remix, "flip": remix,
	"dub": remix, "refix": remix, "vip": remix, "reimagined": remix, "revisited": remix, "reworked": remix,
	"acoustic": acoustic, "acustico": acoustic, "acustica": acoustic, "stripped": acoustic, "piano": acoustic, "akustik": acoustic,
	"instrumental": instrumental, "instrumentals": instrumental,
	"karaoke": karaoke, "tribute": karaoke, "playback": karaoke, "singalong": karaoke,
	"demo": demo, "demos": demo, "outtake": demo, "alternate": demo, "alternative": demo, "rehearsal": demo, "rough": demo, "early": demo, "take": demo,
	"rerecorded": rerecorded, "rerecording": rerecorded, "rerecord": rerecorded,
	"slowed": tempo, "nightcore": tempo, "chopped": tempo, "chopnotslop": tempo, "8d": tempo, "speedup": tempo,
	"acapella": acappella, "acappella": acappella,
	"extended": extended,
	"intro":    fragment, "outro": fragment, "reprise": fragment, "interlude": fragment, "skit": fragment, "commentary": fragment, "voice": fragment,
	"spanish": language, "english": language, "french": language, "german": language, "italian": language, "portuguese": language,
	"japanese": language, "korean": language, "chinese": language, "mandarin": language, "cantonese": language, "espanol": language,
	"spanglish": language, "ingles": language, "russian": language, "hindi": language, "deutsch": language, "francais": language, "italiano": language,

	"remaster": remaster, "remastered": remaster, "remasterizado": remaster, "remasterise": remaster,
	"mono": edition, "stereo": edition, "deluxe": edition, "bonus": edition, "album": edition, "lp": edition, "expanded": edition,
	"anniversary": edition, "digital": edition, "main": edition, "full": edition, "official": edition, "video": edition,
	"audio": edition, "hd": edition, "hq": edition, "lyric": edition, "lyrics": edition, "ep": edition, "soundtrack": edition,
	"radio": edit, "single": edit, "edit": edit, "edited": edit, "7": edit,
	"clean": clean, "explicit": explicit, "dirty": explicit, "uncensored": explicit,
	"original": plain, "studio": plain,
}

// double maps two words in a row to their mark, before single is asked.
var double = map[string]tags{
	"sped up": tempo, "speed up": tempo, "a cappella": acappella, "a capella": acappella, "re recorded": rerecorded,
	"re recording": rerecorded, "taylors version": rerecorded, "new recording": rerecorded, "12 inch": extended, "12 version": extended,
	"12 mix": extended, "long version": extended, "en vivo": live, "ao vivo": live, "in concert": live, "live lounge": live,
	"backing track": karaoke, "made famous": karaoke, "originally performed": karaoke, "style of": karaoke,
	"original mix": edition, "album mix": edition, "single mix": edit, "radio mix": edit, "mono mix": edition, "stereo mix": edition,
	"remastered mix": remaster, "original recording": edition, "bonus track": edition, "music video": edition,
	"original soundtrack": edition, "studio version": plain, "432 hz": tempo, "432hz": tempo, "re mix": remix, "re imagined": remix,
	"7 inch": edit, "acoustic mix": acoustic, "extended mix": extended, "extended remix": extended | remix, "extended edit": extended, "club edit": remix,
	"instrumental mix": instrumental, "instrumental version": instrumental, "recorded at": live, "movie mix": remix,
}

// filler words carry no meaning in a version's name.
var filler = map[string]bool{
	"version": true, "the": true, "a": true, "an": true, "at": true, "in": true, "from": true, "on": true, "of": true, "by": true,
	"and": true, "for": true, "track": true, "edition": true, "recording": true, "recorded": true, "performance": true, "de": true,
	"with": true, "s": true, "en": true, "ver": true, "versao": true, "one": true, "original": true, "ao": true, "to": true,
	"no": true, "style": true, "made": true, "famous": true, "up": true, "re": true, "studios": true, "release": true, "vinyl": true,
	"session": true, "please": true, "th": true,
}

// kinds names what the hard marks stand for, for one and for several, in the
// order in which a sentence lists them.
var kinds = []struct {
	tag       tags
	one, many string
}{
	{karaoke, "a karaoke version", "karaoke versions"},
	{live, "a live version", "live versions"},
	{remix, "a remix", "remixes"},
	{acoustic, "an acoustic version", "acoustic versions"},
	{instrumental, "an instrumental version", "instrumental versions"},
	{demo, "a demo", "demos"},
	{rerecorded, "a re-recording", "re-recordings"},
	{tempo, "a sped-up or slowed version", "sped-up or slowed versions"},
	{acappella, "an a cappella version", "a cappella versions"},
	{language, "a version in another language", "versions in other languages"},
	{extended, "an extended version", "extended versions"},
	{fragment, "a short part of it", "short parts of it"},
	{other, "another version", "other versions"},
	{0, "the studio version", "studio versions"},
}
