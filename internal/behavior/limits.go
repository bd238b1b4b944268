package behavior

import (
	"fmt"

	"apkaudit/internal/bounded"
	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
)

// Limits bound what is read besides classes*.dex, and how far code is followed. What
// lies beyond becomes a gap that names the limit.
type Limits struct {
	SniffedFiles       int   // files whose first bytes are looked at to find code; real apps have up to some thousands
	NestedFileBytes    int64 // one file that is an archive or DEX
	NestedBytes        int64 // all such files of an app
	NestedDEXBytes     int64 // all DEX files inside them, inflated
	NestedDEXFiles     int   // DEX files outside classes*.dex
	NestedSniffedFiles int   // files of all archives inside an app whose first bytes are looked at
	NativeLibraries    int   // native libraries, one ABI of each
	NativeBytes        int64 // one native library
	NativeTotalBytes   int64 // all native libraries of an app, one ABI of each
	NativeHits         int   // texts of one native library that stand for a behaviour
	Scripts            int   // scripts of an app
	ScriptBytes        int64 // one script
	ScriptTotalBytes   int64 // all scripts of an app
	Hosts              int   // hosts that a report lists
	ListedCalls        int   // start signals and permission requests that it lists one by one; real apps have up to a few hundred
	GraphWork          int   // steps of one walk over the call graph, for each of its edges
}

// DefaultLimits fit every app that stores carry.
func DefaultLimits() Limits {
	return Limits{
		SniffedFiles:       8192,
		NestedFileBytes:    64 << 20,
		NestedBytes:        160 << 20,
		NestedDEXBytes:     128 << 20,
		NestedDEXFiles:     256,
		NestedSniffedFiles: 8192,
		NativeLibraries:    256,
		NativeBytes:        64 << 20,
		NativeTotalBytes:   192 << 20,
		NativeHits:         1000,
		Scripts:            4096,
		ScriptBytes:        16 << 20,
		ScriptTotalBytes:   96 << 20,
		Hosts:              10_000,
		ListedCalls:        5000,
		GraphWork:          callgraph.DefaultWork,
	}
}

// Bounds names the limits as gaps do: those that can be set, then those that cannot and
// that a gap may name all the same.
func (l *Limits) Bounds() []bounded.Bound {
	list := []bounded.Bound{
		bounded.Of("max-sniffed-files", &l.SniffedFiles, bounded.Count, 1, "files whose first bytes are looked at to find code"),
		bounded.Of("max-nested-file-bytes", &l.NestedFileBytes, bounded.Bytes, 1<<10, "one file inside an app that is an archive or DEX"),
		bounded.Of("max-nested-bytes", &l.NestedBytes, bounded.Bytes, 1<<10, "all such files of an app"),
		bounded.Of("max-nested-dex-bytes", &l.NestedDEXBytes, bounded.Bytes, 1<<10, "all DEX files inside them, inflated"),
		bounded.Of("max-nested-dex-files", &l.NestedDEXFiles, bounded.Count, 1, "DEX files outside classes*.dex"),
		bounded.Of("max-nested-sniffed-files", &l.NestedSniffedFiles, bounded.Count, 1, "files of archives inside an app that are looked at"),
		bounded.Of("max-native-libraries", &l.NativeLibraries, bounded.Count, 1, "native libraries, one ABI of each"),
		bounded.Of("max-native-bytes", &l.NativeBytes, bounded.Bytes, 1<<10, "one native library"),
		bounded.Of("max-native-total-bytes", &l.NativeTotalBytes, bounded.Bytes, 1<<10, "all native libraries of an app, one ABI of each"),
		bounded.Of("max-native-hits", &l.NativeHits, bounded.Count, 1, "texts of one native library that stand for a behaviour"),
		bounded.Of("max-scripts", &l.Scripts, bounded.Count, 1, "scripts of an app"),
		bounded.Of("max-script-bytes", &l.ScriptBytes, bounded.Bytes, 64, "one script"),
		bounded.Of("max-script-total-bytes", &l.ScriptTotalBytes, bounded.Bytes, 64, "all scripts of an app"),
		bounded.Of("max-hosts", &l.Hosts, bounded.Count, 1, "hosts that a report lists"),
		bounded.Of("max-listed-calls", &l.ListedCalls, bounded.Count, 1, "calls that start code or ask for permissions, listed one by one"),
		bounded.Of("max-graph-work", &l.GraphWork, bounded.Count, 1, "steps of a walk over the call graph, for each of its edges"),

		bounded.Fixed("max-native-names", maxNativeNames, bounded.Count, "signatures and native methods that one native library names"),
		bounded.Fixed("max-script-hits", maxScriptHits, bounded.Count, "places of one call in one script"),
		bounded.Fixed("max-script-texts", maxScriptTexts, bounded.Count, "texts of one script that tell something"),
		bounded.Fixed("max-text-hits", maxTextHits, bounded.Count, "texts of one DEX file, or of the resource tables, that tell something"),
		bounded.Fixed("max-observed-calls", maxObservedHits, bounded.Count, "calls of one DEX file that are observations"),
		bounded.Fixed("max-denied-calls", maxDeniedCalls, bounded.Count, "calls of one DEX file that run where a permission was refused"),
		bounded.Fixed("max-final-strings", maxStatics, bounded.Count, "constants of other classes that one DEX file uses"),
		bounded.Fixed("max-wrapper-uses", maxWrapperUses, bounded.Count, "calls of one method that hand a parameter on"),
		bounded.Fixed("max-wrappers", maxWrappers, bounded.Count, "calls of one DEX file that hand a parameter on"),
		bounded.Fixed("min-native-text", minNativeText, bounded.Bytes, "mean length of the texts of a native library, the least"),
		bounded.Fixed("max-shape-features", maxFileFeatures, bounded.Count, "features of one DEX file that are compared with known SDKs"),
		bounded.Fixed("max-gates", maxGates, bounded.Count, "branches of one method that a stored value or a permission decides"),
		bounded.Fixed("max-version-text", maxVersionText, bounded.Bytes, "one file that may state the version of an SDK"),
		bounded.Fixed("max-version-files", maxVersionFiles, bounded.Count, "files that may state the version of one SDK"),
		bounded.Fixed("max-version-native", maxVersionNative, bounded.Bytes, "one native library that may state the version of an SDK"),
		bounded.Fixed("max-version-tries", maxVersionTries, bounded.Count, "texts of one native library that may state it"),
		bounded.Fixed("max-climbed", maxClimbed, bounded.Count, "methods of libraries between a call and those who cause it"),
		bounded.Fixed("max-climbers", maxClimbers, bounded.Count, "parties that cause a call inside a library"),
		bounded.Fixed("max-carried", dex.MaxCarried, bounded.Count, "registers of one method that hold personal data at a time"),
		bounded.Fixed("max-super-depth", dex.MaxSuperDepth, bounded.Count, "superclasses of one class that are followed"),
		bounded.Fixed("max-ancestors", dex.MaxAncestors, bounded.Count, "classes and interfaces above one class"),
		bounded.Fixed("max-source-classes", maxSourceClasses, bounded.Count, "superclasses and interfaces of a class that gives a stored value"),
		bounded.Fixed("max-class-strings", dex.MaxClassStrings, bounded.Count, "constants of one class that others may use"),
		bounded.Fixed("max-static-values", dex.MaxStaticValues, bounded.Count, "initial values of the fields of one class"),
		bounded.Fixed("max-dex-container-files", dex.MaxContainerFiles, bounded.Count, "DEX files in one container"),
		bounded.Fixed("max-dex-table-factor", dex.MaxTableFactor, bounded.Count, "bytes of the tables of a DEX file, for each of its bytes"),
		bounded.Fixed("max-dex-walk-factor", dex.MaxWalkFactor, bounded.Count, "bytes of instructions looked at, for each byte of a DEX file"),
	}
	for _, c := range dex.CutLimits() {
		list = append(list, bounded.Fixed(c.Limit, int64(c.Value), bounded.Count, "values, or ways, that are followed through one method"))
	}
	return list
}

// reachedOf tells in a gap which limit was in the way.
func reachedOf(name string, value int64) string { return fmt.Sprintf("%s of %d reached", name, value) }

// leftOut are files that were not read, by the limit that was in the way.
type leftOut []leftBy

type leftBy struct {
	limit   string
	entries []string
}

func (l *leftOut) add(entry, limit string) {
	for i := range *l {
		if (*l)[i].limit == limit {
			(*l)[i].entries = append((*l)[i].entries, entry)
			return
		}
	}
	*l = append(*l, leftBy{limit, []string{entry}})
}
