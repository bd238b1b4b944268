package policy

import (
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules/pattern"
)

// English sections on permissions give each a line that begins with its name: "Location
// — to show what is near", "CAMERA ........ to scan codes", or a term of its own above
// the explanation. The name is a permission because of where it stands; what the line
// gives as its purpose is no data.

// Bounds of such a line's name, in bytes, and of the blocks above it among which the
// line that announces the list is sought.
const (
	maxLabelBytes = 64
	maxAnnounced  = 40
)

// labelEnds are what parts the name from the purpose: a colon, a dash, leaders, a tab.
var labelEnds = pattern.New(`^[^.…:–—\t\n]{2,64}?(?:[ \t]*(?:\.[ .]*\.[ .]*\.[. ]*|…[…. ]*|·{3,}|_{3,}|[–—]|[:\t])[ \t]*| - )`)

// labelMarks are the marks of which one stands in every such line.
var labelMarks = newNeedles("...", ". . .", "…", "···", "___", "–", "—", ":", "\t", " - ")

// permissionLabel splits a block of a section on permissions into the name of one and the
// rest; ok is false where it begins with none.
func (c *claimReader) permissionLabel(b *block) (label, rest span, ok bool) {
	d := c.d
	if b.lang != "en" || c.secs[b.section].class != sectionPermissions || b.kind == heading || b.kind == row || c.list.on && c.list.says.stance == denied {
		return span{}, span{}, false
	}
	start := b.start + numberAt(d.str(b.span)).bytes
	head := d.text[start:min(b.end, start+maxLabelBytes+maxFillerBytes)]
	label, rest = d.trim(span{start, b.end}), span{b.end, b.end}
	if labelMarks.in(head) {
		if m := labelEnds.FindStringIndex(head); m != nil {
			rest = d.trim(span{start + m[1], b.end})
			label = d.trim(span{start, start + len(strings.TrimRight(head[:m[1]], " .…·_–—:\t-"))})
		}
	}
	if label.empty() || label.end-label.start > maxLabelBytes {
		return span{}, span{}, false
	}
	return label, rest, !rest.empty() || b.kind == item
}

// labelWords may stand around the name of a permission.
var labelWords = pattern.New(`(?i)^(?:access (?:to )?|use of |read(?:ing)? )?(?:the |your )?|(?: access| permissions?| \([^()]*\))+$`)

// labelParts part the names of several permissions.
var labelParts = pattern.New(`(?i)\s*(?:[/,&]|\band\b|\bor\b)\s*`)

// maxLabels bounds the permissions that one line names.
const maxLabels = 6

// labelled returns the permissions that a label names, none where any part of it names
// none.
func (r *Reader) labelled(label string) []int32 {
	if v, ok := r.asPermission(label); ok {
		return []int32{v}
	}
	var parts []string
	from := 0
	for _, m := range labelParts.FindAllStringIndex(label, maxLabels) {
		parts, from = append(parts, label[from:m[0]]), m[1]
	}
	parts = append(parts, label[from:])
	var out []int32
	for k, part := range parts {
		v, ok := r.asPermission(part)
		if !ok && k+1 < len(parts) { // Network and Wi-Fi state
			last := parts[len(parts)-1]
			if i := strings.LastIndexByte(last, ' '); i >= 0 {
				v, ok = r.asPermission(part + last[i:])
			}
		}
		if !ok {
			return nil
		}
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// asPermission finds the permission that words stand for, alone or with that word.
func (r *Reader) asPermission(words string) (int32, bool) {
	words = strings.Trim(labelWords.ReplaceAllString(strings.TrimSpace(words), ""), " *_")
	if words == "" {
		return 0, false
	}
	for _, noun := range []string{" permission", ""} {
		if v, ok := r.permWords.whole(words + noun); ok {
			return v, true
		}
	}
	return 0, false
}

// labelPurposes begin what says for what a permission is.
var labelPurposes = pattern.New(`(?i)^(?:only )?(?:to |for |so |in order |used |needed |required |necessary |because |when |while |if |optional|passed |helps? |allows? )`)

// labelClaims reads a block that begins with the name of a permission: the claims of the
// name, and of what stands behind it where that is more than a purpose.
func (c *claimReader) labelClaims(i int) (out []claim, ok bool) {
	r, d, b := c.r, c.d, &c.d.blocks[i]
	label, rest, ok := c.permissionLabel(b)
	if !ok {
		return nil, false
	}
	perms := r.labelled(d.str(label))
	switch {
	case len(perms) == 0 || rest.empty() && !c.explainedBelow(i):
		return nil, false
	case c.deniedAbove(i):
		return nil, true
	}
	st := r.statementAt(d, label, b.lang)
	if slices.ContainsFunc(st.mentions, func(m mention) bool { return m.constant }) {
		return nil, false // read as it is everywhere
	}
	said := r.statementAt(d, span{label.start, b.end}, b.lang)
	if said.has(roleNegation) && !labelPurposes.MatchString(d.str(rest)) {
		return nil, false
	}
	var ms []mention
	for _, p := range perms {
		ms = append(ms, mention{span: label, permission: r.set.Permissions[p].Name, platform: audit.PlatformAny, opened: true})
	}
	guarded := slices.ContainsFunc(perms, func(p int32) bool { return r.set.Permissions[p].Protection == "dangerous" })
	for _, m := range st.mentions {
		if guarded && m.data != "" { // who may see the state of the network has no data of its user by that
			ms = append(ms, m)
		}
	}
	slices.SortStableFunc(ms, func(a, b mention) int { return a.start - b.start })
	base := claim{party: audit.PartyApp, polarity: audit.Collects, lang: b.lang, at: b.span, rule: "permission_statement", purpose: rest}
	c.list.item(d, b)
	out = groupClaims(r, base, ms, either(r.linePlatform(d, b.span), c.secs[b.section].platform))
	if !rest.empty() && !labelPurposes.MatchString(d.str(rest)) {
		out = append(out, c.text(&block{span: rest, lang: b.lang, section: b.section})...)
	}
	return out, true
}

// explainedBelow tells whether the item below one that only names a permission says what
// it is for: in a list of terms and explanations it is longer than a name.
func (c *claimReader) explainedBelow(i int) bool {
	if i+1 == len(c.d.blocks) {
		return false
	}
	next := &c.d.blocks[i+1]
	text := c.d.str(next.span)
	return next.kind == item && next.section == c.d.blocks[i].section && strings.Contains(text, " ") && len(c.r.labelled(text[:min(len(text), maxLabelBytes)])) == 0
}

// deniedAbove tells whether the line that announces the list of block i, or the last
// sentence above it, says that the app does without: "We do not ask for:".
func (c *claimReader) deniedAbove(i int) bool {
	d, section := c.d, c.d.blocks[i].section
	for k := i - 1; k >= 0 && k >= i-maxAnnounced && d.blocks[k].section == section; k-- {
		b := &d.blocks[k]
		if b.kind != heading && !strings.HasSuffix(d.str(b.span), ":") {
			continue
		}
		sts := c.r.blockStatements(d, b)
		return len(sts) > 0 && sts[len(sts)-1].has(roleNegation)
	}
	return false
}
