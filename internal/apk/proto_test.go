package apk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"apkaudit/internal/apktest"
	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

// message appends fields to a protocol buffer: numbers, strings, or bytes of messages.
func message(fields ...any) []byte {
	var b []byte
	for i := 0; i+1 < len(fields); i += 2 {
		num := protowire.Number(fields[i].(int))
		switch v := fields[i+1].(type) {
		case int:
			b = protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), uint64(v))
		case string:
			b = protowire.AppendString(protowire.AppendTag(b, num, protowire.BytesType), v)
		case []byte:
			b = protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), v)
		}
	}
	return b
}

// element is an aapt.pb.XmlNode with an element.
func element(name string, fields ...any) []byte {
	return message(1, message(append([]any{3, name}, fields...)...))
}

// attribute is an aapt.pb.XmlAttribute.
func attribute(name string, id int, item []byte) []byte {
	return message(2, name, 5, id, 6, item)
}

// protoValue is an aapt.pb.Entry with one value.
func protoValue(id int, name string, config, item []byte) []byte {
	return message(1, message(1, id), 2, name, 6, message(1, config, 2, message(4, item)))
}

// compound is an aapt.pb.Entry with one aapt.pb.CompoundValue.
func compound(name string, id int, value []byte) []byte {
	return message(1, message(1, id), 2, name, 6, message(2, message(5, value)))
}

func protoPackage(id int, types ...any) []byte {
	return message(2, message(append([]any{1, message(1, id)}, types...)...))
}

// TestProtoXML: every kind of value arrives as it would from an APK.
func TestProtoXML(t *testing.T) {
	doc := element("view", 4, attribute("text", 0x0101014f, message(1, message(2, 0x7f010002))), 4, attribute("checked", 0x01010106, message(7, message(8, 1))),
		4, attribute("n", 0, message(7, message(6, -5))), 4, attribute("onClick", 0x0101026f, nil), 4, message(2, "plain", 3, "as written"),
		5, message(2, " text "), 5, element("inner"), 5, element("last", 4, attribute("x", 0, message(2, message(1, "s")))))
	data, err := protoXML(doc)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	nodes, all := parseNodes(data)
	if !all {
		t.Error("not all")
	}
	for _, n := range nodes {
		got += fmt.Sprintf("%s %d %v %q\n", n.Name, n.Parent, n.Attrs, n.Text)
	}
	want := "view -1 map[checked:true n:-5 onClick: plain:as written text:@0x7f010002] \" text \"\n" +
		"inner 0 map[] \"\"\nlast 0 map[x:s] \"\"\n"
	if got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

// TestProtoTable: values by language and configuration, and the strings of arrays and styles.
func TestProtoTable(t *testing.T) {
	str := func(s string) []byte { return message(2, message(1, s)) }
	var many []any
	many = append(many, 1, message(1, 1))
	for i := range 40_000 { // more than one chunk holds
		many = append(many, 3, protoValue(i, "name", nil, str(fmt.Sprintf("text %d", i%7))))
	}
	strings := message(1, message(1, 2), 2, "string",
		3, message(1, message(1, 5), 2, "app", 6, message(1, message(3, "zh-Hans-CN"), 2, message(4, str("应用"))), 6, message(2, message(4, str("App"))),
			6, message(1, message(3, "de", 18, 480), 2, message(4, str("Anwendung"))), 6, message(1, message(5, 800), 2, message(4, str("Big")))),
		3, protoValue(6, "ref", nil, message(1, message(2, 0x7f020005))),
		3, compound("list", 7, message(4, message(1, message(3, str("one")), 1, message(3, str("two"))))),
		3, compound("style", 8, message(2, message(1, message(2, 1), 3, message(3, message(2, 5), 4, str("sans"))))))
	data, err := protoTable(protoPackage(0x7f, 3, message(many...), 3, strings))
	if err != nil {
		t.Fatal(err)
	}
	var gaps gapList
	table, err := walkTable(data, &gaps)
	if err != nil || len(gaps.list) > 0 {
		t.Fatal(err, gaps.list)
	}
	r := &Resources{a: &App{lim: DefaultLimits()}, tables: []splitTable{{table: table}}}
	for id, want := range map[uint32]string{0x7f020005: "[App Big 应用]", 0x7f020006: "[App Big 应用]", 0x7f010000: "[text 0]", 0x7f010000 + 39_999: "[text 1]", 0x7f020007: "[]"} {
		if got := fmt.Sprint(r.Strings(id)); got != want {
			t.Errorf("%x is %s, want %s", id, got, want)
		}
	}
	res := loadResources(data, []uint32{0x7f020005}, DefaultLimits(), &gaps)
	if l := res.label("@7f020005"); l != (audit.Label{Default: "App", ZH: "应用"}) {
		t.Errorf("label %+v", l)
	}
	all, index := "", map[uint32]bool{}
	r.Texts(func(i uint32, text []byte) {
		all += string(text) + " "
		index[i] = true
	})
	if all != "text 0 text 1 text 2 text 3 text 4 text 5 text 6 应用 App Anwendung Big one two sans " {
		t.Errorf("texts %q", all)
	}
	if keys := r.Keys(index); keys[7] != "app" || keys[0] != "name" || keys[11] != "" {
		t.Errorf("keys %v", keys)
	}
}

// deepXML nests elements.
func deepXML(n int) []byte {
	data := element("x")
	for range n {
		data = element("x", 5, data)
	}
	return data
}

// TestHostileProto: files that make a reader of protocol buffers run for ever or fill
// the memory.
func TestHostileProto(t *testing.T) {
	wide := bytes.Repeat(message(5, element("")), 2<<20)
	entry := func(id, config int) []byte {
		return message(3, protoValue(id, "", message(5, config), message(7, message(6, 1))))
	}
	var configs []byte
	for i := range 500_000 {
		configs = append(configs, entry(0xffff, i)...)
	}
	tests := []struct {
		name  string
		data  []byte
		read  func([]byte) ([]byte, error)
		limit string // "" for errProto
	}{
		{"deep", deepXML(1000), protoXML, "max-proto-depth"},
		{"many elements", message(1, wide), protoXML, "max-proto-nodes"},
		{"many attributes", message(1, bytes.Repeat(message(4, []byte{}), 4<<20)), protoXML, "max-proto-nodes"},
		{"length of 2^63", []byte("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7fx"), protoXML, ""},
		{"a group", []byte{0x0b, 0x0c}, protoXML, ""},
		{"cut", deepXML(5)[:20], protoXML, ""},
		{"many packages", bytes.Repeat(message(2, []byte{}), 8<<20), protoTable, "max-packages"},
		{"many types", protoPackage(0x7f, 3, append(message(1, message(1, 1)), configs...)), protoTable, ""},
		{"many values", message(2, bytes.Repeat(message(3, append(message(1, message(1, 1)), entry(1, 1)...)), 1<<20)), protoTable, "max-proto-values"},
		{"table cut", protoPackage(0x7f, 3, configs)[:99], protoTable, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			within(t, 10*time.Second, func() {
				var err error
				var out []byte
				grew := allocated(func() { out, err = tt.read(tt.data) })
				t.Logf("%d MiB in, %d MiB out, %d MiB allocated: %v", len(tt.data)>>20, len(out)>>20, grew>>20, err)
				if grew > 640<<20 {
					t.Errorf("%d MiB allocated", grew>>20)
				}
				if tt.limit != "" && (!errors.Is(err, bounded.ErrLimit) || !strings.Contains(err.Error(), tt.limit)) || tt.limit == "" && tt.name != "many types" && !errors.Is(err, errProto) {
					t.Errorf("error is %v", err)
				}
			})
		})
	}
}

// TestHostileBundle: what the readers of a bundle stumble over is told, and the rest of
// the bundle is read.
func TestHostileBundle(t *testing.T) {
	manifest := element("manifest", 4, message(2, "package", 3, "a.b"), 5, element("application", 4, attribute("label", 0x01010001, message(1, message(2, 0x7f010001)))))
	tests := []struct {
		name, kind, part string
		files            []apktest.File
	}{
		{"noise for a manifest", audit.GapUnreadable, "base: AndroidManifest.xml", []apktest.File{{Name: "base/manifest/AndroidManifest.xml", Data: []byte("noise")}}},
		{"deep manifest", audit.GapLimit, "max-proto-depth", []apktest.File{{Name: "base/manifest/AndroidManifest.xml", Data: deepXML(1000)}}},
		{"noise for resources", audit.GapUnreadable, "resources.pb", []apktest.File{{Name: "base/manifest/AndroidManifest.xml", Data: manifest}, {Name: "base/resources.pb", Data: []byte("\xff\xff\xff\xff\xff\xff")}}},
		{"module of another app", audit.GapTampered, `evil: is of package "c.d"`, []apktest.File{{Name: "base/manifest/AndroidManifest.xml", Data: manifest},
			{Name: "evil/manifest/AndroidManifest.xml", Data: element("manifest", 4, message(2, "package", 3, "c.d"))}, {Name: "evil/dex/classes.dex", Data: []byte("dex")}}},
		{"no base", audit.GapUnreadable, "no base APK", []apktest.File{{Name: "x/manifest/AndroidManifest.xml", Data: manifest}, {Name: "y/manifest/AndroidManifest.xml", Data: manifest}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := open(t, write(t, apktest.ZIP(append(tt.files, apktest.File{Name: "BundleConfig.pb"}, apktest.File{Name: "base/dex/classes.dex", Data: []byte("dex")},
				apktest.File{Name: "base/root/classes.dex", Data: []byte("hidden")})...)))
			wantGap(t, a.Gaps, tt.kind, tt.part)
			if a.Info.Container != audit.ContainerAAB {
				t.Errorf("container %s", a.Info.Container)
			}
			if data, err := a.ReadEntry(context.Background(), "classes.dex", nil); tt.name != "no base" && (err != nil || string(data) != "dex") {
				t.Errorf("classes.dex: %q, %v", data, err)
			}
		})
	}
}

// FuzzProto feeds the readers of a bundle: no panic, and what they write is sound for
// those behind.
func FuzzProto(f *testing.F) {
	a, err := Open(context.Background(), tidepool+".aab", DefaultLimits())
	if err != nil {
		f.Fatal(err)
	}
	defer a.Close()
	for _, name := range a.Entries {
		if strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".pb") {
			data, err := a.ReadEntry(context.Background(), name, nil)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add(deepXML(200))
	f.Add(apktest.Message(1, apktest.Message(2, apktest.Message(2, apktest.Message(2, "splits/a.apk"))), 3, apktest.Message(2, apktest.Message(2, "b")), 4, "a.b"))
	f.Add([]byte(`{"package_name":"a.b","pname":1,"split_apks":[{"file":"../x.apk"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		xml, xmlErr := protoXML(data)
		parseNodes(xml)
		var gaps gapList
		if _, err := parseManifest(context.Background(), xml, fuzzLimits(), fuzzLimits().ManifestNodes, &gaps); err != nil {
			t.Fatal(err)
		}
		if xmlErr == nil {
			for _, g := range gaps.list {
				if g.Kind == audit.GapTampered && !strings.Contains(g.What, "application elements") {
					t.Errorf("what was written is not clean: %s", g.What)
				}
			}
		}
		for _, parse := range []func([]byte) (listing, error){parseTOC, parseJSON} {
			if n, _ := parse(data); len(n.files) > len(data) {
				t.Errorf("%d files listed in %d bytes", len(n.files), len(data))
			}
		}
		table, _ := protoTable(data)
		gaps = gapList{}
		if _, err := walkTable(table, &gaps); err != nil || len(gaps.list) > 0 {
			t.Errorf("what was written is no table: %v, %v", err, gaps.list)
		}
		loadResources(table, []uint32{0x7f010000, 0x7f020001}, fuzzLimits(), &gaps)
	})
}

// FuzzContainers feeds archives of archives: no panic, no endless work.
func FuzzContainers(f *testing.F) {
	files := tidepoolFiles(f)
	small := map[string][]byte{"base.apk": apktest.ZIP(smallFiles()...), "split_x.apk": splitOf("com.example.app", "x", 0)}
	f.Add(packed(small, 0, asIs, note("manifest.json", `{"package_name":"com.example.app"}`)))
	f.Add(packed(small, 8, asIs))
	f.Add(nest(apktest.ZIP(smallFiles()...), 2))
	f.Add(apktest.Quine("all/the/way/down/to/the/very/bottom.zip.apk", note("manifest.json", `{"package_name":"a.b","split_apks":[{"file":"../x"}]}`), apktest.File{Name: "base.apk", Data: small["base.apk"]}))
	f.Add(apktest.ZIP(note("toc.pb", ""), apktest.File{Name: "universal.apk", Data: small["base.apk"]}))
	f.Add(files["split_scanner.apk"])
	aab, err := os.ReadFile(tidepool + ".aab")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(aab)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 {
			return
		}
		lim := fuzzLimits()
		lim.InflatedBytes = 1 << 20
		a, err := OpenReader(context.Background(), "-", bytes.NewReader(data), int64(len(data)), lim)
		if err != nil {
			return
		}
		defer a.Close()
		for _, name := range a.Entries {
			if in := a.Inside(name); !strings.HasSuffix(name, in) {
				t.Errorf("%q is %q inside", name, in)
			}
		}
		if _, err := a.Resources(context.Background()); err != nil {
			t.Error(err)
		}
		read := 0
		for _, s := range a.Info.Splits {
			if s.Read {
				read++
			}
		}
		if len(a.Info.Splits) > 0 && read != len(a.Prefixes()) {
			t.Errorf("splits %+v, prefixes %q", a.Info.Splits, a.Prefixes())
		}
	})
}
