//go:build race

package callgraph_test

// Code under the race detector takes some twelve times as long.
func init() { hostileTime *= 12 }
