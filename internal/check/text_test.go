package check

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

func TestCorruptedText(t *testing.T) {
	c := askingPolicy("corruption", "{damage}, {quote}, {n}")
	c.Severity.Caps = map[string]string{"damage:leftover_markup": audit.Low}
	many := func(n int) func(*audit.Report) {
		return func(r *audit.Report) {
			for i := range n {
				defect(audit.DefectCorruption, "doubled_separator", "，，", i)(r)
			}
		}
	}
	runRows(t, c, []row{
		{"none", defect(audit.DefectOpenList, "", "等", 1), audit.StateSatisfied, "", nil},
		{"one character twice and another", all(defect(audit.DefectCorruption, "stray_character", "甲", 1), defect(audit.DefectCorruption, "stray_character", "乙", 2), defect(audit.DefectCorruption, "stray_character", "甲", 3)),
			audit.StateViolated, "2 found", []string{"defect a stray Chinese character, 甲, 2 policy 2", "defect a stray Chinese character, 乙, 1 policy 1"}},
		{"markup in two shapes", all(defect(audit.DefectCorruption, "leftover_markup", "<b>", 1), defect(audit.DefectCorruption, "leftover_markup", "<i>", 2)),
			audit.StateViolated, "1 found", []string{"defect left-over markup, <b>, 2 [low high] policy 2"}},
		{"as many places as are shown", many(10), audit.StateViolated, "", []string{"defect doubled punctuation, ，，, 10 policy 10"}},
		{"more places", many(11), audit.StateViolated, "", []string{"defect doubled punctuation, ，，, 11 policy 10"}},
	})
}

func TestDefectsInOneFinding(t *testing.T) {
	for predicate, kind := range map[string]string{"open_lists": audit.DefectOpenList, "vague_purposes": audit.DefectVaguePurpose} {
		runRows(t, askingPolicy(predicate, "{quote}, {n}"), []row{
			{"none", defect(audit.DefectPlaceholder, "", "XX", 1), audit.StateSatisfied, "", nil},
			{"four", all(defect(kind, "", "甲", 1), defect(kind, "", "乙", 2), defect(kind, "", "丙", 3), defect(kind, "", "丁", 4)), audit.StateViolated, "1 found", []string{"defect 甲, 4 policy 3"}},
		})
	}
}

func TestBrokenLinks(t *testing.T) {
	c := askingPolicy("links", "{detail}")
	lost := func(party, quote string) func(*audit.Report) { return defect(audit.DefectLostLink, party, quote, 1) }
	broken := func(n int) func(*audit.Report) {
		return func(r *audit.Report) {
			for i := range n {
				defect(audit.DefectBrokenLink, "sdk:jpush", "http//", i)(r)
			}
		}
	}
	runRows(t, c, []row{
		{"none", nil, audit.StateSatisfied, "", nil},
		{"lost ones", all(lost("sdk:jpush", "链接"), lost("sdk:jpush", "链接"), lost("sdk?:甲SDK", "见此"), lost("sdk?:甲", "链接")), audit.StateViolated, "1 found",
			[]string{"defect SDK entries that should link to a privacy policy and hold no address: 3 (JPush (Aurora Mobile), 甲SDK). policy 3"}},
		{"of nothing that is an SDK", lost("sdk?:甲", "链接"), audit.StateSatisfied, "", nil},
		{"a broken one", broken(1), audit.StateViolated, "1 found", []string{`defect sdk:jpush The address in the entry of JPush (Aurora Mobile) is malformed: "http//". policy 1`}},
		{"both", all(broken(1), lost("sdk:jpush", "链接")), audit.StateViolated, "2 found", []string{
			"defect SDK entries that should link to a privacy policy and hold no address: 1 (JPush (Aurora Mobile)). policy 1",
			`defect sdk:jpush The address in the entry of JPush (Aurora Mobile) is malformed: "http//". policy 1`}},
	})
	for n, want := range map[int]int{maxPlaces: maxPlaces, maxPlaces + 1: maxPlaces} {
		r := plainApp(ruleSet(t))
		broken(n)(r)
		if _, found := alone(ruleSet(t), c, r); len(found) != want {
			t.Errorf("%d broken links: %d findings", n, len(found))
		}
	}
}

// TestPartyNames: so many names stand in a sentence, and what is more is hinted at.
func TestPartyNames(t *testing.T) {
	f := newFacts(ruleSet(t), audit.NewReport())
	ids := strings.Split("abcdefghij", "")
	var defects []audit.Defect
	for _, id := range ids {
		defects = append(defects, audit.Defect{Detail: id}, audit.Defect{Detail: id})
	}
	if got := f.partyNames(ids[:8]).EN; got != "a, b, c, d, e, f, g, h" {
		t.Errorf("%q", got)
	}
	if got := f.partyNames(ids[:9]); got.EN != "a, b, c, d, e, f, g, h and others" || got.ZH != "a、b、c、d、e、f、g、h 等" {
		t.Errorf("%v", got)
	}
	if got := f.partiesOf(defects).EN; got != "a, b, c, d, e, f, g, h and others" {
		t.Errorf("%q", got)
	}
	if got := f.partiesOf(defects[:16]).EN; got != "a, b, c, d, e, f, g, h" {
		t.Errorf("%q", got)
	}
}

func TestBarePermissions(t *testing.T) {
	c := askingPolicy("permission_purpose", "{permissions}, {n}")
	bare := func(name string, start int) func(*audit.Report) {
		return defect(audit.DefectNoPurpose, name, name, start)
	}
	explains := func(party string, start int) func(*audit.Report) {
		return func(r *audit.Report) {
			cl := claim(1, party)
			cl.Permissions, cl.At = []string{cameraPermission}, audit.At{Start: start, End: start + 5}
			r.Policy.Claims = append(r.Policy.Claims, cl)
		}
	}
	many := func(n int) func(*audit.Report) {
		return func(r *audit.Report) {
			for i := range n {
				bare("x."+string(rune('A'+i)), 10*i)(r)
			}
		}
	}
	found := []string{"defect Camera, 1 policy 1"}
	runRows(t, c, []row{
		{"none", nil, audit.StateSatisfied, "", nil},
		{"one, twice", all(bare(cameraPermission, 1), bare(cameraPermission, 20)), audit.StateViolated, "", found},
		{"explained elsewhere", all(bare(cameraPermission, 1), explains("app", 50)), audit.StateSatisfied, "", nil},
		{"explained for another party", all(bare(cameraPermission, 1), explains("third_party", 50)), audit.StateSatisfied, "", nil},
		{"explained for an SDK", all(bare(cameraPermission, 1), explains("sdk:jpush", 50)), audit.StateViolated, "", found},
		{"explained for something in a list", all(bare(cameraPermission, 1), explains("sdk?:甲", 50)), audit.StateViolated, "", found},
		{"named in the same place", all(bare(cameraPermission, 1), explains("app", 1)), audit.StateViolated, "", found},
		{"named in another place without a word", all(bare(cameraPermission, 1), bare(contactsPermission, 50), explains("app", 50)), audit.StateViolated, "", []string{"defect Camera, Read contacts, 2 policy 2"}},
		{"named around such a place", all(bare(cameraPermission, 1), explains("app", 0)), audit.StateSatisfied, "", nil},
		{"named behind such a place", all(bare(cameraPermission, 1), explains("app", 2)), audit.StateSatisfied, "", nil},
		{"another is explained", all(bare(contactsPermission, 1), explains("app", 50)), audit.StateViolated, "", []string{"defect Read contacts, 1 policy 1"}},
		{"eight", many(8), audit.StateViolated, "", []string{"defect A, B, C, D, E, F, G, H, 8 policy 3"}},
		{"nine", many(9), audit.StateViolated, "", []string{"defect A, B, C, D, E, F, G, H and others, 9 policy 3"}},
	})
}

func TestInternalContradictions(t *testing.T) {
	c := askingPolicy("internal_contradiction", "{party}: {data}")
	// says is a sentence at its own place that mentions a datum by a word.
	says := func(polarity, text, word, data string, start int) audit.Claim {
		at := start + len([]rune(text[:strings.Index(text, word)]))
		out := audit.Claim{Party: "app", Data: []string{data}, Polarity: polarity, Platform: audit.PlatformAny, Lang: "zh", Quote: text,
			At: audit.At{Line: start, Start: start, End: start + len([]rune(text))}, Mentions: []audit.Mention{{Data: data, Text: word, Start: at}}}
		if polarity == audit.Denies {
			out.Rule = "denial"
		}
		return out
	}
	no := says(audit.Denies, "我们不会收集您的通讯录。", "通讯录", "contacts", 100)
	yes := says(audit.Collects, "我们收集通讯录信息。", "通讯录信息", "contacts", 10)
	with := func(c audit.Claim, change func(*audit.Claim)) audit.Claim {
		change(&c)
		return c
	}
	found := []string{"defect app contacts the app's own code: Contacts policy 2"}
	english := func(text string) audit.Claim {
		return with(says(audit.Denies, text, "contacts", "contacts", 100), func(c *audit.Claim) { c.Lang = "en" })
	}
	yesEnglish := with(says(audit.Collects, "We read your contacts.", "contacts", "contacts", 10), func(c *audit.Claim) { c.Lang = "en" })
	runRows(t, c, []row{
		{"both", claims(yes, no), audit.StateViolated, "", found},
		{"the denial first", claims(no, yes), audit.StateViolated, "", found},
		{"twice", claims(yes, no, no), audit.StateViolated, "1 found", found},
		{"the denial alone", claims(no), audit.StateSatisfied, "", nil},
		{"a denial by a pronoun", claims(yes, with(no, func(c *audit.Claim) { c.Rule = "pronoun" })), audit.StateSatisfied, "", nil},
		{"a denial of another party", claims(yes, with(no, func(c *audit.Claim) { c.Party = "sdk:jpush" })), audit.StateSatisfied, "", nil},
		{"in another language", claims(with(yes, func(c *audit.Claim) { c.Lang = "en" }), no), audit.StateSatisfied, "", nil},
		{"on another platform", claims(onIOS(yes), with(no, func(c *audit.Claim) { c.Platform = audit.PlatformAndroid })), audit.StateSatisfied, "", nil},
		{"on one platform and on any", claims(onIOS(yes), no), audit.StateViolated, "", found},
		{"on any platform and on one", claims(yes, onIOS(no)), audit.StateViolated, "", found},
		{"in the same place", claims(with(yes, func(c *audit.Claim) { c.At = no.At }), no), audit.StateSatisfied, "", nil},
		{"right behind", claims(with(yes, func(c *audit.Claim) { c.At.Start, c.At.End = no.At.End, no.At.End+5 }), no), audit.StateViolated, "", found},
		{"right before", claims(with(yes, func(c *audit.Claim) { c.At.Start, c.At.End = no.At.Start-5, no.At.Start }), no), audit.StateViolated, "", found},
		{"in the same place of another document", func(r *audit.Report) {
			claims(with(yes, func(c *audit.Claim) { c.At = no.At; c.At.Source = 1 }), no)(r)
			r.Policy.Sources = append(r.Policy.Sources, r.Policy.Sources[0])
		}, audit.StateViolated, "", found},
		{"by another word", claims(says(audit.Collects, "我们收集联系人。", "联系人", "contacts", 10), no), audit.StateSatisfied, "", nil},
		{"of other data by the same word", claims(says(audit.Collects, "我们收集通讯录。", "通讯录", "sms", 10), no), audit.StateSatisfied, "", nil},
		{"only a permission", claims(with(yes, func(c *audit.Claim) { c.Rule = "permission_table" }), no), audit.StateSatisfied, "", nil},
		{"a collective term", claims(says(audit.Collects, "我们收集设备信息。", "设备信息", "device_info", 10), says(audit.Denies, "我们不会收集您的设备信息。", "设备信息", "device_info", 100)), audit.StateSatisfied, "", nil},
		{"a denial with a limit", claims(yes, says(audit.Denies, "未经同意我们不会收集通讯录。", "通讯录", "contacts", 100)), audit.StateSatisfied, "", nil},
		{"a denial with another object", claims(yes, says(audit.Denies, "我们不会收集无论何处的通讯录。", "通讯录", "contacts", 100)), audit.StateSatisfied, "", nil},
		{"a long denial", claims(yes, says(audit.Denies, "我们不会收集通讯录"+strings.Repeat("。", 130), "通讯录", "contacts", 100)), audit.StateSatisfied, "", nil},
		{"a mention outside of the sentence", claims(yes, with(no, func(c *audit.Claim) { c.Mentions = []audit.Mention{{Data: "contacts", Text: "通讯录", Start: 90}} })), audit.StateSatisfied, "", nil},
		{"a mention behind the sentence", claims(yes, with(no, func(c *audit.Claim) { c.Mentions = []audit.Mention{{Data: "contacts", Text: "通讯录", Start: 990}} })), audit.StateSatisfied, "", nil},
		{"in English", claims(yesEnglish, english("We do not collect your contacts.")), audit.StateViolated, "", found},
		{"in English with a limit", claims(yesEnglish, english("We do not collect your contacts without a reason.")), audit.StateSatisfied, "", nil},
	})
}

func TestSaysCollected(t *testing.T) {
	for _, tt := range []struct {
		quote, rule, permission, polarity string
		want                              bool
	}{
		{"我们收集位置", "", "", audit.Collects, true}, {"我们不收集位置", "", "", audit.Denies, false}, {"位置", "permission_list", "", audit.Collects, false},
		{"位置", "permission_statement", "", audit.Collects, false}, {"We access your camera", "", cameraPermission, audit.Collects, true},
		{"Grant access to the camera", "", cameraPermission, audit.Collects, false}, {"Grant access to the camera", "", "", audit.Collects, true},
	} {
		c := audit.Claim{Quote: tt.quote, Rule: tt.rule, Polarity: tt.polarity}
		if tt.permission != "" {
			c.Permissions = []string{tt.permission}
		}
		if got := saysCollected(&c); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string][2]int{"": {0, 0}, "我们的 SDK": {3, 1}, "we don't say more": {0, 4}, "it’s": {0, 1}, "a1b": {0, 2}, "甲a乙b": {2, 2}, "' '": {0, 0}, "a 'b": {0, 2}} {
		if han, words := size(text); han != want[0] || words != want[1] {
			t.Errorf("%q: %d and %d, want %v", text, han, words, want)
		}
	}
}

func TestPolicyTooLong(t *testing.T) {
	c := askingPolicy("policy_length", "{file}: {han}, {words}")
	text := func(han, words int, languages ...string) func(*audit.Report) {
		return func(r *audit.Report) {
			r.Policy.Sources = []audit.PolicySource{document("x", "zh"), document(strings.Repeat("字", han)+strings.Repeat(" w", words), languages...)}
		}
	}
	runRows(t, c, []row{
		{"as long as may be", text(longHan, longWords, "zh", "en"), audit.StateSatisfied, "", nil},
		{"a character more", text(longHan+1, 0, "zh"), audit.StateViolated, "", []string{"defect p.txt: 15001, 0"}},
		{"a word more", text(0, longWords+1, "en"), audit.StateViolated, "", []string{"defect p.txt: 0, 6001"}},
		{"words of a text in Chinese", text(0, longWords+1, "zh"), audit.StateSatisfied, "", nil},
		{"characters of a text in English", text(longHan+1, 0, "en"), audit.StateSatisfied, "", nil},
	})
}

func TestPolicyTooShort(t *testing.T) {
	c := askingPolicy("policy_substance", "{headline}: {detail}, {length}")
	c.Severity.Caps = map[string]string{"content:few": audit.Medium, "content:some": audit.Low}
	text := func(han, words int, languages ...string) func(*audit.Report) {
		return func(r *audit.Report) {
			r.Policy.Sources = []audit.PolicySource{document(strings.Repeat("字", han-han/2)+"。", languages...), document(strings.Repeat("字", han/2)+strings.Repeat(" w", words), languages...)}
		}
	}
	three := claims(claim(1, "app", "imei", "oaid"), claim(2, "app", "contacts", "imei"))
	const none, few, short = "The policy holds hardly any concrete rules: It names no kind of personal data at all", "The policy holds hardly any concrete rules: Kinds of personal data that it names: ", "The policy is very short: Kinds of personal data that it names: 3"
	runRows(t, c, []row{
		{"long, with three kinds", all(text(shortHan, 0, "zh"), three), audit.StateSatisfied, "", nil},
		{"long, in English", all(text(0, shortWords, "en"), three), audit.StateSatisfied, "", nil},
		{"long, with two kinds", all(text(shortHan, 0, "zh"), claims(claim(1, "app", "imei", "contacts"))), audit.StateViolated, "", []string{"defect " + few + "2, 1500 Chinese characters and 0 English words [medium high]"}},
		{"short", all(text(shortHan-1, 900, "zh"), three), audit.StateViolated, "", []string{"defect " + short + ", 1499 Chinese characters and 900 English words [low high]"}},
		{"short, in English", all(text(0, shortWords-1, "en"), three), audit.StateViolated, "", []string{"defect " + short + ", 0 Chinese characters and 599 English words [low high]"}},
		{"mostly English", all(text(0, shortWords, "en", "zh"), three), audit.StateSatisfied, "", nil},
		{"nothing", text(shortHan, 0, "zh"), audit.StateViolated, "", []string{"defect " + none + ", 1500 Chinese characters and 0 English words"}},
		{"nothing but collective terms", all(text(shortHan, 0, "zh"), claims(claim(1, "app", "device_info", "cookies", "user_content", "overlay", "nothing"))), audit.StateViolated, "",
			[]string{"defect " + none + ", 1500 Chinese characters and 0 English words"}},
		{"nothing but a denial", all(text(shortHan, 0, "zh"), claims(denial(1, "app", "personal_information"))), audit.StateSatisfied, "", nil},
		{"nothing but a list of SDKs", all(text(shortHan, 0, "zh"), entries(entry(1, "jpush", "imei"))), audit.StateSatisfied, "", nil},
		{"nothing but a list of SDKs without data", all(text(shortHan, 0, "zh"), entries(entry(1, "jpush"))), audit.StateViolated, "", []string{"defect " + none + ", 1500 Chinese characters and 0 English words"}},
	})
}

func TestSensitiveUnmarked(t *testing.T) {
	c := askingPolicy("sensitive_marking", "{data}")
	text := func(text string, languages ...string) func(*audit.Report) {
		return func(r *audit.Report) { r.Policy.Sources = append(r.Policy.Sources, document(text, languages...)) }
	}
	ofPermission := claim(1, "app", "contacts")
	ofPermission.Rule = "permission_list"
	runRows(t, c, []row{
		{"none", claims(claim(1, "app", "imei")), audit.StateSatisfied, "", nil},
		{"two", claims(claim(1, "app", "contacts", "imei"), claim(2, "app", "contacts", "id_document")), audit.StateViolated, "", []string{"defect Contacts, Identity document policy 2 searched"}},
		{"marked", all(claims(claim(1, "app", "contacts")), text("属于敏感个人信息", "zh")), audit.StateSatisfied, "", nil},
		{"marked in English", all(claims(claim(1, "app", "contacts")), text("Sensitive data", "zh")), audit.StateSatisfied, "", nil},
		{"denied", claims(denial(1, "app", "contacts")), audit.StateSatisfied, "", nil},
		{"for iOS", claims(onIOS(claim(1, "app", "contacts"))), audit.StateSatisfied, "", nil},
		{"of an SDK", claims(claim(1, "sdk:jpush", "contacts")), audit.StateSatisfied, "", nil},
		{"only the permission", claims(ofPermission), audit.StateSatisfied, "", nil},
		{"no policy in Chinese", func(r *audit.Report) {
			r.Policy.Sources[0].Languages = []string{"en"}
			claims(claim(1, "app", "contacts"))(r)
		}, audit.StateSatisfied, "", nil},
	})
}

func TestLegallySensitive(t *testing.T) {
	f := newFacts(ruleSet(t), audit.NewReport())
	for data, want := range map[string]bool{"contacts": true, "id_document": true, "minor_info": false, "financial_info": false, "virtual_property": false, "clipboard": false, "name": false, "nothing": false} {
		if got := f.legallySensitive(data); got != want {
			t.Errorf("%s: %v", data, got)
		}
	}
}

func TestListsAbsent(t *testing.T) {
	c := askingPolicy("collection_lists", "{lists}")
	text := func(text, language string) func(*audit.Report) {
		return func(r *audit.Report) { r.Policy.Sources = append(r.Policy.Sources, document(text, language)) }
	}
	const collected, shared = "the list of personal information collected", "the list of personal information shared with third parties"
	runRows(t, c, []row{
		{"neither", nil, audit.StateViolated, "", []string{"defect " + collected + " and " + shared + " searched"}},
		{"both", text("见《个人信息收集清单》与《第三方共享清单》", "zh"), audit.StateSatisfied, "", nil},
		{"in two documents", all(text("《个人信息收集清单》", "zh"), text("《第三方共享清单》", "zh")), audit.StateSatisfied, "", nil},
		{"one", text("《个人信息收集清单》", "zh"), audit.StateViolated, "", []string{"defect " + shared + " searched"}},
		{"the other", text("《第三方共享清单》", "zh"), audit.StateViolated, "", []string{"defect " + collected + " searched"}},
		{"a list of SDKs in the policy", all(text("《个人信息收集清单》", "zh"), entries(entry(0, "jpush"))), audit.StateSatisfied, "", nil},
		{"SDKs in prose", all(text("《个人信息收集清单》", "zh"), entries(inProse(entry(0, "jpush")))), audit.StateViolated, "", []string{"defect " + shared + " searched"}},
		{"no policy in Chinese", func(r *audit.Report) { r.Policy.Sources[0].Languages = []string{"en"} }, audit.StateSatisfied, "", nil},
	})
	r := plainApp(ruleSet(t))
	_, found := alone(ruleSet(t), c, r)
	if !slices.Contains(found[0].Searched, "个人信息清单") || !slices.Contains(found[0].Searched, "SDK清单") {
		t.Errorf("searched %v", found[0].Searched)
	}
}

func TestTitleAtEnd(t *testing.T) {
	for text, want := range map[string]string{"": "", "见《收集": "收集", "甲。乙": "乙", "甲,乙、丙": "丙", "零一二三四五六七八九零一二三四五": "二三四五六七八九零一二三四五"} {
		if got := titleAtEnd(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
