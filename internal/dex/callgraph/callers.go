package callgraph

// Callers are the edges of a graph turned round: who may call a method. Calls with
// more than MaxReceivers possible receivers are left out, since each of those
// would seem to be called by everybody, and so are calls through classes of the
// platform, of which the app's are not the only objects.
type Callers struct {
	from  []uint32 // by node: where its callers begin; one more at the end
	nodes []Node
}

// Callers turns the edges of all methods round, reached or not; calls of which the
// receiver decides lead to the objects that r has seen created. It uses r, so that
// no two of its methods may run at the same time.
func (r *Reach) Callers() *Callers {
	type pair struct{ to, from Node }
	var pairs []pair
	n := len(r.g.nodes)
	c := &Callers{from: make([]uint32, n+1)}
	work, doubtful := r.work, r.mode.Doubtful
	r.mode.Doubtful = false // what native code or a name leads to is no call that the code contains
	last := make([]Node, n)
	r.work = r.allowance()
	for m := range r.g.nodes {
		if r.work < 0 {
			r.exceeded = true // nobody but hostile files gets here: some callers are not known
			break
		}
		r.edge = func(to Node) {
			if last[to] != Node(m)+1 {
				last[to] = Node(m) + 1
				pairs = append(pairs, pair{to, Node(m)})
				c.from[to+1]++
			}
		}
		r.expand(Node(m))
	}
	r.edge, r.work, r.mode.Doubtful = nil, work, doubtful
	for i := range n {
		c.from[i+1] += c.from[i]
	}
	c.nodes = make([]Node, len(pairs))
	at := append([]uint32(nil), c.from...)
	for _, p := range pairs {
		c.nodes[at[p.to]] = p.from
		at[p.to]++
	}
	return c
}

// Of lists the methods that may call n, in the order of nodes.
func (c *Callers) Of(n Node) []Node { return c.nodes[c.from[n]:c.from[n+1]] }
