package policy

import "slices"

// mergedCells gives the row of a list that begins with its SDK's name what the row
// above has in the columns before the name: their cells span both rows, and a page
// saved as text shows them once. cells are those of the row.
func mergedCells(fields []field, above *entry, e *entry, cells []span) {
	name := slices.Index(fields, fieldName)
	if name < 0 {
		name = slices.Index(fields, fieldCompany) // which stands for it
	}
	if name < 1 || len(cells) >= len(fields) || !contains(cells[0], e.name) {
		return
	}
	for _, f := range fields[:name] {
		switch f {
		case fieldPurpose, fieldScenario, fieldFunction:
			if e.purpose.empty() {
				e.purpose = above.purpose
			}
		case fieldCompany:
			if e.company.empty() {
				e.company = above.company
			}
		}
	}
}
