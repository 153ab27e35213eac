package match

import "strings"

// Fold is the form in which texts are the same if they sound the same: letters
// and digits in lower case, transliterated, without spaces. It is for comparing
// within one source and may change; what is kept goes by Key.
func Fold(text string) string { return normal(text).tight }

// Versions returns what a title says of its version, as it is written: "Live at
// Wembley, 2011 Remaster" of a title with both; "" when it says nothing.
func Versions(title string) string {
	return strings.Join(parse(title).version.labels, ", ")
}
