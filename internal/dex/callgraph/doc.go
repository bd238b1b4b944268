// Package callgraph answers which methods of an app call which, over all its DEX
// files, and which are reached from given ones.
//
// A call of a virtual method leads to what the receivers that are created in
// reached code make of it (rapid type analysis): a class that is never created
// receives nothing. Objects that are handed to the platform, such as a Runnable
// given to Handler.post, are followed into the methods that the platform calls on
// them. What the platform's own classes look like is told by a Platform. Where the
// parties of the code are known, what one of them runs must have come to it, see
// Graph.Parties.
//
// The package knows the format and the language, not privacy: which methods are
// entry points, and what counts as asking the user, its caller decides.
//
// The work is linear in the code and bounded by named limits; everything is kept
// in arrays of 32-bit numbers, since an app has up to a million methods.
package callgraph
