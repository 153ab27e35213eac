package emulator

import (
	"net/http"
	"strings"
	"time"
)

func isAPI(path string) bool { return strings.HasPrefix(path, "/v1/") }

// routes puts everything under one handler.
func (e *Emulator) routes() http.Handler {
	outer := http.NewServeMux()
	e.controlRoutes(outer)
	outer.HandleFunc("GET /image/{id}", e.cover)
	outer.HandleFunc("GET /authorize/style.css", stylesheet)
	outer.HandleFunc("GET /{$}", welcome)
	inner := http.NewServeMux()
	e.accountRoutes(inner)
	inner.Handle("/v1/", e.delay(e.limit(e.apiRoutes())))
	outer.Handle("/v1/", e.outside(inner))
	outer.Handle("/authorize", e.outside(inner))
	outer.Handle("/api/token", e.outside(inner))
	return outer
}

// outside is what every request to Spotify passes: the log, then the faults.
func (e *Emulator) outside(next http.Handler) http.Handler {
	return e.journal.watch(e.clock.Now, e.trouble(next))
}

// delay makes calls take their time. A write goes on when its client has left, as it does at Spotify.
func (e *Emulator) delay(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, l := e.settings()
		wait := l.Read
		switch {
		case r.Method != http.MethodGet:
			wait = l.Write
		case strings.HasPrefix(r.URL.Path, "/v1/search"):
			wait = l.Search
		}
		e.pause(r.Context(), wait)
		next.ServeHTTP(w, r)
	})
}

// apiRoutes lists the Web API. What a regime has removed is there too, to answer as it does.
func (e *Emulator) apiRoutes() http.Handler {
	mux := http.NewServeMux()
	for pattern, do := range map[string]endpoint{
		"GET /v1/me":                  e.me,
		"GET /v1/me/playlists":        e.myPlaylists,
		"POST /v1/me/playlists":       e.createPlaylist,
		"PUT /v1/me/library":          e.follow,
		"DELETE /v1/me/library":       e.unfollow,
		"GET /v1/me/library/contains": e.kept,
		"GET /v1/search":              e.search,
		"GET /v1/tracks/{id}":         e.track,
		"GET /v1/albums/{id}":         e.album,
		"GET /v1/albums/{id}/tracks":  e.albumTracks,
		"GET /v1/artists/{id}":        e.artist,
		"GET /v1/artists/{id}/albums": e.artistAlbums,

		"GET /v1/playlists/{id}":          e.onePlaylist,
		"PUT /v1/playlists/{id}":          e.changePlaylist,
		"GET /v1/playlists/{id}/items":    e.items,
		"POST /v1/playlists/{id}/items":   e.alone(e.addItems),
		"PUT /v1/playlists/{id}/items":    e.alone(e.putItems),
		"DELETE /v1/playlists/{id}/items": e.alone(e.removeItems),

		"GET /v1/playlists/{id}/tracks":       e.old(e.items),
		"POST /v1/playlists/{id}/tracks":      e.old(e.alone(e.addItems)),
		"PUT /v1/playlists/{id}/tracks":       e.old(e.alone(e.putItems)),
		"DELETE /v1/playlists/{id}/tracks":    e.old(e.alone(e.removeItems)),
		"PUT /v1/playlists/{id}/followers":    e.old(e.oldFollow),
		"DELETE /v1/playlists/{id}/followers": e.old(e.oldUnfollow),
		"GET /v1/users/{id}":                  e.old(e.user),
		"GET /v1/users/{id}/playlists":        e.old(e.userPlaylists),
		"POST /v1/users/{id}/playlists":       e.old(e.userCreate),
		"GET /v1/tracks":                      e.old(e.several("tracks")),
		"GET /v1/albums":                      e.old(e.several("albums")),
		"GET /v1/artists":                     e.old(e.several("artists")),

		"/v1/playlists/{id}/followers/contains": e.gone,
		"GET /v1/artists/{id}/top-tracks":       e.gone,
		"/v1/me/tracks":                         e.gone,
		"/v1/me/tracks/contains":                e.gone,
		"/v1/me/albums":                         e.gone,
		"/v1/me/albums/contains":                e.gone,
		"/v1/me/following":                      e.gone,
		"/v1/me/following/contains":             e.gone,
		"/v1/browse/":                           e.gone,
		"/v1/markets":                           e.gone,
		"/v1/":                                  unknown,
	} {
		mux.Handle(pattern, e.serve(do))
	}
	return mux
}

func unknown(*call) (any, error) {
	return nil, &apiError{status: http.StatusNotFound, message: "Service not found"}
}

// parallelWindow is how long a write keeps others off its list when the knob parallel_errors is on.
const parallelWindow = 20 * time.Millisecond

// alone answers 500 to a write to a list that another one is writing to, when the knob is on.
func (e *Emulator) alone(do endpoint) endpoint {
	return func(c *call) (any, error) {
		if !c.knobs.ParallelErrors {
			return do(c)
		}
		p, err := e.occupy(c.PathValue("id"), 1)
		if err != nil {
			return nil, err
		}
		defer e.occupy(c.PathValue("id"), -1) //nolint:errcheck // leaving cannot fail
		if p > 1 {
			return nil, &apiError{status: http.StatusInternalServerError, message: "Server error."}
		}
		e.pause(c.Context(), parallelWindow)
		return do(c)
	}
}

// occupy counts the writers of a list.
func (e *Emulator) occupy(id string, n int) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p, ok := e.world.Playlists[id]
	if !ok {
		return 0, notFound()
	}
	p.writers += n
	return p.writers, nil
}
