// Package apk opens an APK the way Android would and states facts about it:
// what the archive holds, what the manifest declares, what the resources call
// the app and who signed it.
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
// not verify signatures, opens no bundles of several APKs, writes nothing to
// disk and never trusts a size that a file claims.
package apk
