package apktest

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
	"strings"
	"testing"
)

// TestQuine: what is inside is the whole.
func TestQuine(t *testing.T) {
	for _, n := range []int{32, 47, 61} {
		for _, more := range [][]File{nil, {{Name: "a", Data: []byte("x")}}, {{Name: "b", Data: bytes.Repeat([]byte("abc"), 5000)}}} {
			whole := Quine(strings.Repeat("q", n), more...)
			z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
			if err != nil || len(z.File) != 1+len(more) {
				t.Fatalf("%d: %v", n, err)
			}
			f, err := z.File[0].OpenRaw()
			if err != nil {
				t.Fatal(err)
			}
			packed, err := io.ReadAll(f)
			if err != nil {
				t.Fatal(err)
			}
			inner, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
			if err != nil || !bytes.Equal(inner, whole) || z.File[0].UncompressedSize64 != uint64(len(whole)) {
				t.Errorf("name of %d bytes, %d others: %d bytes inside %d, %v", n, len(more), len(inner), len(whole), err)
			}
		}
	}
}
