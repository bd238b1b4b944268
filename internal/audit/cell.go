package audit

import (
	"strings"
	"unicode/utf8"
)

// Cell makes a text safe for a cell of a spreadsheet: what one would take for a formula
// stands behind an apostrophe. A lone hyphen, which says that there is nothing, stays.
func Cell(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && s != "-" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + s
	}
	return s
}
