package behavior

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
	"apkaudit/internal/dex/callgraph"
)

// reached answers whether the code of an app is reached, and whether before the user
// could agree to anything. Four walks over one call graph:
//
//	all      from every entry point, over certain ways
//	allMaybe the same, over doubtful ways too
//	start    from what runs when the app starts, over certain ways that pass neither an
//	         action of the user nor a gate (see gateRules)
//	maybe    the same, over doubtful ways too
//
// Reached is "yes" for what all reaches, "unknown" for what only allMaybe does. Before
// consent is "yes" for what start reaches, "unknown" for what only maybe does.
type reached struct {
	graph *callgraph.Graph

	all, allMaybe, start, maybe *callgraph.Reach
	callers                     *callgraph.Callers

	layouts    map[uint32]apk.Layout
	layoutGaps []audit.Gap
}

// reach links the collected code and walks over it.
func (o *Observer) reach(ctx context.Context, app *apk.App, table *apk.Resources, files []*codeFile, own *owners) (*reached, error) {
	var codes []*callgraph.Code
	for _, f := range files {
		for k := range f.dex {
			f.first = len(codes) - k
			codes = append(codes, f.code[k])
		}
	}
	g, err := callgraph.Link(ctx, codes, o.platform())
	if err != nil {
		return nil, err
	}
	g.Parties(func(class string) string {
		if p := own.partyOf(dotted(class)); p != audit.PartyApp {
			return p
		}
		return ""
	})
	e := entryPoints{app: app, graph: g}
	e.find()
	// A class above which stands code that is not in the app, as in plug-ins of other
	// apps, overrides nothing that is known; what starts it is an entry all the same.
	e.all = append(e.all, e.start...)
	r := &reached{graph: g}
	if r.layouts, r.layoutGaps, err = e.layouts(ctx, table); err != nil {
		return nil, err
	}
	walk := func(to **callgraph.Reach, roots []callgraph.Root, mode callgraph.Mode) func() error {
		mode.Work = o.Limits.GraphWork
		return func() (err error) {
			*to, err = g.Reach(ctx, roots, mode)
			return err
		}
	}
	whole := callgraph.Mode{Level: callgraph.Gated, Created: true, UserActions: true}
	wholeMaybe := whole
	wholeMaybe.Doubtful = true
	err = sideBySide(
		walk(&r.all, e.all, whole),
		func() error {
			if err := walk(&r.allMaybe, slices.Concat(e.all, e.maybe), wholeMaybe)(); err != nil {
				return err
			}
			r.callers = r.allMaybe.Callers()
			return nil
		},
		func() error {
			// What the doubtful walk sees created bounds what a call of the certain one
			// may lead to, see Mode.Narrow.
			if err := walk(&r.maybe, slices.Concat(e.start, e.other), callgraph.Mode{Level: callgraph.Doubtful, Doubtful: true})(); err != nil {
				return err
			}
			return walk(&r.start, e.start, callgraph.Mode{Level: callgraph.Plain, Narrow: r.maybe})()
		},
	)
	return r, err
}

// sideBySide runs functions at the same time and returns the first error in their
// order.
func sideBySide(work ...func() error) error {
	errs := make([]error, len(work))
	bounded.Parallel(len(work), func(i int) { errs[i] = work[i]() })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// gaps tells what was not followed.
func (r *reached) gaps(work int) []audit.Gap {
	gaps := r.layoutGaps
	for _, w := range []*callgraph.Reach{r.all, r.allMaybe, r.start, r.maybe} {
		if w.Exceeded() {
			return append(gaps, audit.Gap{Kind: audit.GapLimit, What: fmt.Sprintf("the call graph has more ways than are followed: max-graph-work of %d reached", work), Weakens: audit.Text{
				ZH: "调用图未走完：“未到达”和“同意前未执行”的结论不可靠。",
				EN: "Not all ways through the code were followed: that something is not reached, or not before consent, is not certain.",
			}})
		}
	}
	return gaps
}

// node is the method in which a site stands.
func (f *codeFile) node(g *callgraph.Graph, h siteHit) callgraph.Node {
	return g.Node(f.first+slices.Index(f.dex, h.dex), h.caller)
}

// answers are what is known of a method, and the walk that shows it.
type answers struct {
	reached, before string
	doubt           string
	walk            *callgraph.Reach
}

// of says what is known of an instruction of a method, given the level at which it
// stands.
func (r *reached) of(n callgraph.Node, level callgraph.Level) answers {
	a := answers{audit.No, audit.No, "", r.all}
	if n == callgraph.None {
		return a // a class that another file defines first, never loaded
	}
	switch {
	case r.all.Has(n):
		a.reached = audit.Yes
	case r.allMaybe.Has(n):
		a.reached, a.doubt, a.walk = audit.Unknown, doubtOf(r.allMaybe.Doubt(n)), r.allMaybe
	}
	switch {
	case level == callgraph.Gated:
	case r.start.Has(n) && level == callgraph.Plain:
		a.before, a.doubt, a.walk = audit.Yes, "", r.start
	case r.maybe.Has(n):
		a.before, a.walk = audit.Unknown, r.maybe
		if a.doubt = doubtOf(r.maybe.Doubt(n)); level == callgraph.Doubtful {
			a.doubt = audit.DoubtStoredFlag
		}
	}
	return a
}

// answer fills in what is known of an instruction of a method.
func (r *reached) answer(ex *audit.Example, n callgraph.Node, level callgraph.Level) {
	a := r.of(n, level)
	ex.Reached, ex.BeforeConsent, ex.Doubt = a.reached, a.before, a.doubt
	if n != callgraph.None {
		ex.Path = r.describe(a.walk.Path(n))
	}
}

// answerBy fills in what is known of an instruction as a party reaches it, whose method
// begins a chain of calls down to the instruction's: no more than of any method of the
// chain. What others do that reach the same instruction says nothing of this party.
func (r *reached) answerBy(ex *audit.Example, chain []callgraph.Node, level callgraph.Level) {
	a := r.of(chain[len(chain)-1], level)
	for i := len(chain) - 2; i >= 0; i-- {
		up := r.of(chain[i], level)
		if weaker := answerRank(up.before) < answerRank(a.before) || up.before == a.before && answerRank(up.reached) < answerRank(a.reached); weaker {
			a.doubt, a.walk = up.doubt, up.walk
		}
		a.before, a.reached = lesser(a.before, up.before), lesser(a.reached, up.reached)
	}
	ex.Reached, ex.BeforeConsent, ex.Doubt, ex.Path = a.reached, a.before, a.doubt, nil
	if a.before != audit.Unknown && a.reached != audit.Unknown {
		ex.Doubt = ""
	}
	if way := a.walk.Path(chain[0]); len(way) > 0 {
		ex.Path = r.describe(slices.Concat(way, chain[1:]))
	}
}

// answerRank orders answers: no, unknown, yes.
func answerRank(a string) int { return slices.Index([]string{audit.No, audit.Unknown, audit.Yes}, a) }

func lesser(a, b string) string {
	if answerRank(b) < answerRank(a) {
		return b
	}
	return a
}

// doubtOf names what stands between. A walk over doubtful ways that meets no doubt
// goes where the certain one does not because of a call with too many receivers.
func doubtOf(d callgraph.Doubt) string {
	switch d {
	case callgraph.StoredFlag:
		return audit.DoubtStoredFlag
	case callgraph.Reflection:
		return audit.DoubtReflection
	case callgraph.Native:
		return audit.DoubtNative
	case callgraph.NotHandedOn:
		return audit.DoubtHandOff
	case callgraph.OtherStart:
		return audit.DoubtOtherStart
	}
	return audit.DoubtManyReceivers
}

// maxPath bounds the methods of a path that a report shows; of a longer one the
// middle is left out.
const (
	maxPath     = 40
	pathLeftOut = "…"
)

// describe names the methods of a path.
func (r *reached) describe(path []callgraph.Node) []string {
	var out []string
	for i, n := range path {
		if len(path) > maxPath && i >= maxPath/2 && i < len(path)-maxPath/2 {
			if i == maxPath/2 {
				out = append(out, pathLeftOut)
			}
			continue
		}
		out = append(out, r.graph.Descriptor(n))
	}
	return out
}

// entryPoints finds where the system enters the code of an app.
type entryPoints struct {
	app   *apk.App
	graph *callgraph.Graph

	all   []callgraph.Root // every entry point of the manifest
	maybe []callgraph.Root // what the system may enter too: workers, which are stored by name
	start []callgraph.Root // what runs when the app starts
	other []callgraph.Root // what something other than the user may start
}

// Methods that the system calls on its own when an app is started, by what they
// belong to. A launcher's screen is built before the user can act on it.
var (
	applicationStart = []string{"<init>", "attachBaseContext", "onCreate", "onTrimMemory", "onLowMemory", "onConfigurationChanged"}
	providerStart    = []string{"<init>", "attachInfo", "onCreate"}
	initialiserStart = []string{"<init>", "create", "dependencies"}
	factoryStart     = []string{"<init>", "instantiateClassLoader", "instantiateApplication", "instantiateProvider", "instantiateActivity"}
	launcherStart    = []string{"<init>", "attachBaseContext", "onCreate", "onContentChanged", "onStart", "onPostCreate", "onResume", "onPostResume",
		"onAttachedToWindow", "onCreateView", "onWindowFocusChanged", "onCreateOptionsMenu", "onPrepareOptionsMenu"}
)

// startupValue marks the meta-data of androidx.startup that name initialisers.
const startupValue = "androidx.startup"

func (e *entryPoints) find() {
	if a := e.app.Application; a != "" {
		e.entry(a)
		e.methods(&e.start, a, applicationStart, callgraph.NoDoubt)
	}
	for _, f := range e.app.Factories {
		e.entry(f)
		e.methods(&e.start, f, factoryStart, callgraph.NoDoubt)
	}
	for _, t := range e.app.Tests {
		e.entry(t)
		// A test run finds the tests by reflection: any method of the project may be one.
		prefix := descriptor(organisation(packageOf(t)))
		e.root(&e.maybe, e.graph.Under(prefix[:len(prefix)-1]+"/"), callgraph.Reflection)
	}
	for i := range e.app.Components {
		e.component(&e.app.Components[i])
	}
	for _, l := range e.app.Launchers {
		e.entry(l) // of an alias the class has another name than the component
		e.methods(&e.start, l, launcherStart, callgraph.NoDoubt)
	}
	for _, m := range e.app.MetaData {
		if m.Value == startupValue {
			e.methods(&e.all, m.Name, initialiserStart, callgraph.NoDoubt)
			e.methods(&e.start, m.Name, initialiserStart, callgraph.NoDoubt)
		}
	}
	for _, i := range e.graph.Below("Landroidx/startup/Initializer;") {
		e.graph.Starts(i, slices.Concat(e.graph.Methods(i, "<init>"), e.graph.Methods(i, "create"), e.graph.Methods(i, "dependencies")), true)
	}
	e.graph.Names(e.actions())
	for _, worker := range e.graph.Below("Landroidx/work/ListenableWorker;") {
		entry := slices.Concat(e.graph.Methods(worker, "<init>"), e.graph.Methods(worker, "doWork"), e.graph.Methods(worker, "startWork"), e.graph.Methods(worker, "createWork"))
		e.graph.Starts(worker, entry, false)
		e.root(&e.maybe, entry, callgraph.OtherStart)
	}
}

// component makes a component of the manifest an entry point. What another app, or the
// system, may start at any time is one that runs without the user; what the system binds
// to only after the user has switched it on is none of those.
func (e *entryPoints) component(c *audit.Component) {
	if c.Disabled {
		return
	}
	e.entry(c.Name)
	if c.Kind == "provider" {
		e.methods(&e.start, c.Name, providerStart, callgraph.NoDoubt)
	}
	if c.Exported && !slices.Contains(e.app.Launchers, c.Name) && !strings.HasPrefix(c.Permission, bindPermission) && !slices.ContainsFunc(c.Actions, onlySwitchedOn) {
		e.root(&e.other, e.graph.Callbacks(descriptor(c.Name)), callgraph.OtherStart)
	}
}

// bindPermission begins the permissions that keep a service for the system, which binds
// to accessibility services, input methods and the like when the user has chosen them.
const bindPermission = "android.permission.BIND_"

// onlySwitchedOn tells of an action that reaches a receiver only once the user has added
// a widget or made the app an administrator.
func onlySwitchedOn(action string) bool {
	return strings.HasPrefix(action, "android.appwidget.action.") || strings.HasPrefix(action, "android.app.action.DEVICE_ADMIN_")
}

// layouts says what the layouts create that the code takes, and makes the methods that
// a click calls entry points.
func (e *entryPoints) layouts(ctx context.Context, table *apk.Resources) (map[uint32]apk.Layout, []audit.Gap, error) {
	const ownPackage = 0x7f << 24
	ids := e.graph.Layouts()
	for i := range ids {
		ids[i] |= ownPackage
	}
	layouts, gaps, err := table.Layouts(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	var clicks []string
	for _, id := range slices.Sorted(maps.Keys(layouts)) {
		l := layouts[id]
		classes := make([]string, len(l.Classes))
		for i, c := range l.Classes {
			classes[i] = descriptor(c)
		}
		e.graph.Layout(id, classes)
		clicks = append(clicks, l.Clicks...)
	}
	slices.Sort(clicks)
	for _, name := range slices.Compact(clicks) {
		e.root(&e.all, e.graph.ByName("Landroid/app/Activity;", name, "Landroid/view/View;"), callgraph.NoDoubt)
	}
	return layouts, gaps, nil
}

// actions are the intent actions by which the app's own components can be started, as
// far as one component alone has them and they are the app's own.
func (e *entryPoints) actions() map[string]string {
	out := map[string]string{}
	for _, c := range e.app.Components {
		for _, a := range c.Actions {
			if strings.HasPrefix(a, "android.") {
				continue
			}
			if _, twice := out[a]; twice {
				out[a] = ""
				continue
			}
			out[a] = descriptor(c.Name)
		}
	}
	return out
}

// entry makes all that the platform calls on a class an entry point.
func (e *entryPoints) entry(class string) {
	desc := descriptor(class)
	nodes := slices.Concat(e.graph.Methods(desc, "<init>"), e.graph.Callbacks(desc))
	e.root(&e.all, nodes, callgraph.NoDoubt)
	e.graph.Starts(desc, nodes, false)
}

// methods makes methods of a class, by name, roots.
func (e *entryPoints) methods(to *[]callgraph.Root, class string, names []string, d callgraph.Doubt) {
	for _, name := range names {
		e.root(to, e.graph.Methods(descriptor(class), name), d)
	}
}

func (e *entryPoints) root(to *[]callgraph.Root, nodes []callgraph.Node, d callgraph.Doubt) {
	for _, n := range nodes {
		*to = append(*to, callgraph.Root{Node: n, Doubt: d})
	}
}

// descriptor turns com.foo.Bar into Lcom/foo/Bar;.
func descriptor(class string) string { return "L" + strings.ReplaceAll(class, ".", "/") + ";" }
