package disclose_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/disclose"
	"apkaudit/internal/policy"
	"apkaudit/internal/rules"
	"apkaudit/internal/scan"
)

var kit = sync.OnceValues(func() (*rules.Set, error) { return rules.LoadFull() })

func newKit(t testing.TB) (*rules.Set, *scan.Scanner) {
	t.Helper()
	set, err := kit()
	if err != nil {
		t.Fatal(err)
	}
	s, err := scan.New(set, scan.DefaultOptions(), "test")
	if err != nil {
		t.Fatal(err)
	}
	return set, s
}

// apks are our own apps and, where $APKAUDIT_APPS names a folder, the first real
// ones below it.
func apks(t testing.TB) []string {
	const maxReal = 40
	own, err := filepath.Glob("../../testdata/apk/*.apk")
	if err != nil || len(own) < 2 {
		t.Fatalf("our own apps are not there: %v", err)
	}
	consent, _ := filepath.Glob("../../testdata/apk/consent/*.apk")
	own = append(own, consent...)
	if dir := os.Getenv("APKAUDIT_APPS"); dir != "" {
		real, _ := filepath.Glob(filepath.Join(dir, "*.apk"))
		own = append(own, real[:min(len(real), maxReal)]...)
	}
	return own
}

func find(t testing.TB, format string) disclose.Format {
	t.Helper()
	i := slices.IndexFunc(disclose.Formats(), func(f disclose.Format) bool { return f.Name == format })
	if i < 0 {
		t.Fatalf("no format %s", format)
	}
	return disclose.Formats()[i]
}

func write(t testing.TB, format string, d *disclose.Document, opt disclose.Options) []byte {
	t.Helper()
	f := find(t, format)
	var b bytes.Buffer
	if err := f.Write(&b, d, opt); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// blank is what stands in brackets in the generated text.
var blank = map[string]*regexp.Regexp{"zh": regexp.MustCompile(`【[^】]*】`), "en": regexp.MustCompile(`\[[^\]]*\]`)}

// real are words that an author would put in place of a blank.
func real(lang, b string) string {
	pick := func(zh, en string) string { return audit.Text{ZH: zh, EN: en}.In(lang) }
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(b, w) })
	}
	switch {
	case has("链接", "link"):
		return "https://www.example.com/privacy"
	case has("公司名称", "company"):
		return pick("甲乙丙科技有限公司", "Acme Ltd.")
	case has("收集方式", "本机采集", "method"):
		return pick("SDK 本机采集", "collected by the SDK on the device")
	case has("供应商的说明", "vendor states"):
		return pick("设备型号", "device model")
	case has("线索", "signs"):
		return ""
	case has("主动填写", "type in"):
		return pick("昵称", "nickname")
	case has("场景", "scenario"):
		return pick("打开首页时", "when the first screen opens")
	case has("所有者", "whose code"):
		return pick("本应用", "the app")
	}
	return pick("向您展示课程表", "to show you the timetable")
}

// disclosureRules are the checks that a filled text must leave nothing for.
var disclosureRules = []string{"undisclosed_sdk", "undisclosed_sdk_data_item", "undisclosed_first_party_data", "undisclosed_permission", "vague_disclosure",
	"policy_contradiction", "policy_internal_contradiction", "declared_sdk_absent", "placeholder_unfilled", "sdk_entry_incomplete", "sdk_company_mismatch",
	"sdk_link_broken", "sdk_duplicate_conflict", "permission_purpose_missing", "sensitive_info_not_marked", "text_corruption", "open_ended_list", "vague_purpose"}

// judged is a report judged again by one text.
func judged(t testing.TB, s *scan.Scanner, r *audit.Report, name string, text []byte) *audit.Report {
	t.Helper()
	said, err := s.Policies(context.Background(), []policy.Input{{Name: name, Data: text}})
	if err != nil {
		t.Fatal(err)
	}
	again := *r
	again.Policy, again.Gaps = said.Policy, nil
	s.Rejudge(&again)
	return &again
}

// TestRoundTrip: of the text for an app the policy reader finds exactly the blanks
// that stand in it, and once they are filled in the app does nothing that the text
// does not say.
func TestRoundTrip(t *testing.T) {
	set, s := newKit(t)
	for _, file := range apks(t) {
		r, err := s.App(context.Background(), file, nil)
		if err != nil {
			t.Logf("%s: %v", file, err)
			continue
		}
		for _, lang := range []string{"zh", "en"} {
			t.Run(filepath.Base(file)+" "+lang, func(t *testing.T) {
				text := write(t, "markdown", disclose.New(set, r), disclose.Options{Lang: lang})
				body := text[bytes.Index(text, []byte("-->")):]
				want := blank[lang].FindAllString(string(body), -1)
				var got []string
				for _, d := range judged(t, s, r, "new.md", text).Policy.Defects {
					if d.Kind == audit.DefectPlaceholder {
						got = append(got, d.Quote)
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("the reader finds %d blanks, the text has %d\ngot  %q\nwant %q", len(got), len(want), got, want)
				}
				filled := blank[lang].ReplaceAllStringFunc(string(body), func(b string) string { return real(lang, b) })
				filled = string(text[:len(text)-len(body)]) + filled
				for _, f := range judged(t, s, r, "new.md", []byte(filled)).Findings {
					// Neutral libraries are no party of a policy.
					if slices.Contains(disclosureRules, f.Rule) && audit.PartyKind(f.Party) != audit.PrefixLibrary {
						t.Errorf("%s %s party=%s data=%s permission=%s: %s %+v", f.Rule, f.Verdict, f.Party, f.Data, f.Permission, f.Why.EN, f.Policy)
					}
				}
			})
		}
	}
}

// TestDataNames: every data type is written so that the reader takes it for that
// type, alone in the list of the app's data and among others in an SDK's row.
func TestDataNames(t *testing.T) {
	set, s := newKit(t)
	for _, lang := range []string{"zh", "en"} {
		r := audit.NewReport()
		r.Behavior.SDKs = []audit.SDK{{ID: "jpush", Category: "push", Confidence: "certain"}}
		for _, d := range set.DataTypes {
			if d.Sensitivity == "behaviour" || d.Platform == "ios" || d.ID == "personal_information" || d.ID == "sensitive_personal_information" {
				continue
			}
			r.Pairs = append(r.Pairs, audit.Pair{Party: "app", Data: d.ID}, audit.Pair{Party: "sdk:jpush", Data: d.ID})
		}
		text := write(t, "markdown", disclose.New(set, r), disclose.Options{Lang: lang})
		got := judged(t, s, r, "new.md", text)
		for _, p := range r.Pairs {
			if !slices.ContainsFunc(got.Policy.Claims, func(c audit.Claim) bool { return c.Party == p.Party && slices.Contains(c.Data, p.Data) }) {
				t.Errorf("%s: %s of %s is not read from %q", lang, p.Data, p.Party, set.DataType(p.Data).Name.In(lang))
			}
		}
		row := 0
		for _, d := range strings.Split(string(text), "\n") {
			row++
			_, cell, _ := strings.Cut(d, "| ")
			cell, _, _ = strings.Cut(cell, " |")
			var also []string
			for _, c := range got.Policy.Claims {
				if c.At.Line == row && c.Party == audit.PartyApp {
					also = append(also, c.Data...)
				}
			}
			if len(also) > 1 {
				t.Errorf("%s: %q is read as several types: %v", lang, cell, also)
			}
		}
	}
}
