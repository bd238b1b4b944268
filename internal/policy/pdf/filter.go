package pdf

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/ascii85"
	"errors"
	"fmt"
	"io"

	"apkaudit/internal/bounded"
)

// maxRowBytes bounds one row of a predictor.
const maxRowBytes = 1 << 20

// decode applies the filters of a stream. What a broken stream yields before it
// breaks is kept; only a limit is an error.
func (f *File) decode(s *stream) ([]byte, error) {
	if err := f.budget.Take(int64(len(s.raw)), "a PDF stream"); err != nil {
		return nil, err
	}
	data := f.decrypt(s)
	filters, parms := f.list(s.dict["Filter"]), f.list(s.dict["DecodeParms"])
	if len(filters) == 0 {
		filters, parms = f.list(s.dict["F"]), f.list(s.dict["DP"])
	}
	if len(filters) > 8 {
		return nil, errSyntax
	}
	for i, x := range filters {
		var p dict
		if i < len(parms) {
			p, _ = f.value(parms[i]).(dict)
		}
		n, _ := f.value(x).(name)
		out, err := f.filter(string(n), data, p)
		if errors.Is(err, bounded.ErrLimit) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
		if err != nil && len(out) == 0 {
			return nil, err
		}
		data = out
	}
	return data, nil
}

// list returns an array's values, or one value as a list.
func (f *File) list(x any) array {
	switch x := f.value(x).(type) {
	case nil:
		return nil
	case array:
		return x
	default:
		return array{x}
	}
}

func (f *File) filter(name string, data []byte, p dict) ([]byte, error) {
	switch name {
	case "FlateDecode", "Fl":
		if len(data) < 2 {
			return nil, nil
		}
		// Checksums are not looked at: writers get them wrong.
		out, err := f.all(flate.NewReader(bytes.NewReader(data[2:])))
		return f.predict(out, p, err)
	case "LZWDecode", "LZW":
		early := 1
		if n, ok := f.value(p["EarlyChange"]).(int); ok {
			early = n
		}
		out, err := f.lzw(data, early)
		return f.predict(out, p, err)
	case "ASCIIHexDecode", "AHx":
		l := lexer{b: data}
		return []byte(l.hex()), nil
	case "ASCII85Decode", "A85":
		return f.ascii85(data)
	case "RunLengthDecode", "RL":
		return f.runLength(data)
	case "Crypt":
		return data, nil
	}
	return nil, fmt.Errorf("filter %q is not read", name)
}

// all reads a decoder to its end, taking from the file's budget.
func (f *File) all(r io.Reader) ([]byte, error) {
	return bounded.ReadAll(f.ctx, r, f.budget, "a PDF stream", nil)
}

func (f *File) ascii85(data []byte) ([]byte, error) {
	if i := bytes.Index(data, []byte("~>")); i >= 0 {
		data = data[:i]
	}
	clean := make([]byte, 0, len(data))
	for _, c := range data {
		if c >= '!' && c <= 'u' || c == 'z' {
			clean = append(clean, c)
		}
	}
	return f.all(ascii85.NewDecoder(bytes.NewReader(clean)))
}

func (f *File) runLength(data []byte) ([]byte, error) {
	var out []byte
	for i := 0; i < len(data); {
		n := int(data[i])
		i++
		from := len(out)
		switch {
		case n == 128:
			return out, nil
		case n < 128:
			end := min(i+n+1, len(data))
			out = append(out, data[i:end]...)
			i = end
		case i < len(data):
			out = append(out, bytes.Repeat(data[i:i+1], 257-n)...)
			i++
		}
		if err := f.budget.Take(int64(len(out)-from), "a PDF stream"); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// lzw decodes the LZW of PDF: codes of 9 to 12 bits, 256 clears, 257 ends; the
// width grows one code early unless early is 0.
func (f *File) lzw(data []byte, early int) ([]byte, error) {
	type entry struct{ from, n int } // of out
	var table [4096]entry
	var out []byte
	next, width, prev := 258, 9, -1
	bits, have := 0, 0
	for i := 0; ; {
		for have < width {
			if i >= len(data) {
				return out, nil
			}
			bits, have = bits<<8|int(data[i]), have+8
			i++
		}
		code := bits >> (have - width) & (1<<width - 1)
		have -= width
		bits &= 1<<have - 1
		if code == 257 {
			return out, nil
		}
		if code == 256 {
			next, width, prev = 258, 9, -1
			continue
		}
		from := len(out)
		switch {
		case code < 256:
			out = append(out, byte(code))
		case code < next:
			out = append(out, out[table[code].from:table[code].from+table[code].n]...)
		case code == next && prev >= 0:
			// The entry being made: the previous piece and its first byte.
			out = append(out, out[prev:from]...)
			out = append(out, out[prev])
		default:
			return out, errSyntax
		}
		if err := f.budget.Take(int64(len(out)-from), "a PDF stream"); err != nil {
			return nil, err
		}
		if prev >= 0 && next < 4096 {
			table[next] = entry{prev, from - prev + 1}
			next++
		}
		prev = from
		for width < 12 && next+early >= 1<<width {
			width++
		}
	}
}

// predict undoes a PNG or TIFF predictor.
func (f *File) predict(data []byte, p dict, err error) ([]byte, error) {
	pred, _ := f.value(p["Predictor"]).(int)
	if pred < 2 || errors.Is(err, bounded.ErrLimit) {
		return data, err
	}
	colors, bits, columns := f.intOr(p["Colors"], 1), f.intOr(p["BitsPerComponent"], 8), f.intOr(p["Columns"], 1)
	if colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > maxRowBytes {
		return nil, errSyntax
	}
	row, px := (colors*bits*columns+7)/8, max(colors*bits/8, 1)
	if row > maxRowBytes {
		return nil, errSyntax
	}
	if pred == 2 {
		if bits == 8 {
			for at := 0; at < len(data); at += row {
				for i := at + px; i < min(at+row, len(data)); i++ {
					data[i] += data[i-px]
				}
			}
		}
		return data, err
	}
	return unPNG(data, row, px), err
}

// unPNG undoes the filters of PNG rows in place.
func unPNG(data []byte, row, px int) []byte {
	out := data[:0]
	var prev []byte
	for len(data) > 1 {
		kind, cur := data[0], data[1:min(row+1, len(data))]
		data = data[1+len(cur):]
		for i := range cur {
			var left, up, diag byte
			if i >= px {
				left = cur[i-px]
			}
			if i < len(prev) {
				up = prev[i]
				if i >= px {
					diag = prev[i-px]
				}
			}
			switch kind {
			case 1:
				cur[i] += left
			case 2:
				cur[i] += up
			case 3:
				cur[i] += byte((int(left) + int(up)) / 2)
			case 4:
				cur[i] += paeth(left, up, diag)
			}
		}
		from := len(out)
		out = append(out, cur...) // never reaches data: a row is one byte shorter than what it came from
		prev = out[from:]
	}
	return out
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	pa, pb, pc := dist(p, int(a)), dist(p, int(b)), dist(p, int(c))
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

func dist(a, b int) int { return max(a-b, b-a) }

func (f *File) intOr(x any, or int) int {
	if n, ok := f.value(x).(int); ok {
		return n
	}
	return or
}
