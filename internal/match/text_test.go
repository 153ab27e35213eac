package match

import "testing"

func TestTextsThatSoundTheSameFoldTheSame(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{"Björk": "BJORK", "Guns N' Roses": "guns n roses", "R.E.M.": "REM", "Simon & Garfunkel": "Simon and Garfunkel"} {
		if Fold(a) != Fold(b) || Fold(a) == "" {
			t.Errorf("%q is %q, %q is %q", a, Fold(a), b, Fold(b))
		}
	}
	if Fold("Queen") == Fold("Queens") || Fold(" ") != "" {
		t.Error("others fold the same")
	}
}

func TestVersionsAreAsWritten(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Creep": "", "Creep (Live at Wembley)": "Live at Wembley", "Creep - Live - 2011 Remaster": "Live, 2011 Remaster", "(I Can't Get No) Satisfaction": "",
	} {
		if got := Versions(title); got != want {
			t.Errorf("%q says %q, want %q", title, got, want)
		}
	}
}
