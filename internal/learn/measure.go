package learn

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"apkaudit/internal/rules"
)

// maxMeasuredHosts is how many hosts a measurement lists.
const maxMeasuredHosts = 5

// mine tells whether a package counts as the SDK's when its artifact is
// measured: all that no other signature owns, and what it ships.
func (r *reader) mine(pkg string, k *rules.SDK) bool {
	if underAny(pkg, k.Match.Packages) || underAny(pkg, k.Match.Supporting) {
		owner, p := r.ownerOf(pkg)
		return owner < 0 || r.set.SDKs[owner].ID == k.ID || !longerThanOwn(p, k)
	}
	if slices.ContainsFunc(k.Match.Ships, func(s rules.Shipped) bool { return under(pkg, s.Prefix) }) {
		return true
	}
	owner, _ := r.ownerOf(pkg)
	return owner < 0 && !underAny(pkg, platform)
}

// longerThanOwn tells whether another signature's prefix lies below one of the
// SDK's.
func longerThanOwn(p string, k *rules.SDK) bool {
	return slices.ContainsFunc(slices.Concat(k.Match.Packages, k.Match.Supporting), func(q string) bool { return under(p, q) && p != q })
}

// hostsOf counts the hosts in the SDK's part of an artifact.
func (r *reader) hostsOf(a *artifact, k *rules.SDK) map[string]int {
	out := map[string]int{}
	for pkg, c := range a.packages {
		if r.mine(pkg, k) && (!a.app || underAny(pkg, k.Match.Packages) || underAny(pkg, k.Match.Supporting)) {
			for host, n := range c.hosts {
				out[host] += n
			}
		}
	}
	return out
}

// measure sums up what the SDK's part of an artifact calls.
func (r *reader) measure(a *artifact, k *rules.SDK) rules.Measured {
	m := rules.Measured{SDK: k.ID, Artifact: a.name, SHA256: a.sha256, Version: a.version, Calls: map[string]int{}}
	for pkg, c := range a.packages {
		if !r.mine(pkg, k) || a.app && !underAny(pkg, k.Match.Packages) && !underAny(pkg, k.Match.Supporting) {
			continue
		}
		m.Classes += c.classes
		for id, sites := range c.calls {
			m.Calls[id] += sites
		}
	}
	if m.Version == "" {
		m.Version = r.constantVersion(a, k)
	}
	for _, p := range a.permissions {
		if !strings.Contains(p, "${") {
			m.Permissions = append(m.Permissions, p)
		}
	}
	var hosts []prefix
	for host, n := range r.hostsOf(a, k) {
		hosts = append(hosts, prefix{host, n})
	}
	slices.SortFunc(hosts, byClasses)
	for _, h := range hosts[:min(len(hosts), maxMeasuredHosts)] {
		m.Hosts = append(m.Hosts, h.name)
	}
	return m
}

// constantVersion is the version that the places of the signature state, or
// that all constants agree on.
func (r *reader) constantVersion(a *artifact, k *rules.SDK) string {
	agreed, differ := "", false
	for _, v := range a.versions {
		value := strings.TrimLeft(v.value, "vV")
		if slices.Contains(k.Version, v.place) {
			return value
		}
		if _, rest, _ := strings.Cut(v.place, ":"); underAny(rest, k.Match.Packages) {
			differ = differ || agreed != "" && agreed != value
			agreed = value
		}
	}
	if differ {
		return ""
	}
	return agreed
}

// Entry is one row of a list of artifacts.
type Entry struct {
	SDK    string
	Source string // as in rules.Measured
	SHA256 string
	Path   string // of the file
}

// ParseList reads rows of SDK, source and sha256, parted by tabs; lines that
// start with # are comments. Errors name the line.
func ParseList(name string, data []byte) ([]Entry, error) {
	var out []Entry
	seen := map[string]bool{}
	for i, line := range bytes.Split(data, []byte("\n")) {
		text := strings.TrimSuffix(string(line), "\r")
		if strings.TrimSpace(text) == "" || strings.HasPrefix(text, "#") {
			continue
		}
		cols := strings.Split(text, "\t")
		if len(cols) < 3 || cols[0] == "" || cols[1] == "" || len(cols[2]) != 64 {
			return nil, fmt.Errorf("%s:%d: a row is SDK, source and sha256, parted by tabs", name, i+1)
		}
		if key := cols[0] + "\t" + cols[1]; !seen[key] {
			seen[key] = true
			out = append(out, Entry{SDK: cols[0], Source: cols[1], SHA256: cols[2]})
		}
	}
	return out, nil
}

// Measure reads the artifacts of a list side by side and states what each calls,
// sorted by SDK and artifact. Artifacts that cannot be read in whole, whose SDK the
// set does not know or whose bytes are others than listed are in the error, which
// does not take away the rest.
func Measure(ctx context.Context, set *rules.Set, list []Entry) ([]rules.Measured, error) {
	r := newReader(set)
	results := make([]*rules.Measured, len(list))
	errs := make([]error, len(list))
	parallel(len(list), func(i int) {
		if ctx.Err() == nil {
			results[i], errs[i] = r.measureEntry(ctx, list[i])
		}
	})
	var out []rules.Measured
	for _, m := range results {
		if m != nil {
			out = append(out, *m)
		}
	}
	slices.SortFunc(out, byArtifact)
	return out, errors.Join(append(errs, ctx.Err())...)
}

// Keep adds to fresh measurements those of before for entries of the list that
// have none, sorted as by Measure. An entry whose bytes are others than then keeps
// nothing.
func Keep(fresh, before []rules.Measured, list []Entry) []rules.Measured {
	listed := map[Entry]bool{}
	for _, e := range list {
		listed[Entry{SDK: e.SDK, Source: e.Source, SHA256: e.SHA256}] = true
	}
	var still []rules.Measured
	for _, m := range before {
		if listed[Entry{SDK: m.SDK, Source: m.Artifact, SHA256: m.SHA256}] {
			still = append(still, m)
		}
	}
	return Merge(still, fresh)
}

// Merge puts fresh measurements beside those of before, in place of those of the
// same SDK and artifact, sorted as by Measure.
func Merge(before, fresh []rules.Measured) []rules.Measured {
	out := slices.Clone(fresh)
	for _, m := range before {
		if !slices.ContainsFunc(fresh, func(f rules.Measured) bool { return byArtifact(m, f) == 0 }) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, byArtifact)
	return out
}

func byArtifact(a, b rules.Measured) int {
	return cmp.Or(cmp.Compare(a.SDK, b.SDK), cmp.Compare(a.Artifact, b.Artifact))
}

func (r *reader) measureEntry(ctx context.Context, e Entry) (*rules.Measured, error) {
	k := r.set.SDK(e.SDK)
	if k == nil {
		return nil, fmt.Errorf("%s %s: no SDK has this id", e.SDK, e.Source)
	}
	a, err := r.read(ctx, Input{Path: e.Path, Source: e.Source})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", e.SDK, e.Source, err)
	}
	if a.sha256 != e.SHA256 {
		return nil, fmt.Errorf("%s %s: the file has sha256 %s, listed is %s", e.SDK, e.Source, a.sha256, e.SHA256)
	}
	m := r.measure(a, k)
	if n := len(a.problems); n > 0 && m.Classes > 0 {
		err = fmt.Errorf("%s %s: measured in part, problems: %d, first: %s", e.SDK, e.Source, n, a.problems[0])
	}
	return &m, err
}
