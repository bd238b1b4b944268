package behavior_test

import (
	"archive/zip"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
	"apkaudit/internal/dex"
	"apkaudit/internal/rules"
)

// TestOwnersByJar counts how many sites of an app of real SDK archives are given to the
// right party: by the nearest owner of the class in which they stand, and after
// going up through neutral libraries. It wants $APKAUDIT_OWNERS, an APK and its truth
// parted by a blank (see testdata/corpus/owners.sh); lines of the truth are "DEX file
// or dotted class, ids", parted by a tab, the ids that own its classes by commas.
//
// The truth for the code of an archive is the SDK that publishes it, and those whose
// classes are known to lie in it. A site in the archive of a neutral library belongs
// to any archive of another party from which its method is called through methods of
// neutral archives only; a library inside another's archive is taken as one. Calls are
// taken from the instructions by the class hierarchy alone, with the creation of an
// object as a call of what the platform calls on it: wider than the call graph of a
// scan, and independent of it. Where no such archive is, the site remains with the
// library.
func TestOwnersByJar(t *testing.T) {
	args := strings.Fields(os.Getenv("APKAUDIT_OWNERS"))
	if len(args) != 2 {
		t.Skip("set APKAUDIT_OWNERS to an APK and its truth")
	}
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, args[0], readOwnerTruth(t, args[1]), set)
	res := observeFile(t, behavior.New(set), args[0])
	w.packages = res.Behavior.Packages
	nearest, climbed, library := &ownerTally{}, &ownerTally{}, &ownerTally{}
	for _, u := range res.Sites {
		if u.Via != audit.ViaCall && u.Via != audit.ViaField || u.Nested != "" {
			continue
		}
		class, _, _ := strings.Cut(u.Examples[0].Caller, "->")
		own := w.owners(class)
		if own == nil {
			continue // no archive's
		}
		near := partyByPrefix(res.Behavior.Packages, class)
		nearest.add(own, near, class, "")
		if !w.neutral(class) {
			climbed.add(own, u.Party, class, "")
			continue
		}
		want := w.callersOf(u.Examples[0].Caller)
		if len(want) == 0 {
			want = own
		}
		library.add(want, u.Party, class, strings.Join(u.Examples[0].Chain, " > "))
		climbed.add(want, u.Party, class, strings.Join(u.Examples[0].Chain, " > "))
	}
	if nearest.all == 0 {
		t.Fatal("no site has a truth")
	}
	t.Logf("nearest owner of the caller class:    %s", share(nearest.right, nearest.all))
	t.Logf("after going up through libraries:     %s", share(climbed.right, climbed.all))
	t.Logf("of these, sites in neutral libraries: %s", share(library.right, library.all))
	t.Logf("wrong by the nearest owner:\n%s", nearest)
	t.Logf("wrong after going up:\n%s", climbed)
}

// ownerTally counts answers and keeps the wrong ones.
type ownerTally struct {
	all, right int
	wrong      map[string]int
}

func (o *ownerTally) add(want []string, party, class, chain string) {
	o.all++
	if slices.Contains(want, bareParty(party)) {
		o.right++
		return
	}
	if o.wrong == nil {
		o.wrong = map[string]int{}
	}
	const most = 6
	if len(want) > most {
		want = append(slices.Clone(want[:most]), "…")
	}
	o.wrong[fmt.Sprintf("%s, not %s: %s %s", party, strings.Join(want, "/"), behaviorPackage(class), chain)]++
}

func (o *ownerTally) String() string {
	var b strings.Builder
	for _, k := range slices.SortedFunc(maps.Keys(o.wrong), func(x, y string) int {
		if n := o.wrong[y] - o.wrong[x]; n != 0 {
			return n
		}
		return strings.Compare(x, y)
	}) {
		fmt.Fprintf(&b, "%5d  %s\n", o.wrong[k], k)
	}
	return b.String()
}

// bareParty is a party without its kind.
func bareParty(party string) string {
	if _, id, ok := strings.Cut(party, ":"); ok && audit.PartyKind(party) != audit.PrefixUnknown {
		return id
	}
	return party
}

// behaviorPackage is the dotted package of a class descriptor.
func behaviorPackage(class string) string {
	name := strings.ReplaceAll(strings.Trim(class, "L;"), "/", ".")
	return name[:max(strings.LastIndexByte(name, '.'), 0)]
}

// partyByPrefix finds who owns a class by the longest listed prefix.
func partyByPrefix(packages []audit.Package, class string) string {
	pkg, best := behaviorPackage(class), audit.Package{}
	for _, p := range packages {
		if (pkg == p.Prefix || strings.HasPrefix(pkg, p.Prefix+".")) && len(p.Prefix) > len(best.Prefix) {
			best = p
		}
	}
	return best.Party
}

// readOwnerTruth maps DEX files or dotted classes to the ids that own them.
func readOwnerTruth(t *testing.T, path string) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for line := range strings.Lines(string(data)) {
		of, ids, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			t.Fatalf("%s: %q has no two columns", path, line)
		}
		out[of] = strings.Split(ids, ",")
	}
	return out
}

// world is what the instructions of an app say of who calls what, by class
// hierarchy.
type world struct {
	truth    map[string][]string
	isLib    map[string]bool     // ids of neutral libraries
	packages []audit.Package     // as the scan lists them, for libraries inside other archives
	classes  map[string]*ownedAt // by descriptor
	below    map[string][]string // direct subtypes that the app defines
	calls    map[string][]edgeTo // by "name(params)ret": who calls it, on which receiver
	creators map[string][]string // by class: methods that create an object of it or name it statically
}

type ownedAt struct {
	dex    string
	supers []string // superclass and interfaces
}

type edgeTo struct{ receiver, caller string }

func newWorld(t *testing.T, apk string, truth map[string][]string, set *rules.Set) *world {
	t.Helper()
	w := &world{truth: truth, isLib: map[string]bool{}, classes: map[string]*ownedAt{}, below: map[string][]string{},
		calls: map[string][]edgeTo{}, creators: map[string][]string{}}
	for i := range set.SDKs {
		if set.SDKs[i].Neutral {
			w.isLib[set.SDKs[i].ID] = true
		}
	}
	z, err := zip.OpenReader(apk)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, e := range z.File {
		if !dexEntry.MatchString(e.Name) {
			continue
		}
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		files, err := dex.ParseAll(e.Name, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			w.read(t, e.Name, f)
		}
	}
	return w
}

func (w *world) read(t *testing.T, entry string, f *dex.File) {
	t.Helper()
	for i := range f.NumClasses() {
		c := f.Class(i)
		at := &ownedAt{dex: entry}
		if c.Super != dex.NoIndex {
			at.supers = append(at.supers, f.TypeDescriptor(c.Super))
		}
		list := f.Interfaces(i)
		for k := range list.Len() {
			at.supers = append(at.supers, f.TypeDescriptor(uint32(list.At(k))))
		}
		name := f.TypeDescriptor(c.Type)
		if w.classes[name] != nil {
			continue
		}
		w.classes[name] = at
		for _, s := range at.supers {
			w.below[s] = append(w.below[s], name)
		}
	}
	err := f.WalkCode(func(_ int, method uint32, code *dex.Code) error {
		caller, ins := f.MethodDescriptor(method), code.Insns()
		for _, p := range code.Refs() {
			op, index := ins.Op(int(p)), ins.Index(int(p))
			switch {
			case op.Ref() == dex.RefMethod:
				class, member, _ := strings.Cut(f.MethodDescriptor(index), "->")
				w.calls[member] = append(w.calls[member], edgeTo{class, caller})
				if op.IsStaticInvoke() {
					w.creators[class] = append(w.creators[class], caller)
				}
			case op == dex.OpNewInstance:
				class := f.TypeDescriptor(index)
				w.creators[class] = append(w.creators[class], caller)
			case op.Ref() == dex.RefField && op >= dex.OpSGet:
				class, _, _ := strings.Cut(f.FieldDescriptor(index), "->")
				w.creators[class] = append(w.creators[class], caller)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// owners are the ids that own a class, nil where the truth has none.
func (w *world) owners(class string) []string {
	at := w.classes[class]
	if at == nil {
		return nil
	}
	if ids := w.truth[at.dex]; ids != nil {
		return ids
	}
	return w.truth[strings.ReplaceAll(strings.Trim(class, "L;"), "/", ".")]
}

// neutral tells whether a class is of a neutral library: the publisher of its archive
// is one, or one of those in it has the class by its name.
func (w *world) neutral(class string) bool {
	own := w.owners(class)
	if own == nil || w.isLib[own[0]] {
		return own != nil
	}
	named := partyByPrefix(w.packages, class)
	return audit.PartyKind(named) == audit.PrefixLibrary && slices.Contains(own, bareParty(named))
}

// callersOf lists the parties of the archives that reach a method through neutral
// archives only.
func (w *world) callersOf(method string) []string {
	seen, queue := map[string]bool{method: true}, []string{method}
	found := map[string]bool{}
	for len(queue) > 0 {
		m := queue[0]
		queue = queue[1:]
		for _, up := range w.mayCall(m) {
			if seen[up] {
				continue
			}
			seen[up] = true
			class, _, _ := strings.Cut(up, "->")
			switch own := w.owners(class); {
			case own == nil:
			case w.neutral(class):
				queue = append(queue, up)
			default:
				for _, id := range own {
					found[id] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// mayCall lists the methods that may call one.
func (w *world) mayCall(method string) []string {
	class, member, _ := strings.Cut(method, "->")
	var out []string
	related := w.related(class)
	for _, e := range w.calls[member] {
		if related[e.receiver] {
			out = append(out, e.caller)
		}
	}
	if len(out) == 0 || strings.HasPrefix(member, "<clinit>") {
		out = append(out, w.creators[class]...)
	}
	return out
}

// related are the classes of the app above and below a class, and itself: receivers
// on which a call may run its methods.
func (w *world) related(class string) map[string]bool {
	out := map[string]bool{class: true}
	for up := []string{class}; len(up) > 0; {
		c := w.classes[up[0]]
		up = up[1:]
		if c == nil {
			continue
		}
		for _, s := range c.supers {
			if w.classes[s] != nil && !out[s] {
				out[s] = true
				up = append(up, s)
			}
		}
	}
	for down := []string{class}; len(down) > 0; down = down[1:] {
		for _, s := range w.below[down[0]] {
			if !out[s] {
				out[s] = true
				down = append(down, s)
			}
		}
	}
	return out
}
