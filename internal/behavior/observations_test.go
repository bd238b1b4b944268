package behavior_test

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
)

// observed lists the observations of an app as "kind what".
func observed(res *behavior.Result) []string {
	var out []string
	for _, o := range res.Behavior.Observations {
		out = append(out, o.Kind+" "+o.What)
	}
	return out
}

const (
	appMain        = "Lcom/shop/app/Main;"
	androidID      = "Landroid/provider/Settings$Secure;->getString(Landroid/content/ContentResolver;Ljava/lang/String;)Ljava/lang/String;"
	logD           = "Landroid/util/Log;->d(Ljava/lang/String;Ljava/lang/String;)I"
	setMixed       = "Landroid/webkit/WebSettings;->setMixedContentMode(I)V"
	setFileURLs    = "Landroid/webkit/WebSettings;->setAllowFileAccessFromFileURLs(Z)V"
	requestUpdates = "Landroid/location/LocationManager;->requestLocationUpdates(Ljava/lang/String;JFLandroid/location/LocationListener;)V"
	registerSensor = "Landroid/hardware/SensorManager;->registerListener(Landroid/hardware/SensorEventListener;Landroid/hardware/Sensor;I)Z"
	newIntent      = "Landroid/content/Intent;-><init>(Ljava/lang/String;)V"
	newLoader      = "Ldalvik/system/DexClassLoader;-><init>(Ljava/lang/String;Ljava/lang/String;Ljava/lang/String;Ljava/lang/ClassLoader;)V"
	appendText     = "Ljava/lang/StringBuilder;->append(Ljava/lang/String;)Ljava/lang/StringBuilder;"
	textOf         = "Ljava/lang/StringBuilder;->toString()Ljava/lang/String;"
	lengthOf       = "Ljava/lang/String;->length()I"
	valueOfInt     = "Ljava/lang/String;->valueOf(I)Ljava/lang/String;"
	gaidOf         = "Lcom/google/android/gms/ads/identifier/AdvertisingIdClient$Info;->getId()Ljava/lang/String;"
	storageFolder  = "Landroid/os/Environment;->getExternalStorageDirectory()Ljava/io/File;"
	filesFolder    = "Landroid/content/Context;->getFilesDir()Ljava/io/File;"
	pathOf         = "Ljava/io/File;->getAbsolutePath()Ljava/lang/String;"
	postAgain      = "Landroid/os/Handler;->postDelayed(Ljava/lang/Runnable;J)Z"
	timerEach      = "Ljava/util/Timer;->schedule(Ljava/util/TimerTask;JJ)V"
)

// constant4 is const/4, constantWide const-wide/16.
func constant4(reg, value uint16) uint16           { return 0x12 | reg<<8 | (value&0xf)<<12 }
func constantWide(reg, value uint16) (a, b uint16) { return 0x16 | reg<<8, value }

// TestObservedCalls: each kind that stands in code, what counts and what does not.
func TestObservedCalls(t *testing.T) {
	wide := func(c *apktest.DEXCode, reg, value uint16) *apktest.DEXCode {
		a, b := constantWide(reg, value)
		return c.Raw(a, b)
	}
	log := func(c *apktest.DEXCode) *apktest.DEXCode {
		return c.ConstString(0, "android_id").Invoke(opInvokeStatic, androidID, 7, 0).Raw(0x0c | 1<<8)
	}
	cases := []struct {
		name  string
		build func(c *apktest.DEXCode)
		want  []string
	}{
		{"mixed content", func(c *apktest.DEXCode) { c.Raw(constant4(0, 0)).Invoke(opInvokeVirtual, setMixed, 7, 0) }, []string{"mixed_content 0 Landroid/webkit/WebSettings;->setMixedContentMode"}},
		{"mixed content never", func(c *apktest.DEXCode) { c.Raw(constant4(0, 1)).Invoke(opInvokeVirtual, setMixed, 7, 0) }, nil},
		{"mixed content unknown", func(c *apktest.DEXCode) { c.Invoke(opInvokeVirtual, setMixed, 7, 6) }, nil},
		{"files of pages", func(c *apktest.DEXCode) { c.Raw(constant4(0, 1)).Invoke(opInvokeVirtual, setFileURLs, 7, 0) }, []string{"web_file_access 1 Landroid/webkit/WebSettings;->setAllowFileAccessFromFileURLs"}},
		{"files of pages forbidden", func(c *apktest.DEXCode) { c.Raw(constant4(0, 0)).Invoke(opInvokeVirtual, setFileURLs, 7, 0) }, nil},
		{"short location interval in a range", func(c *apktest.DEXCode) {
			wide(c, 2, 999).InvokeRange(0x74, requestUpdates, 0, 6)
		}, []string{"short_interval 999 Landroid/location/LocationManager;->requestLocationUpdates"}},
		{"each second", func(c *apktest.DEXCode) { wide(c, 2, 1000).InvokeRange(0x74, requestUpdates, 0, 6) }, nil},
		{"fastest sensor", func(c *apktest.DEXCode) {
			c.Raw(constant4(0, 0)).Invoke(opInvokeVirtual, registerSensor, 7, 6, 5, 0)
		}, []string{"short_interval 0 Landroid/hardware/SensorManager;->registerListener"}},
		{"sensor of a game", func(c *apktest.DEXCode) { c.Raw(constant4(0, 1)).Invoke(opInvokeVirtual, registerSensor, 7, 6, 5, 0) }, nil},
		{"logged as it is", func(c *apktest.DEXCode) { log(c).Invoke(opInvokeStatic, logD, 6, 1) }, []string{"logged android_id Landroid/util/Log;->d"}},
		{"logged in a sentence", func(c *apktest.DEXCode) {
			log(c).Invoke(opInvokeVirtual, appendText, 2, 1).Raw(0x0c|2<<8).Invoke(opInvokeVirtual, textOf, 2).Raw(0x0c|3<<8).Invoke(opInvokeStatic, logD, 6, 3)
		}, []string{"logged android_id Landroid/util/Log;->d"}},
		{"only its length logged", func(c *apktest.DEXCode) {
			log(c).Invoke(opInvokeVirtual, lengthOf, 1).Raw(0x0a|2<<8).Invoke(opInvokeStatic, valueOfInt, 2).Raw(0x0c|3<<8).Invoke(opInvokeStatic, logD, 6, 3)
		}, nil},
		{"logged before it is read", func(c *apktest.DEXCode) { log(c.Invoke(opInvokeStatic, logD, 6, 1)) }, nil},
		{"as the tag", func(c *apktest.DEXCode) { log(c).Invoke(opInvokeStatic, logD, 1, 6) }, nil},
		{"ids together", func(c *apktest.DEXCode) { log(c).Invoke(opInvokeVirtual, gaidOf, 5) }, []string{"linked_ids android_id,gaid"}},
		{"one id", func(c *apktest.DEXCode) { c.Invoke(opInvokeVirtual, gaidOf, 5) }, nil},
		{"photo picker", func(c *apktest.DEXCode) {
			c.ConstString(0, "android.provider.action.PICK_IMAGES").Invoke(opInvokeDirect, newIntent, 7, 0)
		}, []string{"photo_picker android.provider.action.PICK_IMAGES Landroid/content/Intent;-><init>"}},
		{"contact picker", func(c *apktest.DEXCode) {
			c.ConstString(0, "android.intent.action.PICK").Static(opSGetObject, 1, contactsURI).Invoke(opInvokeDirect, newIntent, 7, 0)
		}, []string{"contact_picker android.intent.action.PICK Landroid/content/Intent;-><init>"}},
		{"picks something else", func(c *apktest.DEXCode) {
			c.ConstString(0, "android.intent.action.PICK").Invoke(opInvokeDirect, newIntent, 7, 0)
		}, nil},
		{"asks to be the SMS app", func(c *apktest.DEXCode) {
			c.ConstString(0, "android.provider.Telephony.ACTION_CHANGE_DEFAULT").Invoke(opInvokeDirect, newIntent, 7, 0)
		}, []string{"default_handler android.provider.Telephony.ACTION_CHANGE_DEFAULT Landroid/content/Intent;-><init>"}},
		{"code from shared storage", func(c *apktest.DEXCode) {
			c.Invoke(opInvokeStatic, storageFolder).Raw(0x0c).Invoke(opInvokeVirtual, pathOf, 0).Raw(0x0c|1<<8).Invoke(opInvokeDirect, newLoader, 7, 1, 6, 5, 4)
		}, []string{"foreign_code Landroid/os/Environment;->getExternalStorageDirectory Ldalvik/system/DexClassLoader;-><init>"}},
		{"code from a constant path", func(c *apktest.DEXCode) {
			c.ConstString(1, "/sdcard/x.dex").Invoke(opInvokeDirect, newLoader, 7, 1, 6, 5, 4)
		}, []string{"foreign_code /sdcard/x.dex Ldalvik/system/DexClassLoader;-><init>"}},
		{"code from the app's own folder", func(c *apktest.DEXCode) {
			c.Invoke(opInvokeVirtual, filesFolder, 7).Raw(0x0c).Invoke(opInvokeVirtual, pathOf, 0).Raw(0x0c|1<<8).Invoke(opInvokeDirect, newLoader, 7, 1, 6, 5, 4)
		}, nil},
		{"cleartext address", func(c *apktest.DEXCode) { c.ConstString(0, "http://api.shop.cn/v1?a=b") }, []string{"cleartext_url http://api.shop.cn/v1?a=b"}},
		{"names and networks that are no hosts", func(c *apktest.DEXCode) {
			c.ConstString(0, "http://schemas.android.com/apk/res/android").ConstString(0, "http://192.168.1.1/").ConstString(0, "http://localhost:8080").
				ConstString(0, "http://www.w3.org/ns").ConstString(0, "https://api.shop.cn/").ConstString(0, "see http://api.shop.cn/")
		}, nil},
		{"texts of code", func(c *apktest.DEXCode) {
			c.ConstString(0, "请阅读《隐私政策》").ConstString(1, "不同意").ConstString(2, "同意并继续").ConstString(3, "Privacy Policy")
		}, []string{"agree_text 同意并继续", "disagree_text 不同意", "policy_text 请阅读《隐私政策》", "policy_text Privacy Policy"}},
		{"names of code", func(c *apktest.DEXCode) {
			c.ConstString(0, "privacy policy").ConstString(1, "PrivacyPolicy").ConstString(2, "Failed to load privacy policy").ConstString(3, "Reject batch").ConstString(3, "请先同意")
		}, nil},
		{"background", func(c *apktest.DEXCode) {
			c.ConstString(0, "Shop collects location data even when the app is closed or not in use.")
		}, []string{"disclosure_text Shop collects location data even when the app is closed or not in use."}},
		{"background of a picture", func(c *apktest.DEXCode) { c.ConstString(0, "Use a picture in the background") }, nil},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			c := apktest.NewDEXCode(8, 0, 6)
			tc.build(c)
			d := apktest.NewDEX("035")
			d.Class(appMain, "").Method(accPublicStatic, "a", "()V", c.ReturnVoid())
			res := observe(t, "com.shop.app", nil, d)
			if got := observed(res); !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			for _, o := range res.Behavior.Observations {
				if o.Party != audit.PartyApp || o.Example.Caller != appMain+"->a()V" || o.Example.Reached != audit.No {
					t.Errorf("got %+v", o)
				}
			}
		})
	}
}

// TestObservedTasks: a timer counts where its task reads data, a posted message where
// the task posts itself again.
func TestObservedTasks(t *testing.T) {
	const task = "Lcom/shop/app/Task;"
	build := func(reads, itself bool, period uint16) *apktest.DEX {
		d := apktest.NewDEX("035")
		run := apktest.NewDEXCode(6, 1, 4)
		if reads {
			run.Invoke(opInvokeVirtual, getLastKnownLocation, 0, 1).Raw(0x0c)
		}
		a, b := constantWide(2, period)
		if itself {
			run.Raw(a, b).Invoke(opInvokeVirtual, postAgain, 1, 5, 2, 3)
		}
		d.Class(task, "Ljava/util/TimerTask;").Method(1, "run", "()V", run.ReturnVoid())
		if !itself {
			d.Class(appMain, "").Method(accPublicStatic, "a", "()V", apktest.NewDEXCode(8, 0, 6).Type(0x22, 1, task).
				Raw(a, b).Raw(0x16|4<<8, period).InvokeRange(0x74, timerEach, 0, 6).ReturnVoid())
		}
		return d
	}
	cases := []struct {
		name          string
		reads, itself bool
		period        uint16
		want          []string
	}{
		{"timer", true, false, 500, []string{"short_interval 500 Ljava/util/Timer;->schedule"}},
		{"slow timer", true, false, 5000, nil},
		{"timer of a clock", false, false, 500, nil},
		{"posts itself", true, true, 200, []string{"short_interval 200 Landroid/os/Handler;->postDelayed"}},
		{"posts itself and reads nothing", false, true, 200, nil},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			if got := observed(observe(t, "com.shop.app", nil, build(tc.reads, tc.itself, tc.period))); !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestExitOnDenied: a call that closes the screen counts on the side of a branch where
// a permission was refused, or one call deeper, and nowhere else.
func TestExitOnDenied(t *testing.T) {
	const (
		finish = "Lcom/shop/app/Main;->finish()V"
		quit   = "Lcom/shop/app/Main;->quit()V"
		exit   = "Ljava/lang/System;->exit(I)V"
	)
	// v0, v1 are free, v2 is this, v3 the number, v4 the names, v5 the results.
	cases := []struct {
		name  string
		build func(c *apktest.DEXCode)
		want  []string
	}{
		{"refused", func(c *apktest.DEXCode) { // if (r[0] != 0) finish()
			c.Raw(constant4(0, 0)).Raw(0x44|0<<8, 5|0<<8).Raw(0x38|0<<8, 5).Invoke(opInvokeVirtual, finish, 2)
		}, []string{"exit_on_denied " + appMain + "->finish"}},
		{"granted", func(c *apktest.DEXCode) { // if (r[0] == 0) finish()
			c.Raw(constant4(0, 0)).Raw(0x44|0<<8, 5|0<<8).Raw(0x39|0<<8, 5).Invoke(opInvokeVirtual, finish, 2)
		}, nil},
		{"equal to minus one", func(c *apktest.DEXCode) { // if (r[0] == -1) finish()
			c.Raw(constant4(0, 0)).Raw(0x44|0<<8, 5|0<<8).Raw(constant4(1, 0xf)).Raw(0x33|0<<8|1<<12, 5).Invoke(opInvokeVirtual, finish, 2)
		}, []string{"exit_on_denied " + appMain + "->finish"}},
		{"whatever the answer", func(c *apktest.DEXCode) {
			c.Raw(constant4(0, 0)).Raw(0x44|0<<8, 5|0<<8).Raw(0x38|0<<8, 2).Invoke(opInvokeVirtual, finish, 2)
		}, nil},
		{"no result, or refused", func(c *apktest.DEXCode) { // if (r.length > 0 && r[0] == 0) return; System.exit(0)
			c.Raw(0x21|0<<8|5<<12).Raw(0x3d|0<<8, 8).Raw(constant4(0, 0)).Raw(0x44|0<<8, 5|0<<8).Raw(0x39|0<<8, 3).Raw(0x0e).Invoke(opInvokeStatic, exit, 3)
		}, []string{"exit_on_denied Ljava/lang/System;->exit"}},
		{"no result", func(c *apktest.DEXCode) { // if (r.length > 0) { r[0] != 0; return } finish()
			c.Raw(0x21|0<<8|5<<12).Raw(0x3d|0<<8, 8).Raw(constant4(0, 0)).Raw(0x44|0<<8, 5|0<<8).Raw(0x39|0<<8, 2).Raw(0x0e).Invoke(opInvokeVirtual, finish, 2)
		}, nil},
		{"by the number of the request", func(c *apktest.DEXCode) { // if (code != 0) finish()
			c.Raw(0x38|3<<8, 5).Invoke(opInvokeVirtual, finish, 2)
		}, nil},
		{"one call deeper", func(c *apktest.DEXCode) {
			c.Raw(constant4(0, 0)).Raw(0x44|0<<8, 5|0<<8).Raw(0x38|0<<8, 5).Invoke(opInvokeVirtual, quit, 2)
		}, []string{"exit_on_denied Ljava/lang/System;->exit through " + appMain + "->quit"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			c := apktest.NewDEXCode(6, 4, 2)
			tc.build(c)
			d := apktest.NewDEX("035")
			d.Class(appMain, "Landroid/app/Activity;").
				Method(1, "onRequestPermissionsResult", "(I[Ljava/lang/String;[I)V", c.ReturnVoid()).
				Method(1, "quit", "()V", apktest.NewDEXCode(2, 1, 1).Invoke(opInvokeStatic, exit, 0).ReturnVoid())
			if got := observed(observe(t, "com.shop.app", nil, d)); !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestObservedFiles: facts of the manifest, of files that it names, of resources,
// layouts and scripts.
func TestObservedFiles(t *testing.T) {
	const (
		fileID, textID, layoutID = 0x7f010000, 0x7f020000, 0x7f030000
		file                     = "res/xml/c.xml"
	)
	filter := func(action string) any {
		return apktest.E("intent-filter", apktest.E("action", apktest.Str("name", action)))
	}
	named := func(attr string, id uint32) any { return apktest.Ref(attr, id) }
	domain := apktest.Element{Name: "domain", Text: "api.shop.cn"}
	all := apktest.E("domain", apktest.Plain("includeSubdomains", "true"))
	all.Text = domain.Text
	accessible := apktest.E("service", apktest.Str("name", ".S"), apktest.Str("permission", "android.permission.BIND_ACCESSIBILITY_SERVICE"),
		apktest.E("meta-data", apktest.Str("name", "android.accessibilityservice"), apktest.Ref("resource", fileID)))
	box := func(ticked bool, own ...any) []byte {
		return apktest.AXML(apktest.E("LinearLayout", apktest.E("CheckBox", append(own, apktest.Bool("checked", ticked))...), apktest.E("TextView", apktest.Ref("text", textID))))
	}
	text := func(s string) apktest.Value {
		return apktest.Value{ID: textID, Kind: apktest.KindString, Text: s}
	}
	inflate := apktest.NewDEX("035")
	inflate.Class(appMain, "Landroid/app/Activity;").Method(1, "a", "()V", apktest.NewDEXCode(2, 1, 2).Raw(0x14, layoutID&0xffff, layoutID>>16).
		Invoke(opInvokeVirtual, appMain+"->setContentView(I)V", 1, 0).ReturnVoid())
	cases := []struct {
		name        string
		application []any
		values      []apktest.Value
		table       apktest.Table
		entries     map[string][]byte
		want        []string
	}{
		{name: "network configuration", application: []any{named("networkSecurityConfig", fileID)},
			entries: map[string][]byte{file: apktest.AXML(apktest.E("network-security-config", apktest.E("base-config", apktest.Plain("cleartextTrafficPermitted", "true")),
				apktest.E("domain-config", apktest.Plain("cleartextTrafficPermitted", "false"), domain), apktest.E("domain-config", domain)))},
			want: []string{"cleartext_config res/xml/c.xml: base-config true", "cleartext_config res/xml/c.xml: domain-config false: api.shop.cn"}},
		{name: "a domain with all below it", application: []any{named("networkSecurityConfig", fileID)},
			entries: map[string][]byte{file: apktest.AXML(apktest.E("network-security-config", apktest.E("domain-config", apktest.Plain("cleartextTrafficPermitted", "true"), all)))},
			want:    []string{"cleartext_config res/xml/c.xml: domain-config true: *.api.shop.cn"}},
		{name: "a configuration that says nothing", application: []any{named("networkSecurityConfig", fileID)},
			entries: map[string][]byte{file: apktest.AXML(apktest.E("network-security-config", apktest.E("debug-overrides")))},
			want:    []string{"cleartext_config res/xml/c.xml: network-security-config"}},
		{name: "backup rules", application: []any{named("fullBackupContent", fileID), named("dataExtractionRules", 0x7f0900ff)},
			entries: map[string][]byte{file: apktest.AXML(apktest.E("full-backup-content", apktest.E("exclude", apktest.Plain("domain", "sharedpref"), apktest.Plain("path", "token.xml"))))},
			want:    []string{"backup_rules AndroidManifest.xml: dataExtractionRules @0x7f0900ff", "backup_rules AndroidManifest.xml: fullBackupContent res/xml/c.xml", "backup_rules res/xml/c.xml: exclude sharedpref token.xml"}},
		{name: "accessibility", application: []any{accessible},
			entries: map[string][]byte{file: apktest.AXML(apktest.E("accessibility-service", apktest.Bool("canRetrieveWindowContent", true), apktest.Plain("isAccessibilityTool", "false"), apktest.Ref("description", textID)))},
			want:    []string{"accessibility AndroidManifest.xml: com.shop.app.S res/xml/c.xml canRetrieveWindowContent=true isAccessibilityTool=false description"}},
		{name: "another service", application: []any{apktest.E("service", apktest.Str("name", ".S"))}},
		{name: "default for messages", application: []any{apktest.E("receiver", apktest.Str("name", ".R"), apktest.Str("permission", "android.permission.BROADCAST_SMS"), filter("android.provider.Telephony.SMS_DELIVER"))},
			want: []string{"default_handler AndroidManifest.xml: com.shop.app.R android.provider.Telephony.SMS_DELIVER"}},
		{name: "reads messages only", application: []any{apktest.E("receiver", apktest.Str("name", ".R"), apktest.Str("permission", "android.permission.BROADCAST_SMS"), filter("android.provider.Telephony.SMS_RECEIVED"))}},
		{name: "texts", values: []apktest.Value{text("《隐私政策》"), {ID: textID + 1, Kind: apktest.KindString, Text: "I agree"}, {ID: textID + 2, Lang: "zh", Kind: apktest.KindString, Text: "拒绝"},
			{ID: textID + 3, Kind: apktest.KindString, Text: "Please agree first"}, {ID: textID + 4, Kind: apktest.KindString, Text: "Agreement"}},
			want: []string{"agree_text resources.arsc: I agree", "disagree_text resources.arsc: 拒绝", "policy_text resources.arsc: 《隐私政策》"}},
		{name: "texts of a library", values: []apktest.Value{{ID: textID, Kind: apktest.KindString, Text: "Decline", Key: 1}, {ID: textID + 1, Kind: apktest.KindString, Text: "Privacy policy"}}, table: apktest.Table{Keys: []string{"ok", "call_notification_decline_action"}},
			want: []string{"policy_text resources.arsc: Privacy policy"}},
		{name: "agreeing to something else", values: []apktest.Value{text("同意")}},
		{name: "ticked", values: []apktest.Value{text("Privacy policy")}, entries: map[string][]byte{"res/layout/a.xml": box(true)},
			want: []string{"policy_text resources.arsc: Privacy policy", "preticked res/layout/a.xml: Privacy policy"}},
		{name: "not ticked", values: []apktest.Value{text("Privacy policy")}, entries: map[string][]byte{"res/layout/a.xml": box(false)}, want: []string{"policy_text resources.arsc: Privacy policy"}},
		{name: "ticked for something else", values: []apktest.Value{text("Privacy policy")}, entries: map[string][]byte{"res/layout/a.xml": box(true, apktest.Str("text", "Remember me"))}, want: []string{"policy_text resources.arsc: Privacy policy"}},
		{name: "a page", entries: map[string][]byte{"assets/www/a.html": []byte("<p>请阅读并同意《隐私政策》</p><button>不同意</button><button>OK</button>")},
			want: []string{"agree_text assets/www/a.html: 请阅读并同意《隐私政策》", "disagree_text assets/www/a.html: 不同意", "policy_text assets/www/a.html: 请阅读并同意《隐私政策》"}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			values := append(tc.values, apktest.Value{ID: fileID, Kind: apktest.KindString, Text: file}, apktest.Value{ID: layoutID, Kind: apktest.KindString, Text: "res/layout/a.xml"})
			entries := map[string][]byte{"resources.arsc": tc.table.ARSC(values...)}
			for name, data := range tc.entries {
				entries[name] = data
			}
			res := observeApp(t, observer(t), manifestOf(21, 33, "", tc.application...), entries, inflate)
			if got := observed(res); !slices.Equal(got, tc.want) {
				t.Errorf("got %q\nwant %q", got, tc.want)
			}
			for _, o := range res.Behavior.Observations {
				if o.Example.DEX != "" || o.Example.Reached != audit.Unknown || o.Example.BeforeConsent != audit.Unknown {
					t.Errorf("no call site, but %+v", o.Example)
				}
			}
		})
	}
}

// TestObservedFew: of many a party has the first, by caller; a library's count where the
// app may reach them only.
func TestObservedFew(t *testing.T) {
	d := apktest.NewDEX("035")
	for _, class := range []string{"Lcom/shop/app/B;", "Lcom/shop/app/A;", "Lcom/umeng/analytics/C;", "Landroidx/core/D;"} {
		c := apktest.NewDEXCode(2, 0, 0)
		for _, host := range strings.Fields("a b c d") {
			c.ConstString(0, "http://"+host+".shop.cn/"+class[len(class)-2:len(class)-1])
		}
		d.Class(class, "").Method(accPublicStatic, "a", "()V", c.ReturnVoid())
	}
	var got []string
	for _, o := range observe(t, "com.shop.app", nil, d).Behavior.Observations {
		got = append(got, o.Party+" "+o.What)
	}
	want := []string{"app http://a.shop.cn/A", "app http://b.shop.cn/A", "app http://c.shop.cn/A", "app http://d.shop.cn/A", "app http://a.shop.cn/B",
		"sdk:umeng-analytics http://a.shop.cn/C", "sdk:umeng-analytics http://b.shop.cn/C", "sdk:umeng-analytics http://c.shop.cn/C", "sdk:umeng-analytics http://d.shop.cn/C"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
