package rules

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestLoadBuiltIn(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what string
		n    int
		min  int
	}{{"data types", len(set.DataTypes), 141}, {"behaviours", len(set.Behaviours), 60}, {"SDKs", len(set.SDKs), 37}, {"permissions", len(set.Permissions), 700}, {"checks", len(set.Checks), 31}, {"topics", len(set.Topics), 40}} {
		if c.n < c.min {
			t.Errorf("%d %s, want at least %d", c.n, c.what, c.min)
		}
	}
	if !set.Below("imei", "device_info") || set.Below("device_info", "imei") || !set.Below("imsi", "device_identifier") {
		t.Error("the tree of data types is wrong: imei lies under device_info, imsi also under device_identifier")
	}
	if !set.Sensitive("android.permission.CAMERA") || set.Sensitive("android.permission.INTERNET") {
		t.Error("CAMERA is granted by the user, INTERNET is not")
	}
	if len(set.Digest()) != 64 || len(set.AnalysisDigest()) != 64 || set.Digest() == set.AnalysisDigest() {
		t.Error("digests are not two different sha256 sums")
	}
}

// overlay writes files below a temporary directory.
func overlay(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const goodSDK = `id: acme-track
name: {zh: 甲跟踪, en: Acme Track}
vendor: {zh: 甲公司, en: Acme}
category: analytics
aliases: [Acme Track]
match:
  packages: [com.acme.track]
proof: ["artifact: in-house"]
hit: [{classes: {com.acme.track: 3}, want: likely}]
miss: [{classes: {com.acme.tracker: 3}}]
`

func TestOverlayAddsAndReplaces(t *testing.T) {
	base, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	dir := overlay(t, map[string]string{"sdks/acme-track.yaml": goodSDK})
	set, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if set.SDK("acme-track") == nil || set.SDK("jpush") == nil {
		t.Error("the overlay's SDK is missing, or the built-in ones are gone")
	}
	if set.Digest() == base.Digest() || set.AnalysisDigest() == base.AnalysisDigest() {
		t.Error("an overlay with another SDK must change both digests")
	}
	second := overlay(t, map[string]string{"sdks/acme-track.yaml": strings.Replace(goodSDK, "Acme Track}", "Other}", 1)})
	set, err = Load(dir, second)
	if err != nil {
		t.Fatal(err)
	}
	if got := set.SDK("acme-track").Name.EN; got != "Other" {
		t.Errorf("the later overlay must win, name is %q", got)
	}
	full, err := LoadFull(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(full.SDK("acme-track").Hit) != 1 || len(full.SDK("jpush").Proof) == 0 {
		t.Error("LoadFull must keep examples and proofs")
	}
}

// TestFaultsNameFileAndLine: every fault names the file, the line and what is
// wrong there.
func TestFaultsNameFileAndLine(t *testing.T) {
	with := func(old, new string) map[string]string {
		return map[string]string{"sdks/acme-track.yaml": strings.Replace(goodSDK, old, new, 1)}
	}
	version := func(place string) map[string]string {
		return map[string]string{"sdks/acme-track.yaml": goodSDK + "version:\n  - '" + place + "'\n"}
	}
	cases := []struct {
		name  string
		files map[string]string
		file  string
		line  int
		msg   string
	}{
		{"unknown key", with("category:", "categorie:"), "acme-track.yaml", 4, `unknown key "categorie"`},
		{"unknown category", with("analytics", "magic"), "acme-track.yaml", 4, "unknown category"},
		{"bad prefix", with("[com.acme.track]", `["com.acme/track"]`), "acme-track.yaml", 7, "package prefix"},
		{"prefix taken", with("[com.acme.track]", "[cn.jpush.android.api]"), "acme-track.yaml", 7, "stands under jpush already"},
		{"alias taken", with("aliases: [Acme Track]", "aliases: [J Push]"), "acme-track.yaml", 5, "belongs to jpush already"},
		{"missing name", with("en: Acme Track}", "en: ''}"), "acme-track.yaml", 1, "zh and en"},
		{"an asset with its folder", with("packages: [com.acme.track]", "assets: [assets/acme.json]"), "acme-track.yaml", 7, "without it"},
		{"a native library with its folder", with("packages: [com.acme.track]", "native_libs: [lib/libacme.so]"), "acme-track.yaml", 7, "not a path"},
		{"country in words", with("category:", "country: China\ncategory:"), "acme-track.yaml", 4, "ISO 3166"},
		{"part of nothing", with("category:", "part_of: acme\ncategory:"), "acme-track.yaml", 4, `part_of "acme"`},
		{"part of a part", with("category:", "part_of: hms-map\ncategory:"), "acme-track.yaml", 4, `part_of "hms-map"`},
		{"a statement without a date", with("category:", "collects: {data: [], source: Privacy policy}\ncategory:"), "acme-track.yaml", 1, "its date"},
		{"a statement without a source", with("category:", "collects: {data: [imei], date: 2026-11}\ncategory:"), "acme-track.yaml", 1, "as source"},
		{"built on nothing", with("category:", "built_on: [acme]\ncategory:"), "acme-track.yaml", 4, `built_on "acme"`},
		{"built on a part", with("category:", "built_on: [hms-map]\ncategory:"), "acme-track.yaml", 4, `built_on "hms-map"`},
		{"built on what is built", with("category:", "built_on: [admob]\ncategory:"), "acme-track.yaml", 4, `built_on "admob"`},
		{"a string that says nothing", with("packages: [com.acme.track]", "strings: [acme]"), "acme-track.yaml", 7, "too common"},
		{"unknown place of a version", version("libacme.so"), "acme-track.yaml", 12, "a version is written"},
		{"version field without class", version("field:VERSION"), "acme-track.yaml", 12, "a class and a name"},
		{"version method with a slash", version("method:com/acme/Track.name"), "acme-track.yaml", 12, "a class and a name"},
		{"version file from the root", version("file:/META-INF/x.version"), "acme-track.yaml", 12, "the path of an entry"},
		{"version file above the archive", version("file:META-INF/../x"), "acme-track.yaml", 12, "the path of an entry"},
		{"version file with a bad pattern", version("file:META-INF/[a"), "acme-track.yaml", 12, "the path of an entry"},
		{"version key with blanks", version("meta_data:acme version"), "acme-track.yaml", 12, "a key without blanks"},
		{"version in no library", version("native:acme:Version "), "acme-track.yaml", 12, "a library"},
		{"version in a path", version("native:lib/x86/libacme.so:Version "), "acme-track.yaml", 12, "a library"},
		{"version behind next to nothing", version("native:libacme.so:v"), "acme-track.yaml", 12, "at least 4 characters"},
		{"file name", map[string]string{"sdks/other.yaml": goodSDK}, "other.yaml", 1, "must be named acme-track.yaml"},
		{"not YAML", map[string]string{"sdks/acme-track.yaml": "id: [\n"}, "acme-track.yaml", 1, "did not find"},
		{"empty", map[string]string{"sdks/acme-track.yaml": ""}, "acme-track.yaml", 0, "empty"},
		{"unknown data type", map[string]string{"apis/x.yaml": "behaviours:\n  - id: read_soul\n    name: {zh: 读取, en: Read}\n    data: [soul]\n"}, "x.yaml", 4, `unknown data type "soul"`},
		{"bad descriptor", map[string]string{"apis/x.yaml": "behaviours:\n  - id: read_x\n    name: {zh: 读取, en: Read}\n    data: [imei]\n    methods:\n      - android.os.Build.getSerial\n"}, "x.yaml", 6, "not a method descriptor"},
		{"argument out of range", map[string]string{"apis/x.yaml": "behaviours:\n  - id: read_x\n    name: {zh: 读取, en: Read}\n    data: [imei]\n    calls:\n      - {method: 'La/B;->c(I)V', arg: 1, equals: [x]}\n"}, "x.yaml", 6, "argument 1 of a method with 1"},
		{"term taken", map[string]string{"datatypes/x.yaml": "types:\n  - id: soul\n    name: {zh: 灵魂, en: Soul}\n    sensitivity: sensitive\n    terms: {en: [imei]}\n"}, "x.yaml", 5, "stands under"},
		{"unknown clause", map[string]string{"checks/x.yaml": "id: x\nname: {zh: 甲, en: A}\ntitle: {zh: 甲, en: A}\nwhy: {zh: 甲, en: A}\nfix: {zh: 甲, en: A}\nclauses: [LAW-9]\ninput: apk\npredicate: coverage\nseverity: {level: info}\nconfidence: high\n"}, "x.yaml", 6, `unknown clause "LAW-9"`},
		{"topic without words", map[string]string{"topics/x.yaml": "topics:\n  - id: soul\n    name: {zh: 灵魂, en: Soul}\n"}, "x.yaml", 2, "no sentence can state it"},
		{"unknown kind of value", map[string]string{"topics/x.yaml": "topics:\n  - id: soul\n    name: {zh: 灵魂, en: Soul}\n    value: [weight]\n"}, "x.yaml", 4, `unknown kind of value "weight"`},
		{"unknown section", map[string]string{"topics/x.yaml": "topics:\n  - id: soul\n    name: {zh: 灵魂, en: Soul}\n    any: {en: [soul]}\n    in: [attic]\n"}, "x.yaml", 5, `unknown class of section "attic"`},
		{"empty group", map[string]string{"topics/x.yaml": "topics:\n  - id: soul\n    name: {zh: 灵魂, en: Soul}\n    all: [{}]\n"}, "x.yaml", 2, "is empty"},
		{"unknown topic", map[string]string{"checks/x.yaml": "id: x\nname: {zh: 甲, en: A}\ntitle: {zh: 甲, en: A}\nwhy: {zh: 甲, en: A}\nfix: {zh: 甲, en: A}\ninput: policy\npredicate: topic_missing\ntopics:\n  any_of: [soul]\nseverity: {level: info}\nconfidence: high\n"}, "x.yaml", 9, `unknown topic "soul"`},
		{"twice", map[string]string{"apis/x.yaml": "behaviours:\n  - {id: a, name: {zh: 甲, en: A}, data: [imei]}\n  - {id: a, name: {zh: 甲, en: A}, data: [imei]}\n"}, "x.yaml", 0, "already"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(overlay(t, c.files))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a fault with a place", err)
			}
			if !strings.HasSuffix(e.File, c.file) || c.line != 0 && e.Line != c.line || !strings.Contains(e.Msg, c.msg) {
				t.Errorf("got %v, want %s:%d … %s", err, c.file, c.line, c.msg)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the message has several lines: %q", err)
			}
		})
	}
}

func TestLoadRefusesWhatIsNoDirectory(t *testing.T) {
	file := filepath.Join(overlay(t, map[string]string{"x": "y"}), "x")
	for _, dir := range []string{file, file + "-absent"} {
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: error %v", dir, err)
		}
	}
}

func TestFold(t *testing.T) {
	for _, c := range [][2]string{
		{"Android ID", "androidid"}, {"android_id", "androidid"}, {"ＡＮＤＲＯＩＤ－ＩＤ", "androidid"}, {"Wi-Fi", "wifi"}, {"设 备 信息", "设备信息"},
		{"IP\u00a0地址\u200b", "ip地址"}, {"\u2f00个", "一个"},
	} {
		if got := Fold(c[0]); got != c[1] {
			t.Errorf("Fold(%q) = %q, want %q", c[0], got, c[1])
		}
	}
	if FoldName("友盟统计 SDK") != FoldName("友盟统计") || FoldName("SDK") != "sdk" {
		t.Error("FoldName must drop a trailing SDK, but not all of a name")
	}
}

func TestParseVersion(t *testing.T) {
	for place, want := range map[string]VersionPlace{
		"field:com.acme.Track$Build.VERSION":            {VersionField, "com.acme.Track$Build", "VERSION"},
		"method:com.acme.Track.getVersion":              {VersionMethod, "com.acme.Track", "getVersion"},
		"file:META-INF/maven/com.acme/*/pom.properties": {VersionFile, "META-INF/maven/com.acme/*/pom.properties", ""},
		"meta_data:com.acme.version":                    {VersionMetaData, "com.acme.version", ""},
		"native:libacme-*.so:Acme version: ":            {VersionNative, "libacme-*.so", "Acme version: "},
	} {
		if got, err := ParseVersion(place); err != nil || got != want {
			t.Errorf("%s: %+v %v", place, got, err)
		}
	}
}

func TestParameters(t *testing.T) {
	got := Parameters("La/B;->c(I[[Ljava/lang/String;JLx/Y;)V")
	if strings.Join(got, " ") != "I [[Ljava/lang/String; J Lx/Y;" {
		t.Errorf("got %q", got)
	}
	for _, odd := range []string{"", "(", "(L", "([", "(Lx"} {
		Parameters(odd) // must not panic
	}
}

// FuzzReadSource: a rules file is refused by a message that names it, or becomes rules
// that are refused or compiled.
func FuzzReadSource(f *testing.F) {
	f.Add("sdks/acme-track.yaml", []byte(goodSDK))
	f.Add("apis/x.yaml", []byte("behaviours:\n  - {id: a, name: {zh: 甲, en: A}, data: [imei]}\n"))
	f.Add("clauses.yaml", []byte("clauses: [{id: a, text: {zh: 甲, en: A}}]"))
	f.Add("phrases/x.yaml", []byte("phrases: [{id: negation, zh: [不]}]"))
	base, _, err := ReadSource(os.DirFS("../../signatures"), "signatures")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if !fsValid(name) {
			return
		}
		src, files, err := ReadSource(fstest.MapFS{name: &fstest.MapFile{Data: data}}, "fuzz")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz") {
				t.Errorf("a message that does not begin with the file: %v", err)
			}
			return
		}
		all := &Source{DataTypes: append(base.DataTypes[:len(base.DataTypes):len(base.DataTypes)], src.DataTypes...), Behaviours: src.Behaviours, SDKs: src.SDKs,
			Permissions: append(base.Permissions[:len(base.Permissions):len(base.Permissions)], src.Permissions...), Checks: src.Checks, Clauses: src.Clauses, Phrases: src.Phrases}
		if crossCheck(all, files) == nil {
			newSet(all, all.digests())
		}
	})
}

func fsValid(name string) bool {
	return strings.Count(name, "/") <= 1 && !strings.Contains(name, "..") && name != "" && !strings.HasPrefix(name, "/") && !strings.HasSuffix(name, "/") && strings.IndexByte(name, 0) < 0 && name != "."
}
