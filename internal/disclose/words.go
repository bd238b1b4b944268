package disclose

import "apkaudit/internal/audit"

// written are the words for data types whose readable name is no name that a
// policy's reader would look for; an empty language keeps the name.
var written = map[string]audit.Text{
	"running_apps":         {ZH: "正在运行的进程", EN: "Running processes"},
	"own_app_info":         {ZH: "应用版本", EN: "App version"},
	"in_app_messages":      {ZH: "聊天记录", EN: "Chat messages"},
	"emails":               {ZH: "邮件内容", EN: "Email content"},
	"app_interactions":     {ZH: "操作记录"},
	"face":                 {EN: "Facial features"},
	"biometric_auth_event": {EN: "Biometric authentication result"},
	"communications":       {EN: "Communication records and content"},
	"phone_call":           {EN: "Place phone calls"},
	"drm_id":               {EN: "DRM device ID"},
	"memory_info":          {EN: "Memory size"},
	"storage_info":         {EN: "Disk space"},
	"health_fitness":       {EN: "Health data"},
	"health_info":          {EN: "Medical records, heart rate and the like"},
	"fitness_info":         {ZH: "运动步数", EN: "Step count"},
	"name":                 {EN: "Full name"},
	"religion_politics":    {EN: "Religious beliefs and political opinions"},
	"marital_family":       {EN: "Marital status and family information"},
	"postal_address":       {ZH: "收货地址", EN: "Postal address"},
	"education_work":       {EN: "Educational background and occupation"},
	"minor_info":           {EN: "Personal information of minors"},
	"media_files":          {ZH: "媒体文件", EN: "Media files"},
	"files_docs":           {EN: "Files and documents"},
	"root_status":          {EN: "Root status"},
	"contacts":             {ZH: "通讯录"},
	"iccid":                {ZH: "ICCID", EN: "ICCID"},
	"app_set_id":           {ZH: "应用匿名设备标识符", EN: "App Set ID"},
	"sms":                  {ZH: "短信", EN: "SMS"},
	"wifi_scan_list":       {ZH: "WiFi列表", EN: "Wi-Fi scan list"},
	"wifi_ssid":            {ZH: "WiFi SSID", EN: "Wi-Fi SSID"},
	"wifi_bssid":           {ZH: "WiFi BSSID", EN: "Wi-Fi BSSID"},
	"network_type":         {ZH: "网络类型", EN: "Network type"},
	"audio_recording":      {ZH: "录音", EN: "Voice recording"},
	"camera":               {ZH: "摄像头拍摄的内容", EN: "Camera data"},
	"clipboard":            {ZH: "剪贴板内容", EN: "Clipboard content"},
	"sensors":              {ZH: "传感器数据", EN: "Sensor data"},
}

var (
	listComma = audit.Text{ZH: "、", EN: ", "}
	colon     = audit.Text{ZH: "：", EN: ": "}
	nothing   = audit.Text{ZH: "-", EN: "-"}
	theApp    = audit.Text{ZH: "本应用", EN: "the app"}
)

// Headings of the columns, in words that the policy reader knows.
var (
	colSDK         = audit.Text{ZH: "SDK名称", EN: "SDK name"}
	colCompany     = audit.Text{ZH: "公司名称", EN: "Company"}
	colPurpose     = audit.Text{ZH: "使用目的", EN: "Purpose"}
	colMethod      = audit.Text{ZH: "收集方式", EN: "Collection method"}
	colCode        = audit.Text{ZH: "收集的个人信息（依据：其代码中的读取调用）", EN: "Personal information collected (its code contains calls that read it)"}
	colStated      = audit.Text{ZH: "收集的个人信息（依据：供应商公开声明）", EN: "Personal information collected (its vendor states so)"}
	colPermissions = audit.Text{ZH: "可能调用的权限", EN: "Permissions used"}
	colLink        = audit.Text{ZH: "隐私政策链接", EN: "Privacy policy link"}
	colData        = audit.Text{ZH: "个人信息", EN: "Personal information"}
	colWho         = audit.Text{ZH: "读取方", EN: "Read by"}
	colWhy         = audit.Text{ZH: "收集目的", EN: "Purpose"}
	colScene       = audit.Text{ZH: "使用场景", EN: "Scenario"}
	colPermission  = audit.Text{ZH: "权限名称", EN: "Permission"}
	colUse         = audit.Text{ZH: "权限用途", EN: "Purpose"}
	colNeededBy    = audit.Text{ZH: "调用方", EN: "Needed by"}
	colPackage     = audit.Text{ZH: "代码包", EN: "Code in"}
	colOwner       = audit.Text{ZH: "所有者", EN: "Whose code"}
	colAdd         = audit.Text{ZH: "须补充的内容", EN: "To add"}
	colWhyAdd      = audit.Text{ZH: "原因", EN: "Why"}
	colWhere       = audit.Text{ZH: "位置", EN: "Where"}
)

var colBasis = audit.Text{ZH: "依据", EN: "Basis"}

// answers are the words for yes, no and unknown.
var answers = map[string]audit.Text{
	audit.Yes: {ZH: "是", EN: "yes"}, audit.No: {ZH: "否", EN: "no"}, audit.Unknown: {ZH: "未知", EN: "unknown"},
}

// Blanks. In Chinese they ask to be filled in, in English they begin with enter:
// the policy reader knows both forms in brackets.
var (
	blankPurpose    = audit.Text{ZH: "请填写使用目的", EN: "enter the purpose"}
	blankWhy        = audit.Text{ZH: "请填写收集目的", EN: "enter the purpose"}
	blankScene      = audit.Text{ZH: "请填写使用场景", EN: "enter the scenario"}
	blankCompany    = audit.Text{ZH: "请填写公司名称", EN: "enter the company"}
	blankLink       = audit.Text{ZH: "请填写隐私政策链接", EN: "enter the link to its privacy policy"}
	blankMethod     = audit.Text{ZH: "建议：SDK 本机采集，请核对后填写", EN: "enter the method; proposed: by the SDK on the device"}
	blankData       = audit.Text{ZH: "未见已知的读取调用，请按供应商的说明填写", EN: "enter what its vendor states; no known call was found"}
	blankPresence   = audit.Text{ZH: "仅有个别线索指向该 SDK，请核对后填写或删除该行", EN: "enter whether it is there; only weak signs were found"}
	blankUse        = audit.Text{ZH: "请填写申请该权限的用途", EN: "enter what the permission is for"}
	blankUnused     = audit.Text{ZH: "已知调用均不需要该权限，请删除该权限，或填写保留的理由", EN: "enter why it is kept, or remove it: no known call needs it"}
	blankOwner      = audit.Text{ZH: "请填写该代码的所有者；若属第三方，请将其移入第三方SDK共享清单", EN: "enter whose code it is; list it above if a third party's"}
	blankProvided   = audit.Text{ZH: "请补充用户主动填写、上传以及服务端产生的信息；代码不能说明这些", EN: "enter what users type in or upload and servers create"}
	seeSDKs         = audit.Text{ZH: "见第三方SDK共享清单", EN: "see the list of third-party SDKs"}
	proposalPurpose = audit.Text{ZH: "建议：{words}，请核对后填写", EN: "enter the purpose; proposed: {words}"}
)

// purposes are proposals by the category of a signature. Categories that do not
// tell what an app wants of an SDK have none.
var purposes = map[string]audit.Text{
	"ab_test":          {ZH: "对比不同版本的功能", EN: "comparing variants"},
	"ads":              {ZH: "展示广告", EN: "showing ads"},
	"analytics":        {ZH: "统计分析", EN: "usage statistics"},
	"attribution":      {ZH: "统计推广渠道的效果", EN: "measuring campaigns"},
	"captcha":          {ZH: "人机验证", EN: "telling people from bots"},
	"crash":            {ZH: "定位和修复崩溃", EN: "finding the causes of crashes"},
	"customer_service": {ZH: "提供在线客服", EN: "customer support"},
	"device_id":        {ZH: "获取设备标识", EN: "identifying the device"},
	"face":             {ZH: "人脸核验", EN: "face verification"},
	"hotfix":           {ZH: "下发修复补丁", EN: "delivering fixes"},
	"im":               {ZH: "即时通讯", EN: "chat"},
	"location":         {ZH: "定位", EN: "finding the location"},
	"login":            {ZH: "账号登录", EN: "sign-in"},
	"map":              {ZH: "显示地图、规划路线", EN: "maps and routes"},
	"number_auth":      {ZH: "本机号码一键登录", EN: "sign-in with the phone number"},
	"payment":          {ZH: "支付", EN: "payment"},
	"push":             {ZH: "推送消息", EN: "push messages"},
	"risk_control":     {ZH: "识别风险操作", EN: "recognising fraud"},
	"rtc":              {ZH: "音视频通话", EN: "audio and video calls"},
	"share":            {ZH: "分享内容", EN: "sharing content"},
	"speech":           {ZH: "语音识别与合成", EN: "speech recognition"},
}
