package audit

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// Schema is the JSON Schema (draft 2020-12) of both report documents.
//
//go:embed schema.json
var Schema []byte

// Normalize replaces every nil list and map by an empty one: in the JSON report
// no key is ever missing or null where a list belongs.
func (r *Report) Normalize() { fillNil(reflect.ValueOf(r).Elem()) }

func fillNil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			fillNil(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		if k := v.Type().Elem().Kind(); k == reflect.Struct || k == reflect.Slice {
			for i := 0; i < v.Len(); i++ {
				fillNil(v.Index(i))
			}
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fillNil(v.Elem())
		}
	}
}

// Encode writes v (a *Report or *Reports) as indented JSON with a final line
// break. HTML characters are not escaped: quotes stay readable.
func Encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// Decode reads one saved report. Any other document, or another schema number,
// is an error.
func Decode(data []byte) (*Report, error) {
	var r Report
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&r); err != nil {
		return nil, fmt.Errorf("not a JSON report: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("not a JSON report: something follows the document")
	}
	if r.Schema != ReportSchema {
		return nil, fmt.Errorf("not a report of schema %q: its schema is %q", ReportSchema, r.Schema)
	}
	r.Normalize()
	return &r, nil
}
