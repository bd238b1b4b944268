package apk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/avast/apkparser"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// App is an opened APK: the facts of its archive, manifest, resources and
// signature. Only ReadEntry and Size may be called from several goroutines.
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
	Split       string   // name of the split, "" for a base APK
	Entries     []string // names of all files of the archive, sorted
	DEX         []string // classes.dex, classes2.dex … as Android loads them
	Gaps        []audit.Gap

	gaps        gapList
	lim         Limits
	file        *os.File
	size        int64
	dir         *directory
	zip         *apkparser.ZipReader
	locks       []sync.Mutex // one per entry: apkparser's files have one reader each
	index       map[string]int
	isDEX       map[string]bool
	dexBudget   *bounded.Budget
	otherBudget *bounded.Budget
}

// Open reads everything about an APK but its code. It fails only where nothing
// can be read: no regular file, empty, no ZIP, or ctx ended. Whatever else is
// wrong becomes a Gap. Errors are one line that names the file.
func Open(ctx context.Context, path string, lim Limits) (*App, error) {
	f, size, err := openFile(path, lim)
	if err != nil {
		return nil, err
	}
	a := &App{lim: lim, file: f, size: size}
	ok := false
	defer func() {
		if !ok {
			f.Close()
		}
	}()
	hashCtx, stopHash := context.WithCancel(ctx)
	defer stopHash()
	hash := startHash(hashCtx, f, size)
	if err = a.readAll(ctx, path); err != nil {
		stopHash() // no need to read on; still waited for, it uses the file
	}
	sum, herr := hash()
	switch {
	case err != nil:
		return nil, err
	case herr != nil && ctx.Err() != nil:
		return nil, stopped(path, herr)
	case herr != nil:
		return nil, fmt.Errorf("%s: %w; is the disk or network share still there?", shown(path), herr)
	}
	a.Info.SHA256 = sum
	a.Gaps = a.gaps.list
	ok = true
	return a, nil
}

// Close ends reading.
func (a *App) Close() error {
	err := a.zip.Close()
	if cerr := a.file.Close(); err == nil {
		err = cerr
	}
	return err
}

// openFile opens a regular file of a sensible size. A FIFO would block on
// opening, so the kind is asked first.
func openFile(path string, lim Limits) (*os.File, int64, error) {
	name := shown(path)
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, fmt.Errorf("%s: no such file; check the path", name)
	case errors.Is(err, fs.ErrPermission):
		return nil, 0, fmt.Errorf("%s: permission denied; make the file readable", name)
	case err != nil:
		return nil, 0, fmt.Errorf("%s: %w; check the path", name, bounded.Cause(err))
	case st.IsDir():
		return nil, 0, fmt.Errorf("%s: is a directory; give an APK file inside it", name)
	case !st.Mode().IsRegular():
		return nil, 0, fmt.Errorf("%s: is no regular file; save the APK to disk first", name)
	case st.Size() == 0:
		return nil, 0, fmt.Errorf("%s: is empty; fetch the APK again", name)
	case st.Size() > lim.FileBytes:
		return nil, 0, fmt.Errorf("%s: %d bytes are more than an APK can have (max-file-bytes of %d); give the APK itself", name, st.Size(), lim.FileBytes)
	}
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return nil, 0, fmt.Errorf("%s: permission denied; make the file readable", name)
		}
		return nil, 0, fmt.Errorf("%s: %w; check the path", name, bounded.Cause(err))
	}
	return f, st.Size(), nil
}

// shown keeps a message on one line whatever the file is called.
func shown(path string) string {
	for _, r := range path {
		if !strconv.IsPrint(r) {
			return strconv.Quote(path)
		}
	}
	return path
}

func stopped(path string, err error) error {
	return fmt.Errorf("%s: stopped: %w", shown(path), err)
}

// startHash computes the file's SHA-256 beside all other reading; the returned
// function waits for it.
func startHash(ctx context.Context, f io.ReaderAt, size int64) func() (string, error) {
	type result struct {
		sum string
		err error
	}
	done := make(chan result, 1)
	go func() {
		h := sha256.New()
		r := io.NewSectionReader(f, 0, size)
		buf := make([]byte, 256<<10)
		for {
			if err := ctx.Err(); err != nil {
				done <- result{err: err}
				return
			}
			n, err := r.Read(buf)
			h.Write(buf[:n])
			if err == io.EOF {
				done <- result{sum: hex.EncodeToString(h.Sum(nil))}
				return
			}
			if err != nil {
				done <- result{err: err}
				return
			}
		}
	}()
	return func() (string, error) {
		r := <-done
		return r.sum, r.err
	}
}

// readAll fills everything but the hash.
func (a *App) readAll(ctx context.Context, path string) error {
	a.Info.File, a.Info.Size, a.Info.Container = path, a.size, "apk"
	d, err := readDirectory(ctx, a.file, a.size, a.lim)
	switch {
	case errors.Is(err, errNotZIP):
		return fmt.Errorf("%s: is no APK (%w); give an Android package file", shown(path), err)
	case ctx.Err() != nil:
		return stopped(path, ctx.Err())
	case err != nil:
		return fmt.Errorf("%s: %w; check the file", shown(path), bounded.Cause(err))
	}
	a.dir, a.gaps = d, d.gaps
	if a.zip, err = openView(a.file, a.size, d.entries); err != nil {
		return fmt.Errorf("%s: %w; check the file", shown(path), bounded.Cause(err))
	}
	a.locks = make([]sync.Mutex, len(d.entries))
	a.index = make(map[string]int, len(d.entries))
	for i, e := range d.entries {
		a.index[e.name] = i
		a.Entries = append(a.Entries, e.name)
	}
	sort.Strings(a.Entries)
	a.dexBudget = bounded.NewBudget("max-all-dex-bytes", a.lim.AllDEXBytes)
	a.otherBudget = bounded.NewBudget("max-all-entry-bytes", a.lim.AllEntryBytes)
	a.listDEX()
	a.listNative()
	a.prepended()
	f, err := a.readManifest(ctx)
	if err == nil {
		err = a.readSigners(ctx)
	}
	if err != nil {
		return stopped(path, err)
	}
	if len(a.DEX) == 0 && f.hasCode && !f.configOnly {
		a.gaps.add(audit.GapUnreadable, partCode, "classes.dex: not in the archive")
	}
	return nil
}

// readManifest reads manifest and resources; the error is the context's.
func (a *App) readManifest(ctx context.Context) (*facts, error) {
	data, err := a.readWhole(ctx, manifestName, a.lim.ManifestBytes, "max-manifest-bytes", partManifest)
	if err != nil {
		return nil, err
	}
	var nodes []node
	if len(data) > 0 {
		if nodes, err = parseManifest(ctx, data, a.lim, &a.gaps); err != nil {
			return nil, err
		}
	}
	var res *resources
	if ids := references(nodes); len(ids) > 0 {
		if _, ok := a.index[resourcesName]; ok {
			table, err := a.readWhole(ctx, resourcesName, a.lim.ResourceBytes, "max-resource-bytes", partLabel)
			if err != nil {
				return nil, err
			}
			res = loadResources(table, ids, a.lim, &a.gaps)
		}
	}
	f := a.readFacts(nodes, res.value)
	a.Info.Label = res.label(f.label)
	return f, nil
}

// readWhole reads one entry for this package's own use. What is wrong with it
// becomes a gap; the error is the context's.
func (a *App) readWhole(ctx context.Context, name string, limit int64, limitName string, p part) ([]byte, error) {
	i, ok := a.index[name]
	if !ok {
		a.gaps.add(audit.GapUnreadable, p, "%s: not in the archive", name)
		return nil, nil
	}
	data, err := a.read(ctx, i, limit, limitName, bounded.NewBudget(limitName, limit), nil)
	if cerr := ctx.Err(); cerr != nil {
		return nil, cerr
	}
	var ee *EntryError
	if errors.As(err, &ee) {
		a.gaps.add(ee.Kind, p, "%v", ee)
	} else if len(data) == 0 {
		a.gaps.add(audit.GapUnreadable, p, "%s: is empty", name)
	}
	return data, nil
}

// listDEX orders the code files as Android's class loader does: it counts up
// from classes.dex and stops at the first number that is missing.
func (a *App) listDEX() {
	a.isDEX = map[string]bool{}
	for n := 1; ; n++ {
		name := "classes.dex"
		if n > 1 {
			name = "classes" + strconv.Itoa(n) + ".dex"
		}
		if _, ok := a.index[name]; !ok {
			break
		}
		a.DEX = append(a.DEX, name)
		a.isDEX[name] = true
	}
	var never []string
	for _, e := range a.Entries {
		mid, ok := strings.CutPrefix(e, "classes")
		if !ok || a.isDEX[e] {
			continue
		}
		if mid, ok = strings.CutSuffix(mid, ".dex"); ok && strings.Trim(mid, "0123456789") == "" {
			never = append(never, e)
		}
	}
	if len(never) > 0 {
		a.gaps.add(audit.GapTampered, partCode, "%s: Android does not load them, a number before is missing", named(never, "entry"))
	}
}

// listNative groups lib/<abi>/<name>.so by name.
func (a *App) listNative() {
	abis := map[string][]string{}
	for _, e := range a.Entries {
		p := strings.Split(e, "/")
		if len(p) == 3 && p[0] == "lib" && strings.HasSuffix(p[2], ".so") && !slices.Contains(abis[p[2]], p[1]) {
			abis[p[2]] = append(abis[p[2]], p[1])
		}
	}
	for name, list := range abis {
		sort.Strings(list)
		a.NativeLibs = append(a.NativeLibs, audit.NativeLib{Name: name, ABIs: list})
	}
	sort.Slice(a.NativeLibs, func(i, j int) bool { return a.NativeLibs[i].Name < a.NativeLibs[j].Name })
}

// prepended tells of code before the archive: Android up to 7 loads a file that
// starts as DEX as such, whatever its archive holds (CVE-2017-13156).
func (a *App) prepended() {
	var b [4]byte
	if _, err := a.file.ReadAt(b[:], 0); err == nil && string(b[:]) == "dex\n" {
		a.gaps.add(audit.GapTampered, partCode, "the file starts with DEX code before its archive, which was not examined")
	}
}
