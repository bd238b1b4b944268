package apk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// split is one APK of an app, or one module of a bundle: the base, a feature or what a
// certain device gets besides.
type split struct {
	file   string // path from the folder or through the archives, "" for a file of its own
	via    string // what holds it: a Container constant, "" for none
	module string // folder in a bundle, "" for an APK
	prefix string // of its names in App.Entries, "" for the base
	arc    *archive
	names  []inside // sorted
	index  map[string]int
	dex    []string
	gaps   gapList

	nodes      []node
	name, pkg  string // of the split and of the app, as the manifest has them
	version    int64
	signers    []audit.Signer
	signersSet bool // they were read
	signersOf  bool // and nothing kept them from being known
}

// inside is one entry by its path within the split.
type inside struct {
	name string
	i    int // in the archive
}

// newSplit lists what an APK or the module of a bundle holds.
func newSplit(file, via, module string, arc *archive, gaps gapList) *split {
	s := &split{file: file, via: via, module: module, arc: arc, gaps: gaps, index: arc.index}
	s.names = make([]inside, 0, len(arc.entries))
	for i := range arc.entries {
		name, ok := arc.entries[i].name, true
		if module != "" {
			name, ok = inModule(module, name)
		}
		if ok {
			s.names = append(s.names, inside{name, i})
		}
	}
	slices.SortFunc(s.names, func(a, b inside) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.i, b.i)) })
	if module != "" {
		s.index = make(map[string]int, len(s.names))
		s.names = slices.CompactFunc(s.names, func(a, b inside) bool { return a.name == b.name })
		for _, n := range s.names {
			s.index[n.name] = n.i
		}
	}
	s.listDEX()
	s.prepended()
	return s
}

// listDEX orders the code files as Android's class loader does: it counts up
// from classes.dex and stops at the first number that is missing.
func (s *split) listDEX() {
	loaded := map[string]bool{}
	for n := 1; ; n++ {
		name := "classes.dex"
		if n > 1 {
			name = "classes" + strconv.Itoa(n) + ".dex"
		}
		if _, ok := s.index[name]; !ok {
			break
		}
		s.dex = append(s.dex, name)
		loaded[name] = true
	}
	var never []string
	for _, e := range s.names {
		mid, ok := strings.CutPrefix(e.name, "classes")
		if !ok {
			continue
		}
		if mid, ok = strings.CutSuffix(mid, ".dex"); ok && strings.Trim(mid, "0123456789") == "" && !loaded[e.name] {
			never = append(never, e.name)
		}
	}
	if len(never) > 0 {
		s.gaps.add(audit.GapTampered, partCode, "%s: Android does not load them, a number before is missing", named(never, "entry"))
	}
}

// prepended tells of code before the archive: Android up to 7 loads a file that
// starts as DEX as such, whatever its archive holds (CVE-2017-13156).
func (s *split) prepended() {
	var b [4]byte
	if _, err := s.arc.file.ReadAt(b[:], 0); err == nil && string(b[:]) == "dex\n" {
		s.gaps.add(audit.GapTampered, partCode, "the file starts with DEX code before its archive, which was not examined")
	}
}

// whole reads one entry for this package's own use. What is wrong with it becomes a gap;
// the error is the context's.
func (s *split) whole(ctx context.Context, name string, limit int64, limitName string, budget *bounded.Budget, p part) ([]byte, error) {
	i, ok := s.index[name]
	if !ok {
		s.gaps.add(audit.GapUnreadable, p, "%s: not in the archive", name)
		return nil, nil
	}
	data, err := s.arc.read(ctx, i, reading{name, limit, limitName, budget}, nil)
	if cerr := ctx.Err(); cerr != nil {
		return nil, cerr
	}
	var ee *EntryError
	if errors.As(err, &ee) {
		s.gaps.add(ee.Kind, p, "%v", ee)
	} else if len(data) == 0 {
		s.gaps.add(audit.GapUnreadable, p, "%s: is empty", name)
	}
	return data, nil
}

// identify takes from the manifest what tells which app the split belongs to.
func (s *split) identify() {
	if len(s.nodes) == 0 {
		return
	}
	root := &s.nodes[0]
	s.pkg, s.name, s.version = root.get("package"), root.get("split"), versionCode(root.get)
	if s.module != "" {
		if s.name != "" && s.name != s.module {
			s.gaps.add(audit.GapTampered, partManifest, "%s: is of split %q, not of this module", manifestName, clip(s.name, 100))
		}
		s.name = s.module
	}
}

// withoutBase tells that nothing but a split of the app was given: what the app is, asks
// for and does stands in its base.
func (s *split) withoutBase(name, pkg string) {
	s.gaps.put(audit.Gap{Kind: audit.GapUnreadable,
		What: fmt.Sprintf("%s: the base APK of %s is missing, this is its split %q; give all APKs of the app in one directory", manifestName, clip(pkg, 200), clip(name, 100)),
		Weakens: audit.Text{
			ZH: "未提供基础 APK：应用的权限、组件和绝大部分代码都未被检查",
			EN: "the base APK was not given: the app's permissions, its components and most of its code were not examined",
		}})
}

const usesSplit = "uses-split"

// needs lists the names of the splits without which Android does not load this one.
func (s *split) needs() []string {
	var out []string
	for i := range s.nodes {
		n := &s.nodes[i]
		switch {
		case n.name == usesSplit:
			out = append(out, n.get("name"))
		case i == 0 && n.has("configForSplit"):
			out = append(out, n.get("configForSplit"))
		}
	}
	return out
}

// inCircles lists the splits that need themselves, through others or not, in their order.
func inCircles(splits []*split) []string {
	byName := map[string]*split{}
	for _, s := range splits {
		if s.name != "" {
			byName[s.name] = s
		}
	}
	needs := map[*split][]string{}
	for _, s := range splits {
		needs[s] = s.needs()
	}
	var out []string
	for _, s := range splits {
		seen := map[*split]bool{}
		queue := []*split{s}
		for len(queue) > 0 && !seen[s] {
			next := queue[0]
			queue = queue[1:]
			for _, name := range needs[next] {
				if on := byName[name]; on != nil && !seen[on] {
					seen[on] = true
					queue = append(queue, on)
				}
			}
		}
		if seen[s] {
			out = append(out, s.file)
		}
	}
	return out
}

// isBase tells the APK that makes the app from those that add to it.
func (s *split) isBase() bool {
	return len(s.nodes) > 0 && (s.name == "" || s.module == baseModule)
}

// kind says what a split adds to the app.
func (s *split) kind() string {
	switch {
	case s.isBase():
		return audit.SplitBase
	case len(s.nodes) > 0 && s.nodes[0].has("configForSplit"), isConfigName(s.name):
		return audit.SplitConfig
	case s.onlyAssets():
		return audit.SplitAsset
	}
	return audit.SplitFeature
}

// isConfigName tells the name of a split for certain devices: config.xxhdpi,
// feature.config.arm64_v8a.
func isConfigName(name string) bool {
	return strings.HasPrefix(name, "config.") || strings.Contains(name, ".config.")
}

// onlyAssets tells a pack of assets: beside its manifest, and what belongs to that, it
// has nothing else.
func (s *split) onlyAssets() bool {
	assets := false
	for _, e := range s.names {
		switch top, _, _ := strings.Cut(e.name, "/"); {
		case top == "assets":
			assets = true
		case top != "META-INF" && strings.Contains(e.name, "/"), path.Ext(e.name) == ".dex":
			return false
		}
	}
	return assets
}

// listed is the split as a report names it.
func (s *split) listed(read bool) audit.Split {
	l := audit.Split{Name: s.name, File: s.file, Kind: s.kind(), Read: read}
	if l.Name == "" && l.Kind == audit.SplitBase {
		l.Name = baseModule
	}
	if s.module == "" {
		l.Size = s.arc.size
	} else {
		l.File = s.module
		for _, e := range s.names {
			l.Size += max(s.arc.entries[e.i].csize, 0)
		}
	}
	if read {
		for _, d := range s.dex {
			l.DEX = append(l.DEX, s.prefix+d)
		}
	}
	return l
}
