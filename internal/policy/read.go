package policy

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// Input is one document as it came: its name as the user gave it, and its
// bytes.
type Input struct {
	Name string
	Data []byte
	Err  error // why the bytes could not be read; Data is then ignored
	// Inside tells that the document was found in the app, named by nobody.
	Inside bool
	// Charset names the charset where a server told it, else "".
	Charset string
	// Format names the format where the name does not tell it; "" decides by
	// name and content.
	Format string
}

// ErrUnreadable is the cause where no document could be read at all.
var ErrUnreadable = errors.New("no policy could be read")

// Read reads the documents one by one. A document that cannot be read stays
// among the sources, with a gap; the error is ErrUnreadable where that is so of
// all of them.
func (r *Reader) Read(ctx context.Context, inputs []Input) (audit.Policy, []audit.Gap, error) {
	var p audit.Policy
	var gaps []audit.Gap
	var first error
	readable := 0
	var refs []reference
	mem, _ := r.spare.Get().(*memory)
	if mem == nil {
		mem = &memory{}
	}
	defer r.spare.Put(mem)
	for i, in := range inputs {
		if err := ctx.Err(); err != nil {
			return p, gaps, err
		}
		src, d, err := load(ctx, i, in, mem, r.Limits)
		p.Sources = append(p.Sources, src)
		if err != nil {
			err = fmt.Errorf("%s: %w", in.Name, err)
			if first == nil {
				first = err
			}
			gaps = append(gaps, unreadable(err))
			continue
		}
		readable++
		d.fold = d.fold.fill(d.text, src.Chars)
		all := r.readDocument(d, &p)
		for _, g := range d.gaps {
			g.What = in.Name + ": " + g.What
			gaps = append(gaps, g)
		}
		if !all {
			gaps = append(gaps, limitGap("%s: max-policy-statements of %d reached; those behind are left out", in.Name, maxClaims))
		}
		refs = append(refs, r.referencesIn(d, in.Name)...)
		mem.takeBack(d)
	}
	if readable == 0 {
		return p, gaps, fmt.Errorf("%w: %w", ErrUnreadable, first)
	}
	return p, append(gaps, notGiven(refs, p.Sources)...), nil
}

// unreadable is the gap for a document that was not read.
func unreadable(err error) audit.Gap {
	kind := audit.GapUnreadable
	if errors.Is(err, bounded.ErrLimit) {
		kind = audit.GapLimit
	}
	return audit.Gap{Kind: kind, What: err.Error(), Weakens: audit.Text{
		ZH: "该文档未被读取：其中的声明未计入，凡依赖政策文本的结论可能偏严。",
		EN: "This document was not read: what it states is not counted, so answers that depend on the policy may be too strict.",
	}}
}

// maxBlocks bounds the paragraphs, lines and rows of one document, and maxClaims the
// statements of all documents of one app together. The longest real policies have a few
// thousand of either.
const (
	maxBlocks = 200_000
	maxClaims = 50_000
)

func limitGap(format string, args ...any) audit.Gap {
	return audit.Gap{Kind: audit.GapLimit, What: fmt.Sprintf(format, args...), Weakens: audit.Text{
		ZH: "该文档的部分声明未计入，凡依赖政策文本的结论可能偏严。",
		EN: "Some of what this document states is not counted, so answers that depend on the policy may be too strict.",
	}}
}

// load decodes one document and extracts its text.
func load(ctx context.Context, i int, in Input, mem *memory, lim Limits) (audit.PolicySource, *document, error) {
	src := audit.PolicySource{File: in.Name}
	if in.Err != nil {
		return src, nil, in.Err
	}
	sum := sha256.Sum256(in.Data)
	src.SHA256 = hex.EncodeToString(sum[:])
	if int64(len(in.Data)) > lim.DocumentBytes {
		return src, nil, fmt.Errorf("%w; a policy is a text", &bounded.LimitError{Limit: "max-policy-bytes", Value: lim.DocumentBytes, What: "its bytes"})
	}
	format, err := formatOf(in.Name, in.Data)
	if err != nil {
		return src, nil, err
	}
	if in.Format != "" && format != formatPDF && format != formatDOCX {
		format = in.Format
	}
	d, err := extract(ctx, in, format, mem, lim)
	if err != nil {
		return src, nil, err
	}
	if len(d.blocks) > maxBlocks {
		d.blocks = d.blocks[:maxBlocks]
		d.gaps = append(d.gaps, limitGap("max-policy-blocks of %d reached; the text behind was not read", maxBlocks))
	}
	d.source = i
	src.Chars = runeCount(d.text)
	d.own = ownNames(d.text)
	languages(d)
	src.Format, src.Text = format, d.text
	src.Languages = languagesOf(d)
	return src, d, nil
}

// extract makes the text and blocks of a document of one format.
func extract(ctx context.Context, in Input, format string, mem *memory, lim Limits) (*document, error) {
	var d *document
	var err error
	switch format {
	case formatPDF:
		d, err = readPDF(ctx, in.Data, lim)
	case formatDOCX:
		d, err = readDOCX(in.Data, lim)
	default:
		d, err = extractText(in, format, mem)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case len(d.blocks) > 0, len(d.gaps) > 0: // a gap says what was not read
		return d, nil
	case format == formatPDF || format == formatDOCX:
		return nil, errors.New("it holds no text; give the policy's text")
	}
	return nil, errors.New("it holds no visible text; save the page after its content has loaded")
}

func extractText(in Input, format string, mem *memory) (*document, error) {
	text, err := decode(in.Data, format, in.Charset)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("it is empty; give the policy's text")
	}
	switch format {
	case formatHTML:
		return readHTML(text), nil
	case formatMarkdown:
		return readMarkdown(text), nil
	}
	d := &document{}
	mem.lend(d)
	d.readText(text)
	return d, nil
}

// languagesOf lists the languages that a reader would say the document is in,
// the larger first: at least one part in twelve of its text.
func languagesOf(d *document) []string {
	size := map[string]int{}
	total := 0
	for _, b := range d.blocks {
		n := b.end - b.start // an English text has about three letters for a Chinese character, which has three bytes
		size[b.lang] += n
		total += n
	}
	var out []string
	for _, l := range []string{"zh", "en"} {
		if size[l]*12 >= total && size[l] > 0 {
			out = append(out, l)
		}
	}
	if len(out) == 2 && size["en"] > size["zh"] {
		out[0], out[1] = out[1], out[0]
	}
	return out
}

// readDocument reads entries and claims of one document into p. all says that there was
// room for all of them.
func (r *Reader) readDocument(d *document, p *audit.Policy) (all bool) {
	r.unwrap(d)
	r.unfold(d)
	secs := r.sectionsOf(d)
	d.secs = secs
	pts := newPoints(d.text)
	p.Sources[d.source].Sections = outline(d, pts)
	claims := d.pool.exported
	listed := map[string]bool{}
	entries := r.entriesOf(d, secs)
	parties := make([]string, len(entries))
	if n := len(p.SDKs) + len(entries); n > cap(p.SDKs) {
		p.SDKs = slices.Grow(p.SDKs, max(len(entries), len(p.SDKs)))
	}
	for i, e := range entries {
		rows, cs := r.finishEntry(d, e)
		for _, s := range rows {
			parties[i] = s.Party()
			s.At = at(d, pts, e.at)
			p.SDKs = append(p.SDKs, s)
			listed[s.ID+" "+s.Lang] = true
		}
		claims = append(claims, cs...)
		p.Defects = append(p.Defects, r.linkDefects(d, pts, &e, rows)...)
	}
	claims = append(claims, r.claimsOf(d, secs)...)
	claims = append(claims, r.namedInPassing(d, secs, listed)...)
	order := make([]int, len(claims))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(claims[i].at.start-claims[j].at.start, claims[i].at.end-claims[j].at.end)
	})
	d.pool.exported = claims
	all = len(p.Claims)+len(claims) <= maxClaims
	order = order[:min(len(order), maxClaims-len(p.Claims))]
	if n := len(p.Claims) + len(order); n > cap(p.Claims) {
		p.Claims = slices.Grow(p.Claims, max(len(order), len(p.Claims)))
	}
	ordered := make([]claim, 0, len(order))
	for _, i := range order {
		ordered = append(ordered, claims[i])
		p.Claims = append(p.Claims, r.export(d, pts, claims[i]))
	}
	p.Defects = append(p.Defects, r.placeholders(d, pts)...)
	p.Topics = append(p.Topics, r.topicsOf(d, secs, pts)...)
	p.Defects = append(p.Defects, d.corruptions(pts)...)
	p.Defects = append(p.Defects, r.openLists(d, ordered, pts)...)
	p.Defects = append(p.Defects, r.vaguePurposes(d, entries, parties, ordered, pts)...)
	p.Defects = append(p.Defects, r.barePermissions(d, secs, pts)...)
	return all
}

// namedInPassing notes SDKs that the text names outside any entry: no
// disclosure of data, but the SDK is not unnamed.
func (r *Reader) namedInPassing(d *document, secs []section, listed map[string]bool) []claim {
	var out []claim
	for i := range d.blocks {
		b := &d.blocks[i]
		if b.entry || secs[b.section].closed || !r.mayName(d, b) {
			continue
		}
		f := d.view(b.span)
		gone := 0 // names that the block says are not in the app, which it may do only so often
		for _, h := range r.aliases.find(&f) {
			n := r.sdkNames[h.value]
			id := r.set.SDKs[n.sdk].ID
			if n.entryOnly || n.plainWords(d.text[h.start:h.end]) || listed[id+" "+b.lang] || slices.Contains(d.own, d.text[h.start:h.end]) {
				continue
			}
			in := r.sentenceAt(d, b, h.start)
			if gone < maxSentenceNames && absent(d, &statement{span: in, lang: b.lang}, span{h.start, h.end}) {
				gone++
				continue
			}
			listed[id+" "+b.lang] = true
			out = append(out, claim{party: audit.PrefixSDK + id, polarity: audit.Collects, platform: either(secs[b.section].platform, ""),
				specificity: audit.Umbrella, lang: b.lang, at: in, rule: "sdk_named_in_passing"})
		}
	}
	return out
}

// sentenceAt returns the sentence of a block that stands at a place.
func (r *Reader) sentenceAt(d *document, b *block, at int) span {
	sts := r.blockStatements(d, b)
	i, _ := slices.BinarySearchFunc(sts, at+1, func(s statement, at int) int { return s.start - at })
	if i == 0 {
		return b.span
	}
	return sts[i-1].span
}

func at(d *document, pts *points, s span) audit.At {
	return audit.At{Source: d.source, Line: d.line(s.start), Start: pts.at(s.start), End: pts.at(s.end), Section: d.sectionPath(s.start), Page: d.page(s.start)}
}

// export makes the audit form of a claim.
func (r *Reader) export(d *document, pts *points, c claim) audit.Claim {
	out := audit.Claim{
		Party: c.party, Permissions: c.permissions, Polarity: c.polarity, Platform: c.platform, Specificity: c.specificity,
		Lang: ownLanguage(d.str(c.at), c.lang), Purpose: clean(d.str(c.purpose)), Quote: d.str(c.at), At: at(d, pts, c.at), Rule: c.rule,
	}
	if n := count(c.mentions, func(m *mention) bool { return m.data != "" }); n > 0 {
		out.Data, out.Mentions = make([]string, 0, n), make([]audit.Mention, 0, n)
	}
	for _, m := range c.mentions {
		if m.data == "" {
			continue
		}
		if !slices.Contains(out.Data, m.data) {
			out.Data = append(out.Data, m.data)
		}
		item := r.wordingOf(d, m, c.at)
		out.Mentions = append(out.Mentions, audit.Mention{Data: m.data, Text: d.str(item), Start: pts.at(item.start), End: pts.at(item.end), Noise: m.noise.String()})
	}
	return out
}
