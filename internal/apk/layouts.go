package apk

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// Layout is what one layout resource makes the platform create or call.
type Layout struct {
	Classes []string // classes of views and fragments that it names in full, dotted
	Clicks  []string // names of methods that a click on a view of it calls
}

// Limits of layouts, beside those of every entry of the archive.
const (
	maxLayouts      = 4096      // files looked at
	maxLayoutBytes  = 256 << 10 // bytes of one file that are read
	maxLayoutNames  = 256       // classes and methods of one layout
	maxLayoutName   = 512       // bytes of one name
	maxLayoutNested = 16        // layouts inside layouts
)

// Layouts reads the layout resources with the given numbers, those included by them
// too; numbers that stand for something else are left out. What cannot be read is left
// out silently where the resource table itself is told as a gap, else told. The error
// is the context's.
func (a *App) Layouts(ctx context.Context, ids []uint32) (map[uint32]Layout, []audit.Gap, error) {
	if _, ok := a.index[resourcesName]; !ok || len(ids) == 0 {
		return nil, nil, nil
	}
	gaps := gapList{}
	limit := a.lim.ResourceBytes
	data, err := a.read(ctx, a.index[resourcesName], limit, "max-resource-bytes", bounded.NewBudget("max-resource-bytes", limit), nil)
	if cerr := ctx.Err(); cerr != nil {
		return nil, nil, cerr
	}
	if err != nil && len(data) == 0 {
		return nil, nil, nil // told when the label was read
	}
	t, _ := walkTable(data, &gaps) // what is wrong with it was told with the label
	if t == nil {
		return nil, nil, nil
	}
	l := layoutReader{a: a, ctx: ctx, table: t, done: map[uint32]Layout{}}
	for _, id := range ids {
		l.read(id, 0)
	}
	if l.left {
		limit := &bounded.LimitError{Limit: "max-layouts", Value: maxLayouts, What: "layout resources"}
		return l.done, []audit.Gap{{Kind: audit.GapLimit, What: limit.Error(), Weakens: audit.Text{
			ZH: "部分布局文件未读取：由它们创建的界面类可能被视为未到达。",
			EN: "Some layout files were not read: views that they create may count as not reached.",
		}}}, ctx.Err()
	}
	return l.done, nil, ctx.Err()
}

// layoutReader reads layouts of one app.
type layoutReader struct {
	a     *App
	ctx   context.Context
	table *table
	done  map[uint32]Layout
	files int
	left  bool // the limit was met
}

// read reads all configurations of a layout.
func (l *layoutReader) read(id uint32, depth int) Layout {
	if known, ok := l.done[id]; ok || depth > maxLayoutNested {
		return known
	}
	l.done[id] = Layout{} // ends circles
	var out Layout
	for _, file := range l.filesOf(id) {
		if l.files++; l.files > maxLayouts {
			l.left = true
			break
		}
		data, err := l.a.ReadHead(l.ctx, file, maxLayoutBytes)
		if err != nil && len(data) == 0 {
			continue
		}
		nested := out.add(data)
		for _, n := range nested {
			inner := l.read(n, depth+1)
			out.Classes, out.Clicks = append(out.Classes, inner.Classes...), append(out.Clicks, inner.Clicks...)
		}
	}
	for _, list := range []*[]string{&out.Classes, &out.Clicks} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
		*list = (*list)[:min(len(*list), maxLayoutNames)]
	}
	l.done[id] = out
	return out
}

// filesOf lists the XML files that a resource stands for, whatever the configuration.
func (l *layoutReader) filesOf(id uint32) []string {
	var out []string
	chunks := l.table.types[typeKey{uint8(id >> 24), uint8(id >> 16)}]
	for i := range chunks[:min(len(chunks), maxConfigs)] {
		kind, data, ok := chunks[i].lookup(int(id & 0xffff))
		if !ok || kind != typeString {
			continue
		}
		name, ok := l.table.pool.get(int(data), maxLayoutName)
		if _, there := l.a.index[name]; ok && there && strings.HasSuffix(name, ".xml") && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// add takes what one binary XML file names, and returns the numbers of the layouts that
// it includes. It reads as far as the file is sound.
func (o *Layout) add(data []byte) (nested []uint32) {
	le := binary.LittleEndian
	if len(data) < chunkHeader || le.Uint16(data) != chunkXML {
		return nil
	}
	var pool stringPool
	for at := int(le.Uint16(data[2:])); ; {
		kind, header, n, ok := chunkAt(data, at)
		if !ok {
			return nested
		}
		switch kind {
		case chunkPool:
			p, err := parsePool(data[at : at+n])
			if err != nil {
				return nested
			}
			pool = p
		case chunkStartTag:
			id, err := o.tag(&pool, data[at+header:at+n])
			if err != nil {
				return nested
			}
			if id != 0 {
				nested = append(nested, id)
			}
		}
		at += n
	}
}

var errTag = errors.New("a tag that does not fit")

// tag takes what one element names.
func (o *Layout) tag(pool *stringPool, b []byte) (included uint32, err error) {
	if len(b) < startTagBody {
		return 0, errTag
	}
	le := binary.LittleEndian
	text := func(i uint32) string {
		s, _ := pool.get(int(min(i, 1<<30)), maxLayoutName)
		return s
	}
	name := text(le.Uint32(b[4:]))
	start, size, count := int(le.Uint16(b[8:])), int(le.Uint16(b[10:])), int(le.Uint16(b[12:]))
	if size < attrBytes || start+count*size > len(b) {
		return 0, errTag
	}
	o.class(name)
	for i := range count {
		at := b[start+i*size:]
		kind, data := at[15], le.Uint32(at[16:])
		switch attr := text(le.Uint32(at[4:])); {
		case kind == typeReference && name == "include" && attr == "layout":
			included = data
		case kind != typeString:
		case attr == "onClick" && len(o.Clicks) < maxLayoutNames:
			o.Clicks = append(o.Clicks, text(data))
		case (attr == "name" || attr == "class") && (name == "fragment" || name == "view" || strings.HasSuffix(name, "FragmentContainerView")):
			o.class(text(data))
		}
	}
	return included, nil
}

// class takes a name if it is that of a class in a package.
func (o *Layout) class(name string) {
	if strings.Contains(name, ".") && len(o.Classes) < maxLayoutNames {
		o.Classes = append(o.Classes, name)
	}
}
