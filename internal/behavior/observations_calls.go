package behavior

import (
	"slices"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
	"apkaudit/internal/rules"
)

// watched is what a method is looked at for by one entry of the observations.
type watched struct {
	of   *rules.Observed
	part watchedPart
	call *rules.ObservedCall // of watchedCall
	arg  int                 // of watchedSink: the parameter that matters
}

type watchedPart uint8

const (
	watchedCall watchedPart = iota
	watchedSource
	watchedSink
	watchedEnd
)

// observed gives methods the roles that the observations ask for.
func (x *callIndex) observed(set *rules.Set) {
	for i := range set.Observed {
		o := &set.Observed[i]
		watch := func(method string, w watched) {
			w.of = o
			x.role(method, func(r *callRole) { r.watched = append(r.watched, w) })
		}
		for k := range o.Calls {
			watch(o.Calls[k].Method, watched{part: watchedCall, call: &o.Calls[k]})
		}
		for _, m := range o.Sources {
			watch(m, watched{part: watchedSource})
		}
		for _, s := range o.Sinks {
			watch(s.Method, watched{part: watchedSink, arg: s.Arg})
		}
		for _, m := range o.Ends {
			watch(m, watched{part: watchedEnd})
		}
		if len(o.Ends) > 0 {
			x.ending = append(x.ending, o)
		}
	}
}

// watches tells whether a method is watched for a part.
func (r *callRole) watches(part watchedPart) bool {
	return r != nil && slices.ContainsFunc(r.watched, func(w watched) bool { return w.part == part })
}

// observedHit is one call that is an observation.
type observedHit struct {
	observedPlace
	kind  string
	what  string
	tasks []string // classes of which one must read data in its method run; nil for a hit by itself
}

// maxObservedHits bounds the calls that are kept of one entry of the APK.
const maxObservedHits = 1 << 13

// methodBody is the method body at hand.
type methodBody struct {
	class  int
	method uint32
	code   *dex.Code
	level  func(int) callgraph.Level // nil where nothing stands before any of its places
	hits   []siteHit                 // reads and the like in it
}

func (w *callWalker) observe(b *methodBody, pos int, kind, what string, tasks []string) {
	if len(w.f.observed) == maxObservedHits {
		w.f.cut("max-observed-calls", maxObservedHits)
		return
	}
	w.f.observed = append(w.f.observed, observedHit{w.at(b, pos), kind, what, tasks})
}

// at is a place of the method body at hand.
func (w *callWalker) at(b *methodBody, pos int) observedPlace {
	p := observedPlace{place: place{w.f, w.d, b.class, b.method, pos}}
	if b.level != nil {
		p.level = b.level(pos)
	}
	return p
}

// watch looks at the calls of the method body at hand that observations ask for.
func (w *callWalker) watch(b *methodBody) {
	ins := b.code.Insns()
	var parts [watchedEnd + 1]bool
	for _, p := range w.met {
		for i := range w.roles[ins.Index(int(p))].watched {
			parts[w.roles[ins.Index(int(p))].watched[i].part] = true
		}
	}
	if parts[watchedCall] {
		w.watchedCalls(b)
	}
	if parts[watchedSink] {
		w.watchedFlows(b, parts[watchedSource])
	}
}

// watchedCalls finds the calls with a telling constant.
func (w *callWalker) watchedCalls(b *methodBody) {
	ins := b.code.Insns()
	w.follow.Calls(b.code, b.method, func(pos int, target uint32, args []dex.Const) {
		r := w.roles[target]
		if !r.watches(watchedCall) {
			return
		}
		receiver := 1
		if ins.Op(pos).IsStaticInvoke() {
			receiver = 0
		}
		for i := range r.watched {
			o := &r.watched[i]
			if o.part != watchedCall {
				continue
			}
			value := ""
			if !o.call.Always() {
				if o.call.Arg+receiver >= len(args) {
					continue
				}
				if value = w.telling(o.call, args[o.call.Arg+receiver]); value == "" {
					continue
				}
			}
			what := strings.TrimSpace(value + " " + memberOf(w.d.MethodDescriptor(target)))
			switch {
			case o.of.Task:
				w.task(b, pos, o.of, what, args)
			case w.standsBeside(b.code, &o.of.Beside):
				w.observe(b, pos, o.of.Kind, what, nil)
			}
			break // one call is one observation
		}
	})
}

// memberOf is a method without its parameters.
func memberOf(descriptor string) string {
	name, _, _ := strings.Cut(descriptor, "(")
	return name
}

// telling is the constant for which a call counts, "" where it does not.
func (w *callWalker) telling(c *rules.ObservedCall, arg dex.Const) string {
	switch arg.Kind {
	case dex.ConstInt, dex.ConstWide:
		text := strconv.FormatInt(arg.Value, 10)
		if c.Below > 0 && arg.Value >= 0 && arg.Value < c.Below || slices.Contains(c.Equals, text) {
			return text
		}
		return ""
	}
	if text, ok := w.follow.Text(arg); ok && slices.Contains(c.Equals, text) {
		return text
	}
	return ""
}

// standsBeside tells whether a method holds one of the parts that an entry asks for.
func (w *callWalker) standsBeside(code *dex.Code, want *rules.Beside) bool {
	if len(want.Fields)+len(want.Texts) == 0 {
		return true
	}
	ins := code.Insns()
	return slices.ContainsFunc(code.Refs(), func(p uint32) bool {
		switch op := ins.Op(int(p)); op.Ref() {
		case dex.RefField:
			return op.IsFieldRead() && slices.Contains(want.Fields, w.d.FieldDescriptor(ins.Index(int(p))))
		case dex.RefString:
			return slices.Contains(want.Texts, string(w.d.StringBytes(ins.Index(int(p)))))
		}
		return false
	})
}

// task notes a timer: the classes of which the method makes objects may be its task. A
// method that posts its own object again is a timer where it reads data itself.
func (w *callWalker) task(b *methodBody, pos int, of *rules.Observed, what string, args []dex.Const) {
	ins := b.code.Insns()
	if name := string(w.d.MethodName(ins.Index(pos))); name == "postDelayed" {
		own := len(args) > 1 && args[1] == dex.Const{Kind: dex.ConstParam, Value: 0} && b.code.Access&dex.AccStatic == 0
		if own && slices.ContainsFunc(b.hits, func(h siteHit) bool { return w.index.api.set.Behaviours[h.behaviour].Kind == audit.KindCollect }) {
			w.observe(b, pos, of.Kind, what, nil)
		}
		return
	}
	tasks := []string{}
	for _, p := range b.code.Refs() {
		if ins.Op(int(p)) == dex.OpNewInstance && int(p) < pos {
			tasks = append(tasks, w.d.TypeDescriptor(ins.Index(int(p))))
		}
	}
	w.observe(b, pos, of.Kind, what, tasks)
}

// watchedFlows finds the sinks that are given what they must not be given.
func (w *callWalker) watchedFlows(b *methodBody, sources bool) {
	data := w.readsPersonal(b)
	if len(data) > 0 {
		w.flow(b, func(pos int) bool { return data[pos] != "" }, func(o *rules.Observed, source, pos int) {
			if len(o.Sources) == 0 {
				w.observe(b, pos, o.Kind, data[source]+" "+w.memberAt(b.code, pos), nil)
			}
		})
	}
	if sources {
		ins := b.code.Insns()
		from := func(pos int) bool {
			return ins.Op(pos).Ref() == dex.RefMethod && w.roles[ins.Index(pos)].watches(watchedSource)
		}
		w.flow(b, from, func(o *rules.Observed, source, pos int) {
			if len(o.Sources) > 0 {
				w.observe(b, pos, o.Kind, w.memberAt(b.code, source)+" "+w.memberAt(b.code, pos), nil)
			}
		})
	}
	w.watchedPaths(b)
}

func (w *callWalker) memberAt(code *dex.Code, pos int) string {
	return memberOf(w.d.MethodDescriptor(code.Insns().Index(pos)))
}

// readsPersonal lists the reads of the method of which the result is personal data by
// itself, with the ids of the data.
func (w *callWalker) readsPersonal(b *methodBody) map[int]string {
	set := w.index.api.set
	var out map[int]string
	for _, h := range b.hits {
		x := &set.Behaviours[h.behaviour]
		if x.Kind != audit.KindCollect || x.Weak || h.via != "" || !w.givesValue(&h) {
			continue
		}
		var ids []string
		for _, id := range x.Data {
			if t := set.DataType(id); t != nil && (t.Sensitivity == "personal" || t.Sensitivity == "sensitive") {
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 {
			continue
		}
		if out == nil {
			out = map[int]string{}
		}
		out[h.offset] = strings.Join(ids, ",")
	}
	return out
}

// givesValue tells whether a read gives the value itself: an address of a provider and
// a yes or no are none.
func (w *callWalker) givesValue(h *siteHit) bool {
	if h.field {
		return strings.HasSuffix(w.d.FieldDescriptor(h.target), ":"+stringType)
	}
	_, returns, _ := strings.Cut(w.d.MethodDescriptor(h.target), ")")
	return returns != "V" && returns != "Z" && returns != "Landroid/net/Uri;"
}

// flow calls hit for every sink that is given a value of a source, once for each.
func (w *callWalker) flow(b *methodBody, isSource func(pos int) bool, hit func(o *rules.Observed, source, pos int)) {
	ins := b.code.Insns()
	last := -1
	all := b.code.Carry(isSource, func(pos int, receiver bool) dex.Passing {
		return passingOf(w.d, ins.Index(pos), receiver)
	}, func(pos, reg, source int) {
		r := w.roles[ins.Index(pos)]
		if pos == last || !r.watches(watchedSink) {
			return
		}
		if !ins.Op(pos).IsStaticInvoke() {
			reg--
		}
		for i := range r.watched {
			if o := &r.watched[i]; o.part == watchedSink && o.arg == reg {
				last = pos
				hit(o.of, source, pos)
			}
		}
	})
	if !all {
		w.f.cut("max-carried", dex.MaxCarried)
	}
}

// watchedPaths finds sinks that are given a constant path which they must not be given.
func (w *callWalker) watchedPaths(b *methodBody) {
	ins := b.code.Insns()
	wants := func(x *watched) bool { return x.part == watchedSink && len(x.of.Paths) > 0 }
	if !slices.ContainsFunc(w.met, func(p int32) bool {
		return slices.ContainsFunc(w.roles[ins.Index(int(p))].watched, func(x watched) bool { return wants(&x) })
	}) {
		return
	}
	w.follow.Calls(b.code, dex.NoIndex, func(pos int, target uint32, args []dex.Const) {
		r := w.roles[target]
		if !r.watches(watchedSink) {
			return
		}
		for i := range r.watched {
			x := &r.watched[i]
			at := x.arg
			if !ins.Op(pos).IsStaticInvoke() {
				at++
			}
			if !wants(x) || at >= len(args) {
				continue
			}
			if text, ok := w.follow.Text(args[at]); ok && slices.ContainsFunc(x.of.Paths, func(p string) bool { return strings.HasPrefix(text, p) }) {
				w.observe(b, pos, x.of.Kind, shorten(text)+" "+w.memberAt(b.code, pos), nil)
			}
		}
	})
}

// keeps are methods that put what they are given into their receiver.
var keeps = map[string]bool{"append": true, "insert": true, "put": true, "putString": true, "add": true, "<init>": true}

// passingOf says where a value is after a call. What the platform computes from it is
// followed as long as the value is still in it: not how long it is, nor whether it
// equals another one, nor what a hash makes of it.
func passingOf(d *dex.File, method uint32, receiver bool) dex.Passing {
	m, _ := d.Method(method)
	class, name := d.TypeDescriptor(m.Class), string(d.MethodName(method))
	p, _ := d.Proto(m.Proto)
	returns := d.TypeDescriptor(p.Return)
	text := strings.HasPrefix(class, "Ljava/lang/") || strings.HasPrefix(class, "Ljava/util/") || strings.HasPrefix(class, "Lorg/json/") ||
		strings.HasPrefix(class, "Ljava/io/File;") || strings.HasPrefix(class, "Landroid/text/TextUtils;") || strings.HasPrefix(class, "Lkotlin/jvm/internal/Intrinsics;")
	platform := strings.HasPrefix(class, "Landroid/")
	var out dex.Passing
	switch returns {
	case "V", "Z":
	case "I":
		if receiver && platform && strings.HasPrefix(name, "get") && !strings.HasSuffix(name, "Count") {
			out |= dex.IntoResult
		}
	default:
		if text && !strings.HasPrefix(class, "Ljava/lang/reflect/") && name != "getClass" || receiver && (platform || returns == stringType && name == "toString") {
			out |= dex.IntoResult
		}
	}
	if !receiver && text && keeps[name] {
		out |= dex.IntoReceiver
	}
	return out
}
