package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

func TestAScheduleIsMadeRunPausedAndDeletedInABrowser(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	b.open(s.url + "/c")
	b.press(`[data-testid="history"] a[href="/schedules"]`)
	b.sees(`[data-testid="none"]`, "Nothing repeats itself yet.")
	b.accessible("schedules-none-e2e")
	b.press(`a[href="/schedules/new"]`)
	b.until(`document.querySelector("#zone").value === Intl.DateTimeFormat().resolvedOptions().timeZone`)
	b.until(`document.querySelector("#from").offsetParent === null && document.querySelector("#url").offsetParent !== null`)
	b.press(`input[value="archive"]`)
	b.until(`document.querySelector("#from").offsetParent !== null && document.querySelector("#url").offsetParent === null`)
	b.do(chromedp.SetValue("#name", "Keep Dinner"))
	b.until(`["from", "to"].every((id, i) => {
		const select = document.getElementById(id);
		return select.value = [...select.options].find(o => o.text === ["Dinner", "Focus"][i])?.value;
	})`)
	b.accessible("schedule-new-e2e")
	b.press(`[data-testid="create"] button`)
	b.sees(`main`, "Adds what is new in Dinner to Focus")
	b.until(`document.querySelectorAll('[data-testid="times"] time').length === 5`)
	b.accessible("schedule-e2e")

	page, err := eval[string](b, "location.href")
	if err != nil {
		t.Fatal(err)
	}
	b.press(`[data-testid="run-now"] button`)
	b.until(`location.pathname.startsWith("/runs/")`)
	b.ended(s, "from Dinner to Focus")
	b.open(page)
	b.sees(`[data-testid="result"]`, "to Focus")
	b.press(`[data-testid="pause"] button`)
	b.sees(`[data-testid="paused"]`, "Nothing is done until you let it go on.")
	b.press(`[data-testid="pause"] button`)
	b.until(`!!document.querySelector('[data-testid="times"]')`)
	b.press(`a[href$="?delete=1"]`)
	b.press(`[data-testid="confirm"] button`)
	b.sees(`[data-testid="none"]`, "Nothing repeats itself yet.")
}
