package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"apkaudit/internal/apktest"
	"apkaudit/internal/behavior/shape"
)

// TestFingerprintFlags: with both flags the learned set is written, with one of
// them nothing is done, with none the command does what it did.
func TestFingerprintFlags(t *testing.T) {
	dir := t.TempDir()
	d := apktest.NewDEX("035")
	for _, c := range []string{"A", "B", "C"} {
		code := apktest.NewDEXCode(1, 0, 0)
		for _, s := range []string{"one ", "two ", "three "} {
			code.ConstString(0, s+c)
		}
		d.Class("Lcom/tencent/bugly/"+c+";", "").Method(9, "a", "()V", code.ReturnVoid())
	}
	write := func(name string, data []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("a.apk", apktest.ZIP(apktest.File{Name: "AndroidManifest.xml", Data: apktest.AXML(apktest.Manifest("com.shop.app"))},
		apktest.File{Name: "classes.dex", Data: d.Bytes()}))
	good := write("good.tsv", []byte("bugly\ta.apk\tcom.tencent.bugly\n"))
	unknown := write("unknown.tsv", []byte("no-such-sdk\ta.apk\tcom.tencent.bugly\n"))
	out := filepath.Join(dir, "out.bin")
	cases := []struct {
		name, want string
		args       []string
		drafted    bool
	}{
		{"both", "", []string{"--fingerprints", out, "--list", good}, false},
		{"one alone", "go together", []string{"--list", good}, false},
		{"the other alone", "go together", []string{"--fingerprints", out}, false},
		{"with arguments", "unknown command", []string{"x.aar", "--fingerprints", out, "--list", good}, false},
		{"an SDK without signature", `no SDK has the id "no-such-sdk"`, []string{"--fingerprints", out, "--list", unknown}, false},
		{"none", "", []string{"x.aar"}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			a := &app{sys: System{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Getenv: func(string) string { return "" }, Dir: dir}}
			root := a.root()
			drafted := false
			cmd := &cobra.Command{Use: "structure", RunE: func(*cobra.Command, []string) error {
				drafted = true
				return nil
			}}
			a.addFingerprints(cmd)
			sdk, _, err := root.Find([]string{"sdk"})
			if err != nil {
				t.Fatal(err)
			}
			sdk.AddCommand(cmd)
			root.SetArgs(append([]string{"sdk", "structure"}, c.args...))
			err = root.ExecuteContext(context.Background())
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if drafted != c.drafted {
				t.Errorf("drafted: %v", drafted)
			}
		})
	}
	form, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := shape.Decode(form); err != nil || len(l.SDKs) != 1 || l.SDKs[0].ID != "bugly" || l.NumClasses() != 3 {
		t.Errorf("%+v %v", l, err)
	}
}
