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
func (a *app) fetch(ctx context.Context, address string) (policy.Input, error) {
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
	req.Header.Set("Accept", "text/html, application/xhtml+xml, text/plain, text/markdown, application/pdf, application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	resp, err := client(publicOnly).Do(req)
	if err != nil {
		return policy.Input{}, fmt.Errorf("%s: cannot be fetched: %w; download the page and give the file", address, cause(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return policy.Input{}, fmt.Errorf("%s: the server answered %s; check the address", address, resp.Status)
	}
	data, err := bounded.ReadFull(io.Reader(resp.Body), "max-policy-bytes", a.limits.scan.Policy.DocumentBytes, "page")
	if err != nil {
		return policy.Input{}, fmt.Errorf("%s: %w; download the document and give the file", address, cause(err))
	}
	format, charset := formatOf(resp.Header.Get("Content-Type"), u.Path)
	return policy.Input{Name: address, Data: data, Format: format, Charset: charset}, nil
}

// formatOf names format and charset by the server's word: the format where the
// path does not tell it. PDF and DOCX are told by their content.
func formatOf(contentType, p string) (format, charset string) {
	t, params, _ := mime.ParseMediaType(contentType)
	charset = params["charset"]
	if ext := path.Ext(p); ext == ".txt" || ext == ".md" {
		return "", charset
	}
	switch t {
	case "text/html", "application/xhtml+xml":
		return "html", charset
	case "text/markdown":
		return "markdown", charset
	}
	return "", charset
}

// cause drops what an error repeats of the request and says "time" in words.
func cause(err error) error {
	var ue *url.Error
	var ne net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &ne) && ne.Timeout() {
		return fmt.Errorf("no complete answer within %v", fetchTime)
	}
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

// publicOnly refuses every address that is not one of a public host: loopback,
// private, link-local and the other special ones of the IANA registries, and
// IPv6 forms that carry an IPv4 address, as the translator may reach what this
// check refuses.
func publicOnly(a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	if a.Is6() && !netip.MustParsePrefix("2000::/3").Contains(a) {
		return false // among them fc00::/7, fe80::/10, ff00::/8, 64:ff9b::/96
	}
	for _, p := range specialNets {
		if netip.MustParsePrefix(p).Contains(a) {
			return false
		}
	}
	return a.IsGlobalUnicast()
}

// specialNets are the special-purpose networks (RFC 6890 and its registries)
// among IPv4 and the global part of IPv6.
var specialNets = [...]string{
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
}
