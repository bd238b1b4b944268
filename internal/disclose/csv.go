package disclose

import (
	"encoding/csv"
	"fmt"
	"io"

	"apkaudit/internal/audit"
)

// writeCSV writes one table, its columns in the language asked for.
func writeCSV(w io.Writer, d *Document, opt Options) error {
	id := opt.Table
	if id == "" {
		id = TableSDKs
	}
	t := d.Table(id)
	if t == nil {
		t = &Table{ID: id, Columns: []audit.Text{same(id)}} // no such rows in this app
	}
	c := csv.NewWriter(w)
	var record []string
	for _, col := range t.Columns {
		record = append(record, audit.Cell(col.In(opt.Lang)))
	}
	if len(t.Basis) > 0 {
		record = append(record, audit.Cell(colBasis.In(opt.Lang)))
	}
	if err := c.Write(record); err != nil {
		return fmt.Errorf("writing csv: %w", err)
	}
	for n, row := range t.Rows {
		record = record[:0]
		for _, cell := range row {
			record = append(record, audit.Cell(cell.text(opt.Lang)))
		}
		if len(t.Basis) > 0 {
			record = append(record, audit.Cell(plain(t.Basis[n].In(opt.Lang))))
		}
		if err := c.Write(record); err != nil {
			return fmt.Errorf("writing csv: %w", err)
		}
	}
	c.Flush()
	return c.Error()
}
