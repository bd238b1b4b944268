package policy

import (
	"slices"
	"strings"
)

// keyed tells whether a sentence or line is a field of the SDK named before: it
// begins with the key of one (使用目的：…, 官网链接：…), or with such a noun and 是 or
// 为 (使用到的权限是…). It need not name data; where it names a company, it is about
// that one.
func (p *proseReader) keyed(text string) (key string, ok bool) {
	head := text[:min(len(text), maxFieldBytes)]
	key, _ = splitKey(head)
	f, _ := p.r.keyByWords(head)
	for _, be := range []string{"是", "为"} {
		if f != fieldNone {
			break
		}
		if noun, _, is := strings.Cut(head[numberAt(head).bytes:], be); is {
			key, f = noun, p.r.fieldByWords(noun)
		}
	}
	if f != fieldLink && f != fieldWebsite && findURL(text) != "" {
		return key, false // an address ends what is said of an SDK
	}
	return key, f != fieldNone && (f == fieldCompany || !namesCompany(text))
}

// field tells whether a sentence is a field of the SDK named before.
func (p *proseReader) field(st *statement) bool {
	_, ok := p.keyed(p.d.str(st.span))
	return ok
}

// fieldOfAbove tells whether block i is a field of what the block before speaks
// of: a key: value line directly below the sentence that names the SDK.
func (p *proseReader) fieldOfAbove(i int) bool {
	if len(p.speech.about) == 0 || i != p.speech.last+1 {
		return false
	}
	_, ok := p.keyed(p.d.str(p.d.blocks[i].span))
	return ok
}

// another tells whether a sentence that goes on about no SDK by name is about
// another than the last: its key stood in a sentence before already.
func (p *proseReader) another(st *statement) bool {
	s := &p.speech
	if len(s.about) == 0 {
		return false
	}
	key, ok := p.keyed(p.d.str(st.span))
	if !ok {
		return false
	}
	again := slices.Contains(s.keys, key)
	s.keys = append(s.keys, key)
	return again
}

// ownerBelow tells whether a block below the title of an SDK only says whose it is:
// 服务提供商：友盟.
func (p *proseReader) ownerBelow(b *block) bool {
	if !p.speech.below || b.end-b.start > maxFieldBytes {
		return false
	}
	f, value := p.r.keyByWords(p.d.str(b.span))
	return f == fieldCompany && value > 0
}

// keyOfList tells whether a sentence is the key for data whose value is the list
// below it, of what the SDKs before get: 数据类型：.
func (p *proseReader) keyOfList(st *statement) bool {
	s := &p.speech
	text := p.d.str(st.span)
	if len(s.about) == 0 && len(s.title) == 0 || len(st.mentions) > 0 || len(text) > maxFieldBytes {
		return false
	}
	f, value := p.r.keyByWords(text)
	return f == fieldData && strings.TrimSpace(text[value:]) == ""
}

// announcesData tells whether what the SDKs of a sentence get follows below it: it
// ends with a colon, or speaks of the following information.
func announcesData(d *document, st *statement) bool {
	last := strings.TrimRight(d.str(st.span), " ")
	return strings.HasSuffix(last, ":") || strings.HasSuffix(last, "：") || st.lang == "zh" && st.has(roleListIntro) && len(st.mentions) == 0
}

// dataLine tells whether a block is a line of a list of data: it begins with a
// datum and says of nobody that they do anything.
func (p *proseReader) dataLine(b *block) bool {
	sts := p.r.blockStatements(p.d, b)
	if b.end-b.start > maxDataLine || len(sts) != 1 || len(sts[0].mentions) == 0 {
		return false
	}
	st := &sts[0]
	return st.mentions[0].data != "" && st.mentions[0].start == b.start+numberAt(p.d.str(b.span)).bytes &&
		!st.has(roleCollect, roleSend, roleProvide, roleNegation, roleFirst, roleThird, roleSDKWord)
}

// maxDataLine bounds a line of a list of data, in bytes.
const maxDataLine = 400

// afterAsides is the place behind the parentheses that follow a name, which
// explain it: 友盟（…）（开发者：…）.
func afterAsides(d *document, at, end int) int {
	for range maxAsides {
		list := parenthesisAt(d, at, min(end, at+maxCompanyReach))
		if list.empty() {
			break
		}
		at = min(list.end+closeWidth(d, list.end, end), end)
	}
	return at
}

// maxAsides bounds the parentheses behind one name.
const maxAsides = 3

// afterName is the place behind a name that begins a line, its parentheses and
// further names of the same SDK: com.qq.e.comm(…)、com.qq.e.ads(…).
func afterName(d *document, hits []proseHit, end int) int {
	at := afterAsides(d, hits[0].at.end, end)
	for _, h := range hits[1:] {
		if h.at.start < at {
			continue // in the parenthesis
		}
		if !sameHit(d, hits[0], h) || strings.Trim(d.text[at:h.at.start], " 、,，/") != "" {
			break
		}
		at = afterAsides(d, h.at.end, end)
	}
	return at
}

// withoutQualifiers drops the names that only say whose the SDK is that follows
// at once: 友盟+ U-Share SDK is one.
func (r *Reader) withoutQualifiers(d *document, hits []proseHit) []proseHit {
	out := hits[:0]
	for i, h := range hits {
		if i+1 < len(hits) && h.sdk >= 0 && !h.sdkWord {
			n := hits[i+1]
			if n.sdk >= 0 && n.sdk != h.sdk && n.sdkWord && n.at.start >= h.at.end && strings.Trim(d.text[h.at.end:n.at.start], " ") == "" && r.sameVendor(h.sdk, n.sdk) {
				continue
			}
		}
		out = append(out, h)
	}
	return slices.Clip(out)
}
