package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"

	"apkaudit/internal/audit"
)

// Limits of a comment. GitHub refuses one of more than 65,536 characters.
const (
	maxComment  = 65536
	commentNote = 700 // room for the line that says what was cut
	mdSites     = 3   // call sites of a finding
	mdQuotes    = 3
	mdSteps     = 6   // of a path
	mdNameCols  = 110 // of a method or file
	mdTitleCols = 160
	mdQuoteCols = 300
	mdTextCols  = 500
	mdListed    = 30 // waived findings
)

// Kinds of pieces, the most important first: where not all fit, the last are cut.
const (
	mdHead = iota
	mdGap
	mdFinding // + up to 4 for lower severities
	mdSDK     = mdFinding + 5
	mdProof   = mdSDK + 1 // + up to 4
	mdWaived  = mdProof + 5
)

// mdPiece is a piece of the document that is kept or cut as a whole.
type mdPiece struct {
	text string
	rank int
}

// writeMarkdown writes a comment for a pull request: what each report comes to,
// its findings at or above low by party, the evidence folded, SDKs and gaps. It
// never takes more room than a comment may and says what it left out.
func writeMarkdown(w io.Writer, reports []*audit.Report, opt Options) error {
	opt.Verbose = true
	var pieces []mdPiece
	for _, r := range reports {
		m := &mdWriter{printer: newPrinter(nil, r, opt)}
		m.report()
		pieces = append(pieces, m.pieces...)
	}
	_, err := io.WriteString(w, words{opt.Lang}.fitComment(pieces))
	return err
}

// fitComment joins the pieces that fit, in their order, and adds a line on those
// that do not. The first that does not fit ends what is kept, in the order of
// importance.
func (w words) fitComment(pieces []mdPiece) string {
	order := indexes(len(pieces))
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(pieces[a].rank, pieces[b].rank) })
	total := 0
	for _, p := range pieces {
		total += characters(p.text)
	}
	keep := make([]bool, len(pieces))
	cut := map[string]int{}
	var cuts []string
	room := maxComment
	if total > room {
		room -= commentNote
	}
	for _, i := range order {
		n := characters(pieces[i].text)
		if len(cuts) == 0 && n <= room {
			keep[i] = true
			room -= n
			continue
		}
		kind := pieces[i].kind()
		if cut[kind] == 0 {
			cuts = append(cuts, kind)
		}
		cut[kind]++
	}
	var b strings.Builder
	for i, p := range pieces {
		if keep[i] {
			b.WriteString(p.text)
		}
	}
	if len(cuts) == 0 {
		return b.String()
	}
	for i, kind := range cuts {
		cuts[i] = w.say(kind, "n", grouped(int64(cut[kind])))
	}
	return b.String() + "\n> " + w.say("md.cut", "limit", grouped(maxComment), "what", w.list(cuts)) + "\n"
}

// kind is the label that counts pieces of this kind when they are cut.
func (p mdPiece) kind() string {
	switch {
	case p.rank == mdHead:
		return "md.cut.report"
	case p.rank == mdGap:
		return "md.cut.gap"
	case p.rank < mdSDK:
		return "md.cut.finding"
	case p.rank == mdSDK:
		return "md.cut.sdk"
	case p.rank < mdWaived:
		return "md.cut.evidence"
	}
	return "md.cut.waived"
}

// characters counts as the hosts of comments do that count most: in units of UTF-16.
func characters(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

type mdWriter struct {
	*printer
	pieces []mdPiece
}

func (m *mdWriter) add(rank int, text string) {
	m.pieces = append(m.pieces, mdPiece{text, rank})
}

func (m *mdWriter) report() {
	var listed, waived []*audit.Finding
	for _, f := range bySeverity(m.r.Findings) {
		switch {
		case f.Status == audit.StatusWaived:
			waived = append(waived, f)
		case actionable(f):
			listed = append(listed, f)
		}
	}
	m.add(mdHead, m.heading(len(waived)))
	m.findings(listed)
	m.waived(waived)
	m.sdks()
	m.gaps()
}

// heading is the app, the verdict and the counts.
func (m *mdWriter) heading(waived int) string {
	name := m.appLine()
	if m.r.App.File == "" {
		name = m.appName()
	}
	if name == "" {
		name = m.r.Tool.Name
	}
	mark := "⚠️"
	switch m.r.Outcome.Verdict {
	case audit.OutcomeFindings:
		mark = "❌"
	case audit.OutcomeClean:
		mark = "✅"
	}
	var counts []string
	for _, s := range audit.Severities() {
		if n := *m.r.Outcome.Counts.Of(s); n > 0 {
			counts = append(counts, m.value("severity", s)+" "+grouped(int64(n)))
		}
	}
	if waived > 0 {
		counts = append(counts, m.count("waived", waived))
	}
	if len(counts) == 0 {
		counts = []string{"0"}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n## %s\n\n%s **%s**%s%s\n\n", mdText(name), mark, m.say("head.verdict"), m.say("colon"), mdText(m.verdict()))
	fmt.Fprintf(&b, "**%s**%s%s\n", m.say("head.total"), m.say("colon"), strings.Join(counts, " · "))
	if t := m.triaged(); t != "" {
		fmt.Fprintf(&b, "\n%s\n", mdText(t))
	}
	var from []string
	if a := &m.r.App; a.File != "" {
		from = append(from, m.say("head.file")+" "+mdCode(clipMiddle(clean(fileBase(a.File)), mdNameCols))+" sha256 "+mdCode(short(a.SHA256)))
	}
	for i, s := range m.r.Policy.Sources {
		if i == namesShown {
			from = append(from, m.say("more.short", "n", grouped(int64(len(m.r.Policy.Sources)-i))))
			break
		}
		from = append(from, m.say("head.policy")+" "+mdCode(clipMiddle(clean(fileBase(s.File)), mdNameCols)))
	}
	if len(m.r.Policy.Sources) == 0 {
		from = append(from, m.say("policy.none"))
	}
	fmt.Fprintf(&b, "\n%s\n", strings.Join(from, " · "))
	return b.String()
}

// findings writes a table a party, the one with the most severe finding first,
// each followed by the evidence of its rows. The findings come in that order.
func (m *mdWriter) findings(list []*audit.Finding) {
	if len(list) == 0 {
		m.add(mdHead, "\n"+m.say("section.nothing")+"\n")
	}
	of := map[string][]*audit.Finding{}
	var parties []string
	for _, f := range list {
		if of[f.Party] == nil {
			parties = append(parties, f.Party)
		}
		of[f.Party] = append(of[f.Party], f)
	}
	worst := map[string]int{} // of the findings that a baseline does not know, as in the text
	for p, list := range of {
		x := partyFindings{p, list}
		worst[p] = audit.SeverityRank(x.severity())
	}
	slices.SortStableFunc(parties, func(a, b string) int {
		return cmp.Or(cmp.Compare(worst[b], worst[a]), cmp.Compare(partyRank(a), partyRank(b)), cmp.Compare(a, b))
	})
	for i, party := range parties {
		name := m.say("md.document")
		if party != "" {
			name = mdText(m.partyName(party))
		}
		head := fmt.Sprintf("\n### %s (%d)\n\n", name, len(of[party]))
		if i == 0 {
			head = fmt.Sprintf("\n**%s** (%d)\n", m.say("section.findings"), len(list)) + head
		}
		m.table(head, of[party], mdFinding)
		for _, f := range of[party] {
			m.add(mdProof+below(f), m.proof(f))
		}
	}
	if n := m.r.Outcome.Counts.Info; n > 0 {
		m.add(mdHead, "\n"+m.say("md.other", "n", grouped(int64(n)))+"\n")
	}
}

// below is how far a severity lies below critical, 0 to 4.
func below(f *audit.Finding) int {
	return min(max(audit.SeverityRank(audit.Critical)-audit.SeverityRank(f.Severity), 0), 4)
}

// table writes findings as rows; what stands above the first row is one piece
// with it.
func (m *mdWriter) table(head string, list []*audit.Finding, rank int) {
	head += fmt.Sprintf("| %s | %s | %s | %s |\n| --- | --- | --- | --- |\n", m.say("md.severity"), m.say("md.finding"), m.say("column.verdict"), m.say("md.place"))
	for _, f := range list {
		title := mdText(clip(flow(f.Title.In(m.lang)), mdTitleCols))
		if tag := m.status(f); tag != "" {
			title = "\\[" + mdText(tag) + "\\] " + title
		}
		place := ""
		switch {
		case len(f.Policy) > 0:
			place = m.place(f.Policy[0].At)
		case len(f.Code) > 0:
			place, _ = apiName(f.Code[0].Caller)
		}
		row := fmt.Sprintf("| %s | %s | %s | %s |\n", mdText(m.value("severity", f.Severity)), title, mdText(m.value("verdict", f.Verdict)), mdText(place))
		at := rank
		if rank == mdFinding {
			at += below(f)
		}
		m.add(at, head+row)
		head = ""
	}
}

// proof is the evidence of one finding, folded.
func (m *mdWriter) proof(f *audit.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n<details><summary>%s%s%s · %s</summary>\n\n", m.say("md.evidence"), m.say("colon"), mdHTML(m.value("severity", f.Severity)), mdHTML(clip(flow(f.Title.In(m.lang)), mdTitleCols)))
	item := func(key, text string) {
		if text != "" {
			fmt.Fprintf(&b, "- **%s**%s%s\n", m.say(key), m.say("colon"), text)
		}
	}
	item("field.why", mdText(clip(flow(f.Why.In(m.lang)), mdTextCols)))
	for i := range f.Code[:min(len(f.Code), mdSites)] {
		item("field.code", m.siteLine(&f.Code[i]))
	}
	if rest := f.Sites - mdSites; rest > 0 {
		fmt.Fprintf(&b, "- %s\n", m.say("more.short", "n", grouped(int64(rest))))
	}
	for _, q := range f.Policy[:min(len(f.Policy), mdQuotes)] {
		item("field.policy", mdCode(m.place(q.At))+"\n  > "+mdText(m.excerpt(q, f, mdQuoteCols)))
	}
	if rest := len(f.Policy) - mdQuotes; rest > 0 {
		fmt.Fprintf(&b, "- %s\n", m.say("more.short", "n", grouped(int64(rest))))
	}
	switch {
	case len(f.Searched) > 0:
		side := "field.policy"
		if f.Verdict == audit.VerdictAbsent { // what the policy names was searched in the code
			side = "field.code"
		}
		var terms []string
		for _, t := range f.Searched[:min(len(f.Searched), sheetTerms)] {
			terms = append(terms, mdCode(clip(clean(t), 30)))
		}
		item(side, m.say("policy.silent", "terms", m.list(terms)))
	case len(f.Policy) == 0 && len(f.Code) > 0 && !m.policy:
		item("field.policy", m.say("policy.none"))
	case len(f.Policy) == 0 && len(f.Code) > 0 && f.Verdict == audit.VerdictUndisclosed:
		item("field.policy", m.say("policy.nothing"))
	}
	item("field.fix", mdText(clip(flow(f.Fix.In(m.lang)), mdTextCols)))
	item("field.clauses", mdText(clip(strings.Join(m.clauseNames(f), m.say("semicolon")), mdTextCols)))
	item("field.id", mdCode(clip(clean(f.Rule), mdNameCols))+" "+mdText(m.value("confidence", f.Confidence))+" "+mdCode(short(f.Fingerprint)))
	b.WriteString("\n</details>\n")
	return b.String()
}

// siteLine says where the code contains which call, what is known of the place,
// and the path to it.
func (m *mdWriter) siteLine(s *audit.Site) string {
	name := func(ref string) string { return mdCode(clipMiddle(apiFull(ref), mdNameCols)) }
	key := "code.call"
	if _, _, isField := splitRef(s.Target); isField {
		key = "code.read"
	}
	out := m.say(key, "api", name(s.Target)) + m.say("then") +
		m.say("code.in", "caller", name(s.Caller), "dex", mdCode(clipMiddle(clean(s.DEX), 40)), "offset", itoa(s.Offset))
	switch {
	case s.BeforeConsent == audit.Yes:
		out += m.say("then") + m.say("code.consent")
	case s.Reached == audit.No:
		out += m.say("then") + m.say("code.unreached")
	}
	path, key := s.Path, "code.path"
	if len(path) < 2 {
		path, key = s.Chain, "code.chain"
	}
	if len(path) < 2 {
		return out
	}
	var steps []string
	for i, x := range path {
		switch {
		case len(path) <= mdSteps, i < mdSteps/2, i >= len(path)-mdSteps/2:
			steps = append(steps, name(x))
		case i == mdSteps/2:
			steps = append(steps, "…")
		}
	}
	return out + "\n  " + m.say(key, "path", strings.Join(steps, " → "))
}

// waived lists what somebody accepted, folded, with the reason.
func (m *mdWriter) waived(list []*audit.Finding) {
	if len(list) == 0 {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n<details><summary>%s (%d)</summary>\n\n", m.say("status.waived"), len(list))
	for i, f := range list {
		if i == mdListed {
			fmt.Fprintf(&b, "- %s\n", m.say("more.short", "n", grouped(int64(len(list)-i))))
			break
		}
		fmt.Fprintf(&b, "- %s %s", mdText(m.value("severity", f.Severity)), mdText(clip(flow(f.Title.In(m.lang)), mdTitleCols)))
		if f.Waiver != nil {
			b.WriteString(m.say("colon") + mdText(clip(flow(f.Waiver.Reason), mdTextCols)))
			if f.Waiver.Until != "" {
				b.WriteString(" (" + m.say("until", "date", mdText(clip(flow(f.Waiver.Until), mdNameCols))) + ")")
			}
		}
		b.WriteByte('\n')
	}
	m.add(mdWaived, b.String()+"\n</details>\n")
}

// sdks is the table of embedded SDKs, those that the policy does not name first.
func (m *mdWriter) sdks() {
	list := slices.Clone(m.r.Behavior.SDKs)
	named := namedParties(&m.r.Policy)
	slices.SortStableFunc(list, func(a, b audit.SDK) int {
		x, y := named[audit.PrefixSDK+a.ID], named[audit.PrefixSDK+b.ID]
		switch {
		case x == y:
			return cmp.Or(cmp.Compare(b.Classes, a.Classes), cmp.Compare(a.ID, b.ID))
		case y:
			return -1
		}
		return 1
	})
	head := fmt.Sprintf("\n### %s (%d)\n\n| %s | %s | %s | %s |\n| --- | --- | --- | --- |\n", m.say("section.sdks"), len(list),
		m.say("column.sdk"), m.say("column.version"), m.say("column.confidence"), m.say("column.disclosed"))
	for _, s := range list {
		state := "sdk.undisclosed"
		switch {
		case !m.policy:
			state = "sdk.nopolicy"
		case named[audit.PrefixSDK+s.ID]:
			state = "sdk.disclosed"
		}
		m.add(mdSDK, head+fmt.Sprintf("| %s | %s | %s | %s |\n", mdText(clip(flow(s.Name.In(m.lang)), mdNameCols)), mdText(clip(clean(s.Version), 40)), mdText(m.presence(s)), mdText(m.say(state))))
		head = ""
	}
}

// namedParties are the parties that a policy speaks of.
func namedParties(p *audit.Policy) map[string]bool {
	named := map[string]bool{}
	for _, c := range p.Claims {
		named[c.Party] = true
	}
	for _, s := range p.SDKs {
		named[s.Party()] = true
	}
	return named
}

// gaps says what was not looked at and what that weakens.
func (m *mdWriter) gaps() {
	head := fmt.Sprintf("\n### %s (%d)\n\n", m.say("section.gaps"), len(m.r.Gaps))
	for _, g := range m.r.Gaps {
		m.add(mdGap, head+fmt.Sprintf("- **%s**%s%s → %s\n", mdText(m.value("gap", g.Kind)), m.say("colon"),
			mdText(clip(flow(g.Said().In(m.lang)), mdTextCols)), mdText(clip(flow(g.Weakens.In(m.lang)), mdTextCols))))
		head = ""
	}
}
