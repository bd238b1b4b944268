// Package classfile reads Java class files and the archives that SDKs come in:
// JAR, AAR, and ZIPs of these. It gives the classes with their members, the
// calls and field reads of their code with constant arguments, and what stands
// beside the code: manifests, consumer rules, native libraries, assets, version
// files.
//
// Formats: The Java Virtual Machine Specification, chapters 4 (class files) and
// 6 (instructions), checked against the javap tool; the AAR format as the
// Android developers' pages describe it. Types and members are written as in
// DEX, Lpkg/Class;->name(params)ret, so that both readers speak of the same
// thing.
//
// The bytes handed in are borrowed: they must stay unchanged while the result is
// in use. Every size in them is a claim: nothing is allocated by a claim, loops
// are bounded by bytes that are there, produced text by the size of the file.
//
// The package does NOT read APKs or DEX, sources, annotations, debug
// information or stack maps; it does not verify code; it does not resolve a
// reference to the class that declares the member; and it knows nothing about
// privacy.
package classfile
