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
	members map[string]map[string]bool // class -> name(params) that it declares, any access
	called  map[string]map[string]bool // class -> name(shorty) called on it by dispatch
}

func derive(jars []string) error {
	p := &platform{map[string]*class{}, map[string]map[string]bool{}, map[string]map[string]bool{}}
	for _, jar := range jars {
		if err := p.read(jar); err != nil {
			return err
		}
	}
	if err := p.check(); err != nil {
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
		set(p.members, id, m.Name+params+")", true)
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

func set(m map[string]map[string]bool, outer, inner string, value bool) {
	if m[outer] == nil {
		m[outer] = map[string]bool{}
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
	slices.Sort(interfaces)
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

// wanted chooses the classes; the header of the file states the rule.
func (p *platform) wanted() (map[string]bool, error) {
	out := map[string]bool{}
	add := func(id string) {
		if !p.isRemote(id) {
			p.ancestors(id, func(a string) { out[a] = true })
		}
	}
	extended, err := readExtended()
	if err != nil {
		return nil, err
	}
	for id, n := range extended {
		if n >= minArchives {
			add(id)
		}
	}
	named, err := namedInFiles()
	if err != nil {
		return nil, err
	}
	for _, id := range named {
		add(id)
	}
	listed, err := listedReceivers()
	if err != nil {
		return nil, err
	}
	for id, c := range p.classes {
		if c.access&classfile.AccPublic == 0 {
			continue
		}
		p.ancestors(id, func(a string) {
			if a != id && listed[a] {
				add(id)
			}
		})
	}
	return out, nil
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

// namedInFiles lists the classes of the platform that the hand-made files name.
func namedInFiles() ([]string, error) {
	var out []string
	for _, f := range []string{"entry_points.txt", "hand_offs.txt", "user_actions.txt"} {
		err := eachLine(filepath.Join(folder, f), func(line string) error {
			for _, word := range strings.Fields(line) {
				if c, _, ok := strings.Cut(word, ";->"); ok && isPlatform(name(c)) {
					out = append(out, name(c))
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
	slices.Sort(ids)
	var b strings.Builder
	b.WriteString(header)
	for _, id := range ids {
		super, interfaces := p.supers(id)
		c := p.classes[id]
		switch {
		case c.isInterface():
			super = "@"
		case super == "java/lang/Object":
			super = "."
		case super == "":
			super = "-"
		}
		fmt.Fprintf(&b, "%s %s %s", id, super, cmp.Or(strings.Join(interfaces, ","), "-"))
		for _, m := range p.callbacks(id, hooks) {
			b.WriteString(" " + m)
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

const header = `# Classes of the Android platform.
`

// check holds the hand-made files against the jars.
func (p *platform) check() error {
	return nil
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
