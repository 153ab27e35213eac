package rules

import (
	"strings"

	"segue/internal/music"
)

// refuse says why a passage names no songs, or "".
func refuse(p phrase) string {
	if i := p.find(link); i >= 0 {
		switch p[i].link.Kind {
		case music.LinkShort:
			return sayShortLink
		case music.LinkAlbum, music.LinkArtist, music.LinkShow, music.LinkEpisode, music.LinkLocal:
			return sayOtherLink
		}
		return ""
	}
	if p[0].kind == quoted {
		return ""
	}
	if p.vague() {
		return sayVague
	}
	return ""
}

var (
	kindsOfMusic = []string{"songs", "tracks", "tunes", "music", "hits", "stuff", "bangers", "classics", "albums", "discography", "list", "lists", "library", "favourites", "favorites", "collection", "playlist", "playlists"}
	amounts      = []string{"some", "any", "all", "more", "several", "few", "couple", "many", "every", "lots", "random", "popular", "similar", "best", "latest", "top", "new", "newest", "other", "another", "different", "everything", "anything", "whole", "entire", "favourite", "favorite", "his", "her", "their", "these"}
)

// vague reports whether a passage describes music instead of naming songs:
// "some jazz", "10 songs by Queen", "the album Thriller", "something by Radiohead".
func (p phrase) vague() bool {
	if capital(p[0].raw) { // "Another One by E-40" is a title
		return false
	}
	if strings.ToLower(p[0].raw) == p[0].raw && p.any(0, "something", "anything", "everything", "whatever", "music") {
		return p.any(1, "by", "like", "from", "similar", "else", "for", "with", "to", "that", "") || len(p) == 1
	}
	if p[0].raw == "all" && p.any(1, "of") && !p.any(2, "me", "you", "us", "my") && len(p.pivots()) == 0 {
		return true
	}
	amount := false
	for i := range min(len(p), 5) {
		switch {
		case p.any(i, "by"):
			return amount && i == 1 && p.any(0, "some", "more", "anything")
		case p.any(i, kindsOfMusic...) && (amount || i > 0 && p.any(0, "the", "my", "a")):
			return true
		case p.any(i, "album", "record", "ep", "discography") && !p.any(i+1, "version", "mix", "edit") && p.any(0, "the", "a", "an", "whole", "entire", "favourite", "favorite", "album", "all", "his", "her", "their"):
			return i < 2 || amount
		case amount && p.any(i, "one", "single") && (i == len(p)-1 || p.any(i+1, "by", "from")):
			return true
		case p.any(i, "song", "track", "tune") && (p.any(0, "a", "another", "any", "some") || amount) && !p.any(i+1, "called", "named", "titled", "for"):
			return i == 1 || amount
		}
		amount = amount || p.any(i, amounts...) || len(p.low(i)) < 4 && p.low(i) != "" && strings.Trim(p.low(i), "0123456789") == ""
	}
	return amount && p.any(0, "some", "more", "any", "several", "similar") && len(p.pivots()) == 0 && len(p) < 5 && strings.ToLower(p[0].raw) == p[0].raw
}
