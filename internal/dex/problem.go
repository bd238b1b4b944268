package dex

import (
	"fmt"
	"sync"
)

// Problem is one deviation from the format: something that was skipped or that
// Android would refuse.
type Problem struct {
	File  string // name given to Parse, such as "classes2.dex"
	Place string // such as "method 0x1f3", "string 0x20", "header"
	What  string
}

func (p Problem) String() string { return p.File + ": " + p.Place + ": " + p.What }

// problemList keeps the first MaxProblems problems and counts all of them.
type problemList struct {
	mu    sync.Mutex
	kept  []Problem
	total int
}

// add takes a format and its arguments, so that a file with a million damaged
// items costs a million counts and only MaxProblems texts.
func (l *problemList) add(file, place, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total++
	if len(l.kept) < MaxProblems {
		l.kept = append(l.kept, Problem{File: file, Place: place, What: fmt.Sprintf(format, args...)})
	}
}

// Problems returns a copy of the problems found so far, at most MaxProblems:
// those of the tables after Parse, those of code after WalkCode. Order is that of
// discovery.
func (f *File) Problems() []Problem {
	f.problems.mu.Lock()
	defer f.problems.mu.Unlock()
	return append([]Problem(nil), f.problems.kept...)
}

// ProblemCount is the number of problems found so far, kept or not.
func (f *File) ProblemCount() int {
	f.problems.mu.Lock()
	defer f.problems.mu.Unlock()
	return f.problems.total
}

func (f *File) problem(place, format string, args ...any) {
	f.problems.add(f.name, place, format, args...)
}
