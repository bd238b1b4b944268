package disclose

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

var loaded = sync.OnceValues(func() (*rules.Set, error) { return rules.LoadFull() })

// fullSet is the whole of the signatures, with what vendors state. Its SDKs are the
// test's own.
func fullSet(t *testing.T) *rules.Set {
	t.Helper()
	all, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	set := *all
	set.SDKs = slices.Clone(all.SDKs)
	return &set
}

// shown is a table as text in English, a line a row.
func shown(t *Table) string {
	var lines []string
	for _, row := range t.Rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, c.text("en"))
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	return strings.Join(lines, "\n")
}

func rowsOf(lines ...string) string { return strings.Join(lines, "\n") }

// an is an SDK that no signature knows.
func an(id, category string) audit.SDK {
	return audit.SDK{ID: id, Name: audit.Text{ZH: "甲", EN: "Jia"}, Category: category, Confidence: "certain"}
}

func reads(party string, data ...string) []audit.Pair {
	var out []audit.Pair
	for _, d := range data {
		out = append(out, audit.Pair{Party: party, Data: d, Sites: 1, Reached: audit.Yes, BeforeConsent: audit.No})
	}
	return out
}

// TestSDKTable: every SDK that a policy must name, by category, with what its code reads
// and what its vendor states.
func TestSDKTable(t *testing.T) {
	set := fullSet(t)
	k := set.SDK("jpush")
	k.Collects, k.Links = rules.Stated{Data: []string{"imei", "contacts"}, Source: "S", Date: "2026-01"}, []string{"https://a.example/p"}
	silent := set.SDK("bugly")
	silent.Collects, silent.Links = rules.Stated{Source: "T", Date: "2026-02"}, nil
	r := audit.NewReport()
	jpush, bugly := an("jpush", "push"), an("bugly", "crash")
	jpush.Confidence = "possible"
	vendor := an("x", "zzz")
	vendor.Vendor = audit.Text{ZH: "乙公司"}
	r.Behavior.SDKs = []audit.SDK{vendor, jpush, bugly, an("f", "framework"), an("g", "packer")}
	r.Pairs = append(reads("sdk:g", "oaid"), reads("sdk:bugly", "device_model", "imei", "contacts")...)
	r.Behavior.Permissions = []audit.Permission{{Name: "android.permission.CAMERA", UsedBy: []audit.PermissionUser{{Party: "app"}, {Party: "sdk:bugly"}}}, {Name: "a.B", UsedBy: []audit.PermissionUser{{Party: "app"}}}}
	f := newFacts(set, r)
	table := f.sdkTable(f.sdks)
	const method = "[enter the method; proposed: by the SDK on the device]"
	const noLink, noData = "[enter the link to its privacy policy]", "[enter what its vendor states; no known call was found]"
	if got, want := shown(&table), rowsOf(
		"Tencent Bugly | Shenzhen Tencent Computer Systems Co., Ltd. | [enter the purpose; proposed: finding the causes of crashes] | "+method+" | Contacts, IMEI, Device model | - | CAMERA | "+noLink,
		"Jia | [enter the company] | [enter the purpose] | "+method+" | OAID | - | - | "+noLink,
		"JPush (Aurora Mobile) [enter whether it is there; only weak signs were found] | Shenzhen Hexun Huagu Information Technology Co., Ltd. | [enter the purpose; proposed: push messages] | "+method+" | - | IMEI, Contacts | - | https://a.example/p",
		"Jia | 乙公司 | [enter the purpose] | "+method+" | "+noData+" | - | - | "+noLink,
	); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	var basis []string
	for _, b := range table.Basis {
		basis = append(basis, b.EN)
	}
	if got, want := strings.Join(basis, "\n"), rowsOf(
		"the code contains calls that read it; reached from an entry point: yes; before consent: no; Statement of the vendor of Tencent Bugly: T (2026-02); it says that no personal data is collected",
		"the code contains calls that read it; reached from an entry point: yes; before consent: no",
		"no known call; Statement of the vendor of JPush (Aurora Mobile): S (2026-01)",
		"no known call"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := f.sources(f.sdks); len(got) != 2 {
		t.Errorf("sources %v", got)
	}
}

func TestDataTable(t *testing.T) {
	r := audit.NewReport()
	r.Pairs = slices.Concat(reads("app", "imei", "contacts"), reads("library:okhttp", "oaid"), reads("sdk:jpush", "imei", "device_model"), reads("unknown:a.b", "imei"))
	r.Pairs[0].BeforeConsent = audit.Yes
	f := newFacts(fullSet(t), r)
	table := f.dataTable(f.dataRows(nil))
	if got, want := shown(&table), rowsOf(
		"Contacts | the app | [enter the purpose] | [enter the scenario]",
		"IMEI | the app, code in a.b, third-party SDKs: JPush (Aurora Mobile) | [enter the purpose] | [enter the scenario]",
		"Device model | third-party SDKs: JPush (Aurora Mobile) | see the list of third-party SDKs | see the list of third-party SDKs"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if !table.Rows[0][0][0].Strong || table.Rows[1][0][0].Strong || !strings.HasSuffix(table.Basis[1].EN, "consent: yes") || !strings.HasSuffix(table.Basis[0].EN, "consent: no") {
		t.Errorf("%+v", table)
	}
}

func TestPermissionTable(t *testing.T) {
	r := audit.NewReport()
	r.Behavior.Permissions = []audit.Permission{
		{Name: "android.permission.CAMERA", Used: audit.Yes, UsedBy: []audit.PermissionUser{{Party: "app", Sites: 2}, {Party: "sdk:jpush", Sites: 3}}},
		{Name: "android.permission.INTERNET"}, {Name: "android.permission.READ_CONTACTS", Used: audit.No},
	}
	f := newFacts(fullSet(t), r)
	table := f.permissionTable(f.permissions(nil))
	if got, want := shown(&table), rowsOf(
		"CAMERA (Camera) | [enter what the permission is for] | the app, third-party SDKs: JPush (Aurora Mobile)",
		"READ_CONTACTS (Read contacts) | [enter why it is kept, or remove it: no known call needs it] | -"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if table.Basis[0].EN != "android.permission.CAMERA; calls and components that need it: 5" {
		t.Errorf("%v", table.Basis)
	}
	if got := f.permissionName("a.b.NOTHING"); got.EN != "NOTHING" {
		t.Errorf("%v", got)
	}
}

func TestWho(t *testing.T) {
	r := audit.NewReport()
	r.Behavior.Unowned = []audit.Unowned{{Prefix: "o.p", Obfuscated: true}, {Prefix: "plain.p"}}
	f := newFacts(fullSet(t), r)
	for _, tt := range []struct {
		parties []string
		want    string
	}{
		{nil, "-"},
		{[]string{"app", "sdk:jpush", "sdk:nothing"}, "the app, third-party SDKs: JPush (Aurora Mobile), nothing"},
		{[]string{"unknown:o.p", "unknown:", "unknown:plain.p"}, "code in plain.p, code with obfuscated names"},
		{[]string{"unknown:a", "unknown:b", "unknown:c"}, "code in a, b, c"},
		{[]string{"unknown:a", "unknown:b", "unknown:c", "unknown:d", "unknown:e"}, "code in a, b, c and 2 more"},
		{[]string{"library:okhttp"}, "-"},
	} {
		if got := f.who(tt.parties).text("en"); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.parties, got, tt.want)
		}
	}
}

// TestOwnerTable: each prefix once, and none that names nobody.
func TestOwnerTable(t *testing.T) {
	r := audit.NewReport()
	r.Behavior.Unowned = []audit.Unowned{{Prefix: "o.p", Obfuscated: true}}
	r.Pairs = slices.Concat(reads("app", "imei"), reads("unknown:", "imei"), reads("unknown:a.b", "imei", "oaid"), reads("unknown:c.d", "imei"), reads("unknown:o.p", "imei"))
	table := newFacts(fullSet(t), r).ownerTable()
	if got, want := shown(&table), rowsOf("a.b | [enter whose code it is; list it above if a third party's]", "c.d | [enter whose code it is; list it above if a third party's]"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	d := New(fullSet(t), r)
	if d.Table(TableOwners) == nil || d.Missing || len(d.Table(TableData).Basis) != len(d.Table(TableData).Rows) {
		t.Errorf("%+v", d.Tables)
	}
	if d := New(fullSet(t), audit.NewReport()); d.Table(TableOwners) != nil || len(d.Table(TableData).Rows) != 1 {
		t.Errorf("of nothing: %+v", d.Tables)
	}
}

func TestNotes(t *testing.T) {
	r := audit.NewReport()
	weak := func(n string) audit.Text { return audit.Text{ZH: n, EN: n} }
	r.Gaps = []audit.Gap{{Kind: audit.GapNoPolicy, Weakens: weak("policy")}, {Kind: audit.GapPacked}, {Kind: audit.GapPacked, Weakens: weak("1")}, {Kind: audit.GapNative, Weakens: weak("2")},
		{Kind: "x", Weakens: weak("3")}, {Kind: "x", Weakens: weak("4")}, {Kind: "x", Weakens: weak("5")}, {Kind: "x", Weakens: weak("6")}, {Kind: "x", Weakens: weak("7")}}
	var got []string
	for _, n := range newFacts(fullSet(t), r).notes() {
		if rest, ok := strings.CutPrefix(n.EN, "Not examined: "); ok {
			got = append(got, rest)
		}
	}
	if strings.Join(got, "") != "123456" {
		t.Errorf("%v", got)
	}
	for want, app := range map[string]audit.App{"a.apk": {File: "a.apk"}, "a.apk, p": {File: "a.apk", Package: "p"}, "a.apk, p 1.0, sha256 x": {File: "a.apk", Package: "p", VersionName: "1.0", SHA256: "x"}} {
		if got := describe(app); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestSafety(t *testing.T) {
	r := audit.NewReport()
	r.Pairs = slices.Concat(reads("app", "imei", "oaid", "overlay", "contacts", "device_model"), reads("sdk:jpush", "imei", "contacts"))
	r.Pairs[3].Reached = audit.No
	s := newFacts(fullSet(t), r).safety()
	var got []string
	for _, x := range s.Types {
		for _, d := range x.Data {
			got = append(got, x.ID+" "+d.Data.text("en")+" "+d.Who.text("en"))
		}
	}
	if want := []string{"PSL_CONTACTS Contacts third-party SDKs: JPush (Aurora Mobile)", "PSL_DEVICE_ID IMEI the app, third-party SDKs: JPush (Aurora Mobile)", "PSL_DEVICE_ID OAID the app"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestEscape(t *testing.T) {
	for s, want := range map[string]string{"a_b": "a_b", "_a": `\_a`, "a_": `a\_`, "a _b": `a \_b`, "a_ b": `a\_ b`, "a__b": "a__b", "é_a": `é\_a`, "a|b": `a\|b`, `\`: `\\`, "a&b": "a&amp;b", "http://x": `http:\//x`, "a:b": "a:b", "<!--": `\<\!--`} {
		if got := escape(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	for s, want := range map[string]string{"a-->b": "a- -›b", "---": "- - -", "a<b": "a‹b"} {
		if got := comment(s); got != want {
			t.Errorf("comment %q: %q, want %q", s, got, want)
		}
	}
}

func TestLinkable(t *testing.T) {
	for s, want := range map[string]bool{"https://a.cn/x": true, "http://a.cn": true, "https://": false, "http://": false, "ftp://a": false, "a": false, "https://a b": false, "https://a|b": false, "https://a(b)": false} {
		if got := linkable(s); got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
}

func TestPlain(t *testing.T) {
	long := strings.Repeat("字", maxText/3)
	for s, want := range map[string]string{"a b": "a b", "a\u3000b": "a b", "a\nb": `a\nb`, "a\u202eb": `a\u202eb`, "a\xffb": `a\ufffdb`, long: long, long + "字": long + "…", strings.Repeat("a", maxText): strings.Repeat("a", maxText)} {
		if got := plain(s); got != want {
			t.Errorf("%.20q: %.40q (%d bytes), want %d bytes", s, got, len(got), len(want))
		}
	}
}

// TestParts: a blank has the brackets of its language, a name none that pass for it.
func TestParts(t *testing.T) {
	text := audit.Text{ZH: "甲[1]", EN: "x[1]"}
	for _, tt := range []struct {
		part         Part
		zh, en, form string
	}{
		{Part{Text: text}, "甲(1)", "x(1)", "x(1)"},
		{Part{Text: text, Blank: true}, "【甲[1]】", "[x[1]]", `[x\[1\]]`},
		{Part{Text: text, Strong: true}, "甲(1)", "x(1)", "**x(1)**"},
		{Part{Text: same("https://a.cn/_x_"), Link: true}, "https://a.cn/_x_", "https://a.cn/_x_", "https://a.cn/_x_"},
		{Part{Text: same("[a_"), Link: true}, "(a_", "(a_", `(a\_`},
		{Part{Text: same("https://a.cn")}, "https://a.cn", "https://a.cn", `https:\//a.cn`},
	} {
		c := Cell{tt.part}
		if zh, en := c.text("zh"), c.text("en"); zh != tt.zh || en != tt.en {
			t.Errorf("%+v: %q and %q", tt.part, zh, en)
		}
		if got := c.form("en", "markdown"); got != tt.form {
			t.Errorf("%+v: %q, want %q", tt.part, got, tt.form)
		}
		if got := c.form("en", "text"); got != tt.en {
			t.Errorf("%+v: %q, want %q", tt.part, got, tt.en)
		}
	}
	if got := (Cell{{Text: text, Blank: true}}).markdown("zh"); got != `【甲\[1\]】` {
		t.Errorf("%q", got)
	}
}

// TestWrite: each format has every part of a document, in the language asked for.
func TestWrite(t *testing.T) {
	d := &Document{Tool: "tool 1", Missing: true, Notes: []audit.Text{{ZH: "注", EN: "note"}}, Sources: []audit.Text{{ZH: "源", EN: "source"}},
		Tables: []Table{{ID: TableSDKs, Title: audit.Text{ZH: "题", EN: "title"}, Intro: audit.Text{ZH: "引", EN: "intro"}, Place: audit.Text{ZH: "处", EN: "place"}, Columns: []audit.Text{same("c1"), same("c2")},
			Rows: [][]Cell{{plainCell(same("r1")), blankCell(same("r2"))}}, Basis: []audit.Text{{ZH: "据", EN: "=basis"}}, Empty: audit.Text{ZH: "空", EN: "empty"}},
			{ID: TableData, Title: same("t2"), Empty: audit.Text{ZH: "无", EN: "none"}, Columns: []audit.Text{same("d1")}}}}
	for _, tt := range []struct {
		format, lang, table, want string
	}{
		{"markdown", "en", "", "<!--\ntool 1 disclose\n- note\n- source\n-->\n\n## title\n\n<!-- place -->\n\nintro\n\n| c1 | c2 |\n| --- | --- |\n| r1 | [r2] |\n\n## t2\n\nnone\n"},
		{"markdown", "zh", "", "<!--\ntool 1 disclose\n- 注\n- 源\n-->\n\n## 题\n\n<!-- 处 -->\n\n引\n\n| c1 | c2 |\n| --- | --- |\n| r1 | 【r2】 |\n\n## t2\n\n无\n"},
		{"csv", "en", "", "c1,c2,Basis\nr1,[r2],'=basis\n"},
		{"csv", "zh", "sdks", "c1,c2,依据\nr1,【r2】,据\n"},
		{"csv", "en", "data", "d1\n"},
		{"csv", "en", "owners", "owners\n"},
	} {
		for _, f := range Formats() {
			if f.Name != tt.format {
				continue
			}
			var b strings.Builder
			if err := f.Write(&b, d, Options{Lang: tt.lang, Table: tt.table}); err != nil || b.String() != tt.want {
				t.Errorf("%s in %s: %v\n%s\nwant\n%s", tt.format, tt.lang, err, b.String(), tt.want)
			}
		}
	}
	d.Safety = Safety{Types: []SafetyType{{Name: "T", Data: []SafetyData{{Data: plainCell(same("a")), Who: plainCell(same("b"))}}}}, Undecided: []SafetyData{{Data: plainCell(same("c")), Who: plainCell(same("d")), Play: "P"}}}
	s := d.side("zh", "中文")
	if s.Heading != "隐私政策缺少的内容" || !slices.Equal(s.Notes, []string{"注"}) || !slices.Equal(s.Sources, []string{"源"}) || len(s.Tables) != 2 || !slices.Equal(s.Safety, []pageRow{{"T", "a", "b"}}) || !slices.Equal(s.Undecided, []pageRow{{"P", "c", "d"}}) {
		t.Errorf("%+v", s)
	}
	if got := s.Tables[0]; got.Place != "处" || got.Rows[0][1].Label != "c2" || !got.Rows[0][1].Parts[0].Blank || got.Empty != "空" {
		t.Errorf("%+v", got)
	}
	link := Table{Columns: []audit.Text{same("c")}, Rows: [][]Cell{{{{Text: same("https://a.cn"), Link: true}, {Text: same("javascript:x"), Link: true}, {Text: same("https://b.cn")}}}}}
	if got := link.page("en").Rows[0][0].Parts; !got[0].Link || got[0].Href != "https://a.cn" || got[1].Link || got[1].Href != "" || got[2].Link {
		t.Errorf("links %+v", got)
	}
	d.Missing = false
	for lang, want := range map[string]string{"zh": "隐私政策须包含的内容", "en": "What the privacy policy must contain"} {
		var b strings.Builder
		if err := writeHTML(&b, d, Options{Lang: lang}); err != nil {
			t.Fatal(err)
		}
		title, _, _ := strings.Cut(b.String(), "</title>")
		if heading := d.side(lang, "").Heading; !strings.Contains(title, heading) {
			t.Errorf("%s: the title is not %q (%s)", lang, heading, want)
		}
	}
}
