package check

import (
	"maps"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// How the observation of a network security configuration tells its rules: the name
// of the element, "true" or "false", and the hosts that it is for, "*." before those
// with all below them.
const (
	configBase   = "base-config "
	configDomain = "domain-config "
	configYes    = "true"
)

// noCleartextFrom is the target API level from which a network security configuration
// that says nothing of it forbids cleartext.
const noCleartextFrom = 28

// cleartextRules say for which hosts an app lets cleartext through.
type cleartextRules struct {
	all     bool            // hosts of no listed domain
	domains map[string]bool // by domain, with all below it
	hosts   map[string]bool // by host alone
}

// cleartextRules reads the rules of the manifest and of its network security
// configuration, which counts alone where it is there.
func (f *facts) cleartextRules() cleartextRules {
	r := cleartextRules{all: f.r.App.Flags.Cleartext, domains: map[string]bool{}, hosts: map[string]bool{}}
	configs := f.observations([]string{audit.ObservedCleartextConfig})
	if len(configs) > 0 {
		r.all = f.r.App.TargetSDK < noCleartextFrom
	}
	for _, o := range configs {
		if _, rest, ok := strings.Cut(o.What, configBase); ok {
			r.all = strings.HasPrefix(rest, configYes)
		} else if _, rest, ok := strings.Cut(o.What, configDomain); ok {
			yes, names, _ := strings.Cut(rest, ": ")
			for _, name := range strings.Split(names, ", ") {
				if domain, ok := strings.CutPrefix(name, "*."); ok {
					r.domains[domain] = yes == configYes
				} else {
					r.hosts[name] = yes == configYes
				}
			}
		}
	}
	return r
}

// permit tells whether an address may be asked for in cleartext.
func (r cleartextRules) permit(address string) bool {
	host := hostOf(address)
	if yes, ok := r.hosts[host]; ok {
		return yes
	}
	if yes, ok := below(r.domains, host); ok {
		return yes
	}
	return r.all
}

// any tells whether some host may be asked for in cleartext.
func (r cleartextRules) any() bool {
	return r.all || slices.Contains(slices.Collect(maps.Values(r.domains)), true) || slices.Contains(slices.Collect(maps.Values(r.hosts)), true)
}

// hostOf is the host of an address.
func hostOf(address string) string {
	_, host, _ := strings.Cut(address, "://")
	return host[:len(host)-len(strings.TrimLeft(host, hostLetters))]
}

const hostLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"

// cleartext: the manifest or its network security configuration lets cleartext
// through, and code holds addresses for which it does. One finding per party.
func (f *facts) cleartext(c *rules.Check) []audit.Finding {
	may := f.cleartextRules()
	if !f.looked() {
		f.notLookedFor(c)
		return nil
	}
	if !may.any() {
		f.cleanManifest(c, audit.Text{ZH: "清单文件或网络安全配置不允许明文传输。", EN: "The manifest, or its network security configuration, does not permit cleartext."})
		return nil
	}
	urls := map[string][]audit.Observation{}
	var parties []string
	for _, o := range f.observations([]string{audit.ObservedCleartextURL}) {
		if !may.permit(o.What) || !f.judged(c, o.Party) || slices.Contains(c.Ask.NotHosts, hostOf(o.What)) {
			continue
		}
		if !slices.Contains(parties, o.Party) {
			parties = append(parties, o.Party)
		}
		urls[o.Party] = append(urls[o.Party], o)
	}
	slices.Sort(parties)
	var out []audit.Finding
	for _, party := range parties {
		var uses []*audit.Use
		for i := range urls[party] {
			if o := &urls[party][i]; o.Example.Caller != "" {
				uses = append(uses, f.observedUse(o))
			}
		}
		x := f.findingOn(c, audit.VerdictViolated, f.partyProps(party), uses, nil, map[string]audit.Text{"party": f.set.PartyName(party), "seen": listedIDs(whats(urls[party]))})
		x.Party = party
		out = append(out, x)
	}
	switch {
	case len(out) > 0:
	case f.cut(audit.ObservedCleartextURL):
		f.answer(c, audit.StateUndecidable, audit.Text{ZH: "允许明文传输；列出的 http:// 地址都是网页链接，但同类地址超过了列出的数量，其余未列出。",
			EN: "Cleartext is permitted. The http:// addresses that are listed are links to pages, but there are more than are listed."})
	default:
		f.cleanCode(c, audit.Text{ZH: "允许明文传输，但代码中没有发现这样的 http:// 地址。", EN: "Cleartext is permitted, but no such http:// address was found in the code."})
	}
	return out
}

// cut tells whether some party has as many observations of a kind as are kept, so that
// there may be more.
func (f *facts) cut(kind string) bool {
	n := map[string]int{}
	for _, o := range f.observations([]string{kind}) {
		if n[o.Party]++; n[o.Party] >= audit.MaxObserved {
			return true
		}
	}
	return false
}

// vendorDomain is a domain of a known SDK's vendor.
type vendorDomain struct{ sdk, country string }

// vendorDomains are the domains of SDKs whose vendor's seat is known. A domain that
// vendors of two countries share says nothing.
func (f *facts) vendorDomains() map[string]vendorDomain {
	out := map[string]vendorDomain{}
	for i := range f.set.SDKs {
		k := &f.set.SDKs[i]
		for _, d := range k.Domains {
			old, known := out[d]
			switch {
			case !known:
				out[d] = vendorDomain{k.ID, k.Country}
			case old.country != k.Country:
				out[d] = vendorDomain{}
			}
		}
	}
	return out
}

// foreignHosts: code names hosts below a domain of a vendor that is seated outside of
// ask.home. A host of nobody known is not placed: its address tells no country. One
// finding per party of the code.
func (f *facts) foreignHosts(c *rules.Check) []audit.Finding {
	domains := f.vendorDomains()
	found := map[string][]audit.Text{}
	var parties []string
	unplaced := 0
	for _, h := range f.r.Behavior.Hosts {
		if slices.Contains(c.Ask.NotHosts, h.Host) {
			continue
		}
		v, _ := below(domains, h.Host)
		if v.country == "" {
			if judges(c, h.Party) {
				unplaced++
			}
			continue
		}
		if v.country == c.Ask.Home || !f.judged(c, h.Party) {
			continue
		}
		if !slices.Contains(parties, h.Party) {
			parties = append(parties, h.Party)
		}
		vendor := f.set.SDK(v.sdk)
		found[h.Party] = append(found[h.Party], audit.Text{ZH: h.Host + "（" + vendor.Vendor.ZH + "，" + v.country + "）", EN: h.Host + " (" + vendor.Vendor.EN + ", " + v.country + ")"})
	}
	slices.Sort(parties)
	var out []audit.Finding
	for _, party := range parties {
		x := f.finding(c, audit.VerdictViolated, f.partyProps(party), map[string]audit.Text{
			"party": f.set.PartyName(party), "hosts": listed(distinctTexts(found[party])), "n": number(len(found[party]))})
		x.Party = party
		out = append(out, x)
	}
	switch {
	case len(out) > 0:
	case unplaced > 0:
		f.answer(c, audit.StateUndecidable, say("代码中有 {n} 个主机名不属于已知的厂商，离线无法判断其所在地。", "The code names {n} hosts of no known vendor; where they stand cannot be told offline.", map[string]audit.Text{"n": number(unplaced)}))
	default:
		f.cleanCode(c, audit.Text{ZH: "代码中的主机名都属于境内的已知厂商，或没有主机名。", EN: "Every host that the code names is of a known vendor that is not abroad, or it names none."})
	}
	return out
}

// below finds what is known of the longest domain that a host stands at or below.
func below[T any](domains map[string]T, host string) (T, bool) {
	for {
		if v, ok := domains[host]; ok {
			return v, true
		}
		dot := strings.IndexByte(host, '.')
		if dot < 0 {
			var none T
			return none, false
		}
		host = host[dot+1:]
	}
}
