package apk

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
)

// TestTOC: what bundletool's list names is found, at every place where it may stand.
func TestTOC(t *testing.T) {
	m := apktest.Message
	data := m(1, m(1, "x", 2, m(1, "x", 2, m(1, "x", 2, "a.apk"), 2, m(2, "b.apk"))), 3, m(2, m(2, "c.apk")), 4, "a.b")
	n, err := parseTOC(data)
	if err != nil || n.pkg != "a.b" || strings.Join(n.files, " ") != "a.apk b.apk c.apk" {
		t.Errorf("%+v, %v", n, err)
	}
	if _, err := parseTOC(data[:len(data)-2]); err == nil {
		t.Error("one that is cut is sound")
	}
}

func TestLeadsOut(t *testing.T) {
	for name, want := range map[string]bool{"a.apk": false, "a/../b.apk": false, "a..b/c.apk": false, "../a.apk": true, "a/../../b.apk": true,
		"/a.apk": true, `..\a.apk`: true, `C:\a.apk`: true, "": false} {
		if leadsOut(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

// TestInCircles: only splits that need themselves are in a circle.
func TestInCircles(t *testing.T) {
	s := func(name string, needs ...string) *split {
		out := &split{file: name, name: name, nodes: []node{{name: "manifest", parent: -1}}}
		for _, n := range needs {
			out.nodes = append(out.nodes, node{name: usesSplit, attrs: []attr{{"name", n}}})
		}
		return out
	}
	if got := inCircles([]*split{s("", "a"), s("a", "b", "none"), s("b"), s("c", "d"), s("d", "c", "a"), s("e", "c"), s("f", "f")}); strings.Join(got, " ") != "c d f" {
		t.Errorf("got %q", got)
	}
}

// TestLongLabel: a label that is cut is told.
func TestLongLabel(t *testing.T) {
	for _, tt := range []struct {
		text string
		cut  bool
	}{{strings.Repeat("x", 64), false}, {strings.Repeat("x", 65), true}, {strings.Repeat("长", 21), false}, {strings.Repeat("长", 22), true}} {
		for _, asUTF8 := range []bool{true, false} {
			root := apktest.Manifest("a.b", apktest.E("application", apktest.Ref("label", 0x7f010000)))
			table := apktest.Table{UTF8: asUTF8}.ARSC(apktest.Value{ID: 0x7f010000, Kind: apktest.KindString, Text: tt.text})
			lim := DefaultLimits()
			lim.StringBytes = 64
			a, err := Open(context.Background(), write(t, apktest.ZIP(manifestFile(apktest.AXML(root)), dexFile("classes.dex"), apktest.File{Name: resourcesName, Data: table})), lim)
			if err != nil {
				t.Fatal(err)
			}
			if tt.cut {
				wantGap(t, a.Gaps, audit.GapLimit, "1 values cut at max-string-bytes of 64")
			}
			if len(a.Gaps) > 0 != tt.cut || !strings.HasPrefix(tt.text, a.Info.Label.Default) || a.Info.Label.Default == "" {
				t.Errorf("%q: label %q, gaps %v", tt.text, a.Info.Label.Default, a.Gaps)
			}
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestCuts: what one limit kept from being read is one gap.
func TestCuts(t *testing.T) {
	var c cuts
	for i := range 3 {
		c.add(fmt.Sprintf("res/%d.xml", i), "max-layout-bytes", 10)
	}
	c.fail(&EntryError{Name: "res/x.xml", Kind: audit.GapTampered, Err: errSize})
	c.fail(context.Canceled)
	got := ""
	for _, g := range c.gaps(audit.Text{}) {
		got += g.Kind + " " + g.What + "\n"
	}
	if want := "limit res/0.xml and 2 more: not all of it was looked at: max-layout-bytes of 10 reached\ntampered res/x.xml: " + errSize.Error() + "\n"; got != want {
		t.Errorf("got %s", got)
	}
}
