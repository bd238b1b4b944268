package policy

import (
	"sort"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// Limits of a section path: code points of one heading and of the whole.
const (
	maxPathHeading = 60
	maxPathRunes   = 200
	pathSeparator  = " › "
)

// page returns the page of a byte offset, 0 where the format has none.
func (d *document) page(offset int) int {
	i := sort.Search(len(d.pages), func(i int) bool { return d.pages[i].offset > offset })
	if i == 0 {
		return 0
	}
	return d.pages[i-1].page
}

// sectionPath returns the headings above a byte offset.
func (d *document) sectionPath(offset int) string {
	i := sort.Search(len(d.blocks), func(i int) bool { return d.blocks[i].start > offset })
	if i == 0 || len(d.secs) == 0 {
		return ""
	}
	return d.pathOf(d.blocks[i-1].section)
}

// pathOf returns the path of a section, made once.
func (d *document) pathOf(sec int) string {
	s := &d.secs[sec]
	if s.path != "" || s.head.empty() {
		return s.path
	}
	var up []string
	runes := 0
	for k := sec; k > 0; k = d.secs[k].up {
		h := clipHeading(d.str(d.secs[k].head))
		// The innermost headings count most: outer ones give way.
		if runes += utf8.RuneCountInString(h) + utf8.RuneCountInString(pathSeparator); runes > maxPathRunes {
			break
		}
		up = append(up, h)
	}
	for i, j := 0, len(up)-1; i < j; i, j = i+1, j-1 {
		up[i], up[j] = up[j], up[i]
	}
	s.path = strings.Join(up, pathSeparator)
	return s.path
}

// clipHeading makes one line of a heading and shortens it.
func clipHeading(s string) string {
	if len(s) > 8*maxPathHeading || !isClean(s) {
		s = strings.Join(strings.Fields(s[:min(len(s), 8*maxPathHeading)]), " ")
		s = strings.ToValidUTF8(s, "")
	}
	if utf8.RuneCountInString(s) <= maxPathHeading {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:maxPathHeading-1]), " ") + "…"
}

// outline lists where sections begin.
func outline(d *document, pts *points) []audit.PolicySection {
	var out []audit.PolicySection
	last := 0
	for i := range d.blocks {
		b := &d.blocks[i]
		if b.section != last {
			last = b.section
			out = append(out, audit.PolicySection{Start: pts.at(b.start), Section: d.pathOf(last), Page: d.page(b.start)})
		}
	}
	return out
}
