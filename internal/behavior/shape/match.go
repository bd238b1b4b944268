package shape

import "slices"

// Matcher compares classes with what was learned. It is not safe for concurrent
// use; the Learned that it works on is.
type Matcher struct {
	l      *Learned
	common []int32  // by learned class, of the class at hand
	met    []uint32 // learned classes with common features
}

// NewMatcher returns a Matcher.
func (l *Learned) NewMatcher() *Matcher {
	return &Matcher{l: l, common: make([]int32, len(l.owner))}
}

// Match is the learned class that a class has most in common with.
type Match struct {
	SDK   int    // index into Learned.SDKs
	Class uint32 // number of the learned class
	// Bits is the weight of the common features, Share its part of the learned
	// class's own weight, from 0 to 1.
	Bits  float64
	Share float64
	// Rival is the weight of the common features with the best class of any other SDK.
	Rival float64
}

// Best returns the learned class with the most common weight, on a tie the one
// with the larger share, then the first; false where nothing is common. Each feature must stand
// in the list once.
func (m *Matcher) Best(features []Feature) (Match, bool) {
	l := m.l
	for _, f := range features {
		from := l.index[f>>(32-indexBits)]
		i, ok := slices.BinarySearch(l.features[from:l.index[f>>(32-indexBits)+1]], f)
		if !ok {
			continue
		}
		at := from + uint32(i)
		w := int32(l.weights[at])
		for _, c := range l.classes[l.starts[at]:l.starts[at+1]] {
			if m.common[c] == 0 {
				m.met = append(m.met, c)
			}
			m.common[c] += w
		}
	}
	best, ok := m.pick(-1)
	if !ok {
		return Match{}, false
	}
	out := Match{SDK: int(l.owner[best]), Class: best, Bits: bits(m.common[best]), Share: float64(m.common[best]) / float64(l.weight[best])}
	if rival, ok := m.pick(out.SDK); ok {
		out.Rival = bits(m.common[rival])
	}
	for _, c := range m.met {
		m.common[c] = 0
	}
	m.met = m.met[:0]
	return out, true
}

// pick finds the best of the classes met, those of one SDK left out.
func (m *Matcher) pick(without int) (best uint32, ok bool) {
	l := m.l
	for _, c := range m.met {
		if int(l.owner[c]) == without || m.common[c] == 0 {
			continue
		}
		x, y := m.common[c], m.common[best]
		if !ok || x > y || x == y && (l.weight[c] < l.weight[best] || l.weight[c] == l.weight[best] && c < best) {
			best, ok = c, true
		}
	}
	return best, ok
}

func bits(weight int32) float64 { return float64(weight) / weightUnit }
