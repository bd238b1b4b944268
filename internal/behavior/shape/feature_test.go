package shape

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/bounded"
	"apkaudit/internal/dex"
)

func TestIsKept(t *testing.T) {
	cases := map[string]bool{
		"Landroid/os/Build;": true, "Ljava/lang/String;": true, "Ljavax/net/ssl/SSLContext;": true,
		"Ldalvik/system/DexClassLoader;": true, "Lorg/json/JSONObject;": true, "Lorg/apache/http/client/HttpClient;": true,
		"Landroidx/core/app/A;": false, "Landroid/support/v4/app/A;": false, "Landroid/arch/lifecycle/A;": false,
		"Ljavax/inject/Provider;": false, "Lkotlin/Unit;": false, "Lorg/apache/commons/lang3/A;": false,
		"Ljavax/annotation/Nullable;": false, "Lcom/umeng/A;": false, "La;": false, "I": false, "[Ljava/lang/String;": false, "": false, "L": false,
	}
	for desc, want := range cases {
		if got := IsKept(desc); got != want {
			t.Errorf("IsKept(%q) = %v", desc, got)
		}
	}
}

func TestErase(t *testing.T) {
	cases := map[string]string{
		"(Lcom/a/B;I)V":                              "(L;I)V",
		"([Lcom/a/B;[[I)Lcom/a/C;":                   "([L;[[I)L;",
		"(Landroid/content/Context;)Ljava/util/Map;": "(Landroid/content/Context;)Ljava/util/Map;",
		"(J)D":                 "(J)D",
		"(Lcut":                "(L;", // damaged: the type that was cut is nobody's
		"":                     "",
		"L;L;":                 "L;L;",
		"[Landroid/os/Bundle;": "[Landroid/os/Bundle;",
		"[Lo/a;":               "[L;",
	}
	for in, want := range cases {
		if got := eraseProto(in); got != want {
			t.Errorf("eraseProto(%q) = %q, want %q", in, got, want)
		}
	}
}

// sample is one class under given names.
func sample(self, other, method string) *Class {
	return &Class{
		Super: other, Interfaces: []string{"Ljava/lang/Runnable;"},
		Fields:  []string{other, "I", "Landroid/content/Context;"},
		Strings: []string{"imei", "https://log.example.com/v1"},
		Methods: []Method{
			{Name: "<init>", Proto: "(" + other + ")V"},
			{Name: method, Proto: "(Landroid/content/Context;" + self + ")" + other, Uses: []Member{
				{"Landroid/content/Context;", "getSystemService", "(Ljava/lang/String;)Ljava/lang/Object;"},
				{"Landroid/telephony/TelephonyManager;", "getDeviceId", "()Ljava/lang/String;"},
				{other, method, "()V"},
			}},
		},
	}
}

// TestRenaming: new names change nothing, whatever else changes does.
func TestRenaming(t *testing.T) {
	want := sample("Lcom/acme/Tracker;", "Lcom/acme/Base;", "collect").Features()
	if got := sample("Lo/a;", "Lo/b;", "a").Features(); !slices.Equal(got, want) {
		t.Errorf("renamed: %x, want %x", got, want)
	}
	if !slices.IsSorted(want) || len(slices.Compact(slices.Clone(want))) != len(want) {
		t.Errorf("not sorted or not unique: %x", want)
	}
	without := func(change func(*Class)) int {
		c := sample("Lo/a;", "Lo/b;", "a")
		change(c)
		n := 0
		for _, f := range c.Features() {
			if _, ok := slices.BinarySearch(want, f); ok {
				n++
			}
		}
		return len(want) - n
	}
	cases := []struct {
		name   string
		change func(*Class)
		lost   int
	}{
		{"a string", func(c *Class) { c.Strings[0] = "imsi" }, 1},
		{"a method dropped by the shrinker", func(c *Class) { c.Methods = c.Methods[:1] }, 4}, // prototype, two members, body
		{"a call removed", func(c *Class) { c.Methods[1].Uses = c.Methods[1].Uses[1:] }, 2},   // the member and the body
		{"a field dropped", func(c *Class) { c.Fields = c.Fields[1:] }, 1},
		{"an interface of the framework", func(c *Class) { c.Interfaces[0] = "Ljava/io/Closeable;" }, 1},
		{"another type of the app", func(c *Class) { c.Super = "Lx/y;" }, 0},
	}
	for _, c := range cases {
		if got := without(c.change); got != c.lost {
			t.Errorf("%s: %d features lost, want %d", c.name, got, c.lost)
		}
	}
}

// TestReader: a class read from DEX has the features of the same class in words.
func TestReader(t *testing.T) {
	d := apktest.NewDEX("035")
	d.Class("Lo/b;", "")
	code := apktest.NewDEXCode(4, 3, 2).
		ConstString(0, "imei").ConstString(0, "https://log.example.com/v1").
		Invoke(0x6e, "Landroid/content/Context;->getSystemService(Ljava/lang/String;)Ljava/lang/Object;", 1, 0).
		Invoke(0x6e, "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;", 1).
		Invoke(0x6e, "Lo/b;->a()V", 1).
		ReturnVoid()
	c := d.Class("Lo/a;", "Lo/b;", "Ljava/lang/Runnable;")
	c.Field(0x1, "a", "Lo/b;").Field(0x1, "b", "I").Field(0x9, "c", "Landroid/content/Context;")
	c.Method(0x10001, "<init>", "(Lo/b;)V", apktest.NewDEXCode(2, 2, 0).ReturnVoid())
	c.Method(0x1, "a", "(Landroid/content/Context;Lo/a;)Lo/b;", code)
	f, err := dex.Parse("classes.dex", d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	want := sample("Lcom/acme/Tracker;", "Lcom/acme/Base;", "collect").Features()
	r := NewReader(f)
	for range 2 { // the second time from what is kept
		got, err := r.Features(1)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("from DEX %x, in words %x: %v", got, want, err)
		}
	}
}

// TestReaderLimit: methods that share one body cannot make the reader go on for
// ever.
func TestReaderLimit(t *testing.T) {
	d := apktest.NewDEX("035")
	code := apktest.NewDEXCode(1, 0, 0)
	for range 5_000 {
		code.ConstString(0, "x")
	}
	code.ReturnVoid()
	c := d.Class("Lo/a;", "")
	for i := range 300 {
		c.Method(9, fmt.Sprintf("m%d", i), "()V", code)
	}
	f, err := dex.Parse("classes.dex", d.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewReader(f).Features(0); !errors.Is(err, bounded.ErrLimit) {
		t.Errorf("error %v", err)
	}
}

// FuzzReader: no DEX makes the reader fail.
func FuzzReader(f *testing.F) {
	d := apktest.NewDEX("035")
	d.Class("Lo/a;", "", "Ljava/lang/Runnable;").Field(1, "a", "[Lo/a;").
		Method(9, "a", "(Lo/a;)V", apktest.NewDEXCode(2, 1, 1).ConstString(0, "x").Static(0x62, 0, "Landroid/os/Build;->SERIAL:Ljava/lang/String;").ReturnVoid())
	f.Add(d.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := dex.Parse("f", data)
		if err != nil {
			return
		}
		r := NewReader(file)
		for i := range min(file.NumClasses(), 64) {
			if got, _ := r.Features(i); !slices.IsSorted(got) {
				t.Fatal("not sorted")
			}
		}
	})
}
