package apk

import (
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
)

const labelID = 0x7f030002

func text(lang, country, s string) apktest.Value {
	return apktest.Value{ID: labelID, Lang: lang, Country: country, Kind: apktest.KindString, Text: s}
}

func TestLabel(t *testing.T) {
	hant := text("zh", "", "繁體")
	hant.Script = "Hant"
	hans := text("zh", "", "简体")
	hans.Script = "Hans"
	carrier := text("", "", "Carrier")
	carrier.MCC = 460
	v21 := text("", "", "New")
	v21.SDK = 21
	ref := func(lang string, to uint32) apktest.Value {
		return apktest.Value{ID: labelID, Lang: lang, Kind: apktest.KindReference, Data: to}
	}
	other := func(lang, s string) apktest.Value {
		v := text(lang, "", s)
		v.ID = 0x7f030009
		return v
	}
	tests := []struct {
		name   string
		values []apktest.Value
		want   audit.Label
	}{
		{"default only", []apktest.Value{text("", "", "App")}, audit.Label{Default: "App"}},
		{"three", []apktest.Value{text("", "", "App"), text("zh", "", "应用"), text("en", "", "Application")}, audit.Label{Default: "App", ZH: "应用", EN: "Application"}},
		{"country first", []apktest.Value{text("", "", "App"), text("zh", "TW", "應用"), text("zh", "CN", "应用"), text("en", "GB", "Colour"), text("en", "US", "Color")}, audit.Label{Default: "App", ZH: "应用", EN: "Color"}},
		{"only Taiwan", []apktest.Value{text("", "", "App"), text("zh", "TW", "應用")}, audit.Label{Default: "App", ZH: "應用"}},
		{"script", []apktest.Value{text("", "", "App"), hant, hans}, audit.Label{Default: "App", ZH: "简体"}},
		{"traditional script only", []apktest.Value{text("", "", "App"), hant}, audit.Label{Default: "App", ZH: "繁體"}},
		{"no default", []apktest.Value{text("fr", "", "Appli"), text("de", "", "Anwendung")}, audit.Label{Default: "Appli"}},
		{"language before default", []apktest.Value{text("zh", "", "应用"), text("en", "", "Application"), text("", "", "App")}, audit.Label{Default: "App", ZH: "应用", EN: "Application"}},
		{"reference", []apktest.Value{ref("", 0x7f030009), ref("zh", 0x7f030009), other("", "Target"), other("zh", "目标")}, audit.Label{Default: "Target", ZH: "目标"}},
		{"cycle", []apktest.Value{ref("", labelID), ref("zh", labelID)}, audit.Label{}},
		{"number", []apktest.Value{{ID: labelID, Kind: apktest.KindInt, Data: 360}}, audit.Label{Default: "360"}},
		{"carrier variant first", []apktest.Value{carrier, text("", "", "App")}, audit.Label{Default: "App"}},
		{"newer Android later", []apktest.Value{text("", "", "App"), v21}, audit.Label{Default: "App"}},
		{"absent", []apktest.Value{other("", "Target")}, audit.Label{}},
	}
	for _, tt := range tests {
		for _, table := range []apktest.Table{{}, {UTF8: true}, {Sparse: true}, {Narrow: true}, {Compact: true}} {
			t.Run(tt.name, func(t *testing.T) {
				a := openLabel(t, table.ARSC(tt.values...))
				if a.Info.Label != tt.want {
					t.Errorf("label %+v, want %+v (table %+v)", a.Info.Label, tt.want, table)
				}
				if len(a.Gaps) > 0 {
					t.Errorf("gaps %v", a.Gaps)
				}
			})
		}
	}
}

func openLabel(t *testing.T, arsc []byte) *App {
	t.Helper()
	axml := apktest.AXML(apktest.Manifest("com.x", apktest.E("application", apktest.Ref("label", labelID))))
	return openManifest(t, axml, apktest.File{Name: resourcesName, Data: arsc})
}

// TestReferencedValues: booleans, numbers and texts of components by reference.
func TestReferencedValues(t *testing.T) {
	arsc := apktest.ARSC(
		apktest.Value{ID: 0x7f020000, Kind: apktest.KindBool, Data: 0xffffffff},
		apktest.Value{ID: 0x7f040001, Kind: apktest.KindString, Text: "com.x.provider"},
		apktest.Value{ID: 0x7f050003, Kind: apktest.KindInt, Data: 23},
		apktest.Value{ID: 0x7f050004, Kind: apktest.KindReference, Data: 0x7f050003})
	axml := apktest.AXML(apktest.Manifest("com.x",
		apktest.E("uses-sdk", apktest.Ref("minSdkVersion", 0x7f050004), apktest.Ref("targetSdkVersion", 0x01010000)),
		apktest.E("application", apktest.E("provider", apktest.Str("name", ".P"), apktest.Ref("exported", 0x7f020000), apktest.Ref("authorities", 0x7f040001)))))
	a := openManifest(t, axml, apktest.File{Name: resourcesName, Data: arsc})
	if len(a.Components) != 1 || !a.Components[0].Exported || len(a.Components[0].Authorities) != 1 || a.Components[0].Authorities[0] != "com.x.provider" {
		t.Errorf("components %+v", a.Components)
	}
	if a.Info.MinSDK != 23 {
		t.Errorf("min sdk %d", a.Info.MinSDK)
	}
}

// TestHostileResources: every count and offset of a table lies in turn. What is
// asked for is gigabytes; what is allocated must stay small.
func TestHostileResources(t *testing.T) {
	huge, far := apktest.U32(1<<31), apktest.U32(0xfffffff0)
	values := []apktest.Value{text("", "", "App"), text("zh", "", "应用")}
	tests := []struct {
		name  string
		table apktest.Table
		want  string // default label that is still right
		gap   bool
	}{
		{"pool count", apktest.Table{Pool: huge}, "App", false}, // Android keeps what fits, too
		{"style count", apktest.Table{Styles: huge}, "App", false},
		{"entry count", apktest.Table{Entries: huge}, "", true},
		{"entry count above the chunk", apktest.Table{Entries: apktest.U32(1 << 20)}, "", true},
		{"sparse count", apktest.Table{Sparse: true, Entries: huge}, "", true},
		{"narrow count", apktest.Table{Narrow: true, Entries: huge}, "", true},
		{"spec count", apktest.Table{Spec: huge}, "App", false}, // not needed, not read
		{"entries outside", apktest.Table{Start: far}, "", true},
		{"entries at the edge", apktest.Table{Start: apktest.U32(100)}, "", false},
		{"chunk size beyond", apktest.Table{Size: far}, "App", true},
		{"chunk size of zero", apktest.Table{Size: apktest.U32(0)}, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := tt.table.ARSC(values...)
			var a *App
			grew := allocated(func() { a = openLabel(t, data) })
			if grew > 4<<20 {
				t.Errorf("%d KiB allocated for a table of %d bytes", grew>>10, len(data))
			}
			if a.Info.Label.Default != tt.want && tt.want != "" {
				t.Errorf("label %+v, want %q", a.Info.Label, tt.want)
			}
			if tt.gap != (len(a.Gaps) > 0) {
				t.Errorf("gaps %v", a.Gaps)
			}
		})
	}
}

// TestBrokenResources cuts a table at every byte.
func TestBrokenResources(t *testing.T) {
	whole := apktest.ARSC(text("", "", "App"), text("zh", "", "应用"))
	for n := range whole {
		var gaps gapList
		r := loadResources(whole[:n], []uint32{labelID}, DefaultLimits(), &gaps)
		if len(gaps.list) == 0 {
			t.Fatalf("cut at %d of %d: no gap", n, len(whole))
		}
		r.label("@7f030002")
	}
}

// TestDefaultBeforeVariants: another resource that exists as a variant only
// must not push that variant before the default of this one.
func TestDefaultBeforeVariants(t *testing.T) {
	variant, own := text("", "", "Other"), text("", "", "Carrier")
	variant.ID, variant.MCC, own.MCC = labelID-1, 460, 460
	data := apktest.ARSC(variant, own, text("", "", "App"))
	var gaps gapList
	r := loadResources(data, []uint32{labelID - 1, labelID}, DefaultLimits(), &gaps)
	if got := r.value("@7f030002"); got != "App" || len(gaps.list) > 0 {
		t.Errorf("value %q, gaps %v", got, gaps.list)
	}
}
