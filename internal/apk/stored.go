package apk

// Stored tells whether the archive holds a file uncompressed, so that its first
// bytes cost next to nothing to read. name is as in Entries.
func (a *App) Stored(name string) bool {
	i, ok := a.index[name]
	return ok && a.dir.entries[i].method == methodStore
}
