//go:build !unix

package batch

// beNice does nothing where there is no such thing.
func beNice(int) {}
