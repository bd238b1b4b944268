package behavior

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
)

// codeForm is a framework that keeps an app's own code in a form that is not read.
type codeForm struct {
	name  string
	files []string // patterns of entries as path.Match takes them; lib/ABI is written lib/*
	below []string // folders
	zh    string   // what holds the code
	en    string
}

// codeForms are the frameworks whose code is not read beyond the strings of native
// libraries. The file names are those that the frameworks' own build tools write.
var codeForms = []codeForm{
	{name: "Flutter", files: []string{"lib/*/libflutter.so", "lib/*/libapp.so"}, below: []string{"assets/flutter_assets/"},
		zh: "Dart 代码编译在 libapp.so 中", en: "Dart code is compiled into libapp.so"},
	{name: "Unity", files: []string{"lib/*/libil2cpp.so", "lib/*/libunity.so"}, below: []string{"assets/bin/Data/"},
		zh: "C# 代码在 libil2cpp.so 或 assets/bin/Data 中", en: "C# code is in libil2cpp.so or assets/bin/Data"},
	{name: "Xamarin / .NET", files: []string{"lib/*/libmonosgen-2.0.so", "lib/*/libmonodroid.so", "lib/*/libxamarin-app.so", "lib/*/libassemblies.*.so"}, below: []string{"assemblies/"},
		zh: ".NET 程序集中的代码", en: "code in .NET assemblies"},
	{name: "Cocos", files: []string{"lib/*/libcocos*.so"},
		zh: "Lua 或 JavaScript 代码多已编译或加密（.luac、.jsc）", en: "Lua or JavaScript code is mostly compiled or encrypted (.luac, .jsc)"},
	{name: "Unreal Engine", files: []string{"lib/*/libUE4.so", "lib/*/libUnreal.so"},
		zh: "C++ 代码编译在本地库中", en: "C++ code is compiled into a native library"},
}

// frameworkGaps tells, once for each framework, that the app's own code is in a
// form that is not read.
func frameworkGaps(app *apk.App, hidden []hiddenFile) []audit.Gap {
	var gaps []audit.Gap
	for _, f := range codeForms {
		if at := slices.IndexFunc(app.Entries, func(e string) bool { return f.has(app.Inside(e)) }); at >= 0 {
			gaps = append(gaps, formGap(f.name, app.Entries[at], f.zh, f.en))
		}
	}
	if h := ofKind(hidden, hiddenHermes); len(h) > 0 {
		gaps = append(gaps, formGap("Hermes", h[0].entry, "JavaScript 已编译为 Hermes 字节码", "JavaScript is compiled to Hermes bytecode"))
	}
	return gaps
}

func (f *codeForm) has(entry string) bool {
	for _, b := range f.below {
		if strings.HasPrefix(entry, b) {
			return true
		}
	}
	return slices.ContainsFunc(f.files, func(p string) bool {
		ok, err := path.Match(p, entry)
		return ok && err == nil
	})
}

func formGap(name, entry, zh, en string) audit.Gap {
	return audit.Gap{Kind: audit.GapNative, What: fmt.Sprintf("%s: %s", name, entry), Weakens: audit.Text{
		ZH: fmt.Sprintf("%s 应用：%s，未被检查；其中读取的数据和联系的主机只有经由 Java 代码的部分可见。", name, zh),
		EN: fmt.Sprintf("A %s app: %s and was not examined; of what it reads and which hosts it contacts only what goes through Java code is seen.", name, en),
	}}
}
