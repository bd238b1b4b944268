package report

import (
	"strings"

	"apkaudit/internal/audit"
)

// labels is the one table of words that formats print in two languages: text
// of our own, {name} being replaced. Keys with a dot are values of the report's
// enumerations; a test holds the table to schema and use.
var labels = map[string]audit.Text{
	"severity.critical": {ZH: "严重", EN: "CRITICAL"},
	"severity.high":     {ZH: "高", EN: "HIGH"},
	"severity.medium":   {ZH: "中", EN: "MEDIUM"},
	"severity.low":      {ZH: "低", EN: "LOW"},
	"severity.info":     {ZH: "提示", EN: "INFO"},

	"confidence.high":     {ZH: "置信度高", EN: "high confidence"},
	"confidence.medium":   {ZH: "置信度中", EN: "medium confidence"},
	"confidence.low":      {ZH: "置信度低", EN: "low confidence"},
	"confidence.certain":  {ZH: "确定", EN: "certain"},
	"confidence.likely":   {ZH: "很可能", EN: "likely"},
	"confidence.possible": {ZH: "可能", EN: "possible"},

	"verdict.undisclosed":    {ZH: "未披露", EN: "undisclosed"},
	"verdict.vague":          {ZH: "笼统", EN: "vague"},
	"verdict.misattributed":  {ZH: "归于他方", EN: "misattributed"},
	"verdict.denied":         {ZH: "政策否认", EN: "denied"},
	"verdict.other_platform": {ZH: "仅限其他平台", EN: "other platform"},
	"verdict.absent":         {ZH: "代码中没有", EN: "absent"},
	"verdict.defect":         {ZH: "文本缺陷", EN: "defect"},
	"verdict.violated":       {ZH: "不符合", EN: "violated"},

	"basis.law":      {ZH: "法规、监管通知或国家标准", EN: "law, regulator's notice or national standard"},
	"basis.store":    {ZH: "应用商店政策", EN: "policy of a store"},
	"basis.practice": {ZH: "商店审核惯例，非法规", EN: "practice of stores' reviews, not law"},
	"basis.draft":    {ZH: "征求意见稿，未生效", EN: "draft, not in force"},
	"basis.quality":  {ZH: "质量要求，无条款", EN: "quality, no clause"},

	"status.new":    {ZH: "新", EN: "new"},
	"status.known":  {ZH: "基线已有", EN: "known"},
	"status.waived": {ZH: "已豁免", EN: "waived"},

	"state.violated":    {ZH: "不符合", EN: "violated"},
	"state.satisfied":   {ZH: "符合", EN: "satisfied"},
	"state.undecidable": {ZH: "无法判定", EN: "undecidable"},
	"state.not_looked":  {ZH: "未检查", EN: "not looked at"},

	"gap.packed":        {ZH: "加固", EN: "packed"},
	"gap.native":        {ZH: "本地代码", EN: "native code"},
	"gap.dynamic_code":  {ZH: "动态代码", EN: "dynamic code"},
	"gap.obfuscated":    {ZH: "混淆", EN: "obfuscated"},
	"gap.truncated":     {ZH: "文件不全", EN: "truncated"},
	"gap.tampered":      {ZH: "结构异常", EN: "tampered"},
	"gap.limit":         {ZH: "超出上限", EN: "limit reached"},
	"gap.crashed":       {ZH: "分析中断", EN: "crashed"},
	"gap.timeout":       {ZH: "超时", EN: "timed out"},
	"gap.no_policy":     {ZH: "没有政策", EN: "no policy"},
	"gap.no_text_layer": {ZH: "没有文字层", EN: "no text layer"},
	"gap.not_given":     {ZH: "未提供", EN: "not given"},
	"gap.unreadable":    {ZH: "无法读取", EN: "unreadable"},

	"outcome.clean":      {ZH: "在已检查的内容中未发现差异", EN: "clean: no difference was found in what was examined"},
	"outcome.findings":   {ZH: "发现差异", EN: "findings: app and policy differ"},
	"outcome.incomplete": {ZH: "检查不完整：有内容未能检查，未发现不等于没有", EN: "incomplete: part of the input was not examined, so what was not found may still be there"},
	"outcome.error":      {ZH: "没有结论：输入无法检查", EN: "no verdict: the input could not be examined"},

	"clean.app":       {ZH: "没有政策可比对：这里只列出代码和清单的内容", EN: "not compared: without a policy this only lists what the app contains"},
	"findings.app":    {ZH: "发现问题；没有政策可比对", EN: "findings; there was no policy to compare with"},
	"findings.policy": {ZH: "政策文本本身存在问题；没有给出 APK，未与代码比对", EN: "findings: in the policy itself; without an APK nothing was compared"},
	"clean.policy":    {ZH: "没有给出 APK：这里只列出政策的内容，其文本未发现缺陷", EN: "not compared: without an APK this only lists what the policy says; no defect was found in it"},

	"short.clean":      {ZH: "无差异", EN: "clean"},
	"short.findings":   {ZH: "有差异", EN: "findings"},
	"short.incomplete": {ZH: "不完整", EN: "incomplete"},
	"short.error":      {ZH: "无结论", EN: "no verdict"},

	"polarity.denies":      {ZH: "声明不收集", EN: "says it is not collected"},
	"platform.ios":         {ZH: "仅 iOS", EN: "iOS only"},
	"platform.android":     {ZH: "仅 Android", EN: "Android only"},
	"specificity.umbrella": {ZH: "概括用语", EN: "collective term"},

	"head.app":         {ZH: "应用", EN: "App"},
	"head.file":        {ZH: "文件", EN: "File"},
	"head.read":        {ZH: "已读取", EN: "Read"},
	"head.holds":       {ZH: "内含", EN: "Holds"},
	"head.permissions": {ZH: "权限", EN: "Perms"},
	"head.policy":      {ZH: "政策", EN: "Policy"},
	"head.code":        {ZH: "代码", EN: "Code"},
	"head.checks":      {ZH: "检查项", EN: "Checks"},
	"head.total":       {ZH: "合计", EN: "Total"},
	"head.verdict":     {ZH: "结论", EN: "Verdict"},

	"section.parties":      {ZH: "按主体", EN: "By party"},
	"section.policytext":   {ZH: "政策文本", EN: "The text of the policy"},
	"code.names":           {ZH: "代码中写有 {what}", EN: "the code names {what}"},
	"field.grading":        {ZH: "定级", EN: "Graded"},
	"grade":                {ZH: "{value}（{why}）", EN: "{value} ({why})"},
	"head.quiet":           {ZH: "其他SDK", EN: "Others"},
	"quiet":                {ZH: "没有发现问题：{names}", EN: "no finding about: {names}"},
	"section.findings":     {ZH: "发现的问题", EN: "Findings"},
	"section.sdks":         {ZH: "第三方 SDK", EN: "Embedded SDKs"},
	"section.libraries":    {ZH: "普通库（自身不收集信息）", EN: "Neutral libraries (collect nothing by themselves)"},
	"section.inventory":    {ZH: "代码中的读取点（没有政策可比对）", EN: "What the code contains (no policy to compare with)"},
	"section.calls":        {ZH: "代码中的读取点", EN: "What the code contains"},
	"section.others":       {ZH: "其他行为", EN: "Other behaviour"},
	"section.quiet":        {ZH: "数据出口与入口点", EN: "Where data can leave, and entry points"},
	"section.before":       {ZH: "征得同意前即可到达", EN: "Reachable before consent"},
	"section.startup":      {ZH: "无需用户操作即可启动", EN: "What starts without the user"},
	"section.requests":     {ZH: "申请权限的调用", EN: "Calls that ask for permissions"},
	"section.permissions":  {ZH: "申请的权限与其用途", EN: "Requested permissions and what needs them"},
	"section.hosts":        {ZH: "代码中出现的主机", EN: "Hosts named in the code"},
	"section.places":       {ZH: "其他可能含有代码的位置", EN: "Other places that hold code"},
	"section.unowned":      {ZH: "归属不明的代码", EN: "Code without a known owner"},
	"section.gaps":         {ZH: "未检查的内容", EN: "Not examined"},
	"section.checks":       {ZH: "各检查项", EN: "Checks one by one"},
	"section.entries":      {ZH: "政策列出的 SDK", EN: "SDKs that the policy lists"},
	"section.statements":   {ZH: "政策关于信息的说明", EN: "Data that the policy speaks of"},
	"section.named":        {ZH: "政策提到的权限", EN: "Permissions that the policy names"},
	"section.placeholders": {ZH: "未填写的占位符", EN: "Unfilled placeholders"},
	"section.summary":      {ZH: "汇总", EN: "Summary"},
	"section.nothing":      {ZH: "没有发现问题。", EN: "No findings."},

	"field.why":         {ZH: "原因", EN: "Why"},
	"field.policy":      {ZH: "政策", EN: "Policy"},
	"field.code":        {ZH: "代码", EN: "Code"},
	"field.fix":         {ZH: "整改", EN: "Fix"},
	"field.clauses":     {ZH: "依据", EN: "Basis"},
	"field.id":          {ZH: "标识", EN: "Id"},
	"field.waiver":      {ZH: "豁免", EN: "Waiver"},
	"field.permissions": {ZH: "权限：", EN: "permissions: "},

	"column.sdk":        {ZH: "SDK", EN: "SDK"},
	"column.confidence": {ZH: "可信程度", EN: "Presence"},
	"column.version":    {ZH: "版本", EN: "Version"},
	"column.classes":    {ZH: "类", EN: "Classes"},
	"column.disclosed":  {ZH: "政策中", EN: "In the policy"},
	"column.party":      {ZH: "主体", EN: "Party"},
	"column.data":       {ZH: "信息", EN: "Data"},
	"column.api":        {ZH: "代码中存在的调用", EN: "The code contains calls to"},
	"column.sites":      {ZH: "处", EN: "Sites"},
	"column.reached":    {ZH: "可到达", EN: "Reached"},
	"column.before":     {ZH: "同意前", EN: "Before consent"},
	"column.others":     {ZH: "其他主体", EN: "Further parties"},
	"column.startup":    {ZH: "方式", EN: "How"},
	"column.what":       {ZH: "组件或调用（对象）", EN: "Component or call (for what)"},
	"column.starts":     {ZH: "由此可读取的信息", EN: "Data read from there"},
	"column.asks":       {ZH: "一并申请的权限", EN: "Permissions asked for together"},
	"column.where":      {ZH: "位于", EN: "In"},
	"column.name":       {ZH: "名称", EN: "Name"},
	"column.id":         {ZH: "标识", EN: "Id"},
	"column.company":    {ZH: "公司", EN: "Company"},
	"column.place":      {ZH: "位置", EN: "Place"},
	"column.permission": {ZH: "权限", EN: "Permission"},
	"column.quote":      {ZH: "引文", EN: "Quote"},
	"column.file":       {ZH: "文件", EN: "File"},
	"column.verdict":    {ZH: "结论", EN: "Verdict"},
	"column.state":      {ZH: "状态", EN: "State"},
	"column.check":      {ZH: "检查项", EN: "Check"},
	"column.why":        {ZH: "说明", EN: "Why"},
	"column.prefix":     {ZH: "包名", EN: "Package"},
	"column.touches":    {ZH: "涉及", EN: "What it touches"},

	"answer.yes":     {ZH: "是", EN: "yes"},
	"answer.no":      {ZH: "否", EN: "no"},
	"answer.unknown": {ZH: "未知", EN: "unknown"},

	"via.call":       {ZH: "直接调用", EN: "call"},
	"via.field":      {ZH: "读取字段", EN: "field"},
	"via.code":       {ZH: "代码", EN: "code"},
	"via.wrapper":    {ZH: "经由封装方法", EN: "through a wrapper"},
	"via.reflection": {ZH: "反射", EN: "reflection"},
	"via.native":     {ZH: "本地库", EN: "native library"},
	"via.script":     {ZH: "脚本", EN: "script"},
	"via.shared":     {ZH: "经由共用代码", EN: "through shared code"},

	"doubt.stored_flag":    {ZH: "取决于保存的标志", EN: "a branch on a stored flag stands between"},
	"doubt.reflection":     {ZH: "经由反射", EN: "reflection stands between"},
	"doubt.native":         {ZH: "可能由本地代码调用", EN: "native code may call it"},
	"doubt.many_receivers": {ZH: "调用的可能对象过多", EN: "the call has too many possible receivers"},
	"doubt.other_start":    {ZH: "该组件可由用户以外的一方启动", EN: "something other than the user may start the component"},
	"doubt.hand_off":       {ZH: "对象在此创建，但未见其被执行", EN: "nothing shows that an object created there is run"},

	"does.collect":    {ZH: "读取信息", EN: "reads data"},
	"does.modify":     {ZH: "更改用户的数据", EN: "changes data of the user"},
	"does.action":     {ZH: "代用户操作", EN: "acts for the user"},
	"does.capability": {ZH: "取得能力，本身不读取信息", EN: "gives access, reads nothing itself"},
	"does.behaviour":  {ZH: "不涉及信息", EN: "concerns no data"},
	"does.sink":       {ZH: "数据出口", EN: "where data can leave"},
	"does.entrypoint": {ZH: "首个界面之前的入口点", EN: "runs before the first screen"},
	"does.benign":     {ZH: "降低嫌疑", EN: "lowers suspicion"},

	"explain.via":     {ZH: "方式：{via}", EN: "how: {via}"},
	"explain.saved":   {ZH: "保存的报告只含其中 {n} 处；给出 APK 可列出全部", EN: "a saved report holds {n} of them; give the APK to list all"},
	"explain.also":    {ZH: "{party} 也可到达：{path}", EN: "also reached by {party}: {path}"},
	"explain.doubt":   {ZH: "{answer}（{why}）", EN: "{answer} ({why})"},
	"explain.answers": {ZH: "可到达：{reached} · 同意前：{before}", EN: "reached: {reached} · before consent: {before}"},

	"startup.auto_init":        {ZH: "自动初始化", EN: "auto-init"},
	"startup.self_start":       {ZH: "自启动", EN: "self-start"},
	"startup.keep_alive":       {ZH: "保活", EN: "keep-alive"},
	"startup.associated_start": {ZH: "关联启动", EN: "associated start"},

	"dynamic.file": {ZH: "文件", EN: "file"},
	"dynamic.call": {ZH: "调用", EN: "call"},

	"party.none": {ZH: "归属不明", EN: "owner not known"},

	"inventory.how": {ZH: "可到达：找到从入口点出发的路径；同意前：该路径不经过用户操作或同意判断；未知：无法判断。",
		EN: "Reached: a path from an entry point was found. Before consent: one that passes no action or consent of the user. Unknown: nothing tells."},
	"inventory.verbose": {ZH: "（-v 逐一列出）", EN: " (-v lists them)"},
	"inventory.needs":   {ZH: "所需权限：{names}", EN: "needs {names}"},
	"before.none":       {ZH: "没有发现这样的路径。", EN: "No such path was found."},
	"before.unsure":     {ZH: "{n}无法判断是否在同意前", EN: "For {n} nothing tells whether they come before consent"},
	"before.doubt":      {ZH: "{why}（{n}）", EN: "{why} ({n})"},
	"route.at":          {ZH: "（{dex}，偏移 {offset}）", EN: " ({dex}, offset {offset})"},
	"route.left":        {ZH: "…（{n} 步）…", EN: "… ({n} steps) …"},
	"requests.unseen":   {ZH: "未见常量", EN: "no constants seen"},
	"perm.used":         {ZH: "有调用需要", EN: "calls need it"},
	"perm.reached":      {ZH: " [可到达 {n}]", EN: " [{n} reached]"},
	"perm.unused":       {ZH: "未见有调用需要", EN: "no call found"},
	"perm.unrequested":  {ZH: "需要但未申请", EN: "not requested"},
	"perm.unknown":      {ZH: "无法判断", EN: "nothing tells"},

	"places.dynamic":    {ZH: "动态代码", EN: "loaded code"},
	"places.native":     {ZH: "本地库", EN: "native libraries"},
	"places.frameworks": {ZH: "框架与加固", EN: "frameworks"},

	"unowned.small":   {ZH: "不足 {least} 个类：{n}（{classes}）", EN: "below {least} classes: {n} ({classes})"},
	"unowned.short":   {ZH: "名称被混淆：{n}（{classes}）", EN: "shortened names: {n} ({classes})"},
	"unowned.nothing": {ZH: "—", EN: "-"},
	"unowned.hint": {ZH: "命名：apkaudit sdk learn APP.apk --prefix {prefix} --out my-rules；普通库在其中写 neutral: true。",
		EN: "Name it: apkaudit sdk learn APP.apk --prefix {prefix} --out my-rules; neutral: true if a library"},

	"sdk.disclosed":   {ZH: "已提及", EN: "named"},
	"sdk.structure":   {ZH: "结构比对", EN: "structure"},
	"sdk.undisclosed": {ZH: "未提及", EN: "not named"},
	"sdk.nopolicy":    {ZH: "—", EN: "-"},

	"code.call":      {ZH: "代码中存在对 {api} 的调用", EN: "the code contains a call to {api}"},
	"code.calls":     {ZH: "代码中存在对 {api} 的调用，共 {n} 处", EN: "the code contains calls to {api}, {n} sites"},
	"code.read":      {ZH: "代码中存在对 {api} 的引用", EN: "the code contains a read of {api}"},
	"code.reads":     {ZH: "代码中存在对 {api} 的引用，共 {n} 处", EN: "the code contains reads of {api}, {n} sites"},
	"code.in":        {ZH: "位于 {caller}（{dex}，偏移 {offset}）", EN: "in {caller} ({dex}, offset {offset})"},
	"code.nested":    {ZH: "内嵌于 {file}", EN: "nested in {file}"},
	"code.consent":   {ZH: "征得同意前即可到达", EN: "reachable before consent"},
	"code.unreached": {ZH: "未发现到达路径", EN: "no path leads there"},
	"code.none":      {ZH: "没有发现已知的个人信息读取点。", EN: "No known call that reads personal data was found."},
	"code.path":      {ZH: "路径：{path}", EN: "path: {path}"},
	"code.chain":     {ZH: "经由：{path}", EN: "through: {path}"},
	"code.doubt":     {ZH: "答案未知：{why}", EN: "not known: {why}"},

	"policy.silent":  {ZH: "没有找到：{terms}", EN: "searched in vain for: {terms}"},
	"policy.nothing": {ZH: "没有相应内容", EN: "says nothing of it"},
	"policy.none":    {ZH: "没有可比对的政策", EN: "no policy to compare with"},

	"unit.dex":          {ZH: "{n} 个 dex", EN: "{n} dex files"},
	"unit.dex.one":      {ZH: "{n} 个 dex", EN: "{n} dex file"},
	"unit.classes":      {ZH: "{n} 个类", EN: "{n} classes"},
	"unit.classes.one":  {ZH: "{n} 个类", EN: "{n} class"},
	"unit.methods":      {ZH: "{n} 个方法", EN: "{n} methods"},
	"unit.methods.one":  {ZH: "{n} 个方法", EN: "{n} method"},
	"unit.sdks":         {ZH: "{n} 个第三方 SDK", EN: "{n} SDKs"},
	"unit.sdks.one":     {ZH: "{n} 个第三方 SDK", EN: "{n} SDK"},
	"unit.packages":     {ZH: "{n} 个包", EN: "{n} packages"},
	"unit.packages.one": {ZH: "{n} 个包", EN: "{n} package"},
	"unit.possible":     {ZH: "（仅为可能：{n}）", EN: " (only possible: {n})"},
	"unit.libs":         {ZH: "{n} 个普通库", EN: "{n} neutral libraries"},
	"unit.libs.one":     {ZH: "{n} 个普通库", EN: "{n} neutral library"},
	"unit.native":       {ZH: "{n} 个本地库", EN: "{n} native libraries"},
	"unit.native.one":   {ZH: "{n} 个本地库", EN: "{n} native library"},
	"unit.requested":    {ZH: "申请 {n} 项", EN: "{n} requested"},
	"unit.dangerous":    {ZH: "其中 {n} 项敏感", EN: "{n} dangerous"},
	"unit.chars":        {ZH: "{n} 字", EN: "{n} characters"},
	"unit.chars.one":    {ZH: "{n} 字", EN: "{n} character"},
	"unit.waived":       {ZH: "已豁免 {n}", EN: "waived {n}"},
	"unit.claims":       {ZH: "{n} 条说明", EN: "{n} statements"},
	"unit.claims.one":   {ZH: "{n} 条说明", EN: "{n} statement"},
	"unit.entries":      {ZH: "{n} 个 SDK 条目", EN: "{n} SDK entries"},
	"unit.entries.one":  {ZH: "{n} 个 SDK 条目", EN: "{n} SDK entry"},

	"more":       {ZH: "…… 另有 {n} 项（-v 显示全部）", EN: "… and {n} more (-v shows all)"},
	"more.short": {ZH: "等，另有 {n} 个", EN: "and {n} more"},
	"places":     {ZH: "（共 {n} 处）", EN: "({n} places)"},
	"line":       {ZH: "第 {n} 行", EN: "line {n}"},
	"page":       {ZH: "第 {n} 页", EN: "page {n}"},
	"unverified": {ZH: "（条文未核对）", EN: "(wording not confirmed)"},
	"until":      {ZH: "至 {date}", EN: "until {date}"},
	"flag.debug": {ZH: "可调试", EN: "debuggable"},
	"flag.clear": {ZH: "允许明文传输", EN: "cleartext traffic allowed"},
	"unread":     {ZH: "无法读取", EN: "unreadable"},
	"packer":     {ZH: "加固：{name}", EN: "packed with {name}"},

	"list":      {ZH: "、", EN: ", "},
	"then":      {ZH: "，", EN: ", "},
	"semicolon": {ZH: "；", EN: "; "},
	"colon":     {ZH: "：", EN: ": "},
	"quoted":    {ZH: "“{text}”", EN: "\"{text}\""},

	"sarif.clauses": {ZH: "依据", EN: "Basis"},
	"sarif.dropped": {ZH: "结果过多，{n} 条未写入", EN: "too many results: {n} were left out"},
	"sarif.path":    {ZH: "调用路径", EN: "call path"},
	"sarif.chain":   {ZH: "经由的调用", EN: "called through"},
	"sarif.fix":     {ZH: "整改", EN: "Fix"},

	"sheet.app":       {ZH: "应用", EN: "App"},
	"sheet.check":     {ZH: "检测项", EN: "Check"},
	"sheet.scenario":  {ZH: "场景", EN: "Scenario"},
	"sheet.party":     {ZH: "主体", EN: "Party"},
	"sheet.risk":      {ZH: "风险信息", EN: "Information"},
	"sheet.path":      {ZH: "调用路径", EN: "Call path"},
	"sheet.policy":    {ZH: "政策原文", EN: "Policy text"},
	"sheet.clauses":   {ZH: "依据条款", EN: "Clauses"},
	"sheet.advice":    {ZH: "改进建议", EN: "Advice"},
	"sheet.app_party": {ZH: "APP 自身", EN: "the app itself"},
	"sheet.document":  {ZH: "隐私政策", EN: "privacy policy"},
	"sheet.said":      {ZH: "未见相关表述", EN: "nothing found"},

	"scenario.before_consent": {ZH: "用户同意隐私政策前", EN: "before consent"},
	"scenario.start_up":       {ZH: "启动时", EN: "at start-up"},
	"scenario.background":     {ZH: "后台", EN: "in the background"},
	"scenario.in_use":         {ZH: "使用过程中", EN: "while in use"},
	"scenario.unreached":      {ZH: "代码中存在，未见到达路径", EN: "in the code, no path to it was found"},
	"scenario.contents":       {ZH: "安装包内容", EN: "contents of the package"},
	"scenario.policy_text":    {ZH: "隐私政策文本", EN: "policy text"},

	"md.finding":  {ZH: "问题", EN: "Finding"},
	"md.severity": {ZH: "级别", EN: "Severity"},
	"md.place":    {ZH: "位置", EN: "Place"},
	"md.evidence": {ZH: "证据", EN: "Evidence"},
	"md.document": {ZH: "政策文本", EN: "The policy's text"},
	"md.other":    {ZH: "{n} 条提示未列出", EN: "{n} of severity info not listed"},
	"md.cut": {ZH: "已达到 GitHub 评论 {limit} 字符的上限，以下内容未列出：{what}。完整内容请用 -o html 或 -o json。",
		EN: "Cut at the {limit} characters that a GitHub comment may have; not shown: {what}. -o html or -o json holds all."},
	"md.cut.report":   {ZH: "{n} 份报告", EN: "reports: {n}"},
	"md.cut.gap":      {ZH: "未检查的内容 {n} 项", EN: "gaps: {n}"},
	"md.cut.finding":  {ZH: "问题 {n} 条", EN: "findings: {n}"},
	"md.cut.evidence": {ZH: "{n} 条问题的证据", EN: "evidence of findings: {n}"},
	"md.cut.sdk":      {ZH: "SDK {n} 个", EN: "SDKs: {n}"},
	"md.cut.waived":   {ZH: "已豁免的问题 {n} 条", EN: "waived findings: {n}"},

	"junit.examined": {ZH: "输入是否已检查", EN: "was the input examined"},
	"junit.more":     {ZH: "（另有 {n} 条）", EN: "(and {n} more)"},

	"unit.before":         {ZH: "同意前即可到达 {n}", EN: "{n} reachable before consent"},
	"unit.startup":        {ZH: "无需用户即可启动 {n}", EN: "{n} start without the user"},
	"unit.startup.one":    {ZH: "无需用户即可启动 {n}", EN: "{n} starts without the user"},
	"unit.requests":       {ZH: "申请权限 {n}", EN: "{n} ask for permissions"},
	"unit.requests.one":   {ZH: "申请权限 {n}", EN: "{n} asks for permissions"},
	"unit.hosts":          {ZH: "{n} 个主机", EN: "{n} hosts"},
	"unit.hosts.one":      {ZH: "{n} 个主机", EN: "{n} host"},
	"unit.behaviours":     {ZH: "{n} 项行为", EN: "{n} behaviours"},
	"unit.behaviours.one": {ZH: "{n} 项行为", EN: "{n} behaviour"},

	"unit.policies":  {ZH: "{n} 份政策", EN: "{n} policies"},
	"unit.types":     {ZH: "{n} 种信息", EN: "{n} data types"},
	"unit.types.one": {ZH: "{n} 种信息", EN: "{n} data type"},
	"unit.named":     {ZH: "{n} 项权限", EN: "{n} permissions"},
	"unit.named.one": {ZH: "{n} 项权限", EN: "{n} permission"},
	"unit.sites":     {ZH: "{n} 处", EN: "{n} sites"},
	"unit.sites.one": {ZH: "{n} 处", EN: "{n} site"},

	"kind.collects":   {ZH: "收集", EN: "collected"},
	"kind.umbrella":   {ZH: "概括用语", EN: "collective term"},
	"kind.denies":     {ZH: "声明不收集", EN: "says it is not collected"},
	"kind.permission": {ZH: "权限", EN: "permission"},
	"kind.named":      {ZH: "点名 SDK", EN: "SDK named"},
	"kind.entry":      {ZH: "SDK 条目", EN: "SDK entry"},
	"kind.defect":     {ZH: "文本缺陷", EN: "defect of the text"},
	"kind.quoted":     {ZH: "被引用的原文", EN: "quoted by a finding"},

	"rule.statement":            {ZH: "句子说明收集", EN: "a sentence says so"},
	"rule.list_item":            {ZH: "列表项，承接上文的动词", EN: "an item under a sentence that says so"},
	"rule.topic_heading":        {ZH: "标题即收集的内容", EN: "a heading that names what is collected"},
	"rule.data_table":           {ZH: "信息表格的一行", EN: "a row of a table of data"},
	"rule.permission_list":      {ZH: "权限清单中的一项", EN: "an item of a list of permissions"},
	"rule.permission_statement": {ZH: "句子说明申请权限", EN: "a sentence asks for a permission"},
	"rule.permission_table":     {ZH: "权限表格的一行", EN: "a row of a table of permissions"},
	"rule.cookie_section":       {ZH: "Cookie 一节的说明", EN: "the section on cookies says so"},
	"rule.denial":               {ZH: "句子声明不收集", EN: "a sentence says it is not collected"},
	"rule.denial_of_all":        {ZH: "句子声明不收集任何个人信息", EN: "a sentence says that no personal data is collected"},
	"rule.denial_antecedent":    {ZH: "“此信息”指同一项中的内容", EN: "a sentence denies what stands before it in the same item"},
	"rule.sdk_table":            {ZH: "SDK 表格的一行", EN: "a row of an SDK table"},
	"rule.sdk_flat_rows":        {ZH: "失去边框的 SDK 表格的一行", EN: "a row of an SDK table without borders"},
	"rule.sdk_cell_per_line":    {ZH: "每行一格的 SDK 表格", EN: "an SDK table with one cell a line"},
	"rule.sdk_key_value":        {ZH: "SDK 条目的“字段：内容”", EN: "a field of an SDK entry"},
	"rule.sdk_prose":            {ZH: "正文中的 SDK 说明", EN: "running text about an SDK"},
	"rule.sdk_named":            {ZH: "句子点名了 SDK", EN: "a sentence names the SDK"},
	"rule.sdk_named_in_passing": {ZH: "句子顺带提到 SDK", EN: "a sentence names the SDK in passing"},

	"layout.table":         {ZH: "表格", EN: "table"},
	"layout.flat_rows":     {ZH: "无边框表格", EN: "table without borders"},
	"layout.cell_per_line": {ZH: "每行一格", EN: "one cell a line"},
	"layout.key_value":     {ZH: "字段与内容", EN: "fields with values"},
	"layout.prose":         {ZH: "正文", EN: "running text"},

	"defect.placeholder":   {ZH: "未填写的占位符", EN: "unfilled placeholder"},
	"defect.corruption":    {ZH: "文本受损", EN: "damaged text"},
	"defect.lost_link":     {ZH: "链接丢失", EN: "lost link"},
	"defect.broken_link":   {ZH: "链接写法有误", EN: "malformed link"},
	"defect.open_list":     {ZH: "未列全的列举", EN: "list left open"},
	"defect.vague_purpose": {ZH: "目的笼统", EN: "vague purpose"},
	"defect.no_purpose":    {ZH: "权限未说明用途", EN: "permission without a purpose"},

	"protection.normal":    {ZH: "普通", EN: "normal"},
	"protection.dangerous": {ZH: "敏感", EN: "dangerous"},
	"protection.signature": {ZH: "签名", EN: "signature"},
	"protection.internal":  {ZH: "系统内部", EN: "internal"},
	"protection.unknown":   {ZH: "未知", EN: "unknown"},

	"html.title":         {ZH: "apkaudit 报告", EN: "apkaudit report"},
	"html.overview":      {ZH: "概览", EN: "Overview"},
	"html.findings":      {ZH: "发现", EN: "Findings"},
	"html.entries":       {ZH: "SDK", EN: "SDKs"},
	"html.data":          {ZH: "信息", EN: "Data"},
	"html.permissions":   {ZH: "权限", EN: "Permissions"},
	"html.text":          {ZH: "政策原文", EN: "Policy text"},
	"html.app":           {ZH: "代码", EN: "Code"},
	"html.skip":          {ZH: "跳到正文", EN: "Skip to the content"},
	"html.signer":        {ZH: "签名", EN: "Signer"},
	"html.by_party":      {ZH: "代码中的读取点，按主体", EN: "What the code contains, by party"},
	"html.by_data":       {ZH: "代码中的读取点，按信息", EN: "What the code contains, by data"},
	"html.readers":       {ZH: "代码中存在读取调用的主体", EN: "Whose code contains calls that read it"},
	"html.needs":         {ZH: "所需权限", EN: "Needs"},
	"html.hosts":         {ZH: "主机", EN: "Hosts"},
	"html.path":          {ZH: "到达路径（{n}）", EN: "path to it ({n})"},
	"html.chain":         {ZH: "经由（{n}）", EN: "called through ({n})"},
	"html.used":          {ZH: "用途", EN: "Use"},
	"unit.steps":         {ZH: "{n} 步", EN: "{n} steps"},
	"unit.steps.one":     {ZH: "{n} 步", EN: "{n} step"},
	"html.defects":       {ZH: "文本缺陷", EN: "Defects of the text"},
	"unit.quotes":        {ZH: "另有 {n} 处原文", EN: "{n} more quotes"},
	"unit.quotes.one":    {ZH: "另有 {n} 处原文", EN: "{n} more quote"},
	"html.rest":          {ZH: "另有 {n} 项未列出；完整内容见 JSON 报告（-o json）。", EN: "{n} more are not listed here; the JSON report (-o json) holds all."},
	"html.no_text":       {ZH: "没有读到文字。", EN: "No text was read."},
	"html.cut_text":      {ZH: "本页到此为止：原文还有 {n} 字未显示。完整内容见 JSON 报告（-o json）。", EN: "The page ends here: {n} characters of the text are not shown. The JSON report (-o json) holds all."},
	"html.cut_notes":     {ZH: "本页放不下：{n} 处说明没有标注和旁注。完整内容见 JSON 报告（-o json）。", EN: "Too many for one page: {n} places are neither highlighted nor explained. The JSON report (-o json) holds all."},
	"html.deep":          {ZH: "{n} 处说明重叠过深，只有编号而没有标色。", EN: "{n} places lie inside too many others: they have a number but no colour."},
	"html.legend_how":    {ZH: "每处标色的原文都有编号；旁注说明它讲的是谁、什么信息，以及为何这样读。一处有几种说法时，底色取最重的一种，词的颜色各依其说法。", EN: "Every highlighted passage has a number. The note beside it says whom it is about, which data, and why it was read so. Where a passage says several things it takes the colour of the gravest, and each word its own."},
	"html.words":         {ZH: "指明信息的词", EN: "words that name the data"},
	"html.shown":         {ZH: "看不见的字符以代码写出", EN: "an invisible character, written as its code"},
	"html.to_note":       {ZH: "旁注 {n}", EN: "note {n}"},
	"html.to_text":       {ZH: "原文 {n}", EN: "passage {n}"},
	"html.finding":       {ZH: "发现 {n}", EN: "finding {n}"},
	"html.none_said":     {ZH: "政策没有提到。", EN: "The policy names none."},
	"html.statements":    {ZH: "说明数", EN: "Statements"},
	"html.how":           {ZH: "说法", EN: "Said how"},
	"html.purpose":       {ZH: "目的", EN: "Purpose"},
	"html.for":           {ZH: "目的：", EN: "purpose: "},
	"html.link":          {ZH: "隐私政策链接", EN: "Its policy"},
	"html.unknown_sdk":   {ZH: "特征库中没有", EN: "no signature"},
	"html.vendor":        {ZH: "厂商", EN: "Vendor"},
	"html.protection":    {ZH: "级别", EN: "Level"},
	"html.used_by":       {ZH: "用到它的代码", EN: "Code that needs it"},
	"html.method":        {ZH: "报告只陈述政策写了什么、代码中有什么，不代表信息已被收集或上传。", EN: "The report states what the policy says and what the code contains, never that data was collected or sent."},
	"html.method_policy": {ZH: "本页只陈述政策写了什么：没有 APK 可以比对。", EN: "This page states what the policy says; there was no APK to compare it with."},
	"html.more_sites":    {ZH: "另有 {n} 处", EN: "{n} more"},
	"html.ios":           {ZH: "仅 iOS：", EN: "iOS only: "},

	"triage.known":    {ZH: "{n} 条基线已有（{file}）", EN: "{n} known from {file}"},
	"triage.waivers":  {ZH: "豁免{state} {n} 条", EN: "waivers {state}: {n}"},
	"section.waivers": {ZH: "豁免", EN: "Waivers"},
	"waived.applied":  {ZH: "生效", EN: "applied"},
	"waived.unused":   {ZH: "未用到", EN: "unused"},
	"waived.expired":  {ZH: "已过期", EN: "expired"},
	"column.waives":   {ZH: "针对", EN: "For"},
	"column.findings": {ZH: "问题", EN: "Findings"},
	"column.until":    {ZH: "截止", EN: "Until"},
	"column.reason":   {ZH: "理由", EN: "Reason"},

	"head.old":              {ZH: "旧", EN: "Old"},
	"head.new":              {ZH: "新", EN: "New"},
	"head.note":             {ZH: "注意", EN: "Note"},
	"change.new":            {ZH: "新增", EN: "new"},
	"change.gone":           {ZH: "消失", EN: "gone"},
	"change.changed":        {ZH: "变化", EN: "changed"},
	"changed.title":         {ZH: "两份报告之间的变化", EN: "What changed between two reports"},
	"changed.none":          {ZH: "没有变化。", EN: "Nothing changed."},
	"changed.nothing":       {ZH: "无", EN: "none"},
	"changed.shortened":     {ZH: "名称被混淆的代码", EN: "code with shortened names"},
	"changed.app":           {ZH: "应用", EN: "App"},
	"changed.data":          {ZH: "代码可读取的信息", EN: "Data that calls in the code can read"},
	"changed.permissions":   {ZH: "申请的权限", EN: "Requested permissions"},
	"changed.exported":      {ZH: "对其他应用开放的组件", EN: "Exported components"},
	"changed.sources":       {ZH: "政策文本", EN: "Policy documents"},
	"changed.text":          {ZH: "文本有变化", EN: "the text changed"},
	"changed.was":           {ZH: "原为{severity}", EN: "was {severity}"},
	"changed.new":           {ZH: "新增问题 {n}", EN: "new findings {n}"},
	"changed.gone":          {ZH: "不再出现 {n}", EN: "gone {n}"},
	"changed.changed":       {ZH: "严重程度变化 {n}", EN: "changed in severity {n}"},
	"changed.hidden":        {ZH: "普通库的变化：{n}（-v 列出）。", EN: "Changes of neutral libraries: {n} (-v lists them)."},
	"changed.disclosed":     {ZH: "已披露", EN: "disclosed"},
	"changed.cut":           {ZH: "另有 {n} 处变化未列出；-o json 含全部。", EN: "{n} more changes are not listed; -o json holds all."},
	"property.package":      {ZH: "包名", EN: "Package"},
	"property.version_name": {ZH: "版本名", EN: "Version name"},
	"property.version_code": {ZH: "版本号", EN: "Version code"},
	"property.signers":      {ZH: "签名证书", EN: "Signing certificate"},
	"property.min_sdk":      {ZH: "minSdk", EN: "minSdk"},
	"property.target_sdk":   {ZH: "targetSdk", EN: "targetSdk"},
	"property.debuggable":   {ZH: "可调试", EN: "Debuggable"},
	"property.allow_backup": {ZH: "允许备份", EN: "Backup allowed"},
	"property.cleartext":    {ZH: "允许明文传输", EN: "Cleartext traffic allowed"},
	"property.company":      {ZH: "公司", EN: "company"},
	"property.purpose":      {ZH: "目的", EN: "purpose"},
	"property.link":         {ZH: "链接", EN: "link"},
}

// words prints labels and names in one language.
type words struct {
	lang string
}

// say returns the label of key; pairs are names and their replacements.
func (w words) say(key string, pairs ...string) string {
	t, ok := labels[key]
	if !ok {
		return clean(key)
	}
	return fill(t.In(w.lang), pairs...)
}

// fill replaces {name} in one pass, so that a replacement is never read again.
func fill(s string, pairs ...string) string {
	if len(pairs) == 0 {
		return s
	}
	named := make([]string, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		named[i], named[i+1] = "{"+pairs[i]+"}", pairs[i+1]
	}
	return strings.NewReplacer(named...).Replace(s)
}

// value is the label of an enumerated value, or the cleaned value itself where
// a later version of the schema added one.
func (w words) value(kind, v string) string {
	if _, ok := labels[kind+"."+v]; ok {
		return w.say(kind + "." + v)
	}
	return clip(clean(v), maxValue)
}

// maxValue is the room for a value without a label, in columns.
const maxValue = 24

// count says "3 classes"; English has a form of its own for one.
func (w words) count(unit string, n int) string {
	key := "unit." + unit
	if _, ok := labels[key+".one"]; ok && n == 1 {
		key += ".one"
	}
	return w.say(key, "n", grouped(int64(n)))
}

// named looks an id up in one of the report's maps of names.
func (w words) named(names map[string]audit.Text, id string) string {
	if t, ok := names[id]; ok && t.In(w.lang) != "" {
		return clean(t.In(w.lang))
	}
	return clean(id)
}

// list joins names the way the language does.
func (w words) list(items []string) string { return strings.Join(items, w.say("list")) }
