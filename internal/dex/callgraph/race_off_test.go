//go:build !race

package callgraph_test

const raceFactor = 1
