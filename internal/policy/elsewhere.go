package policy

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// A policy may keep its list of SDKs in another document and only name it:
// 《第三方SDK目录》. What stands there was not read unless that document was given
// too.

// reference is a list that a policy says stands elsewhere.
type reference struct {
	title string // as written, without brackets
	link  string // its address, "" where the text gives none
	file  string
	line  int
}

// Bounds of references.
const (
	maxReferences   = 8  // noted of one document
	maxTitleRunes   = 40 // of a document's title
	maxHeadingExtra = 8  // runes that a heading may have besides the title: 附件一：
	minLinkRunes    = 4  // of a link's text that may be a title
)

// referencesIn finds the lists that document d says stand elsewhere: titles in
// 《》, and the texts of links.
func (r *Reader) referencesIn(d *document, file string) []reference {
	var out []reference
	note := func(s span) {
		title := strings.Trim(d.str(s), "《》 \n")
		if len(out) == maxReferences || !r.namesList(d, s) || slices.ContainsFunc(out, func(o reference) bool { return o.title == title }) {
			return
		}
		out = append(out, reference{title, d.addressNear(s), file, d.line(s.start)})
	}
	for from := 0; ; {
		i := strings.Index(d.text[from:], "《")
		if i < 0 {
			break
		}
		start := from + i
		from = start + len("《")
		n := strings.Index(clip(d.text[from:], 4*maxTitleRunes), "》")
		if n >= 0 {
			from += n + len("》")
			note(span{start, from})
		}
	}
	for _, l := range d.links {
		if n := utf8.RuneCountInString(d.str(l.span)); n >= minLinkRunes && n <= maxTitleRunes && strings.HasPrefix(l.href, "http") {
			note(l.span)
		}
	}
	return out
}

// namesList tells whether a title is that of a list of SDKs or of the third
// parties that get data.
func (r *Reader) namesList(d *document, s span) bool {
	f := d.view(s)
	return r.listSubjects.has(&f) && r.listNouns.has(&f)
}

// addressNear returns the address behind a title: that of its link, or one that
// stands right behind it.
func (d *document) addressNear(s span) string {
	i, _ := slices.BinarySearchFunc(d.links, s.start, func(l linkMark, at int) int { return l.end - at })
	for ; i < len(d.links) && d.links[i].start < s.end; i++ {
		if strings.HasPrefix(d.links[i].href, "http") {
			return d.links[i].href
		}
	}
	behind := clip(d.text[s.end:], 160)
	if i := strings.IndexAny(behind, "。\n"); i >= 0 {
		behind = behind[:i]
	}
	return findURL(behind)
}

// notGiven makes a gap of every reference whose document is not among the
// sources.
func notGiven(refs []reference, sources []audit.PolicySource) []audit.Gap {
	var out []audit.Gap
	seen := map[string]bool{}
	for _, ref := range refs {
		if seen[ref.title] {
			continue
		}
		seen[ref.title] = true
		if slices.ContainsFunc(sources, func(s audit.PolicySource) bool { return holds(s.Text, ref.title) }) {
			continue
		}
		what := fmt.Sprintf("%s:%d refers to %q", ref.file, ref.line, ref.title)
		if ref.link != "" {
			what += " (" + ref.link + ")"
		}
		out = append(out, audit.Gap{Kind: audit.GapNotGiven, What: what + ", which was not given; give it with the policy", Weakens: audit.Text{
			ZH: "政策所引用的清单未提供：只写在其中的 SDK 和信息会被当作未披露，相关结论可能偏严。",
			EN: "A list that the policy refers to was not given: SDKs and data that stand only there count as undisclosed, so answers may be too strict.",
		}})
	}
	return out
}

// holds tells whether a text has a line that is that title, perhaps with a
// number or 附件 before it: the list itself, not a mention of it.
func holds(text, title string) bool {
	most := utf8.RuneCountInString(title) + maxHeadingExtra
	for from := 0; ; {
		i := strings.Index(text[from:], title)
		if i < 0 {
			return false
		}
		at := from + i
		from = at + len(title)
		start := strings.LastIndexByte(text[:at], '\n') + 1
		line := text[start:]
		if n := strings.IndexByte(line, '\n'); n >= 0 {
			line = line[:n]
		}
		if at-start <= 4*maxHeadingExtra && len(line) <= 4*most && utf8.RuneCountInString(strings.TrimSpace(line)) <= most && !strings.ContainsAny(line, "《。") && !asksToLook(line) {
			return true
		}
	}
}

func asksToLook(line string) bool {
	for _, w := range []string{"查看", "点击", "参见", "详见", "请见"} {
		if strings.Contains(line, w) {
			return true
		}
	}
	return false
}
