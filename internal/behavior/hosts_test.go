package behavior

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestHostsIn(t *testing.T) {
	for text, want := range map[string]string{
		"https://api.acme.com/v1":                      "api.acme.com",
		"HTTPS://API.Acme.com:8443?x=1":                "api.acme.com",
		"wss://push.acme.cn":                           "push.acme.cn",
		"http://a.acme.com,https://b.acme.com":         "a.acme.com b.acme.com",
		`{"u": "https://api.acme.com"}`:                "api.acme.com",
		"https://api.acme.com%s":                       "api.acme.com",
		"http://8.8.8.8/x":                             "8.8.8.8",
		"api.acme.com":                                 "api.acme.com (bare)",
		"acme.cn":                                      "acme.cn (bare)",
		"log.acme.io":                                  "log.acme.io (bare)",
		"line\nhttps://api.acme.com":                   "api.acme.com",
		"See https://api.acme.com for more":            "",
		"ftp://api.acme.com":                           "",
		"xhttps://api.acme.com":                        "",
		"://":                                          "",
		"https://":                                     "",
		"https://%s.acme.com":                          "",
		"https://api.%s":                               "",
		"https://api.":                                 "",
		"https://*.acme.com":                           "",
		"https://user@acme.com":                        "",
		"https://my_host.acme.com":                     "",
		"https://localhost:8080":                       "",
		"http://127.0.0.1":                             "",
		"http://192.168.1.1/":                          "",
		"http://10.0.2.2":                              "",
		"http://0.0.0.0":                               "",
		"http://com":                                   "",
		"https://www.google":                           "",
		"http://schemas.android.com/apk/res/android":   "",
		"http://www.w3.org/2001/XMLSchema":             "",
		"http://xmlpull.org/v1/doc/features.html":      "",
		"http://www.apache.org/licenses/LICENSE-2.0":   "",
		"https://developer.android.com/reference":      "",
		"https://docs.acme.com/guide":                  "",
		"http://www.example.com":                       "",
		"https://github.com/acme/lib/issues/7":         "",
		"com.acme.api":                                 "",
		"cn.acme.com":                                  "",
		"ro.acme.com":                                  "",
		"acme.io":                                      "", // two labels below a word of programs
		"margin.layout.top":                            "",
		"A.acme.com":                                   "",
		"-a.acme.com":                                  "",
		"a..acme.com":                                  "",
		"api.acme.com.":                                "",
		"file.acme.com/x":                              "",
		"com.cn":                                       "",
		strings.Repeat("a", 250) + ".com":              "",
		"https://" + strings.Repeat("a.", 200) + "com": "",
	} {
		hosts, bare := hostsIn([]byte(text))
		got := strings.Join(hosts, " ")
		if bare {
			got += " (bare)"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestHostsOfLongText: a text of nothing but addresses gives all of them, in time that
// grows with its length only.
func TestHostsOfLongText(t *testing.T) {
	const n = 100_000
	start := time.Now()
	if hosts, _ := hostsIn(bytes.Repeat([]byte("https://api.acme.com,"), n)); len(hosts) != n {
		t.Errorf("%d hosts", len(hosts))
	}
	if hosts, _ := hostsIn(bytes.Repeat([]byte("see https://api.acme.com,"), n)); len(hosts) != 0 {
		t.Errorf("%d hosts in sentences", len(hosts))
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestBareHostTables: many names that stand alone are a table.
func TestBareHostTables(t *testing.T) {
	few, table := []string{"a.acme.com", "b.acme.com", "a.acme.com"}, []string{}
	for i := range maxBareHosts + 1 {
		table = append(table, fmt.Sprintf("m%d.acme.com", i))
	}
	var got []string
	for at, h := range (bareHosts{1: few, 2: table}).few() {
		got = append(got, fmt.Sprint(at, " ", h))
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"1 a.acme.com", "1 b.acme.com"}) {
		t.Errorf("got %q", got)
	}
}

// FuzzScripts reads arbitrary bytes as a script and as a page.
func FuzzScripts(f *testing.F) {
	f.Add([]byte("var a=plus.device.imei;uni?.getLocation({})"))
	f.Add([]byte("<script>navigator.geolocation.watchPosition()</script><SCRIPT src='https://a.acme.com'>"))
	f.Add([]byte("<script<script</script</script>plus.plus.device.imei.device.imei"))
	f.Add([]byte("'https://a.acme.com://b.acme.com\"ws://1.2.3.4`http://"))
	x := &scriptIndex{byRoot: map[string][]scriptCall{"plus": {{0, []string{"device", "imei"}}}, "uni": {{1, []string{"getLocation"}}}, "navigator": {{2, []string{"geolocation", "watchPosition"}}}}}
	first := []string{"plus", "uni", "navigator"}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range []string{"a.js", "a.html"} {
			end := 0
			for at, part := range scriptParts(name, data) {
				if at < end || at+len(part) > len(data) || !bytes.Equal(part, data[at:at+len(part)]) {
					t.Fatalf("the part at %d of %d bytes, the last ended at %d", at, len(part), end)
				}
				end = at + len(part)
				last := -1
				x.find(part, func(call, offset int) {
					if offset <= last || !bytes.HasPrefix(part[offset:], []byte(first[call])) {
						t.Fatalf("call %d at %d after %d", call, offset, last)
					}
					last = offset
				})
				for _, h := range appendScriptHosts(nil, part) {
					if !isHost(h) || len(h) > maxHostBytes {
						t.Fatalf("host %q", h)
					}
				}
			}
		}
		hosts, _ := hostsIn(data)
		for _, h := range hosts {
			if !isHost(h) || len(h) > maxHostBytes {
				t.Fatalf("host %q", h)
			}
		}
	})
}
