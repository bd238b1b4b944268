package report

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/audit"
)

// inventoryOf is an inventory of a report that holds nothing but uses.
func inventoryOf(uses ...audit.Use) *inventory {
	r := audit.NewReport()
	r.Behavior.Uses = uses
	r.Normalize()
	return newInventory(r)
}

// TestInventoryOrder: the app first, then SDKs, whose calls need most dangerous
// permissions before others, then code without owner, libraries last.
func TestInventoryOrder(t *testing.T) {
	r := audit.NewReport()
	for _, p := range []string{"library:gson", "unknown:com.x", "sdk:b", "sdk:a", "sdk:c", audit.PartyApp, ""} {
		r.Behavior.Uses = append(r.Behavior.Uses, audit.Use{API: "x", Kind: audit.KindCollect, Data: []string{"imei"}, Party: p, Sites: 1})
	}
	r.Behavior.Permissions = []audit.Permission{{Name: "p", Protection: "dangerous", UsedBy: []audit.PermissionUser{{Party: "sdk:c"}}}, {Name: "q", Protection: "normal", UsedBy: []audit.PermissionUser{{Party: "sdk:b"}}}}
	var got []string
	for _, p := range newInventory(r).parties {
		got = append(got, p.id)
	}
	if want := []string{"app", "sdk:c", "sdk:a", "sdk:b", "unknown:com.x", "library:gson", ""}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestInventoryShared: what a library's code calls for somebody else stands under
// those who call it, and not under the library.
func TestInventoryShared(t *testing.T) {
	inv := inventoryOf(
		audit.Use{API: "x", Kind: audit.KindCollect, Data: []string{"imei"}, Party: "library:okhttp", AlsoBy: []audit.AlsoBy{{Party: "sdk:a", Path: []string{"La;->b()V"}}}, Target: "La;->b()V", Sites: 2, Reached: audit.Yes, BeforeConsent: audit.Yes,
			Examples: []audit.Example{{Caller: "Lx;->y()V", Path: []string{"Lp;->q()V"}, BeforeConsent: audit.Yes}}},
		audit.Use{API: "x", Kind: audit.KindCollect, Data: []string{"imei"}, Party: "library:gson", Target: "La;->b()V", Sites: 1, Reached: audit.No, BeforeConsent: audit.No})
	if len(inv.parties) != 2 || inv.parties[0].id != "sdk:a" || inv.parties[1].id != "library:gson" {
		t.Fatalf("parties %+v", inv.parties)
	}
	row := inv.parties[0].reads[0]
	if !row.shared || row.reached != audit.Unknown || row.before != audit.Unknown {
		t.Errorf("the answers for the one who was found first are given for another: %+v", row)
	}
	if e := row.own(row.uses[0].Examples[0]); len(e.Path) != 0 || !slices.Equal(e.Chain, []string{"La;->b()V"}) {
		t.Errorf("its way there is not its own: %+v", e)
	}
	if len(inv.before) != 0 {
		t.Errorf("before consent: %+v", inv.before)
	}
}

// TestInventoryAnswers: of several uses of one behaviour yes outweighs unknown, and
// unknown outweighs no.
func TestInventoryAnswers(t *testing.T) {
	use := func(reached, before string, path ...string) audit.Use {
		return audit.Use{API: "x", Kind: audit.KindCollect, Data: []string{"imei"}, Party: "app", Target: "La;->b()V", Sites: 1, Reached: reached, BeforeConsent: before,
			Examples: []audit.Example{{Path: path, Reached: reached, BeforeConsent: before, Doubt: audit.DoubtNative}}}
	}
	for _, c := range []struct {
		uses            []audit.Use
		reached, before string
	}{
		{[]audit.Use{use(audit.No, audit.No)}, audit.No, audit.No},
		{[]audit.Use{use(audit.No, audit.No), use(audit.Unknown, audit.No)}, audit.Unknown, audit.No},
		{[]audit.Use{use(audit.Unknown, audit.Unknown), use(audit.Yes, audit.No)}, audit.Yes, audit.Unknown},
		{[]audit.Use{use(audit.Yes, audit.Yes, "a", "b", "c"), use(audit.Yes, audit.Yes, "d", "e"), use(audit.No, audit.No)}, audit.Yes, audit.Yes},
	} {
		inv := inventoryOf(c.uses...)
		x := inv.parties[0].reads[0]
		if len(inv.parties[0].reads) != 1 || x.reached != c.reached || x.before != c.before || x.sites != len(c.uses) {
			t.Errorf("%+v: %+v", c.uses, x)
		}
		switch c.before {
		case audit.Yes:
			if len(inv.before) != 1 || inv.unsure != 0 || !slices.Equal(x.shortest().Path, []string{"d", "e"}) {
				t.Errorf("before %+v, unsure %d, shortest %+v", inv.before, inv.unsure, x.shortest())
			}
		case audit.Unknown:
			if len(inv.before) != 0 || inv.unsure != 1 || inv.doubts[audit.DoubtNative] != 1 {
				t.Errorf("before %+v, unsure %d, doubts %v", inv.before, inv.unsure, inv.doubts)
			}
		}
	}
}

// TestInventoryKinds: only what collects is data read; where data can leave and what
// runs first stand in the long form alone.
func TestInventoryKinds(t *testing.T) {
	r := audit.NewReport()
	r.App.File = "a.apk"
	for _, k := range []string{"", audit.KindCollect, audit.KindModify, audit.KindAction, audit.KindCapability, audit.KindBehaviour, audit.KindSink, audit.KindEntryPoint, audit.KindBenign} {
		r.Behavior.Uses = append(r.Behavior.Uses, audit.Use{API: "api_" + k, Kind: k, Party: "app", Target: "La;->m_" + k + "()V", Sites: 1, Reached: audit.Unknown, BeforeConsent: audit.Unknown})
	}
	r.Normalize()
	p := newInventory(r).parties[0]
	if len(p.reads) != 2 || len(p.others) != 4 || len(p.quiet) != 3 {
		t.Errorf("%d reads, %d others, %d quiet", len(p.reads), len(p.others), len(p.quiet))
	}
	short, long := render(t, "text", Options{}, r), render(t, "text", Options{Verbose: true}, r)
	for _, k := range []string{audit.KindSink, audit.KindEntryPoint, audit.KindBenign} {
		if strings.Contains(short, "m_"+k) || !strings.Contains(long, "m_"+k) {
			t.Errorf("%s is in the short form, or not in the long one", k)
		}
	}
	if strings.Contains(strings.ToLower(short+long), "collects") {
		t.Error("the text says that code collects")
	}
}

// TestNothingIsNoAnswer: where nothing tells what comes before consent no count of
// nought is printed.
func TestNothingIsNoAnswer(t *testing.T) {
	r := audit.NewReport()
	r.App.File = "a.apk"
	r.Behavior.Uses = []audit.Use{{API: "x", Kind: audit.KindCollect, Data: []string{"imei"}, Party: "app", Target: "La;->b()V", Sites: 1, Reached: audit.Unknown, BeforeConsent: audit.Unknown}}
	r.Normalize()
	if out := render(t, "text", Options{}, r); !strings.Contains(out, "Reachable before consent\nFor 1 behaviour nothing tells") {
		t.Errorf("what is not known is not said:\n%s", out)
	}
	r.Behavior.Uses[0].BeforeConsent = audit.No
	if out := render(t, "text", Options{}, r); !strings.Contains(out, "Reachable before consent (0)\nNo such path was found.") {
		t.Errorf("that none was found is not said:\n%s", out)
	}
}

// TestTwoScreens: the inventory of an app with fifteen SDKs takes about two screens
// of 45 lines, and the long form names every behaviour.
func TestTwoScreens(t *testing.T) {
	r := withoutPolicy(t)
	r.Findings, r.Behavior.SDKs, r.Behavior.Unowned = nil, nil, nil
	base := slices.Clone(r.Behavior.Uses)
	for i := range 15 {
		party := fmt.Sprintf("sdk:kit-%d", i)
		r.Names.Party[party] = audit.Text{ZH: fmt.Sprintf("开发包 %d", i), EN: fmt.Sprintf("Kit number %d", i)}
		for j := range 20 {
			u := base[j%len(base)]
			u.Party, u.AlsoBy, u.API, u.Kind, u.Data = party, nil, fmt.Sprintf("api_%d_%d", i, j), audit.KindCollect, []string{fmt.Sprintf("data_%d", j)}
			r.Behavior.Uses = append(r.Behavior.Uses, u)
		}
		r.Behavior.Startup = append(r.Behavior.Startup, r.Behavior.Startup[0])
		r.Behavior.Requests = append(r.Behavior.Requests, r.Behavior.Requests[0])
		r.Behavior.Hosts = append(r.Behavior.Hosts, audit.Host{Host: fmt.Sprintf("h%d.example", i), Party: party, Via: "code"})
	}
	for _, lang := range []string{"zh", "en"} {
		out := render(t, "text", Options{Lang: lang}, r)
		at := strings.Index(out, words{lang}.say("section.inventory"))
		end := strings.Index(out, words{lang}.say("section.gaps"))
		if at < 0 || end < at {
			t.Fatalf("no inventory:\n%s", out)
		}
		if n := strings.Count(out[at:end], "\n"); n > 95 {
			t.Errorf("%s: %d lines:\n%s", lang, n, out[at:end])
		}
		long := render(t, "text", Options{Lang: lang, Verbose: true}, r)
		for i := range 15 {
			for _, want := range []string{fmt.Sprintf("data_%d", i), fmt.Sprintf("h%d.example", i), r.Names.Party[fmt.Sprintf("sdk:kit-%d", i)].In(lang)} {
				if !strings.Contains(long, want) {
					t.Errorf("%s: the long form lacks %s", lang, want)
				}
			}
		}
	}
}

// TestWriteUses: every site with all that is known of it; of a saved report it is
// said that it holds only some.
func TestWriteUses(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		var out strings.Builder
		r := rich(t)
		if err := WriteUses(&out, r, r.Behavior.Uses, Options{Lang: lang}); err != nil {
			t.Fatal(err)
		}
		golden(t, "uses."+lang+".txt", out.String())
	}
	// uses with one site each, as an examination of the code gives them, are joined
	var one []audit.Use
	for i := range 3 {
		one = append(one, audit.Use{API: "x", Party: "app", Via: audit.ViaCall, Target: "La;->b()V", Sites: 1, Examples: []audit.Example{{DEX: "classes.dex", Caller: "Lc;->d()V", Offset: i}}})
	}
	var out strings.Builder
	if err := WriteUses(&out, audit.NewReport(), one, Options{}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "3 sites") || strings.Count(got, "Lc;->d()V @") != 3 || strings.Contains(got, "saved report") {
		t.Errorf("three sites:\n%s", got)
	}
	if err := WriteUses(brokenWriter{}, audit.NewReport(), nil, Options{}); err == nil {
		t.Error("a failing writer gives no error")
	}
}

// TestUsesAreSafe: hostile names forge no line and reach no control of the terminal.
func TestUsesAreSafe(t *testing.T) {
	for _, s := range []string{nasty, strings.Repeat(nasty, 500), "\n\n", ""} {
		for _, r := range []*audit.Report{rich(t), hostile()} {
			poison(reflect.ValueOf(r).Elem(), s)
			var out strings.Builder
			if err := WriteUses(&out, r, r.Behavior.Uses, Options{Lang: "zh"}); err != nil {
				t.Fatal(err)
			}
			safeText(t, out.String(), 1<<20)
		}
	}
}

// TestHTMLInventory: the page has the inventory by party and by data, folds call paths
// without any script, and says the same in both languages.
func TestHTMLInventory(t *testing.T) {
	page := render(t, "html", Options{Lang: "en"}, withoutPolicy(t))
	for _, id := range []string{"inventory", "bydata", "before", "others", "quiet", "startup", "asks", "requests", "hosts", "places"} {
		if strings.Count(page, `id="`+id+`"`) != 1 {
			t.Errorf("section %s stands there %d times", id, strings.Count(page, `id="`+id+`"`))
		}
	}
	for _, want := range []string{
		`<details class="way"><summary><span class=zh lang=zh>到达路径（3 步）</span><span class=en lang=en>path to it (3 steps)</span></summary><ol class="steps"><li><code>cn.example.yunfan.App.onCreate</code></li>`,
		`<summary><span class=zh lang=zh>经由（2 步）</span><span class=en lang=en>called through (2 steps)</span></summary>`,
		`<span class="a-yes b-yes"><span class=zh lang=zh>是</span><span class=en lang=en>yes</span></span>`,
		`取决于保存的标志`, `a branch on a stored flag stands between`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	var zh, en int
	for key, n := range map[string]*int{"zh": &zh, "en": &en} {
		*n = strings.Count(textIn(parsePage(t, page).root, key), "·")
	}
	if zh == 0 || zh != en {
		t.Errorf("%d and %d joined facts in the two languages", zh, en)
	}
}

// TestHTMLManyUses: an app with very many uses makes a page that can be opened, and
// the page says what it lacks.
func TestHTMLManyUses(t *testing.T) {
	r := withoutPolicy(t)
	use := r.Behavior.Uses[2]
	path := make([]string, 300)
	for i := range path {
		path[i] = fmt.Sprintf("Lcom/example/path/C%d;->m()V", i)
	}
	for i := range 20_000 {
		u := use
		u.Party, u.API = fmt.Sprintf("sdk:kit-%d", i%700), fmt.Sprintf("api_%d", i)
		u.Data = []string{fmt.Sprintf("data_%d", i%900)}
		u.Examples = nil
		for range audit.MaxExamples {
			e := use.Examples[0]
			e.Path, e.Chain = path, path
			u.Examples = append(u.Examples, e)
		}
		r.Behavior.Uses = append(r.Behavior.Uses, u)
	}
	page := render(t, "html", Options{Lang: "en"}, r)
	if len(page) > 40<<20 {
		t.Errorf("%d bytes", len(page))
	}
	if n := strings.Count(page, "<li><code>com.example.path."); n > maxHTMLSteps {
		t.Errorf("%d steps", n)
	}
	if !strings.Contains(page, "more are not listed here") {
		t.Error("the page does not say what it lacks")
	}
}
