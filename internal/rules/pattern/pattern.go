// Package pattern holds regular expressions that are compiled when they are first used.
// Those of a policy reader take longer to compile than most commands run, and most
// commands read no policy. It knows no rules and no texts.
package pattern

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression in the syntax of package regexp. It is safe for
// concurrent use.
type Pattern struct {
	re func() *regexp.Regexp
}

// New is regexp.MustCompile, which is called at the first use.
func New(expr string) *Pattern {
	return &Pattern{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
}

// MatchString is that of regexp.Regexp, as are the methods below.
func (p *Pattern) MatchString(s string) bool { return p.re().MatchString(s) }

func (p *Pattern) Match(b []byte) bool { return p.re().Match(b) }

func (p *Pattern) FindString(s string) string { return p.re().FindString(s) }

func (p *Pattern) FindStringIndex(s string) []int { return p.re().FindStringIndex(s) }

func (p *Pattern) FindStringSubmatch(s string) []string { return p.re().FindStringSubmatch(s) }

func (p *Pattern) FindStringSubmatchIndex(s string) []int { return p.re().FindStringSubmatchIndex(s) }

func (p *Pattern) FindAllStringIndex(s string, n int) [][]int { return p.re().FindAllStringIndex(s, n) }

func (p *Pattern) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return p.re().FindAllStringSubmatchIndex(s, n)
}

func (p *Pattern) ReplaceAllString(s, with string) string { return p.re().ReplaceAllString(s, with) }

func (p *Pattern) FindSubmatch(b []byte) [][]byte { return p.re().FindSubmatch(b) }

func (p *Pattern) FindAllString(s string, n int) []string { return p.re().FindAllString(s, n) }

func (p *Pattern) FindAllStringSubmatch(s string, n int) [][]string {
	return p.re().FindAllStringSubmatch(s, n)
}
