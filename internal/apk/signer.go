package apk

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"sort"
	"strings"
	"time"

	"github.com/avast/apkparser"
	"github.com/avast/apkverifier"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

const (
	signingMagic  = "APK Sig Block 42"
	signingFooter = 24
)

// extracted is what the certificate extraction came to.
type extracted struct {
	certs [][]*x509.Certificate
	err   error
	late  bool // not done in time
}

// signerReader reads who signed the archives of one App; the limits hold for all of
// them together.
type signerReader struct {
	lim    Limits
	budget *bounded.Budget
	time   time.Duration // left
}

func newSignerReader(lim Limits) *signerReader {
	return &signerReader{lim, bounded.NewBudget("max-signer-bytes", lim.SignerBytes), lim.SignerTime}
}

// read extracts, without verifying, the certificates that sign an APK: those of the
// signing block, else those of META-INF. known is false where a limit kept it from
// finding out. The library works on keys of any size, so it gets a bounded time; on
// a deadline its goroutine is left to end by itself. The error is the context's.
func (r *signerReader) read(ctx context.Context, from *archive, gaps *gapList) (list []audit.Signer, known bool, err error) {
	size, err := r.signingBlock(from)
	if err != nil {
		gaps.add(audit.GapLimit, partSigner, "%v", err)
		return nil, false, nil
	}
	var x extracted
	if size > 0 {
		if x, err = r.extract(ctx, from, true, signatureFiles{zip: emptyZIP()}, gaps); err != nil {
			return nil, false, err
		}
		list = signers(x.certs)
	}
	if len(list) > 0 || x.late {
		return list, !x.late, nil
	}
	files, err := r.signatureFiles(ctx, from)
	if cerr := ctx.Err(); cerr != nil {
		return nil, false, cerr
	}
	if err != nil {
		gaps.add(audit.GapLimit, partSigner, "%v", err)
		return nil, false, nil
	}
	if files.signed {
		if x, err = r.extract(ctx, from, false, files, gaps); err != nil {
			return nil, false, err
		}
		list = signers(x.certs)
	}
	// Neither block nor files: not signed at all, which is a fact and no gap.
	if len(list) == 0 && !x.late && (size > 0 || files.signed) {
		gaps.add(audit.GapTampered, partSigner, "signature: %s", firstLine(x.err))
	}
	return list, !x.late, nil
}

// extract runs extractCerts for at most the time that is left. Where both ended, the
// work and the time, it is the clock that tells which came first, not the scheduler: the
// same reading that took too long is never a signer once and a gap the next time. The
// error is the context's.
func (r *signerReader) extract(ctx context.Context, from *archive, block bool, files signatureFiles, gaps *gapList) (extracted, error) {
	start, left := time.Now(), r.time
	defer func() { r.time -= time.Since(start) }()
	done := make(chan extracted, 1)
	go func() { done <- extractCerts(io.NewSectionReader(from.file, 0, from.size), block, files) }()
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case x := <-done:
		if time.Since(start) < left {
			return x, nil
		}
	case <-timer.C:
	case <-ctx.Done():
		return extracted{}, ctx.Err()
	}
	gaps.add(audit.GapTimeout, partSigner, "signature: max-signer-time of %s reached", r.lim.SignerTime)
	return extracted{late: true}, nil
}

// emptyZIP is an archive without files.
func emptyZIP() []byte { return append([]byte(sigEnd), make([]byte, lenEnd-len(sigEnd))...) }

func firstLine(err error) string {
	if err == nil {
		return "no certificate in it"
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return clip(line, 300)
}

// extractCerts runs apkverifier behind recover: it panics on some real files.
func extractCerts(file io.ReadSeeker, block bool, files signatureFiles) (x extracted) {
	defer func() {
		if p := recover(); p != nil {
			x = extracted{err: fmt.Errorf("reader failed: %v", p)}
		}
	}()
	zr, err := apkparser.OpenZipReader(bytes.NewReader(files.zip))
	if err != nil {
		return extracted{err: err}
	}
	if !block {
		// Without a signing block the library looks into the archive it is
		// given alone; the small one spares it the search.
		file = bytes.NewReader(files.zip)
	}
	x.certs, x.err = apkverifier.ExtractCertsReader(file, zr)
	return x
}

// signers lists the leaf certificate of each chain once, in a fixed order: the
// library's own order for META-INF is that of a map.
func signers(chains [][]*x509.Certificate) []audit.Signer {
	var out []audit.Signer
	seen := map[string]bool{}
	for _, chain := range chains {
		if len(chain) == 0 || chain[0] == nil {
			continue
		}
		sum := sha256.Sum256(chain[0].Raw)
		s := audit.Signer{SHA256: hex.EncodeToString(sum[:]), Subject: clip(chain[0].Subject.String(), 1000)}
		if !seen[s.SHA256] {
			seen[s.SHA256] = true
			out = append(out, s)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].SHA256 < out[j].SHA256 })
	return out
}

// signingBlock measures the APK Signing Block before the central directory: the
// library would load all of it. 0 means there is none.
func (r *signerReader) signingBlock(from *archive) (int64, error) {
	end, ok, err := findEnd(from.file, from.size)
	if err != nil || !ok || end.offset < signingFooter || end.offset > from.size {
		return 0, nil
	}
	var b [signingFooter]byte
	if _, err := from.file.ReadAt(b[:], end.offset-signingFooter); err != nil || string(b[8:]) != signingMagic {
		return 0, nil
	}
	n := binary.LittleEndian.Uint64(b[:])
	if n <= uint64(end.offset) {
		if err := r.budget.Take(int64(n), "signing block"); err != nil {
			return 0, err
		}
	}
	return int64(min(n, uint64(from.size))), nil
}

// signatureFiles are the files of the JAR signature in a small archive of
// their own, so that the library inflates nothing unbounded.
type signatureFiles struct {
	zip    []byte
	signed bool // a signature block file is among them
}

// maxSignatureBlock bounds one META-INF signature block: 64 KiB hold dozens of
// certificates, and larger keys only burn time.
const maxSignatureBlock = 64 << 10

func (r *signerReader) signatureFiles(ctx context.Context, from *archive) (signatureFiles, error) {
	var out signatureFiles
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	var buf []byte
	for i := range from.entries {
		name := from.entries[i].name
		dir, base := path.Split(name)
		ext := path.Ext(base)
		block := ext == ".RSA" || ext == ".DSA" || ext == ".EC"
		if dir != "META-INF/" || !block && ext != ".SF" && base != "MANIFEST.MF" {
			continue
		}
		limit := r.lim.SignerBytes
		if block {
			limit = maxSignatureBlock
		}
		data, err := from.read(ctx, i, reading{name, limit, "max-signer-bytes", r.budget}, buf)
		if errors.Is(err, bounded.ErrLimit) {
			return out, err
		}
		if err != nil {
			continue // damaged: the library would not get further either
		}
		buf = data
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write(data)
		}
		if err != nil {
			return out, fmt.Errorf("signature files: %w", err)
		}
		out.signed = out.signed || block
	}
	if err := w.Close(); err != nil {
		return out, fmt.Errorf("signature files: %w", err)
	}
	out.zip = b.Bytes()
	return out, nil
}
