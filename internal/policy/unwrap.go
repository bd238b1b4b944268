package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of what unwrap looks at.
const (
	minWrapped = 12 // runes of a line that may have been wrapped
	wrapWindow = 24 // runes of the fold on either side of the line's end
)

// unwrap joins lines of a plain text between which a term goes on: texts that
// were wrapped at a column in the middle of 位置信|息, or of IP|地址. A line's end
// alone says nothing in Chinese, and cells that stand on lines of their own must
// stay apart. So both lines must be running text: the first is no short one, no
// mark ends it, one stands in it; the second goes on to a mark that is no colon;
// and the second begins with no term of its own.
func (r *Reader) unwrap(d *document) {
	if d.format != formatText {
		return
	}
	k, near := 0, 0
	for i := range d.blocks {
		if i > 0 && r.wrapped(d, &d.blocks[k-1], &d.blocks[i], &near) {
			d.blocks[k-1].end = d.blocks[i].end
			continue
		}
		if k < i {
			d.blocks[k] = d.blocks[i]
		}
		k++
	}
	clear(d.blocks[k:])
	d.blocks = d.blocks[:k]
}

// wrapped tells whether block b goes on in the middle of a term of block a.
// near is where the fold was looked at last.
func (r *Reader) wrapped(d *document, a, b *block, near *int) bool {
	if b.gap || a.kind != paragraph || b.kind != paragraph || a.end-a.start < minWrapped || !endsOpen(d.str(a.span)) ||
		!runningText(d.str(a.span), d.str(b.span)) || !beginsOpen(d.str(b.span)) {
		return false
	}
	*near = d.fold.index(b.start, *near)
	at := *near
	from, to := at, at
	for from > 0 && at-from < wrapWindow && int(d.fold.pos[from-1]) >= a.start {
		from--
	}
	for to < len(d.fold.pos) && to-at < wrapWindow && int(d.fold.pos[to]) < b.end {
		to++
	}
	f := d.fold.part(from, to)
	if at >= to {
		return false
	}
	if _, n := r.data.longest(&f, at-from); n > 0 {
		return false
	}
	d.pool.hits = room(d.pool.hits)
	hits := r.data.findInto(d.pool.hits[len(d.pool.hits):], &f)
	spans := slices.ContainsFunc(hits, func(h hit) bool {
		t := r.terms[h.value]
		return h.from < at-from && at-from < h.to && h.to-h.from >= minStrayed && (t.data != "" || t.permission != "")
	})
	if !spans {
		return false
	}
	key, _ := r.keyValue(d.str(a.span))
	return key != fieldName // the name of an SDK ends with its line
}

// endsOpen tells whether the last character of a line leaves its word open.
func endsOpen(line string) bool {
	c := line[len(line)-1]
	if c < utf8.RuneSelf {
		return isWord(rune(c | 0x20))
	}
	r, _ := utf8.DecodeLastRuneInString(line)
	return isHan(r)
}

// beginsOpen tells whether the first character of a line may go on with a word.
func beginsOpen(line string) bool {
	if c := line[0]; c < utf8.RuneSelf {
		return isWord(rune(c|0x20)) && numberAt(line).style == ""
	}
	r, _ := utf8.DecodeRuneInString(line)
	return isHan(r) && numberAt(line).style == ""
}

// runningText tells whether two lines look like one text that was wrapped.
func runningText(a, b string) bool {
	last := a[strings.LastIndexByte(a, '\n')+1:]
	if runeCount(last) < minWrapped || !hasMark(a, ",，、;；。") {
		return false
	}
	mark := strings.IndexAny(b, ",，、;；。)）】」”:：")
	return mark >= 0 && b[mark] != ':' && !strings.HasPrefix(b[mark:], "：")
}
