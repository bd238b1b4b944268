package behavior

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/dex"
	"apkaudit/internal/rules"
)

// Limits on wrappers.
const (
	// maxWrapperHops is how many methods may hand a constant on, one to the next.
	maxWrapperHops = 2
	// maxWrappers is how many calls with a parameter are kept of one entry of the
	// APK, for each hop.
	maxWrappers = 4096
	// maxWrapperUses is how many of one method are kept.
	maxWrapperUses = 64
)

// indirect finds what names an API indirectly, over all files of the app.
type indirect struct {
	o           *Observer
	files       []*codeFile
	supers      *superIndex
	distinctive map[string]int // method name -> behaviour

	// found is what is noted of each file. The map itself is not written to once
	// made, so that files can be looked at side by side.
	found map[*codeFile]*[]found
	byDEX map[*dex.File]*constants // the same holds for this map
}

// found is one call with a parameter, in the method that is a wrapper by that.
type found struct {
	method methodName
	use    consumer
}

type methodName struct{ class, name, proto string }

// wrapper is a method that hands parameters on, unchanged, to calls that count by
// what they are given.
type wrapper struct {
	method methodName
	params int        // without the receiver
	uses   []consumer // in the order of its code
}

// constructs tells whether the wrapper is a constructor, which no class inherits.
func (w *wrapper) constructs() bool { return w.method.name == "<init>" }

func newIndirect(o *Observer, files []*codeFile, supers *superIndex) *indirect {
	in := &indirect{o: o, files: files, supers: supers, distinctive: o.apis.distinctive(), found: map[*codeFile]*[]found{}, byDEX: map[*dex.File]*constants{}}
	for _, f := range files {
		in.found[f] = &[]found{}
		for _, d := range f.dex {
			in.byDEX[d] = newConstants(in, f, d)
		}
	}
	return in
}

// note keeps that a method hands a parameter on.
func (in *indirect) note(f *codeFile, d *dex.File, method uint32, use consumer) {
	list := in.found[f]
	if len(*list) == maxWrappers {
		f.problem = append(f.problem, codeGap(audit.GapLimit, fmt.Sprintf("%s: calls that hand a parameter on: max-wrappers of %d reached", f.entry, maxWrappers)))
	}
	if len(*list) <= maxWrappers {
		m, _ := d.Method(method)
		*list = append(*list, found{methodName{d.TypeDescriptor(m.Class), string(d.MethodName(method)), d.ProtoDescriptor(m.Proto)}, use})
	}
}

// mayMatch tells whether a text of the app could make a call of a listed method
// count. Most apps have wrappers of Class.forName and none of the class names that
// it is listed with, and then nobody need look for their calls. A text that is put
// together from parts and handed to a wrapper is not seen.
func (in *indirect) mayMatch(api *apiMethod) bool {
	if api.consumes == rules.ConstantCommand {
		return true // a command has many forms
	}
	for _, c := range api.calls {
		if c.call.Bits != 0 {
			return true
		}
	}
	for _, f := range in.files {
		if slices.ContainsFunc(f.dex, func(d *dex.File) bool { return api.occursIn(d) }) {
			return true
		}
	}
	return false
}

// occursIn tells whether a file has a string constant that a call counts with.
func (m *apiMethod) occursIn(d *dex.File) bool {
	n := d.NumStrings()
	whole := func(s string) bool {
		_, ok := d.FindString([]byte(s), 0, n)
		return ok
	}
	begins := func(s string) bool {
		at, _ := d.FindString([]byte(s), 0, n)
		return at < n && bytes.HasPrefix(d.StringBytes(uint32(at)), []byte(s))
	}
	for _, c := range m.calls {
		if slices.ContainsFunc(c.call.Equals, whole) || slices.ContainsFunc(c.call.Prefix, begins) {
			return true
		}
	}
	c := m.constants[m.consumes]
	if c == nil {
		return false
	}
	fits := whole
	if m.consumes == rules.ConstantURI {
		fits = begins // what follows a slash is part of it
	}
	for s := range c.whole {
		if fits(s) {
			return true
		}
	}
	for s := range c.begins {
		if begins(s) {
			return true
		}
	}
	return false
}

// apiKey stands for the constants that a method counts with.
type apiKey struct {
	call     *rules.Call
	consumes string
}

func (m *apiMethod) key() apiKey {
	k := apiKey{consumes: m.consumes}
	if len(m.calls) > 0 {
		k.call = m.calls[0].call
	}
	return k
}

// take returns the wrappers noted since the last time, by name.
func (in *indirect) take() map[string][]*wrapper {
	may := map[apiKey]bool{}
	byName := map[string][]*wrapper{}
	at := map[methodName]*wrapper{}
	for _, f := range in.files {
		list := in.found[f]
		for _, n := range *list {
			if api := n.use.api; api != nil {
				k := api.key()
				yes, known := may[k]
				if !known {
					yes = in.mayMatch(api)
					may[k] = yes
				}
				if !yes {
					continue
				}
			}
			w := at[n.method]
			if w == nil {
				params, _, _ := strings.Cut(n.method.proto[min(1, len(n.method.proto)):], ")")
				w = &wrapper{method: n.method, params: countTypes(params)}
				at[n.method] = w
				byName[n.method.name] = append(byName[n.method.name], w)
			}
			if len(w.uses) == maxWrapperUses {
				f.cut("max-wrapper-uses", maxWrapperUses)
				continue
			}
			w.uses = append(w.uses, n.use)
		}
		*list = nil
	}
	return byName
}

// wrapperCalls finds the calls of wrappers, in all files.
func (in *indirect) wrapperCalls(ctx context.Context) error {
	done := map[*codeFile]map[instruction]bool{}
	for _, f := range in.files {
		done[f] = map[instruction]bool{}
	}
	for range maxWrapperHops {
		wrappers := in.take()
		if len(wrappers) == 0 {
			return nil
		}
		err := parallel(ctx, in.files, func(f *codeFile) {
			for _, d := range f.dex {
				c := &wrapperCalls{constants: in.byDEX[d], done: done[f]}
				if c.mark(wrappers) {
					c.search(ctx)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// instruction is one instruction of a file.
type instruction struct {
	dex    *dex.File
	caller uint32
	offset int
}

// wrapperCalls finds the calls of wrappers in one DEX file.
type wrapperCalls struct {
	*constants
	methods map[uint32]*wrapper  // by method index
	marked  []uint64             // a bit for each of them, which is faster to look at
	done    map[instruction]bool // calls of wrappers that are sites already: the nearer one counts
}

// mark finds the references to wrappers: by static receiver and, where that does
// not define the method, its superclasses. A reference that names a listed API is
// none.
func (c *wrapperCalls) mark(wrappers map[string][]*wrapper) bool {
	const bits = 12
	var likely [1 << bits]bool // by the last bits of the name's index: most are ruled out by it
	names := map[uint32][]*wrapper{}
	constructed := map[uint32]bool{} // types with a constructor that is a wrapper
	for name, list := range wrappers {
		if i, ok := c.d.FindString([]byte(name), 0, c.d.NumStrings()); ok {
			names[uint32(i)] = list
			likely[i%(1<<bits)] = true
		}
		for _, w := range list {
			if t, ok := typeIndex(c.d, w.method.class); ok && w.constructs() {
				constructed[t] = true
			}
		}
	}
	if len(names) == 0 {
		return false
	}
	var proto []byte
	for i := range c.d.NumMethods() {
		m, _ := c.d.Method(uint32(i))
		if !likely[m.Name%(1<<bits)] || len(names[m.Name]) == 0 {
			continue
		}
		list := names[m.Name]
		p, _ := c.d.Proto(m.Proto)
		if !slices.ContainsFunc(list, func(w *wrapper) bool { return w.params == p.Params.Len() && (!w.constructs() || constructed[m.Class]) }) {
			continue
		}
		proto = c.d.AppendProtoDescriptor(proto[:0], m.Proto)
		w := c.wrapperOf(m.Class, list, string(proto))
		if w == nil || c.listed(m.Class, w.method) {
			continue
		}
		if c.methods == nil {
			c.methods, c.marked = map[uint32]*wrapper{}, make([]uint64, c.d.NumMethods()/64+1)
		}
		c.methods[uint32(i)] = w
		c.marked[i/64] |= 1 << (i % 64)
	}
	return c.methods != nil
}

// wrapperOf finds the wrapper behind a static receiver.
func (c *wrapperCalls) wrapperOf(receiver uint32, list []*wrapper, proto string) *wrapper {
	same := func(w *wrapper) bool { return w.method.proto == proto }
	first := slices.IndexFunc(list, same)
	if first < 0 {
		return nil
	}
	list = slices.DeleteFunc(slices.Clone(list[first:]), func(w *wrapper) bool { return !same(w) })
	class := c.d.TypeDescriptor(receiver)
	for range dex.MaxSuperDepth {
		for _, w := range list {
			if w.method.class == class {
				return w
			}
		}
		in, def := c.in.supers.find(class)
		if list[0].constructs() || in == nil || declares(in, def, list[0].method.name, proto) {
			return nil
		}
		class = in.TypeDescriptor(in.Class(def).Super)
	}
	c.d.Cut("max-super-depth", dex.MaxSuperDepth)
	return nil
}

// listed tells whether a reference to a method of a class names a listed API.
func (c *wrapperCalls) listed(class uint32, ref methodName) bool {
	apis := c.in.o.apis
	if a := apis.classes[c.d.TypeDescriptor(class)]; a != nil && a.match(ref.name, ref.proto) != nil {
		return true
	}
	return apis.names[ref.name] && c.in.supers.inherited(apis, c.d, class, ref.name, ref.proto) != nil
}

// search looks into the method bodies that call wrappers.
func (c *wrapperCalls) search(ctx context.Context) {
	var code dex.Code
	for i, b := range c.code.Calling(func(t uint32) bool { return c.marked[t/64]>>(t%64)&1 != 0 }) {
		if i%256 == 0 && ctx.Err() != nil {
			return
		}
		if c.d.ReadCode(b.Off, &code) == nil {
			code.Access = b.Access
			c.method(b.Class, b.Method, &code)
		}
	}
}

// method collects the calls of wrappers in one method body.
func (c *wrapperCalls) method(class int, method uint32, code *dex.Code) {
	first := len(c.f.hits)
	c.follow.Calls(code, method, func(pos int, target uint32, args []dex.Const) {
		w, at := c.methods[target], instruction{c.d, method, pos}
		if w == nil || c.done[at] {
			return
		}
		handed := c.arguments(args)
		before := len(c.f.hits)
		for _, use := range w.uses {
			c.add(use.with(handed), siteHit{target: target, class: class, caller: method, offset: pos, via: audit.ViaWrapper})
			if len(c.f.hits) > before {
				c.done[at] = true
				return
			}
		}
	})
	if len(c.f.hits) == first {
		return
	}
	if g, _ := c.flags.of(code); g != nil {
		for i := first; i < len(c.f.hits); i++ {
			c.f.hits[i].level = g.level(c.f.hits[i].offset)
		}
	}
}
