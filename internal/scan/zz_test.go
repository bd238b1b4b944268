package scan_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"apkaudit/internal/policy"
)

func TestZZ(t *testing.T) {
	f := os.Getenv("APK")
	if f == "" {
		t.Skip()
	}
	s := newScanner(t)
	var docs []policy.Input
	if p := os.Getenv("POL"); p != "" {
		docs, _ = policy.Open(p)
	}
	t0 := time.Now()
	r, err := s.App(context.Background(), f, docs)
	fmt.Println(time.Since(t0), err)
	for _, k := range append(r.Behavior.SDKs, r.Behavior.Libraries...) {
		fmt.Printf("SDK %s %s %d ", k.ID, k.Confidence, k.Classes)
		for _, e := range k.Evidence {
			fmt.Printf("%s:%s(%d) ", e.Kind, e.Value, e.Count)
		}
		fmt.Println()
	}
	for _, p := range r.Behavior.Unowned {
		fmt.Println("UNOWNED", p)
	}
	for _, p := range r.Behavior.Packages {
		if p.Party == "app" {
			fmt.Println("APP", p)
		}
	}
	for _, g := range r.Gaps {
		fmt.Println("GAP", g.Kind, g.What)
	}
	sum := map[string]int{}
	for _, u := range r.Behavior.Uses {
		sum[u.Party+" "+strings.Join(u.Data, ",")] += u.Sites
	}
	for k, n := range sum {
		fmt.Println("USE", k, n)
	}
	for _, x := range r.Findings {
		fmt.Println("F", x.Severity, x.Rule, x.Verdict, x.Party, x.Data, x.Permission)
	}
}
