package policy

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"apkaudit/internal/rules/pattern"
)

// Formats of documents.
const (
	formatText     = "text"
	formatMarkdown = "markdown"
	formatHTML     = "html"
	formatPDF      = "pdf"
	formatDOCX     = "docx"
)

// sampleBytes is how much of a document the charset detection looks at.
const sampleBytes = 8 << 10

var errNotText = errors.New("it is not a text document")

// foreign are beginnings of files that are no text, with what to do instead.
var foreign = []struct{ magic, what string }{
	{"\xD0\xCF\x11\xE0", "it is an old Office document (.doc) or one with a password; save it as DOCX or PDF without a password and give that file"},
	{"{\\rtf", "it is an RTF document; save it as DOCX or PDF and give that file"},
	{"GIF8", "it is an image; a policy is read from its text"},
	{"RIFF", "it is an image or a recording; a policy is read from its text"},
	{"II*\x00", "it is an image; a policy is read from its text"},
	{"MM\x00*", "it is an image; a policy is read from its text"},
	{"\x1F\x8B", "it is a compressed file; unpack it and give the document inside"},
	{"7z\xBC\xAF", "it is an archive; unpack it and give the document inside"},
	{"Rar!", "it is an archive; unpack it and give the document inside"},
	{"MIME-Version:", "it is a web archive (MHTML); save the page as HTML or print it to a PDF"},
	{"From: <Saved by", "it is a web archive (MHTML); save the page as HTML or print it to a PDF"},
	{"\x89PNG", "it is an image; a policy is read from its text"},
	{"\xFF\xD8\xFF", "it is an image; a policy is read from its text"},
	{"dex\n", "it is a DEX file; give the policy, not the app"},
	{"\x7fELF", "it is a program; give the policy's text, HTML or Markdown"},
}

// maxPDFHead is how far into a file a PDF may begin (ISO 32000-1, annex H).
const maxPDFHead = 1024

// formatOf decides the format: PDF and DOCX by their content, whatever their
// name, the others by the name, and by the content where the name does not tell.
func formatOf(name string, data []byte) (string, error) {
	for _, f := range foreign {
		if bytes.HasPrefix(data, []byte(f.magic)) {
			return "", fmt.Errorf("%w: %s", errNotText, f.what)
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return formatDOCX, nil
	case bytes.Contains(data[:min(len(data), maxPDFHead)], []byte("%PDF-")):
		return formatPDF, nil
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".html", ".htm", ".xhtml":
		return formatHTML, nil
	case ".md", ".markdown":
		return formatMarkdown, nil
	case ".txt", ".text":
		return formatText, nil
	}
	if looksHTML(data) {
		return formatHTML, nil
	}
	return formatText, nil
}

var htmlStart = pattern.New(`(?i)^[\s\x{FEFF}]*(?:<!--(?s:.*?)-->\s*)?<(!doctype html|html|head|body|meta|title|div|h[1-6]|p|table)[\s>]`)

func looksHTML(data []byte) bool { return htmlStart.Match(data[:min(len(data), 4096)]) }

var declared = pattern.New(`(?i)(?:charset|encoding)\s*=\s*["']?\s*([\w:-]+)`)

// decode turns bytes into UTF-8 text: byte order mark, then UTF-16 without one,
// then valid UTF-8, then the charset told from outside ("" where none was), then the
// one that the document declares (gb2312 and gbk read as GB18030, their superset),
// then detection over the first 8 KiB, then GB18030.
func decode(data []byte, format, charset string) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		return checkText(string(data[3:]))
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), bytes.HasPrefix(data, []byte("\xFE\xFF")):
		return decodeWith(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), data)
	}
	if order, ok := bareUTF16(data[:min(len(data), sampleBytes)]); ok {
		return decodeWith(unicode.UTF16(order, unicode.IgnoreBOM), data)
	}
	if utf8.Valid(data) {
		return checkValid(string(data))
	}
	if e := byName(charset); e != nil {
		return decodeWith(e, data)
	}
	if format == formatHTML {
		if m := declared.FindSubmatch(data[:min(len(data), sampleBytes)]); m != nil {
			if e := byName(string(m[1])); e != nil {
				return decodeWith(e, data)
			}
		}
	}
	if usualChinese(data[:min(len(data), sampleBytes)]) {
		return decodeWith(simplifiedchinese.GB18030, data)
	}
	if r := chardet.Detect(data[:min(len(data), sampleBytes)]); r.Confidence >= 0.5 {
		if e := byName(r.Encoding); e != nil {
			return decodeWith(e, data)
		}
	}
	return decodeWith(simplifiedchinese.GB18030, data)
}

// bareUTF16 tells UTF-16 without a byte order mark: nearly all of its units are
// ASCII, Chinese characters or their punctuation, with ASCII in one byte order
// only. Other charsets do not look so: they have no zero bytes, and pairs of
// their bytes fall all over the plane.
func bareUTF16(sample []byte) (order unicode.Endianness, ok bool) {
	const least = 8 // units
	n := len(sample) / 2
	if n < least || bytes.IndexByte(sample, 0) < 0 {
		return order, false // what decides below are letters, which have a zero byte each
	}
	var little, big, littleASCII, bigASCII int
	for i := 0; i+1 < len(sample); i += 2 {
		lo, hi := rune(sample[i]), rune(sample[i+1])
		if l := lo | hi<<8; policyRune(l) {
			little++
			if l < 0x80 {
				littleASCII++
			}
		}
		if b := lo<<8 | hi; policyRune(b) {
			big++
			if b < 0x80 {
				bigASCII++
			}
		}
	}
	// Latin letters in the wrong order fall among the Chinese characters, but not
	// the other way round. Without any letter, blank or line break it is too little
	// to go by.
	switch {
	case little*100 >= 95*n && littleASCII > 8*bigASCII:
		return unicode.LittleEndian, true
	case big*100 >= 95*n && bigASCII > 8*littleASCII:
		return unicode.BigEndian, true
	}
	return order, false
}

// policyRune tells what the text of a policy consists of.
func policyRune(r rune) bool {
	return r >= 0x20 && r < 0x7F || r == '\n' || r == '\r' || r == '\t' || r >= 0x4E00 && r <= 0x9FFF || r >= 0x3000 && r <= 0x303F ||
		r >= 0xFF00 && r <= 0xFF5E || r >= 0x2010 && r <= 0x2026 || r == 0xB7
}

func byName(name string) encoding.Encoding {
	switch strings.ToLower(strings.ReplaceAll(name, "_", "-")) {
	case "gb2312", "gbk", "gb18030", "hz-gb-2312", "cp936":
		return simplifiedchinese.GB18030
	case "", "utf-8", "ascii":
		return nil // it is not valid UTF-8, whatever it says
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	return e
}

func decodeWith(e encoding.Encoding, data []byte) (string, error) {
	out, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return "", fmt.Errorf("%w: %v", errNotText, err)
	}
	return checkText(string(out))
}

// checkText refuses text that is mostly no text: control characters other than
// layout, or replacement characters, above two in a hundred. The few that are
// left stand as replacement characters.
func checkText(s string) (string, error) {
	if utf8.ValidString(s) {
		return checkValid(s)
	}
	bad, total := 0, 0
	for _, r := range s {
		total++
		if r == utf8.RuneError || r < ' ' && !isLayout(byte(r)) {
			bad++
		}
	}
	return strings.ToValidUTF8(s, "\uFFFD"), mostlyText(bad, total)
}

// checkValid does the same for valid UTF-8.
func checkValid(s string) (string, error) {
	bad := 0
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && !isLayout(c) {
			bad++
		}
	}
	if bad += strings.Count(s, "\uFFFD"); bad == 0 {
		return s, nil
	}
	return s, mostlyText(bad, runeCount(s))
}

func isLayout(c byte) bool { return '\t' <= c && c <= '\r' }

func mostlyText(bad, total int) error {
	if bad*50 > total {
		return fmt.Errorf("%w: %d of %d characters are no text; give the policy as text, HTML or Markdown", errNotText, bad, total)
	}
	return nil
}

// usualChinese tells whether bytes are ordinary simplified Chinese in GB 2312 or
// its supersets, which spares the detection that tries every charset: nearly all
// pairs are of the characters of its first level, and 的 (B5C4) is as frequent
// as in no text of another charset that uses the same bytes.
func usualChinese(sample []byte) bool {
	pairs, usual, of := 0, 0, 0
	for i := 0; i < len(sample); i++ {
		c := sample[i]
		if c < utf8.RuneSelf {
			continue
		}
		if i+1 == len(sample) {
			break // the sample ends inside a character
		}
		i++
		next := sample[i]
		pairs++
		switch {
		case next < 0xA1 || next == 0xFF || c < 0xA1 || c > 0xF7:
		case 0xB0 <= c && c <= 0xD7, c == 0xA1, c == 0xA3:
			usual++
		}
		if c == 0xB5 && next == 0xC4 {
			of++
		}
	}
	return pairs >= 100 && usual*10 >= pairs*9 && of*100 >= pairs
}
