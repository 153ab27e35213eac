// Package web holds what a browser loads beside the pages: styles, scripts and
// icons. They are embedded, so the program is one file.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed static
var files embed.FS

// Prefix is the path under which Handler expects to be mounted.
const Prefix = "/static/"

// versions maps the name of each asset to a short hash of its content.
var versions = sync.OnceValue(func() map[string]string {
	found := map[string]string{}
	_ = fs.WalkDir(files, "static", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		found[strings.TrimPrefix(name, "static/")] = hex.EncodeToString(sum[:6])
		return nil
	})
	return found
})

// Path returns the URL of an asset, e.g. Path("app.css") = "/static/app.css?v=1a2b3c4d5e6f".
// The version changes with the content, so the answer may be cached for ever.
// An asset that was not built has no version and still a URL.
func Path(name string) string {
	if v, ok := versions()[name]; ok {
		return Prefix + name + "?v=" + v
	}
	return Prefix + name
}

// Handler serves the assets under Prefix. A request with the current version is
// cached for a year, any other is revalidated. Directories are not listed.
func Handler() http.Handler {
	inner := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), Prefix)
		version, known := versions()[name]
		if !known {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("ETag", `"`+version+`"`)
		w.Header().Set("Cache-Control", "no-cache")
		if r.URL.Query().Get("v") == version {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		inner.ServeHTTP(w, r)
	})
}
