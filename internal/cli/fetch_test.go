package cli

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestPublicOnly(t *testing.T) {
	for addr, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1::1": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "224.0.0.1": false, "198.18.0.1": false, "::1": false, "fe80::1": false, "fd00::1": false, "::": false,
		"0.1.2.3": false, "192.0.2.1": false, "198.51.100.7": false, "203.0.113.7": false, "192.88.99.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:93.184.216.34": true, "64:ff9b::7f00:1": false, "64:ff9b::808:808": false, "64:ff9b:1::1": false,
		"2002:7f00:1::1": false, "2001::1": false, "2001:db8::1": false, "fe80::1%eth0": false, "fec0::1": false, "ff02::1": false, "::7f00:1": false,
		"100::1": false, "2400:3200::1": true, "223.5.5.5": true,
	} {
		if got := publicOnly(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: allowed %v, want %v", addr, got, want)
		}
	}
}

func TestFetchRefuses(t *testing.T) {
	for address, msg := range map[string]string{
		"http://example.com/p": "only https", "ftp://example.com/": "only https", "https://": "names no host", "https://127.0.0.1/": "not a public address",
		"https://[::1]/": "not a public address", "https://%zz": "is no address",
	} {
		_, err := (&app{limits: defaultLimits()}).fetch(context.Background(), address)
		if err == nil || !strings.Contains(err.Error(), msg) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want %q in one line", address, err, msg)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (&app{limits: defaultLimits()}).fetch(ctx, "https://example.com/"); err == nil {
		t.Error("a cancelled context fetches")
	}
}

// TestRedirects: the client follows redirects to https only, and not for ever.
func TestRedirects(t *testing.T) {
	var to string
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/end" {
			w.Write([]byte("policy"))
			return
		}
		http.Redirect(w, r, to, http.StatusFound)
	}))
	defer srv.Close()
	c := client(func(netip.Addr) bool { return true })
	c.Transport.(*http.Transport).TLSClientConfig = srv.Client().Transport.(*http.Transport).TLSClientConfig
	get := func(target string) error {
		to = target
		resp, err := c.Get(srv.URL + "/start")
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	if err := get(srv.URL + "/end"); err != nil {
		t.Errorf("one redirect to https: %v", err)
	}
	if err := get("http://" + srv.Listener.Addr().String() + "/end"); err == nil || !strings.Contains(err.Error(), "not https") {
		t.Errorf("a redirect to http: %v", err)
	}
	if err := get(srv.URL + "/start"); err == nil || !strings.Contains(err.Error(), "too often") {
		t.Errorf("redirects without end: %v", err)
	}
	closed := client(publicOnly)
	if _, err := closed.Get(srv.URL); err == nil || !strings.Contains(err.Error(), "not a public address") {
		t.Errorf("a loopback address: %v", err)
	}
}

func TestFormatOfAnswer(t *testing.T) {
	for _, c := range []struct{ contentType, path, format, charset string }{
		{"text/html; charset=GBK", "/p", "html", "GBK"},
		{"application/xhtml+xml", "/p.php", "html", ""},
		{"text/markdown", "/p", "markdown", ""},
		{"text/plain; charset=big5", "/p", "", "big5"},
		{"text/html", "/p.txt", "", ""},
		{"application/pdf", "/p", "", ""},
		{"", "/p", "", ""},
		{"nonsense;;", "/p", "", ""},
	} {
		if f, cs := formatOf(c.contentType, c.path); f != c.format || cs != c.charset {
			t.Errorf("%q %s: %q %q", c.contentType, c.path, f, cs)
		}
	}
}
