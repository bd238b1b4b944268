package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// writeDifferenceJSON writes a difference as it is.
func writeDifferenceJSON(w io.Writer, d *audit.Difference, _ Options) error {
	return audit.Encode(w, d)
}

// changeGroup is one section of a printed difference.
type changeGroup struct {
	title  string
	n      int // changes, of which a row may hold several
	rows   []changeRow
	hidden bool // only the long form lists it
}

// changeRow is one change: a clean line without colour.
type changeRow struct {
	change   string // audit.Change constants
	severity string // of a finding, else ""
	text     string
}

// differ prints a difference in words; what it returns is clean. Its report holds
// the names alone.
type differ struct {
	*printer
	d *audit.Difference
}

func newDiffer(p *printer, d *audit.Difference) *differ {
	p.r = audit.NewReport()
	p.r.Names = d.Names
	return &differ{p, d}
}

// groups are the sections that hold something, in the order in which a reviewer
// asks for them.
func (x *differ) groups() []changeGroup {
	d := x.d
	out := []changeGroup{
		{title: x.say("changed.app"), n: len(d.App), rows: x.rows(d.App, x.appRow)},
		{title: x.say("section.findings"), n: len(d.Findings), rows: x.findingRows()},
		{title: x.say("section.sdks"), n: len(d.SDKs), rows: x.rows(d.SDKs, func(c *audit.Change) string { return x.sdkRow(audit.PrefixSDK, c) })},
		{title: x.say("changed.data"), n: len(d.Data), rows: x.byParty(d.Data, x.dataName, x.verdicts)},
		{title: x.say("section.before"), n: len(d.BeforeConsent), rows: x.byParty(d.BeforeConsent, x.dataName, x.verdicts)},
		{title: x.say("changed.permissions"), n: len(d.Permissions), rows: x.rows(d.Permissions, x.permissionRow)},
		{title: x.say("section.hosts"), n: len(d.Hosts), rows: x.byParty(d.Hosts, clean, clean)},
		{title: x.say("changed.exported"), n: len(d.Exported), rows: x.byParty(d.Exported, clean, x.guard)},
		{title: x.say("changed.sources"), n: len(d.Sources), rows: x.rows(d.Sources, x.sourceRow)},
		{title: x.say("section.entries"), n: len(d.Entries), rows: x.rows(d.Entries, x.entryRow)},
		{title: x.say("section.statements"), n: len(d.Claims), rows: x.byParty(d.Claims, x.dataName, x.said)},
		{title: x.say("section.named"), n: len(d.Named), rows: x.byParty(d.Named, x.permissionName, x.said)},
		{title: x.say("section.gaps"), n: len(d.Gaps), rows: x.rows(d.Gaps, x.gapRow)},
		{title: x.say("section.libraries"), n: len(d.Libraries), rows: x.rows(d.Libraries, func(c *audit.Change) string { return x.sdkRow(audit.PrefixLibrary, c) }), hidden: true},
	}
	return slices.DeleteFunc(out, func(g changeGroup) bool { return g.n == 0 })
}

// rows are a list's lines, what is new before what changed and what is gone.
func (x *differ) rows(list []audit.Change, line func(*audit.Change) string) []changeRow {
	var out []changeRow
	for _, kind := range []string{audit.ChangeNew, audit.ChangeChanged, audit.ChangeGone} {
		for i := range list {
			if list[i].Change == kind {
				out = append(out, changeRow{change: kind, text: line(&list[i])})
			}
		}
	}
	return out
}

// byParty is rows for things that parties own: those of one party that came, went
// or changed alike share a line. name writes a thing, value what it changed from
// and to, or came or went with.
func (x *differ) byParty(list []audit.Change, name, value func(string) string) []changeRow {
	type key struct{ change, party, how string }
	names := map[key][]string{}
	var order []key
	for _, kind := range []string{audit.ChangeNew, audit.ChangeChanged, audit.ChangeGone} {
		for i := range list {
			c := &list[i]
			if c.Change != kind {
				continue
			}
			k := key{kind, c.Party, ""}
			if kind == audit.ChangeChanged {
				k.how = x.from(c, value)
			} else {
				k.how = x.either(c, value)
			}
			if names[k] == nil {
				order = append(order, k)
			}
			names[k] = append(names[k], clipMiddle(name(c.ID), changeNameCols))
		}
	}
	var out []changeRow
	for _, k := range order {
		text := x.owner(k.party) + x.say("colon") + x.some(names[k], namesShown)
		if k.how != "" {
			text += " · " + k.how
		}
		out = append(out, changeRow{change: k.change, text: text})
	}
	return out
}

// Columns of the parts of a line.
const (
	changeNameCols  = 60
	changeValueCols = 50
)

// owner is the party of a change.
func (x *differ) owner(party string) string {
	if party == audit.ShortenedParty {
		return x.say("changed.shortened")
	}
	return clip(x.partyName(party), changeNameCols)
}

// from is "old → new", each as it is written by value.
func (x *differ) from(c *audit.Change, value func(string) string) string {
	one := func(v string) string {
		if v == "" {
			return x.say("changed.nothing")
		}
		return clip(value(v), changeValueCols)
	}
	return one(c.Old) + " → " + one(c.New)
}

// either is the value that a thing has which came or went, "" for none.
func (x *differ) either(c *audit.Change, value func(string) string) string {
	v := c.New
	if c.Change == audit.ChangeGone {
		v = c.Old
	}
	if v == "" {
		return ""
	}
	return clip(value(v), changeValueCols)
}

func (x *differ) appRow(c *audit.Change) string {
	value := flow
	switch c.Field {
	case "signers":
		value = func(s string) string {
			var all []string
			for _, one := range strings.Split(s, ", ") {
				all = append(all, short(one))
			}
			return x.list(all)
		}
	case "debuggable", "allow_backup", "cleartext":
		value = func(s string) string {
			if s == "true" {
				return x.say("answer.yes")
			}
			return x.say("answer.no")
		}
	}
	return x.value("property", c.Field) + x.say("colon") + x.from(c, value)
}

func (x *differ) sdkRow(prefix string, c *audit.Change) string {
	s := clipMiddle(clean(c.ID), changeNameCols)
	if name := x.d.Names.Party[prefix+c.ID].In(x.lang); name != "" {
		s = clip(clean(name), changeNameCols) + " (" + s + ")"
	}
	if c.Change == audit.ChangeChanged {
		return s + x.say("colon") + x.from(c, flow)
	}
	return strings.TrimSpace(s + " " + x.either(c, flow))
}

func (x *differ) dataName(id string) string { return x.named(x.d.Names.Data, id) }

// verdicts are the words for what the policy says of data that is read; several
// verdicts are parted by commas.
func (x *differ) verdicts(list string) string {
	var all []string
	for _, v := range strings.Split(list, ", ") {
		if v == audit.VerdictDisclosed {
			all = append(all, x.say("changed.disclosed"))
		} else {
			all = append(all, x.value("verdict", v))
		}
	}
	return x.list(all)
}

func (x *differ) permissionRow(c *audit.Change) string {
	s := x.permissionName(c.ID)
	if c.Change == audit.ChangeChanged {
		s += " · maxSdkVersion " + x.from(c, flow)
	}
	return s
}

// permissionName is a permission's title with its constant.
func (x *differ) permissionName(id string) string {
	constant := clipMiddle(clean(id), changeNameCols)
	if name := clip(x.named(x.d.Names.Permission, id), changeNameCols); name != clean(id) {
		return name + " (" + constant + ")"
	}
	return constant
}

// guard is the permission that other apps need for an exported component.
func (x *differ) guard(permission string) string {
	return x.say("field.permissions") + clean(permission)
}

func (x *differ) sourceRow(c *audit.Change) string {
	s := clipMiddle(clean(c.ID), changeNameCols)
	if c.Change == audit.ChangeChanged {
		s += x.say("colon") + x.say("changed.text")
	}
	return s
}

func (x *differ) entryRow(c *audit.Change) string {
	s := x.owner(c.Party)
	if c.Change == audit.ChangeChanged {
		return s + x.say("colon") + x.value("property", c.Field) + " " + x.from(c, flow)
	}
	if name := x.either(c, flow); name != "" && name != s {
		s += " (" + name + ")"
	}
	return s
}

// said says how a policy states something: "collects umbrella ios" and the like,
// several parted by commas.
func (x *differ) said(states string) string {
	var all []string
	for _, state := range strings.Split(states, ", ") {
		var parts []string
		for _, word := range strings.Fields(state) {
			switch word {
			case audit.Collects:
				parts = append(parts, x.say("kind.collects"))
			case audit.Denies:
				parts = append(parts, x.say("kind.denies"))
			case audit.Umbrella:
				parts = append(parts, x.value("specificity", word))
			case audit.PlatformIOS, audit.PlatformAndroid:
				parts = append(parts, x.value("platform", word))
			}
		}
		all = append(all, strings.Join(parts, x.say("then")))
	}
	return strings.Join(all, x.say("semicolon"))
}

func (x *differ) gapRow(c *audit.Change) string {
	s := x.value("gap", c.ID) + x.say("colon")
	said := func(what string) string {
		g := audit.Gap{What: what}
		return flow(g.Said().In(x.lang))
	}
	if c.Change == audit.ChangeChanged {
		return s + x.from(c, said)
	}
	return s + x.either(c, said)
}

// findingRows lists what only the new report has, findings and data inside them, then
// other changes and what is gone.
func (x *differ) findingRows() []changeRow {
	var out []changeRow
	for _, pick := range []func(*audit.FindingChange) bool{
		func(f *audit.FindingChange) bool { return f.Change == audit.ChangeNew || len(f.Added) > 0 },
		func(f *audit.FindingChange) bool { return f.Change == audit.ChangeChanged && len(f.Added) == 0 },
		func(f *audit.FindingChange) bool { return f.Change == audit.ChangeGone },
	} {
		groups, places := x.joined(pick)
		for i, f := range groups {
			kind := audit.ChangeNew // one of the words, whatever a saved difference holds
			switch f.Change {
			case audit.ChangeChanged, audit.ChangeGone:
				kind = f.Change
			}
			text := flow(f.Title.In(x.lang))
			if f.Status != audit.StatusNew {
				text = "[" + x.value("status", f.Status) + "] " + text
			}
			if f.Change == audit.ChangeChanged && f.OldSeverity != f.Severity {
				text += " (" + x.say("changed.was", "severity", x.value("severity", f.OldSeverity)) + ")"
			}
			if len(f.Added) > 0 {
				text += " (" + x.say("changed.added", "data", x.some(x.dataList(f.Added), namesShown/2)) + ")"
			}
			if places[i] > 1 {
				text += " " + x.say("places", "n", itoa(places[i]))
			}
			out = append(out, changeRow{kind, f.Severity, text + " · " + short(f.Fingerprint)})
		}
	}
	return out
}

// joined are the findings that pick takes, with the number of places of each: the
// short form joins those that say the same of other places.
func (x *differ) joined(pick func(*audit.FindingChange) bool) (out []*audit.FindingChange, places []int) {
	for i := range x.d.Findings {
		f := &x.d.Findings[i]
		if !pick(f) {
			continue
		}
		if n := len(out) - 1; n >= 0 && !x.opt.Verbose {
			if o := out[n]; o.Change == f.Change && o.Rule == f.Rule && o.Severity == f.Severity && o.OldSeverity == f.OldSeverity && o.Status == f.Status && slices.Equal(o.Added, f.Added) && o.Title == f.Title {
				places[n]++
				continue
			}
		}
		out, places = append(out, f), append(places, 1)
	}
	return out, places
}

// side identifies one of the two reports.
func (x *differ) side(c *audit.Compared) string {
	id := clipMiddle(clean(c.Package), changeNameCols)
	if c.VersionName != "" || c.VersionCode != 0 {
		id += fmt.Sprintf(" %s (%d)", clip(clean(c.VersionName), 24), c.VersionCode)
	}
	parts := []string{strings.TrimSpace(id), clipMiddle(clean(c.File), changeNameCols)}
	if c.SHA256 != "" {
		parts = append(parts, "sha256 "+short(c.SHA256))
	}
	if c.Package != "" { // of a policy alone, the file has been named
		policy := x.say("policy.none")
		if len(c.Policies) > 0 {
			var names []string
			for _, f := range c.Policies {
				names = append(names, clipMiddle(clean(f), 32))
			}
			policy = x.say("head.policy") + x.say("colon") + x.some(names, namesShown/2)
		}
		parts = append(parts, policy)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// total counts the findings that came, changed and went.
func (x *differ) total() string {
	n := map[string]int{}
	severities := map[string]int{}
	for _, f := range x.d.Findings {
		n[f.Change]++
		if f.Change == audit.ChangeNew {
			severities[f.Severity]++
		}
	}
	s := x.say("changed.new", "n", itoa(n[audit.ChangeNew]))
	var parts []string
	for _, sev := range audit.Severities() {
		if severities[sev] > 0 {
			parts = append(parts, x.value("severity", sev)+" "+itoa(severities[sev]))
		}
	}
	if len(parts) > 0 {
		s += " (" + strings.Join(parts, " · ") + ")"
	}
	return s + x.say("semicolon") + x.say("changed.gone", "n", itoa(n[audit.ChangeGone])) + x.say("semicolon") + x.say("changed.changed", "n", itoa(n[audit.ChangeChanged]))
}
