// Package export writes the songs of a run, and what became of each, as CSV or
// JSON, row by row as they come.
package export
