package report

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

const (
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifVersion = "2.1.0"
)

// Limits of the file, at or below those of GitHub code scanning.
const (
	maxRuns      = 20
	maxResults   = 25000    // of the whole file; the most severe are kept
	maxPacked    = 10 << 20 // bytes of the file, compressed by gzip as it is uploaded
	maxLocations = 10       // of a result; also of one code flow
	maxFlows     = 5        // code flows of a result
	maxText      = 1000     // code points of a message part or snippet
	maxNotes     = 100      // notifications of a run
)

// writeSARIF writes a run per report, or one run of all where there would be
// too many. Results are left out until the file is small enough to be uploaded.
func writeSARIF(w io.Writer, reports []*audit.Report, opt Options) error {
	for most := maxResults; ; {
		log := sarifOf(reports, opt, most)
		var out bytes.Buffer
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(log); err != nil {
			return err
		}
		size := packed(out.Bytes())
		results := 0
		for _, run := range log.Runs {
			results += len(run.Results)
		}
		if size <= maxPacked || results == 0 {
			_, err := w.Write(out.Bytes())
			return err
		}
		most = min(results-1, int(float64(results)*0.9*maxPacked/float64(size)))
	}
}

// packed is the size of a file after gzip; of a small one no more than its own.
func packed(data []byte) int {
	if len(data) <= maxPacked {
		return len(data)
	}
	var n counter
	z := gzip.NewWriter(&n)
	_, _ = z.Write(data) // a counter takes everything
	_ = z.Close()
	return int(n)
}

type counter int

func (n *counter) Write(p []byte) (int, error) {
	*n += counter(len(p))
	return len(p), nil
}

// sarifOf makes the document with at most so many results.
func sarifOf(reports []*audit.Report, opt Options, most int) sarifLog {
	b := &sarifBuilder{words: words{opt.Lang}, dir: opt.WorkDir, ids: map[string]int{}}
	log := sarifLog{Schema: sarifSchema, Version: sarifVersion, Runs: []sarifRun{}}
	groups := make([][]*audit.Report, 0, len(reports))
	if len(reports) > maxRuns {
		groups = append(groups, reports)
	} else {
		for _, r := range reports {
			groups = append(groups, []*audit.Report{r})
		}
	}
	keep := mostSevere(reports, most)
	for _, g := range groups {
		log.Runs = append(log.Runs, b.run(g, keep))
	}
	return log
}

// mostSevere picks at most n findings over all reports; nil means all.
func mostSevere(reports []*audit.Report, n int) map[*audit.Finding]bool {
	var all []*audit.Finding
	for _, r := range reports {
		for i := range r.Findings {
			all = append(all, &r.Findings[i])
		}
	}
	if len(all) <= n {
		return nil
	}
	slices.SortStableFunc(all, func(a, b *audit.Finding) int {
		return cmp.Compare(audit.SeverityRank(b.Severity), audit.SeverityRank(a.Severity))
	})
	keep := map[*audit.Finding]bool{}
	for _, f := range all[:n] {
		keep[f] = true
	}
	return keep
}

type sarifBuilder struct {
	words
	dir string
	ids map[string]int // of runs, with how often each was used
}

// run makes one run of the reports, which share one list of rules.
func (b *sarifBuilder) run(reports []*audit.Report, keep map[*audit.Finding]bool) sarifRun {
	run := b.newRun(reports[0].Tool.Version, b.runID(reports), b.rules(reports))
	index := map[string]int{}
	for i, r := range run.Tool.Driver.Rules {
		index[r.ID] = i
	}
	invocation := sarifInvocation{ExecutionSuccessful: true}
	seen := map[string]bool{}
	dropped := 0
	for _, r := range reports {
		invocation.ExecutionSuccessful = invocation.ExecutionSuccessful && r.Outcome.Verdict != audit.OutcomeError
		for _, a := range b.artifacts(r) {
			if !seen[a.Location.URI] {
				seen[a.Location.URI] = true
				run.Artifacts = append(run.Artifacts, a)
			}
		}
		states := baselineStates(r)
		for i := range r.Findings {
			if f := &r.Findings[i]; keep == nil || keep[f] {
				res := b.result(r, f, index[f.Rule])
				res.BaselineState = states.of(f)
				run.Results = append(run.Results, res)
			} else {
				dropped++
			}
		}
		for _, g := range r.Gaps {
			if len(invocation.Notifications) < maxNotes {
				invocation.Notifications = append(invocation.Notifications, b.gapNote(r, g))
			}
		}
	}
	if dropped > 0 {
		invocation.Notifications = append([]sarifNotification{b.droppedNote(dropped)}, invocation.Notifications...)
	}
	run.Invocations = []sarifInvocation{invocation}
	return run
}

// newRun is a run without results.
func (b *sarifBuilder) newRun(version, id string, rules []sarifRule) sarifRun {
	run := sarifRun{
		Tool:              sarifTool{sarifDriver{Name: "apkaudit", Version: version, Rules: rules}},
		Language:          "en-US",
		ColumnKind:        "unicodeCodePoints",
		AutomationDetails: sarifAutomation{id},
		Results:           []sarifResult{},
	}
	if b.lang == "zh" {
		run.Language = "zh-CN"
	}
	return run
}

func (b *sarifBuilder) droppedNote(n int) sarifNotification {
	return sarifNotification{"warning", sarifMessage{Text: b.say("sarif.dropped", "n", grouped(int64(n)))}}
}

// runID tells the runs of one file apart: code scanning takes what stands before
// the last slash as the category of the analysis, and refuses a second run of
// the same category.
func (b *sarifBuilder) runID(reports []*audit.Report) string {
	id := "apkaudit/all"
	if len(reports) == 1 {
		a := reports[0].App
		name := a.Package
		if name == "" {
			name = "policy"
		}
		id = "apkaudit/" + escapeSegment(cutRunes(name, 100))
		if a.SHA256 != "" {
			id += "-" + short(a.SHA256)
		}
	}
	b.ids[id]++
	if n := b.ids[id]; n > 1 {
		id += fmt.Sprintf("-%d", n)
	}
	return id + "/"
}

func (b *sarifBuilder) gapNote(r *audit.Report, g audit.Gap) sarifNotification {
	level := "note"
	if audit.GapKinds()[g.Kind] {
		level = "warning"
	}
	text := b.value("gap", g.Kind) + ": " + flow(g.Said().In(b.lang)) + " → " + flow(g.Weakens.In(b.lang))
	if r.App.File != "" {
		text = clean(r.App.File) + ": " + text
	}
	return sarifNotification{level, message(text)}
}

func (b *sarifBuilder) artifacts(r *audit.Report) []sarifArtifact {
	var out []sarifArtifact
	add := func(file, sha string, length int64, roles ...string) {
		a := sarifArtifact{Location: sarifArtifactLocation{relativeURI(b.dir, file)}, Length: length, Roles: roles}
		if sha != "" {
			a.Hashes = map[string]string{"sha-256": sha}
		}
		out = append(out, a)
	}
	if r.App.File != "" {
		add(r.App.File, r.App.SHA256, r.App.Size, "analysisTarget")
	}
	for _, s := range r.Policy.Sources {
		add(s.File, s.SHA256, 0, "referencedOnCommandLine")
	}
	return out
}

// sarifRules gathers the checks that have findings. Their texts carry both languages,
// the chosen one first.
type sarifRules struct {
	b   *sarifBuilder
	ids []string // in the order in which they were met
	all map[string]*sarifRuleSum
}

type helpLine struct{ label, said string }

// sarifRuleSum is one of them. What no message needs of a finding is not kept.
type sarifRuleSum struct {
	name          audit.Text
	rests         []helpLine // clauses, or what else it rests on
	fix           audit.Text
	sameFix       bool // every finding says it
	worst, surest string
	index         int // in ids
}

func (b *sarifBuilder) newRules() *sarifRules {
	return &sarifRules{b: b, all: map[string]*sarifRuleSum{}}
}

func (s *sarifRules) add(r *audit.Report) {
	for i := range r.Findings {
		f := &r.Findings[i]
		x := s.all[f.Rule]
		if x == nil {
			x = s.first(r, f)
			s.all[f.Rule] = x
			s.ids = append(s.ids, f.Rule)
		}
		x.sameFix = x.sameFix && f.Fix == x.fix
		if audit.SeverityRank(f.Severity) > audit.SeverityRank(x.worst) {
			x.worst = f.Severity
		}
		if precision(f.Confidence) > precision(x.surest) {
			x.surest = f.Confidence
		}
	}
}

// first is the sum of a rule of which nothing was seen yet.
func (s *sarifRules) first(r *audit.Report, f *audit.Finding) *sarifRuleSum {
	x := &sarifRuleSum{fix: f.Fix, sameFix: true, worst: f.Severity, surest: f.Confidence, index: len(s.ids)}
	var ok bool
	if x.name, ok = r.Names.Rule[f.Rule]; !ok {
		x.name = audit.Text{ZH: f.Rule, EN: f.Rule}
	}
	for _, c := range f.Clauses {
		if n, ok := r.Names.Clause[c]; ok {
			x.rests = append(x.rests, helpLine{s.b.say("sarif.clauses") + " " + clean(c), s.b.both(audit.Text{ZH: n.ZH, EN: n.EN})})
		}
	}
	if f.Basis != "" && f.Basis != audit.BasisLaw {
		x.rests = append(x.rests, helpLine{s.b.say("sarif.clauses"), s.b.value("basis", f.Basis)})
	}
	return x
}

// list makes the rules of these ids.
func (s *sarifRules) list(ids []string) []sarifRule {
	rules := make([]sarifRule, 0, len(ids))
	for _, id := range ids {
		x := s.all[id]
		properties := map[string]any{"security-severity": securitySeverity(x.worst), "tags": []string{"privacy", "security"}}
		if precision(x.surest) > 0 {
			properties["precision"] = x.surest
		}
		rules = append(rules, sarifRule{
			ID:               id,
			Configuration:    sarifConfig{level(x.worst)},
			ShortDescription: message(flow(x.name.In(s.b.lang))),
			FullDescription:  message(s.b.both(x.name)),
			Help:             s.help(x),
			Properties:       properties,
		})
	}
	return rules
}

// help says what a rule rests on and, where that is the same for all its findings, how
// to mend them.
func (s *sarifRules) help(x *sarifRuleSum) sarifMessage {
	lines := slices.Clone(x.rests)
	if x.sameFix {
		lines = append(lines, helpLine{s.b.say("sarif.fix"), s.b.both(x.fix)})
	}
	name := s.b.both(x.name)
	if len(lines) == 0 {
		return message(name)
	}
	var text, markdown []string
	for _, l := range lines {
		text = append(text, l.label+": "+l.said)
		markdown = append(markdown, "- **"+mdText(l.label)+"** "+mdText(l.said))
	}
	m := message(strings.Join(text, "\n\n"))
	m.Markdown = "**" + mdText(name) + "**\n\n" + strings.Join(markdown, "\n")
	return m
}

// rules lists the checks of the reports that have findings, sorted.
func (b *sarifBuilder) rules(reports []*audit.Report) []sarifRule {
	all := b.newRules()
	for _, r := range reports {
		all.add(r)
	}
	return all.list(slices.Sorted(slices.Values(all.ids)))
}

// precision orders the confidences, which are code scanning's words for how
// often a rule is right; 0 for what is none.
func precision(confidence string) int {
	return slices.Index([]string{"low", "medium", "high"}, confidence) + 1
}

// both joins the two languages, the chosen one first.
func (b *sarifBuilder) both(t audit.Text) string {
	one, other := flow(t.EN), flow(t.ZH)
	if b.lang == "zh" {
		one, other = other, one
	}
	switch {
	case one == "" || one == other:
		return other
	case other == "":
		return one
	}
	return one + " / " + other
}

// result makes one result of one finding.
func (b *sarifBuilder) result(r *audit.Report, f *audit.Finding, rule int) sarifResult {
	res := sarifResult{
		RuleID: f.Rule, RuleIndex: rule, Level: level(f.Severity),
		Message:             b.resultMessage(f),
		PartialFingerprints: map[string]string{"primaryLocationLineHash": f.Fingerprint},
		Properties: map[string]any{
			"security-severity": securitySeverity(f.Severity), "severity": f.Severity, "confidence": f.Confidence, "verdict": f.Verdict,
			"notice": cutRunes(flow(f.Notice.In(b.lang)), maxText), "added": f.Added, "party": f.Party, "data": f.Data, "permission": f.Permission, "status": f.Status, "package": r.App.Package, "basis": f.Basis,
		},
	}
	b.locate(r, f, &res)
	b.flows(r, f, &res)
	if f.Status == audit.StatusWaived {
		s := sarifSuppression{Kind: "external", Status: "accepted"}
		if f.Waiver != nil {
			s.Justification = flow(f.Waiver.Reason)
			if f.Waiver.Until != "" {
				s.Justification += " (" + b.say("until", "date", clean(f.Waiver.Until)) + ")"
			}
			if f.Waiver.By != "" {
				s.Justification += " · " + flow(f.Waiver.By)
			}
		}
		res.Suppressions = []sarifSuppression{s}
	}
	return res
}

// baselineStates are the standard's words for the states of findings in a report
// that was compared with an earlier one. Of a waived one the answer is not known.
func baselineStates(r *audit.Report) sarifStates {
	known := slices.ContainsFunc(r.Findings, func(f audit.Finding) bool { return f.Status == audit.StatusKnown })
	if !known && r.Triage.Baseline == "" {
		return nil
	}
	return sarifStates{audit.StatusKnown: "unchanged", audit.StatusNew: "new"}
}

type sarifStates map[string]string

// of is the word for a finding, "" for none.
func (s sarifStates) of(f *audit.Finding) string {
	if f.Status == audit.StatusNew && len(f.Added) > 0 {
		return "updated"
	}
	return s[f.Status]
}

func (b *sarifBuilder) resultMessage(f *audit.Finding) sarifMessage {
	parts := []string{flow(f.Title.In(b.lang)), flow(f.Why.In(b.lang))}
	if fix := flow(f.Fix.In(b.lang)); fix != "" {
		parts = append(parts, b.say("sarif.fix")+": "+fix)
	}
	if notice := flow(f.Notice.In(b.lang)); notice != "" {
		parts = append(parts, b.say("field.notice")+": "+notice)
	}
	if len(f.Searched) > 0 {
		var terms []string
		for _, t := range f.Searched[:min(len(f.Searched), maxLocations)] {
			terms = append(terms, clip(clean(t), 60))
		}
		parts = append(parts, b.say("policy.silent", "terms", b.list(terms)))
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	if len(parts) == 0 {
		parts = []string{clean(f.Rule)}
	}
	for i, p := range parts {
		parts[i] = cutRunes(p, maxText)
	}
	return message(strings.Join(parts, "\n"))
}

// locate places a result: at the policy's lines where it quotes the policy,
// with the call sites beside them; else at the APK, with class and method of
// each call site; never nowhere.
func (b *sarifBuilder) locate(r *audit.Report, f *audit.Finding, res *sarifResult) {
	for _, q := range f.Policy {
		if q.At.Source < 0 || q.At.Source >= len(r.Policy.Sources) || len(res.Locations) == maxLocations {
			continue
		}
		res.Locations = append(res.Locations, sarifLocation{Physical: sarifPhysical{
			ArtifactLocation: sarifArtifactLocation{relativeURI(b.dir, r.Policy.Sources[q.At.Source].File)},
			Region:           &sarifRegion{StartLine: max(q.At.Line, 1), Snippet: &sarifMessage{Text: snippet(q.Quote)}},
		}})
	}
	sites := b.siteLocations(r, f)
	if len(res.Locations) == 0 {
		res.Locations = sites
	} else {
		for i := range sites[:min(len(sites), maxLocations-len(res.Locations))] {
			id := i + 1
			sites[i].ID = &id
			res.RelatedLocations = append(res.RelatedLocations, sites[i])
		}
	}
	if len(res.Locations) == 0 {
		l := sarifLocation{Physical: b.whole(r)}
		if f.Permission != "" {
			l.Logical = []sarifLogic{{FullyQualifiedName: clean(f.Permission), Kind: "resource"}}
		}
		res.Locations = []sarifLocation{l}
	}
}

// siteLocations are the different methods of a finding's call sites.
func (b *sarifBuilder) siteLocations(r *audit.Report, f *audit.Finding) []sarifLocation {
	var out []sarifLocation
	seen := map[string]bool{}
	for _, s := range f.Code {
		if seen[s.Caller] || len(out) == maxLocations {
			continue
		}
		seen[s.Caller] = true
		l := b.methodLocation(r, s.Caller)
		text := message(b.contains(s.Target))
		l.Message = &text
		out = append(out, l)
	}
	return out
}

// methodLocation is a method in the APK, named class#method.
func (b *sarifBuilder) methodLocation(r *audit.Report, method string) sarifLocation {
	class, name, _ := splitRef(method)
	full := name
	if class != "" {
		full = class + "#" + name
	}
	return sarifLocation{
		Physical: b.whole(r),
		Logical:  []sarifLogic{{Name: cutRunes(name, maxText), FullyQualifiedName: cutRunes(full, maxText), DecoratedName: cutRunes(clean(method), maxText), Kind: "function"}},
	}
}

// whole is the examined file as a place. Code scanning takes no place without a
// line; the first stands for a file that has none.
func (b *sarifBuilder) whole(r *audit.Report) sarifPhysical {
	return sarifPhysical{ArtifactLocation: sarifArtifactLocation{b.subject(r)}, Region: &sarifRegion{StartLine: 1}}
}

// flows makes a code flow of every call path, and of the chain of calls from a
// party's code into a library where the path does not hold it. The last step says
// which API is called there.
func (b *sarifBuilder) flows(r *audit.Report, f *audit.Finding, res *sarifResult) {
	for i := range f.Code {
		s := &f.Code[i]
		b.flow(r, s, "sarif.path", s.Path, res)
		if !endsWith(s.Path, s.Chain) {
			b.flow(r, s, "sarif.chain", s.Chain, res)
		}
	}
}

// flow adds one code flow. Long ones keep both ends.
func (b *sarifBuilder) flow(r *audit.Report, s *audit.Site, key string, steps []string, res *sarifResult) {
	if len(steps) < 2 || len(res.CodeFlows) == maxFlows {
		return
	}
	if len(steps) > maxLocations {
		steps = append(slices.Clone(steps[:maxLocations/2]), steps[len(steps)-maxLocations/2:]...)
	}
	text := message(b.say(key))
	flow := sarifThreadFlow{Message: &text}
	for _, m := range steps {
		flow.Locations = append(flow.Locations, sarifFlowLocation{b.methodLocation(r, m)})
	}
	last := &flow.Locations[len(flow.Locations)-1].Location
	call := message(b.contains(s.Target))
	last.Message = &call
	res.CodeFlows = append(res.CodeFlows, sarifCodeFlow{[]sarifThreadFlow{flow}})
}

func endsWith(list, tail []string) bool {
	return len(tail) <= len(list) && slices.Equal(list[len(list)-len(tail):], tail)
}

// contains says that the code names an API.
func (b *sarifBuilder) contains(target string) string {
	name, isField := apiName(target)
	if isField {
		return b.say("code.read", "api", name)
	}
	return b.say("code.call", "api", name)
}

// subject is the uri of what was examined: the APK, else the first policy.
func (b *sarifBuilder) subject(r *audit.Report) string {
	if r.App.File == "" && len(r.Policy.Sources) > 0 {
		return relativeURI(b.dir, r.Policy.Sources[0].File)
	}
	return relativeURI(b.dir, r.App.File)
}

func level(severity string) string {
	switch severity {
	case audit.Critical, audit.High:
		return "error"
	case audit.Medium:
		return "warning"
	}
	return "note"
}

// securitySeverity is a number inside the band that code scanning shows under
// the same word: critical above 9.0, high from 7.0, medium from 4.0, low from
// 0.1, none at 0.0.
func securitySeverity(severity string) string {
	switch severity {
	case audit.Critical:
		return "9.5"
	case audit.High:
		return "8.0"
	case audit.Medium:
		return "5.5"
	case audit.Low:
		return "2.0"
	}
	return "0.0"
}

// message is a plain text that cannot be read as an embedded link, [text](uri).
func message(s string) sarifMessage {
	return sarifMessage{Text: strings.ReplaceAll(s, "](", "] (")}
}

// snippet keeps the line breaks of a quote and cleans its lines.
func snippet(quote string) string {
	lines := strings.Split(cutRunes(quote, maxText), "\n")
	for i, l := range lines {
		lines[i] = clean(strings.TrimSuffix(l, "\r"))
	}
	return strings.Join(lines, "\n")
}

func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}
