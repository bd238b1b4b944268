//go:build race

package policy

// raceEnabled: bounds on time do not hold under the race detector.
const raceEnabled = true
