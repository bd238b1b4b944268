package apk

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// Extensions are the endings of files that may hold an app, lower-case. What a file is
// follows from its content alone.
func Extensions() []string { return []string{".apk", ".apks", ".xapk", ".apkm", ".aab"} }

// separator stands between the path of an archive and the path inside it.
const separator = "!/"

// opening finds the APKs of one app in a file or a folder. The limits hold for all that
// it opens together.
type opening struct {
	ctx      context.Context
	lim      Limits
	room     room
	apks     int // of max-apks that are left
	nodes    int // of max-manifest-nodes that are left
	inflated *bounded.Budget
	manifest *bounded.Budget
	note     *bounded.Budget
	signers  *signerReader

	kind   string  // of the outermost archive, as in form
	gaps   gapList // of what holds the APKs
	found  []*split
	unread []audit.Split
	says   string // package that the archive says it holds, "" where it says none
	saysIn string // file that says so
}

func newOpening(ctx context.Context, lim Limits) *opening {
	return &opening{ctx: ctx, lim: lim, room: room{lim.Entries, lim.DirectoryBytes}, apks: lim.APKs, nodes: lim.ManifestNodes,
		inflated: bounded.NewBudget("max-inflated-bytes", lim.InflatedBytes),
		manifest: bounded.NewBudget("max-manifest-bytes", lim.ManifestBytes),
		note:     bounded.NewBudget("max-note-bytes", maxNoteBytes),
		signers:  newSignerReader(lim)}
}

// form is what an archive turned out to be.
type form struct {
	kind    string   // a Container constant, formZIP or ContainerAPK
	modules []string // of a bundle
	members []int    // entries that are APKs or archives of such, sorted by name
	others  []int    // APKs for other devices, and files that come with the app
}

// formZIP is an archive that is none of those that app stores use, but holds APKs.
const formZIP = "zip"

// Files by which archives of APKs are known.
const (
	bundletoolNote = "toc.pb"
	xapkNote       = "manifest.json"
	apkmNote       = "info.json"
	universalAPK   = "universal.apk"
)

// Folders of an archive of bundletool. A device of today gets splits, and packs of assets
// beside; the others are for devices before Android 5 and for apps that are not installed.
const (
	splitsFolder     = "splits/"
	assetsFolder     = "asset-slices/"
	standaloneFolder = "standalones/"
)

// form tells what an archive is. An archive with a manifest is an APK to Android,
// whatever else it holds; the APKs inside it are then looked at as hidden code.
func (x *archive) form() form {
	has := func(name string) bool { _, ok := x.index[name]; return ok }
	if has(manifestName) {
		return form{kind: audit.ContainerAPK}
	}
	if modules := x.modules(); len(modules) > 0 {
		return form{kind: audit.ContainerAAB, modules: modules}
	}
	var apks, archives, obbs []int
	for i := range x.entries {
		name := x.entries[i].name
		if strings.HasPrefix(name, "__MACOSX/") {
			continue
		}
		switch ext := strings.ToLower(path.Ext(name)); {
		case ext == ".apk":
			apks = append(apks, i)
		case ext == ".zip" || slices.Contains(Extensions(), ext):
			archives = append(archives, i)
		case ext == ".obb":
			obbs = append(obbs, i)
		}
	}
	f := form{kind: formZIP, members: apks}
	switch {
	case len(apks) == 0 && (len(archives) == 0 || has("classes.dex")):
		return form{kind: audit.ContainerAPK}
	case len(apks) == 0:
		f.members = archives
	case has(bundletoolNote) || x.below(apks, splitsFolder) || x.below(apks, standaloneFolder) || has(universalAPK):
		f = x.bundletool(apks)
	case has(xapkNote):
		f.kind, f.others = audit.ContainerXAPK, obbs
	case has(apkmNote):
		f.kind, f.others = audit.ContainerAPKM, obbs
	case has("classes.dex"): // code with archives beside, such as a patch
		return form{kind: audit.ContainerAPK}
	default:
		f.members = append(apks, archives...)
	}
	byName := func(a, b int) int { return strings.Compare(x.entries[a].name, x.entries[b].name) }
	slices.SortFunc(f.members, byName)
	slices.SortFunc(f.others, byName)
	return f
}

func (x *archive) below(list []int, folder string) bool {
	return slices.ContainsFunc(list, func(i int) bool { return strings.HasPrefix(x.entries[i].name, folder) })
}

// bundletool chooses what a device of today gets from an archive of bundletool: all
// splits, else the universal APK, else the standalone APK for the best ABI.
func (x *archive) bundletool(apks []int) form {
	f := form{kind: audit.ContainerAPKS}
	standalone := -1
	for _, i := range apks {
		if strings.HasPrefix(x.entries[i].name, standaloneFolder) && (standalone < 0 || betterABI(x.entries[i].name, x.entries[standalone].name)) {
			standalone = i
		}
	}
	universal, hasUniversal := x.index[universalAPK]
	splits := x.below(apks, splitsFolder)
	for _, i := range apks {
		name := x.entries[i].name
		wanted := true
		switch {
		case splits:
			wanted = strings.HasPrefix(name, splitsFolder) || strings.HasPrefix(name, assetsFolder)
		case hasUniversal:
			wanted = i == universal || strings.HasPrefix(name, assetsFolder)
		case standalone >= 0:
			wanted = i == standalone || strings.HasPrefix(name, assetsFolder)
		}
		if wanted {
			f.members = append(f.members, i)
		} else {
			f.others = append(f.others, i)
		}
	}
	return f
}

// betterABI tells which of two standalone APKs more phones would get; of those for one
// ABI it is the first by name.
func betterABI(a, b string) bool {
	rank := func(name string) int {
		for i, abi := range []string{"arm64_v8a", "armeabi_v7a", "armeabi", "x86_64", "x86"} {
			if strings.Contains(name, abi) {
				return i
			}
		}
		return 9
	}
	if x, y := rank(a), rank(b); x != y {
		return x < y
	}
	return a < b
}

// archive opens one archive and, where it holds others, those. file is its path inside
// the whole, "" for the whole; via says what holds it; depth counts the archives around
// it. The error is errNotZIP, that of a read, or the context's.
func (o *opening) archive(from source, via string, depth int) error {
	gaps := gapList{at: from.file}
	x, err := readArchive(o.ctx, from.data, from.size, o.lim, &o.room, &gaps)
	if err != nil {
		return err
	}
	f := x.form()
	if depth == 0 {
		o.kind = f.kind
	}
	switch f.kind {
	case audit.ContainerAPK:
		return o.split(newSplit(from.file, via, "", x, gaps))
	case audit.ContainerAAB:
		o.gaps.take(&gaps)
		for k, m := range f.modules {
			if o.apks <= 0 { // each is looked for among all files
				o.gaps.add(audit.GapLimit, partArchive, "%d modules were not read, first %s: max-apks of %d reached", len(f.modules)-k, clip(m, 100), o.lim.APKs)
				return nil
			}
			o.apks--
			file := m
			if from.file != "" {
				file = from.file + separator + m
			}
			if err := o.split(newSplit(file, f.kind, m, x, gapList{at: file})); err != nil {
				return err
			}
		}
		return nil
	}
	o.gaps.take(&gaps)
	if depth >= o.lim.Depth {
		o.gaps.add(audit.GapLimit, partArchive, "%s: holds archives, which were not opened: max-depth of %d reached", from.file, o.lim.Depth)
		return nil
	}
	// What only holds others has no files of its own to look at: those of the others may
	// be as many. How much is read in all max-directory-bytes bounds.
	o.room.entries += len(x.entries)
	return o.members(from, x, f, depth)
}

// split reads the manifest of an APK or module and keeps it.
func (o *opening) split(s *split) error {
	data, err := s.whole(o.ctx, manifestName, o.lim.ManifestBytes, "max-manifest-bytes", o.manifest, partManifest)
	if err != nil {
		return err
	}
	if s.module != "" && len(data) > 0 {
		data = s.binary(data)
	}
	if len(data) > 0 {
		if s.nodes, err = parseManifest(o.ctx, data, o.lim, o.nodes, &s.gaps); err != nil {
			return err
		}
		o.nodes -= len(s.nodes)
	}
	s.identify()
	o.found = append(o.found, s)
	return nil
}

// binary turns a bundle's manifest into the form that an APK has.
func (s *split) binary(data []byte) []byte {
	out, err := protoXML(data)
	if err != nil {
		s.gaps.add(gapKind(err), partManifest, "%s: %v", manifestName, err)
	}
	return out
}

// members opens what an archive holds.
func (o *opening) members(from source, x *archive, f form, depth int) error {
	at := func(i int) string {
		if from.file == "" {
			return x.entries[i].name
		}
		return from.file + separator + x.entries[i].name
	}
	o.readNote(from, x, f.kind)
	o.tellNames(x, from, f.members)
	for _, i := range f.others {
		l := audit.Split{File: at(i), Name: path.Base(at(i)), Kind: audit.SplitAlternative, Size: max(x.entries[i].usize, 0)}
		if strings.HasSuffix(strings.ToLower(l.File), ".obb") {
			l.Kind = audit.SplitOBB
		}
		o.unread = append(o.unread, l)
	}
	left := x.size // honest members do not share bytes
	for k, i := range f.members {
		if o.apks <= 0 {
			o.gaps.add(audit.GapLimit, partArchive, "%d archives in it were not opened, first %s: max-apks of %d reached", len(f.members)-k, at(i), o.lim.APKs)
			return nil
		}
		o.apks--
		if left -= x.entries[i].csize; left < 0 {
			o.gaps.add(audit.GapTampered, partArchive, "%s: shares its bytes with other entries; it and those behind it were not opened", at(i))
			return nil
		}
		data, size, err := x.whole(o.ctx, i, at(i), o.inflated)
		if cerr := o.ctx.Err(); cerr != nil {
			return cerr
		}
		var ee *EntryError
		if errors.As(err, &ee) {
			o.gaps.add(ee.Kind, partArchive, "%v", ee)
		}
		if size == 0 {
			continue
		}
		if err := o.archive(source{file: at(i), data: data, size: size}, f.kind, depth+1); err != nil {
			if cerr := o.ctx.Err(); cerr != nil {
				return cerr
			}
			o.gaps.add(gapKind(err), partArchive, "%s: %v", at(i), err)
		}
	}
	return nil
}

// tellNames tells of members that an installer would write somewhere else.
func (o *opening) tellNames(x *archive, from source, members []int) {
	var out []string
	for _, i := range members {
		if name := x.entries[i].name; leadsOut(name) {
			out = append(out, name)
		}
	}
	if len(out) > 0 {
		gaps := gapList{at: from.file}
		gaps.add(audit.GapTampered, partArchive, "%s: named so as to lead out of the archive", named(out, "entry"))
		o.gaps.take(&gaps)
	}
}
