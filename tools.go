//go:build tools

// Package segue pins modules that the module file must keep though nothing imports them yet.
package segue

import _ "github.com/openai/openai-go/v3" // the planner over a language model
