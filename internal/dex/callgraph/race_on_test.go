//go:build race

package callgraph_test

// raceFactor is how many times as long code takes under the race detector, about.
const raceFactor = 12
