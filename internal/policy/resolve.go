package policy

import (
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
	"apkaudit/internal/rules/pattern"
)

// resolve finds the ids of an entry: those found already, else by its name,
// by a known name inside it, by the heading over it, and "sdk?:" + the name as
// written where no signature knows it.
func (r *Reader) resolve(d *document, e *entry) []string {
	if len(e.sdks) > 0 {
		ids := make([]string, len(e.sdks))
		for i, k := range e.sdks {
			ids[i] = r.set.SDKs[k].ID
		}
		return ids
	}
	name := clean(d.str(e.name))
	group := r.named(clean(d.str(e.group)), true)
	company := r.companyOf(d, e)
	if k, entryOnly, ok := r.exactName(name); ok {
		// A name that only means something in a list, under a heading that
		// names another vendor's SDK, is not that SDK: "App 支付" under 支付宝.
		if !entryOnly || group < 0 || r.sameVendor(k, group) || company >= 0 && r.sameVendor(k, company) {
			return []string{r.set.SDKs[k].ID}
		}
	}
	if k := r.named(name, e.layout != layoutProse || !r.ownProduct(name)); k >= 0 {
		return []string{r.set.SDKs[k].ID}
	}
	if group >= 0 {
		return []string{r.set.SDKs[group].ID}
	}
	return []string{audit.PrefixUnnamed + name}
}

// ownProduct tells whether a name of running text has a word of its own beside the
// known names in it: 网易七鱼 is none of the SDKs that 网易 alone can stand for.
func (r *Reader) ownProduct(name string) bool {
	name = strings.ReplaceAll(strings.ToLower(name), "sdk", "")
	f := foldText(name)
	var rest strings.Builder
	at := 0
	for _, h := range r.aliases.find(&f) {
		rest.WriteString(name[at:h.start])
		at = h.end
	}
	rest.WriteString(name[at:])
	return r.distinctive(rest.String())
}

// exactName looks a whole name up.
func (r *Reader) exactName(name string) (sdk int, entryOnly, ok bool) {
	i, ok := r.exact[rules.FoldName(name)]
	if !ok {
		return 0, false, false
	}
	return r.sdkNames[i].sdk, r.sdkNames[i].entryOnly, true
}

// named returns the SDK of the longest known name inside a piece, or -1. Names
// outside parentheses go before names inside.
func (r *Reader) named(s string, entryNames bool) int {
	if s == "" {
		return -1
	}
	if head := beforeOwner(s); head < len(s) {
		if k := r.named(s[:head], entryNames); k >= 0 {
			return k // Leanplum (a CleverTap company)
		}
	}
	var room shortText
	f := room.fold(s)
	best, length := -1, 0
	for _, h := range room.find(r.aliases, &f) {
		n := r.sdkNames[h.value]
		if n.entryOnly && !entryNames {
			continue
		}
		if _, word := r.generic.whole(s[h.start:h.end]); word && h.end-h.start < len(s) {
			continue // 移动 is a name by itself, and a word in 青梧移动统计
		}
		weight := (h.to - h.from) * 4
		if !n.entryOnly {
			weight += 2
		}
		if !strings.ContainsAny(s[:h.start], "(（") {
			weight++
		}
		if weight > length {
			best, length = n.sdk, weight
		}
	}
	return best
}

// ownedBy is what an English name says of whom it belongs to, or was called.
var ownedBy = pattern.New(`(?i)(?: ?[(\[]|,? | [-–—] )(?:(?:an? |now (?:an? )?|formerly (?:an? )?|previously (?:an? )?)(?:[\w.&+'’-]+ ){1,4}(?:company|brand|product|service|business|subsidiary|division|unit|group company)\b|(?:now |formerly |previously )?(?:a )?(?:part|subsidiary|division|brand|member|unit) of |(?:now |wholly )?(?:owned|acquired|bought|operated) by |(?:now|formerly|previously)(?: known as)? [A-Z])`)

// beforeOwner returns where a name ends before that.
func beforeOwner(name string) int {
	if len(name) > maxFieldBytes || !ownerSigns.in(name) {
		return len(name)
	}
	if m := ownedBy.FindStringIndex(name); m != nil && m[0] > 0 {
		return m[0]
	}
	return len(name)
}

// ownerSigns are what every such text holds.
var ownerSigns = newNeedles("company", "brand", "product", "service", "business", "subsidiary", "division", "unit", "part of", "member of", " by ", "now ", "Now ", "ormerly ", "reviously ")

// companyOf returns an SDK of the vendor that the entry's company names, or -1.
func (r *Reader) companyOf(d *document, e *entry) int {
	if e.company.empty() {
		return -1
	}
	f := d.view(e.company)
	if hs := r.companies.find(&f); len(hs) > 0 {
		return int(hs[0].value)
	}
	return -1
}

// sameVendor compares two SDKs by their vendors' names.
func (r *Reader) sameVendor(a, b int) bool {
	if a == b {
		return true
	}
	x, y := r.set.SDKs[a], r.set.SDKs[b]
	if x.Vendor.ZH == y.Vendor.ZH {
		return true
	}
	for _, v := range x.VendorAliases {
		if v == y.Vendor.ZH {
			return true
		}
	}
	for _, v := range y.VendorAliases {
		if v == x.Vendor.ZH {
			return true
		}
	}
	return false
}
