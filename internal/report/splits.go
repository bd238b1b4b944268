package report

import (
	"strings"

	"apkaudit/internal/audit"
)

// splitsLine says what an app that is not one APK came as: what was read, and how much
// was not. It is empty for a plain APK.
func (p *printer) splitsLine() string {
	var parts []string
	refused, others, data := 0, 0, 0
	for _, s := range p.r.App.Splits {
		name := clip(clean(s.Name), 40)
		switch {
		case s.Read && s.Kind == audit.SplitFeature:
			parts = append(parts, p.say("split.feature", "name", name))
		case s.Read && s.Kind == audit.SplitAsset:
			parts = append(parts, p.say("split.asset", "name", name))
		case s.Read:
			parts = append(parts, name)
		case s.Kind == audit.SplitAlternative:
			others++
		case s.Kind == audit.SplitOBB:
			data++
		default:
			refused++
		}
	}
	if more := len(parts) - namesShown; more > 0 {
		parts = append(parts[:namesShown], p.say("more.short", "n", grouped(int64(more))))
	}
	line := []string{strings.Join(parts, p.say("list"))}
	add := func(text string, n int) {
		if n > 0 {
			line = append(line, text)
		}
	}
	add(p.say("split.refused", "n", grouped(int64(refused))), refused)
	add(p.say("split.alternative", "n", grouped(int64(others))), others)
	add(p.say("split.obb", "n", grouped(int64(data))), data)
	return strings.Join(line, " · ")
}
