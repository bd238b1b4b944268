package disclose_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"apkaudit/internal/audit"
	"apkaudit/internal/disclose"
)

// nasty is what somebody puts into every name to fool a reader: an escape of the
// terminal, a turned direction, markup, a formula, a link, an end of whatever may
// be open, and blanks of its own.
const nasty = "=1+1\x1b[31m\u202eevil\n| a | b |\r--> <script>alert(1)</script> </style> [x](https://evil.example) **b** `c` 【请填写x】 [enter x] ![i](http://e.example/i.png) https://evil.example/\xff"

func hostileReport() *audit.Report {
	r := audit.NewReport()
	t := same(nasty)
	r.Tool.Name, r.Tool.Version = nasty, nasty
	r.App = audit.App{File: nasty, Package: nasty, VersionName: nasty, SHA256: nasty, Label: audit.Label{Default: nasty}}
	r.Behavior.SDKs = []audit.SDK{{ID: nasty, Name: t, Vendor: t, Category: nasty, Confidence: "certain"}, {ID: "jpush", Name: t, Vendor: t, Category: nasty, Confidence: "possible"}}
	r.Behavior.Permissions = []audit.Permission{
		{Name: "android.permission.CAMERA", Used: "no", UsedBy: []audit.PermissionUser{{Party: "unknown:" + nasty}, {Party: "sdk:" + nasty}, {Party: nasty}}},
		{Name: nasty, Protection: "dangerous", UsedBy: []audit.PermissionUser{{Party: "sdk:" + nasty}}},
	}
	r.Pairs = []audit.Pair{{Party: nasty, Data: nasty, Verdict: "undisclosed"}, {Party: "app", Data: nasty, Verdict: "denied"}, {Party: "sdk:" + nasty, Data: nasty, Verdict: "vague"},
		{Party: "sdk:jpush", Data: "imei", Verdict: "vague"}, {Party: "unknown:" + nasty, Data: "imei", Verdict: "undisclosed"}}
	r.Findings = []audit.Finding{{Rule: "undisclosed_sdk", Verdict: "undisclosed", Party: "sdk:" + nasty}, {Verdict: "undisclosed", Party: "app", Permission: "android.permission.CAMERA"}}
	r.Gaps = []audit.Gap{{Kind: nasty, What: nasty, Weakens: t}}
	at := audit.At{Line: 1, Start: -5, End: 1 << 40, Section: nasty}
	r.Policy.Sources = []audit.PolicySource{{File: nasty, Format: "markdown", Languages: []string{"zh", nasty}, Text: nasty}}
	r.Policy.Claims = []audit.Claim{{Party: "app", Data: []string{"imei"}, Polarity: "collects", Lang: "zh", At: at, Mentions: []audit.Mention{{Text: nasty, Start: 9, End: 1}}},
		{Party: "sdk:jpush", Data: []string{"imsi"}, Polarity: "collects", Lang: "zh", At: at, Mentions: []audit.Mention{{Text: "evil", Start: 1 << 40}}}}
	r.Policy.SDKs = []audit.PolicySDK{{ID: "jpush", NameAsWritten: nasty, Lang: "zh", At: at, Layout: "table", Missing: []string{"link", "purpose"}}}
	return r
}

func same(s string) audit.Text { return audit.Text{ZH: s, EN: s} }

// TestHostile: text from an app stays text in every format.
func TestHostile(t *testing.T) {
	set, _ := newKit(t)
	files := map[string][]byte{nasty: []byte("one evil line\n\nanother")}
	for name, d := range map[string]*disclose.Document{"all": disclose.New(set, hostileReport()), "missing": disclose.Missing(set, hostileReport(), files)} {
		for _, f := range disclose.Formats() {
			for _, lang := range []string{"zh", "en"} {
				for _, table := range disclose.TableIDs() {
					if table != disclose.TableSDKs && f.Name != "csv" {
						continue
					}
					out := string(write(t, f.Name, d, disclose.Options{Lang: lang, Table: table}))
					if strings.ContainsAny(out, "\x1b\u202e\r") || !utf8.ValidString(out) {
						t.Errorf("%s %s: a control character is written as it is", name, f.Name)
					}
					check := map[string]func(*testing.T, string){"markdown": markdownIsSafe, "html": htmlIsSafe, "csv": csvIsSafe, "play": csvIsSafe, "patch": patchIsSafe}[f.Name]
					if check == nil {
						t.Fatalf("the format %s is not looked at", f.Name)
					}
					t.Run(name+" "+f.Name+" "+lang+" "+table, func(t *testing.T) { check(t, out) })
				}
			}
		}
	}
}

// tag is an element of HTML that a page here has no use for, or a link to the
// hostile site.
var tag = regexp.MustCompile(`(?i)<(script|img|iframe|object|form)\b|(href|src)="[^"]*(evil|e\.example)`)

func markdownIsSafe(t *testing.T, out string) {
	if n := strings.Count(out, "-->"); n > 8 {
		t.Errorf("%d comments end in it", n)
	}
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe())).Convert([]byte(out), &b); err != nil {
		t.Fatal(err)
	}
	page := regexp.MustCompile(`(?s)<!--.*?-->`).ReplaceAllString(b.String(), "")
	if m := tag.FindString(page); m != "" || strings.Contains(page, "<code>") || strings.Contains(page, "<strong>b</strong>") {
		t.Errorf("Markdown makes markup of a name: %s\n%s", m, page)
	}
	for _, line := range strings.Split(page, "\n") {
		if strings.Contains(line, "<td>a</td>") {
			t.Errorf("a name forges cells: %s", line)
		}
	}
}

func htmlIsSafe(t *testing.T, out string) {
	if m := tag.FindString(out); m != "" {
		t.Errorf("a name becomes markup: %s", m)
	}
	if strings.Count(out, "</style>") != 1 {
		t.Error("a name ends the style")
	}
}

func csvIsSafe(t *testing.T, out string) {
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && cell != "-" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a spreadsheet takes this cell for a formula: %q", cell)
			}
		}
	}
}

func patchIsSafe(t *testing.T, out string) {
	if n := strings.Count(out, "\n--- "); n > 1 {
		t.Errorf("%d files in a patch of one", n)
	}
}

// TestSafetyForm: the form has every row once, each row one of the kinds of
// answers, and answers only what the code reads.
func TestSafetyForm(t *testing.T) {
	set, _ := newKit(t)
	r := audit.NewReport()
	r.Pairs = []audit.Pair{{Party: "app", Data: "imei"}, {Party: "sdk:jpush", Data: "wifi_ssid"}, {Party: "app", Data: "location"}, {Party: "library:okhttp", Data: "contacts"}}
	d := disclose.New(set, r)
	rows, err := csv.NewReader(bytes.NewReader(write(t, "play", d, disclose.Options{}))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const exported = 783 // lines of the Console's own file
	if len(rows) != exported {
		t.Errorf("%d lines, want %d", len(rows), exported)
	}
	want := map[string]bool{
		"PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA|": true, "PSL_DATA_TYPES_IDENTIFIERS|PSL_DEVICE_ID": true, "PSL_DATA_TYPES_LOCATION|PSL_APPROX_LOCATION": true,
		"PSL_DATA_USAGE_RESPONSES:PSL_DEVICE_ID:PSL_DATA_USAGE_COLLECTION_AND_SHARING|PSL_DATA_USAGE_ONLY_COLLECTED":       true,
		"PSL_DATA_USAGE_RESPONSES:PSL_APPROX_LOCATION:PSL_DATA_USAGE_COLLECTION_AND_SHARING|PSL_DATA_USAGE_ONLY_COLLECTED": true,
	}
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		key := row[0] + "|" + row[1]
		if seen[key] {
			t.Errorf("%s stands twice", key)
		}
		seen[key] = true
		if (row[2] == "TRUE") != want[key] || row[2] != "TRUE" && row[2] != "" {
			t.Errorf("%s is answered %q", key, row[2])
		}
		if (row[3] == "SINGLE_CHOICE" || row[3] == "MULTIPLE_CHOICE") != (row[1] != "") {
			t.Errorf("%s: kind of answer %s", key, row[3])
		}
	}
	if len(d.Safety.Undecided) != 1 || d.Safety.Undecided[0].Play != "Location" {
		t.Errorf("undecided: %+v", d.Safety.Undecided)
	}
}

// TestSafetyTypes: every type of the form that the signatures name is in it.
func TestSafetyTypes(t *testing.T) {
	set, _ := newKit(t)
	for _, dt := range set.DataTypes {
		r := audit.NewReport()
		r.Pairs = []audit.Pair{{Party: "app", Data: dt.ID}}
		s := disclose.New(set, r).Safety
		_, _, exact := strings.Cut(dt.Play, "/")
		switch n := len(s.Types) + len(s.Undecided); {
		case dt.Play == "" && n != 0:
			t.Errorf("%s is in the form without a type of it", dt.ID)
		case dt.Play != "" && n != 1, exact && len(s.Types) != 1:
			t.Errorf("%s (%s) is under %+v, %+v", dt.ID, dt.Play, s.Types, s.Undecided)
		}
	}
}

// TestManySDKs: what belongs to one SDK of thousands is looked up, not searched for.
func TestManySDKs(t *testing.T) {
	const n = 20_000
	r := audit.NewReport()
	r.Policy.Sources = []audit.PolicySource{{File: "p.txt", Format: "text", Languages: []string{"en"}, Chars: 4, Text: "data"}}
	users := make([]audit.PermissionUser, 0, n)
	for i := range n {
		id := fmt.Sprintf("made-up-%d", i)
		party := "sdk:" + id
		r.Behavior.SDKs = append(r.Behavior.SDKs, audit.SDK{ID: id, Name: same(id), Confidence: "certain"})
		r.Pairs = append(r.Pairs, audit.Pair{Party: party, Data: "imei", Verdict: "undisclosed"}, audit.Pair{Party: party, Data: "oaid", Verdict: "undisclosed"})
		users = append(users, audit.PermissionUser{Party: party, Sites: 1})
		if i%2 == 0 {
			r.Policy.SDKs = append(r.Policy.SDKs, audit.PolicySDK{ID: id, Lang: "en", At: audit.At{Line: 1, End: 4}})
			r.Policy.Claims = append(r.Policy.Claims, audit.Claim{Party: party, Data: []string{"mac"}, Polarity: audit.Collects, Lang: "en", At: audit.At{Line: 1, End: 4},
				Mentions: []audit.Mention{{Data: "mac", Text: "data", End: 4}}})
		}
	}
	r.Behavior.Permissions = []audit.Permission{{Name: "android.permission.READ_PHONE_STATE", UsedBy: users}}
	set, _ := newKit(t)
	start := time.Now()
	disclose.New(set, r)
	d := disclose.Missing(set, r, map[string][]byte{"p.txt": []byte("data")})
	took := time.Since(start)
	if rows := len(d.Table(disclose.TableSDKs).Rows) + len(d.Table(disclose.TableAdditions).Rows); rows != n {
		t.Errorf("%d rows for %d SDKs", rows, n)
	}
	if took > 60*time.Second {
		t.Errorf("took %v", took)
	}
}
