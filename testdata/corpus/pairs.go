// Command pairs does for pairs.sh what a shell cannot: it reads what the pairs are,
// and it compares what was reported on them with what was planted.
//
//	go run testdata/corpus/pairs.go plan PAIRS OUT DIR...   AndroidManifest.xml and archives.txt of each pair, below OUT
//	go run testdata/corpus/pairs.go table PAIRS OUT         the figures, from OUT/NAME/report.json
//	go run testdata/corpus/pairs.go check PAIRS             only whether what is expected can be read and holds
//
// PAIRS is the folder pairs beside this file; archives are looked for by their
// sha256 below the folders DIR. A line of archives.txt is the sha256 of an archive,
// plain or renamed, and its file.
//
// A finding of the rules below is right when it is planted or allowed: equal in rule,
// party, data, permission, verdict and, for blanks of a template, quote. A planted
// severity is the least that will do. A finding about several data types counts once
// for each. What is of severity low or above and neither planted nor allowed is
// invented; so is anything of these rules about what the pair says to be silent.
package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"apkaudit/internal/audit"
)

// rules are those that compare the app with the policy, or that are about SDKs,
// permissions and consent. Not here are those that judge the text alone, and those
// that state a behaviour whatever the policy says, such as installed_app_list.
var rules = []string{
	"undisclosed_sdk", "undisclosed_sdk_data_item", "undisclosed_first_party_data", "vague_disclosure", "policy_contradiction",
	"undisclosed_permission", "declared_sdk_absent", "sdk_company_mismatch", "bilingual_mismatch", "placeholder_unfilled",
	"sdk_entry_incomplete", "sdk_duplicate_conflict", "sdk_link_broken", "third_party_sharing_missing", "policy_internal_contradiction",
	"permission_purpose_missing", "collect_before_consent", "before_consent_app_probe", "auto_init_provider", "no_privacy_popup",
	"no_disagree_option", "sensor_list_undisclosed", "self_start_undisclosed", "associated_start_undisclosed", "background_location_use",
}

// sections are rules about what a whole policy has to have. Most pairs have short
// policies that were not written to satisfy them.
var sections = []string{
	"user_rights_missing", "contact_missing", "retention_missing", "storage_location_missing", "operator_identity_missing",
	"effective_date_missing", "children_rule_missing", "account_deletion_missing", "withdraw_consent_missing",
}

func main() {
	args := os.Args[1:]
	var err error
	switch {
	case len(args) > 3 && args[0] == "plan":
		err = plan(args[1], args[2], args[3:])
	case len(args) == 3 && args[0] == "table":
		err = table(os.Stdout, args[1], args[2])
	case len(args) == 2 && args[0] == "check":
		err = check(args[1])
	default:
		err = errors.New("usage: go run testdata/corpus/pairs.go plan PAIRS OUT DIR... | table PAIRS OUT | check PAIRS")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pairs:", err)
		os.Exit(1)
	}
}

// pair is one app.yaml. Names of permissions lack "android.permission.".
type pair struct {
	name        string
	Package     string
	Label       string
	Permissions []string
	Archives    []string // names in archives.yaml
	Renamed     []string // the same, whose classes get other names
}

// archive is one entry of archives.yaml; Reads maps a kind of personal data to the
// call that shows it.
type archive struct {
	SDK    string
	SHA256 string
	Reads  map[string]string
	Device []string
}

// expectation is one entry of expected.yaml.
type expectation struct {
	Kind       string // of the difference; "" where it is only allowed
	Rule       string
	Party      string
	Data       string
	Permission string
	Quote      string
	Verdict    string
	Severity   string // ">= medium"
	Because    string
}

// expected is one expected.yaml: what has to be found, what may be, and parties of
// which nothing may be reported by the rules that would call them undisclosed or
// absent. Whole is set where the policy has every section that it needs, save those
// planted, so that the rules of sections count too.
type expected struct {
	Whole   bool
	Planted []expectation
	Allowed []expectation
	Silent  []expectation
}

func readYAML(path string, into any) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	d := yaml.NewDecoder(f)
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// readPairs reads the pairs by name, and the archives.
func readPairs(dir string) ([]pair, map[string]archive, error) {
	archives := map[string]archive{}
	if err := readYAML(filepath.Join(dir, "archives.yaml"), &archives); err != nil {
		return nil, nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "app.yaml"))
	if err != nil {
		return nil, nil, err
	}
	var out []pair
	for _, file := range files {
		p := pair{name: filepath.Base(filepath.Dir(file))}
		if err := readYAML(file, &p); err != nil {
			return nil, nil, err
		}
		for _, a := range slices.Concat(p.Archives, p.Renamed) {
			if _, ok := archives[a]; !ok {
				return nil, nil, fmt.Errorf("%s: archives.yaml has no %s", file, a)
			}
		}
		out = append(out, p)
	}
	return out, archives, nil
}

// plan writes what the shell builds the apps from.
func plan(dir, out string, from []string) error {
	pairs, archives, err := readPairs(dir)
	if err != nil {
		return err
	}
	wanted := map[string]string{} // sha256 to file
	for _, a := range archives {
		wanted[a.SHA256] = ""
	}
	for _, d := range from {
		if err := locate(d, wanted); err != nil {
			return err
		}
	}
	for _, p := range pairs {
		var lines strings.Builder
		for use, names := range map[string][]string{"plain": p.Archives, "renamed": p.Renamed} {
			for _, n := range names {
				file := wanted[archives[n].SHA256]
				if file == "" {
					return fmt.Errorf("%s: no file below %s has the sha256 %s of %s; run testdata/corpus/relearn.sh or set APKAUDIT_ARTIFACTS",
						p.name, strings.Join(from, ", "), archives[n].SHA256, n)
				}
				fmt.Fprintf(&lines, "%s %s %s\n", archives[n].SHA256, use, file)
			}
		}
		folder := filepath.Join(out, p.name)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		sorted := slices.Sorted(strings.Lines(lines.String()))
		if err := os.WriteFile(filepath.Join(folder, "archives.txt"), []byte(strings.Join(sorted, "")), 0o644); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, "AndroidManifest.xml"), p.manifest(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// locate finds the files of the wanted sums below a folder.
func locate(dir string, wanted map[string]string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		h := sha256.New()
		if _, err := io.Copy(h, f); err != nil {
			return err
		}
		sum := hex.EncodeToString(h.Sum(nil))
		if old, ok := wanted[sum]; ok && (old == "" || path < old) {
			wanted[sum] = path
		}
		return nil
	})
}

func (p *pair) manifest() []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n")
	fmt.Fprintf(&b, `<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="%s" android:versionCode="1" android:versionName="1.0">`+"\n", p.Package)
	b.WriteString(`<uses-sdk android:minSdkVersion="26" android:targetSdkVersion="30" />` + "\n")
	for _, name := range p.Permissions {
		fmt.Fprintf(&b, `<uses-permission android:name="android.permission.%s" />`+"\n", name)
	}
	b.WriteString(`<application android:allowBackup="false" android:label="`)
	_ = xml.EscapeText(&b, []byte(p.Label))
	b.WriteString(`">` + "\n" + `<activity android:name=".MainActivity" android:exported="true"><intent-filter>` +
		`<action android:name="android.intent.action.MAIN" /><category android:name="android.intent.category.LAUNCHER" />` +
		"</intent-filter></activity>\n</application>\n</manifest>\n")
	return []byte(b.String())
}

// expected reads what is expected of a pair. A planted difference must have a reason,
// and what it says of the app must be so: the permission is requested, the SDK is in
// the app or is not, and archives.yaml has the call behind the data.
func (p *pair) expected(dir string, archives map[string]archive) (*expected, error) {
	var e expected
	file := filepath.Join(dir, p.name, "expected.yaml")
	if err := readYAML(file, &e); err != nil {
		return nil, err
	}
	for _, x := range slices.Concat(e.Planted, e.Allowed, e.Silent) {
		if x.Because == "" {
			return nil, fmt.Errorf("%s: no reason for %s", file, x.describe())
		}
	}
	for _, x := range e.Planted {
		if x.Kind == "" || x.least() == 0 || !e.counts(x.Rule) {
			return nil, fmt.Errorf("%s: no kind or severity, or an unknown rule: %s", file, x.describe())
		}
		if !p.holds(&x, archives) {
			return nil, fmt.Errorf("%s: app.yaml and archives.yaml do not bear out %s", file, x.describe())
		}
	}
	return &e, nil
}

// counts tells whether findings of a rule are compared.
func (e *expected) counts(rule string) bool {
	return slices.Contains(rules, rule) || e.Whole && slices.Contains(sections, rule)
}

// check reads what is expected of every pair.
func check(dir string) error {
	pairs, archives, err := readPairs(dir)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if _, err := p.expected(dir, archives); err != nil {
			return err
		}
	}
	return nil
}

// holds tells whether what a planted difference says of the app is so.
func (p *pair) holds(x *expectation, archives map[string]archive) bool {
	if name, ok := strings.CutPrefix(x.Permission, "android.permission."); ok {
		return slices.Contains(p.Permissions, name)
	}
	id, ok := strings.CutPrefix(x.Party, audit.PrefixSDK)
	if !ok {
		return true
	}
	in := slices.ContainsFunc(slices.Concat(p.Archives, p.Renamed), func(n string) bool {
		return archives[n].SDK == id && (x.Data == "" || archives[n].Reads[x.Data] != "")
	})
	return in == (x.Rule != "declared_sdk_absent")
}

// reported is one difference that the report states: a finding, or one data type of
// a finding about several.
type reported struct {
	*audit.Finding
	data, verdict string
}

// differences lists what a report states by the rules that count, data types of one
// finding apart. An SDK that is not named at all is one difference, whatever it reads.
func (e *expected) differences(r *audit.Report) []reported {
	var out []reported
	for i := range r.Findings {
		f := &r.Findings[i]
		if !e.counts(f.Rule) {
			continue
		}
		if f.Data != "" || len(f.Items) == 0 || f.Rule == "undisclosed_sdk" {
			out = append(out, reported{f, f.Data, f.Verdict})
			continue
		}
		for _, item := range f.Items {
			out = append(out, reported{f, item.Data, cmp.Or(item.Verdict, f.Verdict)})
		}
	}
	return out
}

// is tells whether a difference is the expected one; severity is looked at by the
// caller.
func (e *expectation) is(f reported) bool {
	quoted := e.Quote == "" || slices.ContainsFunc(f.Policy, func(q audit.Quote) bool { return q.Quote == e.Quote })
	return f.Rule == e.Rule && f.Party == e.Party && f.data == e.Data && f.Permission == e.Permission &&
		(e.Verdict == "" || f.verdict == e.Verdict) && quoted
}

// least is the rank of the least severity that an expectation allows.
func (e *expectation) least() int { return audit.SeverityRank(strings.TrimPrefix(e.Severity, ">= ")) }

// outcome counts one pair or one kind.
type outcome struct {
	planted, found, invented, quiet, loud, unbuilt int
	lines                                          []string // what was missed or invented
}

func (o *outcome) add(p outcome) {
	o.planted, o.found, o.invented = o.planted+p.planted, o.found+p.found, o.invented+p.invented
	o.quiet, o.loud, o.unbuilt = o.quiet+p.quiet, o.loud+p.loud, o.unbuilt+p.unbuilt
}

// judge compares one report with what is expected. Planted differences of a rule
// that the report has no state of are counted apart.
func judge(e *expected, r *audit.Report, kinds map[string]*outcome) outcome {
	var o outcome
	all := e.differences(r)
	used := make([]bool, len(all))
	of := func(kind string) *outcome {
		if kinds[kind] == nil {
			kinds[kind] = &outcome{}
		}
		return kinds[kind]
	}
	for _, p := range e.Planted {
		one := outcome{planted: 1}
		built := slices.ContainsFunc(r.Checks, func(c audit.CheckState) bool { return c.Rule == p.Rule })
		i := slices.IndexFunc(all, func(f reported) bool { return p.is(f) && audit.SeverityRank(f.Severity) >= p.least() })
		switch {
		case i >= 0:
			one.found, used[i] = 1, true
		case !built:
			one = outcome{unbuilt: 1}
		default:
			o.lines = append(o.lines, "missed    "+p.describe()+near(all, p))
		}
		of(p.Kind).add(one)
		o.add(one)
	}
	for i, f := range all {
		if used[i] || audit.SeverityRank(f.Severity) < audit.SeverityRank(audit.Low) ||
			slices.ContainsFunc(e.Allowed, func(a expectation) bool { return a.is(f) }) {
			continue
		}
		if slices.ContainsFunc(e.Planted, func(p expectation) bool { return p.is(f) }) {
			continue // told already as missed, for its severity
		}
		o.invented++
		o.lines = append(o.lines, "invented  "+f.describe())
	}
	for _, s := range e.Silent {
		one := outcome{quiet: 1}
		if slices.ContainsFunc(all, func(f reported) bool {
			return f.Party == s.Party && (f.Rule == "undisclosed_sdk" || f.Rule == "declared_sdk_absent")
		}) {
			one = outcome{loud: 1}
			o.lines = append(o.lines, "not known by the name of the policy: "+s.Party+" ("+s.Because+")")
		}
		of(s.Kind).add(one)
		o.add(one)
	}
	return o
}

func (e *expectation) describe() string {
	return strings.Join(strings.Fields(strings.Join([]string{e.Rule, e.Party, e.Data, e.Permission, e.Quote, e.Verdict}, " ")), " ")
}

// maxQuote bounds a quote in the list of what is invented, in code points.
const maxQuote = 60

func (f reported) describe() string {
	e := expectation{Rule: f.Rule, Party: f.Party, Data: f.data, Permission: f.Permission, Verdict: f.verdict}
	s := e.describe() + ", " + f.Severity
	if len(f.Policy) > 0 && f.data == "" && f.Permission == "" {
		quote := []rune(strings.Join(strings.Fields(f.Policy[0].Quote), " "))
		s += ": " + string(quote[:min(maxQuote, len(quote))])
	}
	return s
}

// near tells what the report says instead of a planted difference.
func near(all []reported, p expectation) string {
	for _, f := range all {
		if f.Party == p.Party && f.data == p.Data && f.Permission == p.Permission && (p.Data != "" || p.Permission != "" || f.Rule == p.Rule) {
			return "; reported is " + f.Rule + " " + f.verdict + ", " + f.Severity
		}
	}
	return ""
}

func ratio(a, b int) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", float64(a)/float64(b))
}

// set tells which set a pair belongs to, by what its name has before "_". Pairs with
// such a name were held out: their first figures were taken before anything was mended
// on them.
func set(p pair) string {
	before, _, found := strings.Cut(p.name, "_")
	if !found {
		return ""
	}
	return before
}

// table prints the figures of the pairs, those of each set apart, and everything
// missed or invented.
func table(w io.Writer, dir, out string) error {
	pairs, archives, err := readPairs(dir)
	if err != nil {
		return err
	}
	sets := map[string][]pair{}
	for _, p := range pairs {
		sets[set(p)] = append(sets[set(p)], p)
	}
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		if name != "" {
			fmt.Fprintf(w, "\nheld out, %s_:\n\n", name)
		}
		if err := group(w, dir, out, sets[name], archives); err != nil {
			return err
		}
	}
	return nil
}

// group prints the figures of some pairs.
func group(w io.Writer, dir, out string, pairs []pair, archives map[string]archive) error {
	kinds := map[string]*outcome{}
	var total outcome
	var lines []string
	fmt.Fprintf(w, "%-14s %5s %8s %6s %7s %9s\n", "pair", "SDKs", "planted", "found", "missed", "invented")
	for _, p := range pairs {
		e, err := p.expected(dir, archives)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(filepath.Join(out, p.name, "report.json"))
		if err != nil {
			return err
		}
		var r audit.Report
		if err := json.Unmarshal(data, &r); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if r.App.Package != p.Package {
			return fmt.Errorf("%s: the report is about %q", p.name, r.App.Package)
		}
		o := judge(e, &r, kinds)
		total.add(o)
		for _, l := range o.lines {
			lines = append(lines, p.name+": "+l)
		}
		fmt.Fprintf(w, "%-14s %5d %8d %6d %7d %9d\n", p.name, len(p.Archives)+len(p.Renamed), o.planted, o.found, o.planted-o.found, o.invented)
	}
	fmt.Fprintf(w, "%-14s %5s %8d %6d %7d %9d\n\n", "all", "", total.planted, total.found, total.planted-total.found, total.invented)
	fmt.Fprintf(w, "precision %s, recall %s\n\n", ratio(total.found, total.found+total.invented), ratio(total.found, total.planted))
	fmt.Fprintf(w, "%-24s %8s %6s %7s\n", "kind", "planted", "found", "recall")
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		o := kinds[k]
		switch {
		case o.quiet+o.loud > 0:
			fmt.Fprintf(w, "%-24s %d of %d not reported\n", k, o.quiet, o.quiet+o.loud)
		case o.unbuilt > 0:
			fmt.Fprintf(w, "%-24s %d planted, and no such check\n", k, o.unbuilt)
		default:
			fmt.Fprintf(w, "%-24s %8d %6d %7s\n", k, o.planted, o.found, ratio(o.found, o.planted))
		}
	}
	fmt.Fprintln(w)
	for _, l := range lines {
		fmt.Fprintln(w, l)
	}
	return nil
}
