package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"syscall"
	"time"

	"apkaudit/internal/bounded"
	"apkaudit/internal/policy"
)

// Limits of fetching a policy. Only https, only public addresses: a policy
// address may come from a file that an attacker wrote.
const (
	fetchTime      = 30 * time.Second
	fetchRedirects = 5
)

func isURL(s string) bool { return strings.Contains(s, "://") }

// fetch gets one policy from the address that the user gave.
func fetch(ctx context.Context, address string) (policy.Input, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return policy.Input{}, usagef("%s: is no address: %v", address, errors.Unwrap(err))
	case u.Scheme != "https":
		return policy.Input{}, usagef("%s: only https addresses are fetched; download the page and give the file", address)
	case u.Host == "":
		return policy.Input{}, usagef("%s: the address names no host", address)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return policy.Input{}, fmt.Errorf("%s: %w", address, err)
	}
	req.Header.Set("User-Agent", "apkaudit/"+Version)
	req.Header.Set("Accept", "text/html, text/plain, text/markdown")
	resp, err := client(publicOnly).Do(req)
	if err != nil {
		return policy.Input{}, fmt.Errorf("%s: cannot be fetched: %w; download the page and give the file", address, cause(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return policy.Input{}, fmt.Errorf("%s: the server answered %s; check the address", address, resp.Status)
	}
	data, err := bounded.ReadFull(io.Reader(resp.Body), "max-policy-bytes", policy.MaxBytes, "page")
	if err != nil {
		return policy.Input{}, fmt.Errorf("%s: %w", address, err)
	}
	return policy.Input{Name: address, Data: data, Format: formatOf(resp.Header.Get("Content-Type"), u.Path)}, nil
}

// formatOf names the format by the server's word, where the path does not.
func formatOf(contentType, p string) string {
	if path.Ext(p) == ".txt" || path.Ext(p) == ".md" {
		return ""
	}
	t, _, _ := mime.ParseMediaType(contentType)
	switch t {
	case "text/html", "application/xhtml+xml":
		return "html"
	case "text/markdown":
		return "markdown"
	}
	return ""
}

func cause(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}

// client follows redirects to https only and connects only where allow says.
// It uses no proxy: the address check would then be about the proxy.
func client(allow func(netip.Addr) bool) *http.Client {
	d := &net.Dialer{Timeout: 10 * time.Second, Control: func(network, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || !allow(ap.Addr().Unmap()) {
			return fmt.Errorf("%s is not a public address", address)
		}
		return nil
	}}
	return &http.Client{
		Transport: &http.Transport{DialContext: d.DialContext, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: fetchTime, MaxResponseHeaderBytes: 1 << 20},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if req.URL.Scheme != "https" {
				return errors.New("it redirects to an address that is not https")
			}
			if len(via) >= fetchRedirects {
				return errors.New("it redirects too often")
			}
			return nil
		},
	}
}

// publicOnly refuses loopback, private, link-local and other special addresses.
func publicOnly(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !netip.MustParsePrefix("100.64.0.0/10").Contains(a) && !netip.MustParsePrefix("192.0.0.0/24").Contains(a) && !netip.MustParsePrefix("198.18.0.0/15").Contains(a)
}
