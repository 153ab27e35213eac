//go:build race

package store

// raceDetector makes everything an order of magnitude slower.
const raceDetector = true
