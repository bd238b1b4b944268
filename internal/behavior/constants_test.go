package behavior_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/behavior"
	"apkaudit/internal/rules"
)

// acme has overlapping constants of every kind.
const acme = `behaviours:
  - id: acme_a
    name: {zh: 甲, en: A}
    data: [imei]
    constants:
      properties: [acme.prop]
      settings: [acme_key]
      files: [/acme/*, /acme/b/*]
      commands: [acme]
      uris: ["content://acme", "content://acme/x"]
      actions: [acme.ACTION]
  - id: acme_b
    name: {zh: 乙, en: B}
    data: [imei]
    methods:
      - Lacme/Reader;->read(Ljava/lang/String;)V
    calls:
      - {method: 'Ljava/io/File;-><init>(Ljava/lang/String;)V', arg: 0, equals: [/acme/call]}
    constants:
      files: [/acme/b, /acme/b/c]
      commands: [acme list]
      uris: ["content://acme/x/y"]
`

func acmeObserver(t *testing.T) *behavior.Observer {
	t.Helper()
	dir := t.TempDir()
	consumers := "consumers:\n  - {kind: file, method: 'Lacme/Reader;->read(Ljava/lang/String;)V', arg: 0}\n"
	for name, text := range map[string]string{"acme.yaml": acme, "consumers.yaml": consumers} {
		path := filepath.Join(dir, "apis", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	set, err := rules.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return behavior.New(set)
}

// TestMatchConstant: the longest constant that fits decides, and what merely
// begins like one inside a word does not fit.
func TestMatchConstant(t *testing.T) {
	o := acmeObserver(t)
	for _, c := range []struct{ kind, text, want string }{
		{rules.ConstantProperty, "acme.prop", "acme_a"},
		{rules.ConstantProperty, "acme.prop.more", ""},
		{rules.ConstantSetting, "acme_key", "acme_a"},
		{rules.ConstantSetting, "acme.prop", ""},
		{rules.ConstantAction, "acme.ACTION", "acme_a"},
		{rules.ConstantFile, "/acme/", "acme_a"},
		{rules.ConstantFile, "/acme", ""},
		{rules.ConstantFile, "/acme/b", "acme_b"},
		{rules.ConstantFile, "/acme/b/d", "acme_a"},
		{rules.ConstantFile, "/acme/b/c", "acme_b"},
		{rules.ConstantURI, "content://acme", "acme_a"},
		{rules.ConstantURI, "content://acme/", "acme_a"},
		{rules.ConstantURI, "content://acme?q=1", "acme_a"},
		{rules.ConstantURI, "content://acmes", ""},
		{rules.ConstantURI, "content://acme/x/z", "acme_a"},
		{rules.ConstantURI, "content://acme/x/y/7?q", "acme_b"},
		{rules.ConstantURI, "content://acme/x/y" + strings.Repeat("/", 1<<16), "acme_b"},
		{rules.ConstantURI, "content://acm", ""},
		{rules.ConstantCommand, "acme", "acme_a"},
		{rules.ConstantCommand, "acmes", ""},
		{rules.ConstantCommand, "acme other", "acme_a"},
		{rules.ConstantCommand, "/system/bin/acme  list -3", "acme_b"},
		{rules.ConstantCommand, "sh -c acme list", "acme_b"},
		{rules.ConstantCommand, "su -c id", "detect_root_emulator"},
		{rules.ConstantCommand, "su -c 'acme list'", "acme_b"},
		{rules.ConstantCommand, "cat /acme/b/c | grep x", "acme_b"},
		{rules.ConstantCommand, "getprop acme.prop", "acme_a"},
		{rules.ConstantCommand, "settings get global acme_key", "acme_a"},
		{rules.ConstantCommand, "settings put global acme_key 1", ""},
		{rules.ConstantCommand, "settings get acme_key", ""},
		{rules.ConstantCommand, "cat", ""},
		{rules.ConstantCommand, "id", ""},
		{rules.ConstantCommand, "", ""},
		{"pipe", "acme", ""},
	} {
		if got := o.MatchConstant(c.kind, c.text); got != c.want {
			t.Errorf("%s %.40q: got %q, want %q", c.kind, c.text, got, c.want)
		}
	}
}

// TestConsumers: every kind is consumed, a listed call decides before a constant
// and a constant before the method by itself.
func TestConsumers(t *testing.T) {
	o := acmeObserver(t)
	for _, c := range []struct {
		method string
		args   []string
		want   string
	}{
		{"Landroid/os/SystemProperties;->getInt(Ljava/lang/String;I)I", []string{"acme.prop", "0"}, "acme_a"},
		{"Landroid/provider/Settings$Global;->getFloat(Landroid/content/ContentResolver;Ljava/lang/String;F)F", []string{"", "acme_key"}, "acme_a"},
		{"Landroid/provider/Settings$System;->getUriFor(Ljava/lang/String;)Landroid/net/Uri;", []string{"acme_key"}, "acme_a"},
		{"Ljava/nio/file/Paths;->get(Ljava/lang/String;[Ljava/lang/String;)Ljava/nio/file/Path;", []string{"/acme/b"}, "acme_b"},
		{"Ljava/lang/ProcessBuilder;-><init>([Ljava/lang/String;)V", []string{"sh -c acme"}, "acme_a"},
		{"Landroid/content/IntentFilter;->addAction(Ljava/lang/String;)V", []string{"acme.ACTION"}, "acme_a"},
		{"Landroid/net/Uri;->parse(Ljava/lang/String;)Landroid/net/Uri;", []string{"content://acme/x/y"}, "acme_b"},
		{"Landroid/net/Uri;->parse(Ljava/lang/String;)Landroid/net/Uri;", []string{"/acme/b"}, ""},
		{"Landroid/net/Uri;->parse(Ljava/lang/String;)Landroid/net/Uri;", nil, ""},
		{"Ljava/io/File;-><init>(Ljava/lang/String;)V", []string{"/acme/call"}, "acme_b"},
		{"Ljava/io/File;-><init>(Ljava/lang/String;)V", []string{"/acme/else"}, "acme_a"},
		{"Lacme/Reader;->read(Ljava/lang/String;)V", []string{"/acme/else"}, "acme_a"},
		{"Lacme/Reader;->read(Ljava/lang/String;)V", []string{""}, "acme_b"},
	} {
		if got := o.Match(c.method, c.args); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.method, c.args, got, c.want)
		}
	}
}

// TestConsumerInCode: a constant counts in the code of an app once its register
// reaches a consumer, and stands in the report as an argument.
func TestConsumerInCode(t *testing.T) {
	const parse = "Landroid/net/Uri;->parse(Ljava/lang/String;)Landroid/net/Uri;"
	d := apktest.NewDEX("035")
	body := code().ConstString(1, "content://acme/x/y/1").Invoke(opInvokeStatic, parse, 1).ConstString(1, "content://other").Invoke(opInvokeStatic, parse, 1)
	d.Class("Lcom/shop/app/Main;", "").Method(accPublicStatic, "a", "()V", body.ReturnVoid())
	uses := observeApp(t, acmeObserver(t), apktest.Manifest("com.shop.app"), nil, d).Behavior.Uses
	if len(uses) != 1 || uses[0].API != "acme_b" || uses[0].Sites != 1 || !slices.Equal(uses[0].Examples[0].Args, []string{"content://acme/x/y/1"}) {
		t.Errorf("got %+v", uses)
	}
}

// FuzzMatchConstant: whatever stands in an app is searched without a panic, and
// what is found is one of the behaviours with a constant of that kind.
func FuzzMatchConstant(f *testing.F) {
	for _, s := range []string{"", "/", "su -c sh -c 'cat /proc/cpuinfo'", "content://sms/?", "sh -c", "getprop ro.serialno\x00", "settings get secure android_id;", `"|'`, "/proc/*"} {
		f.Add(s)
	}
	o := observer(f)
	set, err := rules.Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []string{rules.ConstantProperty, rules.ConstantSetting, rules.ConstantFile, rules.ConstantURI, rules.ConstantAction} {
			id := o.MatchConstant(kind, text)
			if id == "" {
				continue
			}
			if !slices.ContainsFunc(set.Behaviour(id).Constants.Lists(), func(l rules.ConstantList) bool {
				return l.Kind == kind && slices.ContainsFunc(l.Text, func(c string) bool { return strings.HasPrefix(text, strings.TrimSuffix(c, "*")) })
			}) {
				t.Errorf("%s %q: %s has no constant that begins it", kind, text, id)
			}
		}
		if id := o.MatchConstant(rules.ConstantCommand, text); id != "" && set.Behaviour(id) == nil {
			t.Errorf("command %q: %s is no behaviour", text, id)
		}
	})
}

// BenchmarkMatchConstant: the cost of one search must not grow with the number of
// constants.
func BenchmarkMatchConstant(b *testing.B) {
	o := observer(b)
	for _, c := range [][2]string{
		{rules.ConstantProperty, "ro.serialno"}, {rules.ConstantFile, "/sys/class/net/wlan0/address"},
		{rules.ConstantURI, "content://sms/inbox?x"}, {rules.ConstantCommand, "sh -c getprop ro.serialno"},
	} {
		b.Run(c[0], func(b *testing.B) {
			for b.Loop() {
				o.MatchConstant(c[0], c[1])
			}
		})
	}
}
