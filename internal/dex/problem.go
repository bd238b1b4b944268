package dex

import (
	"cmp"
	"fmt"
	"slices"
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

// Cut is a limit that was met while the file was looked at: something is unknown that a
// longer look would have told.
type Cut struct {
	Limit string // such as "max-const-objects"
	Value int
}

// cutList keeps each limit once.
type cutList struct {
	mu  sync.Mutex
	met []Cut
}

// Cuts lists the limits that were met so far, by name.
func (f *File) Cuts() []Cut {
	f.cuts.mu.Lock()
	defer f.cuts.mu.Unlock()
	out := slices.Clone(f.cuts.met)
	slices.SortFunc(out, func(a, b Cut) int { return cmp.Compare(a.Limit, b.Limit) })
	return out
}

// Cut notes a limit that was met, for those too who look at the file from without: each is
// told once, however often it is met. It is safe for concurrent use.
func (f *File) Cut(limit string, value int) {
	f.cuts.mu.Lock()
	defer f.cuts.mu.Unlock()
	if c := (Cut{limit, value}); !slices.Contains(f.cuts.met, c) {
		f.cuts.met = append(f.cuts.met, c)
	}
}

// CutLimits lists the limits on what is followed through one method that Cuts may name.
func CutLimits() []Cut {
	return []Cut{
		{"max-const-objects", maxConstObjects}, {"max-const-members", maxConstMembers}, {"max-const-texts", maxConstTexts},
		{"max-const-text-factor", constTextFactor}, {"max-const-array-factor", constArrayFactor}, {"max-flow-factor", flowFactor},
		{"max-loop-edges", maxLoopEdges}, {"max-pending-ways", maxPendingWays}, {"max-join-factor", joinFactor}, {"max-join-room", maxJoinRoom},
		{"max-path-factor", pathFactor},
	}
}
