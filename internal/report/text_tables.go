package report

import (
	"cmp"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// column of a table. Where a table is too wide, ordinary columns give way
// first, names that read badly when broken next, fixed ones last.
type column struct {
	title string
	right bool
	name  bool
	fixed bool
}

const (
	columnGap    = 2
	minColumn    = 6
	easyColumn   = 18  // an ordinary column reads well down to this width
	maxNatural   = 120 // columns of a cell before it is wrapped in any case
	maxCellLines = 12  // of the long form
)

// table prints rows of clean cells. Where the table is too wide the widest
// columns are narrowed and their cells wrapped.
func (p *printer) table(indent int, cols []column, rows [][]string) {
	widths := p.widths(indent, cols, rows)
	p.row(indent, cols, widths, titlesOf(cols), dim)
	for _, r := range rows {
		p.row(indent, cols, widths, r, "")
	}
}

// widths are the widths of the columns, narrowed until a row fits.
func (p *printer) widths(indent int, cols []column, rows [][]string) []int {
	widths := make([]int, len(cols))
	for i, c := range cols {
		widths[i] = columns(c.title)
		for _, r := range rows {
			widths[i] = max(widths[i], min(columns(r[i]), maxNatural))
		}
	}
	fit(widths, cols, p.width-indent-columnGap*(len(cols)-1))
	return widths
}

func titlesOf(cols []column) []string {
	titles := make([]string, len(cols))
	for i, c := range cols {
		titles[i] = c.title
	}
	return titles
}

// fit narrows widths until their sum is at most room, the widest first.
func fit(widths []int, cols []column, room int) {
	sum := 0
	for _, w := range widths {
		sum += w
	}
	for _, round := range []struct {
		floor int
		may   func(column) bool
	}{
		{easyColumn, func(c column) bool { return !c.fixed && !c.name }},
		{easyColumn, func(c column) bool { return !c.fixed }},
		{minColumn, func(c column) bool { return !c.fixed }},
		{minColumn, func(column) bool { return true }},
	} {
		for sum > room {
			widest := -1
			for i, c := range cols {
				if round.may(c) && widths[i] > round.floor && (widest < 0 || widths[i] > widths[widest]) {
					widest = i
				}
			}
			if widest < 0 {
				break
			}
			widths[widest]--
			sum--
		}
	}
}

func (p *printer) row(indent int, cols []column, widths []int, cells []string, style string) {
	lines := make([][]string, len(cells))
	height := 0
	most := 3
	if p.opt.Verbose {
		most = maxCellLines
	}
	for i, c := range cells {
		lines[i] = wrap(c, widths[i], most)
		height = max(height, len(lines[i]))
	}
	for n := range height {
		var b strings.Builder
		b.WriteString(strings.Repeat(" ", indent))
		for i := range cells {
			cell := ""
			if n < len(lines[i]) {
				cell = lines[i][n]
			}
			if cols[i].right {
				cell = strings.Repeat(" ", max(0, widths[i]-columns(cell))) + cell
			}
			if i < len(cells)-1 {
				cell = pad(cell, widths[i]+columnGap)
			}
			b.WriteString(cell)
		}
		line := strings.TrimRight(b.String(), " ")
		if style != "" {
			line = p.paint(style, line)
		}
		p.line(line)
	}
}

// sdkTable lists the embedded SDKs, those that the policy does not name first.
func (p *printer) sdkTable() {
	sdks := slices.Clone(p.r.Behavior.SDKs)
	if len(sdks) == 0 {
		return
	}
	named := NamedParties(&p.r.Policy)
	known := func(s audit.SDK) int {
		if named[audit.PrefixSDK+s.ID] {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(sdks, func(a, b audit.SDK) int {
		return cmp.Or(cmp.Compare(known(a), known(b)), cmp.Compare(b.Classes, a.Classes), cmp.Compare(a.ID, b.ID))
	})
	p.section("section.sdks", len(sdks))
	cols := []column{{title: p.say("column.sdk")}, {title: p.say("column.id"), name: true}, {title: p.say("column.confidence"), fixed: true},
		{title: p.say("column.version")}, {title: p.say("column.classes"), right: true, fixed: true}, {title: p.say("column.disclosed"), fixed: true}}
	n := p.shown(len(sdks), sdkRows)
	var rows [][]string
	for _, s := range sdks[:n] {
		state := "sdk.undisclosed"
		switch {
		case !p.policy:
			state = "sdk.nopolicy"
		case known(s) == 1:
			state = "sdk.disclosed"
		}
		rows = append(rows, []string{clean(s.Name.In(p.lang)), clean(s.ID), p.presence(s), clean(s.Version), grouped(int64(s.Classes)), p.say(state)})
	}
	p.table(0, cols, rows)
	p.more(0, len(sdks)-n)
}

// presence is how certain an SDK is, with the score where none of its classes has
// its name and their structure alone speaks for it.
func (p *printer) presence(s audit.SDK) string {
	text, score := p.value("confidence", s.Confidence), ""
	for _, e := range s.Evidence {
		switch words := strings.Fields(e.Value); {
		case e.Kind == audit.EvidenceClass:
			return text
		case e.Kind == audit.EvidenceStructure && len(words) > 1:
			score = clean(words[1])
		}
	}
	if score != "" {
		text += " (" + p.say("sdk.structure") + " " + score + ")"
	}
	return text
}

// libraryTable lists the neutral libraries, in the long form alone: they collect
// nothing by themselves.
func (p *printer) libraryTable() {
	list := p.r.Behavior.Libraries
	if len(list) == 0 || !p.opt.Verbose {
		return
	}
	p.section("section.libraries", len(list))
	var rows [][]string
	for _, s := range list {
		rows = append(rows, []string{clean(s.Name.In(p.lang)), clean(s.ID), p.presence(s), clean(s.Version), grouped(int64(s.Classes))})
	}
	p.table(0, []column{{title: p.say("column.name")}, {title: p.say("column.id"), name: true}, {title: p.say("column.confidence"), fixed: true},
		{title: p.say("column.version")}, {title: p.say("column.classes"), right: true, fixed: true}}, rows)
}

// partyRank orders parties as a reader asks for them: the app, its SDKs, code
// without an owner, libraries, third parties in general, nobody.
func partyRank(party string) int {
	kinds := []string{audit.PartyApp, audit.PrefixSDK, audit.PrefixUnnamed, audit.PrefixUnknown, audit.PrefixLibrary, audit.PartyThirdParty}
	if i := slices.Index(kinds, audit.PartyKind(party)); i >= 0 {
		return i
	}
	return len(kinds)
}

// unowned lists the packages that no signature knows, so that the reader can name
// them. Small ones and shortened names, which name nobody, are summed up unless
// everything is asked for.
func (p *printer) unowned() {
	list := p.r.Behavior.Unowned
	if len(list) == 0 {
		return
	}
	large, rest := splitUnowned(list)
	p.section("section.unowned", len(list))
	shown := large
	if p.opt.Verbose {
		shown, rest = append(large, rest...), nil
	}
	n := p.shown(len(shown), unownedShown)
	var rows [][]string
	for _, u := range shown[:n] {
		rows = append(rows, []string{clipMiddle(clean(u.Prefix), 60), grouped(int64(u.Classes)), p.touches(u, p.most(touchedShown))})
	}
	if len(rows) > 0 {
		p.table(0, []column{{title: p.say("column.prefix"), name: true}, {title: p.say("column.classes"), right: true, fixed: true}, {title: p.say("column.touches")}}, rows)
	}
	left := p.leftUnowned(rest)
	if more := len(shown) - n; more > 0 {
		if left != "" {
			left = p.say("semicolon") + left
		}
		left = p.say("more", "n", grouped(int64(more))) + left
	}
	if left != "" {
		p.line(p.paint(dim, clip(left, p.width)))
	}
	if prefix := namePrefix(large); prefix != "" {
		for _, l := range wrap(p.say("unowned.hint", "prefix", prefix), p.width, 0) {
			p.line(p.paint(dim, l))
		}
	}
}

// namePrefix is the first prefix that may stand in a command line to be copied:
// the file decides what its packages are called.
func namePrefix(large []audit.Unowned) string {
	const most = 60
	for _, u := range large {
		odd := strings.ContainsFunc(u.Prefix, func(r rune) bool {
			return !(r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
		})
		if !odd && len(u.Prefix) <= most {
			return u.Prefix
		}
	}
	return ""
}

// touchedShown is how many names of data or permissions a row shows.
const touchedShown = 4

// splitUnowned parts the code without owner that is worth naming from what is
// small or shortened; both lists are ordered by size.
func splitUnowned(list []audit.Unowned) (large, rest []audit.Unowned) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b audit.Unowned) int {
		return cmp.Or(cmp.Compare(b.Classes, a.Classes), cmp.Compare(a.Prefix, b.Prefix))
	})
	for _, u := range list {
		if u.Classes >= audit.UnownedListed && !u.Obfuscated {
			large = append(large, u)
		} else {
			rest = append(rest, u)
		}
	}
	return large, rest
}

// leftUnowned sums up what has no line of its own, "" for nothing.
func (p *printer) leftUnowned(rest []audit.Unowned) string {
	var parts []string
	for _, obfuscated := range []bool{false, true} {
		prefixes, classes := 0, 0
		for _, u := range rest {
			if u.Obfuscated == obfuscated {
				prefixes++
				classes += u.Classes
			}
		}
		key := "unowned.small"
		if obfuscated {
			key = "unowned.short"
		}
		if prefixes > 0 {
			parts = append(parts, p.say(key, "n", p.count("packages", prefixes), "least", itoa(audit.UnownedListed), "classes", p.count("classes", classes)))
		}
	}
	return strings.Join(parts, p.say("semicolon"))
}

// touches names what the calls of code without owner can read and the requested
// permissions that they need; most = 0 shows all.
func (p *printer) touches(u audit.Unowned, most int) string {
	var data []string
	for _, a := range u.APIs {
		for _, d := range a.Data {
			if name := clip(p.named(p.r.Names.Data, d), 60); !slices.Contains(data, name) {
				data = append(data, name)
			}
		}
	}
	var perms []string
	for _, x := range u.Permissions {
		perms = append(perms, clipMiddle(clean(x[strings.LastIndexByte(x, '.')+1:]), 40))
	}
	few := func(list []string) string {
		if n := len(list) - most; most > 0 && n > 0 {
			return p.andMore(p.list(list[:most]), n)
		}
		return p.list(list)
	}
	out := few(data)
	if len(perms) > 0 {
		out = strings.TrimPrefix(out+" · ", " · ") + p.say("field.permissions") + few(perms)
	}
	if out == "" {
		return p.say("unowned.nothing")
	}
	return out
}

// gaps says what was not looked at and what that weakens; those that make the
// outcome incomplete come first.
func (p *printer) gaps() {
	list := slices.Clone(p.r.Gaps)
	if len(list) == 0 {
		return
	}
	kinds := audit.GapKinds()
	weak := func(g audit.Gap) int {
		if kinds[g.Kind] {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b audit.Gap) int { return cmp.Compare(weak(a), weak(b)) })
	p.section("section.gaps", len(list))
	n := p.shown(len(list), gapsShown)
	for _, g := range list[:n] {
		what := flow(g.Said().In(p.lang))
		if !p.opt.Verbose {
			what = clip(what, p.width)
		}
		for i, l := range wrap(p.value("gap", g.Kind)+": "+what+" → "+flow(g.Weakens.In(p.lang)), p.width-2, p.most(3)) {
			mark := "  "
			if i == 0 {
				mark = "- "
			}
			p.line(mark + l)
		}
	}
	p.more(2, len(list)-n)
}

// checks sums the checks up by state and names those without an answer; the
// long form lists each.
func (p *printer) checks() {
	if len(p.r.Checks) == 0 {
		return
	}
	states := []string{audit.StateViolated, audit.StateSatisfied, audit.StateUndecidable, audit.StateNotLooked}
	by := map[string][]string{}
	for _, c := range p.r.Checks {
		by[c.State] = append(by[c.State], clip(p.named(p.r.Names.Rule, c.Rule), 60))
	}
	var parts []string
	for _, s := range states {
		if n := len(by[s]); n > 0 {
			part := p.value("state", s) + " " + grouped(int64(n))
			if !p.opt.Verbose && (s == audit.StateUndecidable || s == audit.StateNotLooked) {
				part += " (" + p.some(by[s], checksShown) + ")"
			}
			parts = append(parts, part)
		}
	}
	if p.opt.Verbose {
		p.section("section.checks", len(p.r.Checks))
		var rows [][]string
		for _, c := range p.r.Checks {
			why := flow(c.Why.In(p.lang))
			for _, q := range c.Policy {
				why += " " + p.shortPlace(q.At)
			}
			rows = append(rows, []string{p.value("state", c.State), clean(c.Rule), p.named(p.r.Names.Rule, c.Rule), why})
		}
		p.table(0, []column{{title: p.say("column.state"), fixed: true}, {title: p.say("column.id"), name: true}, {title: p.say("column.check")}, {title: p.say("column.why")}}, rows)
		return
	}
	p.line("")
	p.field(0, p.say("head.checks"), strings.Join(parts, " · "), 2)
}
