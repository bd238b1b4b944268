// Package signatures is the product's knowledge, as data: kinds of personal
// data and the words policies use for them, sensitive APIs, SDKs and
// libraries, Android permissions, compliance checks with their clauses, the
// phrases with which policies are read, and the kinds of statement they make.
//
// The YAML files are for authors. Programs start from compiled.gob, the same
// knowledge without examples and proofs, or from full.gob.gz, all of it; `go generate
// ./signatures` writes both and a test compares them with the files. The package holds no
// other code.
package signatures

import _ "embed"

//go:generate go test . -run TestCompiledForm -update

// Compiled and Full are the rules as package rules encodes them (gob, the second
// compressed), made from the YAML files.
var (
	//go:embed compiled.gob
	Compiled []byte
	//go:embed full.gob.gz
	Full []byte
)

// Fingerprints is the learned structure of common SDKs as package shape encodes
// it, made by `apkaudit sdk learn --fingerprints`. It is decoded only for an app
// with renamed code.
//
//go:embed fingerprints.bin
var Fingerprints []byte

// What is known of the Android platform's classes, as package framework reads it;
// the files say how they were made.
var (
	//go:embed framework/classes.txt
	FrameworkClasses string
	//go:embed framework/hand_offs.txt
	FrameworkHandOffs string
	//go:embed framework/user_actions.txt
	FrameworkUserActions string
)
