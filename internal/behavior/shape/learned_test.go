package shape

import (
	"fmt"
	"slices"
	"testing"
)

// class makes a class with some strings of its own and some calls that everybody
// makes.
func class(sdk string, i int) []Feature {
	k := Class{Super: "Ljava/lang/Object;", Methods: []Method{{Name: "a", Proto: "()V", Uses: []Member{
		{"Ljava/util/Map;", "clear", "()V"}, {"Ljava/util/Map;", "size", "()I"},
	}}}}
	for n := range 5 {
		k.Strings = append(k.Strings, fmt.Sprintf("%s-%d-%d", sdk, i, n))
	}
	return k.Features()
}

func document(sdk string, classes int) Document {
	d := Document{ID: sdk, Versions: [][][]Feature{nil}}
	for i := range classes {
		d.Versions[0] = append(d.Versions[0], class(sdk, i))
	}
	return d
}

func TestLearnAndMatch(t *testing.T) {
	alpha, beta := document("alpha", 8), document("beta", 6)
	shared := class("shared", 0)
	alpha.Versions[0] = append(alpha.Versions[0], shared)
	beta.Versions[0] = append(beta.Versions[0], shared)
	l := Learn([]Document{beta, alpha})
	if n := len(l.SDKs); n != 2 || l.SDKs[0].ID != "alpha" || l.SDKs[0].Classes != 9 || l.SDKs[1].Classes != 7 {
		t.Fatalf("SDKs %+v", l.SDKs)
	}
	m := l.NewMatcher()
	best, ok := m.Best(class("alpha", 3))
	if !ok || best.SDK != 0 || best.Share != 1 || best.Bits < 50 || best.Rival > best.Bits/3 {
		t.Errorf("own class: %+v %v", best, ok)
	}
	again, _ := m.Best(class("alpha", 3))
	if again != best {
		t.Errorf("a matcher used twice: %+v, then %+v", best, again)
	}
	half := class("alpha", 3)
	half = half[:len(half)/2]
	if best, ok := m.Best(half); !ok || best.SDK != 0 || best.Share >= 1 {
		t.Errorf("half a class: %+v %v", best, ok)
	}
	if best, ok := m.Best(shared); !ok || best.Rival < best.Bits {
		t.Errorf("code that two SDKs share must have a rival: %+v %v", best, ok)
	}
	if best, ok := m.Best(class("nobody", 1)); ok && best.Bits > 20 {
		t.Errorf("code of nobody: %+v", best)
	}
	if _, ok := m.Best(nil); ok {
		t.Error("nothing agrees with something")
	}
}

// TestLearnShared: beyond maxOwners SDKs a feature says nothing, and the code of
// nobody lowers weights without being learned.
func TestLearnShared(t *testing.T) {
	shared := class("shared", 0)
	var docs []Document
	for i := range maxOwners + 1 {
		d := document(fmt.Sprintf("sdk%d", i), 2)
		d.Versions[0] = append(d.Versions[0], shared)
		docs = append(docs, d)
	}
	l := Learn(docs)
	if _, ok := l.NewMatcher().Best(shared); ok {
		t.Errorf("what %d SDKs share still counts", len(docs))
	}
	own := Document{Versions: [][][]Feature{{class("alpha", 0)}}}
	l = Learn([]Document{document("alpha", 2), own})
	if len(l.SDKs) != 1 {
		t.Fatalf("SDKs %+v", l.SDKs)
	}
	m := l.NewMatcher()
	common, _ := m.Best(class("alpha", 0))
	alone, _ := m.Best(class("alpha", 1))
	if common.Bits >= alone.Bits {
		t.Errorf("code that is elsewhere too: %v bits, alone %v", common.Bits, alone.Bits)
	}
}

// TestLearnNeutral: code of a neutral library is the library's, in how many SDKs
// ever it comes along.
func TestLearnNeutral(t *testing.T) {
	lib := document("lib", 4)
	lib.Neutral = true
	docs := []Document{lib}
	for i := range maxOwners + 2 {
		d := document(fmt.Sprintf("sdk%d", i), 2)
		d.Versions[0] = append(d.Versions[0], lib.Versions[0]...)
		docs = append(docs, d)
	}
	l := Learn(docs)
	for i, k := range l.SDKs {
		if want := map[bool]int{true: 4, false: 2}[k.ID == "lib"]; k.Classes != want {
			t.Errorf("%s has %d classes, want %d", k.ID, k.Classes, want)
		}
		if k.ID == "lib" {
			if best, ok := l.NewMatcher().Best(class("lib", 1)); !ok || best.SDK != i || best.Rival*2 > best.Bits {
				t.Errorf("%+v %v", best, ok)
			}
		}
	}
}

// TestVersions: a class that two versions have alike is learned once, and its
// features do not lose weight by it.
func TestVersions(t *testing.T) {
	one := document("alpha", 4)
	two := Document{ID: "alpha", Versions: [][][]Feature{one.Versions[0], append(slices.Clone(one.Versions[0]), class("alpha", 9))}}
	a, b := Learn([]Document{one}), Learn([]Document{two})
	if b.NumClasses() != 5 || b.SDKs[0].Classes != 5 {
		t.Errorf("%d classes learned, %d of a version", b.NumClasses(), b.SDKs[0].Classes)
	}
	x, _ := a.NewMatcher().Best(class("alpha", 1))
	y, _ := b.NewMatcher().Best(class("alpha", 1))
	if d := x.Bits - y.Bits; d < -1 || d > 1 {
		t.Errorf("%v bits by one version, %v by two", x.Bits, y.Bits)
	}
}

func TestEncode(t *testing.T) {
	docs := []Document{document("alpha", 8), document("beta", 6), document("gamma", 0)}
	form := Learn(docs).Encode()
	slices.Reverse(docs)
	if other := Learn(docs).Encode(); !slices.Equal(form, other) {
		t.Error("the order of documents changes the form")
	}
	l, err := Decode(form)
	if err != nil {
		t.Fatal(err)
	}
	if again := l.Encode(); !slices.Equal(form, again) {
		t.Error("decoding and encoding changes the form")
	}
	if best, ok := l.NewMatcher().Best(class("beta", 2)); !ok || l.SDKs[best.SDK].ID != "beta" || best.Share != 1 {
		t.Errorf("%+v %v", best, ok)
	}
	for n := range len(form) {
		if _, err := Decode(form[:n]); err == nil {
			t.Fatalf("cut after %d of %d bytes and still read", n, len(form))
		}
	}
	if _, err := Decode(append(slices.Clone(form), 0)); err == nil {
		t.Error("a byte too many and still read")
	}
}

// FuzzDecode: no bytes make the reader fail or take room beyond their number, and
// what it accepts can be matched and written again.
func FuzzDecode(f *testing.F) {
	f.Add(Learn([]Document{document("alpha", 3), document("beta", 2)}).Encode())
	f.Add([]byte(magic + "\x00\x00"))
	f.Add([]byte(magic + "\xff\xff\xff\xff\x0f"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Decode(data)
		if err != nil {
			return
		}
		if n := len(l.owner) + len(l.features) + len(l.classes); n > 3*len(data) {
			t.Fatalf("%d entries out of %d bytes", n, len(data))
		}
		l.NewMatcher().Best(l.features)
		if again, err := Decode(l.Encode()); err != nil || again.NumFeatures() != l.NumFeatures() {
			t.Fatalf("written again: %v", err)
		}
	})
}
