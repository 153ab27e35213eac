package rules

import (
	"slices"
	"testing"

	"segue/internal/agent"
)

// TestTheOtherReadingIsOnePressAway holds what is done, how the answer says it was
// read, and that the message offered for the other reading asks for just that.
func TestTheOtherReadingIsOnePressAway(t *testing.T) {
	t.Parallel()
	const artist = "I took “Imagine” for an artist. If you meant a song, choose it below."
	for _, c := range []struct{ message, want, say, offer, other string }{
		{
			"add Bohemian Rhapsody by Queen, Imagine to Road Trip", "add Bohemian Rhapsody|Queen;Imagine > Road Trip", artist,
			"Add “Imagine” to Road Trip", "add Imagine| > Road Trip",
		},
		{
			"add Bohemian Rhapsody by Queen and Imagine to Road Trip", "add Bohemian Rhapsody|Queen and Imagine > Road Trip", artist,
			"Add “Imagine” to Road Trip", "add Imagine| > Road Trip",
		},
		{
			"add Bohemian Rhapsody by Queen, Imagine, Yellow to Gym", "add Bohemian Rhapsody|Queen;Imagine;Yellow > Gym",
			"I took “Imagine, Yellow” for artists. If you meant songs, choose them below.",
			"Add “Imagine” and “Yellow” to Gym", "add Imagine|, Yellow| > Gym",
		},
		{
			"add Creep by Radiohead, Imagine by John Lennon and Yellow to Gym", "add Creep|Radiohead, Imagine|John Lennon and Yellow > Gym",
			"I took “Yellow” for an artist. If you meant a song, choose it below.",
			"Add “Yellow” to Gym", "add Yellow| > Gym",
		},
		{
			"add Creep and Karma Police by Radiohead to Gym", "add Creep and Karma Police|Radiohead > Gym",
			"I took “Creep and Karma Police” for one title. If you meant 2 songs, choose them below.",
			"Add “Creep” by Radiohead and “Karma Police” by Radiohead to Gym", "add Creep|Radiohead, Karma Police|Radiohead > Gym",
		},
		{
			"add Creep, Karma Police by Radiohead to Gym", "add Creep, Karma Police|Radiohead > Gym",
			"I took “Creep, Karma Police” for one title. If you meant 2 songs, choose them below.",
			"Add “Creep” by Radiohead and “Karma Police” by Radiohead to Gym", "add Creep|Radiohead, Karma Police|Radiohead > Gym",
		},
		{
			"add Creep and Yellow to Gym", "add Creep and Yellow| > Gym",
			"I took “Creep and Yellow” for one title. If you meant 2 songs, choose them below.",
			"Add “Creep” and “Yellow” to Gym", "add Creep|, Yellow| > Gym",
		},
		{
			"add Creep, Yellow to Gym", "add Creep|Yellow > Gym",
			"I took “Yellow” for an artist. If you meant a song, choose it below.",
			"Add “Creep” and “Yellow” to Gym", "add Creep|, Yellow| > Gym",
		},
		{
			"add Deny, Deny, Deny by Radiohead to Gym", "add Deny|Radiohead, Deny|Radiohead, Deny|Radiohead > Gym",
			"I took “Deny, Deny, Deny” for several songs. If it is one title, choose it below.",
			"Add “Deny, Deny, Deny” by Radiohead to Gym", "add Deny, Deny, Deny|Radiohead > Gym",
		},
		{
			"add hello from adele to gym", "add hello from adele| > gym",
			"I took “hello from adele” for the title. If it names the artist too, choose that below.",
			"Add “hello” by adele to gym", "add hello|adele > gym",
		},
		{
			"remove Bohemian Rhapsody by Queen, Imagine from Gym", "remove Bohemian Rhapsody|Queen;Imagine < Gym", artist,
			"Remove “Imagine” from Gym", "remove Imagine| < Gym",
		},
		{"add Bohemian Rhapsody by Queen, Imagine", "add Bohemian Rhapsody|Queen;Imagine > #e1", artist, "Add “Imagine” to Evening", "add Imagine| > Evening"},
		{"put Bohemian Rhapsody by Queen, Imagine in “In the End”", "add Bohemian Rhapsody|Queen;Imagine > In the End", artist, "Add “Imagine” to “In the End”", "add Imagine| > In the End"},
	} {
		t.Run(c.message, func(t *testing.T) {
			t.Parallel()
			got, step := play(t, after("last", c.message))
			if got != c.want || step.Say != c.say || !slices.Equal(step.Suggestions, []string{c.offer}) {
				t.Errorf("got %s\nsay %q\nsuggestions %q", got, step.Say, step.Suggestions)
			}
			if other, next := play(t, after("last", c.offer)); other != c.other || next.Say != "" {
				t.Errorf("%s\ngot  %s, %q\nwant %s", c.offer, other, next.Say, c.other)
			}
		})
	}
}

func TestAListOfSongsGoesOnBehindAComma(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"add Creep by Radiohead, Imagine by John Lennon, Yellow to Focus":    "add Creep|Radiohead, Imagine|John Lennon, Yellow| > Focus",
		"add Creep by Radiohead, Yellow, Imagine by John Lennon to Focus":    "add Creep|Radiohead, Yellow|, Imagine|John Lennon > Focus",
		"add Bohemian Rhapsody by Queen, and Yellow to Focus":                "add Bohemian Rhapsody|Queen, Yellow| > Focus",
		"add Bohemian Rhapsody by Queen plus Yellow to Focus":                "add Bohemian Rhapsody|Queen, Yellow| > Focus",
		"add See You Again by Tyler, The Creator, A by B, Yellow to Focus":   "add See You Again|Tyler, The Creator, A|B, Yellow| > Focus",
		"add Creep by Radiohead, Imagine by John Lennon, Yellow (live) to X": "add Creep|Radiohead, Imagine|John Lennon, Yellow|{live} > X",
	} {
		t.Run(message, func(t *testing.T) {
			t.Parallel()
			got, step := play(t, after("last", message))
			if got != want || step.Say != "I took “Yellow” for a song of its own." {
				t.Errorf("got %s, say %q; want %s", got, step.Say, want)
			}
		})
	}
}

func TestWhereThereIsNoChoiceNothingIsSaid(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"add Bohemian Rhapsody by Queen to Gym":                                              "add Bohemian Rhapsody|Queen > Gym",
		`add "Creep" by Radiohead and "Yellow" to Gym`:                                       "add Creep|Radiohead, Yellow| > Gym",
		`add Creep by Radiohead, "Yellow" to Gym`:                                            "add Creep|Radiohead, Yellow| > Gym",
		`add "Creep and Yellow" by Radiohead to Gym`:                                         "add Creep and Yellow|Radiohead > Gym",
		`add Otis by "Jay-Z, Kanye West" to Gym`:                                             "add Otis|Jay-Z, Kanye West > Gym",
		"add Jammin by Bob Marley and the Wailers to Gym":                                    "add Jammin|Bob Marley and the Wailers > Gym",
		"add Mrs. Robinson by Simon and Garfunkel to Gym":                                    "add Mrs. Robinson|Simon and Garfunkel > Gym",
		"add Maneater by Hall & Oates to Gym":                                                "add Maneater|Hall & Oates > Gym",
		"add September by Earth, Wind & Fire to Gym":                                         "add September|Earth, Wind & Fire > Gym",
		"add Love the Way You Lie by Eminem feat. Rihanna to Gym":                            "add Love the Way You Lie|Eminem;Rihanna > Gym",
		"add Creep by Radiohead, live, to Gym":                                               "add Creep|Radiohead{live} > Gym",
		"add Creep by Radiohead, the 2011 remaster to Gym":                                   "add Creep|Radiohead{2011 remaster} > Gym",
		"add these to Gym:\nOtis by Jay-Z, Kanye West\nSex and Candy by Marcy Playground":    "add Otis|Jay-Z;Kanye West, Sex and Candy|Marcy Playground > Gym",
		"create a playlist called Sad with:\nOtis by Jay-Z, Kanye West\nCreep by Radiohead":  "create Sad + add Otis|Jay-Z;Kanye West, Creep|Radiohead > #new",
		"add Creep by Radiohead and Yellow by Coldplay to Gym and Clocks by Coldplay to Gym": "add Creep|Radiohead, Yellow|Coldplay, Clocks|Coldplay > Gym",
	} {
		t.Run(message, func(t *testing.T) {
			t.Parallel()
			if got, step := play(t, after("last", message)); got != want || step.Say != "" || len(step.Suggestions) > 0 {
				t.Errorf("got %s, say %q, suggestions %q; want %s", got, step.Say, step.Suggestions, want)
			}
		})
	}
}

func TestNothingIsOfferedAfterACallThatFailed(t *testing.T) {
	t.Parallel()
	tr := after("", "add Bohemian Rhapsody by Queen, Imagine to Road Trip")
	step, err := New().Next(t.Context(), tr)
	if err != nil || len(step.Calls) != 1 {
		t.Fatalf("step %+v, %v", step, err)
	}
	tr.Calls, tr.Results = step.Calls, []agent.Result{{CallID: "1", Code: "not_found"}}
	if step, err = New().Next(t.Context(), tr); err != nil || !step.Done || step.Say != "" || len(step.Suggestions) > 0 {
		t.Errorf("step %+v, %v; want a silent end", step, err)
	}
}

func TestAtMostThreeDoubtsAreTold(t *testing.T) {
	t.Parallel()
	_, step := play(t, after("", "add A and B by C; D and E by F; G and H by I; J and K by L; M, N and O by P to Gym"))
	if len(step.Suggestions) != 3 {
		t.Errorf("suggestions %q", step.Suggestions)
	}
}
