package report

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"apkaudit/internal/audit"
)

const (
	cdxSchema  = "http://cyclonedx.org/schema/bom-1.6.schema.json"
	cdxVersion = "1.6"
)

// Limits of the document.
const (
	maxCDXText    = 1000 // code points of a value; the standard's limit of a version is 1,024
	maxCDXMethods = 20   // pieces of evidence of a component
)

// The part of CycloneDX 1.6 that apkaudit writes.

type cdxBOM struct {
	Schema       string           `json:"$schema"`
	Format       string           `json:"bomFormat"`
	SpecVersion  string           `json:"specVersion"`
	SerialNumber string           `json:"serialNumber"`
	Version      int              `json:"version"`
	Metadata     cdxMetadata      `json:"metadata"`
	Components   []cdxComponent   `json:"components"`
	Dependencies []cdxDependency  `json:"dependencies"`
	Compositions []cdxComposition `json:"compositions"`
}

type cdxMetadata struct {
	Tools     cdxTools      `json:"tools"`
	Component *cdxComponent `json:"component,omitempty"`
}

type cdxTools struct {
	Components []cdxComponent `json:"components"`
}

type cdxComponent struct {
	Type       string         `json:"type"`
	Ref        string         `json:"bom-ref,omitempty"`
	Supplier   *cdxSupplier   `json:"supplier,omitempty"`
	Name       string         `json:"name"`
	Version    string         `json:"version,omitempty"`
	Hashes     []cdxHash      `json:"hashes,omitempty"`
	Components []cdxComponent `json:"components,omitempty"`
	Evidence   *cdxEvidence   `json:"evidence,omitempty"`
	Properties []cdxProperty  `json:"properties,omitempty"`
}

type cdxSupplier struct {
	Name string `json:"name"`
}

type cdxHash struct {
	Alg     string `json:"alg"`
	Content string `json:"content"`
}

type cdxEvidence struct {
	Identity []cdxIdentity `json:"identity"`
}

type cdxIdentity struct {
	Field      string      `json:"field"`
	Confidence float64     `json:"confidence"`
	Methods    []cdxMethod `json:"methods,omitempty"`
}

type cdxMethod struct {
	Technique  string  `json:"technique"`
	Confidence float64 `json:"confidence"`
	Value      string  `json:"value"`
}

type cdxProperty struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type cdxDependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

type cdxComposition struct {
	Aggregate  string   `json:"aggregate"`
	Assemblies []string `json:"assemblies"`
}

// writeCycloneDX writes one bill of materials. Of one app it is about the app,
// with a component for every SDK and library at the top; of several it holds the
// apps, each with its own components inside, whose references begin with the
// app's.
func writeCycloneDX(w io.Writer, reports []*audit.Report, opt Options) error {
	b := &cdxBuilder{words: words{opt.Lang}, refs: map[string]int{}}
	bom := cdxBOM{Schema: cdxSchema, Format: "CycloneDX", SpecVersion: cdxVersion, SerialNumber: serialNumber(reports), Version: 1,
		Metadata:   cdxMetadata{Tools: cdxTools{[]cdxComponent{{Type: "application", Name: "apkaudit"}}}},
		Components: []cdxComponent{}, Dependencies: []cdxDependency{}, Compositions: []cdxComposition{}}
	for _, r := range reports {
		bom.Metadata.Tools.Components[0].Version = cdxText(r.Tool.Version)
		if r.App.File == "" {
			continue // policies have no components
		}
		app := b.app(r)
		prefix := ""
		if len(reports) > 1 {
			prefix = app.Ref + "/"
		}
		parts := b.components(r, prefix)
		dep := cdxDependency{Ref: app.Ref, DependsOn: []string{}}
		for _, c := range parts {
			dep.DependsOn = append(dep.DependsOn, c.Ref)
		}
		bom.Dependencies = append(bom.Dependencies, dep)
		bom.Compositions = append(bom.Compositions, cdxComposition{aggregate(r), []string{app.Ref}})
		if len(reports) > 1 {
			app.Components = parts
			bom.Components = append(bom.Components, app)
			continue
		}
		bom.Metadata.Component = &app
		bom.Components = append(bom.Components, parts...)
	}
	return audit.Encode(w, bom)
}

// aggregate says how complete the list of an app's components can be: signatures
// know the SDKs they know, so that it is never said to be complete.
func aggregate(r *audit.Report) string {
	if r.Outcome.Incomplete {
		return "incomplete"
	}
	return "unknown"
}

// serialNumber is a name-based UUID (RFC 9562, version 5) of the examined files
// and of the program and rules that examined them, so that the same input gives
// the same document.
func serialNumber(reports []*audit.Report) string {
	urlSpace, _ := hex.DecodeString("6ba7b8119dad11d180b400c04fd430c8")
	h := sha1.New()
	h.Write(urlSpace)
	io.WriteString(h, "urn:apkaudit:cyclonedx")
	for _, r := range reports {
		fmt.Fprintf(h, ":%q:%q:%q", r.App.SHA256, r.Tool.Version, r.Tool.RulesDigest)
	}
	id := h.Sum(nil)[:16]
	id[6], id[8] = id[6]&0x0f|0x50, id[8]&0x3f|0x80
	x := hex.EncodeToString(id)
	return "urn:uuid:" + x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

type cdxBuilder struct {
	words
	refs map[string]int // with how often each was used
}

// ref makes a reference that nothing else in the document has.
func (b *cdxBuilder) ref(s string) string {
	s = cdxText(s)
	b.refs[s]++
	if n := b.refs[s]; n > 1 {
		return b.ref(s + "-" + itoa(n))
	}
	return s
}

func (b *cdxBuilder) app(r *audit.Report) cdxComponent {
	a := &r.App
	label := audit.Text{ZH: a.Label.ZH, EN: a.Label.EN}.In(b.lang)
	name := firstOf(a.Package, label, a.Label.Default, fileBase(a.File), nameless)
	c := cdxComponent{Type: "application", Ref: b.ref("app:" + firstOf(a.Package, short(a.SHA256), nameless)), Name: name, Version: cdxText(a.VersionName)}
	if _, err := hex.DecodeString(a.SHA256); err == nil && len(a.SHA256) == 64 {
		c.Hashes = []cdxHash{{"SHA-256", a.SHA256}}
	}
	c.Properties = properties([][2]string{{"apkaudit:file", a.File}, {"apkaudit:container", a.Container}, {"apkaudit:label", firstOf(label, a.Label.Default)},
		{"apkaudit:version_code", fmt.Sprint(a.VersionCode)}, {"apkaudit:outcome", r.Outcome.Verdict}})
	return c
}

// components lists SDKs, then libraries, in the report's order.
func (b *cdxBuilder) components(r *audit.Report, prefix string) []cdxComponent {
	var out []cdxComponent
	for i := range r.Behavior.SDKs {
		out = append(out, b.component(&r.Behavior.SDKs[i], prefix+audit.PrefixSDK))
	}
	for i := range r.Behavior.Libraries {
		out = append(out, b.component(&r.Behavior.Libraries[i], prefix+audit.PrefixLibrary))
	}
	return out
}

func (b *cdxBuilder) component(s *audit.SDK, prefix string) cdxComponent {
	c := cdxComponent{Type: "library", Ref: b.ref(prefix + s.ID), Name: firstOf(s.Name.In(b.lang), s.ID, nameless), Version: cdxText(s.Version)}
	if v := cdxText(s.Vendor.In(b.lang)); v != "" {
		c.Supplier = &cdxSupplier{v}
	}
	id := cdxIdentity{Field: "name", Confidence: probability(s.Confidence)}
	for _, e := range s.Evidence[:min(len(s.Evidence), maxCDXMethods)] {
		value := e.Kind + ": " + e.Value
		if e.Count > 1 {
			value += fmt.Sprintf(" (%d)", e.Count)
		}
		id.Methods = append(id.Methods, cdxMethod{technique(e.Kind), id.Confidence, cdxText(value)})
	}
	c.Evidence = &cdxEvidence{[]cdxIdentity{id}}
	c.Properties = properties([][2]string{{"apkaudit:id", s.ID}, {"apkaudit:category", s.Category}, {"apkaudit:confidence", s.Confidence}, {"apkaudit:classes", fmt.Sprint(s.Classes)}})
	return c
}

// probability puts a number on the three words that signatures use.
func probability(confidence string) float64 {
	switch confidence {
	case "certain":
		return 1
	case "likely":
		return 0.8
	case "possible":
		return 0.4
	}
	return 0
}

// technique is the standard's word for how a kind of evidence is found.
func technique(kind string) string {
	switch kind {
	case audit.EvidenceClass, audit.EvidenceString:
		return "binary-analysis"
	case audit.EvidenceComponent, audit.EvidenceMetaData, audit.EvidencePermission, audit.EvidenceAction:
		return "manifest-analysis"
	case audit.EvidenceNativeLib, audit.EvidenceAsset:
		return "filename"
	case audit.EvidenceStructure:
		return "ast-fingerprint"
	}
	return "other"
}

// properties keeps the pairs that have a value.
func properties(pairs [][2]string) []cdxProperty {
	var out []cdxProperty
	for _, p := range pairs {
		if v := cdxText(p[1]); v != "" {
			out = append(out, cdxProperty{p[0], v})
		}
	}
	return out
}

// firstOf is the first text that is not empty, cleaned.
func firstOf(list ...string) string {
	for _, s := range list {
		if s = cdxText(s); s != "" {
			return s
		}
	}
	return ""
}

// cdxText is a text on one line, short enough for every place of the document.
func cdxText(s string) string { return strings.TrimSpace(cutRunes(clean(s), maxCDXText)) }
