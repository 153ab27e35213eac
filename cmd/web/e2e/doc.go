// Package e2e holds the tests that use Segue as a person would: the real
// program in a process of its own, and a real Chromium. It imports nothing of
// ours, so that it does not compile the embedded server a second time.
package e2e
