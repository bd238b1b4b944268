package rules

import (
	"fmt"
	"path"

	"go.yaml.in/yaml/v3"
)

// origin remembers which file an entry came from, so that a fault found later
// can name file and line. Lines are looked up only when there is a fault.
type origin struct {
	at map[string]place // kind:id
}

type place struct {
	reader *sourceReader
	file   string
}

func kindOf(x any) string {
	switch x.(type) {
	case DataType:
		return "datatype"
	case Behaviour:
		return "behaviour"
	case Consumer:
		return "consumer"
	case Script:
		return "script"
	case SDK:
		return "sdk"
	case Permission:
		return "permission"
	case Need:
		return "need"
	case Implied:
		return "implied"
	case Elsewhere:
		return "elsewhere"
	case Guarded:
		return "guarded"
	case PermissionRequest:
		return "request"
	case StartSignal:
		return "startup"
	case Observed:
		return "observation"
	case Check:
		return "check"
	case Category:
		return "category"
	case Property:
		return "property"
	case GradeRule:
		return "grading"
	case Topic:
		return "topic"
	case Clause:
		return "clause"
	case Measured:
		return "measured"
	}
	return "phrases"
}

func (o *origin) put(kind, id string, r *sourceReader, file string) error {
	if o.at == nil {
		o.at = map[string]place{}
	}
	if id == "" {
		return &Error{File: path.Join(r.name, file), Msg: fmt.Sprintf("a %s has no id", kind)}
	}
	key := kind + ":" + id
	if first, dup := o.at[key]; dup {
		return &Error{File: path.Join(r.name, file), Line: r.lineOf(file, id, ""),
			Msg: fmt.Sprintf("%s %q stands in %s already", kind, id, path.Join(first.reader.name, first.file))}
	}
	o.at[key] = place{r, file}
	return nil
}

func (o *origin) add(other *origin) {
	if o.at == nil {
		o.at = map[string]place{}
	}
	for k, v := range other.at {
		o.at[k] = v
	}
}

// fault is an Error at the entry; needle is the value at fault, if any.
func (o *origin) fault(kind, id, needle, format string, args ...any) error {
	msg := fmt.Sprintf("%s %s: %s", kind, id, fmt.Sprintf(format, args...))
	p, ok := o.at[kind+":"+id]
	if !ok {
		return &Error{File: "built-in signatures", Msg: msg}
	}
	return &Error{File: path.Join(p.reader.name, p.file), Line: p.reader.lineOf(p.file, id, needle), Msg: msg}
}

// lineOf finds the line of needle inside the entry with that id, or of the id.
func (r *sourceReader) lineOf(file, id, needle string) int {
	data, err := r.read(file)
	if err != nil {
		return 0
	}
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil {
		return 0
	}
	entry := findEntry(&doc, id)
	if entry == nil {
		return 0
	}
	if n := findScalar(entry, needle); n != nil && needle != "" {
		return n.Line
	}
	return entry.Line
}

func findEntry(n *yaml.Node, id string) *yaml.Node {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if k := n.Content[i].Value; (k == "id" || k == "name" || k == "method" || k == "library") && n.Content[i+1].Value == id {
				return n
			}
		}
	}
	for _, c := range n.Content {
		if e := findEntry(c, id); e != nil {
			return e
		}
	}
	return nil
}

func findScalar(n *yaml.Node, value string) *yaml.Node {
	if n.Kind == yaml.ScalarNode && n.Value == value {
		return n
	}
	for _, c := range n.Content {
		if s := findScalar(c, value); s != nil {
			return s
		}
	}
	return nil
}
