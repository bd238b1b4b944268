package learn

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
	"apkaudit/internal/rules/pattern"
)

// YAML writes the draft as a file of signatures/sdks: what a person must decide
// stands above the key, in comments that go once it is decided.
func (d *Draft) YAML() []byte {
	k := &d.SDK
	w := &writer{notes: d.notes}
	w.value("", "id", k.ID)
	w.text("name", k.Name)
	w.text("vendor", k.Vendor)
	w.list("", "vendor_aliases", k.VendorAliases)
	w.value("", "group", k.Group)
	w.value("", "country", k.Country)
	w.value("", "part_of", k.PartOf)
	w.list("", "built_on", k.BuiltOn)
	w.value("", "category", k.Category)
	if k.Neutral {
		w.line("neutral: true")
	}
	w.list("", "aliases", k.Aliases)
	w.list("", "entry_names", k.EntryNames)
	w.list("", "links", k.Links)
	w.list("", "domains", k.Domains)
	w.list("", "maven", k.Maven)
	w.list("", "npm", k.NPM)
	w.match(&k.Match)
	w.list("", "version", k.Version)
	w.comments("", "collects")
	if c := k.Collects; c.Given() {
		w.line("collects: {data: %s, source: %s, date: %s}", flow(c.Data), scalar(c.Source), quote(c.Date))
	}
	w.value("", "note", k.Note)
	w.block("", "proof", k.Proof)
	w.examples("hit", k.Hit)
	w.examples("miss", k.Miss)
	return []byte(w.b.String())
}

type writer struct {
	b     strings.Builder
	notes map[string][]string
}

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(&w.b, format+"\n", args...)
}

// commentWidth is where comments are wrapped.
const commentWidth = 120

func (w *writer) comments(indent, key string) {
	for _, n := range w.notes[key] {
		line := indent + "#"
		for _, word := range strings.Fields(n) {
			if len(line)+len(word) >= commentWidth && line != indent+"#" {
				w.line("%s", line)
				line = indent + "#"
			}
			line += " " + printable(word)
		}
		w.line("%s", line)
	}
}

// printable keeps names out of archives from ending a comment.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

// plain are scalars that mean themselves without quotes, in flow style too.
var plain = pattern.New(`^[\p{L}_/][\p{L}\p{N}_./$+()-]*(?: [\p{L}\p{N}_./$+()-]+)*$`)

func scalar(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return strconv.Quote(s)
	}
	if plain.MatchString(s) {
		return s
	}
	return quote(s)
}

// quote writes a double-quoted scalar: YAML knows the escapes of JSON, which
// has no \x, \a and \v.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case strconv.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func flow(values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = scalar(v)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func (w *writer) value(indent, key, v string) {
	w.comments(indent, key)
	if v != "" {
		w.line("%s%s: %s", indent, key, scalar(v))
	}
}

func (w *writer) text(key string, t audit.Text) {
	w.comments("", key)
	w.line("%s: {zh: %s, en: %s}", key, scalar(t.ZH), scalar(t.EN))
}

// flowWidth is up to where a list stands on one line.
const flowWidth = 100

func (w *writer) list(indent, key string, values []string) {
	w.comments(indent, key)
	switch f := flow(values); {
	case len(values) == 0:
	case len(f) <= flowWidth:
		w.line("%s%s: %s", indent, key, f)
	default:
		w.entries(indent, key, values)
	}
}

func (w *writer) block(indent, key string, values []string) {
	w.comments(indent, key)
	if len(values) > 0 {
		w.entries(indent, key, values)
	}
}

func (w *writer) entries(indent, key string, values []string) {
	w.line("%s%s:", indent, key)
	for _, v := range values {
		w.line("%s  - %s", indent, scalar(v))
	}
}

func (w *writer) match(m *rules.Match) {
	w.comments("", "match")
	w.line("match:")
	w.list("  ", "packages", m.Packages)
	if m.MinClasses > 0 {
		w.line("  min_classes: %d", m.MinClasses)
	}
	w.list("  ", "supporting", m.Supporting)
	w.list("  ", "own_reads", m.OwnReads)
	w.comments("  ", "ships")
	if len(m.Ships) > 0 {
		w.line("  ships:")
		for _, s := range m.Ships {
			w.line("    - {prefix: %s, max_classes: %d}", scalar(s.Prefix), s.MaxClasses)
		}
	}
	w.list("  ", "components", m.Components)
	w.list("  ", "meta_data", m.MetaData)
	w.list("  ", "native_libs", m.NativeLibs)
	w.list("  ", "assets", m.Assets)
	w.list("  ", "permissions", m.Permissions)
	w.list("  ", "actions", m.Actions)
	w.list("  ", "strings", m.Strings)
	w.list("  ", "not_when", m.NotWhen)
}

func (w *writer) examples(key string, list []rules.SDKExample) {
	w.comments("", key)
	if len(list) == 0 {
		return
	}
	w.line("%s:", key)
	for _, e := range list {
		var parts []string
		if len(e.Classes) > 0 {
			parts = append(parts, "classes: "+counts(e.Classes))
		}
		add := func(key string, values []string) {
			if len(values) > 0 {
				parts = append(parts, key+": "+flow(values))
			}
		}
		add("components", e.Components)
		add("meta_data", e.MetaData)
		add("native_libs", e.NativeLibs)
		add("assets", e.Assets)
		add("permissions", e.Permissions)
		add("actions", e.Actions)
		add("strings", e.Strings)
		for _, kv := range [][2]string{{"package", e.Package}, {"want", e.Want}, {"why", e.Why}} {
			if kv[1] != "" {
				parts = append(parts, kv[0]+": "+scalar(kv[1]))
			}
		}
		w.line("  - {%s}", strings.Join(parts, ", "))
	}
}

// counts writes {a: 1, b: 2}, the largest first.
func counts(m map[string]int) string {
	keys := slices.SortedFunc(maps.Keys(m), func(a, b string) int { return byClasses(prefix{a, m[a]}, prefix{b, m[b]}) })
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = fmt.Sprintf("%s: %d", scalar(k), m[k])
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// measuredHead stands above every measured.yaml.
const measuredHead = `# What the code of real artifacts calls, one entry per artifact. Generated by
# apkaudit sdk learn; not for editing.
`

// MeasuredYAML writes the file measured.yaml.
func MeasuredYAML(list []rules.Measured) []byte {
	w := &writer{}
	w.b.WriteString(measuredHead)
	if len(list) == 0 {
		w.line("measured: []")
		return []byte(w.b.String())
	}
	w.line("measured:")
	for _, m := range list {
		w.line("  - sdk: %s", scalar(m.SDK))
		w.line("    artifact: %s", scalar(m.Artifact))
		w.line("    sha256: %s", quote(m.SHA256))
		if m.Version != "" {
			w.line("    version: %s", quote(m.Version))
		}
		w.line("    classes: %d", m.Classes)
		if len(m.Calls) > 0 {
			w.line("    calls: %s", counts(m.Calls))
		}
		if len(m.Permissions) > 0 {
			w.line("    permissions: %s", flow(m.Permissions))
		}
		if len(m.Hosts) > 0 {
			w.line("    hosts: %s", flow(m.Hosts))
		}
	}
	return []byte(w.b.String())
}
