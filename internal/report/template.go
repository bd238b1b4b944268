package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"text/template"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// TemplateName is the name of the format that Template makes.
const TemplateName = "template"

// Limits of a template.
const (
	MaxTemplate       = 1 << 20  // bytes of the file, for whoever reads it
	maxTemplateOutput = 64 << 20 // bytes that it may write
)

var errTemplateOutput = fmt.Errorf("the output is larger than %d MB", maxTemplateOutput>>20)

// templateData is the dot of a template. The reports are copies whose texts are
// clean: control characters and the like are written as escapes, and line breaks
// too, but in the policy's text and quotes. Positions count in the uncleaned text.
type templateData struct {
	Reports []*audit.Report
	Lang    string // zh or en
	Verbose bool
}

// Template makes a format of a template's text, file being its name: Go's
// html/template where the name ends in .html, .htm or either with .tmpl behind,
// else text/template. A fault in it is an error that names file and line, here or
// when it is written.
func Template(file string, text []byte) (Format, error) {
	name := clean(filepath.Base(file))
	parse := func(w words, names audit.Names) (executor, error) {
		funcs := w.templateFuncs(names)
		if isHTML(file) {
			return htmltemplate.New(name).Funcs(funcs).Option("missingkey=zero").Parse(string(text))
		}
		return template.New(name).Funcs(funcs).Option("missingkey=zero").Parse(string(text))
	}
	fault := func(err error) error {
		_, place, ok := strings.Cut(err.Error(), "template:") // of html/template too
		if place, ok = strings.CutPrefix(strings.TrimSpace(place), name+":"); ok {
			return fmt.Errorf("%s:%s", file, place)
		}
		return fmt.Errorf("%s: %w", file, err)
	}
	if _, err := parse(words{}, audit.Names{}); err != nil {
		return Format{}, fault(err)
	}
	write := func(w io.Writer, reports []*audit.Report, opt Options) error {
		data := templateData{Lang: "en", Verbose: opt.Verbose}
		if opt.Lang == "zh" {
			data.Lang = "zh"
		}
		for _, r := range reports {
			data.Reports = append(data.Reports, cleanCopy(reflect.ValueOf(r)).Interface().(*audit.Report))
		}
		t, err := parse(words{data.Lang}, allNames(data.Reports))
		if err != nil {
			return fault(err)
		}
		out := &limitedBuffer{}
		if err := t.Execute(out, data); err != nil {
			return fault(err)
		}
		_, err = w.Write(out.Bytes())
		return err
	}
	return Format{TemplateName, "a template of your own", write}, nil
}

type executor interface {
	Execute(w io.Writer, data any) error
}

func isHTML(file string) bool {
	switch strings.ToLower(filepath.Ext(strings.TrimSuffix(file, ".tmpl"))) {
	case ".html", ".htm":
		return true
	}
	return false
}

// limitedBuffer fails where a template writes without end.
type limitedBuffer struct{ bytes.Buffer }

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxTemplateOutput {
		return 0, errTemplateOutput
	}
	return b.Buffer.Write(p)
}

// templateFuncs are the functions of a template beside Go's own.
func (w words) templateFuncs(names audit.Names) map[string]any {
	return map[string]any{
		"text":       func(t audit.Text) string { return t.In(w.lang) },
		"data":       func(id string) string { return w.named(names.Data, id) },
		"party":      func(id string) string { return w.named(names.Party, id) },
		"permission": func(id string) string { return w.named(names.Permission, id) },
		"rule":       func(id string) string { return w.named(names.Rule, id) },
		"clause": func(id string) string {
			c := names.Clause[id]
			if s := (audit.Text{ZH: c.ZH, EN: c.EN}).In(w.lang); s != "" {
				return s
			}
			return id
		},
		"word": w.value, // kind and value of an enumeration: word "severity" .Severity
		"sorted": func(list []audit.Finding) []*audit.Finding {
			return bySeverity(list)
		},
		"method":  apiFull,
		"methods": fullPath,
		"place": func(r *audit.Report, at audit.At) (string, error) {
			if r == nil {
				return "", errors.New("place: no report")
			}
			return newPrinter(nil, r, Options{Lang: w.lang}).fileAt(at), nil
		},
		"clean": flow,
		"join":  func(sep string, list []string) string { return strings.Join(list, sep) },
		"cell": func(v any) string {
			return `"` + strings.ReplaceAll(cell(fmt.Sprint(v)), `"`, `""`) + `"`
		},
		"json": func(v any) (string, error) {
			out, err := json.Marshal(v)
			return string(out), err
		},
	}
}

// allNames puts the names of all reports together; an id means the same in each.
func allNames(reports []*audit.Report) audit.Names {
	all := audit.NewReport().Names
	for _, r := range reports {
		merge(all.Data, r.Names.Data)
		merge(all.Party, r.Names.Party)
		merge(all.Permission, r.Names.Permission)
		merge(all.Rule, r.Names.Rule)
		merge(all.Clause, r.Names.Clause)
	}
	return all
}

func merge[V any](into, from map[string]V) {
	for k, v := range from {
		into[k] = v
	}
}

// cleanCopy copies a value of a report with every string in it cleaned.
func cleanCopy(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(cleanLong(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Field(i).Kind() == reflect.String && (name == "Text" || name == "Quote") {
				out.Field(i).SetString(cleanLines(v.Field(i).String()))
				continue
			}
			out.Field(i).Set(cleanCopy(v.Field(i)))
		}
	case reflect.Slice:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(cleanCopy(v.Index(i)))
		}
	case reflect.Map:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		for _, k := range sortedKeys(v) {
			out.SetMapIndex(cleanCopy(k), cleanCopy(v.MapIndex(k)))
		}
	case reflect.Pointer:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(cleanCopy(v.Elem()))
	default:
		out.Set(v)
	}
	return out
}

// sortedKeys are a map's keys in order, so that of two keys which cleaning makes
// equal the same one wins every time.
func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}

// cleanLines is clean for a text of several lines.
func cleanLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = cleanLong(strings.TrimSuffix(l, "\r"))
	}
	return strings.Join(lines, "\n")
}

// cleanLong is clean for a text of any length.
func cleanLong(s string) string {
	var b strings.Builder
	for len(s) > maxRead {
		end := maxRead
		for end > maxRead-utf8.UTFMax && !utf8.RuneStart(s[end]) {
			end--
		}
		b.WriteString(clean(s[:end]))
		s = s[end:]
	}
	b.WriteString(clean(s))
	return b.String()
}
