package learn

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"apkaudit/internal/rules/pattern"
)

var (
	webAddress = pattern.New(`https?://[A-Za-z0-9.-]+`)
	hostLike   = pattern.New(`^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|cn|net|io|org|co|me|cc|tv|top|hk|jp|kr|uk|de|eu|us|ai|app|dev|cloud|ru)$`)
	// packageLike are names turned round: com.foo.bar is no host although .bar
	// may be a domain.
	packageLike = pattern.New(`^(?:com|cn|net|io|org|me|android|java|javax)\.`)
)

// noHosts are registered domains that stand in code for other reasons: XML
// names, licences, documentation, stores.
var noHosts = []string{
	"android.com", "w3.org", "xmlpull.org", "apache.org", "github.com", "githubusercontent.com", "example.com", "example.org",
	"sun.com", "oracle.com", "java.net", "xml.org", "json.org", "mozilla.org", "ietf.org", "goo.gl", "bit.ly", "google.com",
	"stackoverflow.com", "adobe.com", "iptc.org", "purl.org", "aiim.org", "slf4j.org", "kotlinlang.org", "jetbrains.com",
	"opengis.net", "youtrack.com", "googleapis.com", "gstatic.com", "wikipedia.org", "openid.net", "schema.org", "bouncycastle.org",
	"oasis-open.org", "xmlsoap.org", "python.org", "gnu.org", "opensource.org", "localhost.com", "test.com", "domain.com",
}

// hostsOf lists the hosts that string constants name, as web addresses or by
// themselves, sorted.
func hostsOf(texts []string) []string {
	var out []string
	add := func(host string) {
		host = strings.ToLower(strings.Trim(host, "."))
		if net.ParseIP(host) != nil {
			return
		}
		domain, err := publicsuffix.EffectiveTLDPlusOne(host)
		suffix, icann := publicsuffix.PublicSuffix(host) // neither ICANN's nor with a dot: no domain at all
		if err != nil || !icann && !strings.Contains(suffix, ".") || slices.Contains(noHosts, domain) {
			return
		}
		out = append(out, host)
	}
	for _, s := range texts {
		for _, m := range webAddress.FindAllString(s, 16) {
			if u, err := url.Parse(m); err == nil && strings.Contains(u.Hostname(), ".") {
				add(u.Hostname())
			}
		}
		if len(s) <= 253 && hostLike.MatchString(s) && !packageLike.MatchString(s) {
			add(s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// domainOf is the registered domain of a host.
func domainOf(host string) string {
	if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return d
	}
	return host
}
