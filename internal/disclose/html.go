package disclose

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"

	"apkaudit/internal/audit"
)

// The page is one file without script: both languages stand in it and a pair of
// radio buttons shows one. Its content security policy forbids everything but its
// own style, so that it can load nothing from anywhere.
var (
	//go:embed page.tmpl
	pageTemplate string
	//go:embed page.css
	pageStyle string
)

type page struct {
	Lang   string
	Policy string
	CSS    template.CSS
	Title  string
	Sides  []pageSide
}

// pageSide is the page in one language.
type pageSide struct {
	Lang, Name string
	Heading    string
	Words      map[string]string
	Notes      []string
	Sources    []string
	Tables     []pageTable
	Safety     []pageRow
	Undecided  []pageRow
}

type pageTable struct {
	ID, Title, Intro, Place, Empty string
	Columns                        []string
	Rows                           [][]pageCell
}

type pageCell struct {
	Label string // heading of its column, for narrow screens
	Parts []pagePart
}

type pagePart struct {
	Text                string
	Href                template.URL
	Blank, Strong, Link bool
}

type pageRow struct{ Name, Data, Who string }

var pageWords = map[string]audit.Text{
	"heading":   {ZH: "隐私政策须补充的内容", EN: "What the privacy policy must contain"},
	"missing":   {ZH: "隐私政策缺少的内容", EN: "What the privacy policy lacks"},
	"notes":     {ZH: "说明（不属于政策正文）", EN: "Notes (no part of the policy)"},
	"sources":   {ZH: "供应商声明的出处", EN: "Where the vendors' statements stand"},
	"safety":    {ZH: "Google Play 数据安全表单草稿", EN: "Draft of Google Play's Data safety form"},
	"candidate": {ZH: "代码中存在读取调用，因此下列类型可能须勾选为“收集”。是否共享、是否仅临时处理、是否可选、用途，代码不能说明，须在 Play 管理中心填写。", EN: "The code contains calls that read data of these types, so that they are candidates for “collected”. Whether they are shared, processed ephemerally, optional, and what for, no code tells: answer that in the Play Console."},
	"undecided": {ZH: "未能归入具体类型，请自行判断：", EN: "Belongs to a category without telling which type of it; decide yourself:"},
	"type":      {ZH: "表单中的类型", EN: "Type of the form"},
	"data":      {ZH: "代码读取的信息", EN: "What the code reads"},
	"who":       {ZH: "读取方", EN: "Read by"},
	"none":      {ZH: "未发现属于该表单的读取调用。", EN: "No call was found that reads data of the form."},
}

func writeHTML(w io.Writer, d *Document, opt Options) error {
	lang := "en"
	if opt.Lang == "zh" {
		lang = "zh"
	}
	sum := sha256.Sum256([]byte(pageStyle))
	p := page{
		Lang:   lang,
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'",
		CSS:    template.CSS(pageStyle), // our own file
		Sides:  []pageSide{d.side("zh", "中文"), d.side("en", "English")},
	}
	for _, s := range p.Sides {
		if s.Lang == lang {
			p.Title = s.Heading
		}
	}
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

func (d *Document) side(lang, name string) pageSide {
	s := pageSide{Lang: lang, Name: name, Words: map[string]string{}}
	for k, t := range pageWords {
		s.Words[k] = t.In(lang)
	}
	s.Heading = s.Words["heading"]
	if d.Missing {
		s.Heading = s.Words["missing"]
	}
	for _, n := range d.Notes {
		s.Notes = append(s.Notes, plain(n.In(lang)))
	}
	for _, n := range d.Sources {
		s.Sources = append(s.Sources, plain(n.In(lang)))
	}
	for i := range d.Tables {
		s.Tables = append(s.Tables, d.Tables[i].page(lang))
	}
	for _, t := range d.Safety.Types {
		for _, x := range t.Data {
			s.Safety = append(s.Safety, pageRow{t.Name, x.Data.text(lang), x.Who.text(lang)})
		}
	}
	for _, x := range d.Safety.Undecided {
		s.Undecided = append(s.Undecided, pageRow{x.Play, x.Data.text(lang), x.Who.text(lang)})
	}
	return s
}

func (t *Table) page(lang string) pageTable {
	out := pageTable{ID: t.ID, Title: t.Title.In(lang), Intro: t.Intro.In(lang), Place: plain(t.Place.In(lang)), Empty: t.Empty.In(lang)}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, c.In(lang))
	}
	for _, row := range t.Rows {
		var cells []pageCell
		for i, c := range row {
			cell := pageCell{Label: out.Columns[i]}
			for _, p := range c {
				x := pagePart{Text: p.text(lang), Blank: p.Blank, Strong: p.Strong, Link: p.Link && linkable(p.text(lang))}
				if x.Link {
					x.Href = template.URL(x.Text) // http or https, checked by linkable
				}
				cell.Parts = append(cell.Parts, x)
			}
			cells = append(cells, cell)
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}
