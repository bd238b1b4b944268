package behavior

import (
	"bytes"
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"apkaudit/internal/audit"
	"apkaudit/internal/dex"
)

// Where a host was found, as audit.Host.Via says it.
const (
	hostCode   = "code"
	hostNative = "native"
	hostScript = "script"
)

// maxHostBytes is how long a name may be by the DNS.
const maxHostBytes = 253

// noHostDomains are registered domains whose addresses stand in code as names of
// formats, in licences, or as placeholders, and are not contacted.
var noHostDomains = []string{
	"w3.org", "xmlpull.org", "apache.org", "xml.org", "xmlsoap.org", "purl.org", "oasis-open.org", "opengis.net", "iptc.org", "aiim.org",
	"dublincore.org", "json-schema.org", "schema.org", "relaxng.org", "docbook.org", "gnu.org", "opensource.org", "creativecommons.org",
	"ietf.org", "rfc-editor.org", "unicode.org", "slf4j.org", "stackoverflow.com", "wikipedia.org", "java.net", "eclipse.org",
	"kotlinlang.org", "bouncycastle.org", "openssl.org", "example.com", "example.net", "example.org", "example.cn", "whatwg.org",
	"reactjs.org", "react.dev", "mozilla.org", "ffmpeg.org", "webrtc.org", "videolan.org", "khronos.org", "libpng.org", "fb.me", "ccil.org",
}

// noHosts are single hosts of the same sort below domains that are contacted too.
var noHosts = []string{
	"schemas.android.com", "java.sun.com", "ns.adobe.com", "schemas.microsoft.com", "www.oracle.com", "github.com", "www.github.com",
	"goo.gl", "g.co", "goo.gle", "bit.ly", "youtrack.jetbrains.com", "issuetracker.google.com", "code.google.com", "groups.google.com",
	"source.android.com", "d.android.com", "aomedia.org", "aomediacodec.github.io", "exslt.org", "www.example.com",
}

// documentation are first labels of hosts that hold documentation.
var documentation = []string{"developer", "developers", "doc", "docs", "wiki", "javadoc", "schema", "schemas", "xmlns", "ns", "specs"}

// hostsIn lists the hosts that a text names: those of http, https, ws and wss
// addresses, or the whole text where that is a host name by itself (bare). Left out
// are
//   - addresses behind the words of a sentence in the same line: such a text tells a
//     reader where to look, as log messages do;
//   - names of formats and licences, documentation and placeholders: noHostDomains,
//     noHosts and hosts whose first label is one of documentation;
//   - names without a registered domain, localhost, and addresses of networks that
//     the Internet does not reach. Public IP addresses are kept;
//   - names that are put together at run time: one that a place holder or a dot ends.
func hostsIn(text []byte) (hosts []string, bare bool) {
	found, sentence, from := false, false, 0
	for at := range addresses(text, len(text)) {
		found = true
		// Each byte is looked at once, however many addresses there are.
		for ; from < at.scheme; from++ {
			switch c := text[from]; {
			case c == '\n':
				sentence = false
			case c == ' ' && from > 1 && isLetter(text[from-1]) && isLetter(text[from-2]):
				sentence = true // a word of two letters and a blank
			}
		}
		if host := string(at.host); !sentence && isHost(host) {
			hosts = append(hosts, strings.ToLower(host))
		}
	}
	if !found && isBareHost(text) && isHost(string(text)) {
		return []string{string(text)}, true
	}
	return hosts, false
}

// bareHosts are names that stand alone, by what loads them. Who loads many has a
// table of mail providers or of top-level domains and contacts none of them.
type bareHosts map[int][]string

// maxBareHosts is how many names one class or one library may load before they are
// taken for a table.
const maxBareHosts = 24

// few yields what is no table.
func (b bareHosts) few() func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for at, hosts := range b {
			slices.Sort(hosts)
			if hosts = slices.Compact(hosts); len(hosts) > maxBareHosts {
				continue
			}
			for _, h := range hosts {
				if !yield(at, h) {
					return
				}
			}
		}
	}
}

// address is one web address in a text.
type address struct {
	scheme int // where it begins
	host   []byte
}

// addresses yields the web addresses of a text whose host name is complete; only
// the first places that look like one are looked at.
func addresses(text []byte, most int) func(func(address) bool) {
	return func(yield func(address) bool) {
		from := 0
		for range most {
			n := bytes.Index(text[from:], []byte("://"))
			if n < 0 {
				return
			}
			at := from + n
			from = at + len("://")
			scheme := at
			for scheme > 0 && at-scheme < len("https")+1 && isLetter(text[scheme-1]) {
				scheme--
			}
			if s := strings.ToLower(string(text[scheme:at])); s != "http" && s != "https" && s != "ws" && s != "wss" {
				continue
			}
			end := from
			for end < len(text) && end-from <= maxHostBytes && isHostByte(text[end]) {
				end++
			}
			open := end < len(text) && bytes.IndexByte([]byte("*@_"), text[end]) >= 0
			if host := text[from:end]; !open && len(host) > 0 && host[len(host)-1] != '.' && !yield(address{scheme, host}) {
				return
			}
			from = end
		}
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isHostByte(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' || c == '.' || c == '-' }

// bareDomains are the top-level domains of host names that count without a scheme;
// the true ones also with two labels only. Other endings are words of programs:
// view.top, main.cc, user.name.
var bareDomains = map[string]bool{
	"com": true, "cn": true, "net": true, "org": false, "io": false, "co": false, "hk": false, "jp": false, "kr": false, "uk": false,
	"de": false, "eu": false, "us": false, "ai": false, "cloud": false, "ru": false, "tv": false, "in": false,
}

// turnedRound are first labels of package names and keys, which are no hosts.
var turnedRound = map[string]bool{
	"com": true, "cn": true, "net": true, "io": true, "org": true, "me": true, "android": true, "java": true, "javax": true,
	"androidx": true, "kotlin": true, "ro": true, "persist": true, "sys": true, "dalvik": true,
}

// isBareHost tells whether a whole text looks like a host name.
func isBareHost(text []byte) bool {
	if len(text) < len("a.com") || len(text) > maxHostBytes {
		return false
	}
	labels, start, last := 1, 0, 0
	for i, c := range text {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-' && i > start:
		case c == '.' && i > start && i+1 < len(text):
			labels++
			start, last = i+1, i+1
		default:
			return false
		}
	}
	if labels < 2 {
		return false
	}
	short, ok := bareDomains[string(text[last:])]
	first, _, _ := bytes.Cut(text, []byte("."))
	return ok && (short || labels > 2) && !turnedRound[string(first)]
}

// isHost tells whether a name is that of a host on the Internet that is worth
// telling. See hostsIn.
func isHost(host string) bool {
	host = strings.ToLower(host)
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsGlobalUnicast() && !ip.IsPrivate()
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return false
	}
	// A suffix that is neither ICANN's nor has a dot is no suffix at all.
	suffix, icann := publicsuffix.PublicSuffix(host)
	if !icann && !strings.Contains(suffix, ".") {
		return false
	}
	if strings.HasPrefix(domain, "www.") { // www.google: an ending is put behind it
		return false
	}
	first, _, _ := strings.Cut(host, ".")
	return !slices.Contains(noHostDomains, domain) && !slices.Contains(noHosts, host) && !slices.Contains(documentation, first)
}

// hostsOf lists the hosts that the code of files names, which the walk has read.
func hostsOf(files []*codeFile, own *owners) []audit.Host {
	all := map[audit.Host]bool{}
	for _, f := range files {
		for _, r := range f.hosts {
			r.addTo(all, own)
		}
	}
	return sortHosts(slices.Collect(maps.Keys(all)))
}

// hostReader collects the hosts of one DEX file while its code is walked: load is
// called for every string that an instruction loads, addTo when all code was seen.
type hostReader struct {
	d     *dex.File
	known []stringHosts // by string index: each text is looked at once
	hosts []namedHosts
	loads map[hostLoad]bool
}

// namedHosts are the hosts of one string.
type namedHosts struct {
	hosts []string
	bare  bool
}

// stringHosts is 0 for a string that was not looked at, 1 for one without hosts,
// else the place in hostReader.hosts plus 2.
type stringHosts int32

// hostLoad is a class that loads a string with hosts.
type hostLoad struct {
	class int // class_def
	hosts int // place in hostReader.hosts
}

func newHostReader(d *dex.File) *hostReader {
	return &hostReader{d: d, known: make([]stringHosts, d.NumStrings()), loads: map[hostLoad]bool{}}
}

// load notes that a class loads a string.
func (r *hostReader) load(class int, index uint32) {
	if r.known[index] == 0 {
		r.known[index] = 1
		if hosts, bare := hostsIn(r.d.StringBytes(index)); len(hosts) > 0 {
			r.hosts = append(r.hosts, namedHosts{hosts, bare})
			r.known[index] = stringHosts(len(r.hosts) + 1)
		}
	}
	if at := r.known[index]; at > 1 {
		r.loads[hostLoad{class, int(at - 2)}] = true
	}
}

// addTo adds the hosts, each for the party of the class that loads it.
func (r *hostReader) addTo(found map[audit.Host]bool, own *owners) {
	parties := map[int]string{}
	add := func(class int, host string) {
		party, ok := parties[class]
		if !ok {
			party = own.partyOf(dotted(r.d.TypeDescriptor(r.d.Class(class).Type)))
			parties[class] = party
		}
		found[audit.Host{Host: host, Party: party, Via: hostCode}] = true
	}
	bare := bareHosts{}
	for l := range r.loads {
		if n := r.hosts[l.hosts]; n.bare {
			bare[l.class] = append(bare[l.class], n.hosts...)
		} else {
			for _, h := range n.hosts {
				add(l.class, h)
			}
		}
	}
	for class, h := range bare.few() {
		add(class, h)
	}
}

// sortHosts sorts and removes duplicates.
func sortHosts(hosts []audit.Host) []audit.Host {
	slices.SortFunc(hosts, func(a, b audit.Host) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.Party, b.Party), cmp.Compare(a.Via, b.Via))
	})
	return slices.Compact(hosts)
}
