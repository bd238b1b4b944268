package classfile

// Limits on what one file or archive may make a reader do. Real ones stay far
// below: the largest SDK archives have some 60 MB and 30,000 classes.
const (
	// MaxClassBytes is the longest class file that is read.
	MaxClassBytes = 16 << 20

	// MaxArchiveBytes is the most bytes that one archive, those inside it
	// included, may produce.
	MaxArchiveBytes = 1 << 30

	// MaxEntries is the most entries of one archive and those inside it.
	MaxEntries = 200_000

	// MaxDepth is how deep archives may stand in each other: a ZIP of AARs with
	// libs/*.jar has three levels.
	MaxDepth = 3

	// MaxTextBytes is the longest manifest, rules or version file.
	MaxTextBytes = 4 << 20

	// MaxManifestNodes is the most elements of one manifest that are read.
	MaxManifestNodes = 20_000

	// MaxProblems is how many problems an Archive keeps in full.
	MaxProblems = 100

	// maxArgs is the most parameters of one method (JVMS 4.3.3).
	maxArgs = 255

	// maxBootstrapArgs is the most static arguments of one bootstrap method that
	// are looked at; a call cannot pass more than 255 values.
	maxBootstrapArgs = 255
)
