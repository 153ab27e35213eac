// Package layout is the document around every page: head, header, landmarks
// and the two live regions.
package layout

// Person is who is logged in; the zero value is nobody.
type Person struct {
	Name  string
	Image string // URL of a picture; "" shows an initial
}

// Frame is what a page tells the document about itself.
type Frame struct {
	Title   string // of the browser tab, without the program's name
	Person  Person
	Refresh int    // seconds after which a browser without JavaScript loads the page again; 0 = never
	Stream  bool   // the page listens to a run: the Live pill is shown
	Here    string // which of the header's links is the page itself: "", "account"
}
