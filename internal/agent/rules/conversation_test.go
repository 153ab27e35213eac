package rules

import "testing"

func TestLinks(t *testing.T) {
	t.Parallel()
	const one, both = "add =4u7E > Gym", "add =4u7E, =3n3P > Gym"
	check(t, []phrasing{
		{"", "add https://open.spotify.com/track/" + trackA + " to Gym", one},
		{"", "add https://open.spotify.com/intl-de/track/" + trackA + "?si=abc123 to Gym", one},
		{"", "add <https://open.spotify.com/track/" + trackA + "?si=abc&utm_source=copy-link> to Gym", one},
		{"", "add open.spotify.com/track/" + trackA + " to Gym", one},
		{"", "add https://music.apple.com/de/album/africa/1?i=42 to Gym", "add https://music.apple.com/de/song/42| > Gym"},
		{"", "add https://music.apple.com/us/song/africa/42 and spotify:track:" + trackA + " to Gym", "add https://music.apple.com/us/song/42|, =4u7E > Gym"},
		{"", "add spotify:track:" + trackA + " to Gym", one},
		{"", "add spotify:track:" + trackA + " and https://open.spotify.com/track/" + trackB + " to Gym", both},
		{"", "add these to Gym:\nhttps://open.spotify.com/track/" + trackA + "\nhttps://open.spotify.com/track/" + trackB, both},
		{"", "add spotify:track:" + trackA + " and Creep by Radiohead to Gym", "add =4u7E, Creep|Radiohead > Gym"},
		{"", "add Creep by Radiohead, spotify:track:" + trackA + " to Gym", "add Creep|Radiohead, =4u7E > Gym"},
		{"", "add Bohemian Rhapsody by Queen https://open.spotify.com/track/" + trackA + " to Gym", one},
		{"default", "https://open.spotify.com/track/" + trackA, "add =4u7E > #d1"},
		{"", "https://open.spotify.com/track/" + trackA, "add =4u7E > "},
		{"last", "also https://open.spotify.com/track/" + trackA, "add =4u7E > #e1"},
		{"", "add Creep by Radiohead to https://open.spotify.com/playlist/" + listA + "?si=x", "add Creep|Radiohead > #" + listA},
		{"", "add Creep by Radiohead to my playlist spotify:playlist:" + listA, "add Creep|Radiohead > #" + listA},
		{"", "add spotify:track:" + trackA + " to https://open.spotify.com/playlist/" + listA, "add =4u7E > #" + listA},
		{"", "remove spotify:track:" + trackA + " from Gym", "remove =4u7E < Gym"},
		{"", "what is in https://open.spotify.com/playlist/" + listA, "show #" + listA},
		{"", "https://open.spotify.com/playlist/" + listA, "show #" + listA},
		{"", "add https://spotify.link/AbCdEf to Gym", "?short"},
		{"", "add https://open.spotify.com/album/" + trackA + " to Gym", "?link"},
	})
}

func TestPlaylistsAreCreated(t *testing.T) {
	t.Parallel()
	const with = "create Rainy Sunday + add Creep|Radiohead, Yellow|Coldplay > #new"
	check(t, []phrasing{
		{"", "create a playlist called Rainy Sunday", "create Rainy Sunday"},
		{"", "Create a new playlist named Rainy Sunday.", "create Rainy Sunday"},
		{"", "create playlist Rainy Sunday", "create Rainy Sunday"},
		{"", `make a playlist "Rainy Sunday"`, "create Rainy Sunday"},
		{"", "make me a new playlist titled Rainy Sunday please", "create Rainy Sunday"},
		{"", "new playlist: Rainy Sunday", "create Rainy Sunday"},
		{"", "new playlist Rainy Sunday", "create Rainy Sunday"},
		{"", "can you set up a private playlist called Rainy Sunday for me?", "create Rainy Sunday"},
		{"", "I'd like a new playlist called Rainy Sunday", "create Rainy Sunday"},
		{"", "I want to create a playlist called Rainy Sunday", "create Rainy Sunday"},
		{"", "create a Rainy Sunday playlist", "create Rainy Sunday"},
		{"", "create a playlist called Songs with Friends", "create Songs with Friends"},
		{"", "create a playlist called Rock and Roll", "create Rock and Roll"},
		{"", "create a playlist called Rainy Sunday with Creep by Radiohead and Yellow by Coldplay", with},
		{"", "create a playlist called “Rainy Sunday” with Creep by Radiohead and Yellow by Coldplay", with},
		{"", "create a playlist called Rainy Sunday and add Creep by Radiohead and Yellow by Coldplay", with},
		{"", "create a playlist called Rainy Sunday and add Creep by Radiohead and Yellow by Coldplay to it", with},
		{"", "create a playlist called Rainy Sunday, then add Creep by Radiohead and Yellow by Coldplay there", with},
		{"", "create a playlist called Rainy Sunday: Creep by Radiohead, Yellow by Coldplay", with},
		{"", "create a playlist called Rainy Sunday with these songs:\nCreep by Radiohead\nYellow by Coldplay", with},
		{"", "create a playlist called Rainy Sunday\nRadiohead - Creep\nColdplay - Yellow", with},
		{"", "create a playlist Rainy Sunday with spotify:track:" + trackA, "create Rainy Sunday + add =4u7E > #new"},
		{"", "add Creep by Radiohead and Yellow by Coldplay to a new playlist called Rainy Sunday", with},
		{"", "add Creep by Radiohead to a new playlist", "?name"},
		{"", "create a playlist", "?name"},
		{"", "make a playlist for running", "?name"},
		{"", "create a Rainy Sunday playlist with upbeat songs", "?songs"},
	})
}

func TestLookingAtPlaylists(t *testing.T) {
	t.Parallel()
	check(t, []phrasing{
		{"", "what is in Road Trip", "show Road Trip"},
		{"", "What's in Road Trip?", "show Road Trip"},
		{"", "whats on my road trip playlist", "show road trip"},
		{"", "what songs are in Road Trip?", "show Road Trip"},
		{"", "which songs do I have in Road Trip", "show Road Trip"},
		{"", "show Road Trip", "show Road Trip"},
		{"", "show me the Road Trip playlist", "show Road Trip"},
		{"", "show me what's in Road Trip", "show Road Trip"},
		{"", "list Road Trip", "show Road Trip"},
		{"", "list the songs in Road Trip please", "show Road Trip"},
		{"", "open Road Trip", "show Road Trip"},
		{"", "can you show me my Road Trip playlist?", "show Road Trip"},
		{"last", "what's in it?", "show #e1"},
		{"last", "what is in there", "show #e1"},
		{"last", "show the playlist", "show #e1"},
		{"default", "what's in my playlist", "show #d1"},
		{"both default last", "show my default playlist", "show #d1"},
		{"", "my playlists", "list"},
		{"", "show my playlists", "list"},
		{"", "list all my playlists", "list"},
		{"", "which playlists do I have?", "list"},
		{"", "What playlists do I have", "list"},
		{"", "what are my playlists", "list"},
		{"", "playlists", "list"},
		{"", "Can you show me all of my playlists please?", "list"},
	})
}

func TestSongsAreRemoved(t *testing.T) {
	t.Parallel()
	check(t, []phrasing{
		{"", "remove Creep by Radiohead from Gym", "remove Creep|Radiohead < Gym"},
		{"", "delete Creep by Radiohead from my Gym playlist", "remove Creep|Radiohead < Gym"},
		{"", "take Creep by Radiohead off Gym", "remove Creep|Radiohead < Gym"},
		{"", "take Creep by Radiohead out of Gym please", "remove Creep|Radiohead < Gym"},
		{"", "take Take On Me by a-ha off of Gym", "remove Take On Me|a-ha < Gym"},
		{"", "could you get rid of Creep by Radiohead in Gym?", "remove Creep|Radiohead < Gym"},
		{"", "remove Radiohead - Creep from Gym", "remove Creep|Radiohead < Gym"},
		{"", "remove Creep by Radiohead and Yellow by Coldplay from Gym", "remove Creep|Radiohead, Yellow|Coldplay < Gym"},
		{"", "remove Creep from Gym", "remove Creep| < Gym"},
		{"last", "remove Creep by Radiohead", "remove Creep|Radiohead < #e1"},
		{"last", "take Creep by Radiohead off", "remove Creep|Radiohead < #e1"},
		{"last", "remove Creep by Radiohead from it", "remove Creep|Radiohead < #e1"},
		{"", "remove Creep by Radiohead", "remove Creep|Radiohead < "},
		{"last", "add Creep by Radiohead to Gym >> remove it from Gym", "remove Creep|Radiohead < Gym"},
		{"", "remove everything from Gym", "?removename"},
		{"", "remove all songs by Queen from Gym", "?removename"},
		{"", "delete my Gym playlist", "?nodelete"},
		{"", "delete the playlist Gym", "?nodelete"},
	})
}

func TestTheConversationIsRemembered(t *testing.T) {
	t.Parallel()
	check(t, []phrasing{
		{"default", "add Creep by Radiohead", "add Creep|Radiohead > #d1"},
		{"default last", "add Creep by Radiohead", "add Creep|Radiohead > #d1"},
		{"last", "add Creep by Radiohead", "add Creep|Radiohead > #e1"},
		{"", "add Creep by Radiohead", "add Creep|Radiohead > "},
		{"", "Creep by Radiohead", "add Creep|Radiohead > "},
		{"default", "Creep by Radiohead", "add Creep|Radiohead > #d1"},
		{"default", "creep by radiohead", "add creep|radiohead > #d1"},
		{"last", "Radiohead - Creep", "add Creep|Radiohead > #e1"},
		{"default last", "add Creep by Radiohead there", "add Creep|Radiohead > #e1"},
		{"default last", "put Creep by Radiohead in there", "add Creep|Radiohead > #e1"},
		{"default last", "add Creep by Radiohead to it", "add Creep|Radiohead > #e1"},
		{"default last", "add Creep by Radiohead to that one too", "add Creep|Radiohead > #e1"},
		{"default last", "add Creep by Radiohead to the same playlist", "add Creep|Radiohead > #e1"},
		{"default last", "Creep by Radiohead, same playlist", "add Creep|Radiohead > #e1"},
		{"default last", "add Creep by Radiohead to my default playlist", "add Creep|Radiohead > #d1"},
		{"default last", "and Fade Into You, Mazzy Star", "add Fade Into You|Mazzy Star > #e1"},
		{"default last", "and Fade Into You by Mazzy Star", "add Fade Into You|Mazzy Star > #e1"},
		{"default last", "also Hallelujah", "add Hallelujah| > #e1"},
		{"default last", "also add Hallelujah by Jeff Buckley", "add Hallelujah|Jeff Buckley > #e1"},
		{"default last", "Hallelujah by Jeff Buckley too", "add Hallelujah|Jeff Buckley > #e1"},
		{"default last", "Hallelujah too", "add Hallelujah| > #e1"},
		{"default last", "another one: Creep by Radiohead", "add Creep|Radiohead > #e1"},
		{"default last", "and Creep by Radiohead to Gym", "add Creep|Radiohead > Gym"},
		{"last", "I'll Be There by The Jackson 5", "add I'll Be There|The Jackson 5 > #e1"},
		{"last", "add Creep by Radiohead to Focus >> add it to Gym too", "add Creep|Radiohead > Gym"},
		{"last", "add Creep by Radiohead to Focus >> put that in Gym as well", "add Creep|Radiohead > Gym"},
		{"", "add it to Gym", "?same"},
		{"", "use Gym by default", "default Gym"},
		{"", "make Gym my default playlist", "default Gym"},
		{"", "set my default playlist to Gym", "default Gym"},
		{"", "please use my Gym playlist as my default from now on", "default Gym"},
		{"", "from now on, add everything to Gym", "default Gym"},
		{"", "always add to Gym", "default Gym"},
		{"", "from now on use Gym", "default Gym"},
		{"", "my default playlist is Gym", "default Gym"},
		{"last", "use it by default", "default #e1"},
		{"last", "make this my default", "default #e1"},
		{"default", "what is my default playlist?", "say Your default playlist is Daily."},
		{"", "what's my default?", "?nodefault"},
	})
}

func TestUndoHelpAndCourtesies(t *testing.T) {
	t.Parallel()
	check(t, []phrasing{
		{"last", "undo", "undo run-7"},
		{"last", "Undo that.", "undo run-7"},
		{"last", "undo that please", "undo run-7"},
		{"last", "can you undo the last one?", "undo run-7"},
		{"last", "take that back", "undo run-7"},
		{"last", "oops, undo", "undo run-7"},
		{"", "undo that", "?undo"},
		{"", "help", "help"},
		{"", "what can you do?", "help"},
		{"", "hello", "help"},
		{"", "how does this work", "help"},
		{"", "thanks!", "thanks"},
		{"", "thank you very much", "thanks"},
		{"last", "undo that and add Creep by Radiohead to Gym instead", "undo run-7 + add Creep|Radiohead > Gym"},
	})
}

func TestWhatIsNotUnderstoodChangesNothing(t *testing.T) {
	t.Parallel()
	check(t, []phrasing{
		{"default last", "", "?"},
		{"default last", " \n\t ", "?"},
		{"default last", "???", "?"},
		{"default last", "\x00\x01\x02", "?"},
		{"default last", "Hallelujah", "?"},
		{"default last", "what a lovely day it is", "?"},
		{"default last", "Bohemian Rhapsody", "?"},
		{"default last", "I came by bus", "?"},
		{"default last", "who wrote Creep by Radiohead", "?"},
		{"default last", "is Creep by Radiohead in Gym?", "?"},
		{"default last", "what do you think of Creep by Radiohead?", "?"},
		{"default last", "don't add Creep by Radiohead to Gym", "?"},
		{"default last", "do not add Creep by Radiohead to Gym", "?"},
		{"default last", "never add Creep by Radiohead", "?"},
		{"default last", "play Creep by Radiohead", "?play"},
		{"default last", "Play Bohemian Rhapsody by Queen", "?play"},
		{"default last", "find Creep by Radiohead", "?"},
		{"default last", "move Creep by Radiohead from Gym to Focus", "?"},
		{"default last", "add", "?"},
		{"default last", "add to Gym", "?"},
		{"default last", "add some jazz to Gym", "?vague"},
		{"default last", "add 10 songs by Queen to Gym", "?vague"},
		{"default last", "add something by Radiohead", "?vague"},
		{"default last", "add the album OK Computer by Radiohead", "?vague"},
		{"default last", "add a song by Queen", "?vague"},
		{"default last", "add more songs like this", "?vague"},
		{"default last", "what is love by haddaway", "?"},
		{"default last", "me too", "?"},
		{"default last", "and what about the weather in Spain these days", "?"},
		{"default last", "the weather by the sea is nice today and I like to walk there by myself", "?"},
	})
}
