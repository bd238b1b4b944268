// Package apk opens an APK the way Android would and states facts about it:
// what the archive holds, what the manifest declares, what the resources call
// the app and who signed it. An app of several APKs (a directory of splits, an archive
// of bundletool or of a store) and a bundle of modules are one App.
//
// container.go tells by its content what an archive is and finds the APKs in it, one
// inside another up to a limit; choose.go says which of them are the app, as Android
// would install it; a split is one of them, or a module of a bundle. The protocol
// buffers of bundles are rewritten to the forms that APKs have, so that one reader reads
// both.
//
// The archive's directory is read here, entry by entry, because the tricks that
// hide files from tools live there. From the entries that Android would accept
// a clean directory is written in memory behind the untouched file bytes, and
// github.com/avast/apkparser opens that view. The manifest and the resource
// table take the same way: every chunk is walked and checked first, what is
// damaged is repaired or left out, and only the repaired copy reaches
// apkparser and github.com/shogo82148/androidbinary. Each repair is a Gap.
//
// The package judges nothing about privacy, does not look into DEX code, does
// not verify signatures, reads none of the notes by which bundletool chooses splits for a
// device, writes nothing to disk and never trusts a size that a file claims.
package apk
