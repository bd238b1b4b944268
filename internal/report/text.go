package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// How much the short form shows; Verbose shows all. A report about a typical
// app stays within three screens of 45 lines.
const (
	fullFindings  = 8  // findings with their evidence
	briefFindings = 13 // findings in one line
	quotesShown   = 2
	sitesShown    = 2
	termsShown    = 5
	sdkRows       = 6
	unownedShown  = 3
	gapsShown     = 3
	checksShown   = 4
	namesShown    = 6 // permissions, policy files and the like in one line
	entryRows     = 10
	statementRows = 24
	permRows      = 10
	defectRows    = 5
)

const (
	labelCols  = 9 // of "Policy   ", the blank after it included
	indentCols = 4
)

// ANSI colours.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

// writeText writes the report for people.
func writeText(w io.Writer, reports []*audit.Report, opt Options) error {
	var out bytes.Buffer
	for i, r := range reports {
		p := newPrinter(&out, r, opt)
		if len(reports) > 1 {
			p.line(p.paint(bold, fmt.Sprintf("──── %d/%d ", i+1, len(reports))))
		}
		p.report()
		if len(reports) > 1 {
			p.line("")
		}
	}
	if len(reports) > 1 {
		newPrinter(&out, audit.NewReport(), opt).summary(reports)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// printer prints one report. All texts it is given are clean already.
type printer struct {
	words
	out    *bytes.Buffer
	opt    Options
	width  int
	r      *audit.Report
	uses   map[useKey][]*audit.Use
	claims map[audit.At][]*audit.Claim
	policy bool // a policy was read
}

type useKey struct{ party, target string }

func newPrinter(out *bytes.Buffer, r *audit.Report, opt Options) *printer {
	if opt.Width == 0 {
		opt.Width = DefaultWidth
	}
	p := &printer{words: words{opt.Lang}, out: out, opt: opt, width: min(max(opt.Width, minWidth), maxWidth), r: r,
		uses: map[useKey][]*audit.Use{}, claims: map[audit.At][]*audit.Claim{}}
	for i := range r.Behavior.Uses {
		u := &r.Behavior.Uses[i]
		k := useKey{u.Party, u.Target}
		p.uses[k] = append(p.uses[k], u)
		for _, a := range u.AlsoBy {
			k := useKey{a.Party, u.Target}
			p.uses[k] = append(p.uses[k], u)
		}
	}
	for i := range r.Policy.Claims {
		c := &r.Policy.Claims[i]
		p.claims[c.At] = append(p.claims[c.At], c)
	}
	p.policy = Compared(r)
	return p
}

// report prints the whole report in the order in which it is read: what was
// examined, what is wrong, what there is, what was not seen, what follows.
func (p *printer) report() {
	if p.r.Outcome.Verdict == audit.OutcomeError { // nothing was examined: there is nothing to list
		p.failedHeader()
		p.gaps()
		p.totals()
		return
	}
	p.header()
	if p.r.App.File != "" && !p.opt.Verbose {
		p.appFindingsShort()
	} else {
		p.findings()
	}
	if p.r.App.File == "" {
		p.entries()
		p.statements()
		p.namedPermissions()
		p.placeholders()
	} else {
		if p.opt.Verbose || !p.policy {
			p.sdkTable()
		}
		p.libraryTable()
		p.inventory()
		p.unowned()
	}
	p.gaps()
	p.checks()
	p.waiverTable()
	p.totals()
}

func (p *printer) line(s string) {
	p.out.WriteString(strings.TrimRight(s, " "))
	p.out.WriteByte('\n')
}

func (p *printer) paint(style, s string) string {
	if !p.opt.Color || s == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

func (p *printer) section(key string, n int) {
	p.line("")
	title := p.say(key)
	if n >= 0 {
		title += " (" + grouped(int64(n)) + ")"
	}
	p.line(p.paint(bold, title))
}

// field prints a label and wrapped text behind it, at most so many lines of it
// (0 = all).
func (p *printer) field(indent int, label, text string, most int) {
	if text == "" {
		return
	}
	for i, l := range wrap(text, p.width-indent-labelCols, p.most(most)) {
		head := pad(label, labelCols)
		if i > 0 {
			head = pad("", labelCols)
		}
		p.line(strings.Repeat(" ", indent) + p.paint(dim, head) + l)
	}
}

// most is a limit, or 0 (none) in the long form.
func (p *printer) most(limit int) int {
	if p.opt.Verbose {
		return 0
	}
	return limit
}

// shown is how many of n items are printed under a limit.
func (p *printer) shown(n, limit int) int {
	if p.opt.Verbose || n <= limit {
		return n
	}
	return limit
}

func (p *printer) more(indent, n int) {
	if n > 0 {
		p.line(strings.Repeat(" ", indent) + p.paint(dim, p.say("more", "n", grouped(int64(n)))))
	}
}

// some joins the first items of a list and says how many more there are.
func (p *printer) some(items []string, limit int) string {
	n := p.shown(len(items), limit)
	return p.andMore(p.list(items[:n]), len(items)-n)
}

// andMore says behind a list that it has n more items.
func (p *printer) andMore(list string, n int) string {
	if n <= 0 {
		return list
	}
	blank := " "
	if last, _ := utf8.DecodeLastRuneInString(list); p.lang == "zh" && columns(string(last)) > 1 {
		blank = "" // Chinese has none between its characters
	}
	return list + blank + p.say("more.short", "n", grouped(int64(n)))
}

func (p *printer) header() {
	a := &p.r.App
	tool := clean(p.r.Tool.Name)
	if p.r.Tool.Version != "" {
		tool += " " + clean(p.r.Tool.Version)
	}
	p.line(p.paint(bold, clip(tool, p.width)))
	if a.File != "" {
		p.field(0, p.say("head.app"), p.appLine(), 2)
		p.field(0, p.say("head.file"), p.fileLine(), 2)
		if splits := p.splitsLine(); splits != "" {
			p.field(0, p.say("head.splits"), splits, 2)
		}
		p.field(0, p.say("head.read"), p.contentLine(), 2)
		p.field(0, p.say("head.permissions"), p.permissionLine(), 2)
	}
	if len(p.r.Policy.Sources) == 0 {
		p.field(0, p.say("head.policy"), p.say("policy.none"), 1)
		return
	}
	n := p.shown(len(p.r.Policy.Sources), namesShown/2)
	for i, s := range p.r.Policy.Sources[:n] {
		label := ""
		if i == 0 {
			label = p.say("head.policy")
		}
		p.field(0, label, p.sourceLine(s), 2)
	}
	p.more(labelCols, len(p.r.Policy.Sources)-n)
	if a.File == "" {
		p.field(0, p.say("head.holds"), p.list([]string{p.count("entries", len(p.r.Policy.SDKs)), p.count("claims", len(p.r.Policy.Claims))}), 1)
	}
}

// failedHeader names a target of which nothing could be examined.
func (p *printer) failedHeader() {
	p.line(p.paint(bold, clip(clean(p.r.Tool.Name)+" "+clean(p.r.Tool.Version), p.width)))
	p.field(0, p.say("head.file"), clipMiddle(clean(p.r.App.File), 60), 2)
}

func (p *printer) appLine() string {
	a := &p.r.App
	label := audit.Text{ZH: a.Label.ZH, EN: a.Label.EN}.In(p.lang)
	if label == "" {
		label = a.Label.Default
	}
	s := clip(clean(label), 40)
	id := clipMiddle(clean(a.Package), 60)
	if s == "" {
		s = id
	} else if id != "" {
		s += " (" + id + ")"
	}
	if a.VersionName != "" || a.VersionCode != 0 {
		s += fmt.Sprintf(" %s (%d)", clip(clean(a.VersionName), 24), a.VersionCode)
	}
	if a.MinSDK != 0 || a.TargetSDK != 0 {
		s += fmt.Sprintf(" · minSdk %d · targetSdk %d", a.MinSDK, a.TargetSDK)
	}
	if a.Flags.Debuggable {
		s += " · " + p.say("flag.debug")
	}
	if a.Flags.Cleartext {
		s += " · " + p.say("flag.clear")
	}
	return s
}

func (p *printer) fileLine() string {
	a := &p.r.App
	s := clipMiddle(clean(a.File), 60)
	if a.Container != "" {
		s += " · " + clean(a.Container)
	}
	s += " · " + size(a.Size)
	if a.SHA256 != "" {
		s += " · sha256 " + short(a.SHA256)
	}
	return s
}

func (p *printer) contentLine() string {
	classes, methods := 0, 0
	for _, d := range p.r.App.DEX {
		classes += d.Classes
		methods += d.Methods
	}
	b := &p.r.Behavior
	parts := []string{p.count("dex", len(p.r.App.DEX)), p.count("classes", classes), p.count("methods", methods),
		p.count("sdks", len(b.SDKs)) + p.onlyPossible(b.SDKs), p.count("libs", len(b.Libraries)) + p.onlyPossible(b.Libraries), p.count("native", len(b.NativeLibs))}
	for _, f := range b.Frameworks {
		parts = append(parts, clip(clean(f.Name.In(p.lang)), 30))
	}
	for _, f := range b.Packers {
		parts = append(parts, p.say("packer", "name", clip(clean(f.Name.In(p.lang)), 30)))
	}
	return p.list(parts)
}

// onlyPossible says of how many SDKs no code was seen, "" for none.
func (p *printer) onlyPossible(list []audit.SDK) string {
	n := 0
	for _, s := range list {
		if s.Confidence == "possible" {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return p.count("possible", n)
}

func (p *printer) permissionLine() string {
	var dangerous []string
	for _, x := range p.r.Behavior.Permissions {
		if x.Protection == "dangerous" {
			name := x.Name[strings.LastIndexByte(x.Name, '.')+1:]
			dangerous = append(dangerous, clipMiddle(clean(name), 40))
		}
	}
	s := p.count("requested", len(p.r.Behavior.Permissions))
	if len(dangerous) > 0 {
		s += p.say("list") + p.count("dangerous", len(dangerous)) + ": " + p.some(dangerous, namesShown)
	}
	return s
}

func (p *printer) sourceLine(s audit.PolicySource) string {
	return clipMiddle(clean(s.File), 60) + " (" + p.sourceAbout(s) + ")"
}

// sourceAbout is the format, the languages and the length of a policy.
func (p *printer) sourceAbout(s audit.PolicySource) string {
	if s.Format == "" {
		return p.say("unread")
	}
	parts := []string{clean(s.Format)}
	for _, l := range s.Languages {
		parts = append(parts, clean(l))
	}
	return strings.Join(append(parts, p.count("chars", s.Chars)), ", ")
}

// totals prints the counts and the verdict.
func (p *printer) totals() {
	p.line("")
	o := p.r.Outcome
	var parts []string
	for _, s := range audit.Severities() {
		if n := *o.Counts.Of(s); n > 0 {
			parts = append(parts, p.paint(severityStyle(s), p.value("severity", s)+" "+strconv.Itoa(n)))
		}
	}
	waived := 0
	for _, f := range p.r.Findings {
		if f.Status == audit.StatusWaived {
			waived++
		}
	}
	if waived > 0 {
		parts = append(parts, p.count("waived", waived))
	}
	if len(parts) == 0 {
		parts = []string{"0"}
	}
	p.line(p.paint(dim, pad(p.say("head.total"), labelCols)) + strings.Join(parts, " · "))
	for i, l := range wrap(p.verdict(), p.width-labelCols, 0) {
		label := p.say("head.verdict")
		if i > 0 {
			label = ""
		}
		p.line(p.paint(dim, pad(label, labelCols)) + p.paint(verdictStyle(o.Verdict), l))
	}
}

// verdict says in a sentence what the report comes to.
func (p *printer) verdict() string {
	v := p.r.Outcome.Verdict
	switch { // what was not compared is not said to agree or to differ
	case v == audit.OutcomeClean && p.r.App.File == "":
		return p.say("clean.policy")
	case v == audit.OutcomeClean && !p.policy:
		return p.say("clean.app")
	case v == audit.OutcomeFindings && p.r.App.File == "":
		return p.say("findings.policy")
	case v == audit.OutcomeFindings && !p.policy:
		return p.say("findings.app")
	}
	return p.value("outcome", v)
}

// summary prints one row per report.
func (p *printer) summary(reports []*audit.Report) {
	p.line(p.paint(bold, p.say("section.summary")))
	cols := []column{{title: p.say("column.file"), name: true}, {title: p.say("column.id"), name: true}}
	for _, s := range audit.Severities() {
		cols = append(cols, column{title: p.value("severity", s), right: true, fixed: true})
	}
	cols = append(cols, column{title: p.say("column.verdict")})
	var rows [][]string
	for _, r := range reports {
		row := []string{clean(r.App.File), clean(r.App.Package)}
		if r.App.File == "" && len(r.Policy.Sources) > 0 {
			row[0] = clean(r.Policy.Sources[0].File)
		}
		for _, s := range audit.Severities() {
			row = append(row, strconv.Itoa(*r.Outcome.Counts.Of(s)))
		}
		rows = append(rows, append(row, p.value("short", r.Outcome.Verdict)))
	}
	p.table(0, cols, rows)
}

func severityStyle(s string) string {
	switch s {
	case audit.Critical:
		return bold + ";" + red
	case audit.High:
		return red
	case audit.Medium:
		return yellow
	case audit.Low:
		return cyan
	}
	return dim
}

func verdictStyle(v string) string {
	if v == audit.OutcomeClean {
		return bold + ";" + green
	}
	return bold + ";" + yellow
}

// grouped writes a number with a comma at every third digit.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		return "-" + s
	}
	return s
}

// size writes bytes in a readable unit (powers of 1,000).
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f KB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d B", n)
}

// shortDigits is how much of a digest is shown.
const shortDigits = 12

// short shortens a digest or fingerprint, keeping the number of a repeat.
func short(digest string) string {
	digest = clean(digest)
	base, repeat, found := strings.Cut(digest, "-")
	if len(base) > shortDigits {
		base = hardCut(base, shortDigits)
	}
	if found {
		return base + "-" + clip(repeat, 6)
	}
	return base
}

// leftOut is 1 for a statement that the policy alone, whatever the app does,
// leaves out. Of one severity such findings come last.
func leftOut(f *audit.Finding) int {
	if f.Party == "" && f.Permission == "" && len(f.Code) == 0 && len(f.Searched) > 0 {
		return 1
	}
	return 0
}

// aboutData is 1 for a finding that names data: of one severity such findings come
// first.
func aboutData(f *audit.Finding) int {
	if f.Data != "" || len(f.Items) > 0 {
		return 1
	}
	return 0
}

// bySeverity lists the findings most severe first, of equal severity those that name
// data and the surer ones first, waived ones last; equals keep the report's order.
func bySeverity(findings []audit.Finding) []*audit.Finding {
	out := make([]*audit.Finding, len(findings))
	for i := range findings {
		out[i] = &findings[i]
	}
	waived := func(f *audit.Finding) int {
		if f.Status == audit.StatusWaived {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b *audit.Finding) int {
		return cmp.Or(cmp.Compare(waived(a), waived(b)), cmp.Compare(audit.SeverityRank(b.Severity), audit.SeverityRank(a.Severity)),
			cmp.Compare(leftOut(a), leftOut(b)), cmp.Compare(aboutData(b), aboutData(a)), cmp.Compare(audit.SeverityRank(b.Confidence), audit.SeverityRank(a.Confidence)))
	})
	return out
}
