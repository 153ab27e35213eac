package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

func TestAListIsImportedAndReviewed(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	b.do(chromedp.Navigate(s.url + "/import"))
	b.accessible("import")
	b.do(chromedp.SetValue("#text", "Queen - Bohemian Rhapsody\nToto - Africa\nHallelujah\nQueen - Bohemian Rhapsody"))
	b.press(`[data-testid="import"] button`)
	b.sees(`[data-testid="wanted"]`, "Bohemian Rhapsody by Queen")
	b.accessible("preview")
	b.do(chromedp.SetValue("#name", "Brought"))
	b.press(`[data-testid="start"] button`)
	b.sees(`[data-testid="listing"]`, "2 added")
	b.sees(`[data-testid="listing"]`, "Review 1")
	b.press(`[data-testid="listing"] a`)
	b.sees(`[data-testid="rows"]`, "Hallelujah")
	b.accessible("review")
	b.press(`[data-testid="row-question"] button`)
	b.sees(`[data-testid="run"]`, "Added 3 songs to Brought")
	b.accessible("list-done")
	if n := s.times("Brought", "Bohemian Rhapsody"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
}
