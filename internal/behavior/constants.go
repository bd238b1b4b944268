package behavior

import (
	"cmp"
	"slices"
	"strings"

	"apkaudit/internal/rules"
)

// constantSet finds the behaviour that a string of one kind stands for. A search
// costs a few map lookups, however many constants there are.
type constantSet struct {
	whole   map[string]int // what must be equal, or begin the text up to a boundary
	begins  map[string]int // files only: what any text may continue
	lengths []int          // of the keys of begins, longest first
	longest int            // bytes of the longest key of whole
	words   int            // of the longest command
}

// constantSets are the constants of a set of rules by kind.
type constantSets map[string]*constantSet

func newConstantSets(set *rules.Set) constantSets {
	all := constantSets{}
	for i := range set.Behaviours {
		for _, l := range set.Behaviours[i].Constants.Lists() {
			for _, text := range l.Text {
				all.kind(l.Kind).add(text, l.Kind, i)
			}
		}
	}
	for _, c := range all {
		slices.SortFunc(c.lengths, func(a, b int) int { return cmp.Compare(b, a) })
		c.lengths = slices.Compact(c.lengths)
	}
	return all
}

// kind returns the constants of a kind, made if need be.
func (all constantSets) kind(kind string) *constantSet {
	c := all[kind]
	if c == nil {
		c = &constantSet{whole: map[string]int{}, begins: map[string]int{}}
		all[kind] = c
	}
	return c
}

func (c *constantSet) add(text, kind string, behaviour int) {
	if stem, ok := strings.CutSuffix(text, "*"); ok && kind == rules.ConstantFile {
		c.begins[stem] = behaviour
		c.lengths = append(c.lengths, len(stem))
		return
	}
	c.whole[text] = behaviour
	c.longest = max(c.longest, len(text))
	c.words = max(c.words, strings.Count(text, " ")+1)
}

// find returns the behaviour of the longest constant of a kind that fits text, -1
// where there is none.
func (all constantSets) find(kind, text string) int {
	c := all[kind]
	if text == "" || (c == nil && kind != rules.ConstantCommand) {
		return -1
	}
	switch kind {
	case rules.ConstantFile:
		return c.file(text)
	case rules.ConstantURI:
		return c.uri(text)
	case rules.ConstantCommand:
		for _, words := range rules.Commands(text) {
			if b := all.command(words); b >= 0 {
				return b
			}
		}
		return -1
	}
	if b, ok := c.whole[text]; ok {
		return b
	}
	return -1
}

func (c *constantSet) file(path string) int {
	if b, ok := c.whole[path]; ok {
		return b
	}
	for _, n := range c.lengths {
		if n <= len(path) {
			if b, ok := c.begins[path[:n]]; ok {
				return b
			}
		}
	}
	return -1
}

// uri tries the whole address, then what stands before each / and ? of it, the
// longest first; nothing longer than the longest constant needs trying.
func (c *constantSet) uri(address string) int {
	if len(address) <= c.longest {
		if b, ok := c.whole[address]; ok {
			return b
		}
	}
	for end := min(len(address)-1, c.longest); end > 0; end-- {
		if address[end] == '/' || address[end] == '?' {
			if b, ok := c.whole[address[:end]]; ok {
				return b
			}
		}
	}
	return -1
}

// command finds what the first words of a command stand for: what it reads, or
// the longest command that is listed.
func (all constantSets) command(words []string) int {
	if kind, text := rules.CommandReads(words); kind != "" {
		if b := all.find(kind, text); b >= 0 {
			return b
		}
	}
	c := all[rules.ConstantCommand]
	if c == nil {
		return -1
	}
	for n := min(len(words), c.words); n > 0; n-- {
		if b, ok := c.whole[strings.Join(words[:n], " ")]; ok {
			return b
		}
	}
	return -1
}

// MatchConstant returns the id of the behaviour that a string of a kind (one of
// rules' Constant kinds) stands for wherever a consumer gets it, or "". It is for
// strings found outside of calls: in native libraries and scripts.
func (o *Observer) MatchConstant(kind, text string) string {
	if b := o.apis.constants.find(kind, text); b >= 0 {
		return o.set.Behaviours[b].ID
	}
	return ""
}
