package behavior_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/rules"
)

// invokeLine is a call as dexdump -d prints it: class, name and prototype.
var invokeLine = regexp.MustCompile(`\|[0-9a-f]+: invoke-[a-z/-]+ \{[^}]*\}, (L[^;]+;)\.([^:]+):(\S+) // method@`)

// TestPermissionCallsEqualDexdump compares, for the real apps below APKAUDIT_CORPUS,
// the calls found of every method that needs a permission with the invoke lines of
// dexdump that name it. What dexdump cannot tell are calls on classes of the app.
func TestPermissionCallsEqualDexdump(t *testing.T) {
	root := os.Getenv("APKAUDIT_CORPUS")
	if root == "" {
		t.Skip("set APKAUDIT_CORPUS to a directory with APKs to compare with real apps")
	}
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, n := range set.Needs {
		for _, in := range n.In {
			for _, m := range in.Methods {
				if strings.HasPrefix(in.Class, "Landroid/") || strings.HasPrefix(in.Class, "Ljava") {
					listed[in.Class+"->"+m] = true
				}
			}
		}
	}
	o := observer(t)
	for _, apk := range apksBelow(t, root) {
		t.Run(filepath.Base(apk), func(t *testing.T) {
			want := map[string]int{}
			for _, data := range codeOf(t, apk) {
				dexdumpCalls(t, data, listed, want)
			}
			got := map[string]int{}
			for target, n := range o.NeedCalls(t.Context(), apk) {
				if listed[target] {
					got[target] += n
				}
			}
			total := 0
			for _, n := range want {
				total += n
			}
			t.Logf("%d calls of %d methods", total, len(want))
			if !maps.Equal(got, want) {
				for _, m := range slices.Sorted(maps.Keys(listed)) {
					if got[m] != want[m] {
						t.Errorf("%s: %d calls, dexdump lists %d", m, got[m], want[m])
					}
				}
			}
		})
	}
}

func codeOf(t *testing.T, apk string) [][]byte {
	t.Helper()
	z, err := zip.OpenReader(apk)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out [][]byte
	for _, e := range z.File {
		if ok, _ := path.Match("classes*.dex", e.Name); !ok {
			continue
		}
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, data)
	}
	return out
}

// dexdumpCalls adds the calls of listed methods that dexdump finds in a DEX file.
func dexdumpCalls(t *testing.T, data []byte, listed map[string]bool, into map[string]int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "classes.dex")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("dexdump", "-d", file).Output()
	if err != nil {
		t.Skipf("dexdump: %v", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		if m := invokeLine.FindSubmatch(lines.Bytes()); m != nil {
			if target := string(m[1]) + "->" + string(m[2]) + string(m[3]); listed[target] {
				into[target]++
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}
