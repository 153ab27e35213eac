package intake

import (
	"fmt"
	"strings"
	"testing"
)

// 10,000 rows, the most there may be. B/op is all that was allocated, not what is held at once.
func BenchmarkParse(b *testing.B) {
	var lines, table, videos strings.Builder
	table.WriteString("Track URI,Track Name,Artist Name(s),Album Name,Track Duration (ms),ISRC\n")
	for i := range MaxSongs {
		fmt.Fprintf(&lines, "%d. Song Number %d (Live) - Artist %d / Guest %d\n", i+1, i, i%500, i%7)
		fmt.Fprintf(&table, "spotify:track:%022d,Song Number %d,\"Artist %d, Guest\",Album,%d,USAAA%07d\n", i, i, i%500, 180_000+i, i)
		fmt.Fprintf(&videos, "Artist %d - Song Number %d ft. Guest %d (Official Music Video) [HD]\n", i%500, i, i%7)
	}
	for name, text := range map[string]string{"lines": lines.String(), "table": table.String(), "videos": videos.String()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				p, err := Parse(strings.NewReader(text), Choices{})
				if err != nil || p.Totals()[Unreadable] > 0 || len(p.Rows) != MaxSongs {
					b.Fatal(len(p.Rows), p.Totals(), err)
				}
			}
		})
	}
}
