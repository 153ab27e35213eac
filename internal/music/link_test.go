package music

import (
	"strings"
	"testing"
)

func TestALinkIsReadForWhatItLeadsTo(t *testing.T) {
	t.Parallel()
	const id = "7tFiyTwD0nx5a1eklYtX2J"
	for text, want := range map[string]Link{
		"https://open.spotify.com/track/" + id:                         {LinkTrack, id},
		" http://open.spotify.com/track/" + id + "?si=9f&utm=x#t=1 ":   {LinkTrack, id},
		"open.spotify.com/intl-de/track/" + id + "/":                   {LinkTrack, id},
		"HTTPS://Open.Spotify.com/intl-pt/track/" + id:                 {LinkTrack, id},
		"spotify:track:" + id:                                          {LinkTrack, id},
		"Spotify:track:" + id:                                          {LinkTrack, id},
		"https://open.spotify.com/album/" + id:                         {LinkAlbum, id},
		"https://open.spotify.com/album/" + id + "?highlight=spotify:": {LinkAlbum, id},
		"https://open.spotify.com/user/ada/playlist/" + id:             {LinkPlaylist, id},
		"spotify:user:ada:playlist:" + id:                              {LinkPlaylist, id},
		"https://open.spotify.com/episode/" + id:                       {LinkEpisode, id},
		"https://open.spotify.com/show/" + id:                          {LinkShow, id},
		"https://open.spotify.com/artist/" + id:                        {LinkArtist, id},
		"https://spotify.link/AbCdEf":                                  {Kind: LinkShort},
		"spotify:local:Queen:Jazz:Bicycle+Race:181":                    {Kind: LinkLocal},
	} {
		if got, ok := ParseLink(text); !ok || got != want {
			t.Errorf("%q: %+v, %v; want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "Bohemian Rhapsody", "https://example.com/track/" + id, "https://open.spotify.com.evil.example/track/" + id,
		"https://evil.example/?u=https://open.spotify.com/track/" + id, "javascript:open.spotify.com/track/" + id,
		"https://open.spotify.com/track/" + id[1:], "https://open.spotify.com/track/" + id + "9",
		"https://open.spotify.com/track/7tFiyTwD0nx5a1eklYtX2é", "spotify:track:", "spotify:", "spotify://track/" + id,
		"https://open.spotify.com/track/" + id + strings.Repeat("x", 5000), "ftp://open.spotify.com/track/" + id,
		"https://ada@open.spotify.com/track/" + id, "\x00spotify:track:" + id,
	} {
		if got, ok := ParseLink(text); ok {
			t.Errorf("%.60q was taken for %+v", text, got)
		}
	}
}
