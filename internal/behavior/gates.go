package behavior

import (
	"context"
	"slices"
	"strings"

	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
)

// A gate is a branch on something that was stored: what stands on one side of it runs
// only where the value says so. The rule, all of it:
//
//   - A source is the boolean result of a call, or a boolean field, that is named
//     after consent (isPrivacyAgreed, hasConsent), or a call that takes a text constant
//     named so and gives a boolean (getBoolean("privacy_agreed")). What stands on the
//     side where it is true runs after consent. Names of a first start (first_run,
//     isFirstLaunch) and of consent still missing (need_agree, showPrivacyDialog) count
//     the other way round.
//   - A source is also what SharedPreferences and stores like it return under any other
//     name. What stands on either side of such a branch runs under a condition that
//     nothing tells the meaning of.
//   - "Stands on a side" means that every way from the start of the method leads
//     through that side of the branch.
//   - A method that returns a source as it is, or turned round, is one itself.
type gateRules struct {
	wrappers map[string]flagSource // methods that return a source, by descriptor
}

// flagSource is what a boolean tells about consent.
type flagSource uint8

const (
	noFlag     flagSource = iota
	storedFlag            // something stored
	agreedFlag            // true: consent was given
	askedFlag             // true: consent is still to be given
)

func (s flagSource) not() flagSource {
	switch s {
	case agreedFlag:
		return askedFlag
	case askedFlag:
		return agreedFlag
	}
	return s
}

// Words of names, in lower case without separators. Consent words alone decide;
// missing words turn them round.
var (
	consentWords = []string{"consent", "agree", "accept", "privacy", "userprotocol", "useragreement", "authorizedprivacy", "gdpr", "yinsi", "隐私", "同意"}
	missingWords = []string{"need", "show", "should", "require", "disagree", "notagree", "unagree", "refuse", "reject", "deny", "pending", "isnot", "without"}
	firstWords   = []string{"firstrun", "firstlaunch", "firststart", "firstopen", "firsttime", "firstin", "firstenter", "firstuse", "firstinstall", "firstlogin", "isfirst", "newuser"}
	// offWords are names in which a consent word means something else: a TLS or HTTP
	// server accepts, a user agent is no agreement.
	offWords = []string{"acceptall", "acceptcookie", "acceptthirdparty", "acceptlanguage", "acceptencoding", "acceptranges", "acceptmime", "acceptor", "acceptable", "disagreement"}
)

// consentName tells what a name says of consent.
func consentName(name string) flagSource {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r == '_' || r == '-' || r == '.' || r == ' ':
			return -1
		}
		return r
	}, name)
	has := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(plain, w) })
	}
	switch {
	case has(firstWords):
		return askedFlag
	case !has(consentWords) || has(offWords):
		return noFlag
	case has(missingWords):
		return askedFlag
	}
	return agreedFlag
}

// maxFlagName is the longest name, in bytes, that is looked at for words.
const maxFlagName = 64

// Stores are classes whose getters return what was stored: part of the simple name.
var storeNames = []string{"SharedPreferences", "Preference", "MMKV", "DataStore", "KVStore", "SpUtil", "SPUtil", "PrefUtil", "Prefs", "Hawk"}

// storeGetters are what such getters are called.
var storeGetters = []string{"getBoolean", "getInt", "getString", "getLong", "contains", "decodeBool", "decodeInt", "decodeString", "getBool", "containsKey", "get"}

// flagRefs says of each method and field reference of a file whether it may be a
// source.
type flagRefs struct {
	d       *dex.File
	rules   *gateRules
	methods []refFlag
	fields  []flagSource
	any     bool
}

// refFlag is what a method reference is as a source: by its own name, or by the text
// that it takes.
type refFlag struct {
	named  flagSource
	byText bool // takes a text that may be named after consent
	store  bool // otherwise something stored
}

func (f refFlag) source() bool { return f.named != noFlag || f.byText }

func newFlagRefs(d *dex.File, rules *gateRules) *flagRefs {
	r := &flagRefs{d: d, rules: rules, methods: make([]refFlag, d.NumMethods()), fields: make([]flagSource, d.NumFields())}
	stores := make([]bool, d.NumTypes())
	for t := range stores {
		name := string(d.TypeBytes(uint32(t)))
		name = name[strings.LastIndexByte(name, '/')+1:]
		stores[t] = slices.ContainsFunc(storeNames, func(s string) bool { return strings.Contains(name, s) })
	}
	for i := range r.methods {
		m, ok := d.Method(uint32(i))
		if !ok || int(m.Class) >= len(stores) {
			continue
		}
		r.methods[i] = r.method(uint32(i), m, stores[m.Class])
		r.any = r.any || r.methods[i].source()
	}
	for i := range r.fields {
		fd, ok := d.Field(uint32(i))
		if !ok || string(d.TypeBytes(fd.Type)) != "Z" {
			continue
		}
		if name := d.FieldName(uint32(i)); len(name) <= maxFlagName {
			r.fields[i] = consentName(string(name))
			r.any = r.any || r.fields[i] != noFlag
		}
	}
	return r
}

// method classifies a method reference.
func (r *flagRefs) method(i uint32, m dex.Method, store bool) refFlag {
	p, ok := r.d.Proto(m.Proto)
	if !ok {
		return refFlag{}
	}
	name := r.d.MethodName(i)
	if len(name) > maxFlagName {
		return refFlag{}
	}
	returns := string(r.d.TypeBytes(p.Return))
	takesText := false
	for k := range min(p.Params.Len(), 3) {
		takesText = takesText || string(r.d.TypeBytes(p.Params.At(k))) == "Ljava/lang/String;"
	}
	f := refFlag{}
	if returns == "Z" || returns == "Ljava/lang/Boolean;" {
		f.named = consentName(string(name))
		f.byText = takesText
		if f.named == noFlag && len(r.rules.wrappers) > 0 {
			f.named = r.rules.wrappers[r.d.MethodDescriptor(i)]
		}
	}
	if store && takesText && slices.Contains(storeGetters, string(name)) {
		f.byText, f.store = true, true
	}
	return f
}

// gates are the conditions under which the instructions of one method run.
type gates struct{ sides []gateSide }

// gateSide is one side of a branch: what cannot be reached when the branch never goes
// there.
type gateSide struct {
	others dex.Places // reached without going there
	level  callgraph.Level
}

// level says under what condition an instruction runs.
func (g *gates) level(pos int) callgraph.Level {
	l := callgraph.Plain
	for i := range g.sides {
		if g.sides[i].level > l && !g.sides[i].others.Has(pos) {
			l = g.sides[i].level
		}
	}
	return l
}

// maxGates bounds the branches of one method that are looked at.
const maxGates = 32

// of finds the gates of a method, nil where it has none. The second result is what the
// method itself returns as a source.
func (r *flagRefs) of(code *dex.Code) (*gates, flagSource) {
	sources := r.sources(code)
	if len(sources) == 0 {
		return nil, noFlag
	}
	branches, returns := code.Tests(func(pos int) bool { return sources[pos] != noFlag })
	var g gates
	for _, t := range branches[:min(len(branches), maxGates)] {
		g.add(code, t, sources[t.Source])
	}
	own := noFlag
	for i, t := range returns {
		s := storedFlag
		switch t.Jumps {
		case dex.IfTrue:
			s = sources[t.Source]
		case dex.IfFalse:
			s = sources[t.Source].not()
		}
		if i > 0 && s != own {
			s = storedFlag
		}
		own = s
	}
	if len(g.sides) == 0 {
		return nil, own
	}
	return &g, own
}

// add adds the sides of one branch.
func (g *gates) add(code *dex.Code, t dex.Test, s flagSource) {
	sideOf := func(taken bool, level callgraph.Level) {
		// What is missing when the branch never goes there stands on that side.
		if others, ok := code.Assuming(t.At, !taken); ok {
			g.sides = append(g.sides, gateSide{others, level})
		}
	}
	if t.Jumps == dex.IfUnknown || s == storedFlag {
		sideOf(true, callgraph.Doubtful)
		sideOf(false, callgraph.Doubtful)
		return
	}
	agreed := (t.Jumps == dex.IfTrue) == (s == agreedFlag)
	sideOf(agreed, callgraph.Gated)
}

// sources finds the instructions of a method that give a source, by their place.
func (r *flagRefs) sources(code *dex.Code) map[int]flagSource {
	ins := code.Insns()
	var at map[int]flagSource
	put := func(pos int, s flagSource) {
		if at == nil {
			at = map[int]flagSource{}
		}
		at[pos] = s
	}
	text := false
	for _, p := range code.Refs() {
		pos := int(p)
		switch op := ins.Op(pos); {
		case op.Ref() == dex.RefMethod:
			f := r.methods[ins.Index(pos)]
			text = text || f.byText
			switch {
			case f.named != noFlag:
				put(pos, f.named)
			case f.store:
				put(pos, storedFlag)
			}
		case op.Ref() == dex.RefField && op.IsFieldRead() && r.fields[ins.Index(pos)] != noFlag:
			put(pos, r.fields[ins.Index(pos)])
		}
	}
	if text {
		r.texts(code, put)
	}
	return at
}

// texts adds the calls that take a text named after consent.
func (r *flagRefs) texts(code *dex.Code, put func(pos int, s flagSource)) {
	code.ConstArgs(r.d, func(pos int, method uint32, args []dex.Const) {
		f := r.methods[method]
		if !f.byText || f.named != noFlag {
			return
		}
		for _, a := range args {
			if a.Kind != dex.ConstString {
				continue
			}
			if name, _ := r.d.ConstText(a); len(name) <= maxFlagName {
				if s := consentName(name); s != noFlag {
					put(pos, s)
				}
			}
		}
	})
}

// gatesBehindWrappers looks again at methods that call what turned out to return a
// source, in whichever file that stands.
func gatesBehindWrappers(ctx context.Context, files []*codeFile) error {
	all := map[string]flagSource{}
	for _, f := range files {
		for _, w := range f.wrappers {
			for desc, s := range w {
				all[desc] = s
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	rules := &gateRules{wrappers: all}
	return parallel(ctx, files, func(f *codeFile) {
		for k, d := range f.dex {
			f.gateAgain(f.code[k], newFlagRefs(d, &gateRules{}), newFlagRefs(d, rules))
		}
	})
}

// gateAgain collects anew the methods that call a wrapper, which before meant
// nothing.
func (f *codeFile) gateAgain(code *callgraph.Code, before, now *flagRefs) {
	var room dex.Code
	added := func(method uint32) bool { return now.methods[method].named != before.methods[method].named }
	if !slices.ContainsFunc(allMethods(now.d), added) {
		return
	}
	for _, m := range code.Calling(added) {
		if now.d.ReadCode(m.Off, &room) != nil {
			continue // it was read before: cannot fail
		}
		g, _ := now.of(&room)
		if g == nil {
			continue
		}
		code.Redo(m.Method, &room, g.level)
		for i := range f.hits {
			if h := &f.hits[i]; h.dex == now.d && h.caller == m.Method {
				h.level = g.level(h.offset)
			}
		}
	}
}

func allMethods(d *dex.File) []uint32 {
	out := make([]uint32, d.NumMethods())
	for i := range out {
		out[i] = uint32(i)
	}
	return out
}
