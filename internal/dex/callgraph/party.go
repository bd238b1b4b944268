package callgraph

import (
	"bytes"
	"runtime"
	"slices"
	"strings"

	"apkaudit/internal/bounded"
)

// Parties says whose code each class is: of names the party of a class by its
// descriptor, the same for all classes of one package, "" for the app's own.
//
// With it, a call of what the platform calls too, such as Runnable.run, leads only to
// objects that the party which makes the call can have: those that its own code creates,
// and those that come to it as an argument or a result, see escape. Without, it leads to
// every created object of the app, so that the queue of one library seems to run the
// tasks of all others. It must be called before Reach and not beside it.
func (g *Graph) Parties(of func(class string) string) {
	p := &parties{of: make([]int32, g.classes.defined), own: noParty}
	byPackage, byName := map[string]int32{}, map[string]int32{}
	for c, name := range g.classes.names[:g.classes.defined] {
		if name == "" {
			p.of[c] = noParty // a lambda is of the party that makes it, see ownLambdas
			continue
		}
		pkg := name[:strings.LastIndexByte(name, '/')+1]
		n, ok := byPackage[pkg]
		if !ok {
			party := of(name)
			if n, ok = byName[party]; !ok {
				n = min(int32(len(byName)), maxParties-1)
				byName[party] = n
				if party == "" {
					p.own = n
				}
			}
			byPackage[pkg] = n
		}
		p.of[c] = n
	}
	p.count = min(len(byName), maxParties)
	g.parties = p
	g.escape()
}

// maxParties bounds the parties that are told apart; those beyond it count as one. Real
// apps have up to two hundred.
const maxParties = 1 << 10

const noParty int32 = -1

// parties says which objects come to which party, of classes that receive tasks: calls of
// what a class of the platform lists as a call-back.
type parties struct {
	of      []int32 // by class of the app
	own     int32   // the app's own
	count   int
	tracked []bool // by class: it receives tasks
	above   []bool // by class: a tracked one is below it, or itself is
	words   int
	row     []int32  // by class of the app: its row of holding, -1 where it is not tracked
	holding partySet // for each tracked class the parties that can have objects of it
	all     bool     // there are more ways than are followed: every party can have everything
}

// can tells whether a party can have an object of a class that the app's code creates.
func (p *parties) can(party, c int32) bool {
	return p == nil || p.all || party == noParty || p.row[c] < 0 || p.holders(c).has(party)
}

// holders are the parties that can have an object of a tracked class.
func (p *parties) holders(c int32) partySet { return p.holding[int(p.row[c])*p.words:][:p.words] }

// partySet has a bit for each party.
type partySet []uint64

func (s partySet) has(party int32) bool {
	return party >= 0 && len(s) > 0 && s[party/64]>>(party%64)&1 != 0
}

func (s partySet) add(party int32) {
	if party >= 0 && len(s) > 0 {
		s[party/64] |= 1 << (party % 64)
	}
}

// meets tells whether two sets have a party in common.
func (s partySet) meets(other partySet) bool {
	for i, w := range s {
		if w&other[i] != 0 {
			return true
		}
	}
	return false
}

// partyOf is the party of a class of the app.
func (g *Graph) partyOf(c int32) int32 {
	if g.parties == nil {
		return noParty
	}
	return g.parties.of[c]
}

// isForeign tells whether a party is a library to which objects of a class are handed from
// without.
func (p *parties) isForeign(party, c int32) bool {
	return p != nil && party != p.own && party != p.of[c]
}

// give notes that a party can have objects of a class, and tells whether that is new.
func (p *parties) give(party, c int32) bool {
	if p.can(party, c) {
		return false
	}
	p.holders(c).add(party)
	return true
}

// flow is a way by which objects of a type come from one party to another.
type flow struct{ from, to, typ int32 }

// holding says that a party has objects of a class.
type holding struct{ party, class int32 }

// crossings are the ways between parties that a part of the code makes.
type crossings struct {
	flows map[flow]bool
	holds map[holding]bool
	seen  map[uint64]bool // calls that were looked at, by file, party and method_ids
	local []int32         // tracked classes of the objects that the method at hand creates
	steps int64           // ways that were looked at, whether or not they are new
}

// maxCrossFactor bounds the ways between parties: for each edge of the graph so many. Real
// apps have less than one.
const maxCrossFactor = 4

// escape finds which objects come to which party. It is one set for each party (rapid
// type analysis with types at the border):
//
//   - a party has what its code creates, its own classes, and the objects of classes
//     below its own, on which its inherited methods run;
//   - where its code calls a method of another party, all that it has and that fits the
//     type of a parameter goes there, and what fits the type of the result comes back;
//     the same holds where a class overrides a method of another party;
//   - as Object, or in an array or a collection, only what the calling method itself
//     creates goes there, since nearly everything fits.
//
// Fields of other parties' objects and what is stored in the platform are not followed.
func (g *Graph) escape() {
	g.track(g.parties)
	parts := make([]crossings, runtime.GOMAXPROCS(0))
	limit := maxCrossFactor * int64(g.size())
	borders := make([][]border, len(g.files))
	bounded.Parallel(len(g.files), func(i int) { borders[i] = g.borders(g.files[i]) })
	g.ownLambdas()
	bounded.Parallel(len(parts), func(i int) {
		x := &parts[i]
		*x = crossings{flows: map[flow]bool{}, holds: map[holding]bool{}, seen: map[uint64]bool{}}
		from, to := i*len(g.nodes)/len(parts), (i+1)*len(g.nodes)/len(parts)
		for n := from; n < to && x.steps <= limit; n++ {
			g.crossing(Node(n), borders[g.nodes[n].file], x, limit)
		}
		seen := newMarks(len(g.classes.names))
		from, to = i*int(g.classes.defined)/len(parts), (i+1)*int(g.classes.defined)/len(parts)
		for c := from; c < to && x.steps <= limit; c++ {
			g.overriding(int32(c), borders, seen, x, limit)
		}
	})
	for i := range parts {
		limit -= parts[i].steps
	}
	if g.parties.all = limit < 0; !g.parties.all { // only hostile files have more ways
		g.spread(parts)
	}
}

// isTask tells whether a method of a class that the app does not define is one that the
// platform may call. Such methods are reached from where an object is created, too, wherever
// that is enough, so that objects which come to a party unseen are doubtful at worst.
func (g *Graph) isTask(c int32, name, params string, seen *marks) bool {
	if !g.platform.CallbackName(name) {
		return false
	}
	found := g.platform.Callback(g.classes.names[c], name, params)
	g.classes.ancestors(c, seen, func(a int32) {
		found = found || g.platform.Callback(g.classes.names[a], name, params)
	})
	return found
}

// track finds the classes that receive calls of tasks.
func (g *Graph) track(p *parties) {
	called := make([]bool, len(g.classes.names))
	for i := range g.dispatches {
		if d := &g.dispatches[i]; d.task != noTask {
			called[d.class] = true
		}
	}
	p.tracked, p.above = make([]bool, g.classes.defined), make([]bool, len(g.classes.names))
	p.row = make([]int32, g.classes.defined)
	seen, rows := newMarks(len(g.classes.names)), 0
	for c := range g.classes.defined {
		p.row[c] = -1
		g.classes.ancestors(c, seen, func(a int32) { p.tracked[c] = p.tracked[c] || called[a] })
		if !p.tracked[c] {
			continue
		}
		p.row[c] = int32(rows)
		rows++
		p.above[c] = true
		g.classes.ancestors(c, seen, func(a int32) { p.above[a] = true })
	}
	p.words = (p.count + 63) / 64
	p.holding = make(partySet, rows*p.words)
}

// ownLambdas gives the class of each lambda to the party that makes it.
func (g *Graph) ownLambdas() {
	if len(g.lambdas) == 0 {
		return
	}
	for n := range g.nodes {
		x := &g.nodes[n]
		f := g.files[x.file]
		for _, e := range x.edges {
			if e.kind() != callSite {
				continue
			}
			if c := f.lambdas[e.index()]; c >= 0 && g.parties.of[c] == noParty {
				g.parties.of[c] = g.parties.of[x.class]
			}
		}
	}
}

// border is what a method reference lets through, nil for nothing: to the party of the
// class that it names and to that of the method which it finds there.
type border struct {
	to [2]int32
	*passage
}

// passage is what a prototype lets through.
type passage struct {
	params []int32 // classes of parameters below which tracked ones are
	result int32   // the same of the result, noClass for another
	opaque bool    // a parameter that may hold anything
}

// borders lists by method_ids what each reference of a file lets through.
func (g *Graph) borders(f *file) []border {
	protos := make([]*passage, f.d.NumProtos())
	for i := range protos {
		protos[i] = g.passage(f, uint32(i))
	}
	out := make([]border, f.d.NumMethods())
	for i := range out {
		b := &out[i]
		b.to = [2]int32{noParty, noParty}
		m, ok := f.d.Method(uint32(i))
		if !ok || int(m.Class) >= len(f.types) || int(m.Proto) >= len(protos) {
			continue
		}
		b.passage = protos[m.Proto]
		if c := f.types[m.Class]; c >= 0 {
			b.to[0] = g.parties.of[c]
		}
		if n := f.exact[i]; n != None && g.parties.of[g.nodes[n].class] != b.to[0] {
			b.to[1] = g.parties.of[g.nodes[n].class]
		}
	}
	return out
}

func (g *Graph) passage(f *file, proto uint32) *passage {
	p, ok := f.d.Proto(proto)
	if !ok {
		return nil
	}
	b := passage{result: g.tracking(f, p.Return)}
	for k := range p.Params.Len() {
		if c := g.tracking(f, p.Params.At(k)); c >= 0 {
			b.params = append(b.params, c)
		} else {
			b.opaque = b.opaque || isOpaque(f.d.TypeBytes(p.Params.At(k)))
		}
	}
	if len(b.params) == 0 && b.result < 0 && !b.opaque {
		return nil
	}
	return &b
}

// tracking is the class of a type of a file, noClass where no tracked class is below it.
func (g *Graph) tracking(f *file, typ uint32) int32 {
	if int(typ) >= len(f.types) {
		return noClass
	}
	c := f.types[typ]
	if c < 0 {
		c = f.above[typ]
	}
	if c < 0 || !g.parties.above[c] {
		return noClass
	}
	return c
}

// isOpaque tells of a type whose values may hold objects of any class.
func isOpaque(desc []byte) bool {
	return string(desc) == objectClass || bytes.HasPrefix(desc, []byte("Ljava/util/")) || bytes.HasPrefix(desc, []byte("[L")) || bytes.HasPrefix(desc, []byte("[["))
}

// crossing adds what one method creates and lets through to other parties, until the limit
// of steps.
func (g *Graph) crossing(n Node, borders []border, x *crossings, limit int64) {
	m := &g.nodes[n]
	f := g.files[m.file]
	party := g.parties.of[m.class]
	x.local = x.local[:0]
	for _, e := range m.edges {
		c := noClass
		switch e.kind() {
		case createType:
			c = f.types[e.index()]
		case callSite:
			c = f.lambdas[e.index()]
		}
		if c >= 0 && g.parties.tracked[c] {
			x.local = append(x.local, c)
			x.holds[holding{party, c}] = true
		}
	}
	for _, e := range m.edges {
		switch {
		case x.steps > limit:
			return
		case e.kind() <= callVirtual:
			if b := &borders[e.index()]; b.passage != nil {
				g.through(b, party, uint64(m.file)<<48|uint64(uint32(party))<<32|uint64(e.index()), x)
			}
		case e.kind() == touchType:
			if c := f.types[e.index()]; c >= 0 && g.parties.of[c] != party {
				x.hold(g.parties.of[c], party)
				g.initial(c, party, x)
			}
		}
	}
}

// through adds what a call of a party lets through; call names both.
func (g *Graph) through(b *border, party int32, call uint64, x *crossings) {
	if !b.crosses(party) {
		return
	}
	known := x.seen[call]
	x.seen[call] = true
	for _, to := range b.to {
		if to == noParty || to == party {
			continue
		}
		if b.opaque {
			x.hold(to, party)
		}
		x.pass(b.passage, party, to, !known)
	}
}

// crosses tells whether a call by a party leads to another.
func (b *border) crosses(party int32) bool {
	return b.to[0] != noParty && b.to[0] != party || b.to[1] != noParty && b.to[1] != party
}

// pass adds what a passage lets through from a caller to the party that it calls. Steps
// are counted for what is known too, so that their sum does not depend on who does what.
func (x *crossings) pass(p *passage, caller, to int32, add bool) {
	x.steps += int64(1 + len(p.params))
	if !add {
		return
	}
	for _, t := range p.params {
		x.flows[flow{caller, to, t}] = true
	}
	if p.result >= 0 {
		x.flows[flow{to, caller, p.result}] = true
	}
}

// hold gives what the method at hand creates to another party.
func (x *crossings) hold(to, party int32) {
	x.steps += int64(len(x.local))
	for _, c := range x.local {
		if to != party && to != noParty {
			x.holds[holding{to, c}] = true
		}
	}
}

// initial gives a party that touches a static field of a class what the initialiser of
// the class creates, which is where such fields get their values.
func (g *Graph) initial(c, party int32, x *crossings) {
	n := g.classes.clinit[c]
	if n == None {
		return
	}
	f := g.files[g.nodes[n].file]
	x.steps += int64(len(g.nodes[n].edges))
	for _, e := range g.nodes[n].edges {
		if e.kind() != createType {
			continue
		}
		if made := f.types[e.index()]; made >= 0 && g.parties.tracked[made] {
			x.holds[holding{party, made}] = true
		}
	}
}

// overriding adds what comes through the methods of a class that others call by a class
// of their own above it, and the object itself, on which inherited methods run.
func (g *Graph) overriding(c int32, borders [][]border, seen *marks, x *crossings, limit int64) {
	party := g.parties.of[c]
	if party == noParty {
		return
	}
	if g.parties.tracked[c] {
		g.classes.chain(c, func(a int32) bool {
			x.holds[holding{g.parties.of[a], c}] = true
			return true
		})
	}
	var others []int32
	g.classes.ancestors(c, seen, func(a int32) {
		if !g.classes.isDefined(a) {
			return
		}
		if of := g.parties.of[a]; of != party && of != noParty && !slices.Contains(others, of) {
			others = append(others, of)
		}
	})
	for _, other := range others {
		for n := g.first[c]; n < g.first[c+1] && x.steps <= limit; n++ {
			m := &g.nodes[n]
			if b := borders[m.file][m.method].passage; b != nil {
				x.pass(b, other, party, true)
			}
		}
	}
}

// spread follows the flows until nothing new comes to any party.
func (g *Graph) spread(parts []crossings) {
	p := g.parties
	to := map[holding][]int32{} // by party and type: where it flows
	told := map[flow]bool{}
	var queue []holding
	for _, x := range parts {
		for f := range x.flows {
			if !told[f] {
				told[f] = true
				to[holding{f.from, f.typ}] = append(to[holding{f.from, f.typ}], f.to)
			}
		}
		for h := range x.holds {
			if p.give(h.party, h.class) {
				queue = append(queue, h)
			}
		}
	}
	types := make([]bool, len(g.classes.names)) // that occur in a flow
	for f := range told {
		types[f.typ] = true
	}
	seen := newMarks(len(g.classes.names))
	up := make([][]int32, g.classes.defined)
	work := maxSpreadFactor * int64(g.size())
	for len(queue) > 0 {
		h := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if up[h.class] == nil {
			up[h.class] = g.flowing(h.class, types, seen)
		}
		for _, t := range up[h.class] {
			for _, next := range to[holding{h.party, t}] {
				work--
				if p.give(next, h.class) {
					queue = append(queue, holding{next, h.class})
				}
			}
		}
		if work -= int64(1+len(up[h.class])) + seen.steps; work < 0 {
			p.all = true // nobody but hostile files gets here
			return
		}
		seen.steps = 0
	}
}

// maxSpreadFactor bounds spreading: for each edge of the graph so many steps.
const maxSpreadFactor = 16

// flowing lists the types of flows that a class fits.
func (g *Graph) flowing(c int32, types []bool, seen *marks) []int32 {
	out := []int32{}
	if types[c] {
		out = append(out, c)
	}
	g.classes.ancestors(c, seen, func(a int32) {
		if types[a] {
			out = append(out, a)
		}
	})
	return out
}
