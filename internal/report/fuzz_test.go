package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// maxFuzzOutput is far above what any format makes of the report of the tests.
const maxFuzzOutput = 32 << 20

// FuzzRender writes a report of which one value is anything, or any report that can be
// read, in any format and language: none fails, and each gives a document of its own
// kind.
func FuzzRender(f *testing.F) {
	formats := Formats()
	for i := range formats {
		which := uint8(2*i + i%2)
		f.Add([]byte(nil), which, uint16(40), "\x1b[31m\u202e\x00<script>]]>\r\n", int64(-1))
		f.Add([]byte(nil), which, uint16(200), "=cmd|' /C'!A0\"`|\n```\n</table>", int64(1)<<62)
		f.Add([]byte(nil), which, uint16(900), strings.Repeat("长", 3000), int64(-1)<<63)
	}
	f.Add([]byte(`{"schema":"apkaudit.report/1","findings":[{}],"pairs":[{}],"outcome":{"verdict":"clean"}}`), uint8(0), uint16(0), "", int64(0))
	f.Fuzz(func(t *testing.T, raw []byte, which uint8, leaf uint16, text string, number int64) {
		r := rich(t)
		if len(raw) > 0 {
			saved, err := audit.DecodeAll(raw)
			if err != nil || len(saved) == 0 {
				return
			}
			r = saved[0]
		}
		left := int(leaf)
		change(reflect.ValueOf(r).Elem(), &left, strings.ToValidUTF8(text, "\ufffd"), number)
		format, opt := formats[int(which/2)%len(formats)], Options{}
		if which%2 == 1 {
			opt = Options{Lang: "zh", Verbose: true, Width: 60, WorkDir: "/a"}
		}
		var b bytes.Buffer
		if err := format.Write(&b, []*audit.Report{r, r}, opt); err != nil {
			t.Fatalf("%s: %v", format.Name, err)
		}
		if b.Len() > maxFuzzOutput {
			t.Fatalf("%s: %d bytes", format.Name, b.Len())
		}
		if err := wellFormed(format.Name, b.Bytes()); err != nil {
			t.Fatalf("%s: %v", format.Name, err)
		}
	})
}

// change sets the value number left of v, in order, to text or number.
func change(v reflect.Value, left *int, text string, number int64) {
	if *left < 0 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		if *left == 0 {
			v.SetString(text)
		}
		*left--
	case reflect.Int, reflect.Int64:
		if *left == 0 {
			v.SetInt(number)
		}
		*left--
	case reflect.Struct:
		for i := range v.NumField() {
			change(v.Field(i), left, text, number)
		}
	case reflect.Slice:
		for i := range v.Len() {
			change(v.Index(i), left, text, number)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			change(v.Elem(), left, text, number)
		}
	}
}

// wellFormed tells what is wrong with a document of a format.
func wellFormed(format string, data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("is not UTF-8")
	}
	switch format {
	case "json", "sarif", "cyclonedx":
		if !json.Valid(data) {
			return errors.New("is no JSON")
		}
	case "csv", "rectification":
		_, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
		return err
	case "junit":
		d := xml.NewDecoder(bytes.NewReader(data))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
		}
	case "text":
		if i := bytes.IndexFunc(data, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			return errors.New("holds a character that does not print: " + string([]rune(string(data[i:]))[:1]) + " of " + string(data[max(0, i-40):i]))
		}
	}
	return nil
}
