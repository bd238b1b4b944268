package learn

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
	"apkaudit/internal/rules"
	"apkaudit/internal/rules/pattern"
)

// Options is what a person knows of the SDK; every field may be empty.
type Options struct {
	ID       string
	Name     audit.Text
	Vendor   audit.Text
	Category string
	Country  string
	// Prefixes are the SDK's own packages, instead of those found.
	Prefixes []string
	// Library marks a neutral library.
	Library bool
}

// Draft is a signature in the making.
type Draft struct {
	SDK      rules.SDK
	Measured []rules.Measured // one per input
	// Known tells that the set has a signature of this id.
	Known bool
	// Problems are what could not be read, with the artifact's name.
	Problems []string

	notes map[string][]string // comments by the key that they stand above
}

// Learn reads the inputs, versions of one SDK, and drafts its signature: what is
// in all of them is required, the rest supports. Where set, loaded in full, has a
// signature of the SDK, the draft is that signature with what the inputs add. It
// fails where an input is no archive or nothing in them is the SDK's own.
func Learn(ctx context.Context, set *rules.Set, inputs []Input, opt Options) (*Draft, error) {
	r := newReader(set)
	artifacts, err := r.readAll(ctx, inputs)
	if err != nil {
		return nil, err
	}
	d := &drafter{r: r, opt: opt, artifacts: artifacts, draft: &Draft{notes: map[string][]string{}}}
	for _, a := range artifacts {
		for _, p := range a.problems {
			d.draft.Problems = append(d.draft.Problems, a.name+": "+p)
		}
	}
	if err := d.run(); err != nil {
		return nil, err
	}
	return d.draft, nil
}

func (r *reader) readAll(ctx context.Context, inputs []Input) ([]*artifact, error) {
	out := make([]*artifact, len(inputs))
	errs := make([]error, len(inputs))
	parallel(len(inputs), func(i int) { out[i], errs[i] = r.read(ctx, inputs[i]) })
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// parallel runs work for 0 to n-1 on every core and waits.
func parallel(n int, work func(int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				work(i)
			}
		}()
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// drafter makes one draft.
type drafter struct {
	r         *reader
	opt       Options
	artifacts []*artifact
	packages  map[string]int // most classes over the artifacts
	self      *rules.SDK     // the set's signature of the same SDK, or nil
	draft     *Draft
}

func (d *drafter) note(key, format string, args ...any) {
	d.draft.notes[key] = append(d.draft.notes[key], fmt.Sprintf(format, args...))
}

func (d *drafter) run() error {
	d.packages = map[string]int{}
	for _, a := range d.artifacts {
		for pkg, c := range a.packages {
			d.packages[pkg] = max(d.packages[pkg], c.classes)
		}
	}
	self := d.findSelf()
	shares := d.r.divide(d.packages, self)
	k := &d.draft.SDK
	if d.self != nil {
		*k = clone(d.self)
		d.note("id", "The signature that the set has, with what the artifacts add.")
	}
	if err := d.code(shares); err != nil {
		return err
	}
	d.identity()
	d.manifest()
	d.files()
	d.hosts()
	d.version()
	d.rulesKept()
	for _, a := range d.artifacts {
		m := d.r.measure(a, k)
		m.SDK = k.ID
		d.draft.Measured = append(d.draft.Measured, m)
		if !slices.ContainsFunc(k.Proof, func(p string) bool { return strings.Contains(p, a.sha256) }) {
			k.Proof = append(k.Proof, d.proof(a))
		}
	}
	d.calls()
	return d.examples()
}

// findSelf decides whether the set knows the SDK already.
func (d *drafter) findSelf() int {
	set := d.r.set
	self := -1
	switch {
	case d.opt.ID != "":
		self = slices.IndexFunc(set.SDKs, func(k rules.SDK) bool { return k.ID == d.opt.ID })
	case len(d.opt.Prefixes) > 0:
		self, _ = d.r.ownerOf(d.opt.Prefixes[0])
	case !d.anyApp(): // an app holds many
		self = d.r.likelySelf(d.packages)
	}
	if self >= 0 {
		d.self = &set.SDKs[self]
		d.draft.Known = true
	}
	return self
}

var notSlug = pattern.New(`[^a-z0-9]+`)

// generic are names of archives that say nothing without their group.
var generic = []string{"sdk", "core", "common", "android", "library", "lib", "location", "base", "api", "client", "release", "classes", "aar", "push", "analytics"}

// proposedID makes an id out of the coordinates or the file name, of an SDK in an
// app out of its organisation.
func (d *drafter) proposedID() string {
	name := d.artifacts[0].name
	if d.artifacts[0].app {
		name = behavior.Organisation(d.draft.SDK.Match.Packages[0])
		name = name[strings.LastIndexByte(name, '.')+1:]
	}
	kind, rest, found := strings.Cut(name, ":")
	if parts := strings.Split(rest, ":"); found && kind == "mvn" && len(parts) >= 2 {
		group := strings.Split(parts[0], ".")
		name = parts[1]
		if slices.Contains(generic, name) {
			name = group[min(1, len(group)-1)] + "-" + name
		}
	} else {
		name = stem(name)
		if m := fileVersion.FindStringIndex(name); m != nil {
			name = name[:m[0]]
		}
	}
	id := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	for _, word := range []string{"release", "sdk", "android"} { // at the end they say nothing
		if short := strings.TrimRight(strings.TrimSuffix(id, word), "-"); short != "" {
			id = short
		}
	}
	if id == "" {
		return "sdk"
	}
	return id
}

// identity fills in what a person must decide, marked as such where it is made
// up.
func (d *drafter) identity() {
	k := &d.draft.SDK
	k.Neutral = k.Neutral || d.opt.Library
	if d.opt.ID != "" {
		k.ID = d.opt.ID
	}
	if k.ID == "" {
		k.ID = d.proposedID()
		d.note("id", "Decide: the id.")
	}
	org := behavior.Organisation(slices.Concat(k.Match.Packages, k.Match.Supporting)[0])
	fill := func(key string, into *audit.Text, given audit.Text, guess, what string) {
		if given.ZH != "" || given.EN != "" {
			*into = given
		}
		if into.ZH == "" && into.EN == "" {
			*into = audit.Text{ZH: guess, EN: guess}
			d.note(key, "Decide: %s", what)
		}
		switch {
		case into.ZH == "":
			into.ZH = into.EN
		case into.EN == "":
			into.EN = into.ZH
		}
	}
	fill("name", &k.Name, d.opt.Name, k.ID, "the name in both languages, as the vendor writes it.")
	fill("vendor", &k.Vendor, d.opt.Vendor, turned(org), "the company that offers it, in both languages.")
	if d.opt.Country != "" {
		k.Country = d.opt.Country
	}
	if d.opt.Category != "" {
		k.Category = d.opt.Category
	}
	if k.Category == "" {
		k.Category = "utility"
		d.note("category", "Decide: the category (%s).", strings.Join(rules.Categories(), " "))
	}
	d.aliases()
}

// turned writes an organisation as its domain.
func turned(org string) string {
	segs := strings.Split(org, ".")
	slices.Reverse(segs)
	return strings.Join(segs, ".")
}

// aliases proposes the names under which policies may list the SDK, those that
// are free.
func (d *drafter) aliases() {
	k := &d.draft.SDK
	if d.self != nil {
		return
	}
	owned := map[string]bool{}
	for _, o := range d.r.set.SDKs {
		for _, a := range slices.Concat(o.Aliases, o.EntryNames) {
			owned[rules.FoldName(a)] = true
		}
	}
	pkg := k.Match.Packages[0]
	if org := behavior.Organisation(pkg); len(k.Match.Packages) > 2 && !d.taken(org) {
		pkg = org
	}
	for _, a := range []string{k.Name.ZH, k.Name.EN, pkg} {
		if f := rules.FoldName(a); f != "" && !owned[f] {
			owned[f] = true
			k.Aliases = append(k.Aliases, a)
		}
	}
	if !k.Neutral {
		d.note("aliases", "Decide: the names as policies write them; each alone must name this SDK in running text.")
	}
	for _, a := range d.artifacts {
		kind, rest, _ := strings.Cut(a.name, ":")
		parts := strings.Split(rest, ":")
		switch {
		case kind == "mvn" && len(parts) >= 2:
			k.Maven = add(k.Maven, parts[0]+":"+parts[1])
		case kind == "npm":
			if at := strings.LastIndexByte(parts[0], '@'); at > 0 {
				k.NPM = add(k.NPM, parts[0][:at])
			}
		}
	}
}

func add(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// proof names an artifact with what it defines.
func (d *drafter) proof(a *artifact) string {
	m := &d.draft.SDK.Match
	return fmt.Sprintf("artifact: %s sha256 %s (classes: %s)", a.name, a.sha256, counted(a.each(slices.Concat(m.Packages, m.Supporting))))
}

// each counts the classes of each prefix, without those of a longer one.
func (a *artifact) each(prefixes []string) map[string]int {
	out := map[string]int{}
	for pkg, c := range a.packages {
		longest := ""
		for _, p := range prefixes {
			if under(pkg, p) && len(p) > len(longest) {
				longest = p
			}
		}
		if longest != "" && c.classes > 0 {
			out[longest] += c.classes
		}
	}
	return out
}

// clone copies a signature, so that drafting does not change the set.
func clone(k *rules.SDK) rules.SDK {
	c := *k
	m := &c.Match
	for _, list := range []*[]string{&c.Aliases, &c.Domains, &c.Maven, &c.NPM, &c.Version, &c.Proof,
		&m.Packages, &m.Supporting, &m.Components, &m.MetaData, &m.NativeLibs, &m.Assets, &m.Permissions, &m.Actions} {
		*list = slices.Clone(*list)
	}
	m.Ships, c.Hit, c.Miss = slices.Clone(m.Ships), slices.Clone(c.Hit), slices.Clone(c.Miss)
	return c
}

// below counts the classes under a prefix.
func (a *artifact) below(prefix string) int {
	n := 0
	for pkg, c := range a.packages {
		if under(pkg, prefix) {
			n += c.classes
		}
	}
	return n
}
