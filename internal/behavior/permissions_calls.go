package behavior

import (
	"fmt"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
	"apkaudit/internal/rules"
)

// callRole is what a method is watched for beside the behaviours it stands for. The
// numbers are indexes into the set of rules.
type callRole struct {
	needs   []int // of Needs
	signal  int   // of Startup, -1 for none: the call counts by itself
	starts  int   // of Startup, -1 for none: it counts beside a call that names another package
	names   int   // parameter that names the package of a component, -1 for none
	request int   // of Requests, -1 for none
	watched []watched
}

// asks tells whether the arguments of a call matter.
func (r *callRole) asks() bool { return r.names >= 0 || r.request >= 0 }

// kept tells whether the calls are kept one by one, whatever stands beside them.
func (r *callRole) kept() bool {
	return r.asks() || r.signal >= 0 || r.starts >= 0 || len(r.needs) > 0
}

// callIndex finds the role of a method reference, as apiIndex finds its behaviour.
type callIndex struct {
	api    *apiIndex // the "behaviour" of a method is its place in roles
	roles  []callRole
	ending []*rules.Observed // those with ends
}

func newCallIndex(set *rules.Set) *callIndex {
	x := &callIndex{api: &apiIndex{set: set, classes: map[string]*apiClass{}, names: map[string]bool{}}}
	for i := range set.Needs {
		for _, in := range set.Needs[i].In {
			for _, m := range in.Methods {
				x.role(in.Class+"->"+m, func(r *callRole) { r.needs = append(r.needs, i) })
			}
		}
	}
	for i := range set.Startup {
		s := &set.Startup[i]
		for _, m := range s.Methods {
			x.role(m, func(r *callRole) {
				if len(s.Targets) > 0 {
					r.starts = i
				} else {
					r.signal = i
				}
			})
		}
		for _, t := range s.Targets {
			x.role(t.Method, func(r *callRole) { r.names = t.Arg })
		}
	}
	for i := range set.Requests {
		x.role(set.Requests[i].Method, func(r *callRole) { r.request = i })
	}
	x.observed(set)
	return x
}

// role gives a method a further role.
func (x *callIndex) role(descriptor string, change func(*callRole)) {
	m := x.api.method(descriptor)
	if m.behaviour < 0 {
		m.behaviour = len(x.roles)
		x.roles = append(x.roles, callRole{signal: -1, starts: -1, names: -1, request: -1})
	}
	change(&x.roles[m.behaviour])
}

// place is where an instruction stands.
type place struct {
	file   *codeFile
	dex    *dex.File
	class  int    // class_def of the caller
	caller uint32 // method index
	offset int
}

// callHit is one call of a method with a role.
type callHit struct {
	place
	target uint32 // method index
	role   *callRole
	texts  []string // constants of the argument that the role asks for
	starts int      // of Startup, -1 for none: the call names a package and its method starts something
	level  callgraph.Level
}

// callWalker finds the calls with a role of one DEX file.
type callWalker struct {
	follow *dex.Constants
	index  *callIndex
	f      *codeFile
	d      *dex.File
	roles  []*callRole     // by method index
	met    []int32         // of the method body at hand: places of calls with a role
	asked  map[uint32]bool // methods that are told how a permission request went
}

// newCallWalker resolves every method reference of the file once, as mark does.
func newCallWalker(x *callIndex, f *codeFile, d *dex.File, supers *superIndex, follow *dex.Constants) *callWalker {
	w := &callWalker{index: x, follow: follow, f: f, d: d, roles: make([]*callRole, d.NumMethods()), asked: answerMethods(d)}
	classes := make([]*apiClass, d.NumTypes())
	for t := range classes {
		classes[t] = x.api.classes[string(d.TypeBytes(uint32(t)))]
	}
	var proto []byte
	for i := range w.roles {
		m, ok := d.Method(uint32(i))
		if !ok || m.Class >= uint32(len(classes)) {
			continue
		}
		if name := d.MethodName(uint32(i)); len(name) > 0 && x.api.names[string(name)] {
			w.roles[i] = x.find(d, supers, uint32(i), classes[m.Class], &proto)
		}
	}
	return w
}

// find is the role of a method reference whose name some method with a role has, nil
// for none. class is what is listed of its receiver; proto is room that is used again.
func (x *callIndex) find(d *dex.File, supers *superIndex, method uint32, class *apiClass, proto *[]byte) *callRole {
	m, _ := d.Method(method)
	name := d.MethodName(method)
	*proto = d.AppendProtoDescriptor((*proto)[:0], m.Proto)
	var found *apiMethod
	if class != nil {
		found = class.match(string(name), string(*proto))
	}
	if found == nil && name[0] != '<' { // constructors are not inherited
		found = supers.inherited(x.api, d, m.Class, string(name), string(*proto))
	}
	if found == nil {
		return nil
	}
	return &x.roles[found.behaviour]
}

// see takes a call of the method body at hand.
func (w *callWalker) see(pos int, target uint32) {
	if w.roles[target] != nil {
		w.met = append(w.met, int32(pos))
	}
}

// finish keeps the calls of the method body, with the constants that their roles ask
// for, and what observations ask for.
func (w *callWalker) finish(b *methodBody) {
	if w.asked[b.method] {
		w.denials(b)
	}
	if len(w.met) == 0 {
		return
	}
	ins := b.code.Insns()
	from, starts, asks, watches := len(w.f.calls), -1, false, false
	for _, p := range w.met {
		target := ins.Index(int(p))
		r := w.roles[target]
		watches = watches || len(r.watched) > 0
		if !r.kept() {
			continue
		}
		asks = asks || r.asks()
		starts = max(starts, r.starts)
		c := callHit{place: place{w.f, w.d, b.class, b.method, int(p)}, target: target, role: r, starts: -1}
		if b.level != nil {
			c.level = b.level(int(p))
		}
		w.f.calls = append(w.f.calls, c)
	}
	if asks {
		w.arguments(b.code, w.f.calls[from:], starts)
	}
	if watches {
		w.watch(b)
	}
	w.met = w.met[:0]
}

// arguments fills in the constants of calls, which are in the order of the code.
func (w *callWalker) arguments(code *dex.Code, calls []callHit, starts int) {
	ins := code.Insns()
	w.follow.Calls(code, dex.NoIndex, func(pos int, _ uint32, args []dex.Const) {
		for len(calls) > 0 && calls[0].offset < pos {
			calls = calls[1:]
		}
		if len(calls) == 0 || calls[0].offset != pos || !calls[0].role.asks() {
			return
		}
		c := &calls[0]
		at := c.role.names
		if c.role.request >= 0 {
			at = w.index.api.set.Requests[c.role.request].Arg
		} else {
			c.starts = starts
		}
		if !ins.Op(pos).IsStaticInvoke() {
			at++
		}
		if at < len(args) {
			c.texts = w.texts(args[at])
		}
	})
}

// texts lists the texts that an argument holds, itself or as an array.
func (w *callWalker) texts(a dex.Const) []string {
	list, ok := w.follow.Elements(a)
	if !ok {
		list = []dex.Const{a}
	}
	var out []string
	for _, e := range list {
		if s, ok := w.follow.Text(e); ok {
			out = append(out, s)
		}
	}
	return out
}

// listedCalls lists the calls of all files that reports list one by one, by file,
// caller and offset, and tells of those left out.
func listedCalls(files []*codeFile, most int) ([]*callHit, []audit.Gap) {
	var out []*callHit
	for _, f := range files {
		from := len(out)
		for i := range f.calls {
			if r := f.calls[i].role; r.signal >= 0 || r.asks() {
				out = append(out, &f.calls[i])
			}
		}
		slices.SortStableFunc(out[from:], func(a, b *callHit) int {
			if c := strings.Compare(a.dex.MethodDescriptor(a.caller), b.dex.MethodDescriptor(b.caller)); c != 0 {
				return c
			}
			return a.offset - b.offset
		})
	}
	if n := len(out) - most; n > 0 {
		return out[:most], []audit.Gap{codeGap(audit.GapLimit, fmt.Sprintf("max-listed-calls of %d reached: %d calls that start code or ask for permissions are left out", most, n))}
	}
	return out, nil
}
