package policy

// textRows makes rows of the paragraphs whose author wrote cells with pipes or
// tabs between them, as readText does of lines: PDF and DOCX, and pages made of
// plain text, hold such tables too. Rows that follow each other are one table.
func textRows(d *document) {
	table := 0
	for _, b := range d.blocks {
		table = max(table, b.table)
	}
	inTable := false
	out := d.blocks[:0]
	for _, b := range d.blocks {
		var cells []span
		if b.kind == paragraph {
			cells = splitCells(d, b.span)
		}
		if cells == nil || len(cells) > maxTableCells {
			inTable = false
			out = append(out, b)
			continue
		}
		if !inTable {
			table++
		}
		inTable = true
		if !isRule(d, cells) {
			b.kind, b.cells, b.table = row, cells, table
			out = append(out, b)
		}
	}
	d.blocks = out
}
