// Package ui has the small parts every page is made of. It knows no domain types.
package ui
