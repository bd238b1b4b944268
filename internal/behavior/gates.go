package behavior

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
	"apkaudit/internal/rules"
)

// flagSource is what a boolean tells about consent.
//
// A gate is a branch on something that was stored: what stands on one side of it runs
// only where the value says so. The rule, all of it:
//
//   - A source is the boolean result of a call, or a boolean field, that is named
//     after consent (isPrivacyAgreed, hasConsent), or a call that takes a text constant
//     named so and gives a boolean (getBoolean("privacy_agreed")). What stands on the
//     side where it is true, or equal to something, or greater, runs after consent.
//     Names of consent still missing (need_agree, showPrivacyDialog) count the other
//     way round. A default value of true makes it no gate: it is open from the first
//     start on. Who refused has acted too: a name of refusing counts as consent does.
//   - So is the check of a dangerous permission that is named by a constant: only the
//     user grants it.
//   - A source is also what SharedPreferences and stores like it return under any other
//     name. What stands on either side of such a branch runs under a condition that
//     nothing tells the meaning of.
//   - "Stands on a side" means that every way from the start of the method leads
//     through that side of the branch.
//   - A method that returns a source as it is, or turned round, or a constant that
//     depends on which side of a branch on a source it takes, is one itself, and so is
//     a boolean field that a source is written to.
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
	consentWords = []string{"consent", "optout", "optin", "agree", "accept", "privacy", "userprotocol", "useragreement", "authorizedprivacy", "gdpr", "yinsi", "隐私", "同意"}
	missingWords = []string{"need", "show", "should", "require", "notagree", "unagree", "pending", "isnot", "without"}
	// offWords are names in which a consent word means something else: a TLS or HTTP
	// server accepts, an address of the policy is no agreement to it.
	offWords = []string{"acceptall", "acceptcookie", "acceptthirdparty", "acceptlanguage", "acceptencoding", "acceptranges", "acceptmime", "acceptor", "acceptable",
		"url", "uri", "link", "html", "text", "title", "content"}
)

// consentName tells what a name says of consent.
func consentName(name []byte) flagSource {
	if len(name) > maxFlagName {
		return noFlag
	}
	var room [maxFlagName]byte
	plain := room[:0]
	for _, c := range name {
		switch {
		case c >= 'A' && c <= 'Z':
			plain = append(plain, c+'a'-'A')
		case c != '_' && c != '-' && c != '.' && c != ' ':
			plain = append(plain, c)
		}
	}
	switch {
	case !containsAny(plain, consentWords) || containsAny(plain, offWords):
		return noFlag
	case containsAny(plain, missingWords):
		return askedFlag
	}
	return agreedFlag
}

func containsAny(name []byte, words []string) bool {
	for _, w := range words {
		if bytes.Contains(name, []byte(w)) {
			return true
		}
	}
	return false
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
	set     *rules.Set
	follow  *dex.Constants
	known   []textKind // by string index
	methods []refFlag
	fields  []flagSource
	kept    map[uint32]flagSource // fields that sources are written to
	any     bool
	short   bool // a method has more branches than maxGates
}

// refFlag is what a method reference is as a source: by its own name, or by the text
// that it takes.
type refFlag struct {
	named  flagSource
	byText bool       // takes a text that may be named after consent
	store  bool       // otherwise something stored
	grants flagSource // what it tells where the text is that of a dangerous permission
}

func (f refFlag) source() bool { return f.named != noFlag || f.byText }

// noType is the index of a type that a file does not name.
const noType = 1 << 16

func newFlagRefs(d *dex.File, set *rules.Set, follow *dex.Constants) *flagRefs {
	r := &flagRefs{d: d, set: set, follow: follow, known: make([]textKind, d.NumStrings()), kept: map[uint32]flagSource{}, methods: make([]refFlag, d.NumMethods()), fields: make([]flagSource, d.NumFields())}
	named := func(desc string) uint32 {
		if t, ok := typeIndex(d, desc); ok {
			return t
		}
		return noType
	}
	isZ, boxed, text := named("Z"), named("Ljava/lang/Boolean;"), named("Ljava/lang/String;")
	object, isInt := named("Ljava/lang/Object;"), named("I")
	// By prototype: gives a boolean, or something that may be one; takes a text among
	// its first parameters.
	gives, takes := make([]bool, d.NumProtos()), make([]bool, d.NumProtos())
	for i := range gives {
		p, _ := d.Proto(uint32(i))
		gives[i] = p.Return == isZ || p.Return == boxed
		for k := range min(p.Params.Len(), 3) {
			takes[i] = takes[i] || uint32(p.Params.At(k)) == text
		}
		gives[i] = gives[i] || takes[i] && (p.Return == object || p.Return == isInt)
	}
	for i := range r.methods {
		m, ok := d.Method(uint32(i))
		if ok && int(m.Proto) < len(gives) && (gives[m.Proto] || takes[m.Proto]) {
			r.methods[i] = r.method(uint32(i), m.Class, gives[m.Proto], takes[m.Proto])
			r.any = r.any || r.methods[i].source()
		}
	}
	for i := range r.fields {
		if fd, ok := d.Field(uint32(i)); ok && fd.Type == isZ {
			r.fields[i] = consentName(d.FieldName(uint32(i)))
			r.any = r.any || r.fields[i] != noFlag
		}
	}
	return r
}

// method classifies a method reference.
func (r *flagRefs) method(i, class uint32, gives, takes bool) refFlag {
	name := r.d.MethodName(i)
	f := refFlag{}
	if gives {
		f.named, f.byText = consentName(name), takes
		f.grants = grantNames[string(name)]
	}
	if takes && slices.Contains(storeGetters, string(name)) && isStore(r.d.TypeBytes(class)) {
		f.byText, f.store = true, true
	}
	return f
}

// grantNames are what methods are called that tell whether a permission is granted: the
// platform's give 0 where it is, those of libraries true.
var grantNames = map[string]flagSource{
	"checkSelfPermission": askedFlag, "checkPermission": askedFlag, "checkCallingOrSelfPermission": askedFlag,
	"hasPermission": agreedFlag, "hasPermissions": agreedFlag, "hasSelfPermission": agreedFlag, "isGranted": agreedFlag, "isPermissionGranted": agreedFlag,
}

// isStore tells whether a class is named as one that keeps values.
func isStore(desc []byte) bool {
	return containsAny(desc[bytes.LastIndexByte(desc, '/')+1:], storeNames)
}

// gates are the conditions under which the instructions of one method run.
type gates struct {
	closed dex.Places   // reached when nobody has agreed
	stored []dex.Places // the same, when what is stored is all true, or all false
}

// level says under what condition an instruction runs.
func (g *gates) level(pos int) callgraph.Level {
	if !g.closed.Has(pos) {
		return callgraph.Gated
	}
	for _, s := range g.stored {
		if !s.Has(pos) {
			return callgraph.Doubtful
		}
	}
	return callgraph.Plain
}

// maxGates bounds the branches of one method that are looked at.
const maxGates = 256

// of finds the gates of a method, nil where it has none. The second result is what the
// method itself returns as a source.
func (r *flagRefs) of(code *dex.Code) (*gates, flagSource) {
	sources := r.sources(code)
	if len(sources) == 0 {
		return nil, noFlag
	}
	tests := code.Tests(func(pos int) bool { return sources[pos] != noFlag }, r.passes)
	own := noFlag
	for _, t := range tests.Returns {
		own = own.or(sources[t.Source].as(t.Jumps))
	}
	ins := code.Insns()
	for _, t := range tests.Writes {
		if f := ins.Index(t.At); r.fields[f] == noFlag || r.kept[f] != noFlag {
			r.kept[f] = r.kept[f].or(sources[t.Source].as(t.Jumps))
		}
	}
	branches := tests.Branches[:min(len(tests.Branches), maxGates)]
	r.short = r.short || len(branches) < len(tests.Branches)
	if len(branches) == 0 {
		return nil, own
	}
	w := waysOf(branches, sources)
	if own == noFlag {
		own = w.answer(code)
	}
	return newGates(code, w), own
}

// or is a source that is one of two.
func (s flagSource) or(other flagSource) flagSource {
	switch s {
	case noFlag, other:
		return other
	}
	return storedFlag
}

// ways are what branches on sources are taken to do, by their place: when nobody has
// agreed, and besides when all that is stored is true, or false.
type ways struct{ closed, isTrue, isFalse map[int]bool }

func waysOf(branches []dex.Test, sources map[int]flagSource) ways {
	w := ways{map[int]bool{}, map[int]bool{}, map[int]bool{}}
	for _, t := range branches {
		switch sources[t.Source].as(t.Jumps) {
		case agreedFlag: // taken by those who agreed
			w.closed[t.At] = false
		case askedFlag:
			w.closed[t.At] = true
		default:
			w.isTrue[t.At], w.isFalse[t.At] = true, false
		}
	}
	maps.Copy(w.isTrue, w.closed)
	maps.Copy(w.isFalse, w.closed)
	return w
}

// answer is what a method tells that returns constants on different sides of branches.
func (w ways) answer(code *dex.Code) flagSource {
	if len(w.closed) > 0 {
		switch all := code.Returns(nil); code.Returns(w.closed) {
		case dex.False:
			if all&dex.True != 0 {
				return agreedFlag
			}
		case dex.True:
			if all&dex.False != 0 {
				return askedFlag
			}
		}
	}
	if len(w.isTrue) > len(w.closed) {
		if a, b := code.Returns(w.isTrue), code.Returns(w.isFalse); a != b && a&b == 0 && a != 0 && b != 0 {
			return storedFlag
		}
	}
	return noFlag
}

// as is what a source says where its value is turned round or computed with.
func (s flagSource) as(t dex.Truth) flagSource {
	switch t {
	case dex.IfTrue:
		return s
	case dex.IfFalse:
		return s.not()
	}
	return storedFlag
}

// newGates finds what runs when no gate is open, nil where the code is damaged.
func newGates(code *dex.Code, w ways) *gates {
	g := &gates{}
	var ok bool
	if g.closed, ok = code.Assuming(w.closed); !ok {
		return nil
	}
	for _, stored := range []map[int]bool{w.isTrue, w.isFalse} {
		if len(stored) == len(w.closed) {
			break // nothing but consent is asked for
		}
		if p, ok := code.Assuming(stored); ok {
			g.stored = append(g.stored, p)
		}
	}
	return g
}

// passing says what well-known methods make of a value.
var passing = map[string]dex.Truth{
	"booleanValue": dex.IfTrue, "valueOf": dex.IfTrue, "parseBoolean": dex.IfTrue, "equals": dex.IfTrue, "equalsIgnoreCase": dex.IfTrue, "startsWith": dex.IfTrue, "contains": dex.IfTrue,
	"contentEquals": dex.IfTrue, "areEqual": dex.IfTrue, "isEmpty": dex.IfFalse, "isBlank": dex.IfFalse,
}

func (r *flagRefs) passes(method uint32) dex.Truth { return passing[string(r.d.MethodName(method))] }

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
	text, static := false, false
	for _, p := range code.Refs() {
		pos := int(p)
		switch op := ins.Op(pos); {
		case op == dex.OpSGetObject:
			static = true // perhaps a constant
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
	if text && (static || r.holdsTelling(code)) {
		r.texts(code, put)
	}
	return at
}

// holdsTelling tells whether a method loads a text that tells something.
func (r *flagRefs) holdsTelling(code *dex.Code) bool {
	ins := code.Insns()
	return slices.ContainsFunc(code.Refs(), func(p uint32) bool {
		return ins.Op(int(p)).Ref() == dex.RefString && r.tells(ins.Index(int(p)))
	})
}

// tells tells whether a text is named after consent or names a dangerous permission;
// each is looked at once.
func (r *flagRefs) tells(index uint32) bool {
	if int(index) >= len(r.known) {
		return false
	}
	k := &r.known[index]
	if *k == textNew {
		*k = textPlain
		text := r.d.StringBytes(index)
		if consentName(text) != noFlag || r.dangerous(string(text)) {
			*k = textTells
		}
	}
	return *k == textTells
}

func (r *flagRefs) dangerous(permission string) bool {
	p := r.set.Permission(permission)
	return p != nil && p.Protection == "dangerous"
}

// textKind is what is known of a text.
type textKind uint8

const (
	textNew textKind = iota
	textPlain
	textTells
)

// texts adds the calls that take a text named after consent, unless a default value
// of true stands beside it.
func (r *flagRefs) texts(code *dex.Code, put func(pos int, s flagSource)) {
	r.follow.Calls(code, dex.NoIndex, func(pos int, method uint32, args []dex.Const) {
		f := r.methods[method]
		if !f.byText || f.named != noFlag {
			return
		}
		named, open := noFlag, false
		for _, a := range args {
			text, known := "", false
			if a.Kind != dex.ConstInt {
				text, known = r.follow.Text(a)
			}
			switch {
			case known && f.grants != noFlag:
				if r.dangerous(text) {
					named = f.grants
				}
			case known && named == noFlag:
				named = consentName([]byte(text))
			case a.Kind == dex.ConstInt && a.Value == 1:
				open = true
			}
		}
		switch {
		case named == agreedFlag && open:
			put(pos, noFlag)
		case named != noFlag:
			put(pos, named)
		}
	})
}

// sourcesOf lists what turned out to be a source, by descriptor: methods that return one
// and fields that one is written to. A method counts for the classes and interfaces of
// the app above its own too, through which it may be called.
func sourcesOf(files []*codeFile, supers *superIndex) map[string]flagSource {
	all := map[string]flagSource{}
	for _, f := range files {
		for k, w := range f.wrappers {
			known, above, whole := "", []string(nil), true // of the class at hand, whose methods stand together
			for _, desc := range slices.Sorted(maps.Keys(w)) {
				class, rest, _ := strings.Cut(desc, "->")
				if class != known {
					known = class
					above, whole = supers.ofApp(class)
				}
				if !whole {
					f.cut("max-source-classes", maxSourceClasses)
				}
				for _, c := range above {
					all[c+"->"+rest] = all[c+"->"+rest].or(w[desc])
				}
			}
			for _, i := range slices.Sorted(maps.Keys(f.flags[k].kept)) {
				desc := f.flags[k].d.FieldDescriptor(i)
				all[desc] = all[desc].or(f.flags[k].kept[i])
			}
		}
	}
	return all
}

// gatesBehindWrappers looks again at methods that use what turned out to be a source, in
// whichever file that stands.
func gatesBehindWrappers(ctx context.Context, files []*codeFile, supers *superIndex) error {
	all := sourcesOf(files, supers)
	if len(all) == 0 {
		return nil
	}
	names := map[string]bool{}
	for desc := range all {
		_, rest, _ := strings.Cut(desc, "->")
		if end := strings.IndexAny(rest, "(:"); end > 0 { // else damaged
			names[rest[:end]] = true
		}
	}
	return parallel(ctx, files, func(f *codeFile) {
		for k := range f.dex {
			methods, fields := f.flags[k].learn(all, names)
			f.gateAgain(f.code[k], f.flags[k], methods, fields)
		}
	})
}

// learn takes over what turned out to be sources and returns the methods and fields that
// mean something else now.
func (r *flagRefs) learn(all map[string]flagSource, names map[string]bool) (methods, fields map[uint32]bool) {
	methods, fields = map[uint32]bool{}, map[uint32]bool{}
	for i := range uint32(len(r.methods)) {
		m := &r.methods[i]
		if m.named != noFlag || !names[string(r.d.MethodName(i))] {
			continue
		}
		switch s := all[r.d.MethodDescriptor(i)]; {
		case s == noFlag:
		case s == storedFlag && m.byText: // the text says what is asked for
			m.store, methods[i] = true, true
		default:
			m.named, methods[i] = s, true
		}
	}
	for i := range uint32(len(r.fields)) {
		if r.fields[i] == noFlag && names[string(r.d.FieldName(i))] {
			if s := all[r.d.FieldDescriptor(i)]; s != noFlag {
				r.fields[i], fields[i] = s, true
			}
		}
	}
	return methods, fields
}

// gateAgain collects anew the methods that use one of the added sources.
func (f *codeFile) gateAgain(code *callgraph.Code, refs *flagRefs, methods, fields map[uint32]bool) {
	again := map[uint32]callgraph.Body{}
	if len(methods) > 0 {
		for _, b := range code.Calling(func(m uint32) bool { return methods[m] }) {
			again[b.Off] = b
		}
	}
	if len(fields) > 0 {
		for _, b := range code.Reading(func(field uint32) bool { return fields[field] }) {
			again[b.Off] = b
		}
	}
	var room dex.Code
	for _, off := range slices.Sorted(maps.Keys(again)) {
		m := again[off]
		if refs.d.ReadCode(m.Off, &room) != nil {
			continue // it was read before: cannot fail
		}
		g, _ := refs.of(&room)
		if g == nil {
			continue
		}
		code.Redo(m.Method, &room, g.level)
		for i := range f.hits {
			if h := &f.hits[i]; h.dex == refs.d && h.caller == m.Method {
				h.level = g.level(h.offset)
			}
		}
	}
}
