package auth

import (
	"net/url"
	"strings"
	"testing"
)

func TestSec12_ReturnToStaysHere(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"/":                                    "/",
		"/c/42?x=1#end":                        "/c/42?x=1#end",
		"/search?u=https://a.b//":              "/search?u=https://a.b//",
		"/a%2Fb":                               "/a%2Fb",
		"":                                     "/",
		"c/42":                                 "/",
		"//evil.example":                       "/",
		"///evil.example":                      "/",
		`/\evil.example`:                       "/",
		`\\evil.example`:                       "/",
		"/\t/evil.example":                     "/",
		"/\n/evil.example":                     "/",
		" /c":                                  "/",
		"/c d":                                 "/",
		"https://evil.example/":                "/",
		"javascript:alert(1)":                  "/",
		"/%zz":                                 "/",
		"/\x00":                                "/",
		"/ü":                                   "/",
		"/" + strings.Repeat("a", maxReturnTo): "/",
	}
	for in, want := range tests {
		if got := ReturnTo(in); got != want {
			t.Errorf("ReturnTo(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzReturnTo reads the answer as a browser does and checks that it stays on the site.
func FuzzReturnTo(f *testing.F) {
	for _, seed := range []string{"/c", "//x", `/\x`, "/\t/x", "https://x", "/..//x", "/.//x", "/@x", "/?//x", "/%2f/x", "/\r\n//x", "/;//x"} {
		f.Add(seed)
	}
	here := &url.URL{Scheme: "https", Host: "segue.example", Path: "/auth/callback"}
	browser := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/")
	f.Fuzz(func(t *testing.T, s string) {
		got := ReturnTo(s)
		if got != "/" && got != s {
			t.Fatalf("ReturnTo(%q) = %q is neither the input nor /", s, got)
		}
		there, err := here.Parse(strings.TrimSpace(browser.Replace(got)))
		if err != nil {
			t.Fatalf("ReturnTo(%q) = %q: %v", s, got, err)
		}
		if there.Scheme != here.Scheme || there.Host != here.Host || there.User != nil {
			t.Fatalf("ReturnTo(%q) = %q leads to %s", s, got, there)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r < ' ' }) {
			t.Fatalf("ReturnTo(%q) = %q holds control characters", s, got)
		}
	})
}
