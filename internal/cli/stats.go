package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"

	"apkaudit/internal/rules"
	"apkaudit/signatures"
)

// proofKinds are the kinds of proof as --proof names them.
var proofKinds = []string{"artifact", "source", "public"}

// proofsOf lists the kinds of proof that an SDK has, each once.
func proofsOf(k *rules.SDK) []string {
	var out []string
	for _, kind := range proofKinds {
		if slices.ContainsFunc(k.Proof, func(p string) bool { return strings.HasPrefix(p, kind) }) {
			out = append(out, kind)
		}
	}
	return out
}

// writeStats counts SDKs by what they are and by how they are proved. The best
// proof counts: a real artifact before a list of facts before public code.
func writeStats(w io.Writer, sdks []*rules.SDK) {
	category, country, proof := map[string]int{}, map[string]int{}, map[string]int{}
	neutral, chinese, stated := 0, 0, 0
	for _, k := range sdks {
		category[k.Category]++
		country[cmp.Or(k.Country, "unknown")]++
		proof[append(proofsOf(k), "none")[0]]++
		if k.Neutral {
			neutral++
		}
		if chineseName(k) {
			chinese++
		}
		if k.Collects.Given() {
			stated++
		}
	}
	percent := func(n int) string { return fmt.Sprintf("%d (%.0f %%)", n, 100*float64(n)/float64(len(sdks))) }
	fmt.Fprintf(w, "%-24s %d\n", "SDKs and libraries", len(sdks))
	fmt.Fprintf(w, "%-24s %s\n", "neutral libraries", percent(neutral))
	fmt.Fprintf(w, "%-24s %s\n", "with a Chinese name", percent(chinese))
	fmt.Fprintf(w, "%-24s %s\n", "vendor states data", percent(stated))
	fmt.Fprintf(w, "%-24s %d bytes\n", "embedded set", len(signatures.Compiled))
	for _, part := range []struct {
		title  string
		counts map[string]int
	}{{"by best proof", proof}, {"by category", category}, {"by vendor's country", country}} {
		fmt.Fprintf(w, "\n%s\n", part.title)
		keys := slices.SortedFunc(maps.Keys(part.counts), func(x, y string) int {
			return cmp.Or(cmp.Compare(part.counts[y], part.counts[x]), cmp.Compare(x, y))
		})
		for _, key := range keys {
			fmt.Fprintf(w, "  %-22s %d\n", key, part.counts[key])
		}
	}
}

// chineseName tells whether the SDK has a name in Chinese characters.
func chineseName(k *rules.SDK) bool {
	return slices.ContainsFunc(append([]string{k.Name.ZH}, k.Aliases...), func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	})
}
