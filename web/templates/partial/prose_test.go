package partial_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"segue/web/templates/partial"
)

func prose(t *testing.T, text string, unfinished bool) string {
	t.Helper()
	var out bytes.Buffer
	if err := partial.Prose(text, unfinished).Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

func TestProseIsMarkdownThatReachesNowhere(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"**bold** and *slanted*, ~~gone~~": "<p><strong>bold</strong> and <em>slanted</em>, <del>gone</del></p>",
		"# Songs":                          "<p><strong>Songs</strong></p>",
		"Songs\n---":                       "<p><strong>Songs</strong></p>",
		"- one\n- two":                     "<ul>\n<li>one</li>\n<li>two</li>\n</ul>",
		"![a cover](https://e.example/x)":  "<p>a cover</p>",
		"[here](https://e.example/?a=1&b)": `<p><a href="https://e.example/?a=1&amp;b" target="_blank" rel="noopener noreferrer nofollow">here</a></p>`,
		"[here](javascript:alert(1))":      "<p>here</p>",
		"[here](/account/disconnect)":      "<p>here</p>",
		"[here](//e.example)":              "<p>here</p>",
		"[here](data:text/html,x)":         "<p>here</p>",
		"<https://e.example>":              `<p><a href="https://e.example" target="_blank" rel="noopener noreferrer nofollow">https://e.example</a></p>`,
		"<a@e.example>":                    "<p>a@e.example</p>",
		"a <b onclick=x>b</b>":             "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>",
		"<script>alert(1)</script>":        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
		"```html\n<b>\n```":                "<pre><code class=\"language-html\">&lt;b&gt;\n</code></pre>",
		"[a\"b](https://e.example/\"x)":    `<p><a href="https://e.example/%22x" target="_blank" rel="noopener noreferrer nofollow">a&quot;b</a></p>`,
		"| a |\n|:-:|\n| b |":              "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>",
	} {
		if got := prose(t, text, false); got != want {
			t.Errorf("%q becomes\n%s, want\n%s", text, got, want)
		}
	}
}

func TestWhatIsBeingWrittenLooksSaneAtEveryCut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"so **bo":                      "<p>so <strong>bo</strong></p>",
		"so **":                        "<p>so</p>",
		"so **bold *and sl":            "<p>so <strong>bold <em>and sl</em></strong></p>",
		"so `co":                       "<p>so <code>co</code></p>",
		"see [the li":                  "<p>see the li</p>",
		"see [the link](https://e.exa": "<p>see the link</p>",
		"a list:\n-":                   "<p>a list:</p>",
		"a list:\n\n1.":                "<p>a list:</p>",
		"- one\n- **tw":                "<ul>\n<li>one</li>\n<li><strong>tw</strong></li>\n</ul>",
		"* one\n* two":                 "<ul>\n<li>one</li>\n<li>two</li>\n</ul>",
		"```go\nx := 1":                "<pre><code class=\"language-go\">x := 1\n</code></pre>",
		"**done** and 2 * 3":           "<p><strong>done</strong> and 2 * 3</p>",
	} {
		if got := prose(t, text, true); got != want {
			t.Errorf("%q becomes\n%s, want\n%s", text, got, want)
		}
	}
	whole := "A **list** for *you*:\n\n1. `one` is [here](https://e.example)\n2. **two** ~~three~~\n\n```\n**not bold**\n```\n\nThe end."
	for cut := range len(whole) {
		got := prose(t, whole[:cut], true)
		inCode := strings.Index(got, "<pre>")
		if inCode < 0 {
			inCode = len(got)
		}
		if open := got[:inCode]; strings.ContainsAny(open, "*[~`") {
			t.Errorf("cut at %d: signs are left in %s", cut, open)
		}
	}
}

func FuzzProse(f *testing.F) {
	for _, seed := range []string{"**a", "[x](javascript:y)", "<img src=x onerror=y>", "```\n<", "![](http://a)", "<http://a\" onclick=x>", "[a]: javascript:b\n[a]"} {
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, text string, unfinished bool) {
		html := prose(t, text, unfinished)
		if bad := outside(t, html); bad != "" {
			t.Errorf("%q becomes %s: %s", text, html, bad)
		}
	})
}

// outside returns the first tag or attribute that no answer may have.
func outside(t *testing.T, page string) (bad string) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	tags := strings.Fields("p strong em del ul ol li a code pre blockquote hr br table thead tbody tr th td")
	doc.Find("head *, body *").Each(func(_ int, s *goquery.Selection) {
		node := s.Get(0)
		if !slices.Contains(tags, node.Data) {
			bad = "tag " + node.Data
		}
		for _, a := range node.Attr {
			web := a.Key == "href" && (strings.HasPrefix(a.Val, "http://") || strings.HasPrefix(a.Val, "https://"))
			if !web && !slices.Contains([]string{"rel", "target", "class", "start"}, a.Key) {
				bad = "attribute " + a.Key
			}
		}
	})
	return bad
}
