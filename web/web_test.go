package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"segue/web"
)

func get(t *testing.T, url string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if header != nil {
		r.Header = header
	}
	w := httptest.NewRecorder()
	web.Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestAnAssetIsCachedForEverUnderItsVersionOnly(t *testing.T) {
	t.Parallel()
	url := web.Path("app.js")
	if !strings.HasPrefix(url, "/static/app.js?v=") {
		t.Fatalf("path %q", url)
	}
	for url, want := range map[string]string{
		url:                     "public, max-age=31536000, immutable",
		"/static/app.js":        "no-cache",
		"/static/app.js?v=old":  "no-cache",
		web.Path("icons.svg"):   "public, max-age=31536000, immutable",
		web.Path("favicon.svg"): "public, max-age=31536000, immutable",
	} {
		response := get(t, url, nil)
		_ = response.Body.Close()
		if got := response.Header.Get("Cache-Control"); response.StatusCode != http.StatusOK || got != want {
			t.Errorf("%s: %d, Cache-Control %q, want %q", url, response.StatusCode, got, want)
		}
	}
}

func TestAnUnchangedAssetIsNotSentAgain(t *testing.T) {
	t.Parallel()
	first := get(t, "/static/app.js", nil)
	_ = first.Body.Close()
	again := get(t, "/static/app.js", http.Header{"If-None-Match": {first.Header.Get("ETag")}})
	_ = again.Body.Close()
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("status %d", again.StatusCode)
	}
}

func TestOnlyFilesAreServed(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/static/", "/static/vendor/", "/static/none.js", "/static/../web.go"} {
		response := get(t, path, nil)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, response.StatusCode)
		}
	}
}

func TestAnAssetThatWasNotBuiltHasAPathStill(t *testing.T) {
	t.Parallel()
	if got := web.Path("none.css"); got != "/static/none.css" {
		t.Errorf("path %q", got)
	}
}

// built returns an asset that npm run build makes.
func built(t *testing.T, name string) []byte {
	t.Helper()
	response := get(t, web.Path(name), nil)
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not built: npm ci, npm run build", name)
		}
		t.Skipf("%s is not built: npm ci, npm run build", name)
	}
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func compressed(t *testing.T, content []byte) int {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

func TestWhatABrowserLoadsStaysSmall(t *testing.T) {
	t.Parallel()
	var scripts int
	for _, name := range []string{"app.js", "admin.js", "keys.js", "talk.js", "vendor/htmx.js"} {
		scripts += compressed(t, built(t, name))
	}
	if scripts > 25<<10 {
		t.Errorf("%d bytes of scripts, at most 25 KB", scripts)
	}
	if n := compressed(t, built(t, "app.css")); n > 12<<10 {
		t.Errorf("%d bytes of styles, at most 12 KB", n)
	}
	if lines := bytes.Count(built(t, "app.js"), []byte("\n")); lines > 150 {
		t.Errorf("app.js has %d lines, at most 150", lines)
	}
}

func TestTheTailwindConfigurationIsHonoured(t *testing.T) {
	t.Parallel()
	css := string(built(t, "app.css"))
	if !strings.Contains(css, ".bg-tint{background-color:var(--tint)}") {
		t.Error("a colour that only tailwind.config.js names made no class")
	}
	if strings.Contains(css, "--color-gray") {
		t.Error("Tailwind's own colours are in the styles")
	}
}
