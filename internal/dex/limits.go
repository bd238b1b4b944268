package dex

// Limits on what one file may make a reader do. All count work or bytes really
// produced, never a number that the file claims. Real files stay far below
// them.
const (
	// MaxProblems is how many problems a File keeps in full; the rest are
	// counted only.
	MaxProblems = 100

	// MaxNameBytes is the longest type descriptor or member name, in bytes of
	// MUTF-8. A class file cannot hold a longer one. Without it a million
	// methods named by one string of megabytes would each cost a scan of it.
	MaxNameBytes = 65535

	// MaxDescriptorBytes is the longest method, field or prototype descriptor
	// that is put together.
	MaxDescriptorBytes = 1 << 17

	// MaxParams is the most parameters of one prototype: an invoke instruction
	// cannot pass more than 255 registers.
	MaxParams = 255

	// MaxInterfaces is the most interfaces of one class that are listed.
	MaxInterfaces = 1024

	// MaxWalkFactor bounds WalkCode where many methods share code items: it
	// reads at most this many times the bytes of the file. Compilers share the
	// code of equal small methods, so a factor above 1 is normal.
	MaxWalkFactor = 8

	// MaxContainerFiles is the most logical files of one container.
	MaxContainerFiles = 512

	// MaxTableFactor bounds the tables of all logical files of one container
	// together, in multiples of the container's bytes: each file needs its own
	// tables, so a factor above 1 means that they overlap.
	MaxTableFactor = 2

	// MaxSuperDepth is the most superclasses of one class that are followed; real chains
	// have about ten links. A class that is its own superclass, which Android never loads,
	// meets it too.
	MaxSuperDepth = 64

	// MaxAncestors is the most classes and interfaces above one class that are looked at.
	// Real classes have a few dozen.
	MaxAncestors = 4096

	// MaxClassStrings is the most final strings of one class that are looked at, a long
	// one being several.
	MaxClassStrings = 1 << 12

	// MaxStaticValues is the most initial values of static fields of one class that are
	// read: no instruction can name more fields.
	MaxStaticValues = 1 << 16

	// MaxCallSiteArgs is the most constant arguments of one call site.
	MaxCallSiteArgs = 255
)
