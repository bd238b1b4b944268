package audit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"apkaudit/internal/audit"
)

const schemaURL = "urn:apkaudit:report:1"

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(audit.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource(schemaURL, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaURL)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fullReport is a report in which every list and map holds something.
func fullReport(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/full.json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// fullDifference is a difference in which every list holds something.
func fullDifference(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/difference.json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// fullSummary is a summary in which every list holds something.
func fullSummary(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/summary.json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decodeAny(t *testing.T, data []byte) map[string]any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc.(map[string]any)
}

func TestSchemaAccepts(t *testing.T) {
	s := compileSchema(t)
	full := decodeFull(t)
	policyOnly := audit.NewReport()
	policyOnly.Decide()
	policyOnly.Policy = full.Policy
	empty := audit.NewReport()
	empty.Decide()
	unreadable := audit.NewReport()
	unreadable.Policy.Sources = []audit.PolicySource{{File: "x.pdf", Languages: []string{}, Sections: []audit.PolicySection{}}}
	unreadable.Decide()
	var difference audit.Difference
	if err := json.Unmarshal(fullDifference(t), &difference); err != nil {
		t.Fatal(err)
	}
	var summary audit.Summary
	if err := json.Unmarshal(fullSummary(t), &summary); err != nil {
		t.Fatal(err)
	}
	noApps := &audit.Summary{Schema: audit.SummarySchema, Tool: empty.Tool}
	noApps.Normalize()
	noDifference := &audit.Difference{Schema: audit.DifferenceSchema, Old: audit.Compared{Outcome: empty.Outcome}, New: audit.Compared{Outcome: empty.Outcome}}
	noDifference.Normalize()
	for name, v := range map[string]any{
		"difference": &difference, "no difference": noDifference,
		"summary": &summary, "no apps": noApps,
		"full": full, "empty": empty, "policy only": policyOnly, "unreadable policy": unreadable,
		"several": &audit.Reports{Schema: audit.ReportsSchema, Reports: []*audit.Report{full, empty}},
		"none":    &audit.Reports{Schema: audit.ReportsSchema, Reports: []*audit.Report{}},
	} {
		var buf bytes.Buffer
		if err := audit.Encode(&buf, v); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(decodeAny(t, buf.Bytes())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	doc := decodeAny(t, fullReport(t))
	doc["a_later_addition"] = true
	doc["app"].(map[string]any)["a_later_addition"] = "x"
	if err := s.Validate(doc); err != nil {
		t.Errorf("additions are promised to be fine: %v", err)
	}
}

// TestSchemaRejects breaks the full report in one place at a time: each
// required key missing, each value of another type, each enumerated value
// unknown.
func TestSchemaRejects(t *testing.T) {
	s := compileSchema(t)
	raw := decodeAny(t, audit.Schema)
	doc := decodeAny(t, fullReport(t))
	w := &breaker{t: t, schema: s, root: raw, doc: doc, used: map[string]bool{}}
	w.visit(doc, "report", def(raw, "report"))

	wrapped := map[string]any{"schema": audit.ReportsSchema, "reports": []any{doc}}
	w.doc = wrapped
	w.visit(wrapped, "reports", def(raw, "reports"))

	difference := decodeAny(t, fullDifference(t))
	w.doc = difference
	w.visit(difference, "difference", def(raw, "difference"))

	summary := decodeAny(t, fullSummary(t))
	w.doc = summary
	w.visit(summary, "summary", def(raw, "summary"))
	if w.keys < 250 || w.enums < 30 {
		t.Errorf("only %d keys and %d enumerated values were broken", w.keys, w.enums)
	}
	for name := range raw["$defs"].(map[string]any) {
		if !w.used[name] {
			t.Errorf("no value of the full report is a %q", name)
		}
	}
	for name, bad := range map[string]any{
		"an array": []any{}, "an empty object": map[string]any{}, "a number": json.Number("1"), "null": nil,
		"another schema": map[string]any{"schema": "apkaudit.report/2"},
	} {
		if s.Validate(bad) == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func def(root map[string]any, name string) map[string]any {
	return root["$defs"].(map[string]any)[name].(map[string]any)
}

// mostBroken is how many elements of a list are broken.
const mostBroken = 2

type breaker struct {
	t           *testing.T
	schema      *jsonschema.Schema
	root        map[string]any
	doc         any
	keys, enums int
	used        map[string]bool // definitions met
}

func (w *breaker) mustFail(where string) {
	if w.schema.Validate(w.doc) == nil {
		w.t.Errorf("%s: still passes", where)
	}
}

// alone leaves v with key k as it is, its list cut to the elements that are
// broken, and with no elements in the lists beside it: they would be validated anew
// for each break. What is left must pass, so that a rejection is one of the break.
func (w *breaker) alone(v map[string]any, k, where string) (restore func()) {
	all := maps.Clone(v)
	for other, x := range v {
		if other != k {
			v[other] = bare(x)
		}
	}
	if list, ok := v[k].([]any); ok {
		v[k] = list[:min(len(list), mostBroken)]
	}
	if err := w.schema.Validate(w.doc); err != nil {
		w.t.Fatalf("%s: without the lists beside it: %v", where, err)
	}
	return func() { maps.Copy(v, all) }
}

// bare is a value with no elements in its lists.
func bare(x any) any {
	switch x := x.(type) {
	case []any:
		return []any{}
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, sub := range x {
			out[k] = bare(sub)
		}
		return out
	}
	return x
}

// resolve follows $ref, and anyOf to the branch that is an object or a party.
func (w *breaker) resolve(s map[string]any) map[string]any {
	for {
		if alt, ok := s["anyOf"].([]any); ok {
			for _, a := range alt {
				if a.(map[string]any)["$ref"] != nil {
					s = a.(map[string]any)
				}
			}
		}
		ref, ok := s["$ref"].(string)
		if !ok {
			return s
		}
		name := strings.TrimPrefix(ref, "#/$defs/")
		w.used[name] = true
		s = def(w.root, name)
	}
}

func (w *breaker) visit(v any, where string, s map[string]any) {
	if where == "report" || where == "reports" || where == "difference" || where == "summary" {
		w.used[where] = true
	}
	s = w.resolve(s)
	switch v := v.(type) {
	case map[string]any:
		props, _ := s["properties"].(map[string]any)
		var keys []string
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			at := where + "." + k
			if props == nil { // a map: every value has the same shape
				w.visit(v[k], at, s["additionalProperties"].(map[string]any))
				continue
			}
			old := v[k]
			delete(v, k)
			w.keys++
			w.mustFail(at + " removed")
			v[k] = wrongType(old)
			w.mustFail(fmt.Sprintf("%s = %v", at, v[k]))
			sub := props[k].(map[string]any)
			if r := w.resolve(sub); r["enum"] != nil || r["const"] != nil || r["pattern"] != nil {
				v[k] = "no such value"
				w.enums++
				w.mustFail(at + " = no such value")
			}
			v[k] = old
			switch old.(type) {
			case map[string]any, []any:
				restore := w.alone(v, k, at)
				w.visit(v[k], at, sub)
				restore()
			}
		}
	case []any:
		if len(v) == 0 {
			return
		}
		items := s["items"].(map[string]any)
		old := v[0]
		v[0] = wrongType(old)
		w.mustFail(fmt.Sprintf("%s[0] = %v", where, v[0]))
		v[0] = old
		for i, x := range v[:min(len(v), mostBroken)] {
			w.visit(x, fmt.Sprintf("%s[%d]", where, i), items)
		}
	}
}

func wrongType(v any) any {
	if _, isString := v.(string); isString {
		return json.Number("7")
	}
	if v == nil {
		return "not null"
	}
	return "7"
}

// TestSchemaNamesEveryKey compares the structs with the schema in both
// directions: a key added to one and forgotten in the other fails here.
func TestSchemaNamesEveryKey(t *testing.T) {
	root := decodeAny(t, audit.Schema)
	seen := map[reflect.Type]bool{}
	compareType(t, root, reflect.TypeFor[audit.Report](), def(root, "report"), "report", seen)
	compareType(t, root, reflect.TypeFor[audit.Reports](), def(root, "reports"), "reports", seen)
	compareType(t, root, reflect.TypeFor[audit.Difference](), def(root, "difference"), "difference", seen)
	compareType(t, root, reflect.TypeFor[audit.Summary](), def(root, "summary"), "summary", seen)
	if len(seen) < 35 {
		t.Errorf("only %d structs were compared", len(seen))
	}
}

func compareType(t *testing.T, root map[string]any, typ reflect.Type, s map[string]any, where string, seen map[reflect.Type]bool) {
	t.Helper()
	w := &breaker{root: root, used: map[string]bool{}}
	s = w.resolve(s)
	switch typ.Kind() {
	case reflect.Pointer:
		compareType(t, root, typ.Elem(), s, where, seen)
	case reflect.Slice:
		if s["type"] != "array" {
			t.Errorf("%s: %s is %v in the schema", where, typ, s["type"])
			return
		}
		compareType(t, root, typ.Elem(), s["items"].(map[string]any), where+"[]", seen)
	case reflect.Map:
		compareType(t, root, typ.Elem(), s["additionalProperties"].(map[string]any), where+"{}", seen)
	case reflect.Struct:
		seen[typ] = true
		tags := map[string]reflect.Type{}
		jsonTags(typ, tags)
		props, _ := s["properties"].(map[string]any)
		var required []string
		for _, r := range s["required"].([]any) {
			required = append(required, r.(string))
		}
		for k, ft := range tags {
			if !slices.Contains(required, k) || props[k] == nil {
				t.Errorf("%s.%s of %s is not a required key of the schema", where, k, typ)
				continue
			}
			compareType(t, root, ft, props[k].(map[string]any), where+"."+k, seen)
		}
		for _, k := range required {
			if tags[k] == nil {
				t.Errorf("%s.%s is required by the schema and no field of %s", where, k, typ)
			}
		}
		for k := range props {
			if !slices.Contains(required, k) {
				t.Errorf("%s.%s is in the schema but not required", where, k)
			}
		}
	case reflect.Int, reflect.Int64:
		want(t, s, where, "integer")
	case reflect.Bool:
		want(t, s, where, "boolean")
	case reflect.String:
		if s["enum"] == nil && s["const"] == nil {
			want(t, s, where, "string")
		}
	default:
		t.Errorf("%s: a %s in a report", where, typ)
	}
}

func want(t *testing.T, s map[string]any, where, typ string) {
	t.Helper()
	if s["type"] != typ {
		t.Errorf("%s: the schema says %v, the struct %s", where, s["type"], typ)
	}
}

func jsonTags(typ reflect.Type, into map[string]reflect.Type) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		if f.Anonymous {
			jsonTags(f.Type, into)
			continue
		}
		tag, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "" || tag == "-" || opts != "" {
			panic(fmt.Sprintf("%s.%s: every field of a report has a plain json tag", typ, f.Name))
		}
		into[tag] = f.Type
	}
}

// TestSchemaEnums compares enumerations that exist in Go with the schema's.
func TestSchemaEnums(t *testing.T) {
	root := decodeAny(t, audit.Schema)
	var gaps []string
	for k := range audit.GapKinds() {
		gaps = append(gaps, k)
	}
	for _, c := range []struct {
		def, key string
		want     []string
	}{
		{"severity", "", audit.Severities()},
		{"gap", "kind", gaps},
		{"gap", "side", []string{audit.SideApp, audit.SidePolicy}},
		{"defect", "kind", []string{audit.DefectPlaceholder, audit.DefectCorruption, audit.DefectLostLink, audit.DefectBrokenLink, audit.DefectOpenList,
			audit.DefectVaguePurpose, audit.DefectNoPurpose}},
		{"waiver_state", "state", []string{audit.WaiverApplied, audit.WaiverUnused, audit.WaiverExpired, audit.WaiverExceeded, audit.WaiverRedundant}},
		{"change_kind", "", []string{audit.ChangeNew, audit.ChangeGone, audit.ChangeChanged}},
		{"app", "container", []string{"", audit.ContainerAPK, audit.ContainerSplit, audit.ContainerAPKS, audit.ContainerXAPK, audit.ContainerAPKM, audit.ContainerAAB}},
		{"split", "kind", []string{audit.SplitBase, audit.SplitFeature, audit.SplitConfig, audit.SplitAsset, audit.SplitAlternative, audit.SplitOBB}},
		{"check", "state", []string{audit.StateViolated, audit.StateSatisfied, audit.StateUndecidable, audit.StateNotLooked}},
		{"outcome", "verdict", []string{audit.OutcomeClean, audit.OutcomeFindings, audit.OutcomeIncomplete, audit.OutcomeError}},
		{"finding", "status", []string{audit.StatusNew, audit.StatusKnown, audit.StatusWaived}},
		{"finding", "verdict", []string{audit.VerdictUndisclosed, audit.VerdictVague, audit.VerdictMisattributed, audit.VerdictDenied,
			audit.VerdictOtherPlatform, audit.VerdictAbsent, audit.VerdictDefect, audit.VerdictViolated}},
		{"sdk_evidence", "kind", []string{audit.EvidenceClass, audit.EvidenceComponent, audit.EvidenceNativeLib, audit.EvidenceMetaData,
			audit.EvidenceAsset, audit.EvidencePermission, audit.EvidenceAction, audit.EvidenceString, audit.EvidenceStructure}},
		{"claim", "polarity", []string{audit.Collects, audit.Denies}},
		{"claim", "platform", []string{audit.PlatformAny, audit.PlatformAndroid, audit.PlatformIOS}},
		{"claim", "specificity", []string{audit.Exact, audit.Umbrella}},
	} {
		s := def(root, c.def)
		if c.key != "" {
			s = s["properties"].(map[string]any)[c.key].(map[string]any)
		}
		var got []string
		for _, v := range s["enum"].([]any) {
			got = append(got, v.(string))
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s.%s: schema %v, Go %v", c.def, c.key, got, c.want)
		}
	}
}
