package partial

import (
	"context"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// Prose is what a language model wrote, as the markdown it is (CommonMark, with
// tables and strikethrough). It is nobody's page: tags are shown as text, pictures as
// their description, headings as bold lines, and links only where they lead to the
// web. Of an answer that is still being written the open end is closed.
func Prose(text string, unfinished bool) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if unfinished {
			text = closed(text)
		}
		return markdown().Convert([]byte(text), w)
	})
}

func markdown() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.Strikethrough,
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone))),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(tame{}, 1))),
	)
}

// tame renders the kinds of nodes that could reach outside the answer.
type tame struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (tame) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHeading, wrap("<p><strong>", "</strong></p>\n"))
	r.Register(ast.KindImage, wrap("", ""))
	r.Register(ast.KindHTMLBlock, block)
	r.Register(ast.KindRawHTML, raw)
	r.Register(ast.KindLink, link)
	r.Register(ast.KindAutoLink, autoLink)
}

// wrap puts what is in a node between two tags.
func wrap(open, end string) renderer.NodeRendererFunc {
	return func(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(open) // a failed write shows when the buffer is flushed
		} else {
			_, _ = w.WriteString(end)
		}
		return ast.WalkContinue, nil
	}
}

func block(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	node, ok := n.(*ast.HTMLBlock)
	if !ok || !entering {
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("<p>")
	html.DefaultWriter.RawWrite(w, node.Lines().Value(source))
	if node.HasClosure() {
		html.DefaultWriter.RawWrite(w, node.ClosureLine.Value(source))
	}
	_, _ = w.WriteString("</p>\n")
	return ast.WalkContinue, nil
}

func raw(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if node, ok := n.(*ast.RawHTML); ok && entering {
		html.DefaultWriter.RawWrite(w, node.Segments.Value(source))
	}
	return ast.WalkSkipChildren, nil
}

const linkEnd = "</a>"

func link(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	node, ok := n.(*ast.Link)
	if !ok || !toTheWeb(string(node.Destination)) {
		return ast.WalkContinue, nil // its words stay
	}
	if entering {
		openLink(w, node.Destination)
	} else {
		_, _ = w.WriteString(linkEnd)
	}
	return ast.WalkContinue, nil
}

func autoLink(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	node, ok := n.(*ast.AutoLink)
	if !ok || !entering {
		return ast.WalkContinue, nil
	}
	address := node.URL(source)
	leads := toTheWeb(string(address))
	if leads {
		openLink(w, address)
	}
	html.DefaultWriter.RawWrite(w, node.Label(source))
	if leads {
		_, _ = w.WriteString(linkEnd)
	}
	return ast.WalkContinue, nil
}

func openLink(w util.BufWriter, address []byte) {
	_, _ = w.WriteString(`<a href="`)
	_, _ = w.Write(util.EscapeHTML(util.URLEscape(address, true)))
	_, _ = w.WriteString(`" target="_blank" rel="noopener noreferrer nofollow">`)
}

// toTheWeb reports whether an address is one of http or https with a host.
func toTheWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

var (
	fence    = regexp.MustCompile("(?m)^ {0,3}(```+|~~~+)")
	mark     = regexp.MustCompile(`(^|\n)[ \t]*([-+*=>_~#|:]+|\d+[.)])?[ \t]*$`) // a line that is all signs: what it will be, nobody knows yet
	openLnk  = regexp.MustCompile(`!?\[([^\[\]\n]*)(\](\([^()\n]*)?)?$`)
	inCode   = regexp.MustCompile("`+")
	emphasis = regexp.MustCompile(`\*\*|~~|\*|~`)
)

// closed ends what the end of a text leaves open: a link, code, bold or slanted
// words, and a line of which only the sign is there. A fence of code needs no end.
func closed(text string) string {
	if len(fence.FindAllStringIndex(text, -1))%2 == 1 {
		return text
	}
	text = mark.ReplaceAllString(text, "$1")
	at := strings.LastIndex(text, "\n\n") + 1 // only in the last paragraph
	head, tail := text[:at], text[at:]
	if n := len(inCode.FindAllStringIndex(tail, -1)); n%2 == 1 {
		if !strings.HasSuffix(tail, "`") {
			return head + strings.TrimRight(tail, " ") + "`"
		}
		tail = strings.TrimRight(tail, "`") // nothing is in it yet
	}
	tail = openLnk.ReplaceAllString(tail, "$1")
	return head + ended(tail)
}

// ended closes signs of emphasis that stand open, the inner first.
func ended(tail string) string {
	var open []string
	for _, at := range emphasis.FindAllStringIndex(tail, -1) {
		sign := tail[at[0]:at[1]]
		switch n := len(open); {
		case n > 0 && open[n-1] == sign:
			open = open[:n-1]
		case at[1] == len(tail): // opened with nothing behind it yet, or half of what closes
			tail = strings.TrimSuffix(tail, sign)
		case sign == "~", tail[at[1]] == ' ': // about; a bullet or a sign of its own
		default:
			open = append(open, sign)
		}
	}
	tail = strings.TrimRight(tail, " \n")
	for _, sign := range slices.Backward(open) {
		tail += sign
	}
	return tail
}
