package disclose

import (
	"fmt"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

func (f *facts) sdkTable(sdks []*audit.SDK) Table {
	t := Table{
		ID:      TableSDKs,
		Title:   audit.Text{ZH: "第三方SDK共享清单", EN: "List of third-party SDKs"},
		Intro:   audit.Text{ZH: "本应用接入了以下第三方 SDK：", EN: "The app contains the following third-party SDKs:"},
		Columns: []audit.Text{colSDK, colCompany, colPurpose, colMethod, colCode, colStated, colPermissions, colLink},
		Empty:   audit.Text{ZH: "未发现须列入政策的第三方 SDK。", EN: "No third-party SDK that a policy must name was found."},
	}
	for _, s := range sdks {
		basis := callsOf(f.pairsOf[audit.PrefixSDK+s.ID])
		if k := f.set.SDK(s.ID); k != nil && k.Collects.Given() {
			basis = audit.Text{ZH: basis.ZH + "；" + stated(k).ZH, EN: basis.EN + "; " + stated(k).EN}
		}
		t.Rows, t.Basis = append(t.Rows, f.sdkRow(s)), append(t.Basis, basis)
	}
	return t
}

func (f *facts) sdkRow(s *audit.SDK) []Cell {
	k := f.set.SDK(s.ID)
	name := plainCell(f.sdkName(s.ID))
	if s.Confidence == "possible" {
		name = append(name, Part{Text: audit.Text{ZH: "", EN: " "}}, Part{Text: blankPresence, Blank: true})
	}
	return []Cell{name, f.companyOf(s, k), purposeOf(s.Category), blankCell(blankMethod), f.codeData(s, k), f.statedData(k),
		joined(f.permissionsOf(audit.PrefixSDK + s.ID)), linkOf(k)}
}

func (f *facts) companyOf(s *audit.SDK, k *rules.SDK) Cell {
	vendor := s.Vendor
	if k != nil {
		vendor = k.Vendor
	}
	if vendor == (audit.Text{}) {
		return blankCell(blankCompany)
	}
	return plainCell(audit.Text{ZH: vendor.In("zh"), EN: vendor.In("en")})
}

// purposeOf is a blank, with a proposal where the category has one.
func purposeOf(category string) Cell {
	words, ok := purposes[category]
	if !ok {
		return blankCell(blankPurpose)
	}
	return blankCell(audit.Text{ZH: strings.Replace(proposalPurpose.ZH, "{words}", words.ZH, 1), EN: strings.Replace(proposalPurpose.EN, "{words}", words.EN, 1)})
}

// codeData is what an SDK's code reads. Where no call is known and the vendor says
// nothing either, that is to be found out.
func (f *facts) codeData(s *audit.SDK, k *rules.SDK) Cell {
	data := f.dataOf(audit.PrefixSDK + s.ID)
	if len(data) == 0 && (k == nil || len(k.Collects.Data) == 0) {
		return blankCell(blankData)
	}
	return joined(f.dataParts(data))
}

func (f *facts) statedData(k *rules.SDK) Cell {
	if k == nil || len(k.Collects.Data) == 0 {
		return plainCell(nothing)
	}
	return joined(f.dataParts(k.Collects.Data))
}

func linkOf(k *rules.SDK) Cell {
	if k == nil || len(k.Links) == 0 {
		return blankCell(blankLink)
	}
	return Cell{{Text: same(k.Links[0]), Link: true}}
}

func (f *facts) dataTable(rows []dataRow) Table {
	t := Table{
		ID:      TableData,
		Title:   audit.Text{ZH: "已收集个人信息清单", EN: "List of collected personal information"},
		Intro:   audit.Text{ZH: "我们会收集以下个人信息，其中加粗的属于敏感个人信息：", EN: "We collect the following personal information; what is in bold is sensitive:"},
		Columns: []audit.Text{colData, colWho, colWhy, colScene},
		Empty:   audit.Text{ZH: "未发现读取个人信息的已知调用。", EN: "No known call that reads personal information was found."},
	}
	for _, row := range rows {
		why, scene := plainCell(seeSDKs), plainCell(seeSDKs)
		for _, p := range row.parties {
			if audit.PartyKind(p) != audit.PrefixSDK {
				why, scene = blankCell(blankWhy), blankCell(blankScene)
			}
		}
		t.Rows = append(t.Rows, []Cell{f.dataParts([]string{row.data}), f.who(row.parties), why, scene})
		t.Basis = append(t.Basis, callsOf(row.pairs))
	}
	return t
}

func (f *facts) permissionTable(list []*audit.Permission) Table {
	t := Table{
		ID:      TablePermissions,
		Title:   audit.Text{ZH: "应用权限及其用途", EN: "Permissions and what they are for"},
		Intro:   audit.Text{ZH: "本应用可能申请以下权限：", EN: "The app may ask for the following permissions:"},
		Columns: []audit.Text{colPermission, colUse, colNeededBy},
		Empty:   audit.Text{ZH: "未申请须由用户授予的权限。", EN: "The app requests no permission that the user grants."},
	}
	for _, p := range list {
		n := 0
		for _, u := range p.UsedBy {
			n += u.Sites
		}
		t.Rows = append(t.Rows, []Cell{plainCell(f.permissionName(p.Name)), blankCell(useOf(p)), f.neededBy(p)})
		t.Basis = append(t.Basis, audit.Text{ZH: fmt.Sprintf("%s；需要该权限的调用和组件 %d 处", p.Name, n), EN: fmt.Sprintf("%s; calls and components that need it: %d", p.Name, n)})
	}
	return t
}

func useOf(p *audit.Permission) audit.Text {
	if p.Used == audit.No {
		return blankUnused
	}
	return blankUse
}

func (f *facts) neededBy(p *audit.Permission) Cell {
	var parties []string
	for _, u := range p.UsedBy {
		parties = append(parties, u.Party)
	}
	return f.who(parties)
}

// ownerTable lists code that reads data and of which no signature says whose it
// is. What is obfuscated names nobody, so that asking for its owner by that name
// would not help.
func (f *facts) ownerTable() Table {
	t := Table{
		ID:      TableOwners,
		Title:   audit.Text{ZH: "所有者未知的代码", EN: "Code without a known owner"},
		Columns: []audit.Text{colPackage, colOwner},
	}
	last := ""
	for _, p := range f.pairs { // sorted by party
		prefix, ok := strings.CutPrefix(p.Party, audit.PrefixUnknown)
		if !ok || prefix == last || f.obfuscated(prefix) {
			continue
		}
		last = prefix
		t.Rows = append(t.Rows, []Cell{plainCell(same(prefix)), blankCell(blankOwner)})
	}
	return t
}

// maxNotedGaps bounds the gaps that the notes repeat.
const maxNotedGaps = 8

// notes tell the author what the text rests on.
func (f *facts) notes() []audit.Text {
	a := f.r.App
	out := []audit.Text{
		{ZH: "依据：" + describe(a) + "。", EN: "Made from " + describe(a) + "."},
		{ZH: "括号中的内容须由您填写或核对。其余内容来自安装包中的代码和 SDK 特征库；代码中存在读取调用，并不说明数据已被收集或传出。",
			EN: "What stands in brackets is for you to fill in or to confirm. The rest comes from the code of the app and from the SDK signatures; a call that reads data does not prove that it runs or that anything leaves the device."},
		{ZH: "供应商公开声明收集的内容单独成列，并不表示本应用所用的版本和配置一定如此。",
			EN: "What a vendor states about its SDK has a column of its own; it need not hold for the version and the settings that this app uses."},
		{ZH: "代码不能说明用户主动填写、上传的内容，也不能说明服务端的处理；请另行补充。",
			EN: "Code does not tell what users type in or upload, nor what happens on servers; add that."},
	}
	for i, g := range f.r.Gaps {
		if i == maxNotedGaps {
			break
		}
		if g.Kind != audit.GapNoPolicy && g.Weakens != (audit.Text{}) {
			out = append(out, audit.Text{ZH: "未能检查：" + g.Weakens.In("zh"), EN: "Not examined: " + g.Weakens.In("en")})
		}
	}
	return out
}

// callsOf says of the calls behind a row whether a path from an entry point leads to
// one of them, and whether before consent.
func callsOf(pairs []audit.Pair) audit.Text {
	reached, before := audit.No, audit.No
	for _, p := range pairs {
		reached, before = audit.Stronger(reached, p.Reached), audit.Stronger(before, p.BeforeConsent)
	}
	if len(pairs) == 0 {
		return audit.Text{ZH: "未见已知的读取调用", EN: "no known call"}
	}
	return audit.Text{ZH: "代码中存在读取调用；入口可达：" + answers[reached].ZH + "；同意前：" + answers[before].ZH,
		EN: "the code contains calls that read it; reached from an entry point: " + answers[reached].EN + "; before consent: " + answers[before].EN}
}

// sources lists the vendors' statements about SDKs.
func (f *facts) sources(sdks []*audit.SDK) []audit.Text {
	var out []audit.Text
	for _, s := range sdks {
		if k := f.set.SDK(s.ID); k != nil && k.Collects.Given() {
			out = append(out, stated(k))
		}
	}
	return out
}

// stated says where a vendor's statement stands and of when it is.
func stated(k *rules.SDK) audit.Text {
	t := audit.Text{ZH: k.Name.In("zh") + "的供应商声明：" + k.Collects.Source + "（" + k.Collects.Date + "）", EN: "Statement of the vendor of " + k.Name.In("en") + ": " + k.Collects.Source + " (" + k.Collects.Date + ")"}
	if len(k.Collects.Data) == 0 {
		t.ZH, t.EN = t.ZH+"；其中称不收集个人信息", t.EN+"; it says that no personal data is collected"
	}
	return t
}

func describe(a audit.App) string {
	out := a.File
	if a.Package != "" {
		out += ", " + a.Package
	}
	if a.VersionName != "" {
		out += " " + a.VersionName
	}
	if a.SHA256 != "" {
		out += ", sha256 " + a.SHA256
	}
	return out
}
