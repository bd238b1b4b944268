package apktest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
)

// maxMutated bounds one entry that Mutate changes.
const maxMutated = 16 << 20

// Mutate returns a damaged copy of an APK: either its bytes are changed as they are,
// or those of one entry before it is packed, so that the change reaches the readers
// behind the archive; the checksums of a DEX file are made right again then. donor gives
// the bytes that are spliced in. The same r makes the same copy.
func Mutate(r *rand.Rand, apk, donor []byte) []byte {
	if r.IntN(3) > 0 {
		if out := mutateEntry(r, apk, donor); out != nil {
			return out
		}
	}
	return damage(r, apk, donor)
}

// mutateEntry damages one entry, nil where the archive cannot be read.
func mutateEntry(r *rand.Rand, apk, donor []byte) []byte {
	z, err := zip.NewReader(bytes.NewReader(apk), int64(len(apk)))
	if err != nil || len(z.File) == 0 {
		return nil
	}
	// What all else hangs on is chosen every other time.
	at := r.IntN(len(z.File))
	if r.IntN(2) == 0 {
		at = max(at, slices.IndexFunc(z.File, func(f *zip.File) bool {
			return f.Name == attackManifest || strings.HasSuffix(f.Name, ".dex") && r.IntN(2) == 0
		}))
	}
	var files []File
	for i, f := range z.File {
		body, err := f.Open()
		if err != nil {
			return nil
		}
		data, err := io.ReadAll(io.LimitReader(body, maxMutated))
		body.Close()
		if err != nil {
			return nil
		}
		if i == at {
			data = damage(r, data, donor)
			if strings.HasSuffix(f.Name, ".dex") && len(data) > 0x70 {
				FixDEX(data)
			}
		}
		files = append(files, File{Name: f.Name, Data: data, Method: f.Method})
	}
	return ZIP(files...)
}

// damage makes one to four changes of random kinds.
func damage(r *rand.Rand, in, donor []byte) []byte {
	out := bytes.Clone(in)
	for range 1 + r.IntN(4) {
		if len(out) < 8 {
			return out
		}
		at := r.IntN(len(out))
		n := min(1+r.IntN(64<<r.IntN(6)), len(out)-at)
		switch r.IntN(7) {
		case 0: // flipped bits
			for range 1 + r.IntN(32) {
				out[r.IntN(len(out))] ^= 1 << r.IntN(8)
			}
		case 1: // the end is missing
			out = out[:at]
		case 2: // a part is missing
			out = slices.Delete(out, at, at+n)
		case 3: // a part stands twice
			out = slices.Insert(out, at, bytes.Clone(out[at:at+n])...)
		case 4: // bytes of another file
			if len(donor) > 0 {
				from := r.IntN(len(donor))
				copy(out[at:at+n], donor[from:])
			}
		case 5: // a number at the edge of its range
			edges := []uint32{0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff, uint32(len(out))}
			if at = at &^ 3; at+4 <= len(out) {
				binary.LittleEndian.PutUint32(out[at:], edges[r.IntN(len(edges))])
			}
		case 6: // zeros
			clear(out[at : at+n])
		}
	}
	return out
}
