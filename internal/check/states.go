package check

import (
	"fmt"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// answer notes what a check came to, in the predicate's own words.
func (f *facts) answer(c *rules.Check, state string, why audit.Text) {
	f.answers[c.ID] = audit.CheckState{State: state, Why: why}
}

// cleanManifest notes that the manifest gives no reason for a finding. Where it
// could not be read in full, that proves nothing.
func (f *facts) cleanManifest(c *rules.Check, why audit.Text) {
	if f.manifestUnread() {
		f.answer(c, audit.StateUndecidable, audit.Text{
			ZH: "清单文件未能完整读取，见覆盖缺口；完整的安装包才能判断。",
			EN: "The manifest could not be read in full, see the gaps; the undamaged package would decide."})
		return
	}
	f.answer(c, audit.StateSatisfied, why)
}

// cleanCode notes that the code gives no reason for a finding. Where part of it could
// not be seen, that proves nothing.
func (f *facts) cleanCode(c *rules.Check, why audit.Text) {
	if f.blind() {
		f.answer(c, audit.StateUndecidable, audit.Text{
			ZH: "未发现，但部分内容未能检查，见覆盖缺口；未加固的完整安装包或真机测试才能判断。",
			EN: "None found, but part of the input could not be examined, see the gaps; the unpacked build or a test on a device would decide."})
		return
	}
	f.answer(c, audit.StateSatisfied, why)
}

// manifestName is how gaps name the manifest.
const manifestName = "AndroidManifest.xml"

// manifestUnread tells whether the manifest, or a part of it, could not be read: an
// app that was read has at least a package.
func (f *facts) manifestUnread() bool {
	kinds := audit.GapKinds()
	return f.r.App.Package == "" || slices.ContainsFunc(f.r.Gaps, func(g audit.Gap) bool { return kinds[g.Kind] && strings.Contains(g.What, manifestName) })
}

// looked tells whether the analysis behind the report looked for observations. A saved
// report of another analysis may lack a kind because nobody looked for it.
func (f *facts) looked() bool { return f.r.Tool.AnalysisDigest == f.set.AnalysisDigest() }

// notLookedFor notes that the report is of an analysis that did not look for what the
// check rests on.
func (f *facts) notLookedFor(c *rules.Check) {
	f.answer(c, audit.StateUndecidable, audit.Text{
		ZH: "该报告由另一版本的分析或另一套规则生成，可能没有查找本项所需的信息；重新扫描安装包才能判断。",
		EN: "The report was made by another analysis, which may not have looked for what this check needs; scanning the app again would decide."})
}

// observations lists those of the given kinds, in the order of the report.
func (f *facts) observations(kinds []string) []audit.Observation {
	var out []audit.Observation
	for _, o := range f.r.Behavior.Observations {
		if slices.Contains(kinds, o.Kind) {
			out = append(out, o)
		}
	}
	return out
}

// listed joins the first few of some words and counts the rest.
func listed(words []audit.Text) audit.Text {
	var zh, en []string
	for i, w := range words {
		if i == maxNamed {
			return audit.Text{
				ZH: fmt.Sprintf("%s 等 %d 项", strings.Join(zh, "、"), len(words)),
				EN: fmt.Sprintf("%s and %d more", strings.Join(en, ", "), len(words)-i)}
		}
		zh, en = append(zh, w.ZH), append(en, w.EN)
	}
	return audit.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

// listedIDs is listed for words that are the same in both languages, each once.
func listedIDs(ids []string) audit.Text {
	var words []audit.Text
	for _, id := range distinct(ids) {
		words = append(words, audit.Text{ZH: id, EN: id})
	}
	return listed(words)
}

// distinct keeps the first of equal ids.
func distinct(ids []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// permissionNames names permissions.
func (f *facts) permissionNames(names []string) audit.Text {
	var words []audit.Text
	for _, n := range distinct(names) {
		words = append(words, f.permissionName(n))
	}
	return listed(words)
}

// say fills a sentence in both languages.
func say(zh, en string, words map[string]audit.Text) audit.Text {
	return fill(audit.Text{ZH: zh, EN: en}, words)
}
