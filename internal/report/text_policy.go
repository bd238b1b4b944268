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

// statement is one data type that a claim speaks of.
type statement struct {
	party, data, notes string
	claim              *audit.Claim
	from, to           int // of the mention in the quote, code points
}

// statements lists the data types per party with the words that name them.
func (p *printer) statements() {
	list := p.collectStatements()
	if len(list) == 0 {
		return
	}
	p.section("section.statements", len(list))
	n := p.shown(len(list), statementRows)
	var rows [][]string
	last := ""
	for _, s := range list[:n] {
		party := clip(p.named(p.r.Names.Party, s.party), 60)
		if s.party == last {
			party = ""
		}
		last = s.party
		data := p.named(p.r.Names.Data, s.data)
		if s.notes != "" {
			data += " (" + s.notes + ")"
		}
		quoteCols := p.width / 3
		if p.opt.Verbose {
			quoteCols = 2 * p.width
		}
		rows = append(rows, []string{party, data, around(s.claim.Quote, s.from, s.to, quoteCols), p.shortPlace(s.claim.At)})
	}
	p.table(0, []column{{title: p.say("column.party")}, {title: p.say("column.data")}, {title: p.say("column.quote")}, {title: p.say("column.place"), name: true}}, rows)
	p.more(0, len(list)-n)
}

// collectStatements takes the first claim of each party, data type, polarity
// and platform.
func (p *printer) collectStatements() []statement {
	type key struct{ party, data, polarity, platform, specificity string }
	seen := map[key]bool{}
	var out []statement
	for i := range p.r.Policy.Claims {
		c := &p.r.Policy.Claims[i]
		for _, d := range c.Data {
			k := key{c.Party, d, c.Polarity, c.Platform, c.Specificity}
			if seen[k] {
				continue
			}
			seen[k] = true
			s := statement{party: c.Party, data: d, claim: c, notes: p.claimNotes(c)}
			for _, m := range c.Mentions {
				if m.Data == d {
					s.from, s.to = m.Start-c.At.Start, m.End-c.At.Start
					break
				}
			}
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b statement) int {
		return cmp.Or(cmp.Compare(partyRank(a.party), partyRank(b.party)), cmp.Compare(a.party, b.party))
	})
	return out
}

// claimNotes says what is not ordinary about a claim.
func (p *printer) claimNotes(c *audit.Claim) string {
	var notes []string
	if c.Polarity == audit.Denies {
		notes = append(notes, p.say("polarity.denies"))
	}
	switch c.Platform {
	case audit.PlatformIOS:
		notes = append(notes, p.say("platform.ios"))
	case audit.PlatformAndroid:
		notes = append(notes, p.say("platform.android"))
	}
	if c.Specificity == audit.Umbrella {
		notes = append(notes, p.say("specificity.umbrella"))
	}
	return p.list(notes)
}

// namedPermissions lists the permissions that the policies name.
func (p *printer) namedPermissions() {
	type named struct {
		permission, party string
		at                audit.At
	}
	seen := map[string]bool{}
	var list []named
	for _, c := range p.r.Policy.Claims {
		for _, x := range c.Permissions {
			if !seen[x] {
				seen[x] = true
				list = append(list, named{x, c.Party, c.At})
			}
		}
	}
	for _, s := range p.r.Policy.SDKs {
		for _, x := range s.Permissions {
			if !seen[x] {
				seen[x] = true
				list = append(list, named{x, s.Party(), s.At})
			}
		}
	}
	if len(list) == 0 {
		return
	}
	p.section("section.named", len(list))
	n := p.shown(len(list), permRows)
	var rows [][]string
	for _, x := range list[:n] {
		rows = append(rows, []string{p.named(p.r.Names.Permission, x.permission), clean(x.permission), p.named(p.r.Names.Party, x.party), p.shortPlace(x.at)})
	}
	p.table(0, []column{{title: p.say("column.name")}, {title: p.say("column.permission"), name: true}, {title: p.say("column.party")}, {title: p.say("column.place"), name: true}}, rows)
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
