package apk

import "time"

// Limits bound what one App may produce. All byte limits count bytes that were
// really produced, never what a header claims.
type Limits struct {
	FileBytes      int64         // the archive itself; Android's own format ends at 4 GiB
	Entries        int           // directory entries kept
	DirectoryBytes int64         // central directory read
	ManifestBytes  int64         // AndroidManifest.xml, inflated
	ManifestNodes  int           // elements of the manifest that are kept
	ResourceBytes  int64         // resources.arsc, inflated
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
		Entries:        100_000,
		DirectoryBytes: 32 << 20,
		ManifestBytes:  16 << 20,
		ManifestNodes:  60_000,
		ResourceBytes:  64 << 20,
		DEXBytes:       128 << 20,
		AllDEXBytes:    512 << 20,
		EntryBytes:     64 << 20,
		AllEntryBytes:  512 << 20,
		SignerBytes:    16 << 20,
		SignerTime:     3 * time.Second,
		StringBytes:    4096,
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
	maxReferenceHops  = 16          // references that point to references; also ends cycles
	maxConfigs        = 600         // configurations of one resource type that are looked at
	maxResourceChunks = 200_000     // chunks of one resource table
	maxResourceText   = 8 << 20     // strings taken out of one resource table
	maxComponents     = 30_000      // Android's own limit per app
	maxGapNames       = 5           // names quoted in one gap
)
