// Command framework derives signatures/framework/classes.txt from the classes of
// the Android platform, and checks the hand-made files beside it against them.
//
//	go run testdata/corpus/framework.go JAR...
//	go run testdata/corpus/framework.go -extended FILE... > testdata/corpus/framework-extended.txt
//
// JARs are the android-all jars, newest first (of two declarations of a class the
// first one gives the superclass, interfaces and methods are united), and the
// file java.base.jmod of a JDK 17, from which the packages that those jars lack are
// taken. It is run in the root of the project.
//
// With -extended it reads apps (.apk) and SDK archives (.aar, .jar) instead and
// lists the platform's classes that their classes extend or implement; a FILE
// may be a folder, which is searched.
package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"apkaudit/internal/classfile"
	"apkaudit/internal/dex"
)

const (
	extendedFile = "testdata/corpus/framework-extended.txt"
	folder       = "signatures/framework"
	classesFile  = folder + "/classes.txt"

	handOffSource = "testdata/corpus/framework-handoffs.txt"
	handOffFile   = folder + "/hand_offs.txt"

	// minArchives is in how many apps and archives a class must be extended to be
	// listed for that: those of fewer are mostly server code in SDK archives.
	minArchives = 3
)

func main() {
	args := os.Args[1:]
	var err error
	switch {
	case len(args) > 1 && args[0] == "-extended":
		err = listExtended(args[1:])
	case len(args) > 0 && !strings.HasPrefix(args[0], "-"):
		err = derive(args)
	default:
		err = errors.New("usage: go run testdata/corpus/framework.go [-extended] FILE...")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "framework:", err)
		os.Exit(1)
	}
}

// isPlatform tells whether a class name android/app/Activity is the platform's;
// libraries of Google and others that live below android/ are not.
func isPlatform(name string) bool {
	for _, p := range []string{"android/support/", "android/arch/", "android/databinding/"} {
		if strings.HasPrefix(name, p) {
			return false
		}
	}
	for _, p := range []string{"android/", "java/", "javax/", "dalvik/"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// name turns Landroid/app/Activity; into android/app/Activity.
func name(descriptor string) string {
	return strings.TrimSuffix(strings.TrimPrefix(descriptor, "L"), ";")
}

// class is what is known of a class of the platform.
type class struct {
	super      string
	interfaces []string
	access     uint16
	reachable  bool            // has a constructor that a subclass can call
	methods    map[string]bool // overridable ones: name(shorty) -> abstract
}

func (c *class) isInterface() bool { return c.access&classfile.AccInterface != 0 }

// platform is the union of the jars.
type platform struct {
	classes map[string]*class
	members map[string]map[string]uint16 // class -> name(params) that it declares -> access
	called  map[string]map[string]bool   // class -> name(shorty) called on it by dispatch
}

func derive(jars []string) error {
	p := &platform{map[string]*class{}, map[string]map[string]uint16{}, map[string]map[string]bool{}}
	for _, jar := range jars {
		if err := p.read(jar); err != nil {
			return err
		}
	}
	if err := p.writeHandOffs(); err != nil {
		return err
	}
	wanted, err := p.wanted()
	if err != nil {
		return err
	}
	text := p.write(wanted)
	fmt.Printf("%s: %d classes, %d bytes\n", classesFile, strings.Count(text, "\n")-strings.Count(text, "#"), len(text))
	return os.WriteFile(classesFile, []byte(text), 0o644)
}

// notOnAndroid lists the packages of java.base that Android does not have.
var notOnAndroid = []string{"java/lang/foreign/", "java/lang/module/", "java/net/spi/"}

func (p *platform) read(jar string) error {
	z, err := zip.OpenReader(jar)
	if err != nil {
		return fmt.Errorf("%s: %w", jar, err)
	}
	defer z.Close()
	jdk := strings.HasSuffix(jar, ".jmod")
	for _, f := range z.File {
		entry := f.Name
		if jdk {
			entry = strings.TrimPrefix(entry, "classes/")
		}
		if !strings.HasSuffix(entry, ".class") || strings.HasPrefix(entry, "META-INF/") {
			continue
		}
		if jdk && (!strings.HasPrefix(entry, "java") || slices.ContainsFunc(notOnAndroid, func(n string) bool { return strings.HasPrefix(entry, n) })) {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", entry, err)
		}
		data, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", entry, err)
		}
		c, err := classfile.Parse(entry, data)
		if err != nil {
			return err
		}
		if err := p.add(c); err != nil {
			return err
		}
	}
	return nil
}

func (p *platform) add(c *classfile.Class) error {
	_, err := c.Walk(func(_ *classfile.Method, r *classfile.Ref) error {
		if r.Op == classfile.OpInvokeVirtual || r.Op == classfile.OpInvokeInterface {
			set(p.called, name(r.Class), r.Name+shorty(r.Desc), true)
		}
		return nil
	})
	if err != nil {
		return err
	}
	id := name(c.Name)
	if !isPlatform(id) {
		return nil
	}
	k := p.classes[id]
	if k == nil {
		k = &class{super: name(c.Super), access: c.Access, methods: map[string]bool{}}
		p.classes[id] = k
	}
	for _, i := range c.Interfaces {
		if i = name(i); !slices.Contains(k.interfaces, i) {
			k.interfaces = append(k.interfaces, i)
		}
	}
	for i := range c.Methods {
		m := &c.Methods[i]
		params, _, _ := strings.Cut(m.Proto, ")")
		if m.Access&classfile.AccSynthetic == 0 {
			set(p.members, id, m.Name+params+")", m.Access)
		}
		visible := m.Access&(classfile.AccPublic|accProtected) != 0
		if m.Name == "<init>" && visible {
			k.reachable = true
		}
		if !visible || strings.HasPrefix(m.Name, "<") || m.Access&(classfile.AccStatic|classfile.AccFinal|classfile.AccSynthetic) != 0 {
			continue
		}
		key := m.Name + shorty(m.Proto)
		k.methods[key] = k.methods[key] || m.Access&classfile.AccAbstract != 0
	}
	return nil
}

const accProtected = 0x0004

func set[V any](m map[string]map[string]V, outer, inner string, value V) {
	if m[outer] == nil {
		m[outer] = map[string]V{}
	}
	m[outer][inner] = value
}

// shorty is "(" and one letter for each parameter of a prototype, L for every
// object and array, and ")".
func shorty(proto string) string {
	out := []byte{'('}
	for i := 1; i < len(proto) && proto[i] != ')'; i++ {
		letter := proto[i]
		for ; proto[i] == '['; i++ {
			letter = 'L'
		}
		if proto[i] == 'L' {
			i += strings.IndexByte(proto[i:], ';')
		}
		out = append(out, letter)
	}
	return string(append(out, ')'))
}

// supers lists the listed kinds of things that a class is: its superclass and its
// interfaces, those outside the platform left out and looked through.
func (p *platform) supers(id string) (super string, interfaces []string) {
	c := p.classes[id]
	super = c.super
	if super != "" && p.classes[super] == nil {
		super = "java/lang/Object" // a class of the platform's inside, which no app names
	}
	for _, i := range c.interfaces {
		if p.classes[i] != nil {
			interfaces = append(interfaces, i)
		}
	}
	slices.SortFunc(interfaces, func(a, b string) int { return cmp.Compare(a+";", b+";") })
	return super, interfaces
}

// ancestors visits a class and all that it is.
func (p *platform) ancestors(id string, visit func(string)) {
	if p.classes[id] == nil {
		return
	}
	visit(id)
	super, interfaces := p.supers(id)
	if super != "" {
		p.ancestors(super, visit)
	}
	for _, i := range interfaces {
		p.ancestors(i, visit)
	}
}

// wanted chooses the classes; the header of the file states the rule. True are
// those whose call-backs are listed.
func (p *platform) wanted() (map[string]bool, error) {
	out := map[string]bool{}
	add := func(id string, callbacks bool) {
		if !p.isRemote(id) {
			p.ancestors(id, func(a string) { out[a] = out[a] || callbacks })
		}
	}
	extended, err := readExtended()
	if err != nil {
		return nil, err
	}
	for id, n := range extended {
		if n >= minArchives {
			add(id, true)
		}
	}
	for _, id := range components {
		add(id, true)
	}
	receivers, err := listedReceivers()
	if err != nil {
		return nil, err
	}
	if err := namedInFiles(receivers, func(id string) { add(id, true) }); err != nil {
		return nil, err
	}
	for id, c := range p.classes {
		if c.access&classfile.AccPublic != 0 && !isInside(id) {
			p.ancestors(id, func(a string) {
				if a != id && receivers[a] {
					add(id, false)
				}
			})
		}
	}
	return out, nil
}

// components are what the services and providers of rarer kinds extend, and what
// their call-backs return: too few of the counted apps have one.
var components = []string{
	"android/accounts/AbstractAccountAuthenticator", "android/app/backup/BackupAgent",
	"android/companion/CompanionDeviceService", "android/content/AbstractThreadedSyncAdapter",
	"android/inputmethodservice/InputMethodService", "android/net/VpnService",
	"android/nfc/cardemulation/HostApduService", "android/nfc/cardemulation/HostNfcFService",
	"android/printservice/PrintService", "android/provider/DocumentsProvider",
	"android/service/autofill/AutofillService", "android/service/chooser/ChooserTargetService",
	"android/service/dreams/DreamService", "android/service/quicksettings/TileService",
	"android/service/voice/VoiceInteractionService", "android/service/voice/VoiceInteractionSessionService",
	"android/service/wallpaper/WallpaperService", "android/service/wallpaper/WallpaperService$Engine",
	"android/speech/RecognitionService", "android/speech/tts/TextToSpeechService",
	"android/telecom/CallScreeningService", "android/telecom/ConnectionService", "android/telecom/InCallService",
}

// inside are packages of the platform's inside, and of devices other than phones.
var inside = []string{
	"android/adservices/", "android/car/", "android/federatedcompute/", "android/filterfw/", "android/filterpacks/",
	"android/icu/", "android/internal/", "android/media/internal/", "android/media/tv/", "android/net/connectivity/",
	"android/ondevicepersonalization/", "android/server/", "android/telephony/ims/", "android/test/", "java/beans/",
	"javax/microedition/", "javax/sip/",
}

// isInside tells whether no call of an app is likely to name a class as receiver.
func isInside(id string) bool {
	return strings.Contains(id, "$") || strings.Contains(id, "/impl/") || strings.Contains(id, "/legacy/") ||
		slices.ContainsFunc(inside, func(p string) bool { return strings.HasPrefix(id, p) })
}

// isRemote tells whether a class is an interface to another process, which is
// the platform's own matter, or its implementation.
func (p *platform) isRemote(id string) bool {
	remote := false
	p.ancestors(id, func(a string) { remote = remote || a != id && a == "android/os/IInterface" })
	return remote
}

// readExtended returns in how many archives each class is extended.
func readExtended() (map[string]int, error) {
	out := map[string]int{}
	err := eachLine(extendedFile, func(line string) error {
		var n int
		var id string
		if _, err := fmt.Sscan(line, &n, &id); err != nil {
			return err
		}
		out[id] = n
		return nil
	})
	return out, err
}

// namedInFiles visits the classes that the other files name for their call-backs,
// and adds those whose methods hand something off to receivers.
func namedInFiles(receivers map[string]bool, visit func(string)) error {
	for _, f := range []string{"hand_offs.txt", "user_actions.txt"} {
		err := eachLine(filepath.Join(folder, f), func(line string) error {
			for i, word := range strings.Fields(line) {
				if word[0] != 'L' || !strings.Contains(word, ";") {
					continue
				}
				c, _, _ := strings.Cut(word, ";")
				if f == "hand_offs.txt" && i == 0 {
					receivers[name(c)] = true
				} else {
					visit(name(c))
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// listedReceivers lists the classes whose methods signatures/apis lists.
func listedReceivers() (map[string]bool, error) {
	files, err := filepath.Glob("signatures/apis/*.yaml")
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, f := range files {
		err := eachLine(f, func(line string) error {
			for _, word := range strings.Fields(line) {
				if c, rest, ok := strings.Cut(word, ";->"); ok && strings.Contains(rest, "(") {
					out[name(c)] = true
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func eachLine(file string, visit func(string) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		if line := strings.TrimSpace(s.Text()); line != "" && line[0] != '#' {
			if err := visit(line); err != nil {
				return fmt.Errorf("%s:%d: %w", file, n, err)
			}
		}
	}
	return s.Err()
}

func (p *platform) write(wanted map[string]bool) string {
	hooks := p.hooks()
	ids := make([]string, 0, len(wanted))
	for id := range wanted {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(a+";", b+";") })
	var b strings.Builder
	b.WriteString(header)
	for _, id := range ids {
		super, interfaces := p.supers(id)
		switch {
		case p.classes[id].isInterface():
			super = "@"
		case super == "java/lang/Object":
			super = "."
		case super == "":
			super = "-"
		default:
			super = "L" + super + ";"
		}
		for k, i := range interfaces {
			interfaces[k] = "L" + i + ";"
		}
		fmt.Fprintf(&b, "L%s; %s %s", id, super, cmp.Or(strings.Join(interfaces, ","), "-"))
		if wanted[id] {
			for _, m := range p.callbacks(id, hooks) {
				b.WriteString(" " + m)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// hooks are the methods that code of the platform calls by dispatch: class ->
// name(shorty), entered at every class that declares the method called.
func (p *platform) hooks() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for id, methods := range p.called {
		p.ancestors(id, func(a string) {
			for m := range methods {
				if _, ok := p.classes[a].methods[m]; ok {
					set(out, a, m, true)
				}
			}
		})
	}
	return out
}

// callbacks lists the methods of a class that its line shows.
func (p *platform) callbacks(id string, hooks map[string]map[string]bool) []string {
	c := p.classes[id]
	if !c.isInterface() && (!c.reachable || c.access&classfile.AccFinal != 0) {
		return nil
	}
	inherited := map[string]bool{}
	p.ancestors(id, func(a string) {
		if a != id {
			for m := range p.classes[a].methods {
				inherited[m] = true
			}
		}
	})
	var out []string
	for m, abstract := range c.methods {
		if !inherited[m] && (abstract || c.isInterface() || isEvent(m) || hooks[id][m] && !isProperty(m)) {
			out = append(out, m)
		}
	}
	slices.Sort(out)
	return out
}

// isEvent tells whether a method is by its name one that tells of something:
// onPageFinished. Some are called from places that are not in the jars (the
// web view, native code).
func isEvent(method string) bool {
	return len(method) > 2 && method[:2] == "on" && method[2] >= 'A' && method[2] <= 'Z'
}

// isProperty tells whether a method is by its name one that reads or changes a
// property of the object.
func isProperty(method string) bool {
	for _, verb := range []string{"add", "can", "find", "get", "has", "is", "remove", "set"} {
		if rest, ok := strings.CutPrefix(method, verb); ok && (rest[0] == '(' || rest[0] >= 'A' && rest[0] <= 'Z') {
			return true
		}
	}
	return false
}

const handOffHeader = `# Methods of the Android platform that take an object and have a method of it run.
#
# Made by testdata/corpus/framework.go from testdata/corpus/framework-handoffs.txt, which
# was written by hand after the documentation and sources of the Android Open Source
# Project (Apache-2.0), and the classes of the platform, API levels 16, 23 and 34 to 36;
# facts only. Do not edit: change that file and run the command.
#
# A line is: Lclass;->name (all overloads with such a parameter), the type of the parameter
# or "this" for the receiver, when, and the call-backs that are run: a name or * (all that the
# class lists or inherits) of the parameter's type, Lclass;->name or Lclass;->* of another one.
# What a class above has is not repeated. Sorted by class, name, type.
#
#   now    before the method returns      event  when the system or the outside reports something
#   later  afterwards, without an event   user   after the user acted
`

const header = `# Classes of the Android platform: what they extend and which of their methods the platform
# calls on subclasses.
#
# Made by testdata/corpus/framework.go from the class files of the Android Open Source
# Project (Apache-2.0; the jars org.robolectric:android-all 4.1.2, 6.0.1, 14, 15, 16: API
# levels 16, 23, 34, 35, 36) and, for the packages of java.base that these jars lack (java.lang
# above all), of OpenJDK 17, whose API Android has; facts only. Do not edit: run the command.
#
# Listed are
# - the classes that a class in at least 3 of some 3,000 real apps and SDK archives extends or
#   implements (testdata/corpus/framework-extended.txt), those that the other files here name,
#   and all above these, with their call-backs;
# - the public classes below those whose methods signatures/apis or hand_offs.txt lists, nested
#   ones and packages of the platform's inside left out, without call-backs: a call may name
#   them as receiver.
# Hidden classes and methods cannot be told apart in class files and are among them;
# interfaces to other processes (AIDL) are left out.
#
# A line is: class, superclass (@ an interface, . java.lang.Object, - none), interfaces or -,
# call-backs as name(L for an object or array, else the letter of the primitive type, for each
# parameter). Call-backs of an interface are all its instance methods, those of a class its
# abstract ones and of its other overridable ones (public or protected, neither static nor
# final) those called on…, and those that code of the platform calls by dispatch and whose
# name does not begin with add, can, find, get, has, is, remove or set. What a class or
# interface above has is not repeated. Final classes and those without an accessible
# constructor have none. Sorted by class.
`

// handOff is a line of the hand-written file.
type handOff struct {
	line                          string
	when, class, method, argument string
	runs                          []string
	used                          bool
}

// writeHandOffs expands the hand-written list.
func (p *platform) writeHandOffs() error {
	var specs []*handOff
	err := eachLine(handOffSource, func(line string) error {
		w := strings.Fields(line)
		if len(w) < 5 {
			return fmt.Errorf("%q has %d words", line, len(w))
		}
		specs = append(specs, &handOff{line: line, when: w[0], class: w[1], method: w[2], argument: w[3], runs: w[4:]})
		return nil
	})
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(p.members))
	for id := range p.members {
		if p.classes[id].access&classfile.AccPublic != 0 && !p.isRemote(id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	byClass := map[string]map[string]bool{} // class -> what stands after it in its lines
	for _, id := range ids {
		seen := map[string]bool{}
		for m, access := range p.members[id] {
			if access&(classfile.AccPublic|accProtected) == 0 {
				continue
			}
			method, _, _ := strings.Cut(m, "(")
			for i, t := range append([]string{"this"}, parameters(m)...) {
				if i == 0 && access&classfile.AccStatic != 0 || seen[method+" "+t] {
					continue
				}
				seen[method+" "+t] = true
				line, err := p.expand(specs, id, method, t)
				if err != nil {
					return err
				}
				if line != "" {
					set(byClass, id, line, true)
				}
			}
		}
	}
	var lines []string
	for id, own := range byClass {
		for line := range own {
			again := false // a class above it has the same line, and a call on a subclass is looked for there too
			p.ancestors(id, func(a string) { again = again || a != id && byClass[a][line] })
			if !again {
				lines = append(lines, "L"+id+";->"+line)
			}
		}
	}
	for _, s := range specs {
		if !s.used {
			fmt.Fprintf(os.Stderr, "%s: nothing fits %q\n", handOffSource, s.line)
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return slices.Compare(sortKey(a), sortKey(b)) })
	text := handOffHeader + strings.Join(lines, "\n") + "\n"
	fmt.Printf("%s: %d lines, %d bytes\n", handOffFile, len(lines), len(text))
	return os.WriteFile(handOffFile, []byte(text), 0o644)
}

// sortKey is class, method and argument of a line, of which the receiver is first.
func sortKey(line string) []string {
	words := strings.Fields(line)
	class, method, _ := strings.Cut(words[0], "->")
	return []string{class, method, strings.TrimPrefix(words[1], "this")}
}

// parameters lists the types of a method's parameters as class names, arrays and
// primitive types as descriptors.
func parameters(method string) []string {
	_, params, _ := strings.Cut(method, "(")
	var out []string
	for params != "" && params[0] != ')' {
		n := strings.IndexFunc(params, func(r rune) bool { return r != '[' })
		if params[n] == 'L' {
			n = strings.IndexByte(params, ';')
		}
		out = append(out, name(params[:n+1]))
		params = params[n+1:]
	}
	return out
}

// undo are the verbs of methods that take an object and do not have it run.
var undo = []string{"remove", "unregister", "cancel", "clear", "stop", "end", "release", "un", "is"}

func (h *handOff) fits(class, method, argument string) bool {
	if !fits(h.class, class) || !fits(h.method, method) || !fits(h.argument, argument) {
		return false
	}
	return !strings.HasSuffix(h.method, "*") || !slices.ContainsFunc(undo, func(v string) bool {
		rest, ok := strings.CutPrefix(method, v)
		return ok && (rest == "" || rest[0] < 'a')
	})
}

func fits(pattern, s string) bool {
	if start, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(s, start)
	}
	return pattern == s
}

// expand writes what stands after the class in the line for a method and an
// argument of it, "" where none of the
// hand-written lines fits.
func (p *platform) expand(specs []*handOff, class, method, argument string) (string, error) {
	for _, s := range specs {
		if !s.fits(class, method, argument) {
			continue
		}
		kind, shown := class, "this"
		if argument != "this" {
			kind, shown = argument, "L"+argument+";"
		}
		runs, err := p.runs(s, kind)
		if err != nil {
			return "", fmt.Errorf("%s: %q: %w", handOffSource, s.line, err)
		}
		if len(runs) > 0 {
			s.used = true
			return fmt.Sprintf("%s %s %s %s", method, shown, s.when, strings.Join(runs, " ")), nil
		}
	}
	return "", nil
}

// runs lists the call-backs that a hand-off runs on an argument of a class.
func (p *platform) runs(h *handOff, kind string) ([]string, error) {
	var out []string
	for _, r := range h.runs {
		from, method := kind, r
		if c, m, ok := strings.Cut(r, "."); ok {
			from, method = c, m
		}
		switch {
		case p.overridable(from, method):
			if from != kind {
				method = "L" + from + ";->" + method
			}
			out = append(out, method)
		case !strings.HasSuffix(h.argument, "*"): // else one of several classes, which is none to be run
			return nil, fmt.Errorf("%s has no method %s", from, method)
		}
	}
	return out, nil
}

// overridable tells whether a class has or inherits an overridable method of a
// name; for * an abstract one or one called on….
func (p *platform) overridable(class, method string) bool {
	found := false
	p.ancestors(class, func(a string) {
		for m, abstract := range p.classes[a].methods {
			n, _, _ := strings.Cut(m, "(")
			found = found || n == method || method == "*" && a != "java/lang/Object" && (abstract || isEvent(n))
		}
	})
	return found
}

// listExtended prints how many of the files have a class that extends or
// implements each class of the platform.
func listExtended(paths []string) error {
	uses := map[string]int{}
	files := 0
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			found := map[string]bool{}
			read := extendedByArchive
			if strings.HasSuffix(path, ".apk") {
				read = extendedByApp
			}
			if err := read(path, data, found); err != nil {
				return nil // no archive, or a damaged one, which extends nothing
			}
			files++
			for id := range found {
				uses[id]++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	ids := make([]string, 0, len(uses))
	for id, n := range uses {
		if n >= minArchives {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	fmt.Printf(extendedHeader, files, minArchives)
	for _, id := range ids {
		fmt.Println(uses[id], id)
	}
	return nil
}

const extendedHeader = `# Classes and interfaces of the platform that classes of real apps and SDK archives
# extend or implement, with the number of files in which one does; %d files were
# read, and a class of fewer than %d is left out. Made by
#   go run testdata/corpus/framework.go -extended FILE...
# Counted for this project.
`

func extendedByArchive(path string, data []byte, found map[string]bool) error {
	a, err := classfile.ReadArchive(context.Background(), path, data)
	if err != nil {
		return err
	}
	for _, c := range a.Classes {
		for _, super := range append([]string{c.Super}, c.Interfaces...) {
			note(found, c.Name, super)
		}
	}
	return nil
}

func extendedByApp(_ string, data []byte, found map[string]bool) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, e := range z.File {
		if !strings.HasSuffix(e.Name, ".dex") {
			continue
		}
		r, err := e.Open()
		if err != nil {
			return err
		}
		code, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return err
		}
		files, err := dex.ParseAll(e.Name, code)
		if err != nil {
			return err
		}
		for _, f := range files {
			for i := range f.NumClasses() {
				c := f.Class(i)
				self := f.TypeDescriptor(c.Type)
				note(found, self, f.TypeDescriptor(c.Super))
				for list, k := f.Interfaces(i), 0; k < list.Len(); k++ {
					note(found, self, f.TypeDescriptor(list.At(k)))
				}
			}
		}
	}
	return nil
}

func note(found map[string]bool, class, super string) {
	if isPlatform(name(super)) && !isPlatform(name(class)) {
		found[name(super)] = true
	}
}
