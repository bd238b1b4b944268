package shape

import (
	"cmp"
	"math"
	"slices"
)

// Document is what one SDK was learned from.
type Document struct {
	ID string // "" for code of nobody in particular, which is only weighed
	// Neutral marks a library that others bring along: what it has is its own, and
	// says nothing about an SDK that has it too.
	Neutral bool
	// Versions are the classes of each artifact, each class a set of features,
	// sorted and each once.
	Versions [][][]Feature
}

// What the learned form keeps. The numbers bound its size; README states what it
// recognises with them.
const (
	// maxClassFeatures is the most features kept of a class, the rarest ones.
	maxClassFeatures = 24
	// maxSpread is the most classes that a kept feature stands in, so that looking
	// one up costs little.
	maxSpread = 48
	// maxOwners is the most SDKs that a kept feature stands in.
	maxOwners = 3
	// maxPostings bounds the same over all versions that were learned.
	maxPostings = 256
	// minClassBits is the weight, in bits, below which a class says too little to be
	// recognised at all.
	minClassBits = 30
)

// weightUnit is how many units of weight one bit is: weights are kept in a byte.
const weightUnit = 8

// Learn weighs the features of all SDKs against each other and keeps, of every
// class, the rarest. A feature's weight is the number of bits that its rarity among
// all classes gives; where several SDKs have it, as for code that they share, it is
// divided by their number, and beyond maxOwners dropped; what a neutral library has
// counts for neutral libraries alone. The result does not depend on the order of
// documents.
func Learn(docs []Document) *Learned {
	docs = slices.Clone(docs)
	slices.SortFunc(docs, func(a, b Document) int { return cmp.Compare(a.ID, b.ID) })
	weights := weigh(docs)
	l := &Learned{}
	postings := map[Feature][]uint32{}
	for _, d := range docs {
		if d.ID == "" {
			continue
		}
		entry := SDK{ID: d.ID}
		seen := map[string]bool{}
		for _, version := range d.Versions {
			kept := 0
			for _, class := range version {
				features := rarest(class, weights, d.Neutral)
				if total(features, weights) < minClassBits*weightUnit {
					continue
				}
				kept++
				if key := keyOf(features); !seen[key] {
					seen[key] = true
					for _, f := range features {
						postings[f] = append(postings[f], uint32(len(l.owner)))
					}
					l.owner = append(l.owner, uint32(len(l.SDKs)))
				}
			}
			entry.Classes = max(entry.Classes, kept)
		}
		l.SDKs = append(l.SDKs, entry)
	}
	l.fill(postings, weights)
	return l
}

// weight is what a feature says, in units of weight.
type weight struct {
	units   uint8
	neutral bool // a neutral library has it
}

// weigh gives the weight of every feature that is worth keeping.
func weigh(docs []Document) map[Feature]weight {
	type spread struct {
		classes         float64
		owners, neutral int
		last            int
	}
	at := map[Feature]*spread{}
	all := 0.0
	for i, d := range docs {
		// A class that stands in several versions is one class.
		share := 1 / float64(max(len(d.Versions), 1))
		for _, version := range d.Versions {
			all += share * float64(len(version))
			for _, class := range version {
				for _, f := range class {
					s := at[f]
					if s == nil {
						s = &spread{last: -1}
						at[f] = s
					}
					s.classes += share
					if s.last != i {
						s.last = i
						s.owners++
						if d.Neutral {
							s.neutral++
						}
					}
				}
			}
		}
	}
	out := make(map[Feature]weight, len(at)/2)
	for f, s := range at {
		if s.neutral > 0 {
			s.owners = s.neutral
		}
		if s.owners > maxOwners || s.classes > maxSpread {
			continue
		}
		bits := math.Log2(max(all, minCorpus)/max(s.classes, 1)) / float64(s.owners)
		if w := int(bits * weightUnit); w > 0 {
			out[f] = weight{uint8(min(w, mostBits[f&kindMask]*weightUnit, math.MaxUint8)), s.neutral > 0}
		}
	}
	return out
}

// mostBits caps what one feature may say, by its class of kinds: rarity among what
// was learned overstates what the framework dictates to everybody's code.
var mostBits = [...]int{ofString: 16, ofFramework: 5, ofShape: 7, ofBody: 12}

// minCorpus is the number of classes that weights are measured against at least,
// so that a small set is not taken for the world.
const minCorpus = 1 << 14

// rarest returns the features of a class that are kept, sorted.
func rarest(class []Feature, weights map[Feature]weight, neutral bool) []Feature {
	var out []Feature
	for _, f := range class {
		if w := weights[f]; w.units > 0 && (neutral || !w.neutral) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b Feature) int {
		return cmp.Or(cmp.Compare(weights[b].units, weights[a].units), cmp.Compare(a, b))
	})
	out = slices.Clone(out[:min(len(out), maxClassFeatures)])
	slices.Sort(out)
	return out
}

func total(features []Feature, weights map[Feature]weight) int {
	n := 0
	for _, f := range features {
		n += int(weights[f].units)
	}
	return n
}

func keyOf(features []Feature) string {
	b := make([]byte, 0, 4*len(features))
	for _, f := range features {
		b = append(b, byte(f>>24), byte(f>>16), byte(f>>8), byte(f))
	}
	return string(b)
}
