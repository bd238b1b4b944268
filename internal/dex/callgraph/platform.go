package callgraph

// Platform tells what the classes are like that no DEX file defines. Classes are
// descriptors such as "Landroid/app/Activity;", parameters descriptors without
// parentheses such as "ILjava/lang/String;". It must be safe for concurrent use.
type Platform interface {
	// Super is the superclass of a class, "" where it is not known.
	Super(class string) string
	// Interfaces are the direct interfaces of a class.
	Interfaces(class string) []string
	// Callback tells whether a class or interface itself declares a method that the
	// platform may call on an object of a subclass.
	Callback(class, name, params string) bool
	// CallbackName tells whether any such method has a name.
	CallbackName(name string) bool
	// UserActions are the call-backs that run only after the user did something,
	// also those of interfaces of libraries. Their parameters are not looked at.
	UserActions() []Method
	// HandOffs are the calls that hand an object over to be run.
	HandOffs() []HandOff
	// Runs tells whether what runs of a handed object covers a method of it with a name
	// and parameters.
	Runs(r Run, name, params string) bool
}

// Method names a method of a class.
type Method struct{ Class, Name string }

// HandOff is a call, all overloads of it, of which the platform later, or at once,
// calls methods of the receiver or of an argument.
type HandOff struct {
	Class, Name string
	Type        string // of the parameter whose argument is run; "" where it is the receiver
	Runs        []Run
}

// Run names what runs of an object that is handed over: a call-back of a class or
// interface, or all ("*").
type Run struct{ Class, Name string }
