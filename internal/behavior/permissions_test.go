package behavior_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
)

const (
	getLastKnownLocation = "Landroid/location/LocationManager;->getLastKnownLocation(Ljava/lang/String;)Landroid/location/Location;"
	getScanResults       = "Landroid/net/wifi/WifiManager;->getScanResults()Ljava/util/List;"
	getBondedDevices     = "Landroid/bluetooth/BluetoothAdapter;->getBondedDevices()Ljava/util/Set;"
	listenPhone          = "Landroid/telephony/TelephonyManager;->listen(Landroid/telephony/PhoneStateListener;I)V"
	openCamera           = "Landroid/hardware/Camera;->open(I)Landroid/hardware/Camera;"
	openSocket           = "Ljava/net/Socket;->connect(Ljava/net/SocketAddress;I)V"
	contactsURI          = "Landroid/provider/ContactsContract$Contacts;->CONTENT_URI:Landroid/net/Uri;"
	accountName          = "Landroid/accounts/Account;->name:Ljava/lang/String;"
)

// manifestOf is a manifest with SDK levels, permission requests ("name" or "name<28")
// without their prefix, and the parts of an application.
func manifestOf(minSDK, target int, permissions string, application ...any) apktest.Element {
	parts := []apktest.Element{apktest.E("uses-sdk", apktest.Int("minSdkVersion", uint32(minSDK)), apktest.Int("targetSdkVersion", uint32(target)))}
	for _, p := range strings.Fields(permissions) {
		name, limit, limited := strings.Cut(p, "<")
		attrs := []any{apktest.Str("name", "android.permission."+name)}
		if limited {
			var n uint32
			fmt.Sscan(limit, &n)
			attrs = append(attrs, apktest.Int("maxSdkVersion", n))
		}
		parts = append(parts, apktest.E("uses-permission", attrs...))
	}
	return apktest.Manifest("com.shop.app", append(parts, apktest.E("application", application...))...)
}

// used lists what is said of the requested permissions, as "NAME answer party:sites…".
func used(res *behavior.Result) []string {
	var out []string
	for _, p := range res.Behavior.Permissions {
		s := strings.TrimPrefix(p.Name, "android.permission.") + " " + p.Used
		for _, u := range p.UsedBy {
			s += fmt.Sprintf(" %s:%d", u.Party, u.Sites)
		}
		out = append(out, s)
	}
	return out
}

func unrequested(res *behavior.Result) []string {
	var out []string
	for _, p := range res.Behavior.Unrequested {
		s := strings.TrimPrefix(p.Name, "android.permission.")
		for _, u := range p.UsedBy {
			s += fmt.Sprintf(" %s:%d", u.Party, u.Sites)
		}
		out = append(out, s)
	}
	return out
}

// TestPermissionsUsed states each part of the rule about use and about what is not
// requested.
func TestPermissionsUsed(t *testing.T) {
	const app, sdk, library = "com.shop.app.Main", "com.umeng.analytics.A", "androidx.core.A"
	service := func(typ uint32) any {
		return apktest.E("service", apktest.Str("name", ".S"), apktest.Hex("foregroundServiceType", typ))
	}
	boot := apktest.E("receiver", apktest.Str("name", ".R"), apktest.E("intent-filter", apktest.E("action", apktest.Str("name", "android.intent.action.BOOT_COMPLETED"))))
	cases := []struct {
		name     string
		manifest apktest.Element
		calls    map[string][]string // method or field -> classes
		entries  map[string][]byte
		used     []string
		missing  []string
	}{
		{name: "used by two parties", manifest: manifestOf(21, 34, "CAMERA"), calls: map[string][]string{openCamera: {app, sdk, sdk + "2"}},
			used: []string{"CAMERA yes sdk:umeng-analytics:2 app:1"}},
		{name: "no call", manifest: manifestOf(21, 34, "CAMERA NFC"), used: []string{"CAMERA no", "NFC no"}},
		{name: "native code may open a camera", manifest: manifestOf(21, 34, "CAMERA NFC"), entries: map[string][]byte{"lib/arm64-v8a/libx.so": []byte("\x7fELF")},
			used: []string{"CAMERA unknown", "NFC no"}},
		{name: "nothing tells", manifest: manifestOf(21, 34, "FLASHLIGHT INTERNET"), used: []string{"FLASHLIGHT unknown", "INTERNET unknown"}},
		{name: "a socket", manifest: manifestOf(21, 34, "INTERNET"), calls: map[string][]string{openSocket: {app}}, used: []string{"INTERNET yes app:1"}},
		{name: "only for some arguments", manifest: manifestOf(21, 34, "READ_PHONE_STATE"), calls: map[string][]string{listenPhone: {app}},
			used: []string{"READ_PHONE_STATE unknown"}},
		{name: "either location permission will do, and both are used", manifest: manifestOf(21, 34, "ACCESS_COARSE_LOCATION ACCESS_FINE_LOCATION"),
			calls: map[string][]string{getLastKnownLocation: {app}}, used: []string{"ACCESS_COARSE_LOCATION yes app:1", "ACCESS_FINE_LOCATION yes app:1"}},
		{name: "in a neutral library that nobody is seen to call", manifest: manifestOf(21, 34, "CAMERA"), calls: map[string][]string{openCamera: {library}},
			used: []string{"CAMERA unknown library:androidx:1"}},
		{name: "in one that asks first whether the app has it", manifest: manifestOf(21, 34, "ACCESS_FINE_LOCATION"),
			calls: map[string][]string{getLastKnownLocation: {library}}, used: []string{"ACCESS_FINE_LOCATION unknown"}},
		{name: "requested for the levels that need it", manifest: manifestOf(21, 34, "BLUETOOTH<30 BLUETOOTH_CONNECT"), calls: map[string][]string{getBondedDevices: {app}},
			used: []string{"BLUETOOTH yes app:1", "BLUETOOTH_CONNECT yes app:1"}},
		{name: "no device that the app runs on needs it", manifest: manifestOf(31, 34, "BLUETOOTH"), calls: map[string][]string{getBondedDevices: {app}},
			used: []string{"BLUETOOTH no"}, missing: []string{"BLUETOOTH_CONNECT app:1"}},
		{name: "an address leads to a provider, a plain field to nothing", manifest: manifestOf(21, 34, "READ_CONTACTS"), calls: map[string][]string{contactsURI: {app}, accountName: {app}},
			used: []string{"READ_CONTACTS yes app:1"}},
		{name: "two needs of one call are one site", manifest: manifestOf(21, 34, "ACCESS_FINE_LOCATION ACCESS_WIFI_STATE"), calls: map[string][]string{getScanResults: {app}},
			used: []string{"ACCESS_FINE_LOCATION yes app:1", "ACCESS_WIFI_STATE yes app:1"}},
		{name: "components", manifest: manifestOf(21, 34, "FOREGROUND_SERVICE_CAMERA FOREGROUND_SERVICE_LOCATION RECEIVE_BOOT_COMPLETED", boot, service(0x8)),
			used: []string{"FOREGROUND_SERVICE_CAMERA unknown", "FOREGROUND_SERVICE_LOCATION yes app:1", "RECEIVE_BOOT_COMPLETED yes app:1"}},

		{name: "needed and not requested", manifest: manifestOf(21, 34, ""), calls: map[string][]string{openCamera: {sdk}}, missing: []string{"CAMERA sdk:umeng-analytics:1"}},
		{name: "of permissions that do in place of each other the least is told", manifest: manifestOf(21, 34, ""), calls: map[string][]string{getLastKnownLocation: {app}},
			missing: []string{"ACCESS_COARSE_LOCATION app:1"}},
		{name: "another one will do", manifest: manifestOf(21, 34, "ACCESS_FINE_LOCATION"), calls: map[string][]string{getLastKnownLocation: {app}},
			used: []string{"ACCESS_FINE_LOCATION yes app:1"}},
		{name: "it comes with one that is requested", manifest: manifestOf(21, 30, "BLUETOOTH"), calls: map[string][]string{getBondedDevices: {app}},
			used: []string{"BLUETOOTH yes app:1"}},
		{name: "it comes with that no more", manifest: manifestOf(21, 31, "BLUETOOTH"), calls: map[string][]string{getBondedDevices: {app}},
			used: []string{"BLUETOOTH yes app:1"}, missing: []string{"BLUETOOTH_CONNECT app:1"}},
		{name: "apps of that target need it not yet", manifest: manifestOf(21, 30, ""), calls: map[string][]string{getBondedDevices: {app}}},
		{name: "requested for lower levels only", manifest: manifestOf(21, 34, "ACCESS_FINE_LOCATION<28 ACCESS_WIFI_STATE"), calls: map[string][]string{getScanResults: {app}},
			used: []string{"ACCESS_FINE_LOCATION yes app:1", "ACCESS_WIFI_STATE yes app:1"}, missing: []string{"ACCESS_FINE_LOCATION app:1"}},
		{name: "nobody grants a normal permission", manifest: manifestOf(21, 34, ""), calls: map[string][]string{openSocket: {app}}},
		{name: "a neutral library's own call is nobody's", manifest: manifestOf(21, 34, ""), calls: map[string][]string{openCamera: {library}}},
		{name: "for some arguments is not for certain", manifest: manifestOf(21, 34, ""), calls: map[string][]string{listenPhone: {app}}},
		{name: "a provider", manifest: manifestOf(21, 34, ""), calls: map[string][]string{contactsURI: {app}}, missing: []string{"READ_CONTACTS app:1"}},
	}
	o := observer(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := apktest.NewDEX("035")
			d.Class("Lcom/shop/app/Empty;", "")
			n := 0
			for _, what := range sortedKeys(c.calls) {
				for _, class := range c.calls[what] {
					code := apktest.NewDEXCode(4, 0, 3)
					if strings.Contains(what, "(") {
						code.Invoke(opInvokeVirtual, what, 0)
					} else {
						code.Static(opSGetObject, 0, what)
					}
					n++
					d.Class(fmt.Sprintf("L%s_%d;", strings.ReplaceAll(class, ".", "/"), n), "").Method(accPublicStatic, "a", "()V", code.ReturnVoid())
				}
			}
			res := observeApp(t, o, c.manifest, c.entries, d)
			if got := used(res); !slices.Equal(got, c.used) {
				t.Errorf("used: got %q, want %q", got, c.used)
			}
			if got := unrequested(res); !slices.Equal(got, c.missing) {
				t.Errorf("unrequested: got %q, want %q", got, c.missing)
			}
		})
	}
}

func sortedKeys(m map[string][]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// TestPermissionOnAppClass: a call that names a class of the app needs what the
// framework's class above it needs, unless the app overrides the method.
func TestPermissionOnAppClass(t *testing.T) {
	build := func(override bool) *apktest.DEX {
		d := callers(apktest.NewDEX("035"), "Lcom/shop/app/S;->startForeground(ILandroid/app/Notification;)V", "com.shop.app.Main")
		base := d.Class("Lcom/shop/app/Base;", "Landroid/app/Service;")
		d.Class("Lcom/shop/app/S;", "Lcom/shop/app/Base;")
		if override {
			base.Method(1, "startForeground", "(ILandroid/app/Notification;)V", apktest.NewDEXCode(3, 3, 0).ReturnVoid())
		}
		return d
	}
	m := manifestOf(21, 34, "FOREGROUND_SERVICE")
	if got := used(observeApp(t, observer(t), m, nil, build(false))); !slices.Equal(got, []string{"FOREGROUND_SERVICE yes app:1"}) {
		t.Errorf("inherited: %q", got)
	}
	if got := used(observeApp(t, observer(t), m, nil, build(true))); !slices.Equal(got, []string{"FOREGROUND_SERVICE no"}) {
		t.Errorf("overridden: %q", got)
	}
}

// TestPermissionThroughLibrary: what a neutral library does is use by whoever calls it,
// and counted as reached where it is; it is never a reason to request more.
func TestPermissionThroughLibrary(t *testing.T) {
	d := callers(apktest.NewDEX("035"), openCamera, "androidx.core.A")
	d.Class("Lcom/shop/app/Main;", "Landroid/app/Activity;").Method(1, "onCreate", "(Landroid/os/Bundle;)V",
		apktest.NewDEXCode(2, 2, 0).Invoke(opInvokeStatic, "Landroidx/core/A;->a()V").ReturnVoid())
	main := apktest.E("activity", apktest.Str("name", ".Main"))
	res := observeApp(t, observer(t), manifestOf(21, 34, "CAMERA", main), nil, d)
	if got := used(res); !slices.Equal(got, []string{"CAMERA yes app:1"}) || res.Behavior.Permissions[0].UsedBy[0].Reached != 1 {
		t.Errorf("got %+v", res.Behavior.Permissions)
	}
	if got := unrequested(observeApp(t, observer(t), manifestOf(21, 34, "", main), nil, d)); len(got) > 0 {
		t.Errorf("not requested: got %q", got)
	}
}

// TestPermissionsOfUnseenCode: where code could not be looked at, nothing is said to be
// unused.
func TestPermissionsOfUnseenCode(t *testing.T) {
	damaged := apktest.NewDEX("035")
	damaged.Class("Lcom/shop/app/A;", "").Method(accPublicStatic, "a", "()V", apktest.NewDEXCode(1, 0, 0).ReturnVoid())
	data := damaged.Bytes()
	files := []apktest.File{
		{Name: "AndroidManifest.xml", Data: apktest.AXML(manifestOf(21, 34, "NFC"))},
		{Name: "classes.dex", Data: data}, {Name: "classes2.dex", Data: data[:len(data)/2]},
	}
	if got := used(observeFiles(t, observer(t), files...)); !slices.Equal(got, []string{"NFC unknown"}) {
		t.Errorf("a damaged DEX file: %q", got)
	}
	if got := used(observeFiles(t, observer(t), files[:2]...)); !slices.Equal(got, []string{"NFC no"}) {
		t.Errorf("all code seen: %q", got)
	}
}

// TestStartup: what runs without the user, by kind.
func TestStartup(t *testing.T) {
	s := apktest.Str
	action := func(name string) apktest.Element {
		return apktest.E("intent-filter", apktest.E("action", s("name", name)))
	}
	manifest := manifestOf(21, 34, "",
		apktest.E("provider", s("name", "com.umeng.analytics.P"), s("authorities", "a.b;a.c")),
		apktest.E("provider", s("name", "com.umeng.analytics.Off"), s("authorities", "a.d"), apktest.Bool("enabled", false)),
		apktest.E("provider", s("name", ".Own"), s("authorities", "a.e")),
		apktest.E("provider", s("name", "androidx.startup.InitializationProvider"), s("authorities", "a.f"),
			apktest.E("meta-data", s("name", "com.umeng.analytics.Init"), s("value", "androidx.startup")),
			apktest.E("meta-data", s("name", "com.shop.app.Init"), s("value", "androidx.startup"))),
		apktest.E("receiver", s("name", ".Boot"), action("android.intent.action.BOOT_COMPLETED"), action("android.net.conn.CONNECTIVITY_CHANGE"), action("com.shop.app.OWN")),
		apktest.E("receiver", s("name", ".Later"), apktest.Bool("enabled", false), action("android.intent.action.BOOT_COMPLETED")),
		apktest.E("service", s("name", ".Sync"), action("android.content.SyncAdapter"), action("android.intent.action.BOOT_COMPLETED")))
	d := callers(apktest.NewDEX("035"), "Landroid/app/AlarmManager;->setRepeating(IJJLandroid/app/PendingIntent;)V", "com.umeng.analytics.A")
	want := []string{
		"auto_init library:androidx androidx.startup.InitializationProvider a.f ",
		"auto_init sdk:umeng-analytics com.umeng.analytics.Init androidx.startup ",
		"auto_init sdk:umeng-analytics com.umeng.analytics.P a.b;a.c ",
		"keep_alive app com.shop.app.Sync android.content.SyncAdapter ",
		"keep_alive sdk:umeng-analytics  Landroid/app/AlarmManager;->setRepeating(IJJLandroid/app/PendingIntent;)V Lcom/umeng/analytics/A;->a()V",
		"self_start app com.shop.app.Boot android.intent.action.BOOT_COMPLETED ",
		"self_start app com.shop.app.Boot android.net.conn.CONNECTIVITY_CHANGE ",
	}
	if got := startups(observeApp(t, observer(t), manifest, nil, d)); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func startups(res *behavior.Result) []string {
	var out []string
	for _, s := range res.Behavior.Startup {
		out = append(out, fmt.Sprintf("%s %s %s %s %s", s.Kind, s.Party, s.Component, s.What, s.Example.Caller))
	}
	return out
}

// TestAssociatedStart: the package of another app in a method that starts a service or
// sends a broadcast, on a class of the app too; not where a screen is opened, where
// nothing is started or where the package is the app's own.
func TestAssociatedStart(t *testing.T) {
	const (
		setPackage    = "Landroid/content/Intent;->setPackage(Ljava/lang/String;)Landroid/content/Intent;"
		component     = "Landroid/content/ComponentName;-><init>(Ljava/lang/String;Ljava/lang/String;)V"
		startService  = "startService(Landroid/content/Intent;)Landroid/content/ComponentName;"
		startActivity = "startActivity(Landroid/content/Intent;)V"
	)
	names := func(pkg, start string) *apktest.DEXCode {
		return code().ConstString(1, pkg).Invoke(opInvokeVirtual, setPackage, 0, 1).Invoke(opInvokeVirtual, start, 2, 0)
	}
	cases := []struct {
		name string
		code *apktest.DEXCode
		want []string
	}{
		{"a service of another app", names("com.other.app", "Landroid/content/Context;->"+startService), []string{"com.other.app"}},
		{"from a screen of the app", names("com.other.app", "Lcom/shop/app/Main;->"+startService), []string{"com.other.app"}},
		{"told once by method", names("com.other.app", "Landroid/content/Context;->"+startService).ConstString(1, "com.other.app").ConstString(2, "com.other.app.S").
			Invoke(opInvokeDirect, component, 0, 1, 2), []string{"com.other.app"}},
		{"a screen", names("com.other.app", "Landroid/content/Context;->"+startActivity), nil},
		{"nothing started", code().ConstString(1, "com.other.app").Invoke(opInvokeVirtual, setPackage, 0, 1), nil},
		{"its own package", names("com.shop.app", "Landroid/content/Context;->"+startService), nil},
		{"no package", names("other", "Landroid/content/Context;->"+startService), nil},
		{"a package that is not known", code().Invoke(opInvokeVirtual, setPackage, 0, 1).Invoke(opInvokeVirtual, "Landroid/content/Context;->"+startService, 2, 0), nil},
	}
	o := observer(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := apktest.NewDEX("035")
			d.Class("Lcom/shop/app/Main;", "Landroid/app/Activity;").Method(accPublicStatic, "a", "()V", c.code.ReturnVoid())
			var got []string
			for _, s := range observeApp(t, o, manifestOf(21, 34, ""), nil, d).Behavior.Startup {
				if s.Kind == audit.StartupAssociated && s.Party == audit.PartyApp && s.Example.DEX == "classes.dex" && slices.Equal(s.Example.Args, []string{s.What}) {
					got = append(got, s.What)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestListedCallsAreLimited: a DEX file made of nothing but start signals yields a
// bounded list and a gap that says how many are missing.
func TestListedCallsAreLimited(t *testing.T) {
	c := code()
	for range 5003 {
		c.Invoke(opInvokeVirtual, "Landroid/app/job/JobInfo$Builder;->setPersisted(Z)Landroid/app/job/JobInfo$Builder;", 0, 1)
	}
	d := apktest.NewDEX("035")
	d.Class("Lcom/shop/app/Main;", "").Method(accPublicStatic, "a", "()V", c.ReturnVoid())
	res := observeApp(t, observer(t), manifestOf(21, 34, ""), nil, d)
	if n := len(res.Behavior.Startup); n != 5000 {
		t.Errorf("%d rows, want 5000", n)
	}
	if !slices.ContainsFunc(res.Gaps, func(g audit.Gap) bool { return g.Kind == audit.GapLimit && strings.Contains(g.What, ": 3 calls") }) {
		t.Errorf("no gap tells of the rest: %+v", res.Gaps)
	}
}

// TestRequests: calls that ask for permissions, with what is handed over; a call that
// asks for other things too counts only with a permission.
func TestRequests(t *testing.T) {
	const (
		request = "Landroid/app/Activity;->requestPermissions([Ljava/lang/String;I)V"
		one     = "Lcom/hjq/permissions/XXPermissions;->permission(Ljava/lang/String;)Lcom/hjq/permissions/XXPermissions;"
		launch  = "Landroidx/activity/result/ActivityResultLauncher;->launch(Ljava/lang/Object;)V"
		camera  = "android.permission.CAMERA"
	)
	with := func(text, method string) *apktest.DEXCode {
		return code().ConstString(1, text).Invoke(opInvokeVirtual, method, 0, 1)
	}
	cases := []struct {
		name string
		code *apktest.DEXCode
		want []string
	}{
		{"an array that is not known", code().Invoke(opInvokeVirtual, request, 0, 1, 2), []string{"[]"}},
		{"on a screen of the app", code().Invoke(opInvokeVirtual, "Lcom/shop/app/Main;->requestPermissions([Ljava/lang/String;I)V", 0, 1, 2), []string{"[]"}},
		{"one permission", with(camera, one), []string{"[" + camera + "]"}},
		{"one that the rules do not know", with("com.acme.permission.X", one), []string{"[com.acme.permission.X]"}},
		{"what is none is left out", with("image/*", one), []string{"[]"}},
		{"a launch with a permission", with(camera, launch), []string{"[" + camera + "]"}},
		{"a launch with something else", with("image/*", launch), nil},
		{"a launch with what is not known", code().Invoke(opInvokeVirtual, launch, 0, 1), nil},
	}
	o := observer(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := apktest.NewDEX("035")
			d.Class("Lcom/shop/app/Main;", "Landroid/app/Activity;").Method(accPublicStatic, "a", "()V", c.code.ReturnVoid())
			var got []string
			for _, r := range observeApp(t, o, manifestOf(23, 34, ""), nil, d).Behavior.Requests {
				got = append(got, fmt.Sprint(r.Permissions))
				if r.Party != audit.PartyApp || r.Example.Caller != "Lcom/shop/app/Main;->a()V" {
					t.Errorf("at %+v", r)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
