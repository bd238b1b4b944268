package behavior

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/dex"
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
	args      []string
}

// walk goes over the code of all files, largest first, and keeps the sites.
func (o *Observer) walk(ctx context.Context, files []*codeFile, own *owners) error {
	bySize := slices.Clone(files)
	slices.SortStableFunc(bySize, func(a, b *codeFile) int { return cmp.Compare(b.size, a.size) })
	supers := superIndex{files: files}
	return parallel(ctx, bySize, func(f *codeFile) {
		for _, d := range f.dex {
			if ctx.Err() != nil {
				return
			}
			w := &walker{o: o, f: f, d: d, ctx: ctx}
			w.mark(&supers)
			if w.any {
				if gap, met := limitGap(d.WalkCode(w.method)); met {
					f.problem = append(f.problem, gap)
				}
			}
		}
	})
}

// walker finds the sites of one DEX file.
type walker struct {
	o       *Observer
	f       *codeFile
	d       *dex.File
	ctx     context.Context
	methods []*apiMethod // by method index; nil = of no interest
	fields  []int32      // by field index: behaviour + 1
	any     bool
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
		w.any = w.any || w.methods[i] != nil
	}
	for i := range w.fields {
		fd, ok := d.Field(uint32(i))
		if !ok || fd.Class >= uint32(len(classes)) || classes[fd.Class] == nil {
			continue
		}
		desc := d.FieldDescriptor(uint32(i))
		if b, ok := classes[fd.Class].fields[desc[strings.Index(desc, "->")+2:]]; ok {
			w.fields[i] = int32(b) + 1
			w.any = true
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
			m := w.methods[ins.Index(pos)]
			switch {
			case m == nil:
			case m.byConstant():
				constants = true
			case m.behaviour >= 0:
				w.add(siteHit{behaviour: m.behaviour, target: ins.Index(pos), class: class, caller: method, offset: pos})
			}
		case dex.RefField:
			if b := w.fields[ins.Index(pos)]; b > 0 && op.IsFieldRead() {
				w.add(siteHit{behaviour: int(b) - 1, target: ins.Index(pos), field: true, class: class, caller: method, offset: pos})
			}
		}
	}
	if constants {
		w.constantCalls(class, method, code)
		slices.SortFunc(w.f.hits[first:], func(a, b siteHit) int { return cmp.Compare(a.offset, b.offset) })
	}
	return nil
}

// constantCalls decides the calls that count by a constant argument.
func (w *walker) constantCalls(class int, method uint32, code *dex.Code) {
	ins := code.Insns()
	code.ConstArgs(w.d, func(pos int, target uint32, args []dex.Const) {
		m := w.methods[target]
		if m == nil || !m.byConstant() {
			return
		}
		if !ins.Op(pos).IsStaticInvoke() && len(args) > 0 {
			args = args[1:]
		}
		texts := make([]string, len(args))
		for i, a := range args {
			if texts[i], _ = w.d.ConstText(a); a.Kind == dex.ConstInt {
				texts[i] = strconv.FormatInt(a.Value, 10)
			}
		}
		if b := m.decide(texts); b >= 0 {
			known := slices.DeleteFunc(texts, func(s string) bool { return s == "" })
			w.add(siteHit{behaviour: b, target: target, class: class, caller: method, offset: pos, args: known})
		}
	})
}

func (w *walker) add(h siteHit) {
	h.dex = w.d
	w.f.hits = append(w.f.hits, h)
}

// superIndex finds superclasses over all files of the app.
type superIndex struct{ files []*codeFile }

// maxSuperDepth bounds the climb; real chains have about ten links.
const maxSuperDepth = 64

// inherited finds the API behind a call on a class of the app: the first listed
// superclass that declares it, unless a class of the app below it defines the
// method itself.
func (s *superIndex) inherited(apis *apiIndex, d *dex.File, class uint32, name, proto string) *apiMethod {
	desc := d.TypeDescriptor(class)
	for range maxSuperDepth {
		in, def := s.find(desc)
		if in == nil || declares(in, def, name, proto) {
			return nil
		}
		super := in.Class(def).Super
		if super == dex.NoIndex {
			return nil
		}
		desc = in.TypeDescriptor(super)
		if c := apis.classes[desc]; c != nil {
			if m := c.match(name, proto); m != nil {
				return m
			}
		}
	}
	return nil
}

// find returns the first file that defines a class, as the class loader would.
func (s *superIndex) find(desc string) (*dex.File, int) {
	for _, f := range s.files {
		for _, d := range f.dex {
			if t, ok := typeIndex(d, desc); ok {
				if c, ok := d.ClassOf(t); ok {
					return d, c
				}
			}
		}
	}
	return nil, 0
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

// useKey makes one Use of sites that differ in nothing but their place.
type useKey struct {
	behaviour int
	party     string
	target    string
}

// uses groups the sites of all files. The second result lists every site as a
// Use of its own, with one example.
func (o *Observer) uses(files []*codeFile, own *owners) ([]audit.Use, []audit.Use) {
	at := map[useKey]int{}
	var uses, all []audit.Use
	for _, f := range files {
		parties := map[int]string{}
		for _, h := range f.hits {
			class := h.dex.TypeDescriptor(h.dex.Class(h.class).Type)
			if _, ok := parties[h.class]; !ok || len(f.dex) > 1 {
				parties[h.class] = own.partyOf(dotted(class))
			}
			b := &o.set.Behaviours[h.behaviour]
			k := useKey{h.behaviour, parties[h.class], h.dex.MethodDescriptor(h.target)}
			if h.field {
				k.target = h.dex.FieldDescriptor(h.target)
			}
			ex := audit.Example{DEX: f.entry, Caller: h.dex.MethodDescriptor(h.caller), Offset: h.offset, Args: h.args, Reached: audit.Unknown, BeforeConsent: audit.Unknown}
			one := audit.Use{API: b.ID, Kind: b.Kind, Data: slices.Clone(b.Data), Party: k.party, Via: audit.ViaCall, Target: k.target, Reached: audit.Unknown, BeforeConsent: audit.Unknown, Sites: 1, Examples: []audit.Example{ex}}
			if h.field {
				one.Via = audit.ViaField
			}
			all = append(all, one)
			i, ok := at[k]
			if !ok {
				i = len(uses)
				at[k] = i
				one.Sites, one.Examples = 0, nil
				uses = append(uses, one)
			}
			uses[i].Sites++
			uses[i].Examples = append(uses[i].Examples, ex)
		}
	}
	rank := map[string]int{}
	for i, f := range files {
		rank[f.entry] = i
	}
	byPlace := func(a, b audit.Example) int {
		return cmp.Or(cmp.Compare(rank[a.DEX], rank[b.DEX]), cmp.Compare(a.Caller, b.Caller), cmp.Compare(a.Offset, b.Offset))
	}
	for i := range uses {
		slices.SortFunc(uses[i].Examples, byPlace)
		uses[i].Examples = slices.Clone(uses[i].Examples[:min(len(uses[i].Examples), audit.MaxExamples)])
	}
	byUse := func(a, b audit.Use) int {
		return cmp.Or(cmp.Compare(a.Party, b.Party), cmp.Compare(a.API, b.API), cmp.Compare(a.Target, b.Target))
	}
	slices.SortFunc(uses, byUse)
	slices.SortFunc(all, func(a, b audit.Use) int { return cmp.Or(byUse(a, b), byPlace(a.Examples[0], b.Examples[0])) })
	return uses, all
}

// dotted turns Lcom/foo/Bar; into com.foo.Bar.
func dotted(desc string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(desc, "L"), ";"), "/", ".")
}
