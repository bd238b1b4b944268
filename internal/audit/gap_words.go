package audit

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Said is what was not looked at, in both languages: What is English, as whatever met
// the obstacle put it. A message that is not in the table stays English in Chinese,
// and so do the names of files, limits and methods in all of them.
func (g *Gap) Said() Text {
	zh := strings.ToValidUTF8(g.What, "\ufffd")
	for _, w := range gapWords() {
		if strings.Contains(zh, w.mark) {
			zh = w.form.ReplaceAllString(zh, w.zh)
		}
	}
	return Text{ZH: zh, EN: g.What}
}

// gapWord is one message or the part of one that several end in. Mark stands in
// whatever form matches: looking for it first keeps thousands of gaps fast.
type gapWord struct {
	mark string
	form *regexp.Regexp
	zh   string
}

var gapWords = sync.OnceValue(func() []gapWord {
	var out []gapWord
	for _, list := range [][][3]string{gapWordsOfContainers, gapWordsOfFormats, gapWordsOfCode, gapWordsOfArchives, gapWordsOfPolicies, gapWordsOfLimits} {
		for _, w := range list {
			form := w[1]
			if strings.HasPrefix(form, "^") {
				form = `(?P<inside>^|: )` + form[1:] // what is inside an archive has its name before it
				w[2] = "${inside}" + renumbered.ReplaceAllStringFunc(w[2], oneMore)
			}
			out = append(out, gapWord{w[0], regexp.MustCompile("(?s)" + form), w[2]})
		}
	}
	return out
})

// renumbered are the groups that the Chinese of a row names.
var renumbered = regexp.MustCompile(`\$[0-9]`)

// oneMore is the group behind one.
func oneMore(group string) string { return fmt.Sprintf("${%d}", group[1]-'0'+1) }

// Each row is a mark, the form and its Chinese. Whole messages go before endings, and
// limits, which stand inside others, last.
var (
	gapWordsOfCode = [][3]string{
		{"native libraries: ", `^native libraries: (\d+) \(strings of (\d+) read, one ABI of each\), first ([^;]+)`, "本地库 $1 个（读取了其中 $2 个的字符串，每个只读一种 ABI），第一个为 $3"},
		{"本地库 ", `; (\w+) in (\d+)`, "；调用 $1 的有 $2 个"},
		{"no ELF files", `; no ELF files: `, "；不是 ELF 文件："},
		{"native libraries not read", `^native libraries not read: `, "未读取的本地库："},
		{"scripts not read", `^scripts not read: `, "未读取的脚本："},
		{"calls that load code", `^calls that load code at run time, in code that is or may be reached: (\d+), first `, "可达或可能可达的代码中有运行时加载代码的调用 $1 处，第一处为 "},
		{"files with code outside", `^files with code outside classes\*\.dex and lib: (\d+), first (.*); DEX files scanned in them: (\d+) with (\d+) classes$`,
			"classes*.dex 和 lib 以外含代码的文件 $1 个，第一个为 $2；扫描了其中的 DEX 文件 $3 个，共 $4 个类"},
		{"shortened package names", `^(\d+) of (\d+) classes have shortened package names$`, "$2 个类中有 $1 个的包名被缩短"},
		{"the real code is packed", `: the real code is packed$`, "：真实代码已被加固"},
		{"named as code", `: named as code, but it is neither DEX nor an archive; it may be encrypted$`, "：名称表明是代码，但既不是 DEX 也不是压缩包，可能已加密"},
		{"looked at for hidden code", `: (\d+) files in it were not looked at for hidden code`, "：未查看其中 $1 个文件是否藏有代码"},
		{"looked at for hidden code", `^(\d+) files were not looked at for hidden code, first `, "未查看 $1 个文件是否藏有代码，第一个为 "},
		{"were not opened", `: archives inside it were not opened, such as `, "：未打开其中的压缩包，例如 "},
		{"not all strings", `: not all strings were looked at: they have fewer bytes than (min-[a-z-]+) of (\d+) on average$`, "：未查看全部字符串：平均长度不足 $1（$2）"},
		{"not all strings", `: not all strings were looked at(: |$)`, "：未查看全部字符串$1"},
		{"not all of it", ` and (\d+) more: not all of it was looked at: `, "（另有 $1 个）: not all of it was looked at: "},
		{"not all of it", `: not all of it was looked at: `, "：未全部查看: "},
		{"callers of library", `^callers of library code：`, "公共库代码的调用方："},
		{"versions of SDKs", `^versions of SDKs：`, "SDK 的版本："},
		{"bytes were not read", `: the last (\d+) bytes were not read(: |$)`, "：未读取最后 $1 字节$2"},
		{"bytes, not read", `: (\d+) bytes, not read: `, "：$1 字节，未读取: "},
		{"not read: ", `: not read: `, "：未读取: "},
		{"hand a parameter on", `: calls that hand a parameter on: `, "：转交参数的调用: "},
		{"the code names", `^max-hosts of (\d+) reached, the code names (\d+)$`, "达到上限 max-hosts（$1），代码中有 $2 个主机名"},
		{"are left out", `^(max-[a-z-]+) of (\d+) reached: (\d+) calls that start code or ask for permissions are left out$`, "达到上限 $1（$2）：未列出 $3 处启动代码或申请权限的调用"},
		{"the call graph has", `^the call graph has more ways than are followed: `, "调用图的路径过多，未全部跟踪: "},
		{"reading the ", `^reading the code failed: `, "读取代码时出错："},
		{"reading the ", `^reading the policies failed: `, "读取各份政策时出错："},
		{"reading the ", `^reading the policy (.+) failed: `, "读取政策 $1 时出错："},
		{"problems in all", `; problems in all: (\d+)$`, "；共有异常 $1 处"},
	}
	gapWordsOfArchives = [][3]string{
		{"names no package", `: names no package, without which Android installs no app$`, "：没有包名，Android 不会安装这样的应用"},
		{"the base APK of", `: the base APK of (.+) is missing, this is its split (.+); give all APKs of the app in one directory$`, "：缺少 $1 的基础 APK，这是其拆分 $2；请把该应用的全部 APK 放在同一目录中"},
		{"max-", `^(?:central directory|local headers): (max-[a-z-]+) of (\d+) reached(?:, (\d+) claimed)?$`, "中央目录：达到上限 $1（$2）"},
		{"end record", `^central directory: reaches (\d+) bytes into the end record$`, "中央目录：伸入结束记录 $1 字节"},
		{"start outside", `start outside the file$`, "位于文件之外"},
		{"compression method", `unknown compression method, read as Android would$`, "压缩方法不明，按 Android 的方式读取"},
		{"encryption bit", `encryption bit set, which Android ignores$`, "带有加密标志，Android 不理会"},
		{"local headers", `^no readable central directory: (\d+) files found by their local headers$`, "没有可读的中央目录：按本地文件头找到 $1 个文件"},
		{"before the archive", `^(\d+) bytes before the archive: its directory offsets do not count them$`, "压缩包之前有 $1 字节，目录中的偏移没有计入"},
		{"than its end record", `^the archive's directory begins (\d+) bytes earlier than its end record says: bytes before it were cut out, or the record belongs to another archive$`,
			"压缩包的目录比结束记录所说的位置靠前 $1 字节：其前的内容被删去，或该记录属于另一个压缩包"},
		{"behind the end", `^(\d+) bytes behind the end of the archive, its comment accounts for (\d+)$`, "压缩包末尾之后有 $1 字节，其中注释占 $2 字节"},
		{"central directory ends", `^central directory ends after (\d+) of (\d+) entries$`, "中央目录在第 $1 个条目后中断，应有 $2 个"},
		{"central directory goes on", `^central directory goes on behind its (\d+) entries; Android does not read those$`, "中央目录在 $1 个条目之后还有内容，Android 不读取这些内容"},
		{"central directory: ", `^central directory: `, "中央目录："},
		{"local headers: ", `^local headers: `, "本地文件头："},
		{"entr", `^(\d+) entr(?:y|ies) \((.+)\): `, "$1 个条目（$2）："},
		{"named twice", `named twice in the directory, the first was read$`, "在目录中重名，读取的是第一个"},
		{"does not load them", `Android does not load them, a number before is missing$`, "前面的编号缺失，Android 不加载"},
		{"starts with DEX code", `^the file starts with DEX code before its archive, which was not examined$`, "压缩包之前有 DEX 代码，未被检查"},
		{"not in the archive", `: not in the archive$`, "：压缩包中没有该文件"},
		{"is empty", `: is empty$`, "：内容为空"},
		{"plain text", `: plain text, which Android refuses$`, "：是纯文本，Android 不接受"},
		{"no manifest element", `: no manifest element$`, "：没有 manifest 元素"},
		{"values cut at", `: (\d+) values cut at max-string-bytes of (\d+)$`, "：$1 个值按上限 max-string-bytes（$2）截断"},
		{"further application", `: (\d+) further application elements, which Android ignores$`, "：另有 $1 个 application 元素，Android 不理会"},
		{"left out", `: max-components of (\d+) reached, (\d+) left out$`, "：达到上限 max-components（$1），未列出 $2 个"},
		{"referred to", `: more than (\d+) resources or (\d+) bytes of text referred to$`, "：引用的资源超过 $1 个或文字超过 $2 字节"},
		{"claims ", `: claims (\d+) bytes, has (\d+)$`, "：声称有 $1 字节，实有 $2 字节"},
		{"claims ", `: chunk (\S+) claims more than its package holds$`, "：数据块 $1 声称的长度超出所在的包"},
		{"claims ", `: chunk (\S+) at (\S+) claims (\d+) bytes, (\d+) are left$`, "：位于 $2 的数据块 $1 声称有 $3 字节，只剩 $4 字节"},
		{"claims ", `: start tag claims (\d+) attributes, has room for (\d+)$`, "：起始标签声称有 $1 个属性，只容得下 $2 个"},
		{"UTF-8 flag", `: string pool's UTF-8 flag is wrong$`, "：字符串池的 UTF-8 标志有误"},
		{"of the pool overlap", `: strings of the pool overlap$`, "：字符串池中的字符串相互重叠"},
		{"two different values", `: attributes with two different values, Android's was read$`, "：有属性给出两个不同的值，读取的是 Android 采用的值"},
		{"behind its end", `: (\d+) bytes behind its end$`, "：末尾之后还有 $1 字节"},
		{"cut out", `: (\d+) chunks of unknown or misplaced type \(first (\S+)\) cut out$`, "：略去 $1 个类型不明或位置不对的数据块（第一个为 $2）"},
		{"reader failed", `: reader failed: `, "：读取时出错："},
		{"its size differs", `: its size differs from what the directory claims$`, "：大小与目录中的不符"},
		{"no local header", `: no local header where the directory points$`, "：目录所指的位置没有本地文件头"},
		{"local header", `: local header: `, "：本地文件头："},
		{"ends inside", `: the file ends inside this entry$`, "：文件在该条目中间结束"},
		{"data ends early", `: its compressed data ends early$`, "：压缩数据提前结束"},
		{"checksum", `: its checksum is wrong$`, "：校验和不符"},
		{"signature: ", `^signature: `, "签名："},
		{"encrypted", `: encrypted$`, "：已加密"},
	}
	gapWordsOfPolicies = [][3]string{
		{"no policy was given", `^no policy was given and none was found inside the APK$`, "未提供政策，安装包中也未找到"},
		{"refers to", `^(.+):(\d+) refers to "(.+?)"(?: \((.+)\))?, which was not given; give it with the policy$`, "$1 第 $2 行提到“$3”（$4），但未提供；请与政策一并给出"},
		{"（）", `（），但未提供`, "，但未提供"},
		{"no text that can be read", `pages? (.+) of (\d+) holds? no text that can be read \(.+ without character codes\); run text recognition on the file, or give the policy's text$`,
			"共 $2 页，第 $1 页没有可读取的文字（扫描件，或字体没有字符编码）；请先做文字识别，或提供政策的文字"},
		{"pages ", `pages (\d+)-(\d+) were not read: (.+); give their text in a file of its own$`, "第 $1-$2 页未被读取：$3；请把这几页的文字另存为一个文件后提供"},
		{"embedded in it", `a document of another format is embedded in it, which was not read; paste its text into the document$`, "其中嵌有另一种格式的文档，未被读取；请把该文档的文字粘贴进来"},
		{"with a password", `it is encrypted with a password; save it without one and give that file$`, "文件有密码；请去掉密码另存后提供"},
		{"damaged PDF", `it is a damaged PDF without pages that can be found; open it in a viewer and save or print it again$`, "PDF 已损坏，找不到任何页；请用阅读器打开后另存或重新打印"},
		{"a policy is smaller", `; a policy is smaller, give its text$`, "；政策不会这么大，请提供政策的文字"},
		{"reading it takes longer", `reading it takes longer than (\S+); give its text$`, "读取时间超过 $1；请提供政策的文字"},
		{"MiB; a policy", `larger than (\d+) MiB; a policy is a text$`, "大于 $1 MiB；政策应当是文字"},
		{"it holds no text", `it holds no text; give the policy's text$`, "没有文字；请提供政策的文字"},
		{"no visible text", `it holds no visible text; save the page after its content has loaded$`, "没有可见的文字；请在网页内容加载完之后保存"},
		{"it is empty", `it is empty; give the policy's text$`, "内容为空；请提供政策的文字"},
		{"no DOCX document", `it is a ZIP archive but no DOCX document; give the policy as .+$`, "是 ZIP 压缩包，但不是 DOCX 文档；请提供 DOCX、PDF、文本、HTML 或 Markdown"},
		{"ZIP container", `its ZIP container is broken \((.+)\); open it in a word processor and save it again$`, "ZIP 结构已损坏（$1）；请用文字处理软件打开后另存"},
		{"its part ", `its part (\S+) (?:cannot be opened|is broken) \((.+)\); open it in a word processor and save it again$`, "其中的 $1 无法读取（$2）；请用文字处理软件打开后另存"},
		{"are no text", `it is not a text document: (\d+) of (\d+) characters are no text; give the policy as text, HTML or Markdown$`, "不是文字文档：$2 个字符中有 $1 个不是文字；请提供文本、HTML 或 Markdown"},
		{"is not a text", `it is not a text document: `, "不是文字文档："},
		{"it is an image", `it is an image(?: or a recording)?; a policy is read from its text$`, "是图片或录音；政策须有文字"},
		{"old Office document", `it is an old Office document.*; save it as DOCX or PDF without a password and give that file$`, "是旧版 Office 文档（.doc）或有密码；请另存为没有密码的 DOCX 或 PDF"},
		{"an RTF document", `it is an RTF document; save it as DOCX or PDF and give that file$`, "是 RTF 文档；请另存为 DOCX 或 PDF"},
		{"unpack it", `it is an? (?:compressed file|archive); unpack it and give the document inside$`, "是压缩文件；请解压后提供其中的文档"},
		{"web archive", `it is a web archive \(MHTML\); save the page as HTML or print it to a PDF$`, "是网页存档（MHTML）；请把网页另存为 HTML 或打印成 PDF"},
	}
	gapWordsOfContainers = [][3]string{
		{"not opened", `: holds archives, which were not opened: `, "：其中的压缩包未打开: "},
		{"not opened", `^(\d+) archives in it were not opened, first `, "有 $1 个压缩包未打开，第一个为 "},
		{"not opened", `: shares its bytes with other entries; it and those behind it were not opened$`, "：与其他条目共用数据，它及其后的条目均未打开"},
		{"not opened", ` and those behind it were not opened: `, " 及其后的文件未打开: "},
		{"modules were", `^(\d+) modules were not read, first `, "有 $1 个模块未读取，第一个为 "},
		{"no base APK", `^no base APK among the (\d+) that it holds; (.+) was read in its place$`, "所含 $1 个 APK 中没有基础 APK，读取了 $2 代替"},
		{"a variant for", `: a variant for other devices whose (.+) differs from what was read$`, "：面向其他设备的变体，其中的 $1 与已读取的不同"},
		{"; left out", ` and (\d+) more: (.+; left out)$`, "（另有 $1 个）: $2"},
		{"; left out", `: its manifest cannot be read; left out$`, "：清单无法读取，未计入"},
		{"; left out", `: is of package (".*"), the base of (".*"); left out$`, "：包名为 $1，基础 APK 的包名为 $2，未计入"},
		{"; left out", `: is a base APK as well as (.*); left out$`, "：与 $1 同为基础 APK，未计入"},
		{"; left out", `: has version code (-?\d+), the base (-?\d+); left out$`, "：版本号为 $1，基础 APK 的为 $2，未计入"},
		{"; left out", `: is signed by another key than the base; left out$`, "：签名与基础 APK 不同，未计入"},
		{"; left out", `: has the split name of (.*); left out$`, "：拆分名与 $1 的相同，未计入"},
		{"need each other", `need each other, which Android refuses$`, "相互依赖，Android 不接受"},
		{"names package", ` names package (".*"), the base is of (".*")$`, " 称包名为 $1，基础 APK 的包名为 $2"},
		{"does not say", `: does not say what the archive holds: `, "：未能说明压缩包的内容："},
		{"lists what", ` lists what is not in the archive: `, " 列出了压缩包中没有的文件："},
		{"lists what", ` lists what is outside the archive: `, " 列出了压缩包之外的文件："},
		{" 列出了", `：(\d+) entr(?:y|ies) \((.+)\)$`, "：$1 个（$2）"},
		{"lead out", `named so as to lead out of the archive$`, "名称指向压缩包之外"},
		{"of split", `: is of split (".*"), not of this module$`, "：属于拆分 $1，不是本模块"},
		{"max-splits-listed", `^(max-splits-listed) of (\d+) reached, (\d+) left out$`, "达到上限 $1（$2），未列出 $3 个"},
	}
	gapWordsOfFormats = [][3]string{
		{"protocol buffer", `is no sound protocol buffer$`, "不是完好的 protocol buffer 数据"},
		{"ZIP structure", `no ZIP structure found$`, "未找到 ZIP 结构"},
		{"inflating: ", `: (?:inflating: )+(max-[a-z-]+) of (\d+) reached$`, "：解压时达到上限 $1（$2）"},
		{"resource table: ", `: resource table: (max-[a-z-]+) of (\d+) reached$`, "：资源表达到上限 $1（$2）"},
		{"resource table", `(\d+) bytes are no resource table$`, "$1 字节不成为资源表"},
		{"resource table", `no resource table: starts with chunk (\S+), header of (\d+) bytes$`, "不是资源表：以数据块 $1 开头，头部 $2 字节"},
		{"package at", `: package at (\S+): `, "：位于 $1 的包："},
		{"type chunk", `type chunk at (\S+): `, "位于 $1 的类型数据块："},
		{"entries at", `claims (\d+) entries at (\d+) in (\d+) bytes$`, "声称在 $3 字节中自 $2 起有 $1 个条目"},
		{"does not fit", `chunk (\S+) at (\S+) does not fit$`, "位于 $2 的数据块 $1 放不下"},
		{"top chunk", `: top chunk of type (\S+) instead of (\S+)$`, "：顶层数据块的类型为 $1，应为 $2"},
		{"top chunk", `: top chunk header of (\d+) bytes$`, "：顶层数据块的头部为 $1 字节"},
		{"cut out", `: node (\S+) with a header of (\d+) bytes cut out$`, "：略去头部为 $2 字节的节点 $1"},
		{"start tag", `: start tag of (\d+) bytes$`, "：起始标签只有 $1 字节"},
		{"start tag", `: start tag with attributes of (\d+) bytes at (\d+)$`, "：起始标签的属性自 $2 起，各 $1 字节"},
		{"string pool", `: no string pool$`, "：没有字符串池"},
		{"string pool", `: string pool of (\d+) bytes$`, "：字符串池只有 $1 字节"},
		{"string pool", `: string pool has unknown flags (\S+)$`, "：字符串池有不明标志 $1"},
		{"string pool", `: string pool header of (\d+) bytes$`, "：字符串池的头部为 $1 字节"},
		{"string pool", `: string pool claims (\d+) strings, its chunk has room for (\d+)$`, "：字符串池声称有 $1 个字符串，只容得下 $2 个"},
		{"string pool", `: string pool points outside its chunk$`, "：字符串池指向数据块之外"},
		{"string pool", `: string pool's text overlaps its index$`, "：字符串池的文字与索引重叠"},
		{"program header", `program headers of (\d+) bytes, they need (\d+)`, "程序头为 $1 字节，应为 $2 字节"},
		{"program header", `no program header maps any part of the file`, "没有程序头映射文件的任何部分"},
		{"program header", `(\d+) program headers, only (\d+) are read`, "有 $1 个程序头，只读取了 $2 个"},
		{"a segment of", `a segment of (\S+) bytes at (\S+) does not fit into (\S+) bytes`, "位于 $2 的段有 $1 字节，超出 $3 字节的文件"},
		{"where it needs", `: header at (\S+): (\d+) bytes where it needs (\d+)$`, "：位于 $1 的头部只有 $2 字节，应有 $3 字节"},
	}
	gapWordsOfLimits = [][3]string{
		{"tables with a line", `not all tables with a line for each cell were looked for`, "未查找全部逐格成行的表格"},
		{" reached", `: ((?:max|min)-[a-z-]+) of (\S+) reached`, "：达到上限 $1（$2）"},
		{" of ", `((?:max|min)-[a-z-]+) of (\d+)(?: bytes)?`, "$1 为 $2"},
	}
)
