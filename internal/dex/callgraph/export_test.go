package callgraph

import "apkaudit/internal/dex"

// NumNodes is the number of methods with code.
func (g *Graph) NumNodes() int { return len(g.nodes) }

// Place returns the number of the file, in the order given to Link, and the index
// in method_ids of a method.
func (g *Graph) Place(n Node) (file int, method uint32) {
	return int(g.nodes[n].file), g.nodes[n].method
}

// File returns a DEX file by its number.
func (g *Graph) File(i int) *dex.File { return g.files[i].d }

// IsA tells whether a class of the app is another or below it.
func (g *Graph) IsA(class, other string) bool {
	c, a := g.classes.class(class), g.classes.class(other)
	return g.classes.isDefined(c) && a >= 0 && g.isA(c, a, newMarks(len(g.classes.names)))
}
