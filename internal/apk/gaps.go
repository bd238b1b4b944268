package apk

import (
	"fmt"
	"strings"

	"apkaudit/internal/audit"
)

// What a gap weakens, by the part of the app that was not (fully) read.
type part int

const (
	partArchive part = iota
	partManifest
	partLabel
	partCode
	partEntry
	partSigner
	partTexts
)

func weakens(p part) audit.Text {
	switch p {
	case partManifest:
		return audit.Text{
			ZH: "权限、组件和元数据可能不完整，依据清单得出的结论因此减弱",
			EN: "permissions, components and meta-data may be incomplete, and so may every answer drawn from the manifest",
		}
	case partLabel:
		return audit.Text{
			ZH: "应用名称以及清单中引用资源的取值可能缺失",
			EN: "the app's name and manifest values that refer to resources may be missing",
		}
	case partCode:
		return audit.Text{
			ZH: "有代码未被检查，未发现某种行为不代表应用没有该行为",
			EN: "some code was not examined: behaviour that was not found may still be there",
		}
	case partEntry:
		return audit.Text{
			ZH: "该文件的内容未被完整检查",
			EN: "the content of this file was not fully examined",
		}
	case partTexts:
		return audit.Text{
			ZH: "界面文字未全部查看：未发现某段文字不代表应用没有",
			EN: "not all texts of the screens were looked at: a text that was not found may still be there",
		}
	case partSigner:
		return audit.Text{
			ZH: "无法说明应用由谁签名",
			EN: "who signed the app cannot be told",
		}
	}
	return audit.Text{
		ZH: "安装包结构异常，可能有文件未被检查，所有结论都可能不完整",
		EN: "the archive is not well formed: files may have gone unexamined, so every answer may be incomplete",
	}
}

// gapList collects gaps once each, in order of discovery.
type gapList struct {
	at   string // path of the split that they are about, "" for a file of its own
	list []audit.Gap
}

func (g *gapList) add(kind string, p part, format string, args ...any) {
	g.put(audit.Gap{Kind: kind, What: fmt.Sprintf(format, args...), Weakens: weakens(p)})
}

// take adds the gaps of a list that does not say what it is about.
func (g *gapList) take(from *gapList) {
	for _, gap := range from.list {
		g.put(gap)
	}
}

func (g *gapList) put(gap audit.Gap) {
	if g.at != "" {
		gap.What = clip(g.at, 200) + ": " + gap.What
	}
	gap.What = clip(gap.What, 1000)
	for _, have := range g.list {
		if have.Kind == gap.Kind && have.What == gap.What {
			return
		}
	}
	g.list = append(g.list, gap)
}

// named turns a pile of entry names into "3 entries (a, b, c)".
func named(names []string, one string) string {
	shown := make([]string, 0, maxGapNames)
	for _, n := range names[:min(len(names), maxGapNames)] {
		shown = append(shown, clip(n, 100))
	}
	more := ""
	if len(names) > maxGapNames {
		more = ", …"
	}
	plural := one
	if len(names) != 1 {
		plural = strings.TrimSuffix(one, "y") + "ies"
	}
	return fmt.Sprintf("%d %s (%s%s)", len(names), plural, strings.Join(shown, ", "), more)
}

// clip cuts s to at most n bytes, at a code point where it is valid UTF-8.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
