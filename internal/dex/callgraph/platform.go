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
	// UserActions are the call-backs that run only after the user did something,
	// also those of interfaces of libraries. Their parameters are not looked at.
	UserActions() []Method
	// HandOffs are the calls that hand an object over to be run.
	HandOffs() []HandOff
}

// Method names a method by its class, name and parameters.
type Method struct{ Class, Name, Params string }

// HandOff is a call of which the platform later, or at once, calls methods of the
// receiver or of one argument. For Receiver the class of the call-backs is the
// static receiver of the call, else the class that each names.
type HandOff struct {
	Call     Method
	Receiver bool
	Runs     []Method
}
