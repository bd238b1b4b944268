package behavior

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior/native"
	"apkaudit/internal/rules"
)

// Limits of what is read of one native library, besides those that can be set.
const (
	maxNativeNames    = 4096 // signatures and native methods of one library that are looked at
	minNativeText     = 16   // bytes that texts of one library have on average at least
	moreNativeTexts   = 4096 // texts of one library beyond what that average allows
	jniMethodsPerText = 8    // decisions on constants of JNI calls, by text that the average allows
	maxConstantBytes  = 256  // of a text that is looked up
	maxNamesTold      = 5    // names quoted in one gap
)

// nativeLib is one library to read: of every name under lib/ that of one ABI.
type nativeLib struct {
	entry string
	name  string
	party string // "" where no signature names it
	order int

	hits     []nativeHit
	hosts    []string
	parties  map[string]bool // owners of the classes whose native methods it implements
	problems []string
	calls    [len(nativeCalls)]bool
	notELF   bool
	cut      int64  // bytes that were not read
	by       string // the limit that cut them off
	full     bool   // there were more texts that stand for a behaviour than are kept
	many     bool   // there were more texts than are looked at
	names    bool   // there were more names of members than are kept
	err      error
}

// nativeHit is one text, or the texts of one JNI call, that stand for a behaviour.
type nativeHit struct {
	behaviour string
	offset    int
	args      []string
}

// nativeCalls are imported functions worth telling: through them a library reads
// properties and loads or runs what was not looked at. Their names stand in the
// library as texts.
var nativeCalls = [...]string{"__system_property_get", "dlopen", "android_dlopen_ext", "popen", "execve", "JNI_OnLoad"}

// nativeLibs lists the libraries to read: one ABI of each name, arm64-v8a before
// armeabi-v7a, x86_64, x86 and others, and the ELF files that lie elsewhere.
func nativeLibs(app *apk.App, listed []audit.NativeLib, strays []hiddenFile, lim Limits) (libs []*nativeLib, left leftOut) {
	for _, l := range listed {
		if len(l.ABIs) > 0 {
			libs = append(libs, &nativeLib{entry: app.Library(preferred(l.ABIs), l.Name), name: l.Name, party: l.Party})
		}
	}
	for _, f := range strays {
		libs = append(libs, &nativeLib{entry: f.entry, name: f.entry, party: f.party})
	}
	total, kept := int64(0), libs[:0]
	for _, l := range libs {
		size := app.Size(l.entry)
		read := min(size, lim.NativeBytes, lim.NativeTotalBytes-total)
		if size > 0 && read <= 0 {
			left.add(l.entry, reachedOf("max-native-total-bytes", lim.NativeTotalBytes))
			continue
		}
		if len(kept) >= lim.NativeLibraries {
			left.add(l.entry, reachedOf("max-native-libraries", int64(lim.NativeLibraries)))
			continue
		}
		total += read
		l.order, l.cut, l.by = len(kept), size-read, reachedOf("max-native-total-bytes", lim.NativeTotalBytes)
		if read == lim.NativeBytes {
			l.by = reachedOf("max-native-bytes", lim.NativeBytes)
		}
		kept = append(kept, l)
	}
	return kept, left
}

// native reads the texts of native libraries. A library that no signature names
// belongs to the party whose classes it implements native methods for, where that
// is one party; else its owner is unknown under the library's own name.
func (o *Observer) native(ctx context.Context, app *apk.App, own *owners, listed []audit.NativeLib, strays []hiddenFile) (*elsewhere, error) {
	libs, left := nativeLibs(app, listed, strays, o.Limits)
	bySize := slices.Clone(libs)
	slices.SortStableFunc(bySize, func(a, b *nativeLib) int { return cmp.Compare(app.Size(b.entry), app.Size(a.entry)) })
	err := parallel(ctx, bySize, func(l *nativeLib) {
		data, err := app.ReadHead(ctx, l.entry, app.Size(l.entry)-l.cut)
		var ee *apk.EntryError
		if errors.As(err, &ee) {
			l.err = ee
		}
		r := &nativeReader{o: o, lib: l, own: own}
		r.read(data)
	})
	if err != nil {
		return nil, err
	}
	out := &elsewhere{}
	for _, l := range libs {
		party := l.owner()
		for _, h := range l.hits {
			b := o.set.Behaviour(h.behaviour)
			if b == nil {
				continue
			}
			out.sites = append(out.sites, audit.Use{API: b.ID, Kind: b.Kind, Data: slices.Clone(b.Data), Party: party, Via: audit.ViaNative, Target: l.entry,
				Sites: 1, Reached: audit.Unknown, BeforeConsent: audit.Unknown, Examples: []audit.Example{{
					DEX: l.entry, Offset: h.offset, Args: h.args, Reached: audit.Unknown, BeforeConsent: audit.Unknown, Doubt: audit.DoubtNative}}})
		}
		for _, h := range l.hosts {
			out.hosts = append(out.hosts, audit.Host{Host: h, Party: party, Via: hostNative})
		}
	}
	out.gaps = nativeGaps(libs, left, o.Limits)
	return out, nil
}

// owner is the party of a library.
func (l *nativeLib) owner() string {
	if l.party != "" {
		return l.party
	}
	if len(l.parties) == 1 {
		for p := range l.parties {
			return p
		}
	}
	return audit.PrefixUnknown + l.name
}

// nativeReader reads one library.
type nativeReader struct {
	o   *Observer
	own *owners
	lib *nativeLib

	seen       map[string]bool // behaviour and text
	classes    map[string]bool // descriptors of listed classes
	names      map[string]int  // listed member names -> offset
	signatures map[string]bool
	bare       bareHosts
	methods    int // native methods that it implements
	desc       []byte
}

func (r *nativeReader) read(data []byte) {
	lib, err := native.Open(data)
	if err != nil {
		r.lib.notELF = errors.Is(err, native.ErrNotELF)
		if r.lib.err == nil && !r.lib.notELF {
			r.lib.err = fmt.Errorf("%s: %w", r.lib.entry, err)
		}
		return
	}
	if len(lib.Problems) > 0 && r.lib.cut == 0 && r.lib.err == nil {
		r.lib.problems = lib.Problems
	}
	r.seen, r.classes, r.names, r.signatures, r.lib.parties = map[string]bool{}, map[string]bool{}, map[string]int{}, map[string]bool{}, map[string]bool{}
	r.bare = bareHosts{}
	texts := len(data)/minNativeText + moreNativeTexts
	left := texts
	lib.Texts(func(text []byte, offset int) bool {
		r.text(text, offset)
		left--
		return left > 0
	})
	r.lib.many = left == 0
	r.jniCalls(lib, texts)
	slices.SortFunc(r.lib.hits, func(a, b nativeHit) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.behaviour, b.behaviour), slices.Compare(a.args, b.args))
	})
	for _, h := range r.bare.few() {
		r.lib.hosts = append(r.lib.hosts, h)
	}
	slices.Sort(r.lib.hosts)
	r.lib.hosts = slices.Compact(r.lib.hosts)
}

// text looks at one text of the library.
func (r *nativeReader) text(text []byte, offset int) {
	if hosts, bare := hostsIn(text); bare {
		r.bare[0] = append(r.bare[0], hosts...)
	} else {
		r.lib.hosts = append(r.lib.hosts, hosts...)
	}
	if len(text) > maxConstantBytes {
		return
	}
	r.name(text, offset)
	for _, kind := range constantKinds(text) {
		id := r.o.MatchConstant(kind, string(text))
		if kind == rules.ConstantCommand && id != "" && !r.isCommand(string(text), id) {
			id = ""
		}
		if id != "" {
			r.hit(id, offset, string(text))
			return
		}
	}
	// What stands before the first place holder of a format is the beginning of
	// the path or property that is put together: /sys/class/net/%s/address.
	if head, _, cut := bytes.Cut(text, []byte("%")); cut && len(head) > len("/sys/") && head[0] == '/' {
		if id := r.o.MatchConstant(rules.ConstantFile, string(head)); id != "" {
			r.hit(id, offset, string(text))
		}
	}
}

// isCommand tells a command line from a sentence that begins with the same word
// ("mount failed"), given the behaviour that it stands for: where the first word alone
// stands for that, an option, a path or a property must follow.
func (r *nativeReader) isCommand(text, id string) bool {
	words := strings.Fields(text)
	return len(words) > 1 && (r.o.MatchConstant(rules.ConstantCommand, words[0]) != id || strings.HasPrefix(words[1], "-") || strings.ContainsAny(words[1], "/.") && !strings.HasSuffix(words[1], "."))
}

// constantKinds are the kinds of constants that a text may be by its look. A
// setting is none of them: its key (android_id) is a word that stands in libraries
// for other reasons, so it counts beside the call that takes it only. Neither is a
// command of one word.
func constantKinds(text []byte) []string {
	dots := bytes.Count(text, []byte("."))
	switch {
	case text[0] == '/':
		return []string{rules.ConstantFile, rules.ConstantCommand}
	case bytes.HasPrefix(text, []byte("content://")):
		return []string{rules.ConstantURI}
	case bytes.IndexByte(text, ' ') > 0:
		return []string{rules.ConstantCommand}
	case dots >= 2:
		return []string{rules.ConstantProperty, rules.ConstantAction}
	case dots == 1:
		return []string{rules.ConstantProperty}
	}
	return nil
}

func hitKey(id string, args ...string) string { return id + "\x00" + strings.Join(args, "\x00") }

func (r *nativeReader) hit(id string, offset int, args ...string) {
	key := hitKey(id, args...)
	if r.seen[key] {
		return
	}
	if len(r.lib.hits) >= r.o.Limits.NativeHits {
		r.lib.full = true
		return
	}
	r.seen[key] = true
	r.lib.hits = append(r.lib.hits, nativeHit{id, offset, args})
}

// name keeps what a JNI call is made of: the class, the name and the signature of a
// member; and notes whose native methods the library implements.
func (r *nativeReader) name(text []byte, offset int) {
	switch {
	case text[0] == '(', text[0] == 'L' && text[len(text)-1] == ';':
		switch {
		case r.signatures[string(text)]:
		case len(r.signatures) == maxNativeNames:
			r.lib.names = true
		default:
			r.signatures[string(text)] = true
		}
	case r.o.apis.names[string(text)]:
		if _, have := r.names[string(text)]; !have {
			r.names[string(text)] = offset
		}
	}
	if bytes.IndexByte(text, '/') > 0 || bytes.IndexByte(text, '.') > 0 {
		r.class(text)
	}
	if class, _, ok := native.Method(text); ok {
		if r.methods++; r.methods > maxNativeNames {
			r.lib.names = true
		} else {
			r.lib.parties[r.own.partyOf(class)] = true
		}
	}
	for i, call := range nativeCalls {
		if string(text) == call {
			r.lib.calls[i] = true
		}
	}
}

// class keeps a listed class, written as for FindClass, as a descriptor or dotted as
// for a class loader.
func (r *nativeReader) class(text []byte) {
	if text[0] == 'L' && text[len(text)-1] == ';' {
		text = text[1 : len(text)-1]
	}
	r.desc = append(append(append(r.desc[:0], 'L'), text...), ';')
	for i, c := range r.desc {
		if c == '.' {
			r.desc[i] = '/'
		}
	}
	if r.o.apis.classes[string(r.desc)] != nil {
		r.classes[string(r.desc)] = true
	}
}

// maxJNIArgs is how many parameters a method may have of which one is a constant.
const maxJNIArgs = 8

// jniMethod is a listed method of which a library holds class, name and signature.
type jniMethod struct {
	m    *apiMethod
	args []string // these three
}

// jniCalls finds the listed members of which class, name and signature all stand in
// the library: JNI names a member by just these three texts.
func (r *nativeReader) jniCalls(lib *native.Library, texts int) {
	var byConstant []jniMethod
	names := slices.Sorted(maps.Keys(r.names))
	for _, desc := range slices.Sorted(maps.Keys(r.classes)) {
		c := r.o.apis.classes[desc]
		class := desc[1 : len(desc)-1]
		for _, name := range names {
			for i := range c.methods[name] {
				m := &c.methods[name][i]
				sig := r.signature(m)
				if sig == "" {
					continue
				}
				if b := m.decide(nil); b >= 0 {
					r.hit(r.o.set.Behaviours[b].ID, r.names[name], class, name, sig)
				}
				if m.byConstant() {
					byConstant = append(byConstant, jniMethod{m, []string{class, name, sig}})
				}
			}
		}
		for _, field := range slices.Sorted(maps.Keys(c.fields)) {
			b := c.fields[field]
			name, typ, _ := strings.Cut(field, ":")
			if at, have := r.names[name]; have && r.signatures[typ] {
				r.hit(r.o.set.Behaviours[b].ID, at, class, name, typ)
			}
		}
	}
	if len(byConstant) > 0 {
		r.constantCalls(lib, byConstant, texts*jniMethodsPerText)
	}
}

// constantCalls finds the constants with which listed methods count. It decides at
// most left times.
func (r *nativeReader) constantCalls(lib *native.Library, methods []jniMethod, left int) {
	lib.Texts(func(text []byte, offset int) bool {
		if len(text) > maxConstantBytes || text[0] >= '0' && text[0] <= '9' || text[0] == '-' { // a number is no such constant
			return true
		}
		if left -= len(methods); left < 0 {
			r.lib.many = true
			return false
		}
		constant := string(text)
		var args [maxJNIArgs]string
		for i := range args {
			args[i] = constant
		}
		for _, w := range methods {
			b := w.m.decide(args[:])
			if b < 0 || b == w.m.decide(nil) {
				continue
			}
			if id := r.o.set.Behaviours[b].ID; !r.seen[hitKey(id, constant)] { // else the text counts by itself already
				r.hit(id, offset, append(slices.Clone(w.args), constant)...)
			}
		}
		return true
	})
}

// signature is the JNI signature of a method where the library names it, else "".
func (r *nativeReader) signature(m *apiMethod) string {
	if m.returns != "" {
		if sig := m.params + ")" + m.returns; r.signatures[sig] {
			return sig
		}
		return ""
	}
	least := ""
	for sig := range r.signatures { // of a library's method leading parameters count
		if strings.HasPrefix(sig, m.params) && (least == "" || sig < least) {
			least = sig
		}
	}
	return least
}

// nativeGaps states what was not read, and that strings are not code.
func nativeGaps(libs []*nativeLib, left leftOut, lim Limits) []audit.Gap {
	if len(libs) == 0 {
		return nil
	}
	var odd []string
	var gaps []audit.Gap
	calls := [len(nativeCalls)]int{}
	read := 0
	for _, l := range libs {
		switch {
		case l.err != nil:
			gaps = append(gaps, nativeGap(kindOf(l.err), l.err.Error()))
		case l.notELF:
			odd = append(odd, l.entry)
		case l.full:
			gaps = append(gaps, nativeGap(audit.GapLimit, fmt.Sprintf("%s: not all strings were looked at: max-native-hits of %d reached", l.entry, lim.NativeHits)))
		case l.many:
			gaps = append(gaps, nativeGap(audit.GapLimit, fmt.Sprintf("%s: not all strings were looked at: they have fewer bytes than min-native-text of %d on average", l.entry, minNativeText)))
		case len(l.problems) > 0:
			gaps = append(gaps, nativeGap(audit.GapTampered, fmt.Sprintf("%s: %s; problems in all: %d", l.entry, l.problems[0], len(l.problems))))
		}
		if l.names {
			gaps = append(gaps, nativeGap(audit.GapLimit, notAll(l.entry, "max-native-names", maxNativeNames)))
		}
		if l.err == nil && !l.notELF {
			read++
		}
		if l.cut > 0 {
			gaps = append(gaps, nativeGap(audit.GapLimit, fmt.Sprintf("%s: the last %d bytes were not read: %s", l.entry, l.cut, l.by)))
		}
		for i, c := range l.calls {
			if c {
				calls[i]++
			}
		}
	}
	unread := 0
	for _, l := range left {
		unread += len(l.entries)
		gaps = append(gaps, nativeGap(audit.GapLimit, fmt.Sprintf("native libraries not read: %s: %s", some(l.entries), l.limit)))
	}
	what := fmt.Sprintf("native libraries: %d (strings of %d read, one ABI of each), first %s", len(libs)+unread, read, libs[0].name)
	for i, n := range calls {
		if n > 0 {
			what += fmt.Sprintf("; %s in %d", nativeCalls[i], n)
		}
	}
	if len(odd) > 0 {
		what += "; no ELF files: " + some(odd)
	}
	return append([]audit.Gap{nativeGap(audit.GapNative, what)}, gaps...)
}

func nativeGap(kind, what string) audit.Gap {
	return audit.Gap{Kind: kind, What: what, Weakens: audit.Text{
		ZH: "本地库（.so）只读取了字符串，未跟踪其代码：其中的字符串不代表实际使用，未见字符串也不代表没有读取行为。",
		EN: "Of native libraries the strings were read, their code was not followed: a string there is no proof of use, and what they read may be missing.",
	}}
}

// some quotes a few names.
func some(names []string) string {
	s := strings.Join(names[:min(len(names), maxNamesTold)], ", ")
	if len(names) > maxNamesTold {
		s += fmt.Sprintf(" and %d more", len(names)-maxNamesTold)
	}
	return s
}
