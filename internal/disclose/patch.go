package disclose

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// edit is a change of one line of a file: what is written into it behind the word
// after, and the lines that follow it.
type edit struct {
	file   string
	data   []byte
	line   int    // from 1
	after  string // "" for no change inside the line
	insert string
	lines  []string // "" for an empty line
}

// errNoPatch is returned where no file of the policy can be patched.
var errNoPatch = errors.New("a patch is made for plain text and Markdown files in UTF-8 only, and where there is something to add at a known place; use -o markdown instead")

// writePatch writes the edits as a unified diff.
func writePatch(w io.Writer, d *Document, opt Options) error {
	if len(d.edits) == 0 {
		if len(d.left) > 0 {
			return errNoPatch
		}
		return nil
	}
	lang := "en"
	if opt.Lang == "zh" {
		lang = "zh"
	}
	b := bufio.NewWriter(w)
	for _, t := range d.left { // what stands before the first file is no part of a diff
		fmt.Fprintf(b, "# %s\n", plain(t.In(lang)))
	}
	var files []string
	for _, e := range d.edits {
		if !slices.Contains(files, e.file) {
			files = append(files, e.file)
		}
	}
	for _, f := range files {
		edits := slices.DeleteFunc(slices.Clone(d.edits), func(e edit) bool { return e.file != f })
		writeDiff(b, f, edits)
	}
	return b.Flush()
}

// op is one line of a diff: ' ', '-' or '+'.
type op struct {
	kind byte
	text string
	open bool // the last line of a file, without a line break
}

// diffContext is how many unchanged lines stand around a change.
const diffContext = 3

func writeDiff(b *bufio.Writer, file string, edits []edit) {
	ops := changed(edits)
	fmt.Fprintf(b, "--- %s\n+++ %s\n", plain(file), plain(file))
	oldLine, newLine := 1, 1
	for i := 0; i < len(ops); {
		next := slices.IndexFunc(ops[i:], func(o op) bool { return o.kind != ' ' })
		if next < 0 {
			return
		}
		skip := max(0, next-diffContext)
		oldLine, newLine, i = oldLine+skip, newLine+skip, i+skip
		end, quiet := i, 0
		for j := i; j < len(ops) && quiet <= 2*diffContext; j++ {
			if quiet++; ops[j].kind != ' ' {
				quiet, end = 0, j+1
			}
		}
		end = min(len(ops), end+diffContext)
		was, now := 0, 0
		for _, o := range ops[i:end] {
			if o.kind != '+' {
				was++
			}
			if o.kind != '-' {
				now++
			}
		}
		fmt.Fprintf(b, "@@ -%d,%d +%d,%d @@\n", oldLine, was, newLine, now)
		for _, o := range ops[i:end] {
			fmt.Fprintf(b, "%c%s\n", o.kind, o.text)
			if o.open {
				b.WriteString("\\ No newline at end of file\n")
			}
		}
		oldLine, newLine, i = oldLine+was, newLine+now, end
	}
}

// changed applies the edits of one file and returns all its lines as operations.
func changed(edits []edit) []op {
	text := string(edits[0].data)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	open := !strings.HasSuffix(text, "\n")
	for i := range edits { // what is to stand behind the end stands behind the last line
		edits[i].line = min(edits[i].line, len(lines))
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.line, b.line) })
	cr := ""
	if strings.HasSuffix(lines[0], "\r") {
		cr = "\r"
	}
	var out []op
	for i, line := range lines {
		now, last := line, i == len(lines)-1
		var more []string
		for ; len(edits) > 0 && edits[0].line <= i+1; edits = edits[1:] {
			e := edits[0]
			if e.line < i+1 {
				continue
			}
			if at := strings.LastIndex(now, e.after); e.after != "" && at >= 0 {
				now = now[:at+len(e.after)] + e.insert + now[at+len(e.after):]
			}
			more = append(more, e.lines...)
		}
		ended := last && open && len(more) > 0 // the last line gets an end before others follow
		if ended {
			now += cr
		}
		if now == line && !ended {
			out = append(out, op{' ', line, last && open})
		} else {
			out = append(out, op{'-', line, last && open}, op{'+', now, last && open && len(more) == 0})
		}
		for _, m := range more {
			out = append(out, op{kind: '+', text: m + cr})
		}
	}
	return out
}

// editor makes the edits of one policy.
type editor struct {
	*lack
	originals map[string][]byte
	texts     map[*audit.PolicySource][]rune // of the sources in which places were looked up
	lines     map[string][]string            // of the files that were looked into
	langs     []string                       // of the policy
	out       []edit
	left      []audit.Text // what is for a person to do
}

// edits puts everything that is missing into the policy's files, where they are
// plain text or Markdown in UTF-8 and the place is known: where the policy speaks
// two languages, in both. What a sentence of the policy denies is left to a person:
// a second sentence would contradict it.
func (l *lack) edits(originals map[string][]byte, sdks []*audit.SDK, additions []addition, rows []dataRow, permissions []*audit.Permission) ([]edit, []audit.Text) {
	e := &editor{lack: l, originals: originals, texts: map[*audit.PolicySource][]rune{}, lines: map[string][]string{}}
	for _, src := range l.r.Policy.Sources {
		for _, lang := range src.Languages {
			if !slices.Contains(e.langs, lang) {
				e.langs = append(e.langs, lang)
			}
		}
	}
	for _, a := range additions {
		e.addToEntry(a)
	}
	if len(sdks) > 0 {
		e.addEntries(sdks)
	}
	e.addData(rows)
	e.addPermissions(permissions)
	return e.out, e.left
}

// leave notes what no patch can do, with its place.
func (e *editor) leave(what audit.Text, at *audit.At) {
	where := e.placeText(at)
	e.left = append(e.left, audit.Text{ZH: "须自行处理：" + what.ZH + "；" + where.ZH, EN: "By hand: " + what.EN + "; " + where.EN})
}

func (e *editor) leaveCell(of audit.Text, c Cell, at *audit.At) {
	e.leave(audit.Text{ZH: of.ZH + "：" + c.text("zh"), EN: of.EN + ": " + c.text("en")}, at)
}

// spot is a place of a file that can be patched, and the language there.
type spot struct {
	src  *audit.PolicySource
	data []byte
	at   *audit.At
	lang string
}

// spots finds a place in each language of the policy; of those that cannot be
// patched there is none.
func (e *editor) spots(place func(lang string) *audit.At) []spot {
	var out []spot
	for _, lang := range e.langs {
		at := place(lang)
		if at == nil || at.Source < 0 || at.Source >= len(e.r.Policy.Sources) || at.Line < 1 {
			continue
		}
		src := &e.r.Policy.Sources[at.Source]
		data := e.originals[src.File]
		if (src.Format == "text" || src.Format == "markdown") && len(data) > 0 && utf8.Valid(data) {
			out = append(out, spot{src, data, at, lang})
		}
	}
	return out
}

// behind is an edit that puts lines behind a spot.
func (e *editor) behind(s spot, lines []string) edit {
	return edit{file: s.src.File, data: s.data, line: e.lastLine(s.src, s.at), lines: lines}
}

// textOf is the text of a source between two positions in code points; positions
// of a saved report may be anything.
func (e *editor) textOf(src *audit.PolicySource, start, end int) string {
	if e.texts[src] == nil {
		e.texts[src] = []rune(src.Text)
	}
	runes := e.texts[src]
	end = min(max(end, 0), len(runes))
	return string(runes[min(max(start, 0), end):end])
}

// lastLine is the line of the file on which a place ends.
func (e *editor) lastLine(src *audit.PolicySource, at *audit.At) int {
	return at.Line + strings.Count(strings.TrimRight(e.textOf(src, at.Start, at.End), "\n"), "\n")
}

// addToEntry writes missing data behind the last datum that the policy states of an
// SDK.
func (e *editor) addToEntry(a addition) {
	var at *audit.At
	if a.entry != nil {
		at = &a.entry.At
	}
	for _, f := range a.fields {
		e.leaveCell(e.sdkName(a.id), f, at)
	}
	if ids := a.data[audit.VerdictDenied]; len(ids) > 0 {
		e.leaveCell(audit.Text{ZH: e.sdkName(a.id).ZH + "，" + reasons[audit.VerdictDenied].ZH, EN: e.sdkName(a.id).EN + ", " + reasons[audit.VerdictDenied].EN}, joined(e.dataParts(ids)), e.denial(ids[0]))
	}
	var ids []string
	for _, v := range lacking {
		if v != audit.VerdictDenied {
			ids = append(ids, a.data[v]...)
		}
	}
	if len(ids) == 0 {
		return
	}
	if !e.behindLastDatum(a.id, ids) {
		e.leaveCell(e.sdkName(a.id), joined(e.dataParts(ids)), at)
	}
}

// behindLastDatum names data types behind the last one that the policy states of an
// SDK; false where no such place is found in a file.
func (e *editor) behindLastDatum(id string, ids []string) bool {
	last := map[string]*audit.Claim{} // by language
	for _, c := range e.claims[audit.PrefixSDK+id] {
		if c.Polarity != audit.Collects || c.Platform == audit.PlatformIOS || len(c.Mentions) == 0 {
			continue
		}
		if b := last[c.Lang]; b == nil || c.At.Source == b.At.Source && c.At.End >= b.At.End {
			last[c.Lang] = c
		}
	}
	found := false
	for _, s := range e.spots(func(lang string) *audit.At {
		if c := last[lang]; c != nil {
			return &c.At
		}
		return nil
	}) {
		c := last[s.lang]
		m := c.Mentions[len(c.Mentions)-1]
		line := c.At.Line + strings.Count(e.textOf(s.src, c.At.Start, m.Start), "\n")
		lines := e.linesOf(s)
		if m.Text == "" || line > len(lines) || !strings.Contains(lines[line-1], m.Text) {
			continue
		}
		found = true
		e.out = append(e.out, edit{file: s.src.File, data: s.data, line: line, after: m.Text, insert: listComma.In(s.lang) + joined(e.dataParts(ids)).form(s.lang, s.src.Format)})
	}
	return found
}

// linesOf are the lines of the file of a spot.
func (e *editor) linesOf(s spot) []string {
	if e.lines[s.src.File] == nil {
		e.lines[s.src.File] = strings.Split(string(s.data), "\n")
	}
	return e.lines[s.src.File]
}

// form is a cell in one language as a file's format writes it.
func (c Cell) form(lang, format string) string {
	if format == "markdown" {
		return c.markdown(lang)
	}
	return c.text(lang)
}

// addEntries writes the SDKs that are not named behind the list of SDKs: as rows of
// its table where it is one of pipes, else as blocks of keys. A policy without a
// list gets one behind what it says of the app's own data.
func (e *editor) addEntries(sdks []*audit.SDK) {
	spots, heading := e.spots(e.sdkPlace), false
	if len(spots) == 0 {
		spots, heading = e.spots(e.dataPlace), true
	}
	if len(spots) == 0 {
		for _, s := range sdks {
			e.leave(e.sdkName(s.ID), e.sdkPlace(""))
		}
	}
	for _, at := range spots {
		x := e.behind(at, nil)
		columns := pipeColumns(e.linesOf(at), x.line)
		if columns != nil && !heading {
			for _, s := range sdks {
				x.lines = append(x.lines, e.pipeRow(s, columns, at.lang))
			}
		} else {
			x.lines = e.blocks(sdks, at, heading)
		}
		e.out = append(e.out, x)
	}
}

// pipeRow is an SDK as a row of a table with these columns.
func (e *editor) pipeRow(s *audit.SDK, columns []string, lang string) string {
	row := e.fields(s)
	var b strings.Builder
	for _, field := range columns {
		b.WriteString("| " + row[field].orNothing().markdown(lang) + " ")
	}
	return b.String() + "|"
}

// blocks are SDKs as keys and values.
func (e *editor) blocks(sdks []*audit.SDK, at spot, heading bool) []string {
	var out []string
	if heading {
		out = append(out, "", titleLine(at.src.Format, e.sdkTable(nil).Title.In(at.lang)))
	}
	// A sentence of its own: without it the first line might pass for a row of a list
	// whose cells ran together.
	out = append(out, "", audit.Text{ZH: "本应用还接入了以下第三方 SDK：", EN: "The app also contains the following third-party SDKs:"}.In(at.lang))
	bullet := ""
	if at.src.Format == "markdown" {
		bullet = "- " // lines of a paragraph would run together
	}
	for _, s := range sdks {
		row := e.fields(s)
		out = append(out, "")
		for _, k := range entryKeys {
			out = append(out, bullet+k.heading.In(at.lang)+colon.In(at.lang)+row[k.field].form(at.lang, at.src.Format))
		}
	}
	return out
}

func titleLine(format, title string) string {
	if format == "markdown" {
		return "## " + title
	}
	return title
}

func (c Cell) orNothing() Cell {
	if len(c) == 0 {
		return plainCell(nothing)
	}
	return c
}

// Fields of an entry in a patch.
const (
	keyName        = "name"
	keyCompany     = "company"
	keyPurpose     = "purpose"
	keyMethod      = "method"
	keyData        = "data"
	keyPermissions = "permissions"
	keyLink        = "link"
)

// entryKeys are the keys of a block.
var entryKeys = []struct {
	field   string
	heading audit.Text
}{
	{keyName, colSDK}, {keyCompany, colCompany}, {keyPurpose, colPurpose}, {keyMethod, colMethod},
	{keyData, audit.Text{ZH: "收集的个人信息", EN: "Personal information collected"}}, {keyPermissions, colPermissions}, {keyLink, colLink},
}

func (e *editor) fields(s *audit.SDK) map[string]Cell {
	row := e.sdkRow(s)
	data := row[4]
	if len(e.dataOf(audit.PrefixSDK+s.ID)) == 0 {
		data = Cell{{Text: blankData, Blank: true}}
	}
	return map[string]Cell{keyName: row[0], keyCompany: row[1], keyPurpose: row[2], keyMethod: row[3], keyData: data, keyPermissions: row[6], keyLink: row[7]}
}

// pipeWords tell by the heading of a column which field it holds, the first that
// fits.
var pipeWords = []struct {
	field string
	words []string
}{
	{keyLink, []string{"链接", "隐私政策", "官网", "link", "privacy policy", "url", "website"}},
	{keyCompany, []string{"公司", "主体", "提供", "机构", "开发者", "厂商", "company", "provider", "vendor", "developer"}},
	{keyPurpose, []string{"目的", "用途", "purpose"}},
	{keyMethod, []string{"方式", "method"}},
	{keyPermissions, []string{"权限", "permission"}},
	{keyData, []string{"信息", "数据", "字段", "information", "data"}},
	{keyName, []string{"sdk", "名称", "插件", "name"}},
}

// pipeColumns returns the fields of the columns of the pipe table that line (from
// 1) stands in; nil where it is no such table or has no column for name or data.
func pipeColumns(lines []string, line int) []string {
	if line < 1 || line > len(lines) || strings.Count(lines[line-1], "|") < 2 {
		return nil
	}
	top := line - 1
	for top > 0 && strings.Contains(lines[top-1], "|") {
		top--
	}
	head := strings.Trim(strings.TrimSpace(lines[top]), "|")
	var out []string
	for _, cell := range strings.Split(head, "|") {
		cell = strings.ToLower(cell)
		field := ""
		for _, p := range pipeWords {
			if !slices.Contains(out, p.field) && slices.ContainsFunc(p.words, func(w string) bool { return strings.Contains(cell, w) }) {
				field = p.field
				break
			}
		}
		out = append(out, field)
	}
	if !slices.Contains(out, keyName) || !slices.Contains(out, keyData) {
		return nil
	}
	return out
}

// addData writes a sentence for each datum of the app that the policy leaves out.
func (e *editor) addData(rows []dataRow) {
	spots := e.spots(e.dataPlace)
	lines := make([][]string, len(spots))
	for _, row := range rows {
		cell := Cell(e.dataParts([]string{row.data}))
		switch {
		case e.isDenied(row):
			e.leaveCell(reasons[audit.VerdictDenied], cell, e.denial(row.data))
		case len(spots) == 0:
			e.leaveCell(colData, cell, e.dataPlace(""))
		}
		for i, at := range spots {
			if e.isDenied(row) {
				continue
			}
			what, why := cell.form(at.lang, at.src.Format), blankCell(blankWhy).text(at.lang)
			lines[i] = append(lines[i], "", audit.Text{ZH: "我们会收集您的" + what + "，用于" + why + "。", EN: "We collect your " + lowerFirst(what) + ". Purpose: " + why + "."}.In(at.lang))
		}
	}
	e.put(spots, lines)
}

// addPermissions does the same for permissions.
func (e *editor) addPermissions(permissions []*audit.Permission) {
	spots := e.spots(e.permissionPlace)
	lines := make([][]string, len(spots))
	for _, p := range permissions {
		cell := plainCell(e.permissionName(p.Name))
		if len(spots) == 0 {
			e.leaveCell(colPermission, cell, e.permissionPlace(""))
		}
		for i, at := range spots {
			what, use := cell.form(at.lang, at.src.Format), blankCell(useOf(p)).text(at.lang)
			lines[i] = append(lines[i], "", audit.Text{ZH: "本应用会申请 " + what + "权限，用途：" + use + "。", EN: "The app asks for the permission " + what + ". Purpose: " + use + "."}.In(at.lang))
		}
	}
	e.put(spots, lines)
}

// put adds the lines for each spot.
func (e *editor) put(spots []spot, lines [][]string) {
	for i, at := range spots {
		if len(lines[i]) > 0 {
			e.out = append(e.out, e.behind(at, lines[i]))
		}
	}
}

// isDenied tells whether the policy says of one of the parties that it does not
// collect the datum.
func (e *editor) isDenied(row dataRow) bool {
	return slices.ContainsFunc(row.parties, func(p string) bool { return e.verdicts[[2]string{p, row.data}] == audit.VerdictDenied })
}

// lowerFirst writes a name inside a sentence: Contacts as contacts; names with
// further capitals (IMEI, Android ID, Wi-Fi scan list) stay as they are.
func lowerFirst(s string) string {
	at := len(s) - len(strings.TrimLeft(s, "*"))
	if at == len(s) || strings.ContainsFunc(s[at+1:], unicode.IsUpper) {
		return s
	}
	return s[:at] + strings.ToLower(s[at:at+1]) + s[at+1:]
}
