package main

import (
	"fmt"
	"os"
	"strings"
)

// The marks between which -write puts the tables.
const (
	begin = "<!-- bench-match: begin -->"
	end   = "<!-- bench-match: end -->"
)

// insert replaces what stands between the marks of a file.
func insert(file, text string) error {
	head, tail, err := around(file)
	if err != nil {
		return err
	}
	whole := head + begin + "\n\n" + strings.TrimSpace(text) + "\n\n" + end + tail
	return os.WriteFile(file, []byte(whole), 0o644) //nolint:gosec // a document that everybody may read
}

// around returns what stands before and after the marks.
func around(file string) (head, tail string, err error) {
	old, err := os.ReadFile(file)
	if err != nil {
		return "", "", err
	}
	head, rest, ok := strings.Cut(string(old), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", "", fmt.Errorf("%s has no lines %s and %s to put the tables between", file, begin, end)
	}
	return head, tail, nil
}
