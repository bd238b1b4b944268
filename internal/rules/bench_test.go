package rules

import "testing"

// BenchmarkLoad is the start-up cost of the built-in knowledge.
func BenchmarkLoad(b *testing.B) {
	for range b.N {
		if _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}
