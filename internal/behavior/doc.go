// Package behavior states what an app DOES: permissions, components, embedded
// SDKs and libraries with their evidence, who owns which code, every place in the
// bytecode that reads personal data with the party that it belongs to, whether a
// path of calls leads there, and whether before the user could agree to anything;
// besides what stands in native libraries, nested DEX files and scripts.
//
// It knows nothing of policies and judges nothing. It says what the code
// contains and which ways lead there, never what was executed.
package behavior
