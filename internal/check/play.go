package check

import (
	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// dataSafety never finds anything: it says what the draft of Google Play's Data safety
// form would hold, which `apkaudit disclose` writes.
func (f *facts) dataSafety(c *rules.Check) []audit.Finding {
	var types []string
	for _, p := range f.r.Pairs {
		if t := f.set.DataType(p.Data); t != nil && t.Play != "" && p.Reached != audit.No {
			types = append(types, t.Play)
		}
	}
	types = distinct(types)
	words := map[string]audit.Text{"n": number(len(types)), "types": listedIDs(types)}
	f.cleanCode(c, pick(len(types) > 0,
		say("Data safety 草稿会包含 {n} 类数据：{types}；用 apkaudit disclose -o play 生成。", "The draft of the Data safety form would hold {n} types of data: {types}; apkaudit disclose -o play writes it.", words),
		audit.Text{ZH: "没有发现 Data safety 表单中的数据类型；用 apkaudit disclose -o play 生成草稿。", EN: "No type of data of the Data safety form was found; apkaudit disclose -o play writes the draft."}))
	return nil
}
