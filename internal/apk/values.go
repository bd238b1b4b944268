package apk

import (
	"context"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

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

// ConfigXML reads the XML file of a Config, nil where the value names none or it cannot
// be read. The error is the context's.
func (a *App) ConfigXML(ctx context.Context, c Config) ([]XMLNode, error) {
	if _, ok := a.index[c.Value]; !ok {
		return nil, nil
	}
	data, _ := a.ReadHead(ctx, c.Value, maxXMLBytes)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return parseNodes(data), nil
}

// Resources are the values of an app's resource table.
type Resources struct {
	a     *App
	table *table
}

// Resources reads the resource table. An app without one has an empty one; so has one
// that cannot be read, which was told when the label was read. The error is the
// context's.
func (a *App) Resources(ctx context.Context) (*Resources, error) {
	r := &Resources{a: a, table: &table{}}
	i, ok := a.index[resourcesName]
	if !ok {
		return r, nil
	}
	limit := a.lim.ResourceBytes
	data, _ := a.read(ctx, i, limit, "max-resource-bytes", bounded.NewBudget("max-resource-bytes", limit), nil)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	gaps := gapList{} // what is wrong with it was told with the label
	if t, _ := walkTable(data, &gaps); t != nil {
		r.table = t
	}
	return r, nil
}

// maxTextFactor bounds, by the size of the string pool, the bytes of text that are
// shown: strings may overlap.
const maxTextFactor = 2

// Texts calls visit for every string of the table, in its order, whatever the language,
// with its index; text is reused. Beside the texts of the screens these are names of
// files.
func (r *Resources) Texts(visit func(index uint32, text []byte)) {
	p := &r.table.pool
	left := maxTextFactor * len(p.text)
	var room []byte
	for i := range p.count {
		body, _, ok := p.span(i, p.utf8)
		if left -= len(body); left < 0 {
			return
		}
		if !ok || len(body) == 0 {
			continue
		}
		if !p.utf8 {
			room = appendUTF16(room[:0], body)
			body = room
		}
		visit(uint32(i), body)
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
	for key, chunks := range r.table.types {
		keys := r.table.keys[key.pkg]
		for k := range chunks {
			c := &chunks[k]
			for i := range c.count {
				name, kind, data, ok := c.simple(c.offset(i))
				if !ok || kind != typeString || !indexes[data] {
					continue
				}
				if s, ok := keys.get(int(min(name, 1<<30)), maxXMLText); ok && (out[data] == "" || s < out[data]) {
					out[data] = s
				}
			}
		}
	}
	return out
}

// Strings lists what a resource may read, by default, in Chinese and in English.
func (r *Resources) Strings(id uint32) []string {
	var out []string
	queue := []uint32{id}
	for hop := 0; hop < len(queue) && hop < maxReferenceHops; hop++ {
		for _, v := range r.table.values(queue[hop]) {
			switch v.kind {
			case typeReference, typeDynamicRef:
				queue = append(queue, v.data)
			case typeString:
				if s, ok := r.table.pool.get(int(v.data), r.a.lim.StringBytes); ok && !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// isXML tells whether a name is that of an XML file of the archive.
func (r *Resources) isXML(name string) bool {
	_, there := r.a.index[name]
	return there && strings.HasSuffix(name, ".xml")
}
