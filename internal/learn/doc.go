// Package learn reads the archives of an SDK and drafts its signature: which
// packages it defines, what stands in its manifest, which native libraries,
// assets, hosts and version constants it has, and which sensitive APIs its code
// calls. Several versions of one SDK make one draft.
//
// It states what the archives hold. It does not know what an SDK is called or
// what it is for, so it marks what a person must decide; it does not go online
// and writes no files.
package learn
