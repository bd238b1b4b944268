package apk

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
)

// Android versions that change how a manifest is read.
const (
	sdkProviderPrivate = 17 // content providers are private unless exported
	sdkNoCleartext     = 28 // cleartext traffic is off unless allowed
)

// facts turns manifest nodes into the App's fields. value resolves references.
//
// What the manifests of several splits declare is united. What there is one of in an app
// (its name and version, the class and the flags of its application element) is what the
// base says, as Android does it.
type facts struct {
	app   *App
	split *split
	nodes []node
	value func(string) string

	pkg        string
	appPerm    string
	process    string // of the application element
	disabled   bool   // the application element is
	configOnly bool   // a split without code of its own
	hasCode    bool
	label      string // as written
	comps      map[int]int
	perms      map[string]int
	filters    map[int]*filter
	metaSeen   map[audit.MetaData]bool
	compSeen   map[[2]string]bool // kind and name, of splits before this one
	dropped    int
}

// filter collects what an intent-filter node names.
type filter struct {
	comp           int // node of the component
	main, launcher bool
}

func newFacts(a *App) *facts {
	return &facts{app: a, hasCode: true, perms: map[string]int{}, metaSeen: map[audit.MetaData]bool{}, compSeen: map[[2]string]bool{}}
}

// read takes the manifest of one split; that of the base comes first.
func (f *facts) read(s *split) {
	base := f.split == nil
	f.split, f.nodes = s, s.nodes
	f.comps, f.filters = map[int]int{}, map[int]*filter{}
	if len(s.nodes) == 0 {
		return
	}
	if base {
		f.root(&s.nodes[0])
		f.application()
	} else {
		for i := range f.app.Components {
			c := &f.app.Components[i]
			f.compSeen[[2]string{c.Kind, c.Name}] = true
		}
	}
	f.elements()
	f.launchers(base)
}

func (f *facts) text(n *node, name string) string { return f.value(n.get(name)) }

func (f *facts) root(n *node) {
	info := &f.app.Info
	info.Package = f.text(n, "package")
	f.pkg = info.Package
	info.VersionName = f.text(n, "versionName")
	info.VersionCode = versionCode(func(name string) string { return f.text(n, name) })
	f.app.Split = n.get("split")
	f.configOnly = f.app.Split != "" && (n.has("configForSplit") || strings.HasPrefix(f.app.Split, "config."))
	if f.app.Split == "" { // a split leaves levels and flags to its base
		info.MinSDK, info.TargetSDK = 1, 1
	}
	for i := range f.nodes {
		if u := &f.nodes[i]; u.name == "uses-sdk" {
			// Android lets the last one win, with the defaults for what it
			// leaves out.
			info.MinSDK = sdkNumber(f.text(u, "minSdkVersion"), 1)
			info.TargetSDK = sdkNumber(f.text(u, "targetSdkVersion"), info.MinSDK)
		}
	}
}

// versionCode puts the two halves of a version code together.
func versionCode(get func(name string) string) int64 {
	low := number(get("versionCode"), 0)
	return number(get("versionCodeMajor"), 0)<<32 | low&0xffffffff
}

func (f *facts) application() {
	info := &f.app.Info
	whole := f.app.Split == ""
	info.Flags = audit.AppFlags{AllowBackup: whole, Cleartext: whole && info.TargetSDK < sdkNoCleartext}
	for i := range f.nodes {
		n := &f.nodes[i]
		if n.name != "application" {
			continue
		}
		f.label = n.get("label")
		f.appPerm = f.text(n, "permission")
		f.process = f.processName(n, "")
		f.disabled = !truth(f.text(n, "enabled"), true)
		f.app.Application = f.className(f.text(n, "name"))
		for _, attr := range []string{"appComponentFactory", "backupAgent"} {
			if class := f.className(f.text(n, attr)); class != "" {
				f.app.Factories = append(f.app.Factories, class)
			}
		}
		for _, attr := range []string{ConfigNetwork, ConfigBackup, ConfigExtraction} {
			if v := f.text(n, attr); v != "" {
				f.config(Config{Kind: attr, Value: v})
			}
		}
		f.hasCode = truth(f.text(n, "hasCode"), true)
		info.Flags.Debuggable = truth(f.text(n, "debuggable"), false)
		info.Flags.AllowBackup = truth(f.text(n, "allowBackup"), whole)
		info.Flags.Cleartext = truth(f.text(n, "usesCleartextTraffic"), info.Flags.Cleartext)
		return
	}
}

func (f *facts) elements() {
	for i := range f.nodes {
		n := &f.nodes[i]
		switch n.name {
		case "uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m":
			f.permission(n)
		case "permission":
			if name := f.text(n, "name"); name != "" {
				f.app.Defined = append(f.app.Defined, name)
			}
		case "instrumentation":
			if class := f.className(f.text(n, "name")); class != "" {
				f.app.Tests = append(f.app.Tests, class)
			}
		case "meta-data":
			f.metaData(n)
		case "intent-filter":
			f.filters[i] = &filter{comp: n.parent}
			if c, ok := f.comps[n.parent]; ok && !f.nodes[n.parent].has("exported") {
				f.app.Components[c].Exported = true
			}
		case "action":
			f.action(n)
		case "category":
			if fl := f.filters[n.parent]; fl != nil {
				switch f.text(n, "name") {
				case "android.intent.category.LAUNCHER", "android.intent.category.LEANBACK_LAUNCHER":
					fl.launcher = true
				}
			}
		default:
			if kind := componentKind(n.name); kind != "" {
				f.component(i, kind)
			}
		}
	}
}

func (f *facts) permission(n *node) {
	name := f.text(n, "name")
	if name == "" {
		return
	}
	limit := int(number(f.text(n, "maxSdkVersion"), 0))
	if i, ok := f.perms[name]; ok {
		p := &f.app.Permissions[i]
		if limit == 0 || p.MaxSDK == 0 {
			p.MaxSDK = 0
		} else {
			p.MaxSDK = max(p.MaxSDK, limit)
		}
		return
	}
	f.perms[name] = len(f.app.Permissions)
	f.app.Permissions = append(f.app.Permissions, audit.Permission{Name: name, MaxSDK: limit})
}

func (f *facts) metaData(n *node) {
	m := audit.MetaData{Name: f.text(n, "name"), Value: f.text(n, "value")}
	if !n.has("value") {
		m.Value = f.text(n, "resource")
	}
	if c, ok := f.comps[n.parent]; ok && m.Name == ConfigAccessibility && len(f.app.Configs) < maxComponents {
		f.config(Config{Kind: m.Name, Component: f.app.Components[c].Name, Value: m.Value})
	}
	if m.Name != "" && !f.metaSeen[m] {
		f.metaSeen[m] = true
		f.app.MetaData = append(f.app.MetaData, m)
	}
}

// config keeps a configuration; where its value is a file, by the name of that entry.
func (f *facts) config(c Config) {
	if entry, ok := f.app.locate(f.split, c.Value); ok {
		c.Value = entry
	}
	f.app.Configs = append(f.app.Configs, c)
}

func (f *facts) component(i int, kind string) {
	n := &f.nodes[i]
	name := f.className(f.text(n, "name"))
	if name == "" || f.compSeen[[2]string{kind, name}] {
		return // bundletool writes the components of features into the base as well
	}
	if len(f.app.Components) >= maxComponents {
		f.dropped++
		return
	}
	c := audit.Component{Kind: kind, Name: name, Permission: f.text(n, "permission"), Process: f.processName(n, f.process)}
	c.Disabled = f.disabled || !truth(f.text(n, "enabled"), true)
	switch kind {
	case "provider":
		c.Permission = f.providerPermission(n)
		for _, a := range strings.Split(f.text(n, "authorities"), ";") {
			if a != "" { // as many as a value holds: max-string-bytes
				c.Authorities = append(c.Authorities, a)
			}
		}
		c.Exported = truth(f.text(n, "exported"), f.app.Info.TargetSDK < sdkProviderPrivate)
	case "service":
		c.FGSType = fgsType(f.text(n, "foregroundServiceType"))
		fallthrough
	default:
		// Without the attribute an intent-filter decides, see elements.
		c.Exported = truth(f.text(n, "exported"), false)
	}
	if c.Permission == "" {
		c.Permission = f.appPerm
	}
	f.comps[i] = len(f.app.Components)
	f.app.Components = append(f.app.Components, c)
}

// processName is the process that an element asks for, "" for the app's main one,
// which bears the name of the package.
func (f *facts) processName(n *node, missing string) string {
	if !n.has("process") {
		return missing
	}
	if p := f.text(n, "process"); p != f.pkg {
		return p
	}
	return ""
}

// providerPermission is the one that guards the provider; where reading and
// writing need different ones, both, joined by a comma.
func (f *facts) providerPermission(n *node) string {
	both := f.text(n, "permission")
	read, write := f.text(n, "readPermission"), f.text(n, "writePermission")
	if read == "" {
		read = both
	}
	if write == "" {
		write = both
	}
	switch {
	case read == write || write == "":
		return read
	case read == "":
		return write
	}
	return read + "," + write
}

func (f *facts) action(n *node) {
	fl := f.filters[n.parent]
	name := f.text(n, "name")
	if fl == nil || name == "" {
		return
	}
	if name == "android.intent.action.MAIN" {
		fl.main = true
	}
	if c, ok := f.comps[fl.comp]; ok {
		acts := &f.app.Components[c].Actions
		switch {
		case slices.Contains(*acts, name):
		case len(*acts) == maxComponents:
			f.dropped++
		default:
			*acts = append(*acts, name)
		}
	}
}

// launchers names the activities that a launcher starts, and where the application
// element has no label, the base's first of them.
func (f *facts) launchers(base bool) {
	for i := range f.nodes {
		fl := f.filters[i]
		if fl == nil || !fl.main || !fl.launcher {
			continue
		}
		n := &f.nodes[fl.comp]
		if componentKind(n.name) != "activity" || !truth(f.text(n, "enabled"), true) {
			continue
		}
		class := f.className(f.text(n, "name"))
		if t := f.text(n, "targetActivity"); n.name == "activity-alias" && t != "" {
			class = f.className(t) // an alias is no class
		}
		if class == "" {
			continue
		}
		if !slices.Contains(f.app.Launchers, class) {
			f.app.Launchers = append(f.app.Launchers, class)
		}
		if base && f.label == "" {
			f.label = n.get("label")
		}
	}
}

// finish sorts what has no order of its own.
func (f *facts) finish() {
	a := f.app
	slices.Sort(a.Defined)
	a.Defined = slices.Compact(a.Defined)
	sort.Slice(a.Permissions, func(i, j int) bool { return a.Permissions[i].Name < a.Permissions[j].Name })
	sort.SliceStable(a.Components, func(i, j int) bool {
		x, y := &a.Components[i], &a.Components[j]
		return x.Kind < y.Kind || x.Kind == y.Kind && x.Name < y.Name
	})
	sort.Slice(a.MetaData, func(i, j int) bool {
		x, y := a.MetaData[i], a.MetaData[j]
		return x.Name < y.Name || x.Name == y.Name && x.Value < y.Value
	})
	if f.dropped > 0 {
		a.splits[0].gaps.add(audit.GapLimit, partManifest, "%s: max-components of %d reached, %d left out", manifestName, maxComponents, f.dropped)
	}
}

// className completes a class name as Android does: ".Main" and "Main" stand in
// the app's package.
func (f *facts) className(name string) string {
	switch {
	case name == "":
		return ""
	case name[0] == '.':
		return f.pkg + name
	case !strings.Contains(name, "."):
		return f.pkg + "." + name
	}
	return name
}

// number reads an integer as apkparser prints them: decimal or 0x….
func number(s string, missing int64) int64 {
	if n, err := strconv.ParseInt(s, 0, 64); err == nil {
		return n
	}
	return missing
}

// sdkNumber reads an API level; a code name of a preview counts as the level
// that Android gives to builds in development.
func sdkNumber(s string, missing int) int {
	const development = 10000
	if n, err := strconv.ParseInt(s, 0, 32); err == nil {
		return int(n)
	}
	if s != "" && s[0] >= 'A' && s[0] <= 'Z' {
		return development
	}
	return missing
}

// truth reads a boolean attribute.
func truth(s string, missing bool) bool {
	switch s {
	case "true", "1", "-1", "TRUE", "True", "0x1", "0xffffffff":
		return true
	case "false", "0", "FALSE", "False", "0x0":
		return false
	}
	return missing
}

// fgsType writes android:foregroundServiceType as it stands in source: the flag
// names of android.content.pm.ServiceInfo joined by "|".
func fgsType(s string) string {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil || n == 0 {
		return s
	}
	if int32(n) == -1 {
		return "manifest"
	}
	names := [...]struct {
		bit  uint32
		name string
	}{
		{1 << 0, "dataSync"}, {1 << 1, "mediaPlayback"}, {1 << 2, "phoneCall"}, {1 << 3, "location"},
		{1 << 4, "connectedDevice"}, {1 << 5, "mediaProjection"}, {1 << 6, "camera"}, {1 << 7, "microphone"},
		{1 << 8, "health"}, {1 << 9, "remoteMessaging"}, {1 << 10, "systemExempted"}, {1 << 11, "shortService"},
		{1 << 12, "fileManagement"}, {1 << 13, "mediaProcessing"}, {1 << 30, "specialUse"},
	}
	left := uint32(n)
	var out []string
	for _, x := range names {
		if left&x.bit != 0 {
			out = append(out, x.name)
			left &^= x.bit
		}
	}
	if left != 0 {
		out = append(out, fmt.Sprintf("0x%x", left))
	}
	return strings.Join(out, "|")
}
