package rules

import "testing"

func TestPlaylistsAreKeptInOrder(t *testing.T) {
	t.Parallel()
	check(t, []phrasing{
		{"", "rename Gym to Workout", "rename Gym = Workout"},
		{"", "please rename my Gym playlist to “To the Moon”", "rename Gym = To the Moon"},
		{"last", "rename it to Late Evening", "rename #e1 = Late Evening"},
		{"", "change the name of Road Trip to Back to Black", "rename Road Trip = Back to Black"},
		{"", "rename Gym", "?"},

		{"", "remove duplicates from Gym", "dedupe Gym"},
		{"", "Remove all the duplicate songs in my Gym playlist please", "dedupe Gym"},
		{"", "get rid of the dupes in Gym", "dedupe Gym"},
		{"last", "remove the duplicates", "dedupe #e1"},
		{"last", "dedupe it", "dedupe #e1"},
		{"", "clean up Road Trip", "dedupe Road Trip"},
		{"", "find duplicates in Gym", "dedupe Gym"},
		{"", "remove Duplicates by Nobody from Gym", "remove Duplicates|Nobody < Gym"},
		{"", "add Clean Up by Kenickie to Gym", "add Clean Up|Kenickie > Gym"},

		{"", "sort Gym by artist", "sort Gym by artist"},
		{"", "Sort my Road Trip playlist by date added, newest first", "sort Road Trip by added down"},
		{"", "order Gym by year descending", "sort Gym by release down"},
		{"", "sort the songs in Gym by title from a to z", "sort Gym by title"},
		{"", "sort Gym by length, longest first", "sort Gym by duration down"},
		{"", "sort Gym by album", "sort Gym by album"},
		{"default last", "sort them by artist", "sort #e1 by artist"},
		{"", "sort Gym by mood", "?"},

		{"", "move Creep by Radiohead to the top of Gym", "move Creep|Radiohead > 1 in Gym"},
		{"last", "move Creep to the end", "move Creep| > -1 in #e1"},
		{"", "move Creep by Radiohead to position 12 in Gym", "move Creep|Radiohead > 12 in Gym"},
		{"", "move Creep by Radiohead and Yellow by Coldplay to the top of Gym", "?"},
		{"", "remove duplicates from Gym and sort it by title", "dedupe Gym + sort Gym by title"},
		{"", "sort Gym by artist and remove the duplicates from it", "sort Gym by artist + dedupe Gym"},
	})
}
