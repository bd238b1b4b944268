package prove

import (
	"context"
	"slices"
	"strings"

	"apkaudit/internal/policy"
)

// topics proves what each kind of statement must recognise and what not.
func (p *prover) topics(ctx context.Context) {
	for _, t := range p.set.Topics {
		if len(t.Says) == 0 {
			p.missing("topic", t.ID, "says")
		}
		if len(t.Silent) == 0 {
			p.missing("topic", t.ID, "silent")
		}
		for _, s := range t.Says {
			p.res.Examples["topic"]++
			if got := p.topicsOf(ctx, s); !slices.Contains(got, t.ID) {
				p.fail("topic", t.ID, s, "the text should state it, but states %v", got)
			}
		}
		for _, s := range t.Silent {
			p.res.Examples["topic"]++
			if slices.Contains(p.topicsOf(ctx, s), t.ID) {
				p.fail("topic", t.ID, s, "the text should not state it")
			}
		}
	}
}

// topicsOf returns the topics that a text states.
func (p *prover) topicsOf(ctx context.Context, text string) []string {
	name := "example.txt"
	if strings.HasPrefix(text, "<") {
		name = "example.html"
	}
	read, _, err := p.reader.Read(ctx, []policy.Input{{Name: name, Data: []byte(text)}})
	if err != nil {
		return nil
	}
	var out []string
	for _, t := range read.Topics {
		out = append(out, t.Topic)
	}
	return out
}
