// Package dex reads Dalvik executables: the tables of names, types, prototypes,
// fields, methods and classes, and the instructions of every method.
//
// It reads plain DEX of versions 035 to 041, the last being a container of
// several logical files in one buffer, after the format description of the
// Android Open Source Project (docs/core/runtime/dex-format and
// dalvik-bytecode) and checked against the dexdump tool.
//
// The bytes handed to Parse are borrowed, not copied: they must stay unchanged
// for as long as the File, or any []byte that it gave out, is in use. A File is
// safe for use by several goroutines.
//
// Every size and offset in a file is a claim. Nothing is allocated by a claim,
// each loop is bounded by bytes that are really there, and what is damaged is
// skipped, counted and kept in File.Problems: a file with problems was not fully
// looked at, which is not the same as clean.
//
// The package does NOT read compact DEX, ODEX, VDEX or big-endian files; it does
// not read annotations, debug information or initial values of static fields; it
// does not verify that code is type-safe; it does not resolve a reference to the
// class that declares the member, which needs every file of the app and the
// framework; and it knows nothing about privacy.
package dex
