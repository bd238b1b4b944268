// Package check finds where what an app DOES and what its policy SAYS differ.
// Its input is the facts of a report and the rules; its output is findings with
// evidence of both sides and the state of every check.
//
// It sees no bytes, opens no files and reads no policy text except through the
// claims and positions that package policy made of it. The same facts give the
// same findings, whether they come from a scan or from a saved report.
package check
