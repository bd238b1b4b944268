package behavior_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
)

const (
	opInvokeDirect = 0x70
	opMoveResult   = 0x0c
	accStaticFinal = 0x19

	stringBuilder = "Ljava/lang/StringBuilder;"
	forName       = "Ljava/lang/Class;->forName(Ljava/lang/String;)Ljava/lang/Class;"
	getMethod     = "Ljava/lang/Class;->getMethod(Ljava/lang/String;[Ljava/lang/Class;)Ljava/lang/reflect/Method;"
	getField      = "Ljava/lang/Class;->getField(Ljava/lang/String;)Ljava/lang/reflect/Field;"
	methodInvoke  = "Ljava/lang/reflect/Method;->invoke(Ljava/lang/Object;[Ljava/lang/Object;)Ljava/lang/Object;"
	uriParse      = "Landroid/net/Uri;->parse(Ljava/lang/String;)Landroid/net/Uri;"

	helper = "Lcom/shop/app/Helper;"
	read   = helper + "->read(Landroid/content/Context;Ljava/lang/String;)Ljava/lang/String;"
)

// shown is one use per line: "behaviour via target-name [constants] sites".
func shown(uses []audit.Use) []string {
	var out []string
	for _, u := range uses {
		_, name, _ := strings.Cut(u.Target, "->")
		name, _, _ = strings.Cut(name, "(")
		out = append(out, fmt.Sprintf("%s %s %s %q %d", u.API, u.Via, name, u.Examples[0].Args, u.Sites))
	}
	return out
}

// withHelper adds a method read(Context, String) that hands the string, which
// arrives in v3, on to Settings.Secure.getString.
func withHelper(d *apktest.DEX) *apktest.DEX {
	d.Class(helper, "").Method(accPublicStatic, "read", "(Landroid/content/Context;Ljava/lang/String;)Ljava/lang/String;",
		apktest.NewDEXCode(4, 2, 2).Invoke(opInvokeStatic, getString, 0, 3).Raw(opMoveResult).Raw(0x0011))
	return d
}

// caller adds a class with one method of that code.
func caller(d *apktest.DEX, class string, c *apktest.DEXCode) *apktest.DEX {
	d.Class(class, "").Method(accPublicStatic, "a", "()V", c.ReturnVoid())
	return d
}

func constant(text, target string, op uint8) *apktest.DEXCode {
	return code().ConstString(1, text).Invoke(op, target, 0, 1)
}

// TestWrappers: the call of a method of the app that hands its parameter on is a
// site, in whichever file the method is; what it does not hand on unchanged is not.
func TestWrappers(t *testing.T) {
	main := "Lcom/shop/app/Main;"
	handOn := func(d *apktest.DEX, class, to string) { // hop(Context, String) that calls to with both
		d.Class(class, "").Method(accPublicStatic, "hop", "(Landroid/content/Context;Ljava/lang/String;)V",
			apktest.NewDEXCode(2, 2, 2).Invoke(opInvokeStatic, to, 0, 1).ReturnVoid())
	}
	const hop = "->hop(Landroid/content/Context;Ljava/lang/String;)V"
	virtual := func(override bool) []*apktest.DEX {
		d := apktest.NewDEX("035")
		d.Class("Lcom/shop/app/Base;", "").Method(1, "read", "(Ljava/lang/String;)V",
			apktest.NewDEXCode(3, 2, 2).Invoke(opInvokeStatic, getString, 0, 2).ReturnVoid())
		sub := d.Class("Lcom/shop/app/Sub;", "Lcom/shop/app/Base;")
		if override {
			sub.Method(1, "read", "(Ljava/lang/String;)V", apktest.NewDEXCode(2, 2, 0).ReturnVoid())
		}
		return []*apktest.DEX{d, caller(apktest.NewDEX("035"), main, constant("android_id", "Lcom/shop/app/Sub;->read(Ljava/lang/String;)V", opInvokeVirtual))}
	}
	changed := apktest.NewDEX("035")
	changed.Class(helper, "").Method(accPublicStatic, "read", "(Landroid/content/Context;Ljava/lang/String;)Ljava/lang/String;",
		apktest.NewDEXCode(4, 2, 2).Invoke(opInvokeVirtual, "Ljava/lang/String;->trim()Ljava/lang/String;", 3).Raw(opMoveResult|3<<8).
			Invoke(opInvokeStatic, getString, 0, 3).Raw(0x0011))
	hops := apktest.NewDEX("035")
	handOn(hops, "Lcom/shop/app/One;", read)
	handOn(hops, "Lcom/shop/app/Two;", "Lcom/shop/app/One;"+hop)
	again := withHelper(apktest.NewDEX("035"))
	again.Class("Lcom/shop/app/Loop;", "").Method(accPublicStatic, "loop", "(Ljava/lang/String;)V",
		apktest.NewDEXCode(2, 1, 2).Invoke(opInvokeStatic, getString, 0, 1).Invoke(opInvokeStatic, "Lcom/shop/app/Loop;->loop(Ljava/lang/String;)V", 1).ReturnVoid())
	made := apktest.NewDEX("035")
	made.Class("Lcom/shop/app/Cpu;", "").Method(0x10001, "<init>", "(Ljava/lang/String;)V",
		apktest.NewDEXCode(3, 2, 2).Invoke(opInvokeDirect, "Ljava/io/File;-><init>(Ljava/lang/String;)V", 0, 2).ReturnVoid())

	cases := []struct {
		name  string
		files []*apktest.DEX
		want  []string
	}{
		{"in another file", []*apktest.DEX{caller(apktest.NewDEX("035"), main, constant("android_id", read, opInvokeStatic)), withHelper(apktest.NewDEX("035"))},
			[]string{`read_android_id wrapper read ["android_id"] 1`}},
		{"another constant", []*apktest.DEX{withHelper(caller(apktest.NewDEX("035"), main, constant("font_scale", read, opInvokeStatic)))}, nil},
		{"another overload", []*apktest.DEX{withHelper(caller(apktest.NewDEX("035"), main,
			constant("android_id", helper+"->read(Landroid/content/Context;Ljava/lang/String;)V", opInvokeStatic)))}, nil},
		{"the parameter is changed", []*apktest.DEX{changed, caller(apktest.NewDEX("035"), main, constant("android_id", read, opInvokeStatic))}, nil},
		{"two hops", []*apktest.DEX{withHelper(hops), caller(apktest.NewDEX("035"), main, constant("android_id", "Lcom/shop/app/One;"+hop, opInvokeStatic))},
			[]string{`read_android_id wrapper hop ["android_id"] 1`}},
		{"three hops are too many", []*apktest.DEX{withHelper(hops), caller(apktest.NewDEX("035"), main, constant("android_id", "Lcom/shop/app/Two;"+hop, opInvokeStatic))}, nil},
		{"inherited", virtual(false), []string{`read_android_id wrapper read ["android_id"] 1`}},
		{"overridden", virtual(true), nil},
		{"a method that calls itself", []*apktest.DEX{again, caller(apktest.NewDEX("035"), main,
			code().ConstString(1, "android_id").Invoke(opInvokeStatic, "Lcom/shop/app/Loop;->loop(Ljava/lang/String;)V", 1))},
			[]string{`read_android_id wrapper loop ["android_id"] 1`}},
		{"a constructor", []*apktest.DEX{made, caller(apktest.NewDEX("035"), main,
			code().Type(0x22, 0, "Lcom/shop/app/Cpu;").ConstString(1, "/proc/cpuinfo").Invoke(opInvokeDirect, "Lcom/shop/app/Cpu;-><init>(Ljava/lang/String;)V", 0, 1))},
			[]string{`read_cpu_info wrapper <init> ["/proc/cpuinfo"] 1`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := shown(observe(t, "com.shop.app", nil, c.files...).Behavior.Uses); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestReflection: the look-up of a listed method or field by constants is a site,
// and so is the call of one that counts with a constant.
func TestReflection(t *testing.T) {
	// lookUp asks the class of the name in v0 for a member.
	lookUp := func(class, target, name string) *apktest.DEXCode {
		return code().ConstString(0, class).Invoke(opInvokeStatic, forName, 0).Raw(opMoveResult).ConstString(1, name).Invoke(opInvokeVirtual, target, 0, 1, 2)
	}
	// call calls the static method looked up, with constants in the array.
	call := func(c *apktest.DEXCode, args ...string) *apktest.DEXCode {
		c.Raw(opMoveResult|0<<8).Raw(0x12|1<<8|uint16(len(args))<<12).Type2(0x23, 1, 1, "[Ljava/lang/Object;")
		for i, a := range args {
			c.Raw(0x12|2<<8|uint16(i)<<12).ConstString(3, a).Raw(0x4d|3<<8, 1|2<<8)
		}
		return c.Raw(0x12|2<<8).Invoke(opInvokeVirtual, methodInvoke, 0, 2, 1)
	}
	const telephony = "android.telephony.TelephonyManager"
	cases := []struct {
		name string
		code *apktest.DEXCode
		want []string
	}{
		{"a method", lookUp(telephony, getMethod, "getSubscriberId"), []string{`read_imsi reflection getMethod ["android.telephony.TelephonyManager" "getSubscriberId"] 1`}},
		{"a method that is not listed", lookUp(telephony, getMethod, "toString"), nil},
		{"a method of a class that is not listed", lookUp("com.acme.Phone", getMethod, "getSubscriberId"), nil},
		{"a class literal", code().Type(0x1c, 0, "Landroid/telephony/TelephonyManager;").ConstString(1, "getImei").Invoke(opInvokeVirtual, getMethod, 0, 1, 2),
			[]string{`read_imei reflection getMethod ["android.telephony.TelephonyManager" "getImei"] 1`}},
		{"a field", lookUp("android.os.Build", getField, "SERIAL"), []string{`read_serial reflection getField ["android.os.Build" "SERIAL"] 1`}},
		{"a field's name is no method's", lookUp(telephony, getField, "getSubscriberId"), nil},
		{"a distinctive name", code().ConstString(1, "getSimSerialNumber").Invoke(opInvokeVirtual, getMethod, 0, 1, 2), []string{`read_iccid reflection getMethod ["" "getSimSerialNumber"] 1`}},
		{"a short name says nothing", code().ConstString(1, "getImei").Invoke(opInvokeVirtual, getMethod, 0, 1, 2), nil},
		{"a name of few words says nothing", code().ConstString(1, "getLanguage").Invoke(opInvokeVirtual, getMethod, 0, 1, 2), nil},
		{"a name that many classes have says nothing", code().ConstString(1, "getCountryIso").Invoke(opInvokeVirtual, getMethod, 0, 1, 2), nil},
		{"called with a constant", call(lookUp("android.os.SystemProperties", getMethod, "get"), "ro.serialno"),
			[]string{`read_serial reflection invoke ["android.os.SystemProperties" "get" "ro.serialno"] 1`, `read_system_properties reflection getMethod ["android.os.SystemProperties" "get"] 1`}},
		{"called with another constant", call(lookUp("android.os.SystemProperties", getMethod, "get"), "persist.x"),
			[]string{`read_system_properties reflection getMethod ["android.os.SystemProperties" "get"] 1`}},
		{"called with another number of arguments", call(lookUp("android.os.SystemProperties", getMethod, "get"), "ro.serialno", "", "x"),
			[]string{`read_system_properties reflection getMethod ["android.os.SystemProperties" "get"] 1`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := caller(apktest.NewDEX("035"), "Lcom/shop/app/Main;", c.code)
			if got := shown(observe(t, "com.shop.app", nil, d).Behavior.Uses); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestReflectiveWrappers: a method may hand on the class, the name or an argument
// of what it calls by reflection.
func TestReflectiveWrappers(t *testing.T) {
	const (
		find = "(Ljava/lang/String;Ljava/lang/String;)Ljava/lang/Object;"
		ask  = "(Ljava/lang/Object;Ljava/lang/String;)Ljava/lang/Object;"
		get  = "(Ljava/lang/String;)Ljava/lang/Object;"
	)
	d := apktest.NewDEX("035")
	k := d.Class(helper, "")
	k.Method(accPublicStatic, "find", find, apktest.NewDEXCode(5, 2, 3).Invoke(opInvokeStatic, forName, 3).Raw(opMoveResult).
		Invoke(opInvokeVirtual, getMethod, 0, 4, 2).Raw(opMoveResult).Raw(0x0011))
	k.Method(accPublicStatic, "ask", ask, apktest.NewDEXCode(5, 2, 3).Invoke(opInvokeVirtual, "Ljava/lang/Object;->getClass()Ljava/lang/Class;", 3).Raw(opMoveResult).
		Invoke(opInvokeVirtual, getMethod, 0, 4, 2).Raw(opMoveResult).Raw(0x0011))
	k.Method(accPublicStatic, "get", get, apktest.NewDEXCode(5, 1, 3).ConstString(0, "android.os.SystemProperties").Invoke(opInvokeStatic, forName, 0).Raw(opMoveResult).
		ConstString(1, "get").Invoke(opInvokeVirtual, getMethod, 0, 1, 2).Raw(opMoveResult).
		Raw(0x12|1<<8|1<<12).Type2(0x23, 1, 1, "[Ljava/lang/Object;").Raw(0x12|2<<8).Raw(0x4d|4<<8, 1|2<<8).
		Invoke(opInvokeVirtual, methodInvoke, 0, 2, 1).Raw(opMoveResult).Raw(0x0011))
	c := code().ConstString(0, "android.telephony.TelephonyManager").ConstString(1, "getMeid").Invoke(opInvokeStatic, helper+"->find"+find, 0, 1)
	c.ConstString(1, "getSubscriberId").Invoke(opInvokeStatic, helper+"->ask"+ask, 2, 1)
	c.ConstString(1, "getName").Invoke(opInvokeStatic, helper+"->ask"+ask, 2, 1)
	c.ConstString(1, "ro.serialno").Invoke(opInvokeStatic, helper+"->get"+get, 1)
	got := shown(observe(t, "com.shop.app", nil, d, caller(apktest.NewDEX("035"), "Lcom/shop/app/Main;", c)).Behavior.Uses)
	want := []string{
		`read_imsi wrapper ask ["" "getSubscriberId"] 1`,
		`read_meid wrapper find ["android.telephony.TelephonyManager" "getMeid"] 1`,
		`read_serial wrapper get ["android.os.SystemProperties" "get" "ro.serialno"] 1`,
		`read_system_properties reflection getMethod ["android.os.SystemProperties" "get"] 1`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// TestConstantsThatAreMade: final fields, in whichever file, and texts put together
// are constants.
func TestConstantsThatAreMade(t *testing.T) {
	keys := apktest.NewDEX("035")
	keys.Class("Lcom/shop/app/Keys;", "").StaticString("ID", "android_id").Field(accPublicStatic, "OPEN", "Ljava/lang/String;").
		Field(accStaticFinal, "LATE", "Ljava/lang/String;").
		Method(0x10008, "<clinit>", "()V", code().ConstString(0, "android_id").Static(opSPutObject, 0, "Lcom/shop/app/Keys;->LATE:Ljava/lang/String;").
			Static(opSPutObject, 0, "Lcom/shop/app/Keys;->OPEN:Ljava/lang/String;").ReturnVoid())
	field := func(name string) *apktest.DEXCode {
		return code().Static(opSGetObject, 1, "Lcom/shop/app/Keys;->"+name+":Ljava/lang/String;").Invoke(opInvokeStatic, getString, 0, 1)
	}
	built := code().Type(0x22, 0, stringBuilder).Invoke(opInvokeDirect, stringBuilder+"-><init>()V", 0)
	for _, part := range []string{"content://", "call_log", "/calls"} {
		built.ConstString(1, part).Invoke(opInvokeVirtual, stringBuilder+"->append(Ljava/lang/String;)"+stringBuilder, 0, 1)
	}
	built.Invoke(opInvokeVirtual, stringBuilder+"->toString()Ljava/lang/String;", 0).Raw(opMoveResult).Invoke(opInvokeStatic, uriParse, 0)
	cases := []struct {
		name string
		code *apktest.DEXCode
		want []string
	}{
		{"a final field", field("ID"), []string{`read_android_id call getString ["android_id"] 1`}},
		{"a final field that the initialiser sets", field("LATE"), []string{`read_android_id call getString ["android_id"] 1`}},
		{"a field that anyone may set", field("OPEN"), nil},
		{"a text put together", built, []string{`read_call_log call parse ["content://call_log/calls"] 1`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := caller(apktest.NewDEX("035"), "Lcom/shop/app/Main;", c.code)
			if got := shown(observe(t, "com.shop.app", nil, d, keys).Behavior.Uses); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestTooManyWrappers: what is not kept is told.
func TestTooManyWrappers(t *testing.T) {
	c := apktest.NewDEXCode(2, 1, 2)
	for range 5000 {
		c.Invoke(opInvokeStatic, getString, 0, 1)
	}
	d := apktest.NewDEX("035")
	d.Class(helper, "").Method(accPublicStatic, "all", "(Ljava/lang/String;)V", c.ReturnVoid())
	if got := gapKinds(observe(t, "com.shop.app", nil, d)); !slices.Equal(got, []string{audit.GapLimit}) {
		t.Errorf("gaps %v", got)
	}
}
