package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// readText makes blocks of a plain text: one per line, lines that only wrap
// joined, lines with cell separators as rows. The text is kept byte for byte.
func readText(text string) *document {
	d := &document{format: formatText, text: text, lines: textLines(text)}
	gap, table := true, 0
	inTable := false
	for start := 0; start < len(text); {
		end := start + strings.IndexByte(text[start:]+"\n", '\n')
		s := d.trim(span{start, end})
		start = end + 1
		if s.empty() {
			gap = true
			continue
		}
		if cells := splitCells(d, s); cells != nil {
			if !inTable || gap {
				table++
			}
			inTable = true
			if !isRule(d, cells) {
				d.blocks = append(d.blocks, block{span: s, kind: row, cells: cells, table: table, gap: gap})
			}
			gap = false
			continue
		}
		inTable = false
		if n := len(d.blocks); n > 0 && !gap && d.blocks[n-1].kind == paragraph && wraps(d, d.blocks[n-1].span, s) {
			d.blocks[n-1].end = s.end
		} else {
			d.blocks = append(d.blocks, block{span: s, gap: gap})
		}
		gap = false
	}
	return d
}

// splitCells returns the cells of a row written with pipes or tabs: at least
// two separators, or nil. Separators at the ends make no cells of their own.
func splitCells(d *document, s span) []span {
	line := d.str(s)
	sep := byte('|')
	if strings.Count(line, "|") < 2 {
		sep = '\t'
		if strings.Count(line, "\t") < 2 {
			return nil
		}
	}
	var cells []span
	for from := s.start; from <= s.end; {
		to := s.end
		if i := strings.IndexByte(d.text[from:s.end], sep); i >= 0 {
			to = from + i
		}
		cells = append(cells, d.trim(span{from, to}))
		from = to + 1
	}
	if sep == '|' && len(cells) > 0 && cells[0].empty() {
		cells = cells[1:]
	}
	if sep == '|' && len(cells) > 0 && cells[len(cells)-1].empty() {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// isRule tells whether all cells are dashes, as under a Markdown table's head.
func isRule(d *document, cells []span) bool {
	for _, c := range cells {
		if strings.Trim(d.str(c), "-: ") != "" || c.empty() {
			return false
		}
	}
	return len(cells) > 0
}

// wraps tells whether line b continues line a: a parenthesis is open, a ends
// within an enumeration, or b begins with closing punctuation.
func wraps(d *document, a, b span) bool {
	first, _ := utf8.DecodeRuneInString(d.str(b))
	if strings.ContainsRune("。;；,，、)）】》”」", first) {
		return true
	}
	if numberAt(d.str(b)).style != "" {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(d.str(a))
	if strings.ContainsRune("、，/", last) {
		return true
	}
	tail := d.text[max(a.start, a.end-400):a.end]
	depth := 0
	for _, r := range tail {
		switch r {
		case '(', '（':
			depth++
		case ')', '）':
			depth = max(depth-1, 0)
		}
	}
	if depth > 0 && strings.IndexAny(d.str(b), ")）") >= 0 {
		return true
	}
	// English text wrapped at a column: the line is long, ends in a word and
	// goes on in lower case.
	return a.end-a.start >= 50 && unicode.IsLower(first) && (unicode.IsLower(last) || last == ',')
}
