package policy

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"apkaudit/internal/bounded"
)

// Limits on what a DOCX may hold, besides those that can be set.
const (
	maxDocxDepth  = 200 // of XML elements
	maxDocxStyles = 10_000
	maxDocxLinks  = 20_000
	maxStyleDepth = 20 // of "based on"
)

var errNotDocx = errors.New("it is a ZIP archive but no DOCX document; give the policy as DOCX, PDF, text, HTML or Markdown")

// docxFile is an opened DOCX container (ECMA-376): parts by name, and one
// budget for all of them.
type docxFile struct {
	parts  map[string]*zip.File
	budget *bounded.Budget
}

// readDOCX extracts what a reader of the printed document sees: deleted and
// hidden text, fields' codes, comments, page headers and the table of contents
// are left out. Text boxes and notes follow the paragraph or table that they
// belong to.
func readDOCX(data []byte, lim Limits) (*document, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("its ZIP container is broken (%v); open it in a word processor and save it again", err)
	}
	if len(z.File) > lim.DOCXEntries {
		return nil, &bounded.LimitError{Limit: "max-docx-entries", Value: int64(lim.DOCXEntries), What: "its ZIP container"}
	}
	f := &docxFile{parts: map[string]*zip.File{}, budget: bounded.NewBudget("max-docx-bytes", lim.DOCXBytes)}
	for _, e := range z.File {
		f.parts[strings.ToLower(strings.TrimPrefix(e.Name, "/"))] = e
	}
	main, err := f.mainPart()
	if err != nil {
		return nil, err
	}
	rels, err := f.relations(main)
	if err != nil {
		return nil, err
	}
	styles := docxStyles{}
	if err := f.styles(rels.part("styles", path.Dir(main), "styles.xml"), styles); err != nil {
		return nil, err
	}
	r := &docxReader{styles: styles, rels: rels, lim: lim, left: lim.ExtractedBytes, notes: map[string][]docxNode{}}
	for _, kind := range []string{"footnote", "endnote"} {
		name := rels.part(kind+"s", path.Dir(main), kind+"s.xml")
		if r.rels, err = f.relations(name); err != nil {
			return nil, err
		}
		if _, err := f.text(name, r); err != nil {
			return nil, err
		}
	}
	r.rels = rels
	body, err := f.text(main, r)
	if err != nil {
		return nil, err
	}
	w := &docxWriter{notes: r.notes}
	w.nodes(body)
	d := w.finish(formatDOCX)
	textRows(d)
	d.lines = textLines(d.text)
	d.links = sortedLinks(w.links)
	if r.foreign {
		d.gaps = append(d.gaps, partUnread())
	}
	return d, nil
}

// mainPart finds the document's text through the container's relations.
func (f *docxFile) mainPart() (string, error) {
	rels, err := f.relations("")
	if err != nil {
		return "", err
	}
	name := rels.part("officeDocument", "", "word/document.xml")
	switch {
	case f.parts[name] == nil && f.parts["word/document.xml"] != nil:
		return "word/document.xml", nil
	case f.parts[name] == nil, strings.HasPrefix(name, "xl/"), strings.HasPrefix(name, "ppt/"):
		return "", errNotDocx
	}
	return name, nil
}

// docxRels are the relations of one part: where their ids lead.
type docxRels struct {
	links map[string]string // id -> address, of hyperlinks
	parts map[string]string // last word of the type -> part name
}

// part returns the lower-case name of the part of a kind, or its usual name.
func (r docxRels) part(kind, dir, usual string) string {
	if p := r.parts[kind]; p != "" {
		return p
	}
	return strings.ToLower(path.Join(dir, usual))
}

// relations reads the relations of a part ("" for the container).
func (f *docxFile) relations(part string) (docxRels, error) {
	out := docxRels{links: map[string]string{}, parts: map[string]string{}}
	dir, base := path.Split(part)
	err := f.walk(path.Join(dir, "_rels", base+".rels"), func(dec *xml.Decoder) error {
		return eachElement(dec, func(e xml.StartElement) {
			if e.Name.Local != "Relationship" || len(out.links) >= maxDocxLinks {
				return
			}
			kind := path.Base(attr(e, "Type"))
			target := attr(e, "Target")
			if attr(e, "TargetMode") == "External" {
				if kind == "hyperlink" {
					out.links[attr(e, "Id")] = target
				}
				return
			}
			if !strings.HasPrefix(target, "/") {
				target = path.Join(dir, target)
			}
			out.parts[kind] = strings.ToLower(strings.TrimPrefix(path.Clean(target), "/"))
		})
	})
	return out, err
}

// walk gives an XML part to read, if it is there.
func (f *docxFile) walk(name string, read func(*xml.Decoder) error) error {
	e := f.parts[strings.ToLower(name)]
	if e == nil {
		return nil
	}
	rc, err := e.Open()
	if err != nil {
		return fmt.Errorf("its part %s cannot be opened (%v); open it in a word processor and save it again", e.Name, err)
	}
	defer rc.Close()
	dec := xml.NewDecoder(&budgetReader{rc, f.budget, "its part " + path.Base(e.Name)})
	dec.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if enc := byName(label); enc != nil {
			return enc.NewDecoder().Reader(in), nil
		}
		return in, nil
	}
	if err := read(dec); err != nil && !errors.Is(err, bounded.ErrLimit) {
		return fmt.Errorf("its part %s is broken (%v); open it in a word processor and save it again", path.Base(e.Name), oneLine(err))
	} else if err != nil {
		return err
	}
	return nil
}

// oneLine makes a foreign error fit a message.
func oneLine(err error) string {
	s := strings.Join(strings.Fields(err.Error()), " ")
	if len(s) > 120 {
		s = strings.ToValidUTF8(s[:120], "") + "…"
	}
	return s
}

// budgetReader takes every byte from a budget.
type budgetReader struct {
	r      io.Reader
	budget *bounded.Budget
	what   string
}

func (b *budgetReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if terr := b.budget.Take(int64(n), b.what); terr != nil {
		return 0, terr
	}
	return n, err
}

// eachElement calls do for every start tag.
func eachElement(dec *xml.Decoder, do func(xml.StartElement)) error {
	depth := 0
	for {
		t, err := dec.RawToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxDocxDepth {
				return tooDeep()
			}
			do(t)
		case xml.EndElement:
			depth--
		}
	}
}

func tooDeep() error {
	return &bounded.LimitError{Limit: "max-docx-depth", Value: maxDocxDepth, What: "its XML"}
}

// attr returns an attribute by its local name: transitional and strict
// documents differ in namespaces only.
func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// docxStyle is what counts of a style.
type docxStyle struct {
	name    string
	based   string
	outline int  // level from 1, 0 if it does not say
	body    bool // it says "no heading"
	hidden  int8 // 1 hidden, -1 shown, 0 it does not say
	list    bool
}

type docxStyles map[string]*docxStyle

// styles reads the styles' part.
func (f *docxFile) styles(name string, into docxStyles) error {
	var open *docxStyle
	return f.walk(name, func(dec *xml.Decoder) error {
		return eachElement(dec, func(e xml.StartElement) {
			switch e.Name.Local {
			case "style":
				open = nil
				if len(into) < maxDocxStyles {
					open = &docxStyle{}
					into[attr(e, "styleId")] = open
				}
				return
			case "docDefaults", "latentStyles":
				open = nil
			}
			if open == nil {
				return
			}
			switch e.Name.Local {
			case "name":
				open.name = strings.ToLower(attr(e, "val"))
			case "basedOn":
				open.based = attr(e, "val")
			case "outlineLvl":
				open.outline, open.body = outlineOf(e)
			case "vanish":
				open.hidden = flagOf(e)
			case "numPr":
				open.list = true
			}
		})
	})
}

// outlineOf reads a level: 0 to 8 are headings, 9 is body text.
func outlineOf(e xml.StartElement) (level int, body bool) {
	v := attr(e, "val")
	if len(v) != 1 || v < "0" || v > "9" {
		return 0, false
	}
	if v == "9" {
		return 0, true
	}
	return int(v[0]-'0') + 1, false
}

// flagOf reads an on/off property: present means on.
func flagOf(e xml.StartElement) int8 {
	switch attr(e, "val") {
	case "0", "false", "off":
		return -1
	}
	return 1
}

// level is the heading level of a style, 0 for text.
func (s docxStyles) level(id string) int {
	for range maxStyleDepth {
		st := s[id]
		if st == nil {
			return 0
		}
		if st.body {
			return 0
		}
		if st.outline > 0 {
			return st.outline
		}
		for _, prefix := range []string{"heading ", "标题 "} {
			if n, ok := strings.CutPrefix(st.name, prefix); ok && len(n) == 1 && n >= "1" && n <= "9" {
				return int(n[0] - '0')
			}
		}
		if st.name == "title" || st.name == "标题" {
			return 1
		}
		id = st.based
	}
	return 0
}

func (s docxStyles) hidden(id string) int8 {
	for range maxStyleDepth {
		st := s[id]
		if st == nil {
			return 0
		}
		if st.hidden != 0 {
			return st.hidden
		}
		id = st.based
	}
	return 0
}

func (s docxStyles) list(id string) bool {
	for range maxStyleDepth {
		st := s[id]
		if st == nil {
			return false
		}
		if st.list {
			return true
		}
		id = st.based
	}
	return false
}

// contents tells the styles of a table of contents, which repeats headings.
func (s docxStyles) contents(id string) bool {
	st := s[id]
	return st != nil && (strings.HasPrefix(st.name, "toc ") || strings.HasPrefix(st.name, "目录 ")) && st.name != "toc heading"
}
