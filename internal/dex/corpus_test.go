package dex_test

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// namedDEX is one classes*.dex of a corpus APK, with its deflated form where the
// APK has it deflated.
type namedDEX struct {
	apk, name string
	data      []byte
	deflated  []byte
}

var classesDEX = regexp.MustCompile(`^classes[0-9]*\.dex$`)

// corpusAPKs lists the APKs below the directory named by APKAUDIT_CORPUS, or skips
// the test.
func corpusAPKs(tb testing.TB) []string {
	tb.Helper()
	root := os.Getenv("APKAUDIT_CORPUS")
	if root == "" {
		tb.Skip("set APKAUDIT_CORPUS to a directory with APKs to compare with real apps")
	}
	var apks []string
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(path, ".apk") {
			apks = append(apks, path)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	if len(apks) == 0 {
		tb.Skipf("no APK below %s", root)
	}
	return apks
}

func readDEXFiles(tb testing.TB, apk string) []namedDEX {
	tb.Helper()
	z, err := zip.OpenReader(apk)
	if err != nil {
		tb.Fatal(err)
	}
	defer z.Close()
	var out []namedDEX
	for _, e := range z.File {
		if !classesDEX.MatchString(e.Name) {
			continue
		}
		r, err := e.Open()
		if err != nil {
			tb.Fatal(err)
		}
		var buf bytes.Buffer
		if _, err := io.Copy(&buf, r); err != nil {
			tb.Fatal(err)
		}
		r.Close()
		d := namedDEX{apk: apk, name: e.Name, data: buf.Bytes()}
		if e.Method == zip.Deflate {
			raw, err := e.OpenRaw()
			if err != nil {
				tb.Fatal(err)
			}
			if d.deflated, err = io.ReadAll(raw); err != nil {
				tb.Fatal(err)
			}
		}
		out = append(out, d)
	}
	return out
}
