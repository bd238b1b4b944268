package behavior

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
)

// maxScriptHits is how many places of one call in one script are told.
const maxScriptHits = 5000

// frameworkScripts are runtimes that frameworks put into every app, by file name:
// the calls in them are what they offer, not what the app uses.
var frameworkScripts = []string{"uni-jsframework*.js", "__uniapp*.js", "weex-*.js", "cordova*.js", "phonegap*.js", "jweixin*.js"}

// script is one script to read.
type script struct {
	hiddenFile
	size    int64
	offers  bool // a framework's own runtime
	hits    []scriptHit
	hosts   []string
	texts   []scriptText
	problem []audit.Gap
	full    bool // there are more hits than are kept
}

// scriptText is a text that tells something.
type scriptText struct{ kind, text string }

// scriptHit is one place where a script names a listed call.
type scriptHit struct{ call, offset int }

// scripts looks for listed calls and for hosts in JavaScript and in the script
// elements of HTML. A call counts where its members stand one behind the other,
// joined by "." or "?.", with no part of a name before or behind: names of members
// survive shrinking. Comments and strings are not told from code. A script belongs
// to the SDK whose signature names the asset, else to the app that ships it.
func (o *Observer) scripts(ctx context.Context, app *apk.App, files []hiddenFile) (*elsewhere, error) {
	out := &elsewhere{}
	var list []*script
	var left leftOut
	total := int64(0)
	for _, f := range files {
		size := app.Size(f.entry)
		switch {
		case size > o.Limits.ScriptBytes:
			left.add(f.entry, reachedOf("max-script-bytes", o.Limits.ScriptBytes))
			continue
		case total+size > o.Limits.ScriptTotalBytes:
			left.add(f.entry, reachedOf("max-script-total-bytes", o.Limits.ScriptTotalBytes))
			continue
		case len(list) >= o.Limits.Scripts:
			left.add(f.entry, reachedOf("max-scripts", int64(o.Limits.Scripts)))
			continue
		}
		total += size
		list = append(list, &script{hiddenFile: f, size: size, offers: matchesAny(frameworkScripts, path.Base(f.entry))})
	}
	if len(list) > 0 {
		x := o.scriptCalls(app.Entries)
		err := parallel(ctx, list, func(s *script) { s.read(ctx, app, x, o.screens) })
		if err != nil {
			return nil, err
		}
	}
	for _, s := range list {
		out.add(o.ofScript(s))
	}
	for _, l := range left {
		out.gaps = append(out.gaps, scriptGap(audit.GapLimit, fmt.Sprintf("scripts not read: %s: %s", some(l.entries), l.limit)))
	}
	return out, nil
}

// read looks through one script.
func (s *script) read(ctx context.Context, app *apk.App, x *scriptIndex, screens *screenTexts) {
	data, err := app.ReadHead(ctx, s.entry, s.size)
	var ee *apk.EntryError
	if errors.As(err, &ee) {
		s.problem = append(s.problem, scriptGap(ee.Kind, ee.Error()))
	}
	count := map[int]int{}
	for at, part := range scriptParts(s.entry, data) {
		if !s.offers {
			x.find(part, func(call, offset int) {
				if count[call]++; count[call] <= maxScriptHits {
					s.hits = append(s.hits, scriptHit{call, at + offset})
				} else if !s.full {
					s.full = true
					s.problem = append(s.problem, scriptGap(audit.GapLimit, notAll(s.entry, "max-script-hits", maxScriptHits)))
				}
			})
		}
		s.hosts = appendScriptHosts(s.hosts, part)
	}
	if !s.offers {
		if !screens.inScript(data, func(kind, text string) { s.texts = append(s.texts, scriptText{kind, text}) }) {
			s.problem = append(s.problem, scriptGap(audit.GapLimit, notAll(s.entry, "max-script-texts", maxScriptTexts)))
		}
	}
	slices.Sort(s.hosts)
	s.hosts = slices.Compact(s.hosts)
}

// ofScript states what one script contains.
func (o *Observer) ofScript(s *script) *elsewhere {
	party := s.party
	if party == "" {
		party = audit.PartyApp
	}
	out := &elsewhere{gaps: s.problem}
	for _, h := range s.hits {
		c := &o.set.Scripts[h.call]
		b := o.set.Behaviour(c.Behaviour)
		if b == nil {
			continue
		}
		out.sites = append(out.sites, audit.Use{API: b.ID, Kind: b.Kind, Data: slices.Clone(b.Data), Party: party, Via: audit.ViaScript, Target: c.Call,
			Sites: 1, Reached: audit.Unknown, BeforeConsent: audit.Unknown, Examples: []audit.Example{{
				DEX: s.entry, Offset: h.offset, Args: []string{c.Call}, Reached: audit.Unknown, BeforeConsent: audit.Unknown, Doubt: audit.DoubtReflection}}})
	}
	for _, t := range s.texts {
		out.texts = append(out.texts, ofFile(t.kind, party, s.entry, t.text))
	}
	for _, h := range s.hosts {
		out.hosts = append(out.hosts, audit.Host{Host: h, Party: party, Via: hostScript})
	}
	return out
}

func scriptGap(kind, what string) audit.Gap {
	return audit.Gap{Kind: kind, What: what, Weakens: audit.Text{
		ZH: "有脚本未被完整检查：其中的调用和主机可能缺失。",
		EN: "A script was not fully examined: calls and hosts in it may be missing.",
	}}
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, name)
		return ok && err == nil
	})
}

// scriptIndex finds listed calls by the first of their members.
type scriptIndex struct {
	byRoot map[string][]scriptCall
}

type scriptCall struct {
	index int      // in the set's Scripts
	rest  []string // members behind the first
}

// scriptCalls indexes the calls that mean something in an app with these entries.
func (o *Observer) scriptCalls(entries []string) *scriptIndex {
	x := &scriptIndex{byRoot: map[string][]scriptCall{}}
	has := map[string]bool{}
	for i := range o.set.Scripts {
		c := &o.set.Scripts[i]
		if _, asked := has[c.Asset]; !asked {
			has[c.Asset] = c.Asset == "" || slices.ContainsFunc(entries, func(e string) bool { return matchesAny([]string{c.Asset}, path.Base(e)) })
		}
		if has[c.Asset] {
			members := strings.Split(c.Call, ".")
			x.byRoot[members[0]] = append(x.byRoot[members[0]], scriptCall{i, members[1:]})
		}
	}
	return x
}

// find calls hit for every place of a listed call in text, in order, with the index
// of the call.
func (x *scriptIndex) find(text []byte, hit func(call, offset int)) {
	for at := 0; at < len(text); {
		if !isNameByte(text[at]) {
			at++
			continue
		}
		end := nameEnd(text, at)
		for _, c := range x.byRoot[string(text[at:end])] {
			if follows(text[end:], c.rest) {
				hit(c.index, at)
			}
		}
		at = end
	}
}

// follows tells whether text goes on with these members.
func follows(text []byte, members []string) bool {
	for _, m := range members {
		text = bytes.TrimPrefix(text, []byte("?"))
		if len(text) == 0 || text[0] != '.' {
			return false
		}
		text = text[1:]
		if n := nameEnd(text, 0); string(text[:n]) != m {
			return false
		}
		text = text[len(m):]
	}
	return true
}

// isNameByte tells whether a byte may be part of a name in JavaScript; every byte
// beyond ASCII may.
func isNameByte(c byte) bool {
	return isLetter(c) || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= 0x80
}

func nameEnd(text []byte, at int) int {
	for at < len(text) && isNameByte(text[at]) {
		at++
	}
	return at
}

// scriptParts yields the parts of a file that hold script, with where they begin:
// of HTML the script elements, tags included, else the whole file.
func scriptParts(name string, data []byte) func(func(int, []byte) bool) {
	return func(yield func(int, []byte) bool) {
		if ext := strings.ToLower(path.Ext(name)); ext != ".html" && ext != ".htm" {
			yield(0, data)
			return
		}
		for at := 0; ; {
			n := indexTag(data[at:], "<script")
			if n < 0 {
				return
			}
			from := at + n
			end := len(data)
			if n := indexTag(data[from:], "</script"); n >= 0 {
				end = from + n
			}
			if !yield(from, data[from:end]) || end == len(data) {
				return
			}
			at = end
		}
	}
}

// indexTag finds a tag in any case.
func indexTag(data []byte, tag string) int {
	for at := 0; ; {
		n := bytes.IndexByte(data[at:], '<')
		if n < 0 || at+n+len(tag) > len(data) {
			return -1
		}
		at += n
		if bytes.EqualFold(data[at:at+len(tag)], []byte(tag)) {
			return at
		}
		at++
	}
}

// appendScriptHosts adds the hosts of addresses that begin a string of a script: a
// quote stands before them. Addresses in comments have none.
func appendScriptHosts(hosts []string, text []byte) []string {
	for at := range addresses(text, len(text)) {
		if host := string(at.host); at.scheme > 0 && bytes.IndexByte([]byte("\"'`"), text[at.scheme-1]) >= 0 && isHost(host) {
			hosts = append(hosts, strings.ToLower(host))
		}
	}
	return hosts
}
