package rules

import "strings"

// fixedPhrases are titles and artists whose small words would otherwise be read
// as grammar. Only such that people write without further marks need to stand here.
var fixedPhrases = indexPhrases(
	// "by" that names no artist
	"stand by me", "stand by your man", "stand by you", "blinded by the light", "down by the river", "down by the water", "down by the seaside",
	"death by rock and roll", "guided by voices", "saved by the bell", "touched by the hand of god", "killed by death", "driven by you",
	"day by day", "step by step", "side by side", "one by one", "two by two", "bit by bit", "little by little", "line by line", "night by night",
	"by the way", "by your side", "by my side", "by myself", "by yourself", "by any chance",
	// "and", "&" and commas that join no songs
	"earth , wind and fire", "earth wind and fire", "crosby , stills , nash and young", "crosby , stills and nash", "crosby stills nash and young", "crosby stills and nash",
	"simon and garfunkel", "hall and oates", "peter , paul and mary", "peter paul and mary", "emerson , lake and palmer", "emerson lake and palmer", "blood , sweat and tears",
	"tyler , the creator", "florence and the machine", "kool and the gang", "mumford and sons", "guns and roses", "the mamas and the papas", "belle and sebastian", "angus and julia stone",
	"ike and tina turner", "sonny and cher", "salt and pepa", "huey lewis and the news", "bob marley and the wailers", "katrina and the waves", "tom petty and the heartbreakers",
	"bruce springsteen and the e street band", "prince and the revolution", "echo and the bunnymen", "siouxsie and the banshees", "nick cave and the bad seeds", "diana ross and the supremes",
	"sly and the family stone", "gladys knight and the pips", "martha and the vandellas", "smokey robinson and the miracles", "frankie valli and the four seasons", "the head and the heart",
	"hootie and the blowfish", "edward sharpe and the magnetic zeros", "of monsters and men", "marina and the diamonds", "kings and queens", "me and bobby mcgee", "me and julio", "me and you",
	"rock and roll", "shake , rattle and roll", "search and destroy", "sex and drugs", "twist and shout", "peace and love", "bonnie and clyde", "fire and rain", "ebony and ivory", "you and me", "you and i",
	"take me home , country roads", "get up , stand up", "bad , bad leroy brown", "monday , monday", "baby , baby", "run to the hills", "hook , line and sinker", "rock , paper , scissors",
	// "to", "in", "on", "off", "from" that lead to no playlist
	"time to say goodbye", "back to black", "back to december", "back to you", "back to life", "back in black", "stairway to heaven", "highway to hell", "take me to church", "road to nowhere",
	"ticket to ride", "knock on wood", "man in the mirror", "dancing in the dark", "dancing in the moonlight", "dancing in the street", "dancing on my own", "on my own", "man in the box",
	"livin' on a prayer", "living on a prayer", "smoke on the water", "another brick in the wall", "in a hopeless place", "dock of the bay", "on heaven's door", "take on me", "in the end", "in the air tonight",
	"in my head", "in my life", "in bloom", "in too deep", "in da club", "on the road again", "on the floor", "spirit in the sky", "cat's in the cradle", "rolling in the deep",
	"boulevard of broken dreams", "come on eileen", "carry on wayward son", "walking on sunshine", "walking on broken glass", "walking in memphis", "candle in the wind", "lucy in the sky with diamonds",
	"summer in the city", "rock in the free world", "rockin' in the free world", "sitting on the dock of the bay", "raindrops keep falling on my head", "head in the clouds", "put your head on my shoulder",
	"put your records on", "welcome to the jungle", "welcome to the black parade", "welcome to paradise", "from the start", "message in a bottle", "message to you rudy", "hooked on a feeling", "islands in the stream",
	"should i stay or should i go", "nothing to lose", "somebody to love", "somebody to you", "something to talk about", "things to come", "to the moon and back", "fly me to the moon", "talk to me",
	"alice in chains", "death in vegas", "explosions in the sky", "frankie goes to hollywood", "a day to remember", "kids in glass houses", "letters to cleo", "walk off the earth", "men at work",
	"tv on the radio", "panic at the disco", "portugal the man", "system of a down", "tears for fears", "death cab for cutie", "bullet for my valentine", "ross from friends", "sleeping with sirens",
)

// fixedPhrase is one of them, and where in it the word stands by which it is found.
type fixedPhrase struct {
	words []string
	at    int
}

// hinges are the words and marks that have a meaning in the grammar.
var hinges = map[string]bool{
	"by": true, "and": true, ",": true, "to": true, "in": true, "into": true, "on": true, "onto": true, "off": true, "from": true, "out": true, "with": true, "for": true,
}

// indexPhrases files each phrase under every hinge in it.
func indexPhrases(lines ...string) map[string][]fixedPhrase {
	index := map[string][]fixedPhrase{}
	for _, line := range lines {
		words := strings.Fields(line)
		for i, w := range words {
			if hinges[w] {
				index[w] = append(index[w], fixedPhrase{words, i})
			}
		}
	}
	return index
}

// fixed reports whether the i-th token is part of a known title or artist.
func (p phrase) fixed(i int) bool {
	for _, f := range fixedPhrases[p.plain(i)] {
		if p.holds(i-f.at, f.words) {
			return true
		}
	}
	return false
}

func (p phrase) holds(at int, words []string) bool {
	if at < 0 || at+len(words) > len(p) {
		return false
	}
	for j, w := range words {
		if p.plain(at+j) != w {
			return false
		}
	}
	return true
}

// plain is low with "&" and "n'" read as "and".
func (p phrase) plain(i int) string {
	switch low := p.low(i); low {
	case "&", "+", "n'", "'n'":
		return "and"
	default:
		return low
	}
}

// hinge reports whether the i-th token is one of the words and means it.
func (p phrase) hinge(i int, words ...string) bool {
	return p.any(i, words...) && !p.fixed(i)
}

// pivots returns where "by" stands between a title and an artist.
func (p phrase) pivots() []int {
	var out []int
	for i := 1; i < len(p)-1; i++ {
		if p.hinge(i, "by") && !p.mixed(i) {
			out = append(out, i)
		}
	}
	return out
}

// mixed reports whether the "by" at i tells who made a remix of the song before:
// "Levels by Avicii, the remix by Skrillex".
func (p phrase) mixed(i int) bool {
	if !p.any(i-1, mixers...) {
		return false
	}
	start := i - 1
	if p.any(start-1, "the", "a") {
		start--
	}
	if p.kindAt(start-1) == comma || p.kindAt(start-1) == dash {
		return true
	}
	for k := start - 1; k > 0 && p[k].kind == word && p.plain(k) != "and"; k-- {
		if p.any(k, "by") {
			return true
		}
	}
	return false
}

// dashes returns where a dash stands between an artist and a title.
func (p phrase) dashes() []int {
	var out []int
	for i := 1; i < len(p)-1; i++ {
		if p[i].kind == dash {
			out = append(out, i)
		}
	}
	return out
}
