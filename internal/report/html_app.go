package report

import (
	"cmp"
	"slices"

	"apkaudit/internal/audit"
)

type htmlRequest struct {
	Name       audit.Text
	ID         string
	Protection audit.Text
	Dangerous  bool
	UsedBy     audit.Text
	Used       htmlAnswer // whether calls need it
	Stated     htmlStated
}

// htmlStated is what the policy says of an SDK or a permission: whether it names it,
// and a link to where.
type htmlStated struct {
	Class string // yes no or none
	Label audit.Text
	Link  string
	Place audit.Text
}

type htmlSDK struct {
	Name, Vendor audit.Text
	ID, Version  string
	Confidence   audit.Text
	Stated       htmlStated
	Classes      int
	Possible     bool // something hints at it, its code was not seen
	Evidence     []htmlEvidence
	LeftEvidence int
	Tally        []htmlVerdict // of what its code reads
	Findings     []htmlRef
}

// htmlEvidence is one thing that an SDK was recognised by.
type htmlEvidence struct {
	Kind  audit.Text
	Value string
	Count int
}

// How much of the evidence for an SDK a page shows, and how many links to findings.
const (
	htmlEvidences = 30
	htmlRefs      = 6
)

type htmlUnowned struct {
	Prefix  string
	Classes int
	Touches audit.Text
	Samples []string
}

// appTables fills in what the app contains.
func (h *htmlReport) appTables(ps *places, c *comparison, lang string, room *htmlRoom) {
	d := ps.duo
	h.inventory(d, room)
	b := &d.zh.r.Behavior
	rank := func(p audit.Permission) int { return slices.Index([]string{"dangerous"}, p.Protection) }
	requests := slices.Clone(b.Permissions)
	slices.SortStableFunc(requests, func(a, b audit.Permission) int { return cmp.Compare(rank(b), rank(a)) })
	stated := ps.statedPermissions(lang)
	h.Requests = fewer(&room.rows, requests, func(x audit.Permission) htmlRequest {
		return htmlRequest{Name: d.permissions([]string{x.Name}), ID: clip(clean(x.Name), 120), Protection: d.value("protection", x.Protection), Dangerous: x.Protection == "dangerous",
			UsedBy: d.users(x.UsedBy), Used: d.permissionUsed(x), Stated: ps.stated(stated, x.Name)}
	})
	h.Missing = fewer(&room.rows, b.Unrequested, func(n audit.PermissionNeed) htmlRequest {
		return htmlRequest{Name: d.permissions([]string{n.Name}), ID: clip(clean(n.Name), 120), UsedBy: d.users(n.UsedBy), Stated: ps.stated(stated, n.Name)}
	})
	h.sdkTable(ps, c, room)
	h.Libraries = fewer(&room.rows, b.Libraries, d.sdk)
	h.unowned(d, room)
}

// sdkTable lists the embedded SDKs, those that the policy does not name first.
func (h *htmlReport) sdkTable(ps *places, c *comparison, room *htmlRoom) {
	r := ps.zh.r
	stated := ps.statedParties()
	sdks := slices.Clone(r.Behavior.SDKs)
	known := func(s audit.SDK) int {
		if _, ok := stated[audit.PrefixSDK+s.ID]; ok {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(sdks, func(a, b audit.SDK) int {
		return cmp.Or(cmp.Compare(known(a), known(b)), cmp.Compare(b.Classes, a.Classes), cmp.Compare(a.ID, b.ID))
	})
	for _, s := range sdks {
		h.Unnamed += 1 - known(s)
	}
	pairs := map[string][]*comparedPair{}
	for _, p := range c.parties {
		pairs[p.id] = p.pairs
	}
	findings := map[string][]int{}
	for _, g := range h.Groups {
		for _, f := range g.Findings {
			findings[f.party] = append(findings[f.party], f.N)
		}
	}
	h.SDKs = fewer(&room.rows, sdks, func(s audit.SDK) htmlSDK {
		x, party := ps.sdk(s), audit.PrefixSDK+s.ID
		x.Stated = ps.stated(stated, party)
		x.Tally = ps.tally(pairs[party])
		x.Findings = ps.findingRefs(findings[party][:min(len(findings[party]), htmlRefs)])
		return x
	})
}

// statedParties says where the policies name an SDK: in its entry, or else in the
// first statement about it.
func (ps *places) statedParties() map[string]htmlStated {
	out := map[string]htmlStated{}
	add := func(party, link string, at audit.At) {
		if _, ok := out[party]; !ok {
			out[party] = htmlStated{Class: audit.Yes, Label: ps.say("sdk.disclosed"), Link: link, Place: ps.where(at)}
		}
	}
	for i, s := range ps.zh.r.Policy.SDKs {
		link := ps.link(s.At)
		if i < ps.entriesShown {
			link = "#" + ps.id + "e" + itoa(i+1)
		}
		add(s.Party(), link, s.At)
	}
	for _, c := range ps.zh.r.Policy.Claims {
		add(c.Party, ps.link(c.At), c.At)
	}
	return out
}

// statedPermissions says where the policies name a permission.
func (ps *places) statedPermissions(lang string) map[string]htmlStated {
	out := map[string]htmlStated{}
	r := ps.zh.r
	for _, t := range permissionTopics(&r.Policy, r.Names.Permission, lang, slicer(r.Policy.Sources, 2*htmlQuoteCols)) {
		if _, ok := out[t.permission]; !ok && t.polarity != audit.Denies {
			at := t.said[t.best].at
			out[t.permission] = htmlStated{Class: audit.Yes, Label: ps.say("sdk.disclosed"), Link: ps.link(at), Place: ps.where(at)}
		}
	}
	return out
}

// stated looks up what the policy says of id.
func (ps *places) stated(all map[string]htmlStated, id string) htmlStated {
	if s, ok := all[id]; ok {
		return s
	}
	if !ps.zh.policy {
		return htmlStated{Class: verdictNone, Label: ps.say("sdk.nopolicy")}
	}
	return htmlStated{Class: audit.No, Label: ps.say("sdk.undisclosed")}
}

// permissionUsed says whether calls need a permission.
func (d duo) permissionUsed(x audit.Permission) htmlAnswer {
	switch permissionState(x) {
	case audit.Yes:
		return htmlAnswer{audit.Yes, d.say("perm.used")}
	case audit.No:
		return htmlAnswer{audit.No, d.say("perm.unused")}
	}
	return htmlAnswer{audit.Unknown, d.say("perm.unknown")}
}

// sdk is the row of an SDK or library, without what the policy says of it.
func (d duo) sdk(s audit.SDK) htmlSDK {
	x := htmlSDK{Name: d.flow(s.Name), Vendor: d.flow(s.Vendor), ID: clip(clean(s.ID), 60), Version: clip(clean(s.Version), 40),
		Confidence: d.both(func(p *printer) string { return p.presence(s) }), Classes: s.Classes, Possible: s.Confidence == "possible"}
	n := min(len(s.Evidence), htmlEvidences)
	for _, e := range s.Evidence[:n] {
		x.Evidence = append(x.Evidence, htmlEvidence{d.value("evidence", e.Kind), clipMiddle(clean(e.Value), 120), e.Count})
	}
	x.LeftEvidence = len(s.Evidence) - n
	return x
}

// unowned lists the code that no signature knows; what is too small or shortened
// to be named is summed up.
func (h *htmlReport) unowned(d duo, room *htmlRoom) {
	large, rest := splitUnowned(d.zh.r.Behavior.Unowned)
	h.Unowned = fewer(&room.rows, large, func(u audit.Unowned) htmlUnowned {
		x := htmlUnowned{Prefix: clipMiddle(clean(u.Prefix), 120), Classes: u.Classes, Touches: d.both(func(p *printer) string { return p.touches(u, htmlTouched) })}
		for _, s := range u.Samples[:min(len(u.Samples), noteParties)] {
			x.Samples = append(x.Samples, clipMiddle(clean(s), 120))
		}
		return x
	})
	h.Unowned.All = len(large) + len(rest)
	h.SmallUnowned = d.both(func(p *printer) string { return p.leftUnowned(rest) })
	if prefix := namePrefix(large); prefix != "" {
		h.UnownedHint = d.say("unowned.hint", "prefix", prefix)
	}
}

// htmlTouched is how many names of data or permissions a row of code without owner
// shows.
const htmlTouched = 12
