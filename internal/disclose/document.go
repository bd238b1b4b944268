package disclose

import (
	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// Document is the text for one app: tables to paste into its policy, notes for
// whoever does that, and the draft of the Data safety form.
type Document struct {
	App  audit.App
	Tool string // name and version of the program
	// Missing tells that only what the policy lacks is in the tables.
	Missing bool
	Notes   []audit.Text // for the author, no part of the policy
	Sources []audit.Text // where the vendors' statements in the tables stand
	Tables  []Table
	Safety  Safety
	edits   []edit       // what a patch puts into the policy's files, empty without Missing
	left    []audit.Text // what a patch leaves to a person
}

// Table is one list. IDs are the Table constants.
type Table struct {
	ID      string
	Title   audit.Text
	Intro   audit.Text // one sentence of the policy over the rows, "" for none
	Place   audit.Text // where in the policy the rows belong, "" where nothing tells
	Columns []audit.Text
	Rows    [][]Cell     // as many cells as columns
	Basis   []audit.Text // of each row, what it rests on: a further column of spreadsheets
	Empty   audit.Text
}

// IDs of tables. The first three are always there.
const (
	TableSDKs        = "sdks"
	TableData        = "data"
	TablePermissions = "permissions"
	TableAdditions   = "additions" // with Missing: what entries of the policy lack
	TableOwners      = "owners"    // code of which nobody knows whose it is
)

// TableIDs lists the tables that can be chosen.
func TableIDs() []string {
	return []string{TableSDKs, TableData, TablePermissions, TableAdditions, TableOwners}
}

// Table returns the table of that id, or nil.
func (d *Document) Table(id string) *Table {
	for i := range d.Tables {
		if d.Tables[i].ID == id {
			return &d.Tables[i]
		}
	}
	return nil
}

// Cell is the content of one cell.
type Cell []Part

// Part is a piece of a cell. A blank is written in brackets, what is strong in
// bold, and a link can be followed where the format has links.
type Part struct {
	Text   audit.Text
	Blank  bool
	Strong bool
	Link   bool
}

// New writes the whole text for the app of a report. The set must be loaded in
// full: what vendors state is not in the compiled form of the signatures.
func New(set *rules.Set, r *audit.Report) *Document {
	f := newFacts(set, r)
	d := f.document()
	data := f.dataTable(f.dataRows(nil))
	data.Basis = append(data.Basis, nothing)
	data.Rows = append(data.Rows, []Cell{blankCell(blankProvided), plainCell(nothing), blankCell(blankWhy), blankCell(blankScene)})
	d.Tables = []Table{f.sdkTable(f.sdks), data, f.permissionTable(f.permissions(nil))}
	if t := f.ownerTable(); len(t.Rows) > 0 {
		d.Tables = append(d.Tables, t)
	}
	d.Sources, d.Safety = f.sources(f.sdks), f.safety()
	return d
}

func (f *facts) document() *Document {
	return &Document{App: f.r.App, Tool: f.r.Tool.Name + " " + f.r.Tool.Version, Notes: f.notes()}
}

func plainCell(t audit.Text) Cell { return Cell{{Text: t}} }

func blankCell(t audit.Text) Cell { return Cell{{Text: t, Blank: true}} }

func same(s string) audit.Text { return audit.Text{ZH: s, EN: s} }

// joined makes one cell of several parts.
func joined(parts []Part) Cell {
	var c Cell
	for i, p := range parts {
		if i > 0 {
			c = append(c, Part{Text: listComma})
		}
		c = append(c, p)
	}
	if len(c) == 0 {
		return plainCell(nothing)
	}
	return c
}
