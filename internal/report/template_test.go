package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

func TestTemplate(t *testing.T) {
	for _, c := range []struct{ file, text, lang, want string }{
		{"a.txt", `{{range .Reports}}{{.App.Package}} {{.Outcome.Verdict}}{{end}}`, "", "cn.example.yunfan incomplete"},
		{"a.txt", `{{with index .Reports 0}}{{range sorted .Findings}}{{word "severity" .Severity}},{{end}}{{end}}`, "", "CRITICAL,HIGH,HIGH,HIGH,MEDIUM,MEDIUM,LOW,INFO,MEDIUM,"},
		{"a.txt", `{{with index .Reports 0}}{{with index .Findings 3}}{{party .Party}} {{data .Data}}{{end}}{{end}}`, "zh", "极光推送 Android ID"},
		{"a.txt", `{{with index .Reports 0}}{{with index .Findings 3}}{{text .Title}}{{end}}{{end}} {{.Lang}}`, "zh", "极光推送读取的 Android ID 未在政策中列明 zh"},
		{"a.txt", `{{$r := index .Reports 0}}{{with index $r.Findings 0}}{{with index .Policy 0}}{{place $r .At}}{{end}}{{with index .Code 0}} {{method .Caller}}{{end}}{{end}}`, "",
			"legal/隐私政策.html:45 cn.example.yunfan.share.Inviter.pick"},
		{"a.txt", `{{cell "=1,\"2\""}} {{cell 7}} {{clean " a\n b"}} {{join "/" (index (index .Reports 0).Findings 0).Clauses}}`, "", `"'=1,""2""" "7" a b 164-1/RD-2-1`},
		{"a.txt", `{{clause "RD-2-3"}}|{{clause "x"}}|{{permission "android.permission.CAMERA"}}|{{rule "undisclosed_sdk"}}`, "",
			"Identification Method, art. 2 item 3: a permission is requested without stating its purpose|x|camera|Embedded SDK not disclosed"},
		{"a.txt", `{{json (index (index .Reports 0).Findings 0).Clauses}}`, "", `["164-1","RD-2-1"]`},
		{"a.html", `<p title="{{"\"><b>"}}">{{"<b>"}}</p>`, "", `<p title="&#34;&gt;&lt;b&gt;">&lt;b&gt;</p>`},
		{"a.HTM.tmpl", `{{"<b>"}}`, "", `&lt;b&gt;`},
		{"a.md", `{{"<b>"}}`, "", `<b>`},
	} {
		f, err := Template(c.file, []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err = f.Write(&out, []*audit.Report{rich(t)}, Options{Lang: c.lang})
		if err != nil || out.String() != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.text, out.String(), c.want, err)
		}
	}
}

// TestTemplateFaults: an error names the file and, where there is one, the line.
func TestTemplateFaults(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"d/a.txt", "x\n{{nosuch}}", `d/a.txt:2: function "nosuch" not defined`},
		{"d/a.txt", "x\n\n{{range", `d/a.txt:3: unclosed action`},
		{"d/a.html", "x\n{{nosuch}}", `d/a.html:2: function "nosuch" not defined`},
		{"d/a.txt", "x\n{{.Nosuch}}", `d/a.txt:2:2: executing "a.txt" at <.Nosuch>: can't evaluate field Nosuch`},
		{"d/a.txt", "\n\n{{index .Reports 7}}", `d/a.txt:3:2: executing "a.txt"`},
		{"d/a.html", "<a b={{end}}", `d/a.html:1: unexpected {{end}}`},
		{"d/a.html", "<script>{{if .Lang}}'{{end}}</script>", `d/a.html:1:`},
		{"d/a.txt", `{{place nil (index .Reports 0).App}}`, `d/a.txt:1:`},
		{"d/a.txt", `{{define "a"}}{{template "a"}}{{end}}{{template "a"}}`, `d/a.txt:1:`},
		{"d/a.txt", `{{(index .Reports 0).Decide}}`, `d/a.txt:1:`},
		{"d/a.txt", `{{define "a"}}{{printf "%099999d" 1}}{{end}}{{range .Reports}}{{range 9999}}{{template "a"}}{{end}}{{end}}`, `the output is larger than 64 MB`},
	} {
		f, err := Template(c.file, []byte(c.text))
		if err == nil {
			err = f.Write(&bytes.Buffer{}, []*audit.Report{rich(t)}, Options{})
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.file+":") || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", c.text, err, c.want)
		}
	}
	f, err := Template("a.txt", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Write(brokenWriter{}, nil, Options{}); !errors.Is(err, errBroken) {
		t.Errorf("a failing writer gives %v", err)
	}
}

// TestTemplateCopy: a template sees clean copies; the report stays as it was.
func TestTemplateCopy(t *testing.T) {
	r := audit.NewReport()
	r.App.Label.Default = "Bank\nTotal    0\nVerdict  clean\u202e"
	r.Policy.Sources = make([]audit.PolicySource, 1)
	r.Policy.Sources[0].Text = "one\r\ntwo\x1b" + strings.Repeat("极", maxRead)
	r.Names.Party["a\x01"], r.Names.Party[`a\x01`] = audit.Text{EN: "raw"}, audit.Text{EN: "clean"}
	before := encoded(t, []*audit.Report{r})
	for range 20 {
		f, err := Template("a.txt", []byte(`{{range .Reports}}{{.App.Label.Default}}|{{(index .Policy.Sources 0).Text}}|{{party "a\\x01"}}{{end}}`))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := f.Write(&out, []*audit.Report{r}, Options{}); err != nil {
			t.Fatal(err)
		}
		if want := `Bank\nTotal    0\nVerdict  clean\u202e|` + "one\ntwo\\x1b" + strings.Repeat("极", maxRead) + `|clean`; out.String() != want {
			t.Fatalf("%.200q, want %.200q", out.String(), want)
		}
	}
	if encoded(t, []*audit.Report{r}) != before {
		t.Error("the template's copy is the report")
	}
}
