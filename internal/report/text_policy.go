package report

import (
	"cmp"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// entries lists the SDK entries of the policies.
func (p *printer) entries() {
	list := p.r.Policy.SDKs
	if len(list) == 0 {
		return
	}
	p.section("section.entries", len(list))
	cols := []column{{title: p.say("column.name")}, {title: p.say("column.id"), name: true}, {title: p.say("column.company")},
		{title: p.say("column.data")}, {title: p.say("column.place"), name: true}}
	n := p.shown(len(list), entryRows)
	var rows [][]string
	for _, s := range list[:n] {
		id := clean(s.ID)
		if audit.PartyKind(s.ID) == audit.PrefixUnnamed {
			id = "?"
		}
		rows = append(rows, []string{clean(s.NameAsWritten), id, flow(s.Company), p.entryData(s), p.shortPlace(s.At)})
	}
	p.table(0, cols, rows)
	p.more(0, len(list)-n)
}

// entryData lists what an entry declares: data, data for iOS only, permissions.
func (p *printer) entryData(s audit.PolicySDK) string {
	var parts []string
	if len(s.Data) > 0 {
		parts = append(parts, p.dataNames(s.Data))
	}
	if len(s.PlatformData.IOS) > 0 {
		parts = append(parts, p.say("platform.ios")+": "+p.dataNames(s.PlatformData.IOS))
	}
	if len(s.Permissions) > 0 {
		var names []string
		for _, x := range s.Permissions {
			names = append(names, p.named(p.r.Names.Permission, x))
		}
		parts = append(parts, p.say("field.permissions")+p.list(names))
	}
	return strings.Join(parts, "; ")
}

func (p *printer) dataNames(ids []string) string {
	var out []string
	for _, d := range ids {
		out = append(out, p.named(p.r.Names.Data, d))
	}
	return p.list(out)
}

// statements lists the data types per party with the words that name them. The
// short form leaves out what the table of SDK entries says already.
func (p *printer) statements() {
	all := topics(p.r.Policy.Claims, p.lang)
	if len(all) == 0 {
		return
	}
	listed := map[string]bool{}
	for _, s := range p.r.Policy.SDKs {
		listed[s.Party()] = true
	}
	list := slices.Clone(all)
	if !p.opt.Verbose {
		slices.SortStableFunc(list, func(a, b topic) int { return cmp.Compare(rankIn(listed, a.party), rankIn(listed, b.party)) })
	}
	p.section("section.statements", len(all))
	n := p.shown(len(list), statementRows)
	var rows [][]string
	last := ""
	for _, t := range list[:n] {
		party := clip(p.named(p.r.Names.Party, t.party), partyCols)
		if t.party == last {
			party = ""
		}
		last = t.party
		data := p.named(p.r.Names.Data, t.data)
		if notes := p.topicNotes(t); notes != "" {
			data += " (" + notes + ")"
		}
		rows = append(rows, []string{party, data, "", p.shortPlace(t.said[t.best].at)})
	}
	cols := []column{{title: p.say("column.party")}, {title: p.say("column.data")}, {title: p.say("column.quote"), name: true}, {title: p.say("column.place"), name: true}}
	p.quotes(cols, rows, 2, list[:n])
	p.table(0, cols, rows)
	p.more(0, len(list)-n)
}

// The room for a party's name in a table with quotes, and for a name where there
// are several.
const (
	partyCols = 24
	nameCols  = 20
)

func rankIn(set map[string]bool, party string) int {
	if set[party] {
		return 1
	}
	return 0
}

// quotes fills column at with each topic's best quote, shortened around the
// words that name it to the room that the other columns leave.
func (p *printer) quotes(cols []column, rows [][]string, at int, list []topic) {
	const least = 24
	room := p.width - columnGap*(len(cols)-1)
	for i := range cols {
		if i == at {
			continue
		}
		w := columns(cols[i].title)
		for _, r := range rows {
			w = max(w, columns(r[i]))
		}
		if !cols[i].name {
			w = min(w, partyCols+2) // wrapped where it is wider
		}
		room -= w
	}
	room = max(room, least)
	if p.opt.Verbose {
		room = 2 * p.width
	}
	for i, t := range list {
		s := t.said[t.best]
		rows[i][at] = around(s.quote, s.from, s.to, room)
	}
}

// topicNotes says what is not ordinary about a topic, and how often it is said.
func (p *printer) topicNotes(t topic) string {
	var notes []string
	if t.polarity == audit.Denies {
		notes = append(notes, p.say("polarity.denies"))
	}
	switch t.platform {
	case audit.PlatformIOS:
		notes = append(notes, p.say("platform.ios"))
	case audit.PlatformAndroid:
		notes = append(notes, p.say("platform.android"))
	}
	if t.specificity == audit.Umbrella {
		notes = append(notes, p.say("specificity.umbrella"))
	}
	return p.list(notes)
}

// namedPermissions lists the permissions that the policies name, with the words
// that name them.
func (p *printer) namedPermissions() {
	list := permissionTopics(&p.r.Policy, p.r.Names.Permission, p.lang, slicer(p.r.Policy.Sources, 2*maxWidth))
	if len(list) == 0 {
		return
	}
	p.section("section.named", len(list))
	n := p.shown(len(list), permRows)
	var rows [][]string
	for _, t := range list[:n] {
		name, constant := p.named(p.r.Names.Permission, t.permission), clean(t.permission)
		if !p.opt.Verbose {
			name, constant = clip(name, nameCols), clipMiddle(strings.TrimPrefix(constant, "android.permission."), partyCols)
		}
		notes := ""
		if t.polarity == audit.Denies {
			notes = " (" + p.say("polarity.denies") + ")"
		}
		rows = append(rows, []string{name, constant, clip(p.named(p.r.Names.Party, t.party), nameCols) + notes, "", p.shortPlace(t.said[t.best].at)})
	}
	cols := []column{{title: p.say("column.name")}, {title: p.say("column.permission"), name: true}, {title: p.say("column.party")}, {title: p.say("column.quote"), name: true}, {title: p.say("column.place"), name: true}}
	p.quotes(cols, rows, 3, list[:n])
	p.table(0, cols, rows)
	p.more(0, len(list)-n)
}

// placeholders lists the blanks of templates.
func (p *printer) placeholders() {
	var list []audit.Defect
	for _, d := range p.r.Policy.Defects {
		if d.Kind == "placeholder" {
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		return
	}
	p.section("section.placeholders", len(list))
	n := p.shown(len(list), defectRows)
	for _, d := range list[:n] {
		place := p.place(d.At)
		p.line("- " + place + " " + around(d.Quote, 0, 0, p.quoteCols(columns(place)+3)))
	}
	p.more(2, len(list)-n)
}
