package report

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"apkaudit/internal/audit"
)

// cdxOfficial is the schema that the CycloneDX project publishes, see
// testdata/cyclonedx/ORIGIN.md. The schemas of licences and signatures are
// replaced by one that accepts nothing: apkaudit writes neither.
var cdxOfficial = sync.OnceValues(func() (*jsonschema.Schema, error) {
	data, err := os.ReadFile("testdata/cyclonedx/bom-1.6.schema.json")
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for url, doc := range map[string]any{
		cdxSchema: doc,
		"http://cyclonedx.org/schema/spdx.schema.json":     false,
		"http://cyclonedx.org/schema/jsf-0.82.schema.json": map[string]any{"definitions": map[string]any{"signature": false}},
	} {
		if err := c.AddResource(url, doc); err != nil {
			return nil, err
		}
	}
	return c.Compile(cdxSchema)
})

// validBOM checks a document against the schema, and what the schema does not
// say: references that exist and are unique.
func validBOM(t *testing.T, out string) cdxBOM {
	t.Helper()
	s, err := cdxOfficial()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("not valid CycloneDX 1.6: %v", err)
	}
	var bom cdxBOM
	if err := json.Unmarshal([]byte(out), &bom); err != nil {
		t.Fatal(err)
	}
	refs := map[string]bool{}
	var add func(list []cdxComponent)
	add = func(list []cdxComponent) {
		for _, c := range list {
			if c.Ref == "" || refs[c.Ref] {
				t.Errorf("reference %q is empty or not unique", c.Ref)
			}
			refs[c.Ref] = true
			if c.Name == "" {
				t.Error("a component without a name")
			}
			add(c.Components)
		}
	}
	if bom.Metadata.Component != nil {
		add([]cdxComponent{*bom.Metadata.Component})
	}
	add(bom.Components)
	for _, d := range bom.Dependencies {
		for _, ref := range append([]string{d.Ref}, d.DependsOn...) {
			if !refs[ref] {
				t.Errorf("reference %q leads nowhere", ref)
			}
		}
	}
	return bom
}

func TestCycloneDX(t *testing.T) {
	r := rich(t)
	bom := validBOM(t, render(t, "cyclonedx", Options{}, r))
	for _, s := range r.Behavior.SDKs {
		i := slices.IndexFunc(bom.Components, func(c cdxComponent) bool { return c.Ref == "sdk:"+s.ID })
		if i < 0 {
			t.Errorf("no component of %s", s.ID)
			continue
		}
		c := bom.Components[i]
		if c.Name != s.Name.EN || c.Version != s.Version || c.Supplier.Name != s.Vendor.EN || c.Type != "library" {
			t.Errorf("%s: %+v", s.ID, c)
		}
		id := c.Evidence.Identity[0]
		if len(id.Methods) != len(s.Evidence) || id.Confidence != probability(s.Confidence) || id.Confidence == 0 {
			t.Errorf("%s: evidence %+v", s.ID, id)
		}
	}
	for _, s := range r.Behavior.Libraries {
		if !slices.ContainsFunc(bom.Components, func(c cdxComponent) bool { return c.Ref == "library:"+s.ID }) {
			t.Errorf("no component of %s", s.ID)
		}
	}
	if n := len(r.Behavior.SDKs) + len(r.Behavior.Libraries); len(bom.Components) != n || len(bom.Dependencies[0].DependsOn) != n {
		t.Errorf("%d components of %d", len(bom.Components), n)
	}
	app := bom.Metadata.Component
	if app.Name != r.App.Package || app.Version != r.App.VersionName || app.Hashes[0].Content != r.App.SHA256 {
		t.Errorf("the app is %+v", app)
	}
	if !regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(bom.SerialNumber) {
		t.Errorf("serial number %q", bom.SerialNumber)
	}
	other := rich(t)
	other.App.SHA256 = strings.Repeat("0", 64)
	if next := validBOM(t, render(t, "cyclonedx", Options{}, other)); next.SerialNumber == bom.SerialNumber {
		t.Error("two apps have one serial number")
	}
	if zh := validBOM(t, render(t, "cyclonedx", Options{Lang: "zh"}, r)); zh.SerialNumber != bom.SerialNumber || zh.Components[0].Name != r.Behavior.SDKs[0].Name.ZH {
		t.Errorf("in Chinese: %s, %s", zh.SerialNumber, zh.Components[0].Name)
	}

	// several apps, the same twice among them
	several := validBOM(t, render(t, "cyclonedx", Options{}, r, r, withoutPolicy(t), policyOnly(t)))
	if len(several.Components) != 3 || several.Metadata.Component != nil || len(several.Components[1].Components) != len(bom.Components) {
		t.Errorf("three apps are %d components", len(several.Components))
	}
	for _, reports := range [][]*audit.Report{nil, {audit.NewReport()}, {policyOnly(t)}, {hostile()}, {crowded(t)}} {
		validBOM(t, render(t, "cyclonedx", Options{}, reports...))
	}
	s, _ := cdxOfficial()
	if s.Validate(map[string]any{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []any{map[string]any{"type": "library"}}}) == nil {
		t.Error("the official schema accepts a component without a name")
	}
}
