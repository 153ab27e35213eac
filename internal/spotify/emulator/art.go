package emulator

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
)

// cover draws GET /image/{id}: the same calm picture for the same id.
func (e *Emulator) cover(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if !isID(id) {
		http.NotFound(w, r)
		return
	}
	size := 640
	if n, err := strconv.Atoi(r.URL.Query().Get("w")); err == nil && n > 0 && n <= 2000 {
		size = n
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	_, _ = w.Write([]byte(art(id, size))) // a client that left is not our trouble
}

// art is a gradient of two neighbouring hues with one of three simple figures on it.
func art(id string, size int) string {
	n := (&dice{}).of(id)
	hue := float64(n % 360)
	other := math.Mod(hue+30+float64(n>>9%70), 360)
	var s strings.Builder
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[1]d" viewBox="0 0 100 100"><defs>`, size)
	fmt.Fprintf(&s, `<linearGradient id="g" gradientTransform="rotate(%d .5 .5)"><stop stop-color="hsl(%.0f 45%% 62%%)"/><stop offset="1" stop-color="hsl(%.0f 55%% 26%%)"/></linearGradient></defs>`,
		n>>16%360, hue, other)
	s.WriteString(`<rect width="100" height="100" fill="url(#g)"/>`)
	x, y := 25+float64(n>>24%50), 25+float64(n>>32%50)
	pale := fmt.Sprintf("hsl(%.0f 70%% 88%%)", other)
	switch n >> 40 % 3 {
	case 0: // a sun over hills
		fmt.Fprintf(&s, `<circle cx="%.0f" cy="%.0f" r="%d" fill="%s" opacity=".75"/>`, x, y*.7, 9+n>>44%12, pale)
		fmt.Fprintf(&s, `<path d="M0 %.0fQ30 %.0f 55 %.0fT100 %.0fV100H0Z" fill="hsl(%.0f 50%% 16%%)" opacity=".6"/>`, 60+y*.3, 40+y*.3, 66+x*.2, 60+x*.2, other)
	case 1: // rings
		for i := range 4 {
			fmt.Fprintf(&s, `<circle cx="%.0f" cy="%.0f" r="%d" fill="none" stroke="%s" stroke-width="2.5" opacity="%.2f"/>`, x, y, 10+13*i, pale, .7-.15*float64(i))
		}
	default: // slanting bars
		for i := range 5 {
			fmt.Fprintf(&s, `<rect x="%d" y="-20" width="%d" height="150" transform="rotate(%d 50 50)" fill="%s" opacity="%.2f"/>`, 8+20*i, 3+n>>(44+3*i)%9, 15+n>>34%40, pale, .15+.1*float64(i))
		}
	}
	s.WriteString(`</svg>`)
	return s.String()
}
