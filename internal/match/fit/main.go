// The program fit finds the weights of the matcher's model from labelled songs
// and writes them as a Go file, with the figures they reach on artists that they
// were not fitted on:
//
//	go run ./internal/match/fit -data ../shared/data -out internal/match/weights.go
//
// Which of a recording's tracks counts as the one that fits best depends on the
// weights in use, so after a change of features it is run twice.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"segue/internal/rehearsal"
)

func main() {
	data := flag.String("data", "../shared/data", "folder of the labelled songs and their catalogue")
	out := flag.String("out", "", "Go file to write; standard output when empty")
	flag.Parse()
	if err := run(*data, *out); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}

// catalogueFile is what the labelled songs are searched in.
const catalogueFile = "catalogue.tsv.gz"

func run(data, out string) error {
	cases, err := load(data)
	if err != nil {
		return err
	}
	known, err := recordings(filepath.Join(data, catalogueFile))
	if err != nil {
		return err
	}
	spotify, err := rehearsal.Open(filepath.Join(data, catalogueFile))
	if err != nil {
		return err
	}
	fitted, checked, err := observe(context.Background(), spotify, known, cases)
	if err != nil {
		return err
	}
	w := fit(fitted)
	text, err := source(w, figuresOf(fitted, w), figuresOf(checked, w), counts(fitted))
	if err != nil {
		return err
	}
	if out == "" {
		_, err = os.Stdout.Write(text)
		return err
	}
	return os.WriteFile(out, text, 0o644) //nolint:gosec // source code is for everybody to read
}
