// Package behavior states what an app DOES: permissions, components, embedded
// SDKs and libraries with their evidence, who owns which code, and every place
// in the bytecode that reads personal data, attributed to the owner of the
// calling class.
//
// It knows nothing of policies and judges nothing. It says what the code
// contains, never what was executed: whether a call is reached, and whether
// before consent, is left "unknown".
package behavior
