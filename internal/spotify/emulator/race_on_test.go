//go:build race

package emulator

// raceDetector makes everything an order of magnitude slower.
const raceDetector = true
