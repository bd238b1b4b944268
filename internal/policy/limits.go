package policy

import (
	"time"

	"apkaudit/internal/bounded"
	"apkaudit/internal/policy/pdf"
)

// Limits bound what is read of policies. All byte limits count bytes that were really
// produced. A document beyond one of them is not read, or not to its end, and a gap
// names the limit.
type Limits struct {
	DocumentBytes  int64 // one document as it lies on disk or comes from a server
	Files          int   // documents of a directory
	ExtractedBytes int64 // text taken from one PDF or DOCX
	DOCXBytes      int64 // all parts of a DOCX that are read, inflated: they are compressed up to a thousand times
	DOCXEntries    int   // files in its container
	DOCXNodes      int   // paragraphs, rows and cells together
	PDF            pdf.Limits
	PDFTime        time.Duration // for one PDF; far above what the other limits allow on any machine
}

// DefaultLimits are far above every policy.
func DefaultLimits() Limits {
	return Limits{
		DocumentBytes:  16 << 20,
		Files:          200,
		ExtractedBytes: 4 << 20,
		DOCXBytes:      16 << 20,
		DOCXEntries:    5000,
		DOCXNodes:      100_000,
		PDF:            pdf.DefaultLimits(),
		PDFTime:        20 * time.Second,
	}
}

// Bounds names the limits as gaps and errors do: those that can be set, then those that
// cannot and that a gap may name all the same.
func (l *Limits) Bounds() []bounded.Bound {
	return []bounded.Bound{
		bounded.Of("max-policy-bytes", &l.DocumentBytes, bounded.Bytes, 1<<10, "one document"),
		bounded.Of("max-policy-files", &l.Files, bounded.Count, 1, "documents of a directory"),
		bounded.Of("max-extracted-bytes", &l.ExtractedBytes, bounded.Bytes, 1<<10, "text of one PDF or DOCX"),
		bounded.Of("max-docx-bytes", &l.DOCXBytes, bounded.Bytes, 1<<10, "parts of a DOCX that are read, inflated"),
		bounded.Of("max-docx-entries", &l.DOCXEntries, bounded.Count, 1, "files in the container of a DOCX"),
		bounded.Of("max-docx-nodes", &l.DOCXNodes, bounded.Count, 1, "paragraphs, rows and cells of a DOCX"),
		bounded.Of("max-pdf-bytes", &l.PDF.Decoded, bounded.Bytes, 1<<10, "what the filters of a PDF produce"),
		bounded.Of("max-pdf-content", &l.PDF.Content, bounded.Bytes, 1<<10, "drawing instructions of all pages of a PDF"),
		bounded.Of("max-pdf-pages", &l.PDF.Pages, bounded.Count, 1, "pages of a PDF"),
		bounded.Of("max-pdf-characters", &l.PDF.Characters, bounded.Count, 1, "characters of all pages of a PDF"),
		bounded.Of("max-pdf-time", &l.PDFTime, bounded.Time, int64(time.Millisecond), "time to read one PDF"),

		bounded.Fixed("max-policy-blocks", maxBlocks, bounded.Count, "paragraphs, lines and rows of one document"),
		bounded.Fixed("max-policy-statements", maxClaims, bounded.Count, "statements of all documents together"),
		bounded.Fixed("max-policy-rows", maxVain, bounded.Count, "lines of one document read as rows of tables that are none"),
		bounded.Fixed("max-docx-depth", maxDocxDepth, bounded.Count, "elements of a DOCX inside each other"),
		bounded.Fixed("max-pdf-values", pdf.MaxValues, bounded.Count, "values of a PDF outside its pages"),
	}
}
