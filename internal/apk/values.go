package apk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// Config is a file, or a value, by which the manifest configures the app.
type Config struct {
	Kind      string // one of the Config constants
	Component string // class of the service, "" for the application
	Value     string // path of an XML file in the archive, or a value such as "false"
}

// Kinds of Config, as the manifest names them.
const (
	ConfigNetwork       = "networkSecurityConfig"
	ConfigBackup        = "fullBackupContent"
	ConfigExtraction    = "dataExtractionRules"
	ConfigAccessibility = "android.accessibilityservice"
)

// ConfigXML reads the XML file of a Config, nil where the value names none. The gaps tell
// of a file that was not, or not fully, read. The error is the context's.
func (a *App) ConfigXML(ctx context.Context, c Config) ([]XMLNode, []audit.Gap, error) {
	var short cuts
	data, whole, err := a.xml(ctx, c.Value, maxXMLBytes)
	if cerr := ctx.Err(); cerr != nil {
		return nil, nil, cerr
	}
	if short.fail(err); !whole {
		short.add(c.Value, "max-xml-bytes", maxXMLBytes)
	}
	nodes, all := parseNodes(data)
	if !all {
		short.add(c.Value, "max-xml-nodes", maxXMLNodes)
	}
	return nodes, short.gaps(weakens(partEntry)), nil
}

// xml reads the beginning of a compiled XML file in the form that an APK has, nil where
// there is none; whole tells that there is no more of it. What could be read is returned
// even with an error.
func (a *App) xml(ctx context.Context, name string, limit int64) (data []byte, whole bool, err error) {
	at, ok := a.index[name]
	if !ok {
		return nil, true, nil
	}
	data, err = a.ReadHead(ctx, name, limit+1)
	if whole = int64(len(data)) <= limit; !whole {
		data = data[:limit]
	}
	if at.split.module != "" {
		var perr error
		data, perr = protoXML(data) // as far as it is sound, as of an APK's
		if errors.Is(perr, bounded.ErrLimit) && err == nil {
			err = &EntryError{Name: name, Kind: audit.GapLimit, Err: perr}
		}
	}
	return data, whole, err
}

// Resources are the values of an app's resource tables: of the base and of its splits,
// which hold further values of the same resources, or resources of their own.
type Resources struct {
	a      *App
	tables []splitTable
	gaps   gapList // that were not told with the label
	cuts   cuts    // of looking at values
}

// Gaps tells what of the tables was not read, or not looked at by the methods that were
// called so far, and is not among the gaps of the app.
func (r *Resources) Gaps() []audit.Gap {
	return append(slices.Clone(r.gaps.list), r.cuts.gaps(weakens(partTexts))...)
}

// splitTable is the resource table of one split.
type splitTable struct {
	*table
	split *split
	first uint32 // number of the first string of its pool, counted over all tables
}

// Resources reads the resource tables. An app without one has an empty one; so has one
// that cannot be read, which its gaps or those of the app tell. The error is the
// context's.
func (a *App) Resources(ctx context.Context) (*Resources, error) {
	r := &Resources{a: a}
	first, limit := uint32(0), a.lim.ResourceBytes
	budget := bounded.NewBudget("max-resource-bytes", limit)
	for _, s := range a.splits {
		i, ok := s.index[s.resources()]
		if !ok {
			continue
		}
		gaps := gapList{at: s.gaps.at}
		data, err := s.arc.read(ctx, i, reading{s.resources(), limit, "max-resource-bytes", budget}, nil)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var ee *EntryError
		if errors.As(err, &ee) {
			gaps.add(ee.Kind, partTexts, "%v", ee)
		}
		if s.module != "" {
			if data, err = protoTable(data); err != nil {
				gaps.add(gapKind(err), partTexts, "%s: %v", bundleResources, err)
			}
		}
		t, err := walkTable(data, &gaps)
		if err != nil && len(data) > 0 {
			gaps.add(gapKind(err), partTexts, "%s: %v", resourcesName, err)
		}
		r.untold(gaps.list)
		if t != nil {
			r.tables = append(r.tables, splitTable{t, s, first})
			first += uint32(t.pool.count)
		}
	}
	return r, nil
}

// untold keeps the gaps that were not told when the label was read.
func (r *Resources) untold(list []audit.Gap) {
	for _, g := range list {
		told := func(other audit.Gap) bool { return other.Kind == g.Kind && other.What == g.What }
		if !slices.ContainsFunc(r.a.Gaps, told) && !slices.ContainsFunc(r.gaps.list, told) {
			r.gaps.list = append(r.gaps.list, g)
		}
	}
}

// maxTextFactor bounds, by the size of the string pool, the bytes of text that are
// shown: strings may overlap.
const maxTextFactor = 2

// Texts calls visit for every string of the tables, in their order, whatever the language,
// with its index; text is reused. Beside the texts of the screens these are names of
// files.
func (r *Resources) Texts(visit func(index uint32, text []byte)) {
	var room []byte
	for _, t := range r.tables {
		p := &t.pool
		left := maxTextFactor * len(p.text)
		for i := range p.count {
			body, _, ok := p.span(i, p.utf8)
			if left -= len(body); left < 0 {
				r.cuts.add(t.split.prefix+t.split.resources(), "max-text-factor", maxTextFactor)
				break
			}
			if !ok || len(body) == 0 {
				continue
			}
			if !p.utf8 {
				room = appendUTF16(room[:0], body)
				body = room
			}
			visit(t.first+uint32(i), body)
		}
	}
}

// appendUTF16 appends UTF-16 as UTF-8.
func appendUTF16(out, b []byte) []byte {
	for i := 0; i+1 < len(b); i += 2 {
		c := rune(b[i]) | rune(b[i+1])<<8
		if utf16.IsSurrogate(c) && i+3 < len(b) {
			if both := utf16.DecodeRune(c, rune(b[i+2])|rune(b[i+3])<<8); both != utf8.RuneError {
				c = both
				i += 2
			}
		}
		out = utf8.AppendRune(out, c)
	}
	return out
}

// Keys finds the names of the resources that hold strings, of which indexes lists some:
// the alphabetically first name of each, "" for a string that is no value of its own.
func (r *Resources) Keys(indexes map[uint32]bool) map[uint32]string {
	out := map[uint32]string{}
	if len(indexes) == 0 {
		return out
	}
	for _, t := range r.tables {
		t.addKeys(indexes, out)
	}
	return out
}

func (t *splitTable) addKeys(indexes map[uint32]bool, out map[uint32]string) {
	for key, chunks := range t.types {
		keys := t.keys[key.pkg]
		for k := range chunks {
			c := &chunks[k]
			for i := range c.count {
				name, kind, data, ok := c.simple(c.offset(i))
				if !ok || kind != typeString || int64(data) >= int64(t.pool.count) || !indexes[t.first+data] {
					continue
				}
				data += t.first
				if s, ok := keys.get(int(min(name, 1<<30)), maxXMLText); ok && (out[data] == "" || s < out[data]) {
					out[data] = s
				}
			}
		}
	}
}

// Strings lists what a resource may read, by default, in Chinese and in English.
func (r *Resources) Strings(id uint32) []string {
	var out []string
	queue := []uint32{id}
	for hop := 0; hop < len(queue); hop++ {
		if hop == maxAlternatives {
			r.cuts.add(fmt.Sprintf("text 0x%08x", id), "max-alternatives", maxAlternatives)
			break
		}
		known := false // there is a value by default
		for _, t := range r.tables {
			for _, v := range t.values(queue[hop]) {
				if known && v.locale != (locale{}) && v.locale.lang != [2]byte{'z', 'h'} && v.locale.lang != [2]byte{'e', 'n'} {
					continue // another language, from a split for it alone
				}
				known = known || v.locale == locale{}
				switch v.kind {
				case typeReference, typeDynamicRef:
					if !slices.Contains(queue, v.data) && len(queue) <= maxAlternatives {
						queue = append(queue, v.data)
					}
				case typeString:
					if s, ok := t.pool.get(int(v.data), r.a.lim.StringBytes); ok && !slices.Contains(out, s) {
						out = append(out, s)
					}
				}
			}
		}
	}
	return out
}
