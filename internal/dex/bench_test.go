package dex_test

import (
	"bytes"
	stdflate "compress/flate"
	"io"
	"testing"
	"time"

	kflate "github.com/klauspost/compress/flate"

	"apkaudit/internal/dex"
)

// corpusDEX are all DEX files of the corpus that their APK has deflated, and their
// bytes together.
func corpusDEX(b *testing.B) (files []namedDEX, total int64) {
	for _, apk := range corpusAPKs(b) {
		for _, d := range readDEXFiles(b, apk) {
			if d.deflated != nil {
				files = append(files, d)
				total += int64(len(d.data))
			}
		}
	}
	if total == 0 {
		b.Skip("no deflated classes.dex in the corpus")
	}
	return files, total
}

// countRefs walks one file as a caller would: a table of small numbers by method,
// looked up for every invoke and every field access.
func countRefs(tb testing.TB, f *dex.File) (invokes, fields int) {
	err := f.WalkCode(func(_ int, _ uint32, c *dex.Code) error {
		code := c.Insns()
		for _, at := range c.Refs() {
			pos := int(at)
			switch code.Op(pos).Ref() {
			case dex.RefMethod:
				invokes += 1 + int(code.Index(pos)>>16)
			case dex.RefField:
				fields += 1 + int(code.Index(pos)>>16)
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return invokes, fields
}

func mustParse(tb testing.TB, name string, data []byte) *dex.File {
	tb.Helper()
	f, err := dex.Parse(name, data)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// BenchmarkWalkCode is the walk alone, over parsed files; bytes are those of the
// whole DEX, of which code is about a third.
func BenchmarkWalkCode(b *testing.B) {
	files, total := corpusDEX(b)
	var parsed []*dex.File
	for _, d := range files {
		parsed = append(parsed, mustParse(b, d.name, d.data))
	}
	b.SetBytes(total)
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range parsed {
			countRefs(b, f)
		}
	}
}

// BenchmarkParse is Parse alone, checksum included.
func BenchmarkParse(b *testing.B) {
	files, total := corpusDEX(b)
	b.SetBytes(total)
	b.ReportAllocs()
	for b.Loop() {
		for _, d := range files {
			mustParse(b, d.name, d.data)
		}
	}
}

// BenchmarkConstants follows constants over every method, far more than a scan does.
func BenchmarkConstants(b *testing.B) {
	files, total := corpusDEX(b)
	b.SetBytes(total)
	b.ReportAllocs()
	for b.Loop() {
		for _, d := range files {
			f := mustParse(b, d.name, d.data)
			k := f.Constants(nil)
			err := f.WalkCode(func(_ int, method uint32, c *dex.Code) error {
				k.Calls(c, method, func(int, uint32, []dex.Const) {})
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkAgainstInflate reads the same DEX files four ways in each round, so that
// the ratios hold on any machine: parse and walk, inflate with the library used and
// with the standard one. Ratios are times of inflating over the time of reading.
func BenchmarkAgainstInflate(b *testing.B) {
	files, total := corpusDEX(b)
	var walk, parse, fast, std time.Duration
	buf := make([]byte, 0, 64<<20)
	inflate := func(r io.Reader, want int) {
		out := buf[:want]
		if _, err := io.ReadFull(r, out); err != nil {
			b.Fatal(err)
		}
	}
	kr, sr := kflate.NewReader(bytes.NewReader(nil)), stdflate.NewReader(bytes.NewReader(nil))
	for b.Loop() {
		for _, d := range files {
			start := time.Now()
			f := mustParse(b, d.name, d.data)
			parsed := time.Now()
			countRefs(b, f)
			walked := time.Now()
			if err := kr.(kflate.Resetter).Reset(bytes.NewReader(d.deflated), nil); err != nil {
				b.Fatal(err)
			}
			inflate(kr, len(d.data))
			inflated := time.Now()
			if err := sr.(stdflate.Resetter).Reset(bytes.NewReader(d.deflated), nil); err != nil {
				b.Fatal(err)
			}
			inflate(sr, len(d.data))
			parse += parsed.Sub(start)
			walk += walked.Sub(parsed)
			fast += inflated.Sub(walked)
			std += time.Since(inflated)
		}
	}
	rate := func(t time.Duration) float64 { return float64(total) * float64(b.N) / 1e6 / t.Seconds() }
	b.ReportMetric(rate(walk), "walk-MB/s")
	b.ReportMetric(rate(parse), "parse-MB/s")
	b.ReportMetric(rate(parse+walk), "parse+walk-MB/s")
	b.ReportMetric(rate(fast), "klauspost-MB/s")
	b.ReportMetric(rate(std), "compress/flate-MB/s")
	b.ReportMetric(fast.Seconds()/(parse+walk).Seconds(), "klauspost/read")
	b.ReportMetric(std.Seconds()/(parse+walk).Seconds(), "std/read")
}
