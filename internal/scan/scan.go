// Package scan is the one straight line for one target: open the APK, observe
// its behaviour, read the policy, judge, sum up. It holds no logic of its own
// beyond that order, and is one of the few places that recover: a crash in a
// reader costs the answer for that part, never the process.
//
// It prints nothing and opens no network connection; documents come as bytes.
package scan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
	"apkaudit/internal/check"
	"apkaudit/internal/policy"
	"apkaudit/internal/rules"
)

// Options are what a report's content depends on besides the input and the
// rules; they enter the report as options_digest.
type Options struct {
	Limits Limits
	Judged audit.Judged // what findings depend on besides facts and rules
}

// DefaultOptions are the options of a plain scan.
func DefaultOptions() Options {
	return Options{Limits: DefaultLimits(), Judged: audit.Judged{Profile: audit.ProfileAll}}
}

// Scanner audits targets with one set of rules. It is safe for concurrent use.
type Scanner struct {
	set      *rules.Set
	observer *behavior.Observer
	// readPolicies is the policy reader's Read. The reader's words take longer to
	// compile than a small app to scan, so that is done once, where documents are
	// read; prepare does it beside other work.
	readPolicies readFunc
	prepare      func()
	opt          Options
	version      string
	lenient      bool // documents of which none can be read are a gap, no error
}

// Lenient is a scanner that says of documents of which none can be read that there was
// no policy to compare with, for runs over many targets. Others return an error.
func (s *Scanner) Lenient() *Scanner {
	c := *s
	c.lenient = true
	return &c
}

// New compiles the rules. version is the program's, for the report.
func New(set *rules.Set, opt Options, version string) (*Scanner, error) {
	if err := check.Validate(set); err != nil {
		return nil, err
	}
	reader := sync.OnceValues(func() (*policy.Reader, error) {
		r, err := policy.NewReader(set)
		if err == nil {
			r.Limits = opt.Limits.Policy
		}
		return r, err
	})
	read := func(ctx context.Context, docs []policy.Input) (audit.Policy, []audit.Gap, error) {
		r, err := reader()
		if err != nil {
			return audit.Policy{}, nil, err
		}
		return r.Read(ctx, docs)
	}
	observer := behavior.New(set)
	observer.Limits = opt.Limits.Behavior
	return &Scanner{set: set, observer: observer, readPolicies: remember(read), prepare: func() { go reader() }, opt: opt, version: version}, nil
}

func (s *Scanner) newReport() *audit.Report {
	r := audit.NewReport()
	r.Tool.Version = s.version
	r.Tool.AnalysisDigest, r.Tool.RulesDigest = s.set.AnalysisDigest(), s.set.Digest()
	opt, err := json.Marshal(s.opt)
	if err != nil {
		panic(err) // a struct of numbers: cannot fail
	}
	sum := sha256.Sum256(opt)
	r.Tool.OptionsDigest = hex.EncodeToString(sum[:])
	r.Tool.Judged = s.opt.Judged
	return r
}

// App audits one APK against the given documents, or against a policy found
// inside the APK where none is given. The error is for targets of which nothing
// can be said: an unreadable file, documents of which none can be read, or an
// ended context.
func (s *Scanner) App(ctx context.Context, file string, docs []policy.Input) (*audit.Report, error) {
	r, _, err := s.app(ctx, file, docs)
	return r, err
}

// Sites is App without a policy; it also lists every call site, one Use each.
func (s *Scanner) Sites(ctx context.Context, file string) (*audit.Report, []audit.Use, error) {
	return s.app(ctx, file, nil)
}

func (s *Scanner) app(ctx context.Context, file string, docs []policy.Input) (*audit.Report, []audit.Use, error) {
	if len(docs) > 0 {
		s.prepare()
	}
	t, err := s.Open(ctx, file)
	if err != nil {
		return nil, nil, err
	}
	defer t.Close()
	return t.audit(ctx, docs)
}

// Target is an opened app: its manifest and archive are read, its code is not.
type Target struct {
	s   *Scanner
	app *apk.App
}

// Open reads everything about an app but its code. Errors are those of apk.Open.
func (s *Scanner) Open(ctx context.Context, file string) (*Target, error) {
	app, err := apk.Open(ctx, file, s.opt.Limits.APK)
	if err != nil {
		return nil, err
	}
	return &Target{s, app}, nil
}

// OpenReader is Open of bytes that are no file, such as standard input; name stands for
// it in the report.
func (s *Scanner) OpenReader(ctx context.Context, name string, data io.ReaderAt, size int64) (*Target, error) {
	app, err := apk.OpenReader(ctx, name, data, size, s.opt.Limits.APK)
	if err != nil {
		return nil, err
	}
	return &Target{s, app}, nil
}

// Info is what manifest and archive say of the app.
func (t *Target) Info() audit.App { return t.app.Info }

// Close ends reading.
func (t *Target) Close() error { return t.app.Close() }

// Audit is Scanner.App of this target.
func (t *Target) Audit(ctx context.Context, docs []policy.Input) (*audit.Report, error) {
	r, _, err := t.audit(ctx, docs)
	return r, err
}

// Recheck is Scanner.Recheck of a saved report of this target, against a policy that is
// looked for inside it.
func (t *Target) Recheck(ctx context.Context, saved *audit.Report) (*audit.Report, error) {
	docs, gaps := t.s.embedded(ctx, t.app)
	return t.s.recheck(ctx, saved, docs, gaps)
}

// Shell is the report of this target without its code: what manifest, archive and
// policy say, where reading the code has ended the program. cause is the gap for it.
func (t *Target) Shell(ctx context.Context, docs []policy.Input, cause audit.Gap) (*audit.Report, error) {
	r := t.report()
	var err error
	if r.Behavior, err = t.s.observer.Shell(ctx, t.app); err != nil {
		return nil, err
	}
	cause.Side = audit.SideApp
	r.Gaps = append(r.Gaps, cause)
	return t.judged(ctx, r, docs)
}

// report is a new report with what opening the target has shown.
func (t *Target) report() *audit.Report {
	r := t.s.newReport()
	r.App = t.app.Info
	r.App.File = strings.ToValidUTF8(r.App.File, "\ufffd") // as JSON would write it
	r.Gaps = append(r.Gaps, t.app.Gaps...)
	setSide(r.Gaps, audit.SideApp)
	return r
}

// judged adds the other side to a report and judges it.
func (t *Target) judged(ctx context.Context, r *audit.Report, docs []policy.Input) (*audit.Report, error) {
	if len(docs) == 0 {
		var gaps []audit.Gap
		docs, gaps = t.s.embedded(ctx, t.app)
		setSide(gaps, audit.SidePolicy)
		r.Gaps = append(r.Gaps, gaps...)
	}
	if err := t.s.says(ctx, r, docs); err != nil {
		return nil, err
	}
	t.s.finish(r)
	return r, ctx.Err()
}

func (t *Target) audit(ctx context.Context, docs []policy.Input) (*audit.Report, []audit.Use, error) {
	r := t.report()
	res, err := t.s.observe(ctx, t.app)
	if err != nil {
		return nil, nil, err
	}
	r.Behavior, r.App.DEX = res.Behavior, res.DEX
	setSide(res.Gaps, audit.SideApp)
	r.Gaps = append(r.Gaps, res.Gaps...)
	r, err = t.judged(ctx, r, docs)
	return r, res.Sites, err
}

// Policies reads documents without an app.
func (s *Scanner) Policies(ctx context.Context, docs []policy.Input) (*audit.Report, error) {
	r := s.newReport()
	if err := s.says(ctx, r, docs); err != nil {
		return nil, err
	}
	s.finish(r)
	return r, nil
}

// Recheck judges the app of a saved report against the given documents, by the
// rules and options of this scanner: what App would say of the same file, without
// the file. What the report holds of the app, with its gaps and the digest of what
// read it, is taken over; what it holds of a policy is not. A report of a target
// of which nothing could be said stays as it is.
func (s *Scanner) Recheck(ctx context.Context, saved *audit.Report, docs []policy.Input) (*audit.Report, error) {
	return s.recheck(ctx, saved, docs, nil)
}

// recheck is Recheck; gaps are those of finding the documents.
func (s *Scanner) recheck(ctx context.Context, saved *audit.Report, docs []policy.Input, gaps []audit.Gap) (*audit.Report, error) {
	if saved.Outcome.Verdict == audit.OutcomeError {
		return saved, nil
	}
	r := s.newReport()
	r.Tool.AnalysisDigest = saved.Tool.AnalysisDigest
	r.App, r.Behavior = saved.App, saved.Behavior
	for _, g := range saved.Gaps {
		if g.Side == audit.SideApp {
			r.Gaps = append(r.Gaps, g)
		}
	}
	setSide(gaps, audit.SidePolicy)
	r.Gaps = append(r.Gaps, gaps...)
	if err := s.says(ctx, r, docs); err != nil {
		return nil, err
	}
	s.finish(r)
	return r, ctx.Err()
}

// Tool is what reports of this scanner say of the program and its rules.
func (s *Scanner) Tool() audit.Tool { return s.newReport().Tool }

// AnalysisDigest is that of the behaviour part of this scanner's reports.
func (s *Scanner) AnalysisDigest() string { return s.set.AnalysisDigest() }

// says adds what the documents say, and the gaps of that side.
func (s *Scanner) says(ctx context.Context, r *audit.Report, docs []policy.Input) error {
	before := len(r.Gaps)
	err := s.read(ctx, r, docs)
	setSide(r.Gaps[before:], audit.SidePolicy)
	return err
}

func setSide(gaps []audit.Gap, side string) {
	for i := range gaps {
		gaps[i].Side = side
	}
}

// Failed is the report of a target of which nothing can be said, for runs over
// several targets.
func (s *Scanner) Failed(file string, err error) *audit.Report {
	return s.Lost(file, audit.Gap{Kind: audit.GapUnreadable, What: err.Error(), Weakens: audit.Text{
		ZH: "该文件未能读取，没有任何结论。", EN: "This file could not be read; nothing is said about it.",
	}})
}

// Lost is Failed with the gap that says why.
func (s *Scanner) Lost(file string, why audit.Gap) *audit.Report {
	r := s.newReport()
	r.App.File = strings.ToValidUTF8(file, "\ufffd")
	why.Side = audit.SideApp
	r.Gaps = []audit.Gap{why}
	r.Outcome.Verdict = audit.OutcomeError
	r.Normalize()
	r.Decide()
	return r
}

// finish judges, sums up and normalises a report.
func (s *Scanner) finish(r *audit.Report) {
	r.Normalize() // what is judged is what a saved report holds
	check.Run(s.set, r)
	r.Decide()
	r.Normalize()
}

// Rejudge judges the facts of a report again, of both sides, as after a change of rules.
func (s *Scanner) Rejudge(r *audit.Report) { s.finish(r) }

// observe reads the code; a crash becomes a gap, so that manifest and policy
// still give a report.
func (s *Scanner) observe(ctx context.Context, app *apk.App) (res *behavior.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			res, err = &behavior.Result{Gaps: []audit.Gap{crashed("code", p)}}, nil
		}
	}()
	return s.observer.Observe(ctx, app)
}

// read reads the documents into the report.
func (s *Scanner) read(ctx context.Context, r *audit.Report, docs []policy.Input) (err error) {
	if len(docs) == 0 {
		r.Gaps = append(r.Gaps, audit.Gap{Kind: audit.GapNoPolicy, What: "no policy was given and none was found inside the APK", Weakens: audit.Text{
			ZH: "没有可比对的隐私政策：本报告只列出代码中存在的行为。",
			EN: "There was no policy to compare with: this report only lists what the code contains.",
		}})
		return nil
	}
	p, gaps, err, crash := s.tryRead(ctx, docs)
	failed := crash != nil
	if failed {
		// One document brought the reader down: the others are read without it.
		docs = slices.Clone(docs)
		for i := range docs {
			if _, _, _, cause := s.tryRead(ctx, docs[i:i+1]); cause != nil {
				r.Gaps = append(r.Gaps, crashed("policy "+docs[i].Name, cause))
				docs[i].Err = errors.New("the reader failed on it; see the other gap")
			}
		}
		p, gaps, err, crash = s.tryRead(ctx, docs)
	}
	if crash != nil {
		r.Gaps = append(r.Gaps, crashed("policies", crash))
		return nil
	}
	r.Policy = p
	r.Gaps = append(r.Gaps, gaps...)
	found := !slices.ContainsFunc(docs, func(in policy.Input) bool { return !in.Inside })
	if (failed || found || s.lenient) && errors.Is(err, policy.ErrUnreadable) {
		return nil // the gaps say why
	}
	return err
}

// tryRead reads documents; cause is what the reader panicked with, nil if it did
// not.
func (s *Scanner) tryRead(ctx context.Context, docs []policy.Input) (p audit.Policy, gaps []audit.Gap, err error, cause any) {
	defer func() {
		if cause = recover(); cause != nil {
			p, gaps, err = audit.Policy{}, nil, nil
		}
	}()
	p, gaps, err = s.readPolicies(ctx, docs)
	return p, gaps, err, nil
}

func crashed(what string, cause any) audit.Gap {
	return audit.Gap{Kind: audit.GapCrashed, What: fmt.Sprintf("reading the %s failed: %v", what, cause), Weakens: audit.Text{
		ZH: "程序在读取该部分时出错，这部分未被检查；请提交该样本的 sha256 以便修复。",
		EN: "The program failed on this part, which was not examined; please report the sample's sha256.",
	}}
}

// Where apps keep their policy: among the assets or raw resources, under a name
// that says so.
var (
	policyName = regexp.MustCompile(`(?i)(privacy|yinsi|隐私|policy)`)
	policyDirs = []string{"assets/", "res/raw/"}
	policyExt  = []string{".html", ".htm", ".txt", ".md", ".pdf", ".docx"}
)

// maxEmbedded bounds how many files of an APK are tried as its policy.
const maxEmbedded = 8

// policyWords are words of which a policy holds several; a script or a list of
// links that is merely named "privacy" does not.
var policyWords = []string{"个人信息", "隐私", "收集", "第三方", "personal information", "personal data", "privacy", "collect", "third part"}

// embedded finds the policy inside the APK, by name and then by content. The gap tells
// that there may be more.
func (s *Scanner) embedded(ctx context.Context, app *apk.App) ([]policy.Input, []audit.Gap) {
	var out []policy.Input
	for _, e := range app.Entries {
		inside := app.Inside(e)
		inDir := slices.ContainsFunc(policyDirs, func(d string) bool { return strings.HasPrefix(inside, d) })
		if !inDir || !slices.Contains(policyExt, strings.ToLower(path.Ext(e))) || !policyName.MatchString(inside) {
			continue
		}
		if len(out) == maxEmbedded {
			return out, []audit.Gap{{Kind: audit.GapLimit, What: fmt.Sprintf("%s: not all of it was looked at: max-embedded-policies of %d reached", e, maxEmbedded), Weakens: audit.Text{
				ZH: "安装包中的部分政策文件未被读取，凡依赖政策文本的结论可能偏严。",
				EN: "Some files inside the APK that may be policies were not read, so answers that depend on the policy may be too strict.",
			}}}
		}
		in := policy.Input{Name: app.Info.File + "!/" + e, Inside: true}
		var text string
		in.Data, in.Err = app.ReadEntry(ctx, e, nil)
		err := in.Err
		if err == nil {
			text, err = s.opt.Limits.Policy.Text(in)
		}
		if err != nil || isPolicy(text) { // one that cannot be read may be one, which is told
			out = append(out, in)
		}
	}
	return out, nil
}

func isPolicy(text string) bool {
	text = strings.ToLower(text)
	n := 0
	for _, w := range policyWords {
		if strings.Contains(text, w) {
			n++
		}
	}
	return n >= 3
}

// ErrPolicy tells whether an error of App or Policies is about the documents.
func ErrPolicy(err error) bool { return errors.Is(err, policy.ErrUnreadable) }
