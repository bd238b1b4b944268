package shape

import (
	"slices"
	"strings"
)

// Feature is the hash of one thing about a class. Its lowest two bits say which class
// of kinds it is of, since things that the framework dictates say less than others.
type Feature uint32

// Classes of kinds.
const (
	ofString    Feature = iota // a string constant
	ofFramework                // framework members and supertypes: anybody may use them
	ofShape                    // prototypes and field types
	ofBody                     // what a whole method refers to
	kindMask    Feature = 3
)

// Kinds of features. The kind enters the hash, so that a string constant never
// agrees with a prototype.
const (
	kindString    = 's' // a string constant
	kindMember    = 'm' // a framework method or field that code names
	kindType      = 't' // a type, as part of other features only
	kindPrototype = 'p' // a method prototype, app types erased
	kindBody      = 'b' // a prototype with all framework members that the method's code names
	kindHeader    = 'h' // superclass and interfaces
	kindFields    = 'F' // types of all fields together
)

// Least numbers of parts that a composed feature needs to say more than its parts.
const (
	minBodyRefs = 2
	minFields   = 3
)

// keptPackages are the packages whose names no obfuscator changes, because the
// framework defines them: what an app's build calls library classes. Everything
// else is compiled into the app and may be renamed, androidx, kotlin and
// javax.inject included.
var keptPackages = []string{
	"android/", "dalvik/", "java/",
	"javax/crypto/", "javax/net/", "javax/security/", "javax/sql/", "javax/xml/", "javax/microedition/",
	"org/json/", "org/xml/", "org/w3c/dom/", "org/xmlpull/", "org/apache/http/",
}

// compiledIn are packages below the kept ones that are compiled into the app.
var compiledIn = []string{"android/support/", "android/arch/", "android/databinding/"}

// IsKept tells whether the framework defines a class, given as a descriptor
// (Landroid/os/Build;), so that its name survives renaming. Array types and
// primitive types are not classes.
func IsKept(desc string) bool {
	if len(desc) < 3 || desc[0] != 'L' {
		return false
	}
	name := desc[1:]
	has := func(p string) bool { return strings.HasPrefix(name, p) }
	return slices.ContainsFunc(keptPackages, has) && !slices.ContainsFunc(compiledIn, has)
}

// erased stands for every type that may be renamed.
const erased = "L;"

// eraseType returns a type descriptor with the class of an app erased:
// [Lcom/foo/Bar; becomes [L;.
func eraseType(desc string) string {
	class := strings.TrimLeft(desc, "[")
	if len(class) < 2 || IsKept(class) {
		return desc
	}
	return desc[:len(desc)-len(class)] + erased
}

// eraseProto does the same for each type of a prototype (Lcom/foo/Bar;I)V.
func eraseProto(proto string) string {
	if !strings.ContainsRune(proto, 'L') {
		return proto
	}
	var out strings.Builder
	for i := 0; i < len(proto); {
		if proto[i] != 'L' {
			out.WriteByte(proto[i])
			i++
			continue
		}
		end := strings.IndexByte(proto[i:], ';')
		if end < 0 {
			end = len(proto) - i - 1
		}
		out.WriteString(eraseType(proto[i : i+end+1]))
		i += end + 1
	}
	return out.String()
}

// sum is a 64-bit hash of one part of a feature; 0 stands for none.
type sum uint64

// The constants of FNV-1a.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func hash[T string | []byte](kind byte, text T) sum {
	h := uint64(fnvOffset)
	h = (h ^ uint64(kind)) * fnvPrime
	for i := 0; i < len(text); i++ {
		h = (h ^ uint64(text[i])) * fnvPrime
	}
	return mix(sum(h))
}

// mix spreads a sum over all its bits, so that adding mixed sums makes a hash of a
// set (the finaliser of MurmurHash3).
func mix(s sum) sum {
	h := uint64(s)
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	if h ^= h >> 33; h == 0 {
		h = 1
	}
	return sum(h)
}

func stringSum(s string) sum  { return hash(kindString, s) }
func typeSum(desc string) sum { return hash(kindType, eraseType(desc)) }

// protoSum tells constructors and static initialisers, whose names are not
// changed, from other methods.
func protoSum(name, proto string) sum {
	return hash(kindPrototype, special(name)+eraseProto(proto))
}

// memberSum is the sum of a method or field of the framework, none for other
// members: their names may be changed.
func memberSum(class, name, desc string) (sum, bool) {
	if !IsKept(class) {
		return 0, false
	}
	return hash(kindMember, class+"->"+name+eraseProto(desc)), true
}

// keptNames are the names of methods that no renaming touches, none first.
var keptNames = []string{"", "<init>", "<clinit>"}

// special returns a name that no renaming touches, else "".
func special(name string) string {
	if slices.Contains(keptNames, name) {
		return name
	}
	return ""
}

// collector puts the features of one class together.
type collector struct {
	out    []Feature
	fields []sum
	refs   []sum // of the method at hand
}

func (c *collector) reset() { c.out, c.fields, c.refs = c.out[:0], c.fields[:0], c.refs[:0] }

func (c *collector) add(of Feature, s sum) { c.out = append(c.out, Feature(s>>32)&^kindMask|of) }

// header takes the erased superclass and interfaces; a class that extends Object
// and implements nothing of the framework says nothing by that.
func (c *collector) header(super sum, interfaces []sum, kept bool) {
	if !kept {
		return
	}
	total := mix(super ^ kindHeader)
	for _, i := range interfaces {
		total += i
	}
	c.add(ofFramework, mix(total))
}

func (c *collector) field(typ sum) { c.fields = append(c.fields, typ) }

// member takes a framework member that the method at hand names.
func (c *collector) member(s sum) {
	c.add(ofFramework, s)
	c.refs = append(c.refs, s)
}

// method closes the method at hand.
func (c *collector) method(proto sum) {
	c.add(ofShape, proto)
	slices.Sort(c.refs)
	c.refs = slices.Compact(c.refs)
	if len(c.refs) >= minBodyRefs {
		total := mix(proto ^ kindBody)
		for _, r := range c.refs {
			total += mix(r)
		}
		c.add(ofBody, mix(total))
	}
	c.refs = c.refs[:0]
}

// finish returns the features, sorted and each once. The slice is reused.
func (c *collector) finish() []Feature {
	if len(c.fields) >= minFields {
		total := sum(kindFields)
		for _, f := range c.fields {
			total += mix(f)
		}
		c.add(ofShape, mix(total))
	}
	slices.Sort(c.out)
	c.out = slices.Compact(c.out)
	return c.out
}
