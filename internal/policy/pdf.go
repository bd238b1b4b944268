package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
	"apkaudit/internal/policy/pdf"
)

// What tells a scan from a page with text.
const (
	// scannedShare is the part of a page that images must cover, and
	// scannedRunes the characters it may hold beside them, for the page to be
	// taken for a scan: a page number or a stamp is no text layer.
	scannedShare = 0.5
	scannedRunes = 60
	// outlineCurves are the curved pieces that a page without any characters may
	// hold before it is taken for text drawn as outlines.
	outlineCurves = 200
)

// readPDF extracts what stands on the pages, in reading order. Pages without
// text that can be read are a gap; where there is no other page, so is the
// document.
func readPDF(ctx context.Context, data []byte, lim Limits) (d *document, err error) {
	defer func() { err = lim.pdfError(err) }()
	ctx, cancel := context.WithTimeout(ctx, lim.PDFTime)
	defer cancel()
	f, err := pdf.Open(ctx, data, lim.PDF)
	if err != nil {
		return nil, err
	}
	var pages []*pdfPage
	var silent []int
	var rest []audit.Gap
	for i := range f.Pages() {
		p, err := f.Page(i)
		if errors.Is(err, bounded.ErrLimit) && i > 0 {
			rest = append(rest, pagesUnread(i+1, f.Pages(), err))
			break
		}
		if err != nil {
			return nil, err
		}
		if isSilent(p) {
			silent = append(silent, i+1)
		}
		pages = append(pages, newPDFPage(i+1, p))
	}
	arrange(pages)
	w := &pdfWriter{}
	if err := w.write(pages, lim.ExtractedBytes); err != nil {
		return nil, err
	}
	d = w.finish(formatPDF)
	textRows(d)
	d.lines = textLines(d.text)
	d.links = sortedLinks(w.links)
	d.pages = w.pages
	if len(silent) > 0 {
		d.gaps = append(d.gaps, noTextLayer(silent, f.Pages()))
	}
	d.gaps = append(d.gaps, rest...)
	return d, nil
}

func (l Limits) pdfError(err error) error {
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		return errors.New("it is encrypted with a password; save it without one and give that file")
	case errors.Is(err, pdf.ErrBroken), errors.Is(err, pdf.ErrNotPDF):
		return errors.New("it is a damaged PDF without pages that can be found; open it in a viewer and save or print it again")
	case errors.Is(err, bounded.ErrLimit):
		return fmt.Errorf("%w; a policy is smaller, give its text", err)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w; give its text", &bounded.LimitError{Limit: "max-pdf-time", Value: int64(l.PDFTime), What: "the PDF"})
	}
	return err
}

// isSilent tells whether a page shows text that the file does not hold: it is a
// scan, drawn as outlines, or in fonts that do not tell their characters.
func isSilent(p *pdf.Page) bool {
	read := 0
	for _, g := range p.Glyphs {
		if strings.TrimSpace(g.Text) != "" {
			read++
		}
	}
	switch {
	case p.Unread*3 > read+p.Unread:
		return true
	case p.Images >= scannedShare && read < scannedRunes:
		return true
	case read == 0:
		return p.Images > 0.05 || p.Curves > outlineCurves
	}
	return false
}

// noTextLayer is the gap for pages whose text cannot be read.
func noTextLayer(pages []int, of int) audit.Gap {
	list := pageList(pages)
	what := fmt.Sprintf("page %s of %d holds no text that can be read (a scan or a font without character codes); run text recognition on the file, or give the policy's text", list, of)
	if len(pages) > 1 {
		what = fmt.Sprintf("pages %s of %d hold no text that can be read (scans or fonts without character codes); run text recognition on the file, or give the policy's text", list, of)
	}
	return audit.Gap{Kind: audit.GapNoTextLayer, What: what, Weakens: audit.Text{
		ZH: "第 " + list + " 页没有可读取的文字：其中的声明未计入，凡依赖政策文本的结论可能偏严。",
		EN: "What stands on page " + list + " was not read: what it states is not counted, so answers that depend on the policy may be too strict.",
	}}
}

// pagesUnread is the gap for pages behind a limit.
func pagesUnread(from, to int, err error) audit.Gap {
	return audit.Gap{Kind: audit.GapLimit, What: fmt.Sprintf("pages %d-%d were not read: %v; give their text in a file of its own", from, to, err), Weakens: audit.Text{
		ZH: fmt.Sprintf("第 %d-%d 页未被读取：其中的声明未计入，凡依赖政策文本的结论可能偏严。", from, to),
		EN: fmt.Sprintf("Pages %d-%d were not read: what they state is not counted, so answers that depend on the policy may be too strict.", from, to),
	}}
}

// pageList writes page numbers with ranges: 1-3, 7.
func pageList(pages []int) string {
	const most = 30
	var out []string
	for i := 0; i < len(pages); {
		k := i
		for k+1 < len(pages) && pages[k+1] == pages[k]+1 {
			k++
		}
		s := strconv.Itoa(pages[i])
		if k > i {
			s += "-" + strconv.Itoa(pages[k])
		}
		if len(out) == most {
			return strings.Join(append(out, "…"), ", ")
		}
		out = append(out, s)
		i = k + 1
	}
	return strings.Join(out, ", ")
}

// pdfPage is one page on its way to paragraphs and tables.
type pdfPage struct {
	number        int
	width, height float64
	areas         []*pdfArea
	items         []pdfItem // in reading order
}

// pdfItem is a line of text or a table.
type pdfItem struct {
	line  *pdfLine
	table *pdfTable
	top   float64
}

// newPDFPage arranges the characters of a page.
func newPDFPage(number int, p *pdf.Page) *pdfPage {
	out := &pdfPage{number: number, width: p.Width, height: p.Height}
	byTurn := map[int8][]pdf.Glyph{}
	for _, g := range p.Glyphs {
		if g.Turn >= 0 && !g.Artifact { // slanting text is a watermark
			byTurn[g.Turn] = append(byTurn[g.Turn], g)
		}
	}
	turns := []int8{0, 1, 2, 3}
	slices.SortStableFunc(turns, func(a, b int8) int { return len(byTurn[b]) - len(byTurn[a]) })
	for _, turn := range turns {
		if len(byTurn[turn]) == 0 {
			continue
		}
		a := &pdfArea{page: number, width: p.Width, height: p.Height}
		if turn%2 == 1 {
			a.width, a.height = p.Height, p.Width
		}
		links := make([]pdf.Link, len(p.Links))
		for i, l := range p.Links {
			links[i] = pdf.Link{Rule: turnRule(l.Rule, turn, p), Href: l.Href}
		}
		a.runs = runsOf(byTurn[turn], links)
		for _, r := range p.Rules {
			a.rules = append(a.rules, turnRule(r, turn, p))
		}
		a.prepare()
		out.areas = append(out.areas, a)
	}
	return out
}

// arrange puts what stands on the pages into reading order. Where half of the
// pages have two columns, so have the others that leave the same space free:
// the last one is seldom full.
func arrange(pages []*pdfPage) {
	var at []float64
	for _, p := range pages {
		if len(p.areas) > 0 && p.areas[0].split > 0 {
			at = append(at, p.areas[0].split)
		}
	}
	slices.Sort(at)
	for _, p := range pages {
		for i, a := range p.areas {
			if i == 0 && a.split == 0 && len(at)*2 >= len(pages) && a.free(at[len(at)/2]) {
				a.split = at[len(at)/2]
			}
			p.items = append(p.items, a.arrange()...)
		}
		p.areas = nil
	}
}

// turnRule turns a line back like the characters of a writing direction.
func turnRule(r pdf.Rule, turn int8, p *pdf.Page) pdf.Rule {
	switch turn {
	case 1:
		return pdf.Rule{X0: r.Y0, X1: r.Y1, Y0: p.Width - r.X1, Y1: p.Width - r.X0}
	case 2:
		return pdf.Rule{X0: p.Width - r.X1, X1: p.Width - r.X0, Y0: p.Height - r.Y1, Y1: p.Height - r.Y0}
	case 3:
		return pdf.Rule{X0: p.Height - r.Y1, X1: p.Height - r.Y0, Y0: r.X0, Y1: r.X1}
	}
	return r
}
