package learn

import (
	"apkaudit/internal/bounded"
	"apkaudit/internal/classfile"
)

// Bounds names the limits of what is read of an SDK's archive. They are fixed.
func Bounds() []bounded.Bound {
	return []bounded.Bound{
		bounded.Fixed("max-artifact-bytes", maxFileBytes, bounded.Bytes, "the archive of an SDK"),
		bounded.Fixed("max-archive-bytes", classfile.MaxArchiveBytes, bounded.Bytes, "what such an archive holds, inflated"),
		bounded.Fixed("max-archive-entries", classfile.MaxEntries, bounded.Count, "files in it"),
		bounded.Fixed("max-archive-depth", classfile.MaxDepth, bounded.Count, "archives inside each other"),
		bounded.Fixed("max-class-bytes", classfile.MaxClassBytes, bounded.Bytes, "a class file in it"),
		bounded.Fixed("max-text-bytes", classfile.MaxTextBytes, bounded.Bytes, "a manifest, rules or version file in it"),
		bounded.Fixed("max-listed", maxListed, bounded.Count, "names of one kind that are kept of it"),
		bounded.Fixed("max-artifact-list-bytes", maxListOfArtifacts, bounded.Bytes, "a list of archives"),
	}
}
