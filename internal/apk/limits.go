package apk

import (
	"time"

	"apkaudit/internal/bounded"
)

// Limits bound what one App may produce. All byte limits count bytes that were
// really produced, never what a header claims. Where an app comes as several APKs, or
// inside other archives, they hold for all of these together.
type Limits struct {
	FileBytes      int64         // one file as it lies on disk; Android's own format ends at 4 GiB
	APKs           int           // APKs, other archives and modules that are opened to find the splits of one app
	Depth          int           // archives around an APK
	InflatedBytes  int64         // APKs and archives that are deflated within another archive, inflated into memory
	Entries        int           // directory entries kept
	DirectoryBytes int64         // central directory read
	ManifestBytes  int64         // AndroidManifest.xml, inflated
	ManifestNodes  int           // elements of the manifest that are kept
	ResourceBytes  int64         // resources.arsc or resources.pb, inflated
	DEXBytes       int64         // one classes*.dex, inflated
	AllDEXBytes    int64         // all reads of classes*.dex of one App together
	EntryBytes     int64         // one other entry, inflated
	AllEntryBytes  int64         // all reads of other entries of one App together
	SignerBytes    int64         // signing block, or signature files together
	SignerTime     time.Duration // until the certificate must be extracted
	StringBytes    int           // one string taken from manifest or resources
}

// DefaultLimits fit every app that stores carry and keep one scan below 1 GB.
func DefaultLimits() Limits {
	return Limits{
		FileBytes:      4<<30 - 64<<20,
		APKs:           500,
		Depth:          3,
		InflatedBytes:  384 << 20,
		Entries:        100_000,
		DirectoryBytes: 32 << 20,
		ManifestBytes:  16 << 20,
		ManifestNodes:  60_000,
		ResourceBytes:  64 << 20,
		DEXBytes:       128 << 20,
		AllDEXBytes:    320 << 20,
		EntryBytes:     64 << 20,
		AllEntryBytes:  512 << 20,
		SignerBytes:    16 << 20,
		SignerTime:     3 * time.Second,
		StringBytes:    4096,
	}
}

// Bounds names the limits as gaps and errors do: those that can be set, then those that
// cannot and that a gap may name all the same.
func (l *Limits) Bounds() []bounded.Bound {
	return []bounded.Bound{
		bounded.Of("max-file-bytes", &l.FileBytes, bounded.Bytes, 64<<10, "one file as it lies on disk"),
		bounded.Of("max-apks", &l.APKs, bounded.Count, 1, "APKs, archives and modules opened to find the splits of an app"),
		bounded.Of("max-depth", &l.Depth, bounded.Count, 1, "archives around an APK"),
		bounded.Of("max-inflated-bytes", &l.InflatedBytes, bounded.Bytes, 64<<10, "APKs deflated inside another archive"),
		bounded.Of("max-entries", &l.Entries, bounded.Count, 10, "files of an archive"),
		bounded.Of("max-directory-bytes", &l.DirectoryBytes, bounded.Bytes, 1<<10, "directory of an archive"),
		bounded.Of("max-manifest-bytes", &l.ManifestBytes, bounded.Bytes, 1<<10, "AndroidManifest.xml, inflated"),
		bounded.Of("max-manifest-nodes", &l.ManifestNodes, bounded.Count, 10, "elements of the manifest"),
		bounded.Of("max-resource-bytes", &l.ResourceBytes, bounded.Bytes, 1<<10, "resources.arsc, inflated"),
		bounded.Of("max-dex-bytes", &l.DEXBytes, bounded.Bytes, 4<<10, "one classes*.dex, inflated"),
		bounded.Of("max-all-dex-bytes", &l.AllDEXBytes, bounded.Bytes, 4<<10, "all classes*.dex of an app, inflated"),
		bounded.Of("max-entry-bytes", &l.EntryBytes, bounded.Bytes, 4<<10, "one other file of an archive, inflated"),
		bounded.Of("max-all-entry-bytes", &l.AllEntryBytes, bounded.Bytes, 4<<10, "all other files of an app together, inflated"),
		bounded.Of("max-signer-bytes", &l.SignerBytes, bounded.Bytes, 1<<10, "signing block, or signature files together"),
		bounded.Of("max-signer-time", &l.SignerTime, bounded.Time, int64(10*time.Millisecond), "time to read the certificate"),
		bounded.Of("max-string-bytes", &l.StringBytes, bounded.Bytes, 64, "one value of manifest or resources"),

		bounded.Fixed("max-components", maxComponents, bounded.Count, "components of an app, as on Android"),
		bounded.Fixed("max-splits-listed", maxSplitsListed, bounded.Count, "files of an archive of APKs that a report lists"),
		bounded.Fixed("max-layouts", maxLayouts, bounded.Count, "layout files looked at"),
		bounded.Fixed("max-layout-bytes", maxLayoutBytes, bounded.Bytes, "one layout file"),
		bounded.Fixed("max-layout-names", maxLayoutNames, bounded.Count, "classes, methods and texts of one layout"),
		bounded.Fixed("max-layout-depth", maxLayoutNested, bounded.Count, "layouts inside one another"),
		bounded.Fixed("max-xml-bytes", maxXMLBytes, bounded.Bytes, "one XML file that configures an app"),
		bounded.Fixed("max-xml-nodes", maxXMLNodes, bounded.Count, "elements of one such file"),
		bounded.Fixed("max-references", maxReferences, bounded.Count, "resources that a manifest refers to"),
		bounded.Fixed("max-configurations", maxConfigs, bounded.Count, "configurations of one resource type"),
		bounded.Fixed("max-text-factor", maxTextFactor, bounded.Count, "bytes of texts looked at, for each byte of the strings of a resource table"),
		bounded.Fixed("max-alternatives", maxAlternatives, bounded.Count, "references and values followed for one text"),
		bounded.Fixed("max-attribute-name-bytes", maxAttrNameBytes, bounded.Bytes, "attribute names of the manifest, all elements together"),
		bounded.Fixed("max-pool-strings", maxPoolStrings, bounded.Count, "strings of the manifest"),
		bounded.Fixed("max-pool-bytes", maxPoolBytes, bounded.Bytes, "strings of the manifest, decoded"),
		bounded.Fixed("max-resource-chunks", maxResourceChunks, bounded.Count, "chunks of a resource table"),
		bounded.Fixed("max-note-bytes", maxNoteBytes, bounded.Bytes, "manifest.json, info.json or toc.pb of an archive of APKs"),
		bounded.Fixed("max-packages", maxPackages, bounded.Count, "packages of a bundle's resource table"),
		bounded.Fixed("max-proto-depth", maxProtoDepth, bounded.Count, "elements inside one another of a bundle's XML"),
		bounded.Fixed("max-attributes", maxAttributes, bounded.Count, "attributes of one element of a bundle's XML, as on Android"),
		bounded.Fixed("max-proto-nodes", maxProtoNodes, bounded.Count, "elements and attributes of one XML file of a bundle"),
		bounded.Fixed("max-proto-values", maxProtoValues, bounded.Count, "values and strings of a bundle's resource table"),
	}
}

// Limits inside the formats. They are no user's business: real files stay far
// below, and whatever lies above is made to exhaust a reader.
const (
	maxTailSearch     = 22 + 0xffff // end-of-directory record with the longest comment
	maxDeflateRatio   = 8           // first allocation for an entry, in multiples of its compressed size
	maxPoolStrings    = 1 << 18     // strings of a manifest
	maxPoolBytes      = 16 << 20    // decoded strings of a rebuilt pool
	maxAttrNameBytes  = 32 << 20    // attribute names that a manifest makes the parser copy, all tags together
	maxReferences     = 4096        // resources that a manifest refers to
	maxReferenceHops  = 20          // references that point to references, as on Android; also ends cycles
	maxConfigs        = 600         // configurations of one resource type that are looked at
	maxResourceChunks = 200_000     // chunks of one resource table
	maxResourceText   = 8 << 20     // strings taken out of one resource table
	maxComponents     = 30_000      // Android's own limit per app
	maxGapNames       = 5           // names quoted in one gap
	maxNoteBytes      = 8 << 20     // manifest.json, info.json or toc.pb of archives of APKs
	maxSplitsListed   = 2000        // files of an archive of APKs that a report lists
	maxProtoDepth     = 128         // elements inside one another of a bundle's XML
	maxAttributes     = 0xffff      // attributes of one element of a bundle's XML, as on Android
	maxAlternatives   = 256         // references and values that are followed for one text
	maxProtoNodes     = 500_000     // elements and attributes of one XML file of a bundle
	maxProtoValues    = 1_500_000   // values and strings of one resource table of a bundle
	maxPackages       = 256         // packages of it, whose number is one byte
)
