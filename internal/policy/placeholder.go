package policy

import (
	"regexp"

	"apkaudit/internal/audit"
)

// DefectPlaceholder is the kind of a template's blank that nobody filled in.
const DefectPlaceholder = "placeholder"

// placeholderPatterns are shapes that only a template has. Ordinary brackets,
// masked examples (138****0000) and notes such as [Android only] do not match.
var placeholderPatterns = []*regexp.Regexp{
	regexp.MustCompile(`[【\[][^】\]\n]{0,40}请[^】\]\n]{0,40}(?:填写|补充|替换|填入)[^】\]\n]{0,60}[】\]]`),
	regexp.MustCompile(`[【\[<]\s*(?:您的|贵|你的)?(?:公司|应用|产品|App|APP|开发者|平台|软件)(?:名称|全称|名|简称)\s*[】\]>]`),
	regexp.MustCompile(`(?i)(?:^|[^a-z0-9])((?:x{2,6}|×{2,6}|＊{2,6})(?:公司|有限公司|科技|网络|平台|软件|app|应用|产品|科技有限公司))`),
	regexp.MustCompile(`某某(?:公司|科技|平台|应用|软件|有限公司)`),
	regexp.MustCompile(`\{\{[^{}\n]{1,60}\}\}`),
	regexp.MustCompile(`\$\{[A-Za-z_. ]{1,40}\}`),
	regexp.MustCompile(`[_＿]{4,}`),
	regexp.MustCompile(`(?i)[\[<]\s*(?:insert|enter|your|fill in)\b[^\]>\n]{0,60}[\]>]`),
	regexp.MustCompile(`(?i)[\[<]\s*(?:the )?(?:company|app|application|developer|business|product|website|service|contact)(?: name| email| address| url|'s name)\s*[\]>]`),
	regexp.MustCompile(`(?i)\[\s*(?:date|company|address)\s*\]`),
	regexp.MustCompile(`(?i)lorem ipsum`),
}

// placeholders locates every blank of the document.
func (r *Reader) placeholders(d *document, pts *points) []audit.Defect {
	var out []audit.Defect
	taken := span{-1, -1}
	var all []span
	for _, p := range placeholderPatterns {
		for _, m := range p.FindAllStringSubmatchIndex(d.text, -1) {
			if len(m) == 4 { // the blank itself, without what had to stand before it
				m = m[2:]
			}
			all = append(all, d.trim(span{m[0], m[1]}))
		}
	}
	sortSpans(all)
	for _, s := range all {
		if s.start < taken.end {
			continue
		}
		taken = s
		out = append(out, audit.Defect{Kind: DefectPlaceholder, Quote: d.str(s), At: at(d, pts, s)})
	}
	return out
}
