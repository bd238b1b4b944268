package shape

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Learned are the features of known SDKs. It is read-only once made.
type Learned struct {
	SDKs []SDK // by id

	owner  []uint32 // by learned class: index into SDKs
	weight []int32  // by learned class: sum of its features, in units of weight

	// The features, sorted; those of weights[i] stand in the learned classes
	// classes[starts[i]:starts[i+1]].
	features []Feature
	index    []uint32 // by the upper indexBits of a feature: where those begin, one more at the end
	weights  []uint8
	starts   []uint32
	classes  []uint32
}

// SDK is one learned SDK.
type SDK struct {
	ID string
	// Classes is how many classes one version of it has that can be recognised.
	Classes int
}

// fill lays out the features by their hash.
func (l *Learned) fill(postings map[Feature][]uint32, weights map[Feature]weight) {
	for f, classes := range postings {
		if len(classes) <= maxPostings {
			l.features = append(l.features, f)
		}
	}
	slices.Sort(l.features)
	for _, f := range l.features {
		l.starts = append(l.starts, uint32(len(l.classes)))
		l.weights = append(l.weights, weights[f].units)
		l.classes = append(l.classes, postings[f]...)
	}
	l.starts = append(l.starts, uint32(len(l.classes)))
	l.sumUp()
}

// indexBits is how many bits of a feature lead to its neighbourhood without a
// search.
const indexBits = 14

// sumUp computes the weight of every learned class, and the index.
func (l *Learned) sumUp() {
	l.index = make([]uint32, 1<<indexBits+1)
	for _, f := range l.features {
		l.index[f>>(32-indexBits)+1]++
	}
	for i := range l.index[1:] {
		l.index[i+1] += l.index[i]
	}
	l.weight = make([]int32, len(l.owner))
	for i, w := range l.weights {
		for _, c := range l.classes[l.starts[i]:l.starts[i+1]] {
			l.weight[c] += int32(w)
		}
	}
}

// NumClasses and NumFeatures say how much was learned.
func (l *Learned) NumClasses() int  { return len(l.owner) }
func (l *Learned) NumFeatures() int { return len(l.features) }

// magic starts the encoded form; its last byte is the version of the form.
const magic = "apkshape\x01"

// MaxEncodedBytes is the most that the built-in set may add to the program.
const MaxEncodedBytes = 5 << 20

// Limits of the encoded form.
const (
	maxSDKs    = 1 << 12
	maxIDBytes = 128
)

// Encode returns the compact form that Decode reads: magic, the SDKs with the number of
// learned classes of each, then the features in order, as differences, each with
// its weight and the classes it stands in, as differences too. Numbers are unsigned
// LEB128.
func (l *Learned) Encode() []byte {
	b := []byte(magic)
	b = binary.AppendUvarint(b, uint64(len(l.SDKs)))
	at := 0
	for i, k := range l.SDKs {
		n := 0
		for at < len(l.owner) && l.owner[at] == uint32(i) {
			at, n = at+1, n+1
		}
		b = binary.AppendUvarint(b, uint64(len(k.ID)))
		b = append(b, k.ID...)
		b = binary.AppendUvarint(b, uint64(k.Classes))
		b = binary.AppendUvarint(b, uint64(n))
	}
	b = binary.AppendUvarint(b, uint64(len(l.features)))
	last := Feature(0)
	for i, f := range l.features {
		b = binary.AppendUvarint(b, uint64(f-last))
		last = f
		b = append(b, l.weights[i])
		classes := l.classes[l.starts[i]:l.starts[i+1]]
		b = binary.AppendUvarint(b, uint64(len(classes)))
		before := uint32(0)
		for _, c := range classes {
			b = binary.AppendUvarint(b, uint64(c-before))
			before = c
		}
	}
	return b
}

var errEnds = errors.New("the data end too early or a number is too long")

// reader takes numbers off the encoded form; the first error stays.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
	r.b = nil
}

// number reads a number of at most most.
func (r *reader) number(what string, most uint64) uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail("%s: %w", what, errEnds)
		return 0
	}
	if v > most {
		r.fail("%s: %d is more than the %d that may be", what, v, most)
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads how many items follow, each of at least one byte, so that nothing is
// allocated by a claim.
func (r *reader) count(what string, most uint64) int {
	return int(r.number(what, min(most, uint64(len(r.b)))))
}

func (r *reader) bytes(what string, n int) []byte {
	if n > len(r.b) {
		r.fail("%s: %w", what, errEnds)
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// Decode reads the form that Encode writes. Every number in it is a claim: room is
// taken in proportion to the bytes that are there, and the first contradiction is
// the error.
func Decode(data []byte) (*Learned, error) {
	if len(data) < len(magic) || string(data[:len(magic)]) != magic {
		return nil, errors.New("fingerprints: not the form that this version reads")
	}
	r := &reader{b: data[len(magic):]}
	l := &Learned{}
	l.readSDKs(r)
	l.readFeatures(r)
	if r.err == nil && len(r.b) > 0 {
		r.fail("%d bytes too many", len(r.b))
	}
	if r.err != nil {
		return nil, fmt.Errorf("fingerprints: %w", r.err)
	}
	l.sumUp()
	return l, nil
}

func (l *Learned) readSDKs(r *reader) {
	for range r.count("SDKs", maxSDKs) {
		id := string(r.bytes("id", r.count("id", maxIDBytes)))
		if n := len(l.SDKs); n > 0 && l.SDKs[n-1].ID >= id {
			r.fail("id %q is out of order", id)
		}
		classes := r.number("classes", uint64(len(r.b)))
		learned := r.number("learned classes", uint64(len(r.b)))
		if r.err != nil || uint64(len(l.owner))+learned > uint64(len(r.b)) {
			r.fail("more learned classes than the data hold")
			return
		}
		for range learned {
			l.owner = append(l.owner, uint32(len(l.SDKs)))
		}
		l.SDKs = append(l.SDKs, SDK{ID: id, Classes: int(classes)})
	}
}

func (l *Learned) readFeatures(r *reader) {
	n := r.count("features", 1<<32)
	l.features = make([]Feature, 0, n)
	l.weights = make([]uint8, 0, n)
	l.starts = make([]uint32, 0, n+1)
	l.classes = make([]uint32, 0, n)
	at := uint64(0)
	for i := range n {
		step := r.number("feature", 1<<32-1)
		if i > 0 && step == 0 || at+step >= 1<<32 {
			r.fail("feature %d is out of order", i)
		}
		weight := r.bytes("weight", 1)
		count := r.count("classes of a feature", maxPostings)
		if r.err != nil {
			return
		}
		at += step
		l.features = append(l.features, Feature(at))
		l.weights = append(l.weights, weight[0])
		l.starts = append(l.starts, uint32(len(l.classes)))
		class := uint64(0)
		for k := range count {
			step := r.number("class", uint64(len(l.owner)))
			if class += step; k > 0 && step == 0 || class >= uint64(len(l.owner)) {
				r.fail("class %d of feature %d is out of order", k, i)
				return
			}
			l.classes = append(l.classes, uint32(class))
		}
	}
	l.starts = append(l.starts, uint32(len(l.classes)))
}
