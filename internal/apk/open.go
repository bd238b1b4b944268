package apk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// App is an opened app: the facts of its archives, manifests, resources and
// signature. Only ReadEntry, ReadHead, Size, Stored, Inside, Prefixes and Library may be
// called from several goroutines.
//
// An app of several APKs, or of the modules of a bundle, is one App. Entries of the base
// are called as they are in it; those of another split have its path, or the name of the
// module, before them: "split_camera.apk!/classes.dex", "camera!/assets/a.js". Inside
// takes that off again.
type App struct {
	// Info lacks DEX, which whoever reads the code fills in.
	Info audit.App
	// Permissions are sorted by name; protection and users are left open.
	Permissions []audit.Permission
	// Defined are the names of the permissions that the app itself defines, sorted.
	Defined []string
	// Components are sorted by kind and name; the party is left open. An
	// activity-alias is an activity under its own name, which is no class.
	Components  []audit.Component
	MetaData    []audit.MetaData // of manifest, application and components, sorted
	NativeLibs  []audit.NativeLib
	Application string   // class of the application element, "" for the framework's
	Launchers   []string // activity classes that a launcher starts
	Factories   []string // component factory and backup agent of the application element
	Tests       []string // instrumentation classes, which a test run starts
	Configs     []Config // files and values by which the manifest configures the app, in its order
	Split       string   // name of the split where it was opened without its base, else ""
	Entries     []string // names of all files, sorted
	DEX         []string // classes.dex, classes2.dex … as Android loads them: of the base, then of each split
	Gaps        []audit.Gap

	lim         Limits
	sources     []source
	splits      []*split // the base first
	index       map[string]place
	isDEX       map[string]bool
	dexBudget   *bounded.Budget
	otherBudget *bounded.Budget
}

// Open reads everything about an app but its code: from an APK, from an archive of APKs
// (.apks, .xapk, .apkm, .zip), from a bundle (.aab), whatever the file is called, or from
// a directory with the split APKs of one app. It fails only where nothing
// can be read: no regular file, empty, no ZIP, no or several apps in it, or ctx ended.
// Whatever else is wrong becomes a Gap. Errors are one line that names the file.
//
// Info.SHA256 is that of the file. Of a directory it is the SHA-256 over one line
// "NAME SHA256\n" for each *.apk in it, sorted by name.
func Open(ctx context.Context, path string, lim Limits) (*App, error) {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return openFolder(ctx, path, lim)
	}
	f, size, err := openFile(path, lim)
	if err != nil {
		return nil, err
	}
	return openOne(ctx, path, source{data: f, size: size, close: f.Close}, lim)
}

// OpenReader is Open for bytes that are at hand, such as those of standard input. name
// is what reports and messages call them. r must stay readable until Close.
func OpenReader(ctx context.Context, name string, r io.ReaderAt, size int64, lim Limits) (*App, error) {
	if err := fits(shown(name), size, lim); err != nil {
		return nil, err
	}
	return openOne(ctx, name, source{data: r, size: size}, lim)
}

func openFolder(ctx context.Context, path string, lim Limits) (*App, error) {
	o := newOpening(ctx, lim)
	list, err := o.folder(path)
	switch {
	case ctx.Err() != nil:
		err = stopped(path, ctx.Err())
	case errors.Is(err, errSeveral):
		err = fmt.Errorf("%s: is a directory that %w; give one of them, or the directory to apkaudit batch", shown(path), err)
	case err == nil && !o.isSet():
		err = fmt.Errorf("%s: is a directory without a base APK and its splits; give an APK file inside it", shown(path))
	}
	if err != nil {
		closeAll(list)
		return nil, err
	}
	return load(ctx, path, list, lim, func(a *App) error { return a.read(path, o) })
}

func openOne(ctx context.Context, path string, from source, lim Limits) (*App, error) {
	o := newOpening(ctx, lim)
	return load(ctx, path, []source{from}, lim, func(a *App) error {
		switch err := o.archive(from, "", 0); {
		case errors.Is(err, errNotZIP):
			return fmt.Errorf("%s: is no APK (%w); give an Android package file", shown(path), err)
		case ctx.Err() != nil:
			return stopped(path, ctx.Err())
		case err != nil:
			return fmt.Errorf("%s: %w; check the file", shown(path), bounded.Cause(err))
		}
		return a.read(path, o)
	})
}

// load fills an App by read, with the hashes of its sources computed beside. The sources
// are closed where it fails.
func load(ctx context.Context, path string, list []source, lim Limits, read func(*App) error) (*App, error) {
	a := &App{lim: lim, sources: list}
	hashCtx, stopHash := context.WithCancel(ctx)
	defer stopHash()
	hash := startHash(hashCtx, list)
	err := read(a)
	var inner []string
	var ierr error
	if err != nil {
		stopHash() // no need to read on; still waited for, it uses the file
	} else {
		inner, ierr = startHash(hashCtx, a.innerAPKs())()
	}
	sums, herr := hash()
	herr = errors.Join(herr, ierr)
	switch {
	case err != nil:
	case herr != nil && ctx.Err() != nil:
		err = stopped(path, herr)
	case herr != nil:
		err = fmt.Errorf("%s: %w; is the disk or network share still there?", shown(path), herr)
	}
	if err != nil {
		closeAll(list)
		return nil, err
	}
	a.addHashes(sums, inner)
	return a, nil
}

// innerAPKs are the APKs that were read and are no files of their own.
func (a *App) innerAPKs() []source {
	var out []source
	for _, s := range a.splits {
		if s.via != "" && s.via != audit.ContainerSplit && s.module == "" {
			out = append(out, source{file: s.file, data: s.arc.file, size: s.arc.size})
		}
	}
	return out
}

// addHashes states the hashes of the sources and of the APKs inside.
func (a *App) addHashes(sums, inner []string) {
	byFile := map[string]string{}
	for i, s := range a.innerAPKs() {
		byFile[s.file] = inner[i]
	}
	a.Info.SHA256 = sums[0]
	if a.Info.Container == audit.ContainerSplit && a.sources[0].file != "" {
		h := sha256.New()
		for i, s := range a.sources {
			byFile[s.file] = sums[i]
			fmt.Fprintf(h, "%s %s\n", s.file, sums[i])
		}
		a.Info.SHA256 = hex.EncodeToString(h.Sum(nil))
	}
	for i := range a.Info.Splits {
		a.Info.Splits[i].SHA256 = byFile[a.Info.Splits[i].File]
	}
}

// Close ends reading.
func (a *App) Close() error {
	var err error
	for _, s := range a.splits {
		err = errors.Join(err, s.arc.zip.Close())
	}
	return errors.Join(err, closeAll(a.sources))
}

// read fills everything but the hashes.
func (a *App) read(path string, o *opening) error {
	alone := len(o.found) == 1 && o.found[0].via == ""
	a.splits = o.found
	if !alone {
		chosen, err := o.choose()
		switch {
		case o.ctx.Err() != nil:
			return stopped(path, o.ctx.Err())
		case errors.Is(err, errSeveral):
			return fmt.Errorf("%s: %w; take them out and give one of them, or their folder to apkaudit batch", shown(path), err)
		case errors.Is(err, errNoAPK) && len(o.gaps.list) > 0:
			return fmt.Errorf("%s: %w: %s", shown(path), err, o.gaps.list[0].What)
		case err != nil:
			return fmt.Errorf("%s: %w", shown(path), err)
		}
		a.splits = chosen
	}
	a.Info.File = path
	for _, s := range a.sources {
		a.Info.Size += s.size
	}
	a.Info.Container = a.splits[0].container(len(a.splits))
	a.list()
	a.dexBudget = bounded.NewBudget("max-all-dex-bytes", a.lim.AllDEXBytes)
	a.otherBudget = bounded.NewBudget("max-all-entry-bytes", a.lim.AllEntryBytes)
	base := a.splits[0]
	f, err := a.readManifests(o.ctx)
	if err == nil {
		err = o.sign(base)
	}
	if err != nil {
		return stopped(path, err)
	}
	a.Info.Signers = base.signers
	if a.Info.Package == "" && len(base.nodes) > 0 {
		base.gaps.add(audit.GapUnreadable, partManifest, "%s: names no package, without which Android installs no app", manifestName)
	}
	if a.Split != "" {
		base.withoutBase(a.Split, a.Info.Package)
	}
	if len(a.DEX) == 0 && f.hasCode && !f.configOnly {
		base.gaps.add(audit.GapUnreadable, partCode, "classes.dex: not in the archive")
	}
	a.Gaps = o.gaps.list
	for _, s := range a.splits {
		a.Gaps = append(a.Gaps, s.gaps.list...)
	}
	if !alone {
		a.listSplits(o.unread)
	}
	return nil
}

// container is the kind of what holds the base, of an app of n splits.
func (s *split) container(n int) string {
	switch {
	case s.via == "" || s.via == formZIP && n == 1:
		return audit.ContainerAPK
	case s.via == formZIP:
		return audit.ContainerSplit
	}
	return s.via
}

// list names the files of all splits.
func (a *App) list() {
	n := 0
	for _, s := range a.splits {
		n += len(s.names)
	}
	a.index = make(map[string]place, n)
	a.Entries = make([]string, 0, n)
	a.isDEX = map[string]bool{}
	abis := map[string][]string{}
	for _, s := range a.splits {
		for _, e := range s.names {
			name := s.prefix + e.name
			if _, twice := a.index[name]; twice {
				continue // a base may hold a file called as one of a split
			}
			a.index[name] = place{s, e.i}
			a.Entries = append(a.Entries, name)
			addNative(abis, e.name)
		}
		for _, d := range s.dex {
			a.DEX = append(a.DEX, s.prefix+d)
			a.isDEX[s.prefix+d] = true
		}
	}
	sort.Strings(a.Entries)
	for name, list := range abis {
		sort.Strings(list)
		a.NativeLibs = append(a.NativeLibs, audit.NativeLib{Name: name, ABIs: list})
	}
	sort.Slice(a.NativeLibs, func(i, j int) bool { return a.NativeLibs[i].Name < a.NativeLibs[j].Name })
}

// addNative groups lib/<abi>/<name>.so by name.
func addNative(abis map[string][]string, entry string) {
	p := strings.Split(entry, "/")
	if len(p) == 3 && p[0] == "lib" && strings.HasSuffix(p[2], ".so") && !slices.Contains(abis[p[2]], p[1]) {
		abis[p[2]] = append(abis[p[2]], p[1])
	}
}

// listSplits states what the app came as: what was read, in that order, then the rest.
func (a *App) listSplits(unread []audit.Split) {
	for _, s := range a.splits {
		a.Info.Splits = append(a.Info.Splits, s.listed(true))
	}
	if n := len(a.Info.Splits) + len(unread) - maxSplitsListed; n > 0 {
		var gaps gapList
		gaps.add(audit.GapLimit, partArchive, "max-splits-listed of %d reached, %d left out", maxSplitsListed, n)
		a.Gaps = append(a.Gaps, gaps.list...)
	}
	slices.SortFunc(unread, func(x, y audit.Split) int { return strings.Compare(x.File, y.File) })
	a.Info.Splits = append(a.Info.Splits, unread...)
	a.Info.Splits = a.Info.Splits[:min(len(a.Info.Splits), maxSplitsListed)]
}

// readManifests reads the resources that manifests refer to and makes facts of the
// manifests; the error is the context's.
func (a *App) readManifests(ctx context.Context) (*facts, error) {
	var ids []uint32
	seen := map[uint32]bool{}
	for _, s := range a.splits {
		ids = references(s.nodes, ids, seen)
	}
	tables := make([]*resources, len(a.splits))
	budget := bounded.NewBudget("max-resource-bytes", a.lim.ResourceBytes)
	for i, s := range a.splits {
		if _, ok := s.index[s.resources()]; !ok || len(ids) == 0 {
			continue
		}
		data, err := s.whole(ctx, s.resources(), a.lim.ResourceBytes, "max-resource-bytes", budget, partLabel)
		if err != nil {
			return nil, err
		}
		tables[i] = s.loadResources(data, ids, a.lim)
	}
	f := newFacts(a)
	for i, s := range a.splits {
		// What a split refers to is its own, or the base's, or in a part of either for
		// certain devices.
		f.value = valueOf(append([]*resources{tables[i]}, tables...))
		f.read(s)
		if i == 0 {
			a.Info.Label = labelOf(tables, f.label)
		}
	}
	f.finish()
	return f, nil
}

// resources is the entry with the resource table.
func (s *split) resources() string {
	if s.module != "" {
		return bundleResources
	}
	return resourcesName
}

// loadResources reads what ids stand for out of a resource table.
func (s *split) loadResources(data []byte, ids []uint32, lim Limits) *resources {
	if s.module != "" {
		var err error
		if data, err = protoTable(data); err != nil {
			s.gaps.add(gapKind(err), partLabel, "%s: %v", bundleResources, err)
		}
	}
	return loadResources(data, ids, lim, &s.gaps)
}

// gapKind is the kind of gap that an error of a reader amounts to.
func gapKind(err error) string {
	if errors.Is(err, bounded.ErrLimit) {
		return audit.GapLimit
	}
	return audit.GapUnreadable
}
