package callgraph

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// Doubt says why it is not certain that a method runs.
type Doubt uint8

// Doubts, in no order.
const (
	NoDoubt       Doubt = iota
	StoredFlag          // behind a branch of level Doubtful
	Reflection          // found by its name
	ManyReceivers       // one of so many possible receivers that it says nothing
	Native              // native code may call it
	NotHandedOn         // an object is created, whether it is run is not seen
	OtherStart          // an entry point that something unknown may use
)

// Mode says which ways are followed.
type Mode struct {
	// Level is the highest level of instructions that are followed.
	Level Level
	// Created follows the call-backs of every object that is created as certain, and
	// classes and methods that are found by constant names; else only what hands the
	// object on counts, and names are doubtful.
	Created bool
	// UserActions follows what runs only after the user did something.
	UserActions bool
	// Doubtful follows ways that are not certain, each with its doubt.
	Doubtful bool
	// Narrow leaves out calls that have more possible receivers in it than
	// MaxReceivers; nil leaves out none.
	Narrow *Reach
	// Work bounds the walk: for each edge of the graph so many steps. 0 is DefaultWork.
	Work int
}

// MaxReceivers is how many classes may receive one call that is still evidence for
// each of them. Calls through Runnable.run of an executor have hundreds.
const MaxReceivers = 8

// maxReceiverSteps bounds the classes looked at to count the receivers of one call. One for
// which they do not suffice counts as one of more than MaxReceivers: what it leads to is
// then doubtful for that reason, and reports say so.
const maxReceiverSteps = 1 << 16

// Root is where a walk begins.
type Root struct {
	Node  Node
	Doubt Doubt
}

// Reach is what is reached from some roots. It is not changed once made.
type Reach struct {
	g    *Graph
	mode Mode

	from  []Node  // by node: whence it was reached first, itself for roots, None
	doubt []Doubt // by node

	created   []bool       // by class of the app
	free      []bool       // by class of the app: the platform creates objects of it, which anybody may have
	maker     []Node       // by class of the app: the method that first creates an object
	subs      [][]int32    // by class: created classes below it or itself
	callers   []Node       // by dispatch: the method that first makes the call
	why       []Doubt      // by dispatch: what stands before that call
	tasks     [][]taskCall // by number of the task: the first call of each party, instead of callers and why
	callersOf []uint64     // by number of the task: bits of the parties that call it
	seen      *marks
	// What was found of the method at hand.
	texts     map[string]bool // that it holds, of textsIn
	textsIn   Node
	objects   []int32 // classes of the objects that it creates, of objectsIn
	objectsIn Node

	known    [][]Node // by dispatch: what it may run, once asked for
	many     []bool   // by dispatch, the same: not all of that is known, or it is too much
	queue    []Node
	edge     func(to Node) // takes what a method calls instead of reaching it, see Callers
	work     int64
	exceeded bool
}

// DefaultWork is how many steps a walk takes for each edge of the graph. Real apps
// need two or three; only code made for it has thousands of classes that receive
// thousands of calls.
const DefaultWork = 64

// Reach follows all ways from roots.
func (g *Graph) Reach(ctx context.Context, roots []Root, mode Mode) (*Reach, error) {
	r := &Reach{g: g, mode: mode, from: make([]Node, len(g.nodes)), doubt: make([]Doubt, len(g.nodes)),
		created: make([]bool, g.classes.defined), free: make([]bool, g.classes.defined), maker: make([]Node, g.classes.defined),
		tasks: make([][]taskCall, g.tasks), subs: make([][]int32, len(g.classes.names)),
		callers: make([]Node, len(g.dispatches)), why: make([]Doubt, len(g.dispatches)), seen: newMarks(len(g.classes.names))}
	for i := range r.from {
		r.from[i] = None
	}
	for i := range r.callers {
		r.callers[i] = None
	}
	r.work = r.allowance()
	for _, root := range roots {
		if root.Node == None || g.user[root.Node] && !mode.UserActions {
			continue
		}
		r.visit(root.Node, root.Node, root.Doubt)
		r.release(g.nodes[root.Node].class, root.Node, root.Doubt)
	}
	for i := 0; i < len(r.queue); i++ {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if r.work < 0 {
			r.exceeded = true
			break
		}
		r.expand(r.queue[i])
	}
	r.queue = nil
	return r, ctx.Err()
}

// allowance is how many steps one walk may take.
func (r *Reach) allowance() int64 { return int64(cmp.Or(r.mode.Work, DefaultWork)) * int64(r.g.size()) }

// size counts nodes and edges.
func (g *Graph) size() int {
	n := len(g.nodes) + 1<<16
	for _, f := range g.files {
		n += len(f.code.edges)
	}
	return n
}

// Exceeded tells whether a walk ended at its limit: what was not reached may be
// reached all the same.
func (r *Reach) Exceeded() bool { return r.exceeded }

// Has tells whether a method is reached.
func (r *Reach) Has(n Node) bool { return n != None && r.from[n] != None }

// Doubt is what stands between the roots and a reached method.
func (r *Reach) Doubt(n Node) Doubt { return r.doubt[n] }

// Path lists the methods from a root to n, both included; nil where n is not
// reached.
func (r *Reach) Path(n Node) []Node {
	if !r.Has(n) {
		return nil
	}
	path := []Node{n}
	for r.from[n] != n {
		n = r.from[n]
		path = append(path, n)
	}
	slices.Reverse(path)
	return path
}

// visit reaches a method, and with it the initialiser of its class.
func (r *Reach) visit(n, from Node, d Doubt) {
	r.work--
	if r.edge != nil {
		r.edge(n)
		return
	}
	if r.from[n] != None {
		return
	}
	if d == NoDoubt && n != from {
		d = r.doubt[from]
	}
	r.from[n], r.doubt[n] = from, d
	r.queue = append(r.queue, n)
	r.initialise(r.g.nodes[n].class, n, d)
}

// event reaches a method that whoever has the object calls, but not one that only the
// user sets off.
func (r *Reach) event(n, from Node, d Doubt) {
	if r.mode.UserActions || !r.g.user[n] || r.edge != nil {
		r.visit(n, from, d)
	}
}

// initialise reaches the static initialisers of a class and those above it.
func (r *Reach) initialise(c int32, from Node, d Doubt) {
	r.g.classes.chain(c, func(c int32) bool {
		if n := r.g.classes.clinit[c]; n != None && r.from[n] == None && r.edge == nil {
			r.visit(n, from, d)
		}
		return true
	})
}

// create notes that an object of a class exists, which from now on receives calls.
func (r *Reach) create(c int32, from Node, d Doubt) {
	if !r.g.classes.isDefined(c) || r.created[c] || r.edge != nil {
		return
	}
	r.created[c], r.maker[c] = true, from
	receive := func(a int32) {
		r.subs[a] = append(r.subs[a], c)
		for _, k := range r.g.byClass[a] {
			r.receiveAll(k, c)
		}
	}
	above := make([]int32, 0, 16)
	r.g.classes.ancestors(c, r.seen, func(a int32) { above = append(above, a) })
	receive(c)
	for _, a := range above {
		receive(a)
	}
	r.initialise(c, from, d)
}

// release notes that the platform creates an object of a class, which may be with any
// party.
func (r *Reach) release(c int32, from Node, d Doubt) {
	if !r.g.classes.isDefined(c) || r.free[c] || r.edge != nil {
		return
	}
	r.free[c] = true
	if !r.created[c] {
		r.create(c, from, d)
		return
	}
	var above []int32
	r.g.classes.ancestors(c, r.seen, func(a int32) { above = append(above, a) })
	for _, a := range above {
		for _, k := range r.g.byClass[a] {
			r.receiveAll(k, c)
		}
	}
}

// receiveAll reaches what an object of class c runs for the calls that were met of
// dispatch k. Of several parties that call the same task and can have the object, the
// first counts: it runs the same for each.
func (r *Reach) receiveAll(k, c int32) {
	t := r.g.dispatches[k].task
	if t == noTask {
		if r.callers[k] != None {
			r.receive(k, c, r.callers[k], r.why[k])
		}
		return
	}
	for i := range r.tasks[t] {
		if r.work--; r.has(r.tasks[t][i].party, c) {
			r.receiveTask(k, c, &r.tasks[t][i])
			return
		}
	}
}

// taskCall is the first call of a task that a party makes.
type taskCall struct {
	party int32
	from  Node
	why   Doubt
}

// receiveTask reaches what an object of class c runs for a call of a task. Where the
// caller is a library and the class of another party, the way leads from where the object
// was created: a queue calls whatever it was given, and who gave it is what a reader asks.
func (r *Reach) receiveTask(k, c int32, call *taskCall) {
	from, d := call.from, call.why
	if r.g.parties.isForeign(call.party, c) && r.maker[c] != from {
		if d == NoDoubt {
			d = r.doubt[from]
		}
		from = r.maker[c]
	}
	r.receive(k, c, from, d)
}

// has tells whether a party can have an object of a class.
func (r *Reach) has(party, c int32) bool { return r.free[c] || r.g.parties.can(party, c) }

// receive reaches what an object of class c runs for dispatch k.
func (r *Reach) receive(k, c int32, from Node, d Doubt) {
	if r.work--; r.work < 0 {
		r.exceeded = true
		return
	}
	before := r.seen.steps
	r.g.receives(c, &r.g.dispatches[k], r.seen, func(n Node) { r.event(n, from, d) })
	r.work -= r.seen.steps - before // a tower of interfaces above one class costs as much as many classes
}

// receives visits what an object of class c runs for a dispatch.
func (g *Graph) receives(c int32, d *dispatch, seen *marks, visit func(n Node)) {
	if d.isHandOff() {
		g.handed(c, d.run, seen, visit)
	} else if n := g.find(c, d.sel, seen); n != None {
		visit(n)
	}
}

// call makes a virtual call from method m.
func (r *Reach) call(k int32, m Node, d Doubt) {
	if r.edge != nil {
		r.edges(k)
		return
	}
	if r.g.dispatches[k].task != noTask {
		r.callTask(k, m, d)
		return
	}
	if r.callers[k] != None || r.isTooWide(k) {
		return
	}
	r.callers[k], r.why[k] = m, d
	// The slice grows when a method that is visited creates further objects, and
	// those are told by create.
	for _, c := range r.subs[r.g.dispatches[k].class] {
		r.receive(k, c, m, d)
	}
}

// isTooWide tells whether a call has too many receivers to be followed. It is asked of all
// objects that are created and not of those that the party can have: a call of few objects
// of one party may still mean another one of them.
func (r *Reach) isTooWide(k int32) bool {
	if r.mode.Narrow == nil {
		return false
	}
	_, few := r.mode.Narrow.receivers(k)
	return !few
}

// callTask makes the call of a task from method m.
func (r *Reach) callTask(k int32, m Node, d Doubt) {
	task, party := r.g.dispatches[k].task, r.g.partyOf(r.g.nodes[m].class)
	calling := r.calling(task)
	if calling.has(party) || party == noParty && len(r.tasks[task]) > 0 || r.isTooWide(k) {
		return
	}
	r.tasks[task] = append(r.tasks[task], taskCall{party, m, d})
	call := r.tasks[task][len(r.tasks[task])-1]
	for _, c := range r.subs[r.g.dispatches[k].class] {
		r.work -= int64(1 + len(calling))
		if r.has(party, c) && !r.hasRun(task, c) {
			r.receiveTask(k, c, &call)
		}
	}
	calling.add(party)
}

// calling are the parties that call a task, nothing where parties are not told apart.
func (r *Reach) calling(task int32) partySet {
	p := r.g.parties
	if p == nil {
		return nil
	}
	if r.callersOf == nil {
		r.callersOf = make(partySet, len(r.tasks)*p.words)
	}
	return r.callersOf[int(task)*p.words:][:p.words]
}

// hasRun tells whether a party that called a task before the last one can have an object
// of a class, so that it has run.
func (r *Reach) hasRun(task, c int32) bool {
	p := r.g.parties
	return len(r.tasks[task]) > 1 && (r.free[c] || p.all || p.row[c] < 0 || p.holders(c).meets(r.calling(task)))
}

// edges takes the receivers of a call, if they are few. Who calls a class of the
// platform, such as an editor of preferences, most often has an object of the platform's,
// and is no caller of the app's.
func (r *Reach) edges(k int32) {
	if !r.g.classes.isDefined(r.g.dispatches[k].class) {
		return
	}
	if to, few := r.receivers(k); few {
		for _, n := range to {
			r.edge(n)
		}
	}
}

// receivers lists the methods that a dispatch may run. few is false, and not all are
// listed, where there are or may be more than MaxReceivers. The walk must have ended.
func (r *Reach) receivers(k int32) (to []Node, few bool) {
	if r.known == nil {
		r.known, r.many = make([][]Node, len(r.g.dispatches)), make([]bool, len(r.g.dispatches))
	}
	if r.known[k] != nil {
		return r.known[k], !r.many[k]
	}
	d := &r.g.dispatches[k]
	found := []Node{}
	from := r.seen.steps
	for _, c := range r.subs[d.class] {
		r.g.receives(c, d, r.seen, func(n Node) {
			if !slices.Contains(found, n) {
				found = append(found, n)
			}
		})
		if r.many[k] = len(found) > MaxReceivers || r.seen.steps-from > maxReceiverSteps; r.many[k] {
			break
		}
	}
	r.known[k] = found
	return found, !r.many[k]
}

// expand follows the edges of a reached method.
func (r *Reach) expand(m Node) {
	g := r.g
	x := &g.nodes[m]
	f := g.files[x.file]
	uses := r.usesOf(f, x)
	for _, e := range x.edges {
		r.work--
		d := NoDoubt
		switch l := e.level(); {
		case l > r.mode.Level:
			continue
		case l == Doubtful && !r.mode.Created:
			d = StoredFlag
		}
		i := e.index()
		switch e.kind() {
		case callExact:
			if n := f.exact[i]; n != None {
				r.visit(n, m, d) // also a user action: the code itself calls it
			}
			r.handOff(f, e, m, d)
			r.native(f, i, m)
		case callVirtual:
			if t := f.virtual[i]; t >= 0 {
				r.visit(Node(t), m, d)
			} else if k, ok := t.dispatch(); ok {
				r.call(k, m, d)
			}
			r.handOff(f, e, m, d)
			r.native(f, i, m)
		case createType:
			r.newObject(f.types[i], m, d)
		case touchType:
			r.initialise(f.types[i], m, d)
		case nameType:
			r.nameClass(f.types[i], m, d, uses)
		case callSite:
			if c := f.lambdas[i]; c >= 0 {
				r.newObject(c, m, d)
			}
		case nameString:
			r.byName(f, i, m, d, uses)
		case layout:
			for _, c := range g.layouts[i] {
				r.inflate(c, m, d)
			}
		}
	}
}

// newObject creates an object, the call-backs of which may run.
func (r *Reach) newObject(c int32, m Node, d Doubt) {
	if !r.g.classes.isDefined(c) {
		return
	}
	if !r.mode.Created {
		r.create(c, m, d) // what a call surely runs is no doubtful call-back
		if !r.mode.Doubtful {
			return
		}
		if d == NoDoubt {
			d = NotHandedOn
		}
	}
	for _, n := range r.g.callbacks(c, r.seen) {
		r.event(n, m, d)
	}
	if r.mode.Created {
		r.create(c, m, d) // last: the way leads from where the object is created, not from a queue
	}
}

// handOff runs what a call hands over: objects that m itself creates, else, unless m
// passes on what it is given, any of the class.
func (r *Reach) handOff(f *file, e edge, m Node, d Doubt) {
	for _, h := range r.g.handsOver(f, e) {
		if r.work < 0 {
			return
		}
		local := false
		for _, c := range r.createdFor(f, m, h.class) {
			local = true
			if c != h.class || r.g.classes.isDefined(c) {
				r.create(c, m, d)
				r.g.handed(c, h.run, r.seen, func(n Node) { r.event(n, m, d) })
			}
		}
		passed := slices.ContainsFunc(r.g.passes[m], func(p handOff) bool { return p.class == h.class && p.run == h.run })
		if !local && !passed {
			r.call(h.number, m, d)
		}
	}
}

// createdFor lists the classes that are a class or below it and of which a method creates
// objects in code that is followed. A class of the platform stands for itself: new
// Thread(task).start() starts no thread of the app's own.
func (r *Reach) createdFor(f *file, m Node, class int32) []int32 {
	if r.objects == nil || r.objectsIn != m {
		r.objects, r.objectsIn = r.createdIn(f, m), m
	}
	var out []int32
	from := r.seen.steps
	for _, c := range r.objects {
		r.work--
		if c == class || r.g.classes.isDefined(c) && r.g.isA(c, class, r.seen) {
			out = append(out, c)
		}
	}
	r.work -= r.seen.steps - from
	return out
}

// createdIn lists the classes of which a method creates objects, each once.
func (r *Reach) createdIn(f *file, m Node) []int32 {
	out := []int32{}
	for _, e := range r.g.nodes[m].edges {
		if e.level() > r.mode.Level {
			continue
		}
		c := noClass
		switch e.kind() {
		case createType:
			if c = f.types[e.index()]; c < 0 {
				c = f.above[e.index()]
			}
		case callSite:
			c = f.lambdas[e.index()]
		}
		if c >= 0 {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// isA tells whether class c is a or below it.
func (g *Graph) isA(c, a int32, seen *marks) bool {
	found := c == a
	if !found && g.classes.hasSubs[a] {
		g.classes.ancestors(c, seen, func(x int32) { found = found || x == a })
	}
	return found
}

// usesOf is what the calls of a method that are followed do with names.
func (r *Reach) usesOf(f *file, x *node) callUse {
	var u callUse
	for _, e := range x.edges {
		if e.kind() <= callVirtual && e.level() <= r.mode.Level {
			u |= f.code.uses[e.index()]
		}
	}
	return u
}

// nameClass follows a class that is named into the component that is started by it.
func (r *Reach) nameClass(c int32, m Node, d Doubt, uses callUse) {
	if c < 0 {
		return
	}
	s, ok := r.g.starts[c]
	certain := r.mode.Created || s.always || uses&starts != 0
	if !ok || !certain && !r.mode.Doubtful {
		return
	}
	if !certain && d == NoDoubt {
		d = NotHandedOn
	}
	r.release(c, m, d)
	for _, n := range s.entry {
		r.event(n, m, d)
	}
}

// byName follows the name of a class. A component is started by it; of another class an
// object may exist, and the methods that the same method names may run.
func (r *Reach) byName(f *file, text uint32, m Node, d Doubt, uses callUse) {
	c, ok := f.named[text]
	if !ok {
		return
	}
	if _, ok := r.g.starts[c]; ok {
		r.nameClass(c, m, d, uses)
		return
	}
	// A name that the method itself does not look up may be handed on to one that does.
	switch {
	case uses&findsClass != 0 && r.mode.Created:
	case r.mode.Doubtful:
		d = Reflection
	default:
		return
	}
	r.release(c, m, d)
	texts := r.textsOf(f, m)
	for n := r.g.first[c]; n < r.g.first[c+1]; n++ {
		r.work--
		y := &r.g.nodes[n]
		name := string(r.g.files[y.file].d.MethodName(y.method))
		if name == "<init>" || texts[name] {
			r.visit(n, m, d)
		}
	}
}

// inflate creates a view or fragment that a layout names; what the platform does with it
// then it does without the user.
func (r *Reach) inflate(c int32, m Node, d Doubt) {
	r.release(c, m, d)
	for n := r.g.first[c]; n < r.g.first[c+1]; n++ {
		x := &r.g.nodes[n]
		if string(r.g.files[x.file].d.MethodName(x.method)) == "<init>" {
			r.visit(n, m, d)
		}
	}
	for _, n := range r.g.callbacks(c, r.seen) {
		r.event(n, m, d)
	}
}

// native follows the call of a native method: the library may call back whatever its
// class has.
func (r *Reach) native(f *file, i uint32, m Node) {
	c, ok := f.natives[i]
	if !ok || !r.mode.Doubtful {
		return
	}
	for n := r.g.first[c]; n < r.g.first[c+1]; n++ {
		r.event(n, m, Native)
	}
}

// textsOf are the texts among those collected that a method holds, kept for the method
// at hand.
func (r *Reach) textsOf(f *file, m Node) map[string]bool {
	if r.texts == nil || r.textsIn != m {
		r.texts, r.textsIn = map[string]bool{}, m
		for _, e := range r.g.nodes[m].edges {
			if e.kind() == nameString {
				r.texts[string(f.d.StringBytes(e.index()))] = true
			}
		}
	}
	return r.texts
}

// callbacks of a class are its methods, own or of superclasses of the app, that
// override what the platform calls.
type callbacks struct {
	once sync.Once
	list []Node
}

func (g *Graph) callbacks(c int32, seen *marks) []Node {
	cb := &g.callbackOf[c]
	cb.once.Do(func() { cb.list = g.findCallbacks(c, seen) })
	return cb.list
}

func (g *Graph) findCallbacks(c int32, seen *marks) []Node {
	var above []string
	g.classes.ancestors(c, seen, func(a int32) {
		if !g.classes.isDefined(a) {
			above = append(above, g.classes.names[a])
		}
	})
	if len(above) == 0 {
		return nil
	}
	var out []Node
	if l := g.lambda(c); l != nil {
		if l.body != None && slices.ContainsFunc(above, func(a string) bool { return g.platform.Callback(a, l.name, l.params) }) {
			out = append(out, l.body)
		}
		return out
	}
	var sels []selector
	g.classes.chain(c, func(c int32) bool {
		for n := g.first[c]; n < g.first[c+1]; n++ {
			x := &g.nodes[n]
			f := g.files[x.file]
			if x.access&accStatic != 0 || slices.Contains(sels, f.full[x.method]) {
				continue
			}
			name := string(f.d.MethodName(x.method))
			if !g.platform.CallbackName(name) {
				continue
			}
			params := f.params(x.method)
			if slices.ContainsFunc(above, func(a string) bool { return g.platform.Callback(a, name, params) }) {
				out = append(out, n)
				sels = append(sels, f.full[x.method])
			}
		}
		return true
	})
	return out
}

const accStatic = 0x8
