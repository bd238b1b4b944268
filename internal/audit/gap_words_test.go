package audit_test

import (
	"strings"
	"testing"
	"time"

	"apkaudit/internal/audit"
)

// TestGapSaid: what was not looked at is told in both languages, names of files as
// they stand.
func TestGapSaid(t *testing.T) {
	for what, zh := range map[string]string{
		"no policy was given and none was found inside the APK":                                                                                                        "未提供政策，安装包中也未找到",
		"native libraries: 2 (strings of 2 read, one ABI of each), first libbspatch.so; JNI_OnLoad in 1; dlopen in 2; no ELF files: lib/x86/a.so":                      "本地库 2 个（读取了其中 2 个的字符串，每个只读一种 ABI），第一个为 libbspatch.so；调用 JNI_OnLoad 的有 1 个；调用 dlopen 的有 2 个；不是 ELF 文件：lib/x86/a.so",
		"calls that load code at run time, in code that is or may be reached: 1, first La/B;->c()V":                                                                    "可达或可能可达的代码中有运行时加载代码的调用 1 处，第一处为 La/B;->c()V",
		"files with code outside classes*.dex and lib: 1, first assets/a.dex; DEX files scanned in them: 0 with 0 classes":                                             "classes*.dex 和 lib 以外含代码的文件 1 个，第一个为 assets/a.dex；扫描了其中的 DEX 文件 0 个，共 0 个类",
		"assets/a.dex: named as code, but it is neither DEX nor an archive; it may be encrypted":                                                                       "assets/a.dex：名称表明是代码，但既不是 DEX 也不是压缩包，可能已加密",
		"Bangcle (lib/libsecexe.so): the real code is packed":                                                                                                          "Bangcle (lib/libsecexe.so)：真实代码已被加固",
		"assets/b.jar: 9000 bytes, not read: max-nested-file-bytes of 10 reached":                                                                                      "assets/b.jar：9000 字节，未读取：达到上限 max-nested-file-bytes（10）",
		"2 entries (a, b): need each other, which Android refuses":                                                                                                     "2 个条目（a, b）：相互依赖，Android 不接受",
		"x.apk: 2 entries (a, b): Android does not load them, a number before is missing":                                                                              "x.apk: 2 个条目（a, b）：前面的编号缺失，Android 不加载",
		"x.apk: 1 entry (a): start outside the file":                                                                                                                   "x.apk: 1 个条目（a）：位于文件之外",
		"x.apk and 497 more: has the split name of a.apk; left out":                                                                                                    "x.apk（另有 497 个）：拆分名与 a.apk 的相同，未计入",
		"x.apk!/y.apk: central directory: max-entries of 5 reached, 9 claimed":                                                                                         "x.apk!/y.apk: 中央目录：达到上限 max-entries（5）",
		"classes.dex: not all of it was looked at: max-text-hits of 16384 reached":                                                                                     "classes.dex：未全部查看：达到上限 max-text-hits（16384）",
		"res/a.xml and 3 more: not all of it was looked at: max-layout-bytes of 262144 reached":                                                                        "res/a.xml（另有 3 个）：未全部查看：达到上限 max-layout-bytes（262144）",
		"AndroidManifest.xml: max-manifest-nodes of 500 reached":                                                                                                       "AndroidManifest.xml：达到上限 max-manifest-nodes（500）",
		"2 entries (a, b): named twice in the directory, the first was read":                                                                                           "2 个条目（a, b）：在目录中重名，读取的是第一个",
		"x.apk: the archive's directory begins 7 bytes earlier than its end record says: bytes before it were cut out, or the record belongs to another archive":       "x.apk: 压缩包的目录比结束记录所说的位置靠前 7 字节：其前的内容被删去，或该记录属于另一个压缩包",
		"classes.dex: not in the archive":                                                                                                                              "classes.dex：压缩包中没有该文件",
		"p.txt:267 refers to \"第三方SDK目录\", which was not given; give it with the policy":                                                                               "p.txt 第 267 行提到“第三方SDK目录”，但未提供；请与政策一并给出",
		"p.txt:3 refers to \"List\" (https://x.cn/a), which was not given; give it with the policy":                                                                    "p.txt 第 3 行提到“List”（https://x.cn/a），但未提供；请与政策一并给出",
		"p.pdf: pages 1-3, 7 of 9 hold no text that can be read (scans or fonts without character codes); run text recognition on the file, or give the policy's text": "p.pdf: 共 9 页，第 1-3, 7 页没有可读取的文字（扫描件，或字体没有字符编码）；请先做文字识别，或提供政策的文字",
		"a.bin: it is not a text document: it is an image; a policy is read from its text":                                                                             "a.bin: 不是文字文档：是图片或录音；政策须有文字",
		"reading the code failed: index out of range":                                                                                                                  "读取代码时出错：index out of range",
		"versions of SDKs: not all of it was looked at: max-version-files of 8 reached":                                                                                "SDK 的版本：未全部查看：达到上限 max-version-files（8）",
		"something new": "something new",
		"":              "",
	} {
		g := audit.Gap{What: what}
		if got := g.Said(); got.ZH != zh || got.EN != what {
			t.Errorf("%s:\n got %s\nwant %s", what, got.ZH, zh)
		}
	}
}

// TestGapSaidOfMany: a hostile archive has thousands of gaps with long names.
func TestGapSaidOfMany(t *testing.T) {
	start := time.Now()
	for range 5000 {
		g := audit.Gap{What: strings.Repeat("reached claims of ", 55) + "\xff"}
		g.Said()
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}
