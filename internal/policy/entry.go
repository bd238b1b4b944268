package policy

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// Layouts of SDK entries, as the report names them.
const (
	layoutTable    = "table"
	layoutFlat     = "flat_rows"
	layoutCellLine = "cell_per_line"
	layoutKeyValue = "key_value"
	layoutProse    = "prose"
)

// entry is one SDK entry before it is resolved: pieces of the text by field.
type entry struct {
	layout  string
	name    span
	group   span // heading above several entries: a company or product name
	company span
	purpose span
	link    string
	parts   []part // pieces that may name data or permissions
	at      span
	lang    string
	sdks    []int // resolved already (prose): indices into set.SDKs
}

// part is a piece of an entry and the field it stands in.
type part struct {
	span
	field    field
	platform string // of a marker line above it
}

// entriesOf finds the SDK entries in all layouts and marks the blocks they
// take.
func (r *Reader) entriesOf(d *document, secs []section) []entry {
	var out []entry
	out = append(out, r.tableEntries(d)...)
	out = append(out, r.flatEntries(d)...)
	out = append(out, r.cellLineEntries(d)...)
	out = append(out, r.keyValueEntries(d)...)
	out = append(out, r.proseEntries(d, secs)...)
	slices.SortStableFunc(out, func(a, b entry) int { return a.at.start - b.at.start })
	return out
}

var urlPattern = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s，。；、）)】\]<>"'|]+`)

// linkIn returns the first address in a piece of text, written out or behind a
// link.
func (d *document) linkIn(s span) string {
	if u := urlPattern.FindString(d.str(s)); u != "" {
		return u
	}
	for _, l := range d.links {
		if l.start >= s.start && l.end <= s.end && strings.HasPrefix(l.href, "http") {
			return l.href
		}
	}
	return ""
}

// fieldOf returns the field that a heading cell names: the whole cell, or the
// cell without a note in parentheses or a numbering.
func (r *Reader) fieldOf(cell string) field {
	cell = cell[numberAt(cell).bytes:]
	cell = strings.Trim(cell, " \t*:：【】[]")
	if f := r.fields[rules.Fold(cell)]; f != fieldNone {
		return f
	}
	if i := strings.IndexAny(cell, "(（/、"); i > 0 {
		return r.fields[rules.Fold(cell[:i])]
	}
	return fieldNone
}

// fieldKey returns the field of a "key: value" line, and fieldNone where the
// text before the first colon is no known key.
func fieldKey(r *Reader, line string) field {
	f, _ := r.keyValue(line)
	return f
}

// maxKeyRunes bounds what may be a key.
const maxKeyRunes = 28

// keyValue splits a "key: value" line after its numbering: the field and the
// byte offset of the value.
func (r *Reader) keyValue(line string) (field, int) {
	from := numberAt(line).bytes
	i := strings.IndexAny(line[from:], ":：")
	if i <= 0 || utf8.RuneCountInString(line[from:from+i]) > maxKeyRunes*2 {
		return fieldNone, 0
	}
	f := r.fieldOf(line[from : from+i])
	if f == fieldNone {
		return fieldNone, 0
	}
	_, w := utf8.DecodeRuneInString(line[from+i:])
	return f, from + i + w
}

// companyIn finds the company in a piece: from the start of the chunk that a
// company suffix ends.
func (r *Reader) isCompany(s string) bool {
	s = strings.ToLower(strings.TrimRight(strings.TrimSpace(s), ".。;； "))
	for _, suf := range r.suffixes {
		if strings.HasSuffix(s, strings.TrimRight(suf, ".")) && utf8.RuneCountInString(s) <= 60 && s != suf {
			return true
		}
	}
	return false
}

// finishEntry resolves an entry and reads its data and permissions.
func (r *Reader) finishEntry(d *document, e entry) ([]audit.PolicySDK, []claim) {
	ids := r.resolve(d, &e)
	perms, claims := []string{}, []claim{}
	var android, ios []string
	for _, p := range e.parts {
		ms := r.partMentions(d, e, p)
		if len(ms) == 0 {
			continue
		}
		base := claim{polarity: audit.Collects, lang: e.lang, at: p.span, rule: "sdk_" + e.layout, purpose: e.purpose}
		claims = append(claims, groupClaims(r, base, ms, p.platform)...)
		for _, id := range permissionsOf(ms) {
			if !slices.Contains(perms, id) {
				perms = append(perms, id)
			}
		}
		android = union(android, dataOf(ms, func(m mention) bool {
			return either(m.platform, p.platform) != audit.PlatformIOS && r.personal(m.data)
		}))
		ios = union(ios, dataOf(ms, func(m mention) bool {
			return either(m.platform, p.platform) == audit.PlatformIOS && r.personal(m.data)
		}))
	}
	ios = slices.DeleteFunc(ios, func(x string) bool { return slices.Contains(android, x) })
	var rows []audit.PolicySDK
	var all []claim
	for _, id := range ids {
		row := audit.PolicySDK{ID: id, NameAsWritten: clean(d.str(e.name)), Company: clean(d.str(e.company)), Purpose: clean(d.str(e.purpose)),
			Data: slices.Clone(android), Permissions: slices.Clone(perms), Link: e.link, Lang: e.lang,
			PlatformData: audit.PlatformData{IOS: slices.Clone(ios)}, Layout: e.layout}
		rows = append(rows, row)
		for _, c := range claims {
			c.party = row.Party()
			all = append(all, c)
		}
		if len(claims) == 0 {
			all = append(all, claim{party: row.Party(), polarity: audit.Collects, platform: audit.PlatformAny, specificity: audit.Umbrella, lang: e.lang, at: e.at, rule: "sdk_named"})
		}
	}
	return rows, all
}

// clean makes one line of a piece of text.
func clean(s string) string { return strings.Join(strings.Fields(s), " ") }

func union(a, b []string) []string {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// partMentions reads the data and permissions of one part by its field and its
// content: a column of data counts whole; a permission column counts as
// permissions, and as data only where it lists data without speaking of
// permissions; a purpose counts only where it says that something is collected.
func (r *Reader) partMentions(d *document, e entry, p part) []mention {
	switch p.field {
	case fieldName, fieldCompany, fieldLink, fieldWebsite, fieldPackage, fieldNote, fieldPlatform, fieldNecessity:
		return nil
	}
	var out []mention
	for _, st := range r.statementsOf(d, p.span, e.lang) {
		ms := slices.DeleteFunc(slices.Clone(st.mentions), func(m mention) bool {
			return r.inPurpose(d, &st, m) || m.span == e.name || contains(e.name, m.span) || contains(e.company, m.span)
		})
		denied, _, hasDenial := r.denials(d, []statement{st}, 0, audit.PlatformAny)
		ms = slices.DeleteFunc(ms, func(m mention) bool {
			return slices.ContainsFunc(denied, func(x mention) bool { return x.span == m.span })
		})
		if hasDenial && !r.positiveVerb(&st) {
			continue
		}
		switch p.field {
		case fieldPurpose, fieldScenario, fieldFunction, fieldMethod:
			if !st.has(roleCollect) {
				continue
			}
		case fieldPermissions:
			ms = r.permissionCell(&st, ms)
		}
		out = append(out, ms...)
	}
	return out
}

func contains(outer, inner span) bool {
	return !outer.empty() && outer.start <= inner.start && inner.end <= outer.end
}

// listsData tells whether mentions are those of a data cell: identifiers, or
// several kinds of data that no permission guards.
func (r *Reader) listsData(ms []mention) bool {
	unguarded := 0
	for _, m := range ms {
		t := r.set.DataType(m.data)
		if t == nil || t.Umbrella {
			continue
		}
		if t.Parent == "device_identifier" || t.Parent == "sim_info" {
			return true
		}
		if !r.guarded[m.data] {
			unguarded++
		}
	}
	return unguarded >= 2
}

// permissionCell keeps the permissions of a permission cell, and its data where
// the cell speaks of collecting or lists data: shifted columns put data there.
func (r *Reader) permissionCell(st *statement, ms []mention) []mention {
	if st.has(roleCollect) || r.listsData(ms) {
		return ms
	}
	// Words of a permission list: each data type stands for its permissions.
	out := slices.DeleteFunc(slices.Clone(ms), func(m mention) bool { return m.permission == "" })
	for _, m := range ms {
		if m.permission != "" || m.data == "" {
			continue
		}
		for _, p := range r.set.Permissions {
			if slices.Contains(p.Data, m.data) && p.Protection == "dangerous" {
				out = append(out, mention{span: m.span, permission: p.Name, platform: m.platform})
			}
		}
	}
	return out
}
