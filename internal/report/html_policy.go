package report

import (
	"path"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
)

func itoa(n int) string { return strconv.Itoa(n) }

// fileBase is the last part of a file's path, however its separators look.
func fileBase(file string) string { return path.Base(strings.ReplaceAll(file, `\`, "/")) }

// htmlQuote is a piece of a policy with the words that matter in the middle.
type htmlQuote struct {
	Head, Mid, Tail string
	Place           audit.Text
	Link            string
}

// quote shortens a statement around the words that name its topic.
func (ps *places) quote(s said) htmlQuote {
	head, mid, tail := excerptOf([]rune(s.quote), s.from, s.to, htmlQuoteCols)
	if s.from >= s.to {
		head, mid, tail = "", "", clip(head+mid+tail, htmlQuoteCols)
	}
	return htmlQuote{head, mid, tail, ps.where(s.at), ps.link(s.at)}
}

type htmlEntry struct {
	ID, Link, Name   string
	Signature        string // id of the SDK's signature, "" where there is none
	Known            audit.Text
	Company, Purpose string
	Data, IOS        audit.Text
	Permissions      audit.Text
	Policy           string // link as the policy gives it
	Layout           audit.Text
	Place            audit.Text
}

// htmlParty is what the policies say of one party's data.
type htmlParty struct {
	Name  audit.Text
	ID    string
	Data  int // different data types
	Rows  []htmlTopic
	Open  bool // shown unfolded
	Count audit.Text
}

// htmlTopic is one data type or permission with its statements.
type htmlTopic struct {
	Name     audit.Text
	ID       string
	Party    audit.Text
	Class    string
	Label    audit.Text
	Platform audit.Text
	N        int
	Best     htmlQuote
	More     []htmlQuote
	MoreSays audit.Text // how many of them there are
	Left     int
}

type htmlDefect struct {
	Kind  audit.Text
	Quote htmlQuote
}

// policyTables fills in what the policies state.
func (h *htmlReport) policyTables(d duo, ps *places, lang string, room *htmlRoom) {
	r := d.zh.r
	h.Entries = fewer(&room.rows, indexes(len(r.Policy.SDKs)), func(i int) htmlEntry { return ps.entry(i) })
	all := topics(r.Policy.Claims, lang)
	types := map[string]bool{}
	var parties [][]topic
	for i, t := range all {
		types[t.data] = true
		if i == 0 || all[i-1].party != t.party {
			parties = append(parties, nil)
		}
		parties[len(parties)-1] = append(parties[len(parties)-1], t)
	}
	h.Data = len(types)
	h.Parties = fewer(&room.rows, parties, func(list []topic) htmlParty { return ps.party(list, room) })
	h.Parties.All = len(all)
	for _, p := range h.Parties.Rows {
		h.Parties.Left += len(p.Rows)
	}
	h.Parties.Left = len(all) - h.Parties.Left
	h.Named = fewer(&room.rows, permissionTopics(&r.Policy, r.Names.Permission, lang, slicer(r.Policy.Sources, 2*htmlQuoteCols)), func(t topic) htmlTopic { return ps.topic(t, room) })
	h.Defects = fewer(&room.rows, r.Policy.Defects, func(x audit.Defect) htmlDefect {
		return htmlDefect{d.value("defect", x.Kind), ps.quote(said{quote: x.Quote, at: x.At})}
	})
	if !h.App {
		h.Holds = []audit.Text{d.both(func(p *printer) string { return p.count("entries", len(r.Policy.SDKs)) }),
			d.both(func(p *printer) string { return p.count("claims", len(r.Policy.Claims)) }),
			d.both(func(p *printer) string { return p.count("types", len(types)) }),
			d.both(func(p *printer) string { return p.count("named", len(h.Named.Rows)+h.Named.Left) })}
	}
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func (ps *places) entry(i int) htmlEntry {
	s := ps.zh.r.Policy.SDKs[i]
	e := htmlEntry{ID: ps.id + "e" + itoa(i+1), Link: ps.link(s.At), Name: clip(flow(s.NameAsWritten), 120), Company: clip(flow(s.Company), 160), Purpose: clip(flow(s.Purpose), 240),
		Data: ps.data(s.Data), IOS: ps.data(s.PlatformData.IOS), Permissions: ps.permissions(s.Permissions), Policy: clean(s.Link),
		Layout: ps.value("layout", s.Layout), Place: ps.where(s.At)}
	if audit.PartyKind(s.ID) != audit.PrefixUnnamed {
		e.Signature, e.Known = clip(clean(s.ID), 60), ps.duo.party(s.Party())
	}
	return e
}

// unfolded is how many data types the list of one party may have before it is
// folded up. The app's own is never folded; that of an SDK with an entry always,
// for the table of entries says the same in short.
const unfolded = 12

func (ps *places) party(list []topic, room *htmlRoom) htmlParty {
	p := htmlParty{Name: ps.duo.party(list[0].party), ID: clip(clean(list[0].party), 80)}
	types := map[string]bool{}
	for _, t := range list {
		types[t.data] = true
	}
	p.Data = len(types)
	p.Open = list[0].party == audit.PartyApp || p.Data <= unfolded && !ps.listed[list[0].party]
	p.Count = ps.both(func(x *printer) string { return x.count("types", p.Data) })
	p.Rows = fewer(&room.rows, list, func(t topic) htmlTopic { return ps.topic(t, room) }).Rows
	return p
}

func (ps *places) topic(t topic, room *htmlRoom) htmlTopic {
	x := htmlTopic{Name: ps.data([]string{t.data}), ID: clean(t.data), Party: ps.duo.party(t.party), Class: kindOf(t.polarity, t.specificity, t.data != "", t.permission != ""), N: len(t.said), Best: ps.quote(t.said[t.best])}
	if t.data == "" {
		x.Name, x.ID = ps.permissions([]string{t.permission}), clip(clean(t.permission), 120)
	}
	x.Label = ps.value("kind", x.Class)
	switch t.platform {
	case audit.PlatformIOS:
		x.Platform = ps.say("platform.ios")
	case audit.PlatformAndroid:
		x.Platform = ps.say("platform.android")
	}
	seen := map[audit.At]bool{t.said[t.best].at: true}
	var rest []said
	for _, s := range t.said {
		if !seen[s.at] {
			seen[s.at] = true
			rest = append(rest, s)
		}
	}
	n := take(&room.quotes, min(len(rest), htmlMore))
	for _, s := range rest[:n] {
		x.More = append(x.More, ps.quote(s))
	}
	x.Left = len(rest) - n
	x.MoreSays = ps.both(func(p *printer) string { return p.count("quotes", len(rest)) })
	return x
}
