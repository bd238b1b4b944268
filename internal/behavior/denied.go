package behavior

import (
	"apkaudit/internal/dex"
	"apkaudit/internal/rules"
)

// Methods that are told how a permission request went.
const (
	requestAnswer   = "onRequestPermissionsResult"
	requestParams   = "(I[Ljava/lang/String;[I)V"
	contractAnswer  = "onActivityResult"
	contractParams  = "(Ljava/lang/Object;)V"
	contractBoolean = "Ljava/lang/Boolean;->booleanValue()Z"
)

// answerMethods finds those of a file, by method index.
func answerMethods(d *dex.File) map[uint32]bool {
	out := map[uint32]bool{}
	for _, a := range [][2]string{{requestAnswer, requestParams}, {contractAnswer, contractParams}} {
		name, ok := d.FindString([]byte(a[0]), 0, d.NumStrings())
		if !ok {
			continue
		}
		for i := range uint32(d.NumMethods()) {
			if m, ok := d.Method(i); ok && m.Name == uint32(name) && d.ProtoDescriptor(m.Proto) == a[1] {
				out[i] = true
			}
		}
	}
	return out
}

// deniedCall is a call of a method of the app that runs only where a permission was
// refused.
type deniedCall struct {
	observedPlace
	target uint32
	of     *rules.Observed
}

// maxDeniedCalls bounds those that are looked into, of one entry of the APK.
const maxDeniedCalls = 4096

// denials looks at a method that is told how a request went: an end of the app, or a
// call that may lead to one, that stands where not all was granted.
//
// A branch counts where it compares one of the results with a constant, or the number
// of results, or asks Boolean.booleanValue or a check of a permission. What stands on
// the refused side is what no way through the method leads to when all such branches
// go the way of a permission that was granted, and some way does when they go the
// other; a request without any result was given up, not refused.
func (w *callWalker) denials(b *methodBody) {
	granted, refused := w.answerWays(b)
	if len(granted) == 0 {
		return
	}
	open, ok := b.code.Assuming(granted)
	shut, both := b.code.Assuming(refused)
	if !ok || !both {
		return
	}
	ins := b.code.Insns()
	for _, p := range b.code.Refs() {
		pos := int(p)
		if ins.Op(pos).Ref() != dex.RefMethod || open.Has(pos) || !shut.Has(pos) {
			continue
		}
		target := ins.Index(pos)
		for _, o := range w.index.ending {
			switch {
			case w.roles[target].watches(watchedEnd):
				w.observe(b, pos, o.Kind, memberOf(w.d.MethodDescriptor(target)), nil)
			case len(w.f.denied) == maxDeniedCalls:
				w.f.cut("max-denied-calls", maxDeniedCalls)
			default:
				w.f.denied = append(w.f.denied, deniedCall{w.at(b, pos), target, o})
			}
		}
	}
}

// answerWays says of branches on the answer whether they are taken where all was
// granted, and where all was refused; both are empty where no branch tells the two
// apart.
func (w *callWalker) answerWays(b *methodBody) (granted, refused map[int]bool) {
	ins := b.code.Insns()
	arrays := map[uint32]bool{}
	for pos := 0; pos < ins.Units(); pos += ins.Width(pos) {
		if reg, ok := b.code.ArrayOf(pos); ok && !b.code.IsLength(pos) {
			arrays[reg] = true
		}
	}
	kind := func(pos int) (yes, counts, ok bool) {
		if reg, isArray := b.code.ArrayOf(pos); isArray {
			counts = b.code.IsLength(pos)
			return counts, counts, arrays[reg]
		}
		if ins.Op(pos).Ref() != dex.RefMethod {
			return false, false, false
		}
		if w.d.MethodDescriptor(ins.Index(pos)) == contractBoolean {
			return true, false, true
		}
		f := grantNames[string(w.d.MethodName(ins.Index(pos)))]
		return f == agreedFlag, false, f != noFlag
	}
	tests := b.code.Tests(func(pos int) bool { _, _, ok := kind(pos); return ok }, func(uint32) dex.Truth { return dex.IfUnknown })
	granted, refused = map[int]bool{}, map[int]bool{}
	telling := false
	if len(tests.Branches) > maxGates {
		w.f.cut("max-gates", maxGates)
	}
	for _, t := range tests.Branches[:min(len(tests.Branches), maxGates)] {
		yes, counts, _ := kind(t.Source)
		if taken, known := takenWhen(ins.Op(t.At), &t, yes, counts); known {
			granted[t.At], refused[t.At] = taken, taken == counts
			telling = telling || !counts
		}
	}
	if !telling {
		return nil, nil
	}
	return granted, refused
}

// takenWhen tells whether a branch is taken where all was granted: where the value is
// not zero (yes), where it is any number that it is compared with (counts), else where
// it is zero and not minus one.
func takenWhen(op dex.Op, t *dex.Test, yes, counts bool) (taken, known bool) {
	c, withZero, ok := op.Comparison()
	if !t.HasThan || !ok {
		return false, false
	}
	equal := c == dex.Equal
	switch c {
	case dex.Equal, dex.NotEqual:
		switch {
		case t.Than == 0:
			return equal != yes, true
		case counts && t.Than > 0:
			return equal, true
		case !yes && t.Than == -1, yes && t.Than == 1:
			return equal == yes, true
		}
	case dex.Greater, dex.LessOrEqual:
		return c == dex.Greater, withZero && yes
	case dex.GreaterOrEqual, dex.Less:
		return c == dex.GreaterOrEqual, withZero && !yes
	}
	return false, false
}

// ends finds the calls in methods of the app that end it.
type ends struct {
	index  *callIndex
	supers *superIndex
}

// resolve makes observations of the calls on the refused side that lead to an end of
// the app one call deeper.
func (e *ends) resolve(f *codeFile) {
	for i := range f.denied {
		c := &f.denied[i]
		m, _ := c.dex.Method(c.target)
		in, def := e.supers.find(c.dex.TypeDescriptor(m.Class))
		if in == nil {
			continue
		}
		if len(f.observed) == maxObservedHits {
			f.cut("max-observed-calls", maxObservedHits)
			break
		}
		if end := e.in(in, def, string(c.dex.MethodName(c.target)), c.dex.ProtoDescriptor(m.Proto)); end != "" {
			f.observed = append(f.observed, observedHit{observedPlace: c.observedPlace, kind: c.of.Kind, what: end + " through " + memberOf(c.dex.MethodDescriptor(c.target))})
		}
	}
	f.denied = nil
}

// in is the first call in a method of a class that ends the app, "" for none.
func (e *ends) in(d *dex.File, def int, name, proto string) string {
	members := d.Members(def)
	for members.Next() {
		if !members.IsMethod() || members.CodeOff() == 0 || string(d.MethodName(members.Index())) != name {
			continue
		}
		if m, ok := d.Method(members.Index()); !ok || d.ProtoDescriptor(m.Proto) != proto {
			continue
		}
		var code dex.Code
		if d.ReadCode(members.CodeOff(), &code) != nil {
			return ""
		}
		ins := code.Insns()
		for _, p := range code.Refs() {
			if ins.Op(int(p)).Ref() == dex.RefMethod && e.are(d, ins.Index(int(p))) {
				return memberOf(d.MethodDescriptor(ins.Index(int(p))))
			}
		}
		return ""
	}
	return ""
}

// are tells whether a method reference names an end of the app.
func (e *ends) are(d *dex.File, method uint32) bool {
	if name := d.MethodName(method); !e.index.api.names[string(name)] {
		return false
	}
	m, _ := d.Method(method)
	var proto []byte
	return e.index.find(d, e.supers, method, e.index.api.classes[d.TypeDescriptor(m.Class)], &proto).watches(watchedEnd)
}
