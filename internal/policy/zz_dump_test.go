package policy

import (
	"context"
	"fmt"
	"os"
	"testing"

	"apkaudit/internal/rules"
)

func TestZZDump(t *testing.T) {
	name := os.Getenv("POL")
	if name == "" {
		t.Skip()
	}
	set, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(set)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(name)
	p, gaps, err := r.Read(context.Background(), []Input{{Name: name, Data: data}})
	fmt.Println(gaps, err)
	for _, s := range p.Sources {
		fmt.Println(s.File, s.Format, s.Languages, s.Chars)
	}
	for _, s := range p.SDKs {
		fmt.Printf("SDK %-22s %-12s %s [%s] L%d-%d co=%q purpose=%.40q link=%s\n    data=%v ios=%v perms=%v\n", s.ID, s.Layout, s.NameAsWritten, s.Lang, s.At.Line, s.At.End, s.Company, s.Purpose, s.Link, s.Data, s.PlatformData.IOS, s.Permissions)
	}
	if os.Getenv("CLAIMS") != "" {
		for _, c := range p.Claims {
			if os.Getenv("CLAIMS") == "app" && c.Party != "app" && c.Party != "third_party" {
				continue
			}
			fmt.Printf("CLAIM L%d %s %s %s %s %s %v %v :: %.120q\n", c.At.Line, c.Party, c.Polarity, c.Platform, c.Specificity, c.Rule, c.Data, c.Permissions, c.Quote)
		}
	}
	for _, d := range p.Defects {
		fmt.Println("DEFECT", d.At.Line, d.Quote)
	}
}
