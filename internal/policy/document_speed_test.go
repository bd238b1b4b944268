package policy

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// documentBytes is the size of documents that cost memory: PDF and DOCX files hold far
// more than they weigh.
const documentBytes = 5 << 20

// Reading one hostile file of 5 MiB should not need more than 300 MiB at a time.
// The test sees the heap with its garbage, so it fails at a third more.
const maxHostileMemory = 400 << 20

// TestHostileDocuments reads PDF and DOCX files of up to 5 MiB whose shape is
// meant to cost time or memory.
func TestHostileDocuments(t *testing.T) {
	if testing.Short() {
		t.Skip("reads large documents")
	}
	content := func(ops string, n int) []byte {
		p := newTestPDF()
		p.ops.WriteString(strings.Repeat(ops, n))
		p.endPage()
		return p.bytes()
	}
	object := func(o string) []byte {
		p := newTestPDF()
		p.objects = append(p.objects, o)
		p.objects[0] = fmt.Sprintf("<< /Type /Catalog /Pages 2 0 R /X %d 0 R >>", len(p.objects))
		p.text(fontUni, 11, 60, 700, "收集IMEI")
		p.endPage()
		p.objects[len(p.objects)-1] = strings.Replace(p.objects[len(p.objects)-1], "/Rotate 0", fmt.Sprintf("/Rotate %d 0 R", pageObjects+1), 1)
		return p.bytes()
	}
	big := func(s string) string { return strings.Repeat(s, documentBytes/len(s)) }
	selfForm := func() []byte {
		p := newTestPDF()
		p.objects = append(p.objects, "")
		n := len(p.objects)
		p.xobject = fmt.Sprintf("/Im %d 0 R", n)
		p.objects[n-1] = streamOf(fmt.Sprintf("/Subtype /Form /Resources << /XObject << /Im %d 0 R >> >>", n), strings.Repeat("/Im Do ", 1000), false)
		p.ops.WriteString("/Im Do")
		p.endPage()
		return p.bytes()
	}
	manyPages := func() []byte {
		p := newTestPDF()
		p.ops.WriteString(strings.Repeat("BT /F1 9 Tf 60 700 Td (IMEI) Tj ET\n", 100_000))
		p.endPage()
		for range 1500 {
			p.pages = append(p.pages, len(p.objects))
			p.objects = append(p.objects, p.objects[len(p.objects)-1])
		}
		return p.bytes()
	}
	for name, in := range map[string][]byte{
		"arrays":             object(big("[")),
		"dictionaries":       object(big("<</a")),
		"small arrays":       object("[" + big("[]") + "]"),
		"open strings":       object("[" + big("(") + "]"),
		"numbers":            object("[" + big("0 ") + "]"),
		"objects":            []byte("%PDF-1.4\n" + big("1 0 obj ")),
		"objects of strings": []byte("%PDF-1.4\n" + big("1 0 obj (/Root ")),
		"trailers":           []byte("%PDF-1.4\n" + big("trailer<</Root(")),
		"comments":           []byte("%PDF-1.4\n" + big("%")),
		"a form in itself":   selfForm(),
		"one content, often": manyPages(),
		"text in one place":  content("BT /F1 9 Tf 60 700 Td (IMEI) Tj ET\n", 140_000),
		"text all over":      content("BT /F1 4 Tf 1 0 0 1 9 700 Tm (I) Tj 30 0 Td (M) Tj 30 0 Td (E) Tj 30 0 Td (I) Tj ET 1 0 0 1 1.3 -3.7 cm\n", 50_000),
		"a line of pieces":   content("BT /F1 1 Tf 1 0 0 1 9 700 Tm (I) Tj ET 1 0 0 1 0.003 0 cm\n", 140_000),
		"lines":              content("1 0 0 1 0.01 0.02 cm 10 10 m 500 10 l S 10 10 m 10 500 l S 20 20 m 20 500 l S\n", 60_000),
		"saved states":       content("q ", documentBytes/2),
		"a bomb of text":     content("BT /F2 9 Tf 60 700 Td <6536> Tj ET\n", 2_000_000),
		"a bomb of points":   content("1 1 l h ", 8_000_000),
		"DOCX paragraphs":    docxOf(strings.Repeat(wp("收集IMEI"), 99_000)),
		"DOCX cells":         docxOf("<w:tbl>" + strings.Repeat("<w:tr>"+strings.Repeat(`<w:tc><w:tcPr><w:vMerge/></w:tcPr></w:tc>`, 9)+"</w:tr>", 9_900) + "</w:tbl>"),
		"DOCX spans":         docxOf("<w:tbl><w:tr>" + strings.Repeat(`<w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr></w:tc>`, 200_000) + "</w:tr></w:tbl>"),
		"DOCX bomb":          docxOf(strings.Repeat(" ", int(DefaultLimits().DOCXBytes)+1)),
		"DOCX one long text": docxOf(wp(strings.Repeat("我们会收集您的IMEI，", 140_000))),
	} {
		t.Run(name, func(t *testing.T) {
			r := testReader()
			runtime.GC()
			var before runtime.MemStats
			runtime.ReadMemStats(&before)
			done, peak := make(chan struct{}), make(chan uint64)
			go func() {
				most := uint64(0)
				for {
					select {
					case <-done:
						peak <- most
						return
					case <-time.After(10 * time.Millisecond):
						var m runtime.MemStats
						runtime.ReadMemStats(&m)
						most = max(most, m.HeapAlloc)
					}
				}
			}()
			began := time.Now()
			p, gaps, err := r.Read(context.Background(), []Input{{Name: "a", Data: in}})
			took := time.Since(began)
			close(done)
			used := int64(<-peak) - int64(before.HeapAlloc)
			what := ""
			if len(gaps) > 0 {
				what = gaps[0].What
			}
			t.Logf("%d bytes: %v, %d MB, %d claims, %v %s", len(in), took.Round(time.Millisecond), used>>20, len(p.Claims), err, what)
			if raceEnabled {
				return
			}
			if took > hostileLimit {
				t.Errorf("%d bytes took %v", len(in), took)
			}
			if used > maxHostileMemory {
				t.Errorf("%d bytes took %d MB of memory", len(in), used>>20)
			}
		})
	}
	const empty = "<w:p/>" // they cost no memory
	t.Run("DOCX empty ones", func(t *testing.T) {
		inProportion(t, len(empty)*600_000, "a", func(size int) []byte { return docxOf(strings.Repeat(empty, size/len(empty))) })
	})
}
