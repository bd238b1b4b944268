package behavior

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/dex"
	"apkaudit/internal/dex/callgraph"
)

// textReader collects what the texts of one DEX file tell while its code is walked
// over.
type textReader struct {
	d       *dex.File
	screens *screenTexts
	known   []uint8              // by string index: 0 for one that was not looked at, 1 for one that tells nothing
	told    map[uint32]*textFact // by string index
	met     []textMet            // of the method body at hand
}

// textFact is what a text tells.
type textFact struct {
	kinds []string // of observations
	what  string
}

type textMet struct {
	pos  int
	fact *textFact
}

// textHit is a text that tells something, where code loads it.
type textHit struct {
	observedPlace
	told *textFact
}

// maxTextHits bounds the loads of telling texts that are kept of one entry of the APK, and
// the telling texts of its resource tables.
const maxTextHits = 1 << 14

func newTextReader(d *dex.File, screens *screenTexts) *textReader {
	return &textReader{d: d, screens: screens, known: make([]uint8, d.NumStrings()), told: map[uint32]*textFact{}}
}

// load notes that the method at hand loads a string; each is looked at once.
func (r *textReader) load(pos int, index uint32) {
	if r.known[index] == 1 {
		return
	}
	if r.known[index] == 0 {
		fact := r.look(r.d.StringBytes(index))
		if fact == nil {
			r.known[index] = 1
			return
		}
		r.known[index] = 2
		r.told[index] = fact
	}
	r.met = append(r.met, textMet{pos, r.told[index]})
}

// look tells what a text of the code stands for. Latin texts of code are mostly names
// and messages of a log: for one to be a text of the screens it begins with a capital
// and has several words.
func (r *textReader) look(text []byte) *textFact {
	f := &textFact{}
	if url := cleartextURL(text); url != "" {
		f.kinds, f.what = []string{audit.ObservedCleartextURL}, url
		return f
	}
	latin := bytes.IndexFunc(text, isHan) < 0
	if latin && (len(text) == 0 || lower(text[0]) == text[0] || bytes.IndexByte(text, ' ') < 0) {
		return nil
	}
	decoded := []byte(dex.DecodeMUTF8(text))
	for _, x := range r.screens.find(decoded) {
		if !latin || !x.Text.NotLatinCode {
			f.kinds = append(f.kinds, x.Kind)
		}
	}
	if len(f.kinds) == 0 {
		return nil
	}
	f.what = shorten(string(decoded))
	return f
}

// isHan tells of letters of Chinese and its neighbours.
func isHan(c rune) bool { return c >= 0x2e80 }

// finish keeps what the method body at hand told.
func (r *textReader) finish(f *codeFile, class int, method uint32, level func(int) callgraph.Level) {
	for _, m := range r.met {
		if len(f.texts) == maxTextHits {
			f.cut("max-text-hits", maxTextHits)
			break
		}
		h := textHit{observedPlace{place: place{f, r.d, class, method, m.pos}}, m.fact}
		if level != nil {
			h.level = level(m.pos)
		}
		f.texts = append(f.texts, h)
	}
	r.met = r.met[:0]
}

const cleartextScheme = "http://"

// cleartextURL is the address that a text begins with, where it is one of a host on the
// Internet that is worth telling (see hostsIn) and is not encrypted, else "".
func cleartextURL(text []byte) string {
	if len(text) < len(cleartextScheme) || !strings.EqualFold(string(text[:len(cleartextScheme)]), cleartextScheme) {
		return ""
	}
	for at := range addresses(text, 1) {
		if !isHost(string(at.host)) {
			return ""
		}
		if end := bytes.IndexAny(text, " \t\r\n\"'<>"); end >= 0 {
			text = text[:end]
		}
		return shorten(dex.DecodeMUTF8(text))
	}
	return ""
}

// screens looks through the texts of the resource table, and through the layouts that
// the code takes for a check box that is ticked beside a text on a policy.
func (x *screenTexts) screens(table *apk.Resources) ([]audit.Observation, []audit.Gap) {
	type hit struct {
		index uint32
		text  string
	}
	var hits []hit
	var gaps []audit.Gap
	keyed := map[uint32]bool{}
	table.Texts(func(index uint32, text []byte) {
		switch {
		case len(x.find(text)) == 0:
		case len(hits) < maxTextHits:
			hits = append(hits, hit{index, string(text)})
			keyed[index] = true
		case len(gaps) == 0:
			gaps = append(gaps, codeGap(audit.GapLimit, notAll("resources.arsc", "max-text-hits", maxTextHits)))
		}
	})
	keys := table.Keys(keyed)
	var out []audit.Observation
	for _, h := range hits {
		for _, o := range x.find([]byte(h.text)) {
			if o.Text.Of(keys[h.index]) {
				out = append(out, ofFile(o.Kind, audit.PartyApp, "resources.arsc", h.text))
			}
		}
	}
	return out, gaps
}

// ofFile is an observation of something that a file of the app holds.
func ofFile(kind, party, file, text string) audit.Observation {
	return audit.Observation{Kind: kind, Party: party, What: file + ": " + shorten(text), Example: audit.Example{Reached: audit.Unknown, BeforeConsent: audit.Unknown}}
}

// layoutTexts are the observations of the layouts that the code takes.
func (x *screenTexts) layoutTexts(table *apk.Resources, layouts map[uint32]apk.Layout) []audit.Observation {
	var out []audit.Observation
	for _, id := range slices.Sorted(maps.Keys(layouts)) {
		l := layouts[id]
		for _, t := range l.Texts {
			for _, o := range x.find([]byte(t.Text)) {
				out = append(out, ofFile(o.Kind, audit.PartyApp, l.File, t.Text))
			}
		}
		if text := x.preticked(table, &l); text != "" {
			out = append(out, ofFile(audit.ObservedPreticked, audit.PartyApp, l.File, text))
		}
	}
	return out
}

// preticked is the text on a policy that stands in a layout with a check box that is
// ticked from the start, and that has this text or none of its own; "" for none.
func (x *screenTexts) preticked(table *apk.Resources, l *apk.Layout) string {
	if len(l.Ticked) == 0 {
		return ""
	}
	about := func(t apk.LayoutText) string {
		texts := []string{t.Text}
		if t.Ref != 0 {
			texts = table.Strings(t.Ref)
		}
		for _, s := range texts {
			for _, o := range x.find([]byte(s)) {
				if o.Kind == audit.ObservedPolicyText {
					return s
				}
			}
		}
		return ""
	}
	bare := false
	for _, t := range l.Ticked {
		if s := about(t); s != "" {
			return s
		}
		bare = bare || t == (apk.LayoutText{})
	}
	if !bare {
		return ""
	}
	for _, t := range l.Texts {
		if s := about(t); s != "" {
			return s
		}
	}
	return ""
}

// Limits of the texts of one script.
const (
	maxScriptTexts = 256 // different ones that are kept
	maxScriptText  = 300 // bytes between the quotes or tags around a phrase
)

// inScript calls told for the texts of a script, or of a page, that tell something: what
// stands between two quotes of a kind, or between tags. Texts that are written with
// escapes are not seen, and comments are not told from code. Each is told once; false
// where there are more than maxScriptTexts.
func (x *screenTexts) inScript(data []byte, told func(kind, text string)) bool {
	from, seen := 0, map[scriptText]bool{}
	before := byte('\n')
	for i, c := range data {
		switch c {
		case '"', '\'', '`', '<', '>', '\n':
		default:
			continue
		}
		enclosed := c == before && c != '\n' || (before == '>' || before == '\n') && (c == '<' || c == '\n') && !(before == c)
		text := bytes.TrimSpace(data[from:i])
		from, before = i+1, c
		if !enclosed || len(text) > maxScriptText || bytes.IndexFunc(text, isHan) < 0 || bytes.HasPrefix(text, []byte("*")) || bytes.HasPrefix(text, []byte("//")) {
			continue
		}
		for _, o := range x.find(text) {
			t := scriptText{o.Kind, string(text)}
			if seen[t] {
				continue
			}
			if len(seen) == maxScriptTexts {
				return false
			}
			seen[t] = true
			told(t.kind, t.text)
		}
	}
	return true
}

// configured are the observations of the files by which the manifest configures the app.
func configured(ctx context.Context, app *apk.App, components []audit.Component) ([]audit.Observation, []audit.Gap, error) {
	var out []audit.Observation
	var gaps []audit.Gap
	read := map[apk.Config][]apk.XMLNode{}
	for _, c := range app.Configs {
		nodes, short, err := app.ConfigXML(ctx, c)
		if err != nil {
			return nil, nil, err
		}
		gaps = append(gaps, short...)
		read[c] = nodes
		switch c.Kind {
		case apk.ConfigNetwork:
			for _, what := range cleartextRules(nodes) {
				out = append(out, ofFile(audit.ObservedCleartextConfig, audit.PartyApp, c.Value, what))
			}
		case apk.ConfigBackup, apk.ConfigExtraction:
			out = append(out, ofFile(audit.ObservedBackupRules, audit.PartyApp, manifest, c.Kind+" "+c.Value))
			for _, what := range backupRules(nodes) {
				out = append(out, ofFile(audit.ObservedBackupRules, audit.PartyApp, c.Value, what))
			}
		}
	}
	for _, c := range components {
		if c.Kind == "service" && c.Permission == bindAccessibility && !c.Disabled {
			out = append(out, accessibility(app, &c, read))
		}
	}
	return out, gaps, nil
}

const bindAccessibility = bindPermission + "ACCESSIBILITY_SERVICE"

// accessibility describes an accessibility service and what its configuration says.
func accessibility(app *apk.App, c *audit.Component, read map[apk.Config][]apk.XMLNode) audit.Observation {
	says := []string{c.Name}
	for _, f := range app.Configs {
		if f.Kind != apk.ConfigAccessibility || f.Component != c.Name {
			continue
		}
		nodes := read[f]
		if len(nodes) == 0 {
			break
		}
		has := nodes[0].Attrs
		says = append(says, f.Value)
		for _, name := range []string{"canRetrieveWindowContent", "isAccessibilityTool"} {
			if v := has[name]; v != "" {
				says = append(says, name+"="+v)
			}
		}
		if has["description"] != "" {
			says = append(says, "description")
		}
		break
	}
	return ofFile(audit.ObservedAccessibility, c.Party, manifest, strings.Join(says, " "))
}

// cleartextRules says what a network_security_config permits: "base-config true",
// "domain-config false: example.com".
func cleartextRules(nodes []apk.XMLNode) []string {
	var out []string
	for i, n := range nodes {
		permits := n.Attrs["cleartextTrafficPermitted"]
		if permits == "" || n.Name != "base-config" && n.Name != "domain-config" {
			continue
		}
		var domains []string
		for _, d := range nodes[i+1:] {
			if d.Parent == i && d.Name == "domain" {
				name := strings.TrimSpace(d.Text)
				if d.Attrs["includeSubdomains"] == "true" {
					name = "*." + name // itself and all below it
				}
				domains = append(domains, name)
			}
		}
		what := n.Name + " " + permits
		if len(domains) > 0 {
			what += ": " + strings.Join(domains, ", ")
		}
		out = append(out, what)
	}
	if len(out) == 0 {
		return []string{"network-security-config"} // it says nothing of cleartext, and counts in place of the manifest
	}
	return out
}

// backupRules lists what is kept out of backups: "exclude sharedpref token.xml".
func backupRules(nodes []apk.XMLNode) []string {
	var out []string
	for _, n := range nodes {
		if n.Name == "exclude" || n.Name == "include" {
			out = append(out, strings.TrimSpace(n.Name+" "+n.Attrs["domain"]+" "+n.Attrs["path"]))
		}
	}
	return out
}
