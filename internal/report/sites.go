package report

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// WriteUses prints uses for people, with every example that they carry: place,
// arguments, how the API is named, whether and how the place is reached, whether
// before consent or why that is not known, and the calls that lead there from the
// party's own code. Names come from r; uses may be those of r or, one per site, what
// an examination of the code itself gave. Uses of one behaviour, party and target are
// put together. The error is the writer's.
func WriteUses(w io.Writer, r *audit.Report, uses []audit.Use, opt Options) error {
	var out bytes.Buffer
	opt.Verbose = true
	p := newPrinter(&out, r, opt)
	for _, u := range joined(uses) {
		p.use(u)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// WriteFindings writes the findings of a report with all that is known of them.
func WriteFindings(w io.Writer, r *audit.Report, opt Options) error {
	var out bytes.Buffer
	newPrinter(&out, r, opt).findings()
	_, err := w.Write(out.Bytes())
	return err
}

// BasisName says what a check rests on.
func BasisName(basis, lang string) string { return words{lang}.value("basis", basis) }

// SensitivityName is what the sensitivity of a data type is called in a language.
func SensitivityName(class, lang string) string { return words{lang}.value("sensitivity", class) }

// KindName is what a kind of behaviour is called in a language.
func KindName(kind, lang string) string {
	if kind == "" {
		kind = audit.KindCollect
	}
	return words{lang}.value("does", kind)
}

// joined puts uses of one behaviour, party and target together, in the order in
// which they first occur.
func joined(uses []audit.Use) []*audit.Use {
	type key struct{ party, api, kind, data, via, target, nested string }
	at := map[key]*audit.Use{}
	var out []*audit.Use
	for i := range uses {
		u := uses[i]
		k := key{u.Party, u.API, u.Kind, strings.Join(u.Data, "\x00"), u.Via, u.Target, u.Nested}
		if at[k] == nil {
			at[k] = &audit.Use{API: u.API, Kind: u.Kind, Data: u.Data, Party: u.Party, Via: u.Via, Target: u.Target, Nested: u.Nested}
			out = append(out, at[k])
		}
		x := at[k]
		x.Sites += u.Sites
		x.Examples = append(x.Examples, u.Examples...)
		for _, a := range u.AlsoBy {
			if !slices.ContainsFunc(x.AlsoBy, func(b audit.AlsoBy) bool { return b.Party == a.Party }) {
				x.AlsoBy = append(x.AlsoBy, a)
			}
		}
	}
	return out
}

// use prints one use with its sites.
func (p *printer) use(u *audit.Use) {
	const indent = 2
	head := []string{p.partyName(u.Party)}
	if name := clip(clean(u.Party), maxName); u.Party != "" && name != head[0] {
		head[0] += " (" + name + ")"
	}
	if len(u.Data) > 0 {
		head = append(head, p.dataNames(u.Data))
	}
	what := clip(clean(u.API), maxName)
	if name := p.behaviourName(u.API); name != "" {
		what = name + " (" + what + ")"
	}
	head = append(head, what)
	if !u.Collects() {
		head = append(head, p.value("does", u.Kind))
	}
	p.paragraph(0, bold, strings.Join(head, " · "))
	about := p.count("sites", u.Sites) + " · " + p.say("explain.via", "via", p.value("via", u.Via))
	if u.Via == "" {
		about = p.count("sites", u.Sites)
	}
	if u.Nested != "" {
		about += " · " + p.say("code.nested", "file", clipMiddle(clean(u.Nested), maxName))
	}
	if rest := u.Sites - len(u.Examples); rest > 0 {
		about += " · " + p.say("explain.saved", "n", grouped(int64(len(u.Examples))))
	}
	p.paragraph(indent, dim, about)
	for _, a := range u.AlsoBy {
		p.paragraph(indent, dim, p.say("explain.also", "party", p.partyName(a.Party), "path", p.steps(a.Path)))
	}
	for i := range u.Examples {
		p.siteOf(u, &u.Examples[i])
	}
}

// siteOf prints one site: a line as DEX names things, which can be searched for, and
// below it what is known of it.
func (p *printer) siteOf(u *audit.Use, e *audit.Example) {
	const indent, deeper = 2, 6
	var args []string
	for _, a := range e.Args {
		if a != "" {
			args = append(args, `"`+clip(clean(a), maxName)+`"`)
		}
	}
	line := clipMiddle(clean(e.DEX), maxName) + "  " + clean(e.Caller) + " @" + itoa(e.Offset) + " → " + clean(u.Target)
	if len(args) > 0 {
		line += "  " + strings.Join(args, ", ")
	}
	p.line(strings.Repeat(" ", indent) + line)
	reached, before := p.value("answer", e.Reached), p.value("answer", e.BeforeConsent)
	if e.Doubt != "" {
		of := &reached
		if answerRank(e.BeforeConsent) == answerRank(audit.Unknown) {
			of = &before
		}
		*of = p.say("explain.doubt", "answer", *of, "why", p.value("doubt", e.Doubt))
	}
	p.paragraph(deeper, dim, p.say("explain.answers", "reached", reached, "before", before))
	if len(e.Path) > 0 {
		p.paragraph(deeper, dim, p.say("code.path", "path", p.steps(e.Path)))
	}
	if len(e.Chain) > 0 {
		p.paragraph(deeper, dim, p.say("code.chain", "path", p.steps(e.Chain)))
	}
}
