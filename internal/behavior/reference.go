package behavior

import "apkaudit/internal/dex"

// Hierarchy tells what classes define that are not in an app: those of an SDK's
// archive. Class names are descriptors.
type Hierarchy interface {
	// Super is the superclass of a class, false where the archive does not
	// define the class.
	Super(class string) (string, bool)
	// Declares tells whether a defined class has the method itself.
	Declares(class, name, proto string) bool
}

// MatchReference returns the id of the behaviour that an instruction of the
// classes of h stands for, or "": class is the static receiver that it names,
// desc the prototype of a method or the type of a field, args are the constant
// arguments of a call, receiver left out, "" where unknown. A method is looked up
// as in an app: by its receiver and, where that is a class of h, by its
// superclasses, unless one below the API's class defines it itself.
func (o *Observer) MatchReference(h Hierarchy, class, name, desc string, args []string) string {
	if !o.apis.names[name] {
		return ""
	}
	found := -1
	if desc == "" || desc[0] != '(' {
		if c := o.apis.classes[class]; c != nil {
			if b, ok := c.fields[name+":"+desc]; ok {
				found = b
			}
		}
	} else if m := o.apis.inherited(h, class, name, desc); m != nil {
		found = m.decide(args)
	}
	if found < 0 {
		return ""
	}
	return o.set.Behaviours[found].ID
}

// inherited finds the listed method behind a receiver. No archive of an SDK has a chain of
// more than dex.MaxSuperDepth superclasses, which would be followed no further in an app
// either: what is beyond is no signature.
func (x *apiIndex) inherited(h Hierarchy, class, name, proto string) *apiMethod {
	for range dex.MaxSuperDepth {
		if c := x.classes[class]; c != nil {
			if m := c.match(name, proto); m != nil {
				return m
			}
		}
		super, ok := h.Super(class)
		if !ok || h.Declares(class, name, proto) {
			return nil
		}
		class = super
	}
	return nil
}

// Organisation is the part of a package name that names its owner: the
// registered domain turned round (com.umeng, cn.com.chinatelecom), or the first
// two segments where the name is no domain; one segment more below names under
// which unrelated projects publish.
func Organisation(pkg string) string { return organisation(pkg) }
