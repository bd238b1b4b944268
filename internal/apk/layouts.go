package apk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// Layout is what one layout resource makes the platform create, call or show.
type Layout struct {
	Classes []string // classes of views and fragments that it names in full, dotted
	Clicks  []string // names of methods that a click on a view of it calls
	File    string   // path of the first of its files
	Texts   []LayoutText
	Ticked  []LayoutText // texts of check boxes that are ticked from the start, empty for one without

	full bool // there is more than is kept
}

// LayoutText is the text of a view: as it stands there, or a reference to a resource.
type LayoutText struct {
	Text string
	Ref  uint32
}

// Limits of layouts, beside those of every entry of the archive.
const (
	maxLayouts      = 4096      // files looked at
	maxLayoutBytes  = 256 << 10 // bytes of one file that are read
	maxLayoutNames  = 4096      // classes, methods and texts of one layout
	maxLayoutNested = 16        // layouts inside layouts
)

// Layouts reads the layout resources with the given numbers, those included by them
// too; numbers that stand for something else are left out, and so is what cannot be
// read. The gaps tell of the latter, and of limits. The error is the context's.
func (r *Resources) Layouts(ctx context.Context, ids []uint32) (map[uint32]Layout, []audit.Gap, error) {
	l := layoutReader{Resources: r, ctx: ctx, done: map[uint32]Layout{}}
	weakens := audit.Text{
		ZH: "部分布局文件未读取：由它们创建的界面类可能被视为未到达。",
		EN: "Some layout files were not read: views that they create may count as not reached.",
	}
	for _, id := range ids {
		l.read(id, 0)
	}
	if l.left {
		limit := &bounded.LimitError{Limit: "max-layouts", Value: maxLayouts, What: "layout resources"}
		return l.done, append(l.cuts.gaps(weakens), audit.Gap{Kind: audit.GapLimit, What: limit.Error(), Weakens: weakens}), ctx.Err()
	}
	return l.done, l.cuts.gaps(weakens), ctx.Err()
}

// layoutReader reads layouts of one app.
type layoutReader struct {
	*Resources
	ctx   context.Context
	done  map[uint32]Layout
	files int
	left  bool // the limit was met
	cuts  cuts
}

// read reads all configurations of a layout.
func (l *layoutReader) read(id uint32, depth int) Layout {
	known, ok := l.done[id]
	if ok {
		return known
	}
	if depth > maxLayoutNested {
		l.cuts.add(fmt.Sprintf("layout 0x%08x", id), "max-layout-depth", maxLayoutNested)
		return known
	}
	l.done[id] = Layout{} // ends circles
	var out Layout
	for _, file := range l.filesOf(id) {
		if l.files++; l.files > maxLayouts {
			l.left = true
			break
		}
		data, whole, err := l.a.xml(l.ctx, file, maxLayoutBytes)
		if l.cuts.fail(err); !whole {
			l.cuts.add(file, "max-layout-bytes", maxLayoutBytes)
		}
		if len(data) == 0 {
			continue
		}
		nested := out.add(data)
		out.File = cmp.Or(out.File, file)
		for _, n := range nested {
			inner := l.read(n, depth+1)
			out.Classes, out.Clicks = append(out.Classes, inner.Classes...), append(out.Clicks, inner.Clicks...)
			out.Texts, out.Ticked = out.join(out.Texts, inner.Texts...), out.join(out.Ticked, inner.Ticked...)
			out.full = out.full || inner.full
		}
	}
	for _, list := range []*[]string{&out.Classes, &out.Clicks} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
		if len(*list) > maxLayoutNames {
			*list, out.full = (*list)[:maxLayoutNames], true
		}
	}
	if out.full {
		l.cuts.add(out.File, "max-layout-names", maxLayoutNames)
	}
	l.done[id] = out
	return out
}

// filesOf lists the XML files that a resource stands for, whatever the configuration.
func (l *layoutReader) filesOf(id uint32) []string {
	var out []string
	for _, t := range l.tables {
		chunks := t.types[typeKey{uint8(id >> 24), uint8(id >> 16)}]
		for i := range chunks[:min(len(chunks), maxConfigs)] {
			kind, data, ok := chunks[i].lookup(int(id & 0xffff))
			if !ok || kind != typeString {
				continue
			}
			name, ok := t.pool.get(int(data), maxXMLText)
			if !ok || !strings.HasSuffix(name, ".xml") {
				continue
			}
			if name, ok = l.a.locate(t.split, name); ok && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// add takes what one binary XML file names, and returns the numbers of the layouts that
// it includes. It reads as far as the file is sound.
func (o *Layout) add(data []byte) (nested []uint32) {
	x := &xmlReader{}
	x.walk(data, func(name string, attrs []xmlAttr) error {
		if id := o.tag(x, name, attrs); id != 0 {
			nested = append(nested, id)
		}
		return nil
	}, nil, nil)
	return nested
}

// tag takes what one element names.
func (o *Layout) tag(x *xmlReader, name string, attrs []xmlAttr) (included uint32) {
	o.class(name)
	var text LayoutText
	ticked := false
	for _, a := range attrs {
		switch {
		case a.name == "text" && a.kind == typeReference:
			text.Ref = a.data
		case a.name == "checked" && a.kind == typeBool:
			ticked = a.data != 0 && strings.HasSuffix(name, "CheckBox")
		case a.kind == typeReference && name == "include" && a.name == "layout":
			included = a.data
		case a.kind != typeString:
		case a.name == "text":
			text.Text = x.text(a.data)
		case a.name == "onClick":
			o.Clicks = o.keep(o.Clicks, x.text(a.data))
		case (a.name == "name" || a.name == "class") && (name == "fragment" || name == "view" || strings.HasSuffix(name, "FragmentContainerView")):
			o.class(x.text(a.data))
		}
	}
	if text != (LayoutText{}) {
		o.Texts = o.join(o.Texts, text)
	}
	if ticked {
		o.Ticked = o.join(o.Ticked, text)
	}
	return included
}

// join appends texts up to the limit.
func (o *Layout) join(list []LayoutText, more ...LayoutText) []LayoutText {
	room := maxLayoutNames - len(list)
	o.full = o.full || len(more) > room
	return append(list, more[:min(len(more), room)]...)
}

// keep appends a name up to the limit.
func (o *Layout) keep(list []string, name string) []string {
	if len(list) == maxLayoutNames {
		o.full = true
		return list
	}
	return append(list, name)
}

// class takes a name if it is that of a class in a package.
func (o *Layout) class(name string) {
	if strings.Contains(name, ".") {
		o.Classes = o.keep(o.Classes, name)
	}
}
