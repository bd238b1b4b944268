package report

import (
	"cmp"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// How much of the comparison a page shows. Pairs beyond the matrix stand in the
// list by data.
const (
	matrixParties = 60 // columns
	matrixData    = 120
	paperParties  = 24 // columns that fit a sheet of A4, landscape
	pairQuotes    = 2  // of the policy, for one pair
	openData      = 12 // data types up to which the list by data is unfolded
)

// verdictNone is the class of what was not compared.
const verdictNone = "none"

// comparison is what was compared, as far as the page shows it.
type comparison struct {
	parties []comparedParty
	data    []comparedData
	at      map[[2]string]*comparedPair // by party and data
	left    int                         // pairs that the page has no room for

	partyAt, dataAt map[string]int // while pairs are added: indexes in parties and data
}

type comparedParty struct {
	id    string
	pairs []*comparedPair
}

type comparedData struct {
	id    string
	pairs []*comparedPair
}

// comparedPair is a pair with its number on the page, from 1, and the findings
// about it.
type comparedPair struct {
	audit.Pair
	n        int
	findings []int
}

// pairsOf are the pairs of a report about an app; without one nothing is compared. Reports of earlier versions hold none: there
// they are what the code reads, compared with nothing.
func pairsOf(r *audit.Report) []audit.Pair {
	switch {
	case r.App.File == "":
		return nil
	case len(r.Pairs) > 0:
		return r.Pairs
	}
	var out []audit.Pair
	for _, p := range newInventory(r).parties {
		for _, d := range dataOf(p.reads) {
			rows := slices.DeleteFunc(slices.Clone(p.reads), func(x *useRow) bool { return !slices.Contains(x.data, d) })
			out = append(out, audit.Pair{Party: p.id, Data: d, Sites: sitesOf(rows), Reached: strongest(rows, reachedOf), BeforeConsent: strongest(rows, beforeOf)})
		}
	}
	return out
}

// newComparison turns the pairs into columns and rows: of parties and data types
// those first of which more is missing in the policy, among the data the more
// sensitive first.
func newComparison(r *audit.Report, groups []group, room *htmlRoom) *comparison {
	all := pairsOf(r)
	c := &comparison{at: map[[2]string]*comparedPair{}, partyAt: map[string]int{}, dataAt: map[string]int{}}
	c.left = len(all) - take(&room.pairs, len(all))
	for _, x := range all[:len(all)-c.left] {
		k := [2]string{x.Party, x.Data}
		if c.at[k] != nil { // a report that was written by hand
			c.left++
			continue
		}
		p := &comparedPair{Pair: x}
		c.at[k] = p
		c.add(p)
	}
	for _, g := range groups {
		for _, f := range g.all {
			for _, d := range findingData(f) {
				if p := c.at[[2]string{f.Party, d}]; p != nil && !slices.Contains(p.findings, g.first+1) {
					p.findings = append(p.findings, g.first+1)
				}
			}
		}
	}
	slices.SortStableFunc(c.parties, func(a, b comparedParty) int {
		return cmp.Or(cmp.Compare(partyRank(a.id), partyRank(b.id)), cmp.Compare(missing(b.pairs), missing(a.pairs)), cmp.Compare(len(b.pairs), len(a.pairs)), strings.Compare(a.id, b.id))
	})
	slices.SortStableFunc(c.data, func(a, b comparedData) int {
		return cmp.Or(cmp.Compare(weightOf(r, []string{b.id}), weightOf(r, []string{a.id})), cmp.Compare(missing(b.pairs), missing(a.pairs)), cmp.Compare(len(b.pairs), len(a.pairs)), strings.Compare(a.id, b.id))
	})
	order := map[string]int{}
	for i, p := range c.parties {
		order[p.id] = i
	}
	n := 0
	for _, d := range c.data {
		slices.SortStableFunc(d.pairs, func(a, b *comparedPair) int {
			return cmp.Or(cmp.Compare(verdictRank(a.Verdict), verdictRank(b.Verdict)), cmp.Compare(order[a.Party], order[b.Party]))
		})
		for _, p := range d.pairs {
			n++
			p.n = n
		}
	}
	return c
}

// add files a pair under its party and its data.
func (c *comparison) add(p *comparedPair) {
	i, ok := c.partyAt[p.Party]
	if !ok {
		i = len(c.parties)
		c.partyAt[p.Party] = i
		c.parties = append(c.parties, comparedParty{id: p.Party})
	}
	c.parties[i].pairs = append(c.parties[i].pairs, p)
	j, ok := c.dataAt[p.Data]
	if !ok {
		j = len(c.data)
		c.dataAt[p.Data] = j
		c.data = append(c.data, comparedData{id: p.Data})
	}
	c.data[j].pairs = append(c.data[j].pairs, p)
}

// verdicts are the answers of a comparison as the page orders and marks them: a
// sign that every font has, so that no answer rests on a colour.
func verdicts() []struct{ verdict, sign string } {
	return []struct{ verdict, sign string }{
		{audit.VerdictDenied, "!"}, {audit.VerdictUndisclosed, "×"}, {audit.VerdictMisattributed, "≠"}, {audit.VerdictOtherPlatform, "◊"},
		{audit.VerdictVague, "~"}, {audit.VerdictDisclosed, "✓"}, {verdictNone, "•"},
	}
}

// verdictRank is the place of a verdict in that order.
func verdictRank(v string) int {
	for i, x := range verdicts() {
		if x.verdict == v {
			return i
		}
	}
	return len(verdicts()) - 1
}

// missing counts the pairs that the policy does not state plainly.
func missing(pairs []*comparedPair) int {
	n := 0
	for _, p := range pairs {
		if verdictRank(p.Verdict) < verdictRank(audit.VerdictDisclosed) {
			n++
		}
	}
	return n
}

// htmlVerdict is a verdict as a sign and in words; N counts it in a legend.
type htmlVerdict struct {
	Class, Sign string
	Label       audit.Text
	N           int
}

func (d duo) verdictOf(v string) htmlVerdict {
	x := verdicts()[verdictRank(v)]
	label := d.value("verdict", x.verdict)
	if x.verdict == verdictNone {
		label = d.say("policy.none")
	}
	return htmlVerdict{Class: x.verdict, Sign: x.sign, Label: label}
}

// tally counts the verdicts of pairs, those that occur.
func (d duo) tally(pairs []*comparedPair) []htmlVerdict {
	counts := make([]int, len(verdicts()))
	for _, p := range pairs {
		counts[verdictRank(p.Verdict)]++
	}
	var out []htmlVerdict
	for i, n := range counts {
		if n > 0 {
			v := d.verdictOf(verdicts()[i].verdict)
			v.N = n
			out = append(out, v)
		}
	}
	return out
}

// htmlCompare is the comparison on the page: the matrix, the same as a list by
// party for paper, and the pairs by data.
type htmlCompare struct {
	Pairs   int
	Tally   []htmlVerdict
	Columns []htmlColumn
	Groups  []htmlMatrixGroup
	Wide    bool // too wide for a sheet of paper
	Cut     audit.Text
	Lists   htmlRows[htmlPartyList]
	Data    []htmlDatum
	Open    bool
	Left    int
}

type htmlColumn struct {
	Name audit.Text
	ID   string
}

// htmlMatrixGroup are the rows of one class of data.
type htmlMatrixGroup struct {
	Label audit.Text
	Rows  []htmlMatrixRow
}

type htmlMatrixRow struct {
	Name  audit.Text
	Link  string
	Cells []htmlCell
}

// htmlCell is one pair in the matrix; the zero value is an empty cell.
type htmlCell struct {
	htmlVerdict
	Link   string
	Sites  int
	Before bool // reachable before consent
	Quiet  bool // no path leads there
	Title  string
}

// htmlPartyList is what a party reads, by verdict.
type htmlPartyList struct {
	Party    audit.Text
	ID       string
	Verdicts []htmlVerdictList
}

type htmlVerdictList struct {
	htmlVerdict
	Data audit.Text
}

// htmlDatum is one data type with the parties whose code can read it.
type htmlDatum struct {
	Anchor, ID string
	Name       audit.Text
	Class      audit.Text // how sensitive it is
	Sites      int
	Before     bool
	Tally      []htmlVerdict
	Rows       []htmlPair
}

// htmlPair is one pair with its places in the policy.
type htmlPair struct {
	Anchor          string
	Party           audit.Text
	ID              string
	Verdict         htmlVerdict
	Sites           int
	Reached, Before htmlAnswer
	Findings        []htmlRef
	Quotes          []htmlQuote
	Left            int
}

type htmlRef struct {
	Link string
	N    int
}

func (ps *places) pairAnchor(p *comparedPair) string { return ps.id + "p" + itoa(p.n) }
func (ps *places) datumAnchor(i int) string          { return ps.id + "d" + itoa(i+1) }

func (ps *places) findingRefs(numbers []int) []htmlRef {
	var out []htmlRef
	for _, n := range numbers {
		out = append(out, htmlRef{"#" + ps.id + "f" + itoa(n), n})
	}
	return out
}

// compare builds the comparison's sections.
func (ps *places) compare(c *comparison, room *htmlRoom) htmlCompare {
	h := htmlCompare{Wide: len(c.parties) > paperParties, Open: len(c.data) <= openData, Left: c.left, Pairs: len(c.at)}
	var all []*comparedPair
	for _, x := range c.data {
		all = append(all, x.pairs...)
	}
	h.Tally = ps.tally(all)
	ps.matrix(&h, c, room)
	h.Lists = fewer(&room.rows, c.parties, ps.partyList)
	for i, x := range c.data {
		h.Data = append(h.Data, ps.datum(i, x, room))
	}
	return h
}

// matrix fills in columns and rows, as many as one table may have.
func (ps *places) matrix(h *htmlCompare, c *comparison, room *htmlRoom) {
	columns := c.parties[:min(len(c.parties), matrixParties)]
	rows := min(len(c.data), matrixData)
	if len(columns) > 0 {
		rows = take(&room.cells, rows*len(columns)) / len(columns)
	}
	for _, p := range columns {
		h.Columns = append(h.Columns, htmlColumn{ps.owner(p.id), clipMiddle(clean(p.id), maxName)})
	}
	last := ""
	for i, x := range c.data[:rows] {
		if class := ps.zh.r.Names.Sensitivity[x.id]; i == 0 || class != last {
			last = class
			h.Groups = append(h.Groups, htmlMatrixGroup{Label: ps.sensitivity(class)})
		}
		row := htmlMatrixRow{Name: ps.data([]string{x.id}), Link: "#" + ps.datumAnchor(i)}
		for _, p := range columns {
			row.Cells = append(row.Cells, ps.cell(c.at[[2]string{p.id, x.id}]))
		}
		g := &h.Groups[len(h.Groups)-1]
		g.Rows = append(g.Rows, row)
	}
	if n, m := len(c.parties)-len(columns), len(c.data)-rows; n > 0 || m > 0 {
		h.Cut = ps.say("html.matrix_cut", "parties", grouped(int64(n)), "data", grouped(int64(m)))
	}
}

// sensitivity is the class of a data type in words, "" where a report gives none.
func (d duo) sensitivity(class string) audit.Text {
	if class == "" {
		return audit.Text{}
	}
	return d.value("sensitivity", class)
}

func (ps *places) cell(p *comparedPair) htmlCell {
	if p == nil {
		return htmlCell{}
	}
	x := htmlCell{htmlVerdict: ps.verdictOf(p.Verdict), Link: "#" + ps.pairAnchor(p), Sites: p.Sites, Before: p.BeforeConsent == audit.Yes, Quiet: p.Reached == audit.No}
	title := ps.both(func(pr *printer) string {
		s := []string{clip(pr.partyName(p.Party), ownerCols), pr.dataNames([]string{p.Data}), x.Label.In(pr.lang)}
		switch {
		case x.Before:
			s = append(s, pr.say("code.consent"))
		case x.Quiet:
			s = append(s, pr.say("code.unreached"))
		}
		return strings.Join(s, " · ")
	})
	x.Title = titleOf(title)
	return x
}

// partyList says what a party reads, by verdict.
func (ps *places) partyList(p comparedParty) htmlPartyList {
	x := htmlPartyList{Party: ps.owner(p.id), ID: clipMiddle(clean(p.id), maxName)}
	for _, v := range ps.tally(p.pairs) {
		var ids []string
		for _, q := range p.pairs {
			if verdictRank(q.Verdict) == verdictRank(v.Class) && len(ids) < htmlListed {
				ids = append(ids, q.Data)
			}
		}
		x.Verdicts = append(x.Verdicts, htmlVerdictList{v, ps.data(ids)})
	}
	return x
}

func (ps *places) datum(i int, x comparedData, room *htmlRoom) htmlDatum {
	out := htmlDatum{Anchor: ps.datumAnchor(i), ID: clip(clean(x.id), maxName), Name: ps.data([]string{x.id}), Class: ps.sensitivity(ps.zh.r.Names.Sensitivity[x.id]), Tally: ps.tally(x.pairs)}
	for _, p := range x.pairs {
		out.Sites += max(p.Sites, 0)
		out.Before = out.Before || p.BeforeConsent == audit.Yes
		row := htmlPair{Anchor: ps.pairAnchor(p), Party: ps.owner(p.Party), ID: clipMiddle(clean(p.Party), maxName), Verdict: ps.verdictOf(p.Verdict), Sites: p.Sites,
			Reached: ps.answer(p.Reached), Before: ps.answer(p.BeforeConsent), Findings: ps.findingRefs(p.findings)}
		n := take(&room.quotes, min(len(p.Policy), pairQuotes))
		for _, q := range p.Policy[:n] {
			from, to := ps.focus(q, p.Data)
			row.Quotes = append(row.Quotes, ps.quote(said{quote: q.Quote, at: q.At, from: from, to: to}))
		}
		row.Left = len(p.Policy) - n
		out.Rows = append(out.Rows, row)
	}
	return out
}

// matrixRows counts the data types of a matrix.
func matrixRows(groups []htmlMatrixGroup) int {
	n := 0
	for _, g := range groups {
		n += len(g.Rows)
	}
	return n
}
