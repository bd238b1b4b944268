package shape

// Class is a class in the words of any reader; types are descriptors.
type Class struct {
	Super      string
	Interfaces []string
	Fields     []string // types
	Methods    []Method
	Strings    []string // string constants of its code
}

// Method is a method that a class declares.
type Method struct {
	Name  string
	Proto string   // (params)ret
	Uses  []Member // what its code names
}

// Member is a method or field that code names. Desc is (params)ret or a type.
type Member struct{ Class, Name, Desc string }

// Features returns what survives renaming of the class, sorted and each once: the
// same as Reader.Features for the class as DEX.
func (k *Class) Features() []Feature {
	var c collector
	kept := keepsMeaning(k.Super)
	interfaces := make([]sum, len(k.Interfaces))
	for i, t := range k.Interfaces {
		kept = kept || keepsMeaning(t)
		interfaces[i] = typeSum(t)
	}
	c.header(typeSum(k.Super), interfaces, kept)
	for _, t := range k.Fields {
		c.field(typeSum(t))
	}
	for _, s := range k.Strings {
		c.add(ofString, stringSum(s))
	}
	for _, m := range k.Methods {
		for _, u := range m.Uses {
			if s, ok := memberSum(u.Class, u.Name, u.Desc); ok {
				c.member(s)
			}
		}
		c.method(protoSum(m.Name, m.Proto))
	}
	return c.finish()
}

// keepsMeaning tells whether a supertype says something about a class.
func keepsMeaning(desc string) bool { return IsKept(desc) && desc != "Ljava/lang/Object;" }
