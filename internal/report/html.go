package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html"
	"html/template"
	"io"
	"net/url"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// The page is one file: style and script stand in it, and its content security
// policy forbids everything else, so that it can load nothing from anywhere.
var (
	//go:embed html.tmpl html_findings.tmpl html_app.tmpl
	htmlTemplates embed.FS
	//go:embed html.css
	htmlStyle string
	//go:embed html.js
	htmlScript string
)

// What one page holds at most, all its reports together. A browser opens a page
// at these limits in a few seconds; what is left out the page says.
const (
	maxHTMLText   = 1_000_000 // code points of policy text
	maxHTMLPlaces = 5_000     // highlighted places, each with a note
	maxHTMLRows   = 5_000     // rows of all tables
	maxHTMLQuotes = 20_000    // quotes under findings and in tables
	maxHTMLSites  = 20_000    // call sites under findings and in tables
	maxHTMLSteps  = 60_000    // methods of their paths
	maxHTMLPairs  = 5_000     // parties with one data type each
	maxHTMLCells  = 40_000    // of all matrices
	htmlNest      = 6         // highlights inside one another
	htmlMore      = 10        // further quotes of one row
	htmlQuoteCols = 88        // columns of a quote in a table
	checkQuotes   = 2         // of one check
	htmlLink      = 2048      // bytes of a link that can be followed
)

// htmlRoom is what is left of the page's limits.
type htmlRoom struct{ text, places, rows, quotes, sites, steps, pairs, cells int }

// take takes up to n of what is left.
func take(left *int, n int) int {
	n = min(n, *left)
	*left -= n
	return n
}

// duo prints in both languages what a printer prints in one.
type duo struct{ zh, en *printer }

func newDuo(r *audit.Report) duo {
	return duo{newPrinter(&bytes.Buffer{}, r, Options{Lang: "zh", Verbose: true}), newPrinter(&bytes.Buffer{}, r, Options{Lang: "en", Verbose: true})}
}

func (d duo) both(f func(*printer) string) audit.Text { return audit.Text{ZH: f(d.zh), EN: f(d.en)} }

func (d duo) say(key string, pairs ...string) audit.Text {
	return d.both(func(p *printer) string { return p.say(key, pairs...) })
}

func (d duo) value(kind, v string) audit.Text {
	return d.both(func(p *printer) string { return p.value(kind, v) })
}

func (d duo) flow(t audit.Text) audit.Text {
	return d.both(func(p *printer) string { return flow(t.In(p.lang)) })
}

func (d duo) party(id string) audit.Text {
	return d.both(func(p *printer) string { return clip(p.named(p.r.Names.Party, id), 80) })
}

func (d duo) data(ids []string) audit.Text {
	return d.both(func(p *printer) string { return p.dataNames(ids) })
}

func (d duo) permissions(ids []string) audit.Text {
	return d.both(func(p *printer) string {
		var out []string
		for _, x := range ids {
			out = append(out, clip(p.named(p.r.Names.Permission, x), 80))
		}
		return p.list(out)
	})
}

// htmlPage is the document; htmlReport one target of it.
type htmlPage struct {
	Lang    string
	Title   audit.Text
	Tool    string
	CSS     template.CSS
	JS      template.JS
	Policy  string // content security policy
	Reports []htmlReport
	Sheets  bool // the page has a rectification sheet, which can be shown alone
}

type htmlReport struct {
	ID                        string // prefix of its anchors
	App                       bool
	Title                     audit.Text
	Name                      string // of file or package
	Facts                     []htmlFact
	Verdict                   audit.Text
	Class                     string // of the verdict
	Counts                    []htmlCount
	Holds                     []audit.Text
	Groups                    []htmlGroup // findings by party
	OpenFindings              int
	Accepted                  []htmlFinding // waived, or known to the baseline
	LeftFindings              int
	Sheet                     htmlSheet
	Compare                   htmlCompare
	Entries                   htmlRows[htmlEntry]
	Parties                   htmlRows[htmlParty]
	Named                     htmlRows[htmlTopic]
	Defects                   htmlRows[htmlDefect]
	Requests, Missing         htmlRows[htmlRequest] // Missing are needed by calls, but not requested
	Unnamed                   int                   // SDKs that the policy does not name
	SDKs                      htmlRows[htmlSDK]
	Libraries                 htmlRows[htmlSDK]
	Unowned                   htmlRows[htmlUnowned]
	SmallUnowned, UnownedHint audit.Text
	Inventory                 htmlInventory
	Gaps                      htmlRows[htmlGap]
	Checks                    htmlRows[htmlCheck]
	States                    []htmlCount // of the checks
	Texts                     []htmlText
	Data                      int // data types that the policies speak of
	Policy                    bool
}

// htmlRows are the rows of a table and how many of them were left out.
type htmlRows[T any] struct {
	Rows []T
	All  int
	Left int
}

// fewer cuts a list to the room that is left and makes rows of it.
func fewer[A, B any](room *int, list []A, row func(A) B) htmlRows[B] {
	out := htmlRows[B]{All: len(list)}
	n := take(room, len(list))
	out.Left = len(list) - n
	for _, x := range list[:n] {
		out.Rows = append(out.Rows, row(x))
	}
	return out
}

type htmlFact struct{ Label, Value audit.Text }

type htmlCount struct {
	Class string
	Label audit.Text
	N     int
}

type htmlGap struct{ Kind, What, Weakens audit.Text }

type htmlCheck struct {
	Class     string // state
	Label     audit.Text
	Basis     audit.Text
	Rule      string
	Name, Why audit.Text
	Quotes    []htmlQuote
	Left      int
}

// writeHTML writes one page about all reports, in both languages.
func writeHTML(w io.Writer, reports []*audit.Report, opt Options) error {
	t, err := template.New("html.tmpl").Funcs(template.FuncMap{"L": sayBoth, "lab": columnLabel, "link": safeLink, "num": func(n int) string { return grouped(int64(n)) }, "rows": matrixRows}).ParseFS(htmlTemplates, "*.tmpl")
	if err != nil {
		return err
	}
	page := htmlPage{Lang: "en", Tool: "apkaudit", CSS: template.CSS(htmlStyle), JS: template.JS(htmlScript), Title: sayBoth("html.title")}
	if opt.Lang == "zh" {
		page.Lang = "zh"
	}
	page.Policy = "default-src 'none'; style-src " + hashSource(htmlStyle) + "; script-src " + hashSource(htmlScript) + "; img-src data:; base-uri 'none'; form-action 'none'"
	room := &htmlRoom{maxHTMLText, maxHTMLPlaces, maxHTMLRows, maxHTMLQuotes, maxHTMLSites, maxHTMLSteps, maxHTMLPairs, maxHTMLCells}
	for i, r := range reports {
		id := ""
		if len(reports) > 1 {
			id = fmt.Sprintf("r%d-", i+1)
		}
		page.Reports = append(page.Reports, newHTMLReport(r, id, page.Lang, room))
		last := page.Reports[len(page.Reports)-1]
		page.Sheets = page.Sheets || last.HasSheet()
		page.Tool = strings.TrimSpace(clip(clean(r.Tool.Name+" "+r.Tool.Version), 60))
	}
	var out bytes.Buffer
	if err := t.Execute(&out, page); err != nil {
		return fmt.Errorf("html page: %w", err)
	}
	_, err = w.Write(out.Bytes())
	return err
}

// hashSource names an inline style or script in a content security policy.
func hashSource(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func sayBoth(key string, pairs ...any) audit.Text {
	var s []string
	for _, p := range pairs {
		s = append(s, fmt.Sprint(p))
	}
	return audit.Text{ZH: words{"zh"}.say(key, s...), EN: words{"en"}.say(key, s...)}
}

// columnLabel gives a cell its heading, for narrow screens where the row is a
// card. It is made of labels of ours alone.
func columnLabel(key string) template.HTMLAttr {
	t := sayBoth(key)
	return template.HTMLAttr(fmt.Sprintf(`data-zh="%s" data-en="%s"`, html.EscapeString(t.ZH), html.EscapeString(t.EN)))
}

// safeLink returns a link that may be followed: an address of the web, written
// in visible characters. Anything else gives "".
func safeLink(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || len(s) > htmlLink || clean(s) != s || strings.ContainsAny(s, " \\") {
		return ""
	}
	return s
}

func newHTMLReport(r *audit.Report, id, lang string, room *htmlRoom) htmlReport {
	d := newDuo(r)
	h := htmlReport{ID: id, App: r.App.File != "", Policy: d.zh.policy, Verdict: d.both((*printer).verdict), Class: classOf(r.Outcome.Verdict)}
	h.Title, h.Name = d.titleOf()
	h.Facts = d.facts()
	for _, s := range audit.Severities() {
		if n := *r.Outcome.Counts.Of(s); n > 0 {
			h.Counts = append(h.Counts, htmlCount{s, d.value("severity", s), n})
		}
	}
	places := newPlaces(d, id)
	groups := places.findings(room.rows)
	places.number(room)
	// Which rows there is room for is settled before the text, whose notes link
	// to them; and which places are shown before the tables, which link to those.
	places.entriesShown = min(len(r.Policy.SDKs), room.rows-min(room.rows, len(groups)))
	h.Texts = places.texts(room)
	shown := groups[:min(len(groups), room.rows)]
	compared := newComparison(r, shown, room)
	h.findingTables(places, groups, compared, room)
	h.policyTables(d, places, lang, room)
	h.Sheet = places.sheet(shown, room)
	h.Compare = places.compare(compared, room)
	if h.App {
		h.appTables(places, compared, lang, room)
	}
	h.Gaps = fewer(&room.rows, r.Gaps, func(g audit.Gap) htmlGap {
		return htmlGap{d.value("gap", g.Kind), d.flow(g.Said()), d.flow(g.Weakens)}
	})
	h.checks(places, room)
	return h
}

// HasSheet tells whether the report has a rectification sheet: that of an app may be
// empty, which is worth saying.
func (h htmlReport) HasSheet() bool { return h.App || h.Sheet.Rows.All > 0 || len(h.Sheet.Clauses) > 0 }

// checks lists the checks by state, those that were violated first.
func (h *htmlReport) checks(ps *places, room *htmlRoom) {
	states := []string{audit.StateViolated, audit.StateUndecidable, audit.StateNotLooked, audit.StateSatisfied}
	rank := func(c audit.CheckState) int {
		if i := slices.Index(states, c.State); i >= 0 {
			return i
		}
		return len(states)
	}
	list := slices.Clone(ps.zh.r.Checks)
	slices.SortStableFunc(list, func(a, b audit.CheckState) int { return cmp.Compare(rank(a), rank(b)) })
	for _, s := range states {
		n := 0
		for _, c := range list {
			if c.State == s {
				n++
			}
		}
		if n > 0 {
			h.States = append(h.States, htmlCount{s, ps.value("state", s), n})
		}
	}
	h.Checks = fewer(&room.rows, list, func(c audit.CheckState) htmlCheck {
		x := htmlCheck{Class: classOf(c.State), Label: ps.value("state", c.State), Rule: clip(clean(c.Rule), 60), Why: ps.flow(c.Why),
			Name: ps.both(func(p *printer) string { return clip(p.named(p.r.Names.Rule, c.Rule), 80) })}
		if c.Basis != "" {
			x.Basis = ps.value("basis", c.Basis)
		}
		n := take(&room.quotes, min(len(c.Policy), checkQuotes))
		for _, q := range c.Policy[:n] {
			x.Quotes = append(x.Quotes, ps.quote(said{quote: q.Quote, at: q.At}))
		}
		x.Left = len(c.Policy) - n
		return x
	})
}

// titleOf is what the report is about: the app, or the policy's file.
func (d duo) titleOf() (audit.Text, string) {
	r := d.zh.r
	if r.App.File != "" {
		label := d.both(func(p *printer) string {
			s := audit.Text{ZH: r.App.Label.ZH, EN: r.App.Label.EN}.In(p.lang)
			if s == "" {
				s = r.App.Label.Default
			}
			if s == "" {
				s = r.App.Package
			}
			return clip(clean(s), 60)
		})
		return label, clip(clean(r.App.Package), 120)
	}
	switch n := len(r.Policy.Sources); n {
	case 0:
		return d.say("policy.none"), ""
	case 1:
		return audit.Text{EN: clipMiddle(clean(fileBase(r.Policy.Sources[0].File)), 80)}, ""
	default:
		return d.both(func(p *printer) string { return p.count("policies", n) }), ""
	}
}

// facts says what was examined.
func (d duo) facts() []htmlFact {
	r := d.zh.r
	var out []htmlFact
	add := func(key string, value audit.Text) {
		if value.ZH != "" || value.EN != "" {
			out = append(out, htmlFact{d.say(key), value})
		}
	}
	if r.App.File != "" {
		add("head.app", d.both((*printer).appLine))
		add("head.file", d.both((*printer).fileLine))
		add("head.splits", d.both((*printer).splitsLine))
		add("head.read", d.both((*printer).contentLine))
		for _, s := range r.App.Signers[:min(len(r.App.Signers), namesShown)] {
			add("html.signer", audit.Text{EN: clip(clean(s.Subject), 160) + " · sha256 " + short(s.SHA256)})
		}
	}
	const most = 40
	for i, s := range r.Policy.Sources[:min(len(r.Policy.Sources), most)] {
		label := "head.policy"
		if i > 0 {
			out = append(out, htmlFact{Value: d.both(func(p *printer) string { return p.sourceLine(s) })})
			continue
		}
		add(label, d.both(func(p *printer) string { return p.sourceLine(s) }))
	}
	if rest := len(r.Policy.Sources) - most; rest > 0 {
		out = append(out, htmlFact{Value: d.say("more.short", "n", grouped(int64(rest)))})
	}
	add("html.triage", d.both((*printer).triaged))
	return out
}

// classOf makes an enumerated value a class of the style; a value that is none
// of ours has no style.
func classOf(v string) string {
	if strings.Trim(v, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return ""
	}
	return v
}

// langClass is how the page marks a text's language: Han text needs it for the
// shapes of its characters.
func langClass(languages []string) string {
	switch {
	case slices.Contains(languages, "zh"):
		return "zh-Hans"
	case slices.Contains(languages, "en"):
		return "en"
	}
	return ""
}
