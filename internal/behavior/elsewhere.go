package behavior

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
)

// elsewhere is what one look outside classes*.dex found.
type elsewhere struct {
	sites   []audit.Use // one per site
	hosts   []audit.Host
	dynamic []audit.DynamicCode
	texts   []audit.Observation // of scripts and pages
	gaps    []audit.Gap
}

func (e *elsewhere) add(more *elsewhere) {
	e.sites = append(e.sites, more.sites...)
	e.hosts = append(e.hosts, more.hosts...)
	e.dynamic = append(e.dynamic, more.dynamic...)
	e.texts = append(e.texts, more.texts...)
	e.gaps = append(e.gaps, more.gaps...)
}

// lookElsewhere reads native libraries, nested DEX files and scripts, and the hosts
// of all code. uses and sites are those of classes*.dex; the results are both,
// sorted, and what the texts of scripts tell.
func (o *Observer) lookElsewhere(ctx context.Context, app *apk.App, files []*codeFile, own *owners, b *audit.Behavior, sites []audit.Use) ([]audit.Use, []audit.Observation, []audit.Gap, error) {
	hidden, gaps, err := o.findHidden(ctx, app, own)
	if err != nil {
		return nil, nil, nil, err
	}
	all := &elsewhere{gaps: gaps}
	all.hosts = hostsOf(files, own)
	for _, look := range []func() (*elsewhere, error){
		func() (*elsewhere, error) {
			return o.native(ctx, app, own, b.NativeLibs, ofKind(hidden, hiddenELF))
		},
		func() (*elsewhere, error) { return o.nested(ctx, app, own, hidden) },
		func() (*elsewhere, error) { return o.scripts(ctx, app, ofKind(hidden, hiddenScript)) },
	} {
		found, err := look()
		if err != nil {
			return nil, nil, nil, err
		}
		all.add(found)
	}
	all.gaps = append(all.gaps, frameworkGaps(app, hidden)...)
	b.DynamicCode = append(b.DynamicCode, all.dynamic...)
	calls, gap := loadedCode(b.Uses)
	b.DynamicCode = append(b.DynamicCode, calls...)
	all.gaps = append(all.gaps, gap...)
	if b.Hosts = sortHosts(all.hosts); len(b.Hosts) > o.Limits.Hosts {
		all.gaps = append(all.gaps, codeGap(audit.GapLimit, fmt.Sprintf("max-hosts of %d reached, the code names %d", o.Limits.Hosts, len(b.Hosts))))
		b.Hosts = b.Hosts[:o.Limits.Hosts]
	}
	b.Uses = append(b.Uses, groupSites(all.sites)...)
	slices.SortStableFunc(b.Uses, byUse)
	sites = append(sites, all.sites...)
	slices.SortStableFunc(sites, byUse)
	return sites, all.texts, all.gaps, nil
}

// dataDynamicCode is the data type of behaviours that load code at run time: class
// loaders, hot-fix and plugin frameworks.
const dataDynamicCode = "dynamic_code"

// loadedCode lists the calls that load code, once for each party and API, and the gap
// that they leave where one of them is reached. Where only reflection names the API,
// that name is told, not the look-up.
func loadedCode(uses []audit.Use) ([]audit.DynamicCode, []audit.Gap) {
	var out []audit.DynamicCode
	reached, first := 0, ""
	for i := range uses {
		u := &uses[i]
		if !slices.Contains(u.Data, dataDynamicCode) {
			continue
		}
		c := audit.DynamicCode{Kind: "call", What: u.Target, Party: u.Party}
		if u.Via == audit.ViaReflection && len(u.Examples) > 0 && len(u.Examples[0].Args) > 0 {
			c.What = strings.Join(u.Examples[0].Args, ".")
		}
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
		if u.Reached == audit.No {
			continue
		}
		if reached++; first == "" {
			first = c.What
		}
	}
	if reached == 0 {
		return out, nil
	}
	return out, []audit.Gap{{Kind: audit.GapDynamicCode, What: fmt.Sprintf("calls that load code at run time, in code that is or may be reached: %d, first %s", reached, first), Weakens: audit.Text{
		ZH: "运行时加载的代码不在本文件的类中，未检查。",
		EN: "Code that is loaded at run time is not among the classes of this file and was not examined.",
	}}}
}

// byUse is the order of uses in a report.
func byUse(a, b audit.Use) int {
	return cmp.Or(cmp.Compare(a.Party, b.Party), cmp.Compare(a.API, b.API), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Via, b.Via), cmp.Compare(a.Through, b.Through), cmp.Compare(a.Nested, b.Nested))
}

// groupSites makes one Use of sites that differ in nothing but their place, with
// the first examples.
func groupSites(sites []audit.Use) []audit.Use {
	sites = slices.Clone(sites)
	slices.SortStableFunc(sites, byUse)
	var uses []audit.Use
	for _, s := range sites {
		if n := len(uses); n > 0 && byUse(uses[n-1], s) == 0 {
			u := &uses[n-1]
			if u.Sites++; len(u.Examples) < audit.MaxExamples {
				u.Examples = append(u.Examples, s.Examples...)
			}
			continue
		}
		s.Examples = slices.Clone(s.Examples)
		uses = append(uses, s)
	}
	return uses
}

// hiddenFile is an entry that may hold code although it is neither classes*.dex nor
// a library under lib/.
type hiddenFile struct {
	entry string
	kind  hiddenKind
	party string // of the SDK whose signature names the asset, else ""
}

type hiddenKind int

// Kinds of hidden files, by their first bytes except for scripts and misnamed ones.
const (
	hiddenNothing  hiddenKind = iota
	hiddenDEX                 // a DEX file
	hiddenArchive             // a ZIP: jar, apk, zip
	hiddenELF                 // a native library or program
	hiddenScript              // JavaScript or HTML by its name, in readable form
	hiddenHermes              // JavaScript as Hermes bytecode
	hiddenMisnamed            // named as DEX or as an archive of code, but neither
)

// headBytes is how much of an entry tells what it is.
const headBytes = 8

// codeLike are the endings of names that code has, or that say nothing.
var codeLike = []string{"", ".dex", ".jar", ".apk", ".zip", ".so", ".bin", ".dat", ".js", ".mjs", ".html", ".htm", ".bundle", ".jsbundle"}

// findHidden looks at the first bytes of entries and keeps those that may hold code.
// It looks at all of assets, lib, res/raw and the root, whatever their names, and
// elsewhere (below res, and the resources of Java packages, of which some apps have
// thousands) at files that are stored or named like code. Not looked at are
// classes*.dex, binary XML and signatures: META-INF, the manifest, the resource
// table and *.xml below res.
func (o *Observer) findHidden(ctx context.Context, app *apk.App, own *owners) ([]hiddenFile, []audit.Gap, error) {
	known := map[string]bool{"AndroidManifest.xml": true, "resources.arsc": true}
	isCode := map[string]bool{}
	for _, d := range app.DEX {
		isCode[d] = true
	}
	var first, rest []string
	for _, e := range app.Entries {
		in := app.Inside(e)
		res := strings.HasPrefix(in, "res/")
		switch {
		case known[in], isCode[e], strings.HasPrefix(in, "META-INF/"), res && strings.HasSuffix(in, ".xml"):
		case strings.HasPrefix(in, "assets/"), strings.HasPrefix(in, "lib/"), strings.HasPrefix(in, "res/raw"), !strings.Contains(in, "/"):
			first = append(first, e)
		case app.Stored(e), slices.Contains(codeLike, strings.ToLower(path.Ext(e))):
			rest = append(rest, e)
		}
	}
	all := append(first, rest...)
	left := all[min(len(all), o.Limits.SniffedFiles):]
	all = all[:len(all)-len(left)]
	kinds := make([]hiddenKind, len(all))
	at := make([]int, len(all))
	for i := range at {
		at[i] = i
	}
	err := parallel(ctx, at, func(i int) {
		// What cannot be read is told where its content is asked for.
		head, _ := app.ReadHead(ctx, all[i], headBytes)
		if kinds[i] = kindOfFile(all[i], head); kinds[i] == hiddenMisnamed && app.Size(all[i]) == 0 {
			kinds[i] = hiddenNothing
		} else if kinds[i] == hiddenELF && isListedLibrary(app, all[i]) {
			kinds[i] = hiddenNothing // read as a library; an archive under such a name is not
		}
	})
	if err != nil {
		return nil, nil, err
	}
	var found []hiddenFile
	for i, e := range all {
		if kinds[i] == hiddenNothing {
			continue
		}
		f := hiddenFile{entry: e, kind: kinds[i]}
		if name, ok := strings.CutPrefix(app.Inside(e), "assets/"); ok {
			if owner := own.ownerOf(o.matchers.assets.find(name)); owner >= 0 {
				f.party = o.partyOfSDK(owner)
			}
		}
		found = append(found, f)
	}
	slices.SortFunc(found, func(a, b hiddenFile) int { return cmp.Compare(a.entry, b.entry) })
	var gaps []audit.Gap
	if len(left) > 0 {
		gaps = append(gaps, codeGap(audit.GapLimit, fmt.Sprintf("%d files were not looked at for hidden code, first %s: max-sniffed-files of %d reached", len(left), left[0], o.Limits.SniffedFiles)))
	}
	return found, gaps, nil
}

// isListedLibrary tells whether an entry is lib/ABI/name.so, and the one that is read
// under that name where several splits have one.
func isListedLibrary(app *apk.App, entry string) bool {
	p := strings.Split(app.Inside(entry), "/")
	return len(p) == 3 && p[0] == "lib" && strings.HasSuffix(p[2], ".so") && app.Library(p[1], p[2]) == entry
}

// hermesMagic begins JavaScript that was compiled for the Hermes engine.
const hermesMagic = "\xc6\x1f\xbc\x03\xc1\x03\x19\x1f"

// kindOfFile tells from its first bytes, else from its name, what an entry is.
func kindOfFile(name string, head []byte) hiddenKind {
	for _, m := range []struct {
		magic string
		kind  hiddenKind
	}{
		{"dex\n", hiddenDEX}, {"dey\n", hiddenDEX}, {"cdex", hiddenDEX}, {"PK\x03\x04", hiddenArchive}, {"PK\x05\x06", hiddenArchive}, {"\x7fELF", hiddenELF}, {hermesMagic, hiddenHermes},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.kind
		}
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".js", ".html", ".htm", ".bundle", ".jsbundle", ".mjs":
		return hiddenScript
	case ".dex", ".jar", ".apk":
		return hiddenMisnamed
	}
	return hiddenNothing
}

func ofKind(files []hiddenFile, kind hiddenKind) []hiddenFile {
	var out []hiddenFile
	for _, f := range files {
		if f.kind == kind {
			out = append(out, f)
		}
	}
	return out
}
