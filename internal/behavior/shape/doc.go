// Package shape describes a class by what survives renaming: the framework types,
// prototypes and calls of its code and its string constants, as a set of hashed
// features. It holds the learned features of known SDKs and says which of them a
// class agrees with.
//
// An obfuscator (ProGuard, R8) gives classes, packages and members of an app new
// names, drops members that nothing uses, moves code between methods and changes
// access flags. It cannot rename what the framework defines, and it does not touch
// string constants. So every type that is not the framework's is written as one
// placeholder, names of members count only where the framework declares them, and
// classes are compared by what they share, never by one exact sum.
//
// The package reads DEX classes; package learn gives it class files in the same
// words. It does NOT decide what an app contains or who owns a package (package
// behavior does), and a feature says nothing about privacy.
package shape
