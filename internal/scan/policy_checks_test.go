package scan_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/policy"
)

// seedsDir holds the policies that this project was created from, beside the
// project; they are not part of it.
const seedsDir = "../../../shared/seeds"

// readSeed audits one seed policy without an app; the test is skipped where the
// seeds are absent.
func readSeed(t *testing.T, name string) *audit.Report {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(seedsDir, name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the seed policies are not beside this checkout (%s)", seedsDir)
	}
	if err != nil {
		t.Fatal(err)
	}
	return readPolicy(t, name, data)
}

func readPolicy(t *testing.T, name string, data []byte) *audit.Report {
	t.Helper()
	r, err := newScanner(t).Policies(context.Background(), []policy.Input{{Name: name, Data: data}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// of returns the findings of a rule.
func of(r *audit.Report, rule string) []audit.Finding {
	var out []audit.Finding
	for _, f := range r.Findings {
		if f.Rule == rule {
			out = append(out, f)
		}
	}
	return out
}

func partiesOf(list []audit.Finding) []string {
	var out []string
	for _, f := range list {
		if f.Party != "" {
			out = append(out, f.Party)
		}
	}
	slices.Sort(out)
	return out
}

func wantParties(t *testing.T, what string, got []audit.Finding, want ...string) {
	t.Helper()
	slices.Sort(want)
	if p := partiesOf(got); !slices.Equal(p, want) {
		t.Errorf("%s: parties %v, want %v", what, p, want)
	}
}

// silent fails where one of the rules has findings.
func silent(t *testing.T, r *audit.Report, rules ...string) {
	t.Helper()
	for _, rule := range rules {
		for _, f := range of(r, rule) {
			t.Errorf("invented: %s party=%s: %s", f.Rule, f.Party, f.Why.EN)
		}
	}
}

// TestSeedBilingual: the two halves of 000-wecall differ in the data of two
// Umeng SDKs and in the upload of the address book, and in nothing else.
func TestSeedBilingual(t *testing.T) {
	r := readSeed(t, "000-wecall.zh-en.txt")
	got := of(r, "bilingual_mismatch")
	wantParties(t, "bilingual_mismatch", got, "app", "sdk:umeng-analytics", "sdk:umeng-share")
	for _, f := range got {
		want := "仅中文版说明收集：ICCID/SIM序列号、网络信息、OAID。"
		if f.Party == audit.PartyApp {
			want = "仅中文版说明收集：通讯录/联系人。"
		}
		if !strings.HasPrefix(f.Why.ZH, want) {
			t.Errorf("%s: %q, want %q", f.Party, f.Why.ZH, want)
		}
		if len(f.Policy) < 2 {
			t.Errorf("%s: evidence of one version only: %v", f.Party, f.Policy)
		}
	}
	silent(t, r, "sdk_company_mismatch", "sdk_duplicate_conflict", "policy_internal_contradiction", "policy_too_short")
	silent(t, readSeed(t, "001-smart-home.zh-en.txt"), "bilingual_mismatch", "sdk_company_mismatch", "sdk_duplicate_conflict", "sdk_link_broken", "policy_internal_contradiction", "text_corruption")
	silent(t, readSeed(t, "004-generic.zh-en.txt"), "bilingual_mismatch", "sdk_entry_incomplete", "policy_internal_contradiction")
}

// TestSeedEntries: 002-tongyou has eight entries whose data is their own name,
// three advertising SDKs under the vendor of a fourth, and SDKs that stand in
// both of its tables.
func TestSeedEntries(t *testing.T) {
	r := readSeed(t, "002-tongyou.zh.txt")
	if n := len(of(r, "placeholder_unfilled")); n != 3 {
		t.Errorf("placeholders: %d, want 3", n)
	}
	var medium []audit.Finding
	for _, f := range of(r, "sdk_entry_incomplete") {
		if f.Severity == audit.Medium {
			medium = append(medium, f)
		}
	}
	wantParties(t, "sdk_entry_incomplete", medium, "sdk:alipay", "sdk:netease-yidun", "sdk:jpush", "sdk:baidu-location", "sdk:sigmob", "sdk:mintegral", "sdk:kuaishou-ads", "sdk:gdt-ylh")
	wantParties(t, "sdk_company_mismatch", of(r, "sdk_company_mismatch"), "sdk:mintegral", "sdk:kuaishou-ads", "sdk:gdt-ylh")
	wantParties(t, "sdk_duplicate_conflict", of(r, "sdk_duplicate_conflict"), "sdk:weibo", "sdk:xinstall")
	silent(t, r, "bilingual_mismatch", "sdk_link_broken", "policy_internal_contradiction", "policy_too_short")
}

// TestSeedFlattened: 003-92waiyu lost every link of its table; items that belong
// to old versions only are no contradiction.
func TestSeedFlattened(t *testing.T) {
	r := readSeed(t, "003-92waiyu.zh.txt")
	links := of(r, "sdk_link_broken")
	if len(links) != 1 || !strings.Contains(links[0].Why.EN, ": 15 ") {
		t.Errorf("lost links: %+v, want one finding for 15 entries", links)
	}
	silent(t, r, "sdk_company_mismatch", "sdk_duplicate_conflict", "policy_internal_contradiction", "text_corruption", "bilingual_mismatch", "policy_too_short")
}

// TestSeedCorruption: 004-generic is strewn with one character, six times.
func TestSeedCorruption(t *testing.T) {
	r := readSeed(t, "004-generic.zh-en.txt")
	var quotes []string
	for _, f := range of(r, "text_corruption") {
		for _, q := range f.Policy {
			quotes = append(quotes, q.Quote)
		}
	}
	slices.Sort(quotes)
	if want := []string{"<极 p>", "极", "极", "极", "极", "极"}; !slices.Equal(quotes, want) {
		t.Errorf("damaged places %q, want %q", quotes, want)
	}
	if got := of(r, "policy_too_short"); len(got) != 1 {
		t.Errorf("policy_too_short: %d findings, want 1", len(got))
	}
}

// TestOneFindingPerCause: many places of one kind do not flood a report.
func TestOneFindingPerCause(t *testing.T) {
	var b strings.Builder
	for range 300 {
		b.WriteString("为了提升用户体验，我们会收集您的手机号码、姓名等信息、、并保存。\n")
		b.WriteString("SDK名称：极光推送\n收集个人信息类型：IMEI\n隐私政策链接：点击查看\n\n")
	}
	r := readPolicy(t, "many.txt", []byte(b.String()))
	for _, rule := range []string{"open_ended_list", "vague_purpose", "text_corruption", "sdk_link_broken"} {
		if got := of(r, rule); len(got) != 1 {
			t.Errorf("%s: %d findings, want 1", rule, len(got))
		}
	}
	times := map[string]int{}
	for _, f := range r.Findings {
		if times[f.Rule]++; times[f.Rule] == 2 {
			t.Errorf("%s: more than one finding for one text repeated", f.Rule)
		}
	}
}
