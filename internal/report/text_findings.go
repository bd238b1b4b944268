package report

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// group is a finding with those after it that say the same of other places of
// the policy, such as one blank of a template left in ten paragraphs.
type group struct {
	first  int // index, for its number
	all    []*audit.Finding
	policy []audit.Quote
}

// groups joins neighbours that differ in nothing but their places. The long
// form keeps every finding apart.
func (p *printer) groups(list []*audit.Finding) []group {
	var out []group
	for i, f := range list {
		if n := len(out); n > 0 && !p.opt.Verbose {
			g := &out[n-1]
			x := g.all[0]
			if x.Rule == f.Rule && x.Severity == f.Severity && x.Status == f.Status && slices.Equal(x.Added, f.Added) && x.Title == f.Title && x.Why == f.Why && len(x.Code) == 0 && len(f.Code) == 0 {
				g.all = append(g.all, f)
				g.policy = append(g.policy, f.Policy...)
				continue
			}
		}
		out = append(out, group{i, []*audit.Finding{f}, f.Policy})
	}
	return out
}

// findings prints the most severe findings with their evidence and the rest in
// one line each.
func (p *printer) findings() {
	list := bySeverity(p.r.Findings)
	p.findingsTitle(len(list))
	if len(list) == 0 {
		p.nothingFound()
		return
	}
	groups := p.groups(list)
	full := 0
	for full < len(groups) && (p.opt.Verbose || full < fullFindings && deservesBlock(groups[full].all[0])) {
		full++
	}
	for _, g := range groups[:full] {
		p.finding(g)
	}
	rest := groups[full:]
	n := p.shown(len(rest), briefFindings)
	for _, g := range rest[:n] {
		p.brief(g)
	}
	left := 0
	for _, g := range rest[n:] {
		left += len(g.all)
	}
	p.more(indentCols, left)
}

// nothingFound says that there is no finding, and of an incomplete report that this is
// so of what was examined.
func (p *printer) nothingFound() {
	if p.r.Outcome.Incomplete {
		p.line(p.say("section.nothing.examined"))
		return
	}
	p.line(p.say("section.nothing"))
}

// findingsTitle is the section's title, with what baseline and waivers came to.
func (p *printer) findingsTitle(n int) {
	p.line("")
	title := p.say("section.findings") + " (" + grouped(int64(n)) + ")"
	triaged := p.triaged()
	if one := " · " + triaged; triaged == "" || columns(title+one) <= p.width {
		p.line(p.paint(bold, title) + p.paint(dim, strings.TrimSuffix(one, " · ")))
		return
	}
	p.line(p.paint(bold, title))
	for _, l := range wrap(triaged, p.width-2, 0) {
		p.line("  " + p.paint(dim, l))
	}
}

// deservesBlock tells whether the short form shows a finding's evidence.
func deservesBlock(f *audit.Finding) bool {
	least := audit.Medium
	if leftOut(f) == 1 {
		least = audit.High // the title says it all
	}
	return audit.SeverityRank(f.Severity) >= audit.SeverityRank(least) && f.Status != audit.StatusWaived
}

// title is the finding's title with its status and, of a group, its size.
func (p *printer) title(g group) string {
	f := g.all[0]
	s := flow(f.Title.In(p.lang))
	if tag := p.status(f); tag != "" {
		s = "[" + tag + "] " + s
	}
	if n := len(g.all); n > 1 {
		s += " " + p.say("places", "n", grouped(int64(n)))
	}
	return s
}

// titleLines prints number, severity and title.
func (p *printer) titleLines(g group) {
	f := g.all[0]
	tag := p.value("severity", f.Severity)
	head := fmt.Sprintf("%2d. ", g.first+1)
	indent := columns(head) + columns(tag) + 1
	for i, l := range wrap(p.title(g), p.width-indent, p.most(2)) {
		if i == 0 {
			p.line(head + p.paint(severityStyle(f.Severity), tag) + " " + p.paint(bold, l))
			continue
		}
		p.line(strings.Repeat(" ", indent) + p.paint(bold, l))
	}
}

func (p *printer) brief(g group) { p.oneLine(g, fmt.Sprintf("%2d. ", g.first+1)) }

// oneLine prints a finding in one line, with head before it.
func (p *printer) oneLine(g group, head string) {
	f := g.all[0]
	tag := p.value("severity", f.Severity)
	const leastTitle = 16 // before the place gives way to it
	tail := " · " + short(f.Fingerprint)
	room := p.width - columns(head) - columns(tag) - 1 - columns(tail)
	if len(g.policy) > 0 {
		if place := " · " + p.place(g.policy[0].At); room-columns(place) >= leastTitle {
			tail = place + tail
			room -= columns(place)
		}
	}
	p.line(head + p.paint(severityStyle(f.Severity), tag) + " " + clip(p.title(g), room) + p.paint(dim, tail))
}

func (p *printer) finding(g group) {
	f := g.all[0]
	p.titleLines(g)
	p.field(indentCols, p.say("field.why"), flow(f.Why.In(p.lang)), 2)
	for i, s := range p.policySide(f, g.policy) {
		p.field(indentCols, p.label(i, "field.policy"), s, 1)
	}
	for i, s := range p.codeSide(f) {
		p.field(indentCols, p.label(i, "field.code"), s, 2)
	}
	p.field(indentCols, p.say("field.fix"), flow(f.Fix.In(p.lang)), 2)
	p.basis(f)
	if f.Waiver != nil {
		p.field(indentCols, p.say("field.waiver"), p.waived(f.Waiver), 2)
	}
}

func (p *printer) label(i int, key string) string {
	if i > 0 {
		return ""
	}
	return p.say(key)
}

// basis prints clauses, verdict and fingerprint: ids in one line, or in the
// long form every clause with its wording.
func (p *printer) basis(f *audit.Finding) {
	tail := p.value("verdict", f.Verdict) + " · " + p.value("confidence", f.Confidence) + " · " + short(f.Fingerprint)
	if f.Basis != "" && f.Basis != audit.BasisLaw { // that it is no law must not be overlooked
		tail = p.value("basis", f.Basis) + " · " + tail
	}
	if !p.opt.Verbose {
		var ids []string
		for _, id := range f.Clauses {
			ids = append(ids, clean(id))
		}
		s := ""
		if len(ids) > 0 { // they give way: whoever waives the finding needs its fingerprint
			s = p.fitting(ids, max(p.width-indentCols-labelCols-columns(" · "+tail), 1)) + " · "
		}
		p.field(indentCols, p.say("field.clauses"), s+tail, 2)
		return
	}
	for i, id := range f.Clauses {
		s := clean(id)
		if c, ok := p.r.Names.Clause[id]; ok {
			s += " " + flow(audit.Text{ZH: c.ZH, EN: c.EN}.In(p.lang))
			if !c.Verified {
				s += " " + p.say("unverified")
			}
		}
		p.field(indentCols, p.label(i, "field.clauses"), s, 0)
	}
	p.field(indentCols, p.say("field.id"), tail+" · "+clean(f.Rule)+" · "+clean(f.Fingerprint), 0)
	p.field(indentCols, p.say("field.grading"), p.grading(f), 0)
	p.field(indentCols, p.say("field.notice"), flow(f.Notice.In(p.lang)), 0)
}

// grading says step by step how severity and confidence came about.
func (p *printer) grading(f *audit.Finding) string {
	var steps []string
	for _, g := range f.Grading {
		value := p.value("severity", g.To)
		if g.Of == audit.GradeConfidence {
			value = p.value("confidence", g.To)
		}
		steps = append(steps, p.say("grade", "value", value, "why", flow(g.Why.In(p.lang))))
	}
	return strings.Join(steps, p.say("then"))
}

// policySide says what the policy states, or what was searched in it in vain.
// The terms of an absent SDK were searched in the code, see codeSide.
func (p *printer) policySide(f *audit.Finding, quotes []audit.Quote) []string {
	var out []string
	shown := p.shown(len(quotes), quotesShown)
	for _, q := range quotes[:shown] {
		place := p.place(q.At) + " "
		out = append(out, place+p.say("quoted", "text", p.excerpt(q, f, p.quoteCols(indentCols+labelCols+columns(place)))))
	}
	if rest := len(quotes) - shown; rest > 0 {
		out = append(out, p.say("more", "n", grouped(int64(rest))))
	}
	if len(f.Searched) > 0 && f.Verdict != audit.VerdictAbsent {
		out = append(out, p.silent(f.Searched))
	}
	if len(out) == 0 && len(f.Code) > 0 && f.Verdict == audit.VerdictUndisclosed {
		if !p.policy {
			return []string{p.say("policy.none")}
		}
		return []string{p.say("policy.nothing")}
	}
	return out
}

func (p *printer) silent(terms []string) string {
	var quoted []string
	for _, t := range terms {
		quoted = append(quoted, clip(clean(t), 30))
	}
	return p.say("policy.silent", "terms", p.some(quoted, termsShown))
}

// quoteCols is the room for a quote, its marks excluded: one line, or in the
// long form several.
func (p *printer) quoteCols(used int) int {
	room := p.width - used - columns(p.say("quoted", "text", ""))
	if p.opt.Verbose {
		room = 4 * p.width
	}
	return max(room, 16)
}

// place is file:line, or the file and the page of a PDF, the file without its directory: the header gives it in
// full. Of two files of one name the path is kept.
func (p *printer) place(at audit.At) string {
	sources := p.r.Policy.Sources
	if at.Source < 0 || at.Source >= len(sources) {
		return fmt.Sprintf("?:%d", at.Line)
	}
	file := sources[at.Source].File
	base := path.Base(strings.ReplaceAll(file, `\`, "/"))
	for i, s := range sources {
		if i != at.Source && path.Base(strings.ReplaceAll(s.File, `\`, "/")) == base {
			base = file
		}
	}
	if at.Page > 0 { // nobody finds a line of the extracted text
		return clipMiddle(clean(base), 32) + " " + p.say("page", "n", fmt.Sprint(at.Page))
	}
	return fmt.Sprintf("%s:%d", clipMiddle(clean(base), 32), at.Line)
}

// shortPlace is the line alone where there is one file to speak of.
func (p *printer) shortPlace(at audit.At) string {
	if len(p.r.Policy.Sources) == 1 && at.Source == 0 && at.Page > 0 {
		return p.say("page", "n", fmt.Sprint(at.Page))
	}
	if len(p.r.Policy.Sources) == 1 && at.Source == 0 {
		return p.say("line", "n", fmt.Sprint(at.Line))
	}
	return p.place(at)
}

// excerpt shortens a quote to n columns around the words that matter: the
// mention of the finding's data, or the name of the SDK entry.
func (p *printer) excerpt(q audit.Quote, f *audit.Finding, n int) string {
	from, to := p.focus(q, f)
	return around(q.Quote, from, to, n)
}

// focus returns where, in code points of the quote, the words that matter stand.
func (p *printer) focus(q audit.Quote, f *audit.Finding) (from, to int) {
	var best *audit.Mention
	for _, c := range p.claims[q.At] {
		for i := range c.Mentions {
			if m := &c.Mentions[i]; best == nil || m.Data == f.Data && best.Data != f.Data {
				best = m
			}
		}
	}
	for _, s := range p.r.Policy.SDKs {
		if s.At != q.At || best != nil && best.Data == f.Data {
			continue
		}
		if i := strings.Index(q.Quote, s.NameAsWritten); i >= 0 {
			from = utf8.RuneCountInString(q.Quote[:i])
			return from, from + utf8.RuneCountInString(s.NameAsWritten)
		}
	}
	if best == nil {
		return 0, 0
	}
	return best.Start - q.At.Start, best.End - q.At.Start
}

// around cuts a text to n columns, keeping what stands from..to (code points)
// with a third of the room before it.
func around(text string, from, to, n int) string {
	head, mid, tail := excerptOf([]rune(text), from, to, n)
	return clip(head+mid+tail, n)
}

// excerptOf is around in three pieces: what stands from..to, and what is left
// of the text before and behind it. Together they take at most n columns, where
// n leaves room for an ellipsis on either side.
func excerptOf(runes []rune, from, to, n int) (head, mid, tail string) {
	if from < 0 || to > len(runes) || from > to {
		from, to = 0, 0
	}
	head = string(runes[max(0, from-2*n):from])
	mid = clip(scrub(string(runes[from:to]), true), n)
	tail = string(runes[to:min(len(runes), to+2*n)])
	headCut, tailCut := from > 2*n, len(runes) > to+2*n
	head = strings.TrimLeft(scrub(head, true), " ")
	tail = strings.TrimRight(scrub(tail, true), " ")
	if !headCut && !tailCut && columns(head)+columns(mid)+columns(tail) <= n {
		return head, mid, tail
	}
	room := max(n-columns(mid), 0)
	headRoom := min(columns(head), max(room/3, room-columns(tail)-1))
	if columns(head) > headRoom || headCut {
		for columns(head) > max(headRoom-1, 0) {
			_, size := utf8.DecodeRuneInString(head)
			head = head[size:]
		}
		head = "…" + head
	}
	tailRoom := max(n-columns(head)-columns(mid), 1)
	if columns(tail) > tailRoom || tailCut {
		tail = clip(tail+"…", tailRoom)
	}
	return head, mid, tail
}

// codeSide says what the code contains: one line per API with its call sites,
// or the traces searched in vain.
func (p *printer) codeSide(f *audit.Finding) []string {
	if f.Verdict == audit.VerdictAbsent && len(f.Searched) > 0 {
		return []string{p.silent(f.Searched)}
	}
	var targets []string
	at := map[string][]*audit.Site{}
	for i := range f.Code {
		s := &f.Code[i]
		if at[s.Target] == nil {
			targets = append(targets, s.Target)
		}
		at[s.Target] = append(at[s.Target], s)
	}
	var out []string
	shown := p.shown(len(targets), sitesShown)
	for _, t := range targets[:shown] {
		var args []string
		for _, s := range at[t] {
			args = append(args, s.Args...)
		}
		s := p.callLine(f.Party, t, args) + p.siteList(at[t])
		if notes := p.useNotes(f.Party, t); len(notes) > 0 {
			s += " [" + strings.Join(notes, "; ") + "]"
		}
		out = append(out, s)
	}
	if rest := len(targets) - shown; rest > 0 {
		out = append(out, p.say("more", "n", grouped(int64(rest))))
	}
	return out
}

// callLine says "the code contains a call to X, 3 sites".
func (p *printer) callLine(party, target string, args []string) string {
	sites := 0
	for _, u := range p.uses[useKey{party, target}] {
		sites += u.Sites
	}
	if class, what, _ := splitRef(target); class == "" { // the package or action that the code names
		return p.say("code.names", "what", clipMiddle(what, 60))
	}
	name, isField := apiName(target)
	if !isField {
		name += "(" + constants(args) + ")"
	}
	key := "code.call"
	if isField {
		key = "code.read"
	}
	if sites > 1 {
		return p.say(key+"s", "api", name, "n", grouped(int64(sites)))
	}
	return p.say(key, "api", name)
}

func (p *printer) siteList(sites []*audit.Site) string {
	var b strings.Builder
	for _, s := range sites[:p.shown(len(sites), 1)] {
		b.WriteString(p.say("then"))
		b.WriteString(p.site(s.Example))
	}
	return b.String()
}

// site is "in class.method (dex, offset n)", in the long form with the path, the
// chain of calls that leads there, and why an answer is unknown.
func (p *printer) site(e audit.Example) string {
	s := p.siteAt(e)
	if !p.opt.Verbose {
		return s
	}
	if len(e.Path) > 0 {
		s += p.say("then") + p.say("code.path", "path", p.steps(e.Path))
	}
	if len(e.Chain) > 0 {
		s += p.say("then") + p.say("code.chain", "path", p.steps(e.Chain))
	}
	if e.Doubt != "" {
		s += p.say("then") + p.say("code.doubt", "why", p.value("doubt", e.Doubt))
	}
	return s
}

// siteAt is "in class.method (dex, offset n)".
func (p *printer) siteAt(e audit.Example) string {
	return p.say("code.in", "caller", clipMiddle(apiFull(e.Caller), 70), "dex", clipMiddle(clean(e.DEX), 40), "offset", fmt.Sprint(e.Offset))
}

// useNotes says what else is known of a party's calls to a target.
func (p *printer) useNotes(party, target string) []string {
	var notes []string
	add := func(s string) {
		if !slices.Contains(notes, s) {
			notes = append(notes, s)
		}
	}
	for _, u := range p.uses[useKey{party, target}] {
		if u.BeforeConsent == "yes" {
			add(p.say("code.consent"))
		}
		if u.Reached == "no" {
			add(p.say("code.unreached"))
		}
		if u.Nested != "" {
			add(p.say("code.nested", "file", clipMiddle(clean(u.Nested), 40)))
		}
	}
	return notes
}

// constants lists the different known arguments of a call's sites.
func constants(args []string) string {
	const most = 4
	var out []string
	for _, a := range args {
		if a = `"` + clip(clean(a), 30) + `"`; a != `""` && !slices.Contains(out, a) {
			out = append(out, a)
		}
		if len(out) > most {
			out[most] = "…"
			break
		}
	}
	return strings.Join(out, ", ")
}

// apiName writes a DEX reference as Class.member; isField tells a field from a
// method. What is no reference is given back cleaned.
func apiName(ref string) (name string, isField bool) {
	class, member, isField := splitRef(ref)
	if class == "" {
		return clipMiddle(member, 60), false
	}
	return clipMiddle(class[strings.LastIndexByte(class, '.')+1:]+"."+member, 60), isField
}

// apiFull writes a DEX reference as package.Class.member.
func apiFull(ref string) string {
	class, member, _ := splitRef(ref)
	if class == "" {
		return member
	}
	return class + "." + member
}

// splitRef splits Lpkg/Class;->member(…)ret or Lpkg/Class;->FIELD:type into the
// dotted class and the member, both clean. What is no reference comes back as
// the member of no class.
func splitRef(ref string) (class, member string, isField bool) {
	class, rest, ok := strings.Cut(ref, ";->")
	if !ok || len(class) < 2 || class[0] != 'L' {
		return "", clean(ref), false
	}
	member, _, isMethod := strings.Cut(rest, "(")
	if !isMethod {
		member, _, _ = strings.Cut(rest, ":")
	}
	return clean(strings.ReplaceAll(class[1:], "/", ".")), clean(member), !isMethod
}
