package triage

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
)

// Diff says what became of the old report's app and policy in the new one. The
// reports may be of different packages: that is noted, and their findings are
// compared by rule, party and subject alone.
func Diff(older, newer *audit.Report) *audit.Difference {
	d := &audit.Difference{
		Schema: audit.DifferenceSchema, Old: compared(older), New: compared(newer), Notes: notes(older, newer),
		App:         appChanges(&older.App, &newer.App),
		SDKs:        changes(sdks(older.Behavior.SDKs), sdks(newer.Behavior.SDKs)),
		Libraries:   changes(sdks(older.Behavior.Libraries), sdks(newer.Behavior.Libraries)),
		Permissions: changes(permissions(older), permissions(newer)),
		Hosts:       changes(hosts(older), hosts(newer)),
		Exported:    changes(exported(older), exported(newer)),
		Findings:    findingChanges(older, newer),
		Sources:     sourceChanges(older.Policy.Sources, newer.Policy.Sources),
		Entries:     changes(entries(older), entries(newer)),
		Claims:      changes(claims(older), claims(newer)),
		Named:       changes(named(older), named(newer)),
		Gaps:        gapChanges(older.Gaps, newer.Gaps),
	}
	byPairs := hasPairs(older) && hasPairs(newer)
	oldReads, oldBefore := reads(older, byPairs)
	newReads, newBefore := reads(newer, byPairs)
	d.Data, d.BeforeConsent = changes(oldReads, newReads), changes(oldBefore, newBefore)
	d.Names = usedNames(d, older, newer)
	d.Normalize()
	return d
}

// thing is what a Change is about.
type thing struct{ party, id string }

// state is how a report states a thing: value is shown where the thing comes or
// goes, fields are compared where both reports have it.
type state struct {
	value  values
	fields []property
}

type property struct {
	name  string
	value values
}

// values are the different values that the rows about one thing have.
type values map[string]bool

// between parts them where they are shown.
const between = ", "

func (v values) String() string {
	return strings.Join(slices.Sorted(maps.Keys(v)), between)
}

func (v values) add(s string) {
	if s != "" {
		v[s] = true
	}
}

// add states a thing, or once more what another row of the report says of it.
func add(to map[thing]state, t thing, value string, fields ...field) {
	s, ok := to[t]
	if !ok {
		s = state{value: values{}}
		for _, f := range fields {
			s.fields = append(s.fields, property{f.name, values{}})
		}
		to[t] = s
	}
	s.value.add(value)
	for i, f := range fields {
		s.fields[i].value.add(f.value)
	}
}

// field is one value of a thing's property.
type field struct{ name, value string }

// changes compares what two reports state, sorted by party and id.
func changes(older, newer map[thing]state) []audit.Change {
	var out []audit.Change
	for t, s := range newer {
		o, ok := older[t]
		if !ok {
			out = append(out, audit.Change{Change: audit.ChangeNew, Party: t.party, ID: t.id, New: s.value.String()})
			continue
		}
		for i, f := range s.fields {
			if was, is := o.fields[i].value, f.value; !maps.Equal(was, is) {
				out = append(out, audit.Change{Change: audit.ChangeChanged, Party: t.party, ID: t.id, Field: f.name, Old: was.String(), New: is.String()})
			}
		}
	}
	for t, o := range older {
		if _, ok := newer[t]; !ok {
			out = append(out, audit.Change{Change: audit.ChangeGone, Party: t.party, ID: t.id, Old: o.value.String()})
		}
	}
	slices.SortFunc(out, func(a, b audit.Change) int {
		return cmp.Or(cmp.Compare(a.Party, b.Party), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Field, b.Field))
	})
	return out
}

func compared(r *audit.Report) audit.Compared {
	c := audit.Compared{File: r.App.File, SHA256: r.App.SHA256, Package: r.App.Package, VersionName: r.App.VersionName, VersionCode: r.App.VersionCode,
		AnalysisDigest: r.Tool.AnalysisDigest, RulesDigest: r.Tool.RulesDigest, Outcome: r.Outcome}
	for _, s := range r.Policy.Sources {
		c.Policies = append(c.Policies, s.File)
	}
	if c.File == "" && len(r.Policy.Sources) > 0 {
		c.File, c.SHA256 = r.Policy.Sources[0].File, r.Policy.Sources[0].SHA256
	}
	return c
}

// appChanges compares what identifies an app, in a fixed order.
func appChanges(older, newer *audit.App) []audit.Change {
	fields := func(a *audit.App) []field {
		var signers []string
		for _, s := range a.Signers {
			signers = append(signers, s.SHA256)
		}
		slices.Sort(signers)
		return []field{
			{"package", a.Package}, {"version_name", a.VersionName}, {"version_code", strconv.FormatInt(a.VersionCode, 10)},
			{"signers", strings.Join(signers, between)}, {"min_sdk", strconv.Itoa(a.MinSDK)}, {"target_sdk", strconv.Itoa(a.TargetSDK)},
			{"debuggable", strconv.FormatBool(a.Flags.Debuggable)}, {"allow_backup", strconv.FormatBool(a.Flags.AllowBackup)},
			{"cleartext", strconv.FormatBool(a.Flags.Cleartext)},
		}
	}
	var out []audit.Change
	now := fields(newer)
	for i, was := range fields(older) {
		if was != now[i] {
			out = append(out, audit.Change{Change: audit.ChangeChanged, Field: was.name, Old: was.value, New: now[i].value})
		}
	}
	return out
}

func sdks(list []audit.SDK) map[thing]state {
	out := map[thing]state{}
	for _, s := range list {
		add(out, thing{id: s.ID}, s.Version, field{"version", s.Version})
	}
	return out
}

func permissions(r *audit.Report) map[thing]state {
	out := map[thing]state{}
	for _, p := range r.Behavior.Permissions {
		limit := ""
		if p.MaxSDK != 0 {
			limit = strconv.Itoa(p.MaxSDK)
		}
		add(out, thing{id: p.Name}, "", field{"max_sdk", limit})
	}
	return out
}

func hosts(r *audit.Report) map[thing]state {
	out := map[thing]state{}
	for _, h := range r.Behavior.Hosts {
		add(out, thing{audit.StableParty(h.Party), h.Host}, "")
	}
	return out
}

// exported are the components that other apps can reach, by class.
func exported(r *audit.Report) map[thing]state {
	out := map[thing]state{}
	for _, c := range r.Behavior.Components {
		if c.Exported {
			add(out, thing{audit.StableParty(c.Party), c.Name}, c.Permission, field{"permission", c.Permission})
		}
	}
	return out
}

// hasPairs tells whether a report states what was compared: those of earlier
// versions do not.
func hasPairs(r *audit.Report) bool {
	return len(r.Pairs) > 0 || !slices.ContainsFunc(r.Behavior.Uses, func(u audit.Use) bool { return u.Collects() && len(u.Data) > 0 })
}

// reads are the data types that each party's code reads, with the verdict where it
// is known, and those of them that are read before consent.
func reads(r *audit.Report, byPairs bool) (all, before map[thing]state) {
	all, before = map[thing]state{}, map[thing]state{}
	read := func(party, data, verdict, beforeConsent string) {
		t := thing{audit.StableParty(party), data}
		add(all, t, verdict, field{"verdict", verdict})
		if beforeConsent == audit.Yes {
			add(before, t, "")
		}
	}
	if byPairs {
		for _, p := range r.Pairs {
			read(p.Party, p.Data, p.Verdict, p.BeforeConsent)
		}
		return all, before
	}
	for i := range r.Behavior.Uses {
		u := &r.Behavior.Uses[i]
		if !u.Collects() {
			continue
		}
		for _, d := range u.Data {
			read(u.Party, d, "", u.BeforeConsent)
			for _, a := range u.AlsoBy {
				read(a.Party, d, "", "") // the answer is that of the first party's path
			}
		}
	}
	return all, before
}

// findingChanges lists the findings that came, went, changed their severity or hold
// more data than before, most severe first.
func findingChanges(older, newer *audit.Report) []audit.FindingChange {
	was, is := older.Findings, newer.Findings
	if older.App.Package != newer.App.Package {
		was = slices.Clone(was)
		audit.SetFingerprints(newer.App.Package, was)
	}
	seen := map[*audit.Finding]bool{}
	var out []audit.FindingChange
	for i, o := range matched(was, is) {
		f := &is[i]
		if o == nil {
			out = append(out, findingChange(audit.ChangeNew, f, "", nil))
			continue
		}
		seen[o] = true
		if more := added(f, o.Items); len(more) > 0 || o.Severity != f.Severity {
			out = append(out, findingChange(audit.ChangeChanged, f, o.Severity, more))
		}
	}
	for i := range was {
		if f := &was[i]; !seen[f] {
			out = append(out, findingChange(audit.ChangeGone, f, f.Severity, nil))
		}
	}
	slices.SortStableFunc(out, func(a, b audit.FindingChange) int {
		return cmp.Or(cmp.Compare(audit.SeverityRank(b.Severity), audit.SeverityRank(a.Severity)), cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Party, b.Party), cmp.Compare(a.Data, b.Data), cmp.Compare(a.Permission, b.Permission), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return out
}

func findingChange(change string, f *audit.Finding, old string, more []string) audit.FindingChange {
	return audit.FindingChange{Change: change, Fingerprint: f.Fingerprint, Rule: f.Rule, Severity: f.Severity, OldSeverity: old, Verdict: f.Verdict,
		Party: audit.StableParty(f.Party), Data: f.Data, Permission: f.Permission, Title: f.Title, Status: f.Status, Added: more}
}

// gapChanges compares the gaps by kind. Of one kind, what was not looked at is told
// in words with numbers that differ with every build: then the kind has changed.
func gapChanges(older, newer []audit.Gap) []audit.Change {
	by := func(gaps []audit.Gap) map[thing][]string {
		out := map[thing][]string{}
		for _, g := range gaps {
			out[thing{id: g.Kind}] = append(out[thing{id: g.Kind}], g.What)
		}
		return out
	}
	was, is := by(older), by(newer)
	kinds := map[thing]bool{}
	for k := range was {
		kinds[k] = true
	}
	for k := range is {
		kinds[k] = true
	}
	var out []audit.Change
	for k := range kinds {
		gone, came := without(was[k], is[k]), without(is[k], was[k])
		for i := range max(len(gone), len(came)) {
			c := audit.Change{Change: audit.ChangeChanged, ID: k.id, Field: "what"}
			switch {
			case i >= len(gone):
				c.Change, c.Field, c.New = audit.ChangeNew, "", came[i]
			case i >= len(came):
				c.Change, c.Field, c.Old = audit.ChangeGone, "", gone[i]
			default:
				c.Old, c.New = gone[i], came[i]
			}
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b audit.Change) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Old, b.Old), cmp.Compare(a.New, b.New))
	})
	return out
}

// without is what stands in list and not in other, sorted, each once.
func without(list, other []string) []string {
	left := map[string]bool{}
	for _, s := range list {
		left[s] = true
	}
	for _, s := range other {
		delete(left, s)
	}
	return slices.Sorted(maps.Keys(left))
}

// notes says what to keep in mind when reading a difference.
func notes(older, newer *audit.Report) []audit.Text {
	var out []audit.Text
	note := func(is bool, zh, en string, args ...any) {
		if is {
			out = append(out, audit.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)})
		}
	}
	a, b := subject(older), subject(newer)
	note(a != b, "两份报告属于不同的应用（%s 与 %s）；发现的问题只按检查项、主体和对象比对。",
		"These are different apps (%s and %s); findings are compared by check, party and subject alone.", a, b)
	note(older.App.SHA256 != "" && older.App.SHA256 == newer.App.SHA256, "两份报告检查的是同一个文件。", "Both reports are of the same file.")
	note(older.Tool.AnalysisDigest != newer.Tool.AnalysisDigest, "两份报告的代码分析所用的特征库不同：一部分差异可能由此而来；请用同一版本重新扫描两个 APK。",
		"The code was read with different signatures: some differences may come from that. Scan both APKs with one version.")
	note(older.Tool.RulesDigest != newer.Tool.RulesDigest && older.Tool.AnalysisDigest == newer.Tool.AnalysisDigest, "两份报告按不同的规则判定：发现的问题可能因此不同；请用 apkaudit recheck 统一重判。",
		"The reports were judged by different rules: findings may differ because of that. Judge both again with apkaudit recheck.")
	note(older.Tool.Judged != newer.Tool.Judged, "两份报告的判定选项（方案、类别等）不同。", "The reports were judged with different options (profile, category and the like).")
	note(hasPolicy(older) && !hasPolicy(newer), "新报告没有可比对的政策：相关发现会因此消失。", "The new report has no policy to compare with: findings are gone because of that.")
	note(!hasPolicy(older) && hasPolicy(newer), "旧报告没有可比对的政策：相关发现会因此显得是新的。", "The old report has no policy to compare with: findings are new because of that.")
	note(older.Outcome.Incomplete, "旧报告检查不完整：其中没有的，未必真的没有。", "The old report is incomplete: what it lacks may have been there.")
	note(newer.Outcome.Incomplete, "新报告检查不完整：其中没有的，未必真的没有。", "The new report is incomplete: what it lacks may still be there.")
	return out
}

func hasPolicy(r *audit.Report) bool {
	return slices.ContainsFunc(r.Policy.Sources, func(s audit.PolicySource) bool { return s.Chars > 0 })
}
