package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
)

// span is a place of the policies without its line.
type span struct{ source, start, end int }

// place is one place of a policy's text that the report speaks of: all claims,
// SDK entries and defects with the same bounds, and the findings that quote it.
type place struct {
	span
	place    audit.At // with the line and whatever else is known of it
	n        int      // its number in the text and in the margin, from 1; 0 where it is left out
	done     bool     // its anchor is written
	claims   []*audit.Claim
	entries  []*audit.PolicySDK
	defects  []*audit.Defect
	findings []int
}

// places are the places of one report, by source and position once numbered.
type places struct {
	duo
	id           string // prefix of anchors
	at           map[span]*place
	list         []*place
	entriesShown int                      // the first so many have a row to link to
	purpose      string                   // shown last: that of an entry is not repeated for each of its claims
	left         []int                    // places that got no number, by source
	rows         map[*audit.PolicySDK]int // number of an entry in its table, from 1
	listed       map[string]bool          // parties with an SDK entry
	clauses      []htmlClause             // that findings rest on, as they come
	clauseAt     map[string]int           // index of a clause there
}

func newPlaces(d duo, id string) *places {
	r := d.zh.r
	ps := &places{duo: d, id: id, at: map[span]*place{}, left: make([]int, len(r.Policy.Sources)), rows: map[*audit.PolicySDK]int{}, listed: map[string]bool{}, clauseAt: map[string]int{}}
	for i := range r.Policy.SDKs {
		ps.rows[&r.Policy.SDKs[i]] = i + 1
		ps.listed[r.Policy.SDKs[i].Party()] = true
		if p := ps.add(r.Policy.SDKs[i].At); p != nil {
			p.entries = append(p.entries, &r.Policy.SDKs[i])
		}
	}
	for i := range r.Policy.Claims {
		if p := ps.add(r.Policy.Claims[i].At); p != nil {
			p.claims = append(p.claims, &r.Policy.Claims[i])
		}
	}
	for i := range r.Policy.Defects {
		if p := ps.add(r.Policy.Defects[i].At); p != nil {
			p.defects = append(p.defects, &r.Policy.Defects[i])
		}
	}
	return ps
}

// add returns the place of at, nil where at is in no text.
func (ps *places) add(at audit.At) *place {
	sources := ps.zh.r.Policy.Sources
	if at.Source < 0 || at.Source >= len(sources) || at.Start < 0 || at.Start >= at.End || at.Start >= sources[at.Source].Chars {
		return nil
	}
	k := span{at.Source, at.Start, at.End}
	p := ps.at[k]
	if p == nil {
		p = &place{span: k, place: at}
		ps.at[k] = p
		ps.list = append(ps.list, p)
	}
	return p
}

// number orders the places as they stand in the texts, the longer of two that
// begin together first, and numbers as many as there is room for.
func (ps *places) number(room *htmlRoom) {
	slices.SortFunc(ps.list, func(a, b *place) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	n := take(&room.places, len(ps.list))
	for i, p := range ps.list {
		if i < n {
			p.n = i + 1
		} else {
			ps.left[p.source]++
		}
	}
	ps.list = ps.list[:n]
}

// link is the anchor of a place in the text, "" where it is not shown.
func (ps *places) link(at audit.At) string {
	if p := ps.at[span{at.Source, at.Start, at.End}]; p != nil && p.n > 0 {
		return "#" + p.anchor(ps.id)
	}
	return ""
}

func (p *place) anchor(id string) string { return id + "c" + strconv.Itoa(p.n) }
func (p *place) note(id string) string   { return id + "n" + strconv.Itoa(p.n) }

// where says where a place is, in words.
func (d duo) where(at audit.At) audit.Text {
	return d.both(func(p *printer) string { return p.shortPlace(at) })
}

// sectionCols bounds the heading that a note gives.
const sectionCols = 36

// whereIn says the same with the heading under which the place stands.
func (d duo) whereIn(at audit.At) audit.Text {
	path := strings.Split(at.Section, "›")
	heading := clean(strings.TrimSpace(path[len(path)-1]))
	if heading == "" {
		return d.where(at)
	}
	return d.both(func(p *printer) string { return p.shortPlace(at) + " · " + clip(heading, sectionCols) })
}

// kinds of a statement, as the page colours and names them.
const (
	kindCollects   = "collects"
	kindUmbrella   = "umbrella"
	kindDenies     = "denies"
	kindPermission = "permission"
	kindNamed      = "named" // an SDK is named, without data or permission
	kindEntry      = "entry"
	kindDefect     = "defect"
	kindQuoted     = "quoted" // quoted by a finding and nothing else
)

// kindOf is the kind of one way of speaking of data, of permissions or of an
// SDK alone.
func kindOf(polarity, specificity string, data, permission bool) string {
	switch {
	case polarity == audit.Denies:
		return kindDenies
	case data && specificity == audit.Umbrella:
		return kindUmbrella
	case data:
		return kindCollects
	case permission:
		return kindPermission
	}
	return kindNamed
}

func claimKind(c *audit.Claim) string {
	return kindOf(c.Polarity, c.Specificity, len(c.Data) > 0, len(c.Permissions) > 0)
}

// kind is how a place is coloured: by the gravest thing that is said there.
func (p *place) kind() string {
	if len(p.defects) > 0 {
		return kindDefect
	}
	kinds := map[string]bool{}
	for _, c := range p.claims {
		kinds[claimKind(c)] = true
	}
	for _, k := range []string{kindDenies, kindCollects, kindUmbrella, kindPermission, kindNamed} {
		if kinds[k] {
			return k
		}
	}
	if len(p.entries) > 0 {
		return kindEntry
	}
	return kindQuoted
}

// htmlNote explains one place in the margin.
type htmlNote struct {
	ID, Back string // its anchor, and that of its place
	Prefix   string // of the report's anchors
	N        int
	Class    string
	Inline   bool // one thing is said, in one paragraph
	Where    audit.Text
	Entries  []htmlNoteEntry
	Says     []htmlSays
	Defects  []audit.Text
	Rules    []htmlRule
	Findings []int
	weight   int // lines that it takes, about
}

type htmlNoteEntry struct{ Name, Company, Link string }

// htmlSays is what a place says of some parties: several claims of one wording.
type htmlSays struct {
	Parties     audit.Text // empty: those of the one before
	Class       string
	Label       audit.Text
	Data        audit.Text
	Permissions audit.Text
	Platform    audit.Text
	Purpose     string
}

// htmlRule is why the text was read so.
type htmlRule struct {
	ID  string
	Why audit.Text
}

// note builds the margin note of a place. Claims that differ only in the party
// are one line, as where a sentence names seven SDKs.
func (ps *places) note(p *place) htmlNote {
	n := htmlNote{ID: p.note(ps.id), Prefix: ps.id, Back: "#" + p.anchor(ps.id), N: p.n, Class: p.kind(), Findings: p.findings,
		Where: ps.whereIn(p.place)}
	for _, e := range p.entries[:min(len(p.entries), noteParties)] {
		link := ""
		if number := ps.rows[e]; number <= ps.entriesShown {
			link = "#" + ps.id + "e" + strconv.Itoa(number)
		}
		n.Entries = append(n.Entries, htmlNoteEntry{clip(flow(e.NameAsWritten), 80), clip(flow(e.Company), 80), link})
		ps.purpose = e.Purpose
		n.weight += 1 + (columns(clip(flow(e.NameAsWritten+e.Company), 160))+16)/noteCols
	}
	for _, d := range p.defects {
		n.Defects = append(n.Defects, ps.value("defect", d.Kind))
		n.weight++
	}
	type group struct {
		claim   *audit.Claim
		parties []string
	}
	index := map[string]int{}
	var groups []group
	for _, c := range p.claims {
		key := strings.Join([]string{c.Polarity, c.Platform, c.Specificity, c.Rule, c.Purpose, strings.Join(c.Data, ","), strings.Join(c.Permissions, ",")}, "\x00")
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, group{claim: c})
		}
		if !slices.Contains(groups[i].parties[max(0, len(groups[i].parties)-noteParties):], c.Party) {
			groups[i].parties = append(groups[i].parties, c.Party)
		}
	}
	last, rules := "", map[string]bool{}
	for _, g := range groups {
		c := g.claim
		s := htmlSays{Class: claimKind(c), Data: ps.data(c.Data), Permissions: ps.permissions(c.Permissions)}
		s.Label = ps.value("kind", s.Class)
		if c.Purpose != ps.purpose {
			ps.purpose, s.Purpose = c.Purpose, clip(flow(c.Purpose), 90)
		}
		if parties := strings.Join(g.parties, "\x00"); parties != last {
			last, s.Parties = parties, ps.parties(g.parties)
			if len(groups) > 1 {
				n.weight += 1 + columns(s.Parties.ZH)/noteCols
			}

		}
		switch c.Platform {
		case audit.PlatformIOS:
			s.Platform = ps.say("platform.ios")
		case audit.PlatformAndroid:
			s.Platform = ps.say("platform.android")
		}
		if !rules[c.Rule] {
			rules[c.Rule] = true
			n.Rules = append(n.Rules, htmlRule{clip(clean(c.Rule), 40), ps.value("rule", c.Rule)})
		}
		n.Says = append(n.Says, s)
		n.weight += 1 + (20+columns(s.Data.ZH)+columns(s.Permissions.ZH)+columns(s.Purpose))/noteCols
	}
	n.Inline = len(groups)+len(n.Entries)+len(n.Defects) == 1
	if !n.Inline {
		n.weight++
	}
	return n
}

const (
	noteParties = 20 // parties named in one note
	noteCols    = 44 // columns of a line in the margin, about
	textCols    = 88 // columns of a line of the text, about
)

// parties lists parties by name.
func (d duo) parties(ids []string) audit.Text {
	return d.both(func(p *printer) string {
		var out []string
		for _, x := range ids {
			out = append(out, clip(p.named(p.r.Names.Party, x), 60))
		}
		n := min(len(out), noteParties)
		s := p.list(out[:n])
		if rest := len(out) - n; rest > 0 {
			s = p.andMore(s, rest)
		}
		return s
	})
}
