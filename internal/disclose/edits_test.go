package disclose

import (
	"bufio"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// TestChanged: the lines of a file behind its edits.
func TestChanged(t *testing.T) {
	for _, tt := range []struct {
		name, data string
		edits      []edit
		want       string // the operations, "!" behind a last line without an end
	}{
		{"a line behind the first", "a\nb\n", []edit{{line: 1, lines: []string{"x", "y"}}}, " a|+x|+y| b"},
		{"behind the last", "a\nb\n", []edit{{line: 2, lines: []string{"x"}}}, " a| b|+x"},
		{"behind the end", "a\nb\n", []edit{{line: 9, lines: []string{"x"}}}, " a| b|+x"},
		{"inside a line", "a b a c\n", []edit{{line: 1, after: "a", insert: "X"}}, "-a b a c|+a b aX c"},
		{"at its beginning", "a b\n", []edit{{line: 1, after: "a", insert: "X"}}, "-a b|+aX b"},
		{"behind a word that is not there", "a\n", []edit{{line: 1, after: "z", insert: "X"}}, " a"},
		{"two in a line", "a b\n", []edit{{line: 1, after: "a", insert: "1"}, {line: 1, after: "b", insert: "2"}}, "-a b|+a1 b2"},
		{"out of order", "a\nb\n", []edit{{line: 2, lines: []string{"y"}}, {line: 1, lines: []string{"x"}}}, " a|+x| b|+y"},
		{"a last line without an end", "a\nb", []edit{{line: 1, lines: []string{"x"}}}, " a|+x| b!"},
		{"behind a last line without an end", "a\nb", []edit{{line: 2, lines: []string{"x"}}}, " a|-b!|+b|+x"},
		{"inside a last line without an end", "a\nb", []edit{{line: 2, after: "b", insert: "X"}}, " a|-b!|+bX!"},
		{"ends of two characters", "a\r\nb\r\n", []edit{{line: 1, lines: []string{"x"}}}, " a\r|+x\r| b\r"},
		{"such ends, and none at the last line", "a\r\nb", []edit{{line: 2, lines: []string{"x"}}}, " a\r|-b!|+b\r|+x\r"},
	} {
		for i := range tt.edits {
			tt.edits[i].data = []byte(tt.data)
		}
		var got []string
		for _, o := range changed(tt.edits) {
			s := string(o.kind) + o.text
			if o.open {
				s += "!"
			}
			got = append(got, s)
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, strings.Join(got, "|"), tt.want)
		}
	}
}

// TestHunks: three lines around each change, and changes with at most six between them in one piece.
func TestHunks(t *testing.T) {
	lines := strings.Split("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20", " ")
	data := []byte(strings.Join(lines, "\n") + "\n")
	at := func(numbers ...int) []edit {
		var out []edit
		for _, n := range numbers {
			out = append(out, edit{file: "f", data: data, line: n, lines: []string{"x"}})
		}
		return out
	}
	for _, tt := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"one", at(10), "@@ -8,6 +8,7 @@| 8| 9| 10|+x| 11| 12| 13|"},
		{"at the beginning", at(1), "@@ -1,4 +1,5 @@| 1|+x| 2| 3| 4|"},
		{"at the end", at(20), "@@ -18,3 +18,4 @@| 18| 19| 20|+x|"},
		{"close to each other", at(5, 11), "@@ -3,12 +3,14 @@| 3| 4| 5|+x| 6| 7| 8| 9| 10| 11|+x| 12| 13| 14|"},
		{"a line further apart", at(5, 12), "@@ -3,6 +3,7 @@| 3| 4| 5|+x| 6| 7| 8|@@ -10,6 +11,7 @@| 10| 11| 12|+x| 13| 14| 15|"},
		{"nothing", []edit{{file: "f", data: data, line: 1}}, ""},
	} {
		var out strings.Builder
		b := bufio.NewWriter(&out)
		writeDiff(b, "f", tt.edits)
		if err := b.Flush(); err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(strings.TrimPrefix(out.String(), "--- f\n+++ f\n"), "\n", "|"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestPatchFiles: a piece for each file, and before them what is left to a person.
func TestPatchFiles(t *testing.T) {
	line := func(file, text string) edit {
		return edit{file: file, data: []byte("a\n"), line: 1, lines: []string{text}}
	}
	left := []audit.Text{{ZH: "手", EN: "hand"}}
	for _, tt := range []struct {
		name, lang string
		edits      []edit
		left       []audit.Text
		want       string
	}{
		{"two files", "en", []edit{line("f", "1"), line("g", "2"), line("f", "3")}, left, "# hand\n--- f\n+++ f\n@@ -1,1 +1,3 @@\n a\n+1\n+3\n--- g\n+++ g\n@@ -1,1 +1,2 @@\n a\n+2\n"},
		{"in Chinese", "zh", []edit{line("f", "1")}, left, "# 手\n--- f\n+++ f\n@@ -1,1 +1,2 @@\n a\n+1\n"},
		{"nothing", "en", nil, nil, ""},
	} {
		var b strings.Builder
		if err := writePatch(&b, &Document{edits: tt.edits, left: tt.left}, Options{Lang: tt.lang}); err != nil || b.String() != tt.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", tt.name, err, b.String(), tt.want)
		}
	}
	if err := writePatch(&strings.Builder{}, &Document{left: left}, Options{}); err != errNoPatch {
		t.Errorf("nothing but work by hand: %v", err)
	}
}

func TestTextOf(t *testing.T) {
	src := &audit.PolicySource{Text: "甲乙\n丙\n"}
	e := &editor{texts: map[*audit.PolicySource][]rune{}}
	for _, tt := range []struct {
		start, end int
		want       string
		last       int // line of a place that begins on line 5
	}{
		{0, 2, "甲乙", 5}, {1, 4, "乙\n丙", 6}, {0, 5, "甲乙\n丙\n", 6}, {-3, 1, "甲", 5}, {3, 99, "丙\n", 5}, {4, 2, "", 5}, {99, 1 << 40, "", 5}, {0, -1, "", 5},
	} {
		if got := e.textOf(src, tt.start, tt.end); got != tt.want {
			t.Errorf("%d to %d: %q", tt.start, tt.end, got)
		}
		if got := e.lastLine(src, &audit.At{Line: 5, Start: tt.start, End: tt.end}); got != tt.last {
			t.Errorf("%d to %d: line %d", tt.start, tt.end, got)
		}
	}
}

func TestPipeColumns(t *testing.T) {
	table := []string{"text", "| SDK name | Company name | Purpose | Information collected | Method | Permissions | Privacy policy link | x |", "| --- | --- |", "| a | b |", "text"}
	full := "name company purpose data method permissions link "
	for _, tt := range []struct {
		name  string
		lines []string
		line  int
		want  string
	}{
		{"in the table", table, 4, full}, {"in its head", table, 2, full}, {"behind it", table, 5, ""}, {"before it", table, 1, ""}, {"before the file", table, 0, ""}, {"behind the file", table, 6, ""},
		{"the first line", table[1:], 3, full}, {"the last line", table[:4], 4, full},
		{"one stroke", []string{"SDK | data"}, 1, ""}, {"without data", []string{"| SDK | purpose |"}, 1, ""}, {"without a name", []string{"| data | purpose |"}, 1, ""},
		{"two columns of one kind", []string{"| 名称 | 信息 | 数据 |"}, 1, "name data "},
	} {
		if got := strings.Join(pipeColumns(tt.lines, tt.line), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestLowerFirst(t *testing.T) {
	for s, want := range map[string]string{"Contacts": "contacts", "IMEI": "IMEI", "Android ID": "Android ID", "**Contacts**": "**contacts**", "**SMS**": "**SMS**", "": "", "**": "**", "A": "a"} {
		if got := lowerFirst(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

// patched is the patch of a policy of these lines, its headers left out.
func patched(t *testing.T, text string, change func(*audit.Report)) string {
	t.Helper()
	r := audit.NewReport()
	r.Policy.Sources = []audit.PolicySource{{File: "p", Format: "text", Languages: []string{"zh"}, Text: text}}
	change(r)
	var b strings.Builder
	if err := writePatch(&b, Missing(fullSet(t), r, map[string][]byte{"p": []byte(text)}), Options{Lang: "en"}); err != nil {
		return "error"
	}
	var out []string
	for _, line := range strings.Split(b.String(), "\n") {
		if line != "" && !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "+++") && line[0] != ' ' {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// onLine is a claim on a line of its own.
func onLine(c audit.Claim, text, line string) audit.Claim {
	start := len([]rune(text[:strings.Index(text, line)]))
	c.At = audit.At{Line: 1 + strings.Count(text[:strings.Index(text, line)], "\n"), Start: start, End: start + len([]rune(line))}
	return c
}

// mentions are words of a claim for its data.
func mentions(c audit.Claim, text string, words ...string) audit.Claim {
	for _, w := range words {
		c.Mentions = append(c.Mentions, audit.Mention{Text: w, Start: len([]rune(text[:strings.Index(text, w)]))})
	}
	return c
}

// TestEdits: what is missing is put behind what the policy says of the same matter, and
// what cannot be put anywhere is left to a person.
func TestEdits(t *testing.T) {
	const text = "我们收集您的昵称。\n申请相机权限。\nBugly 收集\n型号、品牌。\n完。\n"
	app := onLine(said("app", 0, "nickname_avatar"), text, "我们收集您的昵称。")
	camera := onLine(said("app", 0), text, "申请相机权限。")
	camera.Permissions = []string{"android.permission.CAMERA"}
	bugly := mentions(onLine(said("sdk:bugly", 0, "device_model"), text, "Bugly 收集\n型号、品牌。"), text, "型号", "品牌")
	english := bugly
	english.Lang = "en"
	ios := bugly
	ios.Platform = audit.PlatformIOS
	denies := bugly
	denies.Polarity = audit.Denies
	strange := bugly
	strange.Mentions = []audit.Mention{{Text: "别的", Start: bugly.Mentions[0].Start}}
	empty := bugly
	empty.Mentions = []audit.Mention{{}}
	claims := func(r *audit.Report, list ...audit.Claim) { r.Policy.Claims = list }
	lacks := func(r *audit.Report, party string, data ...string) {
		r.Pairs = append(r.Pairs, withVerdict(audit.VerdictUndisclosed, party, data...)...)
	}
	hasBugly := func(r *audit.Report) { r.Behavior.SDKs = []audit.SDK{an("bugly", "crash")} }
	const byHand = "# By hand: "
	// An SDK lacks data and the policy has no part for it, besides what the app lacks itself.
	const besideOAID = byHand + "Tencent Bugly: IMEI; the policy has no such part; add a section\n@@ -1,4 +1,6 @@\n+\n+我们会收集您的OAID，用于【请填写收集目的】。"
	besides := func(c audit.Claim) func(*audit.Report) {
		return func(r *audit.Report) {
			hasBugly(r)
			claims(r, app, c)
			lacks(r, "sdk:bugly", "imei")
			lacks(r, "app", "oaid")
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*audit.Report)
		want   string
	}{
		{"data of the app", func(r *audit.Report) { claims(r, app); lacks(r, "app", "imei") }, "@@ -1,4 +1,6 @@\n+\n+我们会收集您的IMEI，用于【请填写收集目的】。"},
		{"data of the app, nowhere to put them", func(r *audit.Report) { lacks(r, "app", "imei") }, "error"},
		{"data that the policy denies", func(r *audit.Report) {
			claims(r, app)
			r.Pairs = append(withVerdict(audit.VerdictUndisclosed, "app", "imei"), withVerdict(audit.VerdictDenied, "app", "oaid")...)
		}, byHand + "the policy says that it is not collected: correct that first: OAID; the policy has no such part; add a section\n@@ -1,4 +1,6 @@\n+\n+我们会收集您的IMEI，用于【请填写收集目的】。"},
		{"a permission", func(r *audit.Report) {
			claims(r, app, camera)
			r.Behavior.Permissions = []audit.Permission{{Name: "android.permission.READ_CONTACTS"}}
			r.Findings = []audit.Finding{{Permission: "android.permission.READ_CONTACTS", Verdict: audit.VerdictUndisclosed}}
		}, "@@ -1,5 +1,7 @@\n+\n+本应用会申请 READ_CONTACTS（读取通讯录）权限，用途：【请填写申请该权限的用途】。"},
		{"data of an SDK", func(r *audit.Report) { hasBugly(r); claims(r, app, bugly); lacks(r, "sdk:bugly", "imei") }, "@@ -1,5 +1,5 @@\n-型号、品牌。\n+型号、品牌、IMEI。"},
		{"data of an SDK, behind the last claim", func(r *audit.Report) {
			hasBugly(r)
			first := mentions(onLine(said("sdk:bugly", 0, "device_model"), text, "Bugly"), text, "Bugly")
			claims(r, bugly, first)
			lacks(r, "sdk:bugly", "imei")
		}, "@@ -1,5 +1,5 @@\n-型号、品牌。\n+型号、品牌、IMEI。"},
		{"data of an SDK that is named for iOS", besides(ios), besideOAID},
		{"data of an SDK that is named in a denial", besides(denies), besideOAID},
		{"data of an SDK in another language", besides(english), besideOAID},
		{"data of an SDK by a word that is not there", besides(strange), besideOAID},
		{"data of an SDK by no word", besides(empty), besideOAID},
		{"data of an SDK that the policy denies", func(r *audit.Report) {
			hasBugly(r)
			no := denies
			no.Data = []string{"imei"}
			claims(r, app, bugly, no)
			r.Pairs = withVerdict(audit.VerdictDenied, "sdk:bugly", "imei")
			lacks(r, "sdk:bugly", "oaid")
		}, byHand + "Tencent Bugly, the policy says that it is not collected: correct that first: IMEI; p line 3\n@@ -1,5 +1,5 @@\n-型号、品牌。\n+型号、品牌、OAID。"},
		{"a page", func(r *audit.Report) { claims(r, app); lacks(r, "app", "imei"); r.Policy.Sources[0].Format = "html" }, "error"},
		{"a file that is not at hand", func(r *audit.Report) { claims(r, app); lacks(r, "app", "imei"); r.Policy.Sources[0].File = "other" }, "error"},
		{"a policy that says so", func(r *audit.Report) { claims(r, app); r.Pairs = withVerdict(audit.VerdictDisclosed, "app", "imei") }, ""},
		{"a place before the file", func(r *audit.Report) { app := app; app.At.Line = 0; claims(r, app); lacks(r, "app", "imei") }, "error"},
		{"a place in no file", func(r *audit.Report) { app := app; app.At.Source = 1; claims(r, app); lacks(r, "app", "imei") }, "error"},
		{"a field of an entry", func(r *audit.Report) {
			hasBugly(r)
			claims(r, app)
			e := listed("bugly", "table", 3)
			e.Missing = []string{audit.EntryCompany}
			r.Policy.SDKs = []audit.PolicySDK{e}
			lacks(r, "app", "imei")
		}, byHand + "Tencent Bugly: Company: Shenzhen Tencent Computer Systems Co., Ltd.; p line 3\n@@ -1,4 +1,6 @@\n+\n+我们会收集您的IMEI，用于【请填写收集目的】。"},
	} {
		if got := patched(t, text, tt.change); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// TestEntryEdits: an SDK that is not named becomes a row of the table of SDKs, or a block
// behind the list, or behind what the app itself collects.
func TestEntryEdits(t *testing.T) {
	const text = "我们收集您的昵称。\n\n| SDK名称 | 收集的信息 | 目的 | 其他 |\n| --- | --- | --- | --- |\n| JPush | 型号 | 推送 | 无 |\n\n名称：极光\n"
	app := onLine(said("app", 0, "nickname_avatar"), text, "我们收集您的昵称。")
	at := func(line string) audit.PolicySDK {
		e := listed("jpush", "table", 1)
		e.At = onLine(audit.Claim{}, text, line).At
		return e
	}
	block := []string{"本应用还接入了以下第三方 SDK：", "", "SDK名称：腾讯 Bugly", "公司名称：深圳市腾讯计算机系统有限公司", "使用目的：【建议：定位和修复崩溃，请核对后填写】", "收集方式：【建议：SDK 本机采集，请核对后填写】", "收集的个人信息：IMEI", "可能调用的权限：-", "隐私政策链接：https://privacy.qq.com"}
	added := func(bullet string, lines ...string) string {
		var out []string
		for i, l := range lines {
			if i > 1 {
				l = bullet + l
			}
			out = append(out, "+"+l)
		}
		return strings.Join(out, "\n")
	}
	for _, tt := range []struct {
		name   string
		change func(*audit.Report)
		want   string
	}{
		{"a row", func(r *audit.Report) { r.Policy.SDKs = []audit.PolicySDK{at("| JPush")} },
			"@@ -3,5 +3,6 @@\n+| 腾讯 Bugly | IMEI | 【建议：定位和修复崩溃，请核对后填写】 | - |"},
		{"a block", func(r *audit.Report) { r.Policy.SDKs = []audit.PolicySDK{at("名称：极光")} }, "@@ -5,3 +5,13 @@\n+\n" + added("", block...)},
		{"a block in Markdown", func(r *audit.Report) {
			r.Policy.SDKs = []audit.PolicySDK{at("名称：极光")}
			r.Policy.Sources[0].Format = "markdown"
		}, "@@ -5,3 +5,13 @@\n+\n" + added("- ", block...)},
		{"a list of its own", nil, "@@ -1,4 +1,16 @@\n+\n+第三方SDK共享清单\n+\n" + added("", block...)},
		{"a list of its own in Markdown", func(r *audit.Report) { r.Policy.Sources[0].Format = "markdown" }, "@@ -1,4 +1,16 @@\n+\n+## 第三方SDK共享清单\n+\n" + added("- ", block...)},
		{"no place", func(r *audit.Report) { r.Policy.Claims = nil }, "error"},
	} {
		got := patched(t, text, func(r *audit.Report) {
			r.Behavior.SDKs = []audit.SDK{an("bugly", "crash")}
			r.Pairs = reads("sdk:bugly", "imei")
			r.Policy.Claims = []audit.Claim{app}
			if tt.change != nil {
				tt.change(r)
			}
		})
		if got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// TestBothLanguages: a policy in two languages gets every sentence in both.
func TestBothLanguages(t *testing.T) {
	const text = "我们收集您的昵称。\n\nWe collect your nickname.\n"
	zh := onLine(said("app", 0, "nickname_avatar"), text, "我们收集您的昵称。")
	en := onLine(said("app", 0, "nickname_avatar"), text, "We collect your nickname.")
	en.Lang = "en"
	got := patched(t, text, func(r *audit.Report) {
		r.Policy.Sources[0].Languages = []string{"zh", "en"}
		r.Policy.Sources = append(r.Policy.Sources, r.Policy.Sources[0])
		r.Policy.Claims = []audit.Claim{zh, en}
		r.Pairs = withVerdict(audit.VerdictUndisclosed, "app", "contacts")
	})
	if want := "@@ -1,3 +1,7 @@\n+\n+我们会收集您的通讯录，用于【请填写收集目的】。\n+\n+We collect your contacts. Purpose: [enter the purpose]."; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
