package behavior

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior/shape"
	"apkaudit/internal/bounded"
	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
	"apkaudit/internal/rules"
)

// Observer states the behaviour of apps by one set of rules. It is safe for
// concurrent use.
type Observer struct {
	// Limits bound what is read of an app. New sets the defaults; others are set before
	// the first use.
	Limits Limits

	set      *rules.Set
	apis     *apiIndex
	calls    *callIndex
	required *requirements
	prefixes *prefixIndex
	matchers *matcherIndex
	screens  *screenTexts
	platform func() callgraph.Platform // what is known of Android's classes, read when first needed
	notWhen  []int                     // SDKs with not_when

	learned      func() (*shape.Learned, error) // the structure of known SDKs, read when first needed
	everyPackage bool                           // tests only: compare the structure of all code
}

// New compiles the signatures of set.
func New(set *rules.Set) *Observer {
	o := &Observer{Limits: DefaultLimits(), set: set, apis: newAPIIndex(set), calls: newCallIndex(set), required: newRequirements(set), prefixes: newPrefixIndex(set), matchers: newMatcherIndex(set), screens: newScreenTexts(set), learned: builtinStructure(), platform: newPlatform()}
	for i := range set.SDKs {
		if len(set.SDKs[i].Match.NotWhen) > 0 {
			o.notWhen = append(o.notWhen, i)
		}
	}
	return o
}

// Result is what was observed.
type Result struct {
	Behavior audit.Behavior
	DEX      []audit.DEX
	Gaps     []audit.Gap
	Sites    []audit.Use // one per site, in the order of the report: what `explain` lists
}

// Observe reads the code of app and states its behaviour. It fails only where
// ctx ends; whatever cannot be read becomes a gap.
func (o *Observer) Observe(ctx context.Context, app *apk.App) (*Result, error) {
	files, gaps, err := o.readCode(ctx, app)
	if err != nil {
		return nil, err
	}
	res := &Result{Gaps: gaps}
	for _, f := range files {
		res.DEX = append(res.DEX, audit.DEX{Name: f.entry, Size: f.size, Classes: f.classes, Methods: f.methods})
	}
	b := &res.Behavior
	own, gaps, err := o.recognise(ctx, app, files, b)
	if err != nil {
		return nil, err
	}
	res.Gaps = append(res.Gaps, gaps...)
	var table *apk.Resources
	var screens []audit.Observation
	var unseen []audit.Gap
	err = sideBySide(func() error { return o.walk(ctx, files) }, func() (err error) {
		if table, err = app.Resources(ctx); err == nil {
			screens, unseen = o.screens.screens(table)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	reached, err := o.reach(ctx, app, table, files, own)
	if err != nil {
		return nil, err
	}
	res.Gaps = append(res.Gaps, reached.gaps(o.Limits.GraphWork)...)
	facts := siteFacts{reached, newClimber(reached, own)}
	b.Uses, res.Sites = o.uses(files, facts)
	var elsewhere []audit.Gap
	var scripted []audit.Observation
	if res.Sites, scripted, elsewhere, err = o.lookElsewhere(ctx, app, files, own, b, res.Sites); err != nil {
		return nil, err
	}
	o.permissions(app, files, res, facts)
	calls, gaps := listedCalls(files, o.Limits.ListedCalls)
	b.Startup = o.startup(app.Info.Package, calls, own, b, res.Sites, facts)
	b.Requests = o.requests(calls, facts)
	res.Gaps = append(res.Gaps, gaps...)
	gaps, err = o.observations(ctx, app, files, b, facts, slices.Concat(screens, o.screens.layoutTexts(table, reached.layouts), scripted))
	if err != nil {
		return nil, err
	}
	res.Gaps = slices.Concat(res.Gaps, gaps, unseen, table.Gaps(), facts.climber.gaps())
	b.Packages = own.listing()
	b.Unowned = own.unowned(res.Sites, b.Permissions)
	res.Gaps = append(res.Gaps, o.codeGaps(b, own, files)...)
	res.Gaps = append(res.Gaps, elsewhere...)
	return res, nil
}

// Shell states what can be said of app without looking at its code: components,
// permissions, and the SDKs that manifest and archive show. The caller adds the gap
// that says why.
func (o *Observer) Shell(ctx context.Context, app *apk.App) (audit.Behavior, error) {
	res := &Result{}
	own, gaps, err := o.recognise(ctx, app, nil, &res.Behavior)
	if err != nil {
		return audit.Behavior{}, err
	}
	res.Gaps = append(gaps, audit.Gap{}) // so that no permission is called unused
	o.permissions(app, nil, res, siteFacts{&reached{}, newClimber(&reached{}, own)})
	return res.Behavior, nil
}

// recognise decides who owns which code and states the SDKs, libraries,
// components and native libraries. It does not look at instructions.
func (o *Observer) recognise(ctx context.Context, app *apk.App, files []*codeFile, b *audit.Behavior) (*owners, []audit.Gap, error) {
	own := o.newOwners()
	for _, f := range files {
		own.count(f)
	}
	own.appRoots(app.Info.Package, app.Application, app.Launchers)
	own.assign()
	structure, err := o.renamed(ctx, files, own)
	if err != nil {
		return nil, nil, err
	}
	b.MetaData = app.MetaData
	b.Components = slices.Clone(app.Components)
	for i := range b.Components {
		b.Components[i].Party = own.partyOf(b.Components[i].Name)
	}
	b.NativeLibs = slices.Clone(app.NativeLibs)
	found, err := o.matchers.findStrings(ctx, files)
	if err != nil {
		return nil, nil, err
	}
	t := &traits{pkg: app.Info.Package, components: b.Components, metaData: app.MetaData, nativeLibs: app.NativeLibs,
		assets: assets(app), permissions: named(app), strings: found}
	stated := &versions{ctx: ctx, set: o.set, app: app, classes: newSuperIndex(files, o.platform()), own: own}
	o.sdks(b, own, t, stated)
	structure.addTo(b, o.set)
	return own, append(structure.gaps, stated.gaps()...), ctx.Err()
}

// assets lists the paths below assets/, of all splits.
func assets(app *apk.App) []string {
	var out []string
	for _, prefix := range app.Prefixes() {
		folder := prefix + "assets/"
		for _, e := range entriesBelow(app, folder) {
			out = append(out, e[len(folder):])
		}
	}
	return out
}

// named lists the permissions that the app requests or defines, each once.
func named(app *apk.App) []string {
	out := slices.Clone(app.Defined)
	for _, p := range app.Permissions {
		out = append(out, p.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (o *Observer) newOwners() *owners {
	return &owners{set: o.set, index: o.prefixes, notWhen: o.notWhen, byName: map[string]*codePackage{}}
}

// codeFile is one entry of the APK with the DEX files that it holds (several in
// a version 41 container).
type codeFile struct {
	entry    string
	size     int64
	classes  int
	methods  int
	dex      []*dex.File
	order    int
	hits     []siteHit
	calls    []callHit
	observed []observedHit
	denied   []deniedCall
	texts    []textHit
	code     []*callgraph.Code       // by dex: what calls what
	flags    []*flagRefs             // by dex
	hosts    []*hostReader           // by dex
	wrappers []map[string]flagSource // by dex: methods that return a source of a gate
	first    int                     // number of the first dex in the call graph
	strings  []int                   // wanted strings that occur in it
	problem  []audit.Gap
	cuts     map[string]bool // limits that are among the problems
}

// readCode inflates and parses all classes*.dex side by side, the largest
// first.
func (o *Observer) readCode(ctx context.Context, app *apk.App) ([]*codeFile, []audit.Gap, error) {
	files := make([]*codeFile, len(app.DEX))
	for i, name := range app.DEX {
		files[i] = &codeFile{entry: name, order: i}
	}
	bySize := slices.Clone(files)
	slices.SortStableFunc(bySize, func(a, b *codeFile) int { return cmp.Compare(app.Size(b.entry), app.Size(a.entry)) })
	err := parallel(ctx, bySize, func(f *codeFile) {
		data, err := app.ReadEntry(ctx, f.entry, nil)
		var ee *apk.EntryError
		if errors.As(err, &ee) {
			f.problem = append(f.problem, ee.Gap(true))
		}
		f.size = int64(len(data))
		if len(data) == 0 {
			return
		}
		if f.dex, err = dex.ParseAll(f.entry, data); err != nil {
			f.problem = append(f.problem, codeGap(kindOf(err), err.Error()))
		}
		for _, d := range f.dex {
			f.classes += d.NumClasses()
			f.methods += d.NumMethods()
		}
	})
	var gaps []audit.Gap
	for _, f := range files {
		gaps, f.problem = append(gaps, f.problem...), nil // what the walk meets comes later
	}
	return files, gaps, err
}

// parallel runs work on all items, on every core, and waits. It returns ctx's
// error where ctx ended.
func parallel[T any](ctx context.Context, items []T, work func(T)) error {
	bounded.Parallel(len(items), func(i int) {
		if ctx.Err() == nil {
			work(items[i])
		}
	})
	return ctx.Err()
}

// cut tells, once, of a limit that kept some of a file's code from being looked at.
func (f *codeFile) cut(limit string, value int) {
	if f.cuts[limit] {
		return
	}
	if f.cuts == nil {
		f.cuts = map[string]bool{}
	}
	f.cuts[limit] = true
	f.problem = append(f.problem, codeGap(audit.GapLimit, notAll(f.entry, limit, int64(value))))
}

// problems are the gaps that the walk over the file's code met.
func (f *codeFile) problems() []audit.Gap {
	for _, d := range f.dex {
		for _, c := range d.Cuts() {
			f.cut(c.Limit, c.Value)
		}
	}
	return f.problem
}

// limitGaps is a gap for each limit, with its value, that was met over something, by name.
func limitGaps(what string, met map[string]int, weakens audit.Text) []audit.Gap {
	var out []audit.Gap
	for _, limit := range slices.Sorted(maps.Keys(met)) {
		out = append(out, audit.Gap{Kind: audit.GapLimit, What: notAll(what, limit, int64(met[limit])), Weakens: weakens})
	}
	return out
}

// notAll says that a limit kept some of a file from being looked at.
func notAll(file, limit string, value int64) string {
	return file + ": not all of it was looked at: " + reachedOf(limit, value)
}

func codeGap(kind, what string) audit.Gap {
	return audit.Gap{Kind: kind, What: what, Weakens: audit.Text{
		ZH: "有代码未被检查：未发现某种行为不代表不存在该行为。",
		EN: "Some code was not examined: behaviour that was not found may still be there.",
	}}
}

// count adds the classes of a file to their packages.
func (own *owners) count(f *codeFile) {
	var name []byte
	for _, d := range f.dex {
		for i := range d.NumClasses() {
			desc := d.TypeBytes(d.Class(i).Type)
			if len(desc) < 3 || desc[0] != 'L' {
				continue
			}
			name = append(name[:0], desc[1:len(desc)-1]...)
			dot := -1
			for k, c := range name {
				if c == '/' {
					name[k] = '.'
					dot = k
				}
			}
			pkg := name[:max(dot, 0)]
			p := own.byName[string(pkg)]
			if p == nil {
				p = &codePackage{name: dex.DecodeMUTF8(pkg), sdk: -1, leaf: -1}
				own.byName[string(pkg)] = p
				own.packages = append(own.packages, p)
			}
			p.classes++
			p.sample(name)
		}
	}
}

// maxSamples is how many class names evidence shows.
const maxSamples = 3

// sample keeps the smallest names, so that any order of files gives the same.
func (p *codePackage) sample(name []byte) {
	if len(p.samples) == maxSamples && string(name) >= p.samples[maxSamples-1] {
		return
	}
	s := dex.DecodeMUTF8(name)
	i, dup := slices.BinarySearch(p.samples, s)
	if dup {
		return
	}
	p.samples = slices.Insert(p.samples, i, s)
	if len(p.samples) > maxSamples {
		p.samples = p.samples[:maxSamples]
	}
}

// listing lists the prefixes with their owners.
func (own *owners) listing() []audit.Package {
	type key struct{ prefix, party string }
	count := map[key]int{}
	for _, p := range own.packages {
		count[key{p.listedPrefix(), p.party}] += p.classes
	}
	var packages []audit.Package
	for k, n := range count {
		packages = append(packages, audit.Package{Prefix: k.prefix, Classes: n, Party: k.party})
	}
	slices.SortFunc(packages, func(a, b audit.Package) int {
		return cmp.Or(cmp.Compare(a.Prefix, b.Prefix), cmp.Compare(a.Party, b.Party))
	})
	return packages
}

func (p *codePackage) listedPrefix() string {
	if p.prefix == "" {
		return defaultPackage
	}
	return p.prefix
}

// Shares above which code counts as obfuscated: classes without owner whose
// package has only segments of one or two characters.
const (
	obfuscatedSegment = 2
	obfuscatedMin     = 50
)

// codeGaps states what the walk over the code could not see.
func (o *Observer) codeGaps(b *audit.Behavior, own *owners, files []*codeFile) []audit.Gap {
	var gaps []audit.Gap
	for _, f := range files {
		for _, d := range f.dex {
			if n := d.ProblemCount(); n > 0 {
				gaps = append(gaps, codeGap(audit.GapTampered, fmt.Sprintf("%s; problems in all: %d", d.Problems()[0], n)))
			}
		}
		gaps = append(gaps, f.problems()...)
	}
	short, all := 0, 0
	for _, p := range own.packages {
		all += p.classes
		if audit.PartyKind(p.party) == audit.PrefixUnknown && isShort(p.name) {
			short += p.classes
		}
	}
	if short >= obfuscatedMin && short*10 >= all {
		gaps = append(gaps, audit.Gap{Kind: audit.GapObfuscated, What: fmt.Sprintf("%d of %d classes have shortened package names", short, all), Weakens: audit.Text{
			ZH: "名称被混淆的代码无法确定归属，其中的 SDK 可能未被识别。",
			EN: "The owner of code with shortened names cannot be told; SDKs in it may go unrecognised.",
		}})
	}
	for _, p := range b.Packers {
		gaps = append(gaps, codeGap(audit.GapPacked, p.Name.EN+" ("+p.Evidence+"): the real code is packed"))
	}
	return gaps
}

// kindOf is the kind of gap that an error of a reader is.
func kindOf(err error) string {
	if errors.Is(err, bounded.ErrLimit) {
		return audit.GapLimit
	}
	return audit.GapUnreadable
}

// limitGap is the gap of a walk that met a limit.
func limitGap(err error) (audit.Gap, bool) {
	if errors.Is(err, bounded.ErrLimit) {
		return codeGap(audit.GapLimit, err.Error()), true
	}
	return audit.Gap{}, false
}
