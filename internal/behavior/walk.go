package behavior

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
)

// siteHit is one instruction that uses a sensitive API.
type siteHit struct {
	dex       *dex.File
	behaviour int
	target    uint32 // method or field index
	field     bool
	class     int    // class_def of the caller
	caller    uint32 // method index
	offset    int
	via       string // "" for an instruction that names the API itself
	args      []string
	level     callgraph.Level
}

// walk goes over the code of all files, largest first, and keeps the sites and what
// calls what.
func (o *Observer) walk(ctx context.Context, files []*codeFile) error {
	bySize := slices.Clone(files)
	slices.SortStableFunc(bySize, func(a, b *codeFile) int { return cmp.Compare(b.size, a.size) })
	supers := newSuperIndex(files, o.platform())
	in := newIndirect(o, files, supers)
	err := parallel(ctx, bySize, func(f *codeFile) {
		for _, d := range f.dex {
			if ctx.Err() != nil {
				return
			}
			c := in.byDEX[d]
			c.code, c.flags = callgraph.Collect(d, supers.isClass), newFlagRefs(d, o.set, c.follow)
			w := &walker{o: o, f: f, d: d, ctx: ctx, constants: c, hosts: newHostReader(d), code: c.code, flags: c.flags, wrappers: map[string]flagSource{}, calls: newCallWalker(o.calls, f, d, supers, c.follow), texts: newTextReader(d, o.screens), companions: newCompanions(o.set, d)}
			w.mark(supers)
			first := len(f.hits)
			if gap, met := limitGap(d.WalkCode(w.method)); met {
				f.problem = append(f.problem, gap)
			}
			f.hits = append(f.hits[:first], slices.DeleteFunc(f.hits[first:], w.companions.alone)...)
			f.hosts = append(f.hosts, w.hosts)
			f.code, f.flags, f.wrappers = append(f.code, w.code), append(f.flags, w.flags), append(f.wrappers, w.wrappers)
		}
	})
	if err != nil {
		return err
	}
	if err := gatesBehindWrappers(ctx, files, supers); err != nil {
		return err
	}
	err = in.wrapperCalls(ctx)
	e := ends{o.calls, supers}
	for _, f := range files {
		e.resolve(f)
		if slices.ContainsFunc(f.flags, func(r *flagRefs) bool { return r.short }) {
			f.cut("max-gates", maxGates)
		}
		f.flags, f.wrappers = nil, nil // not needed any more, and big
	}
	return err
}

// walker finds the sites of one DEX file.
type walker struct {
	o         *Observer
	f         *codeFile
	d         *dex.File
	ctx       context.Context
	code      *callgraph.Code
	flags     *flagRefs
	constants *constants
	hosts     *hostReader
	wrappers  map[string]flagSource // methods of this file that return a source of a gate
	methods   []*apiMethod          // by method index; nil = of no interest
	fields    []int32               // by field index: behaviour + 1
	reads     []uint32              // boolean fields that the method at hand reads
	calls     *callWalker
	texts     *textReader

	companions *companions
}

// mark resolves every method and field reference of the file once. A method is
// looked up by its static receiver and, where that is a class of the app, by
// its superclasses: the reference names the receiver, not the declaring class.
func (w *walker) mark(supers *superIndex) {
	d := w.d
	w.methods = make([]*apiMethod, d.NumMethods())
	w.fields = make([]int32, d.NumFields())
	classes := make([]*apiClass, d.NumTypes())
	for t := range classes {
		classes[t] = w.o.apis.classes[string(d.TypeBytes(uint32(t)))]
	}
	var proto []byte
	for i := range w.methods {
		m, ok := d.Method(uint32(i))
		if !ok || m.Class >= uint32(len(classes)) {
			continue
		}
		c := classes[m.Class]
		name := d.MethodName(uint32(i))
		if c == nil && !w.o.apis.names[string(name)] {
			continue
		}
		proto = d.AppendProtoDescriptor(proto[:0], m.Proto)
		if c != nil {
			w.methods[i] = c.match(string(name), string(proto))
		}
		if w.methods[i] == nil {
			w.methods[i] = supers.inherited(w.o.apis, d, m.Class, string(name), string(proto))
		}
	}
	w.constants.markLookups(w.methods)
	for i := range w.fields {
		fd, ok := d.Field(uint32(i))
		if !ok || fd.Class >= uint32(len(classes)) || classes[fd.Class] == nil {
			continue
		}
		_, name, _ := strings.Cut(d.FieldDescriptor(uint32(i)), "->") // "" for a field without a sound one
		if b, ok := classes[fd.Class].fields[name]; ok {
			w.fields[i] = int32(b) + 1
		}
	}
}

// method collects the sites of one method body.
func (w *walker) method(class int, method uint32, code *dex.Code) error {
	if class%256 == 0 && w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	ins := code.Insns()
	constants := false
	first := len(w.f.hits)
	for _, p := range code.Refs() {
		pos := int(p)
		op := ins.Op(pos)
		switch op.Ref() {
		case dex.RefMethod:
			w.calls.see(pos, ins.Index(pos))
			m := w.methods[ins.Index(pos)]
			switch {
			case m == nil:
			case m.byConstant():
				constants = true
			case m.behaviour >= 0 && !w.ownCall(method, ins.Index(pos)):
				w.add(siteHit{behaviour: m.behaviour, target: ins.Index(pos), class: class, caller: method, offset: pos})
			}
		case dex.RefString:
			w.hosts.load(class, ins.Index(pos))
			w.texts.load(pos, ins.Index(pos))
			w.companions.load(class, ins.Index(pos))
		case dex.RefField:
			if op == dex.OpIGetBoolean || op == dex.OpSGetBoolean {
				w.reads = append(w.reads, ins.Index(pos))
			}
			if b := w.fields[ins.Index(pos)]; b > 0 && op.IsFieldRead() {
				w.add(siteHit{behaviour: int(b) - 1, target: ins.Index(pos), field: true, class: class, caller: method, offset: pos})
			}
		}
	}
	if constants {
		w.constants.calls(w.methods, class, method, code)
		slices.SortFunc(w.f.hits[first:], func(a, b siteHit) int { return cmp.Compare(a.offset, b.offset) })
	}
	w.addresses(code, first)
	var level func(int) callgraph.Level
	if w.flags.any {
		g, own := w.flags.of(code)
		if own != noFlag {
			w.wrappers[w.d.MethodDescriptor(method)] = own
		}
		if g != nil {
			level = g.level
			for i := first; i < len(w.f.hits); i++ {
				w.f.hits[i].level = level(w.f.hits[i].offset)
			}
		}
	}
	w.calls.finish(&methodBody{class, method, code, level, w.f.hits[first:]})
	w.texts.finish(w.f, class, method, level)
	w.code.Add(class, method, code, level)
	for _, field := range w.reads {
		w.code.Read(field)
	}
	w.reads = w.reads[:0]
	return nil
}

// ownCall tells whether a class that is listed among the sensitive APIs calls itself:
// an account object of an SDK that writes its own e-mail address into a parcel is asked
// by nobody.
func (w *walker) ownCall(caller, target uint32) bool {
	from, ok1 := w.d.Method(caller)
	to, ok2 := w.d.Method(target)
	return ok1 && ok2 && from.Class == to.Class && w.o.apis.classes[string(w.d.TypeBytes(to.Class))] != nil
}

func (w *walker) add(h siteHit) {
	h.dex = w.d
	w.f.hits = append(w.f.hits, h)
}

// superIndex finds superclasses over all files of the app and in the platform.
type superIndex struct {
	platform interface{ Super(class string) string }
	byName   map[string]definition
}

// definition is where a class is defined.
type definition struct {
	dex *dex.File
	def int
}

// newSuperIndex takes of a class that several files define the first, as the class
// loader would.
func newSuperIndex(files []*codeFile, platform interface{ Super(class string) string }) *superIndex {
	n := 0
	for _, f := range files {
		n += f.classes
	}
	s := &superIndex{platform: platform, byName: make(map[string]definition, n)}
	for _, f := range files {
		for _, d := range f.dex {
			for i := range d.NumClasses() {
				name := d.TypeBytes(d.Class(i).Type)
				if _, dup := s.byName[string(name)]; !dup && len(name) > 0 {
					s.byName[string(name)] = definition{d, i}
				}
			}
		}
	}
	return s
}

// inherited finds the API behind a call on a class of the app, or on one of the
// platform: the first listed superclass that declares it, unless a class of the app
// below it defines the method itself. Constructors are not inherited.
func (s *superIndex) inherited(apis *apiIndex, d *dex.File, class uint32, name, proto string) *apiMethod {
	if name == "<init>" {
		return nil
	}
	desc := d.TypeDescriptor(class)
	var below []definition // classes of the app between
	// The chains of the platform's own classes are short and end.
	for len(below) <= dex.MaxSuperDepth {
		if in, def := s.find(desc); in == nil {
			desc = s.platform.Super(desc)
		} else {
			below = append(below, definition{in, def})
			desc = in.TypeDescriptor(in.Class(def).Super)
		}
		if desc == "" {
			return nil
		}
		c := apis.classes[desc]
		if c == nil {
			continue
		}
		if m := c.match(name, proto); m != nil {
			if slices.ContainsFunc(below, func(b definition) bool { return declares(b.dex, b.def, name, proto) }) {
				return nil
			}
			return m
		}
	}
	d.Cut("max-super-depth", dex.MaxSuperDepth)
	return nil
}

// maxSourceClasses bounds the superclasses and interfaces that ofApp looks at. Classes made
// for dependency injection have hundreds of interfaces.
const maxSourceClasses = 1024

// ofApp lists a class of the app, its superclasses and their interfaces, as far as the
// app defines them, each once; all is false where there are more than are looked at.
func (s *superIndex) ofApp(class string) (out []string, all bool) {
	out = []string{class}
	listed := map[string]bool{class: true}
	left := maxSourceClasses
	for i := 0; i < len(out); i++ {
		in, def := s.find(out[i])
		if in == nil {
			continue
		}
		list := in.Interfaces(def)
		for k := -1; k < list.Len(); k++ {
			if left--; left < 0 {
				return out, false
			}
			above := in.Class(def).Super
			if k >= 0 {
				above = list.At(k)
			}
			name := in.TypeDescriptor(above)
			if name == "" || listed[name] {
				continue
			}
			if d, _ := s.find(name); d != nil {
				listed[name] = true
				out = append(out, name)
			}
		}
	}
	return out, true
}

// isClass tells whether a text is the dotted name of a class of the app.
func (s *superIndex) isClass(name []byte) bool {
	if bytes.IndexByte(name, '.') <= 0 || bytes.IndexByte(name, ' ') >= 0 {
		return false
	}
	desc := make([]byte, 0, 128)
	desc = append(append(append(desc, 'L'), name...), ';')
	for i, c := range desc {
		if c == '.' {
			desc[i] = '/'
		}
	}
	_, ok := s.byName[string(desc)]
	return ok
}

// find returns the definition of a class, nil where the app has none.
func (s *superIndex) find(desc string) (*dex.File, int) {
	c := s.byName[desc]
	return c.dex, c.def
}

// typeIndex searches type_ids, which are sorted by descriptor. In a file where
// they are not, nothing may be found, which loses no more than a superclass.
func typeIndex(d *dex.File, desc string) (uint32, bool) {
	lo, hi := 0, d.NumTypes()
	for lo < hi {
		mid := (lo + hi) / 2
		if string(d.TypeBytes(uint32(mid))) < desc {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return uint32(lo), lo < d.NumTypes() && string(d.TypeBytes(uint32(lo))) == desc
}

func declares(d *dex.File, class int, name, proto string) bool {
	m := d.Members(class)
	for m.Next() {
		if m.IsMethod() && string(d.MethodName(m.Index())) == name {
			if mm, ok := d.Method(m.Index()); ok && d.ProtoDescriptor(mm.Proto) == proto {
				return true
			}
		}
	}
	return false
}

// dotted turns Lcom/foo/Bar; into com.foo.Bar.
func dotted(desc string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(desc, "L"), ";"), "/", ".")
}
