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
		_, err := fetch(context.Background(), address)
		if err == nil || !strings.Contains(err.Error(), msg) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want %q in one line", address, err, msg)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := fetch(ctx, "https://example.com/"); err == nil {
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
