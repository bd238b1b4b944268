package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A 联系人 is somebody in the address book, or the person whom an order, a delivery or an
// appointment names, whom the user types in. The second is no address book: what the
// policy then says would cover a read of it that is not disclosed at all.

// contactTerms are the terms for the address book that also mean such a person.
var contactTerms = []string{"联系人", "联络人", "紧急联系人", "联系人信息"}

// contactPerson tells whether a term at a place means a person to be asked for, and not
// the address book: an attribute of one person follows (联系人姓名、联系人手机), or the
// user types it in as part of an order, and nothing in the sentence speaks of the device.
func contactPerson(d *document, h hit) bool {
	before := clauseHead(d.text[max(0, h.start-maxRelative):h.start])
	behind := clauseTail(d.text[h.end:min(len(d.text), h.end+maxRelative)])
	if readsDevice.in(before) || readsDevice.in(behind) {
		return false
	}
	word := d.text[h.start:h.end]
	attribute := slices.Contains([]string{"联系人", "联络人", "紧急联系人"}, word) && beginsAny(strings.TrimPrefix(behind, "的"), attributesOfPerson)
	errand := errandWords.in(before) || errandWords.in(behind) || endsInAny(before, errandKinds)
	switch {
	case attribute:
		return errand || !takesUnasked(before)
	case errand:
		return word != "紧急联系人" && (typedIn.in(before) || endsInAny(before, errandKinds)) && besideNumber(behind)
	}
	return false
}

// attributesOfPerson are what one person has, behind the word for it.
var attributesOfPerson = []string{"姓名", "名称", "名字", "称呼", "称谓", "手机", "电话", "号码", "联系方式", "联系电话", "联络方式", "地址", "邮箱", "电子邮箱", "微信号", "性别", "证件", "身份证"}

// readsDevice are words by which a sentence speaks of the address book of the device.
var readsDevice = newNeedles("通讯录", "通信录", "电话簿", "电话本", "权限", "授权", "读取", "访问", "调取", "导入", "同步", "匹配", "扫描", "手机中", "手机里", "手机内", "手机上", "设备中", "设备里", "设备内", "设备上", "本机", "好友", "联系人列表")

// errandWords say for what a contact person is asked.
var errandWords = newNeedles("预约", "预订", "预定", "订单", "下单", "订购", "订房", "订座", "入住", "收货", "配送", "快递", "寄件", "寄送", "取件", "取货", "送货", "上门", "外卖", "发票", "挂号", "就诊", "问诊", "门诊", "购票", "订票", "报名", "报修", "维修", "租", "看房", "搬家", "投递", "商家入驻", "企业认证", "门店")

// errandKinds stand right before the word and say which person it is.
var errandKinds = []string{"预约", "预订", "预定", "订单", "收货", "收件", "寄件", "取件", "取货", "送货", "配送", "入住", "订房", "订座", "就诊", "租房", "发票", "报名", "商务", "门店", "业务", "项目", "单位", "公司", "企业"}

// typedIn are verbs by which the user gives data.
var typedIn = newNeedles("填写", "提供", "提交", "录入", "输入", "登记", "预留", "留下", "填入", "收集")

// takesUnasked tells whether the verb before is one by which the app may as well read the
// device.
func takesUnasked(before string) bool {
	return strings.Contains(before, "获取") || strings.Contains(before, "采集") || strings.Contains(before, "上传") || strings.Contains(before, "上报")
}

// besideNumber tells whether the items behind give a number or an address, as an order
// asks for them: 联系人、联系电话.
func besideNumber(behind string) bool {
	for _, sep := range []string{"、", "和", "及", "与", "，", "/"} {
		if rest, ok := strings.CutPrefix(behind, sep); ok {
			return beginsAny(rest, []string{"联系电话", "电话", "手机号", "手机号码", "联系方式", "地址", "联系地址", "收货地址", "详细地址"})
		}
	}
	return false
}

// clauseHead is what stands before a place in its sentence.
func clauseHead(before string) string {
	if i := strings.LastIndexAny(before, "。；;\n"); i >= 0 {
		_, w := utf8.DecodeRuneInString(before[i:])
		return before[i+w:]
	}
	return before
}

// clauseTail is what stands behind a place in its sentence.
func clauseTail(behind string) string {
	if i := strings.IndexAny(behind, "。；;\n"); i >= 0 {
		return behind[:i]
	}
	return behind
}
