// Package batch audits many targets, some of them hostile: it finds them, hands
// each to a worker process of the same program, watches time and memory, and
// stores every report as soon as it is there. The same run started again does only
// what is left.
//
// A worker that crashes, hangs or grows beyond its memory costs that one target,
// which gets a report that says so. The package prints nothing: it tells what
// happens through Events. It does not summarise reports; that is package across.
package batch
