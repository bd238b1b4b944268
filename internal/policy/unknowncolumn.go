package policy

import "slices"

// underHeading decides what the cell c of a row is whose column has the field f.
// Where no word explains the heading, the other columns say what the cell is not:
// 类别 beside SDK名称 is no name, and 用来做什么 beside 收集个人信息 no data.
func (r *Reader) underHeading(d *document, h header, f field, c span, column int, aligned bool) field {
	unknown := aligned && f == fieldNone && h.fields[column] == fieldNone
	if unknown && column == 0 && h.has(fieldName) {
		f = fieldFunction // which groups the rows; content may still correct it
	}
	got := r.byContent(d, f, c, column, aligned)
	if unknown && got == fieldData {
		cells := d.blocks[h.at].cells // more than the fields where the numbers of the rows were left out
		if r.otherThanData(d, h.fields, cells[len(cells)-len(h.fields):])[column] {
			return fieldPurpose
		}
	}
	return got
}

// otherThanData tells of each column whose heading no phrase explains whether its
// cells are no data: another column is that of the data, and the heading does not
// speak of data itself.
func (r *Reader) otherThanData(d *document, fields []field, headings []span) []bool {
	out := make([]bool, len(fields))
	data := false
	for i, f := range fields {
		switch {
		case f == fieldData || f == fieldNone && r.saysField(d.str(headings[i]), fieldData):
			data = true
		case f == fieldNone && !headings[i].empty():
			out[i] = true
		}
	}
	if !data {
		clear(out)
	}
	return out
}

// saysField tells whether a heading that no phrase explains holds a noun for a field.
func (r *Reader) saysField(heading string, want field) bool {
	var room shortText
	f := room.fold(heading)
	return slices.ContainsFunc(room.find(r.headings, &f), func(w hit) bool { return field(w.value) == want })
}

// unknownLines gives the columns whose headings, each in a line of its own, no
// phrase explains, and whose cells are no data, the field of what an SDK does.
func (r *Reader) unknownLines(d *document, fields []field, lines []block) {
	headings := make([]span, len(lines))
	for i := range lines {
		headings[i] = lines[i].span
	}
	for i, other := range r.otherThanData(d, fields, headings) {
		if other && i > 0 && !r.saysField(d.str(headings[i]), fieldPermissions) {
			fields[i] = fieldFunction
		}
	}
}
