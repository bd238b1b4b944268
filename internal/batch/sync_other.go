//go:build !unix

package batch

// syncDir does nothing where a directory cannot be synced.
func syncDir(string) error { return nil }
