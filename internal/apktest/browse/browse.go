// Package browse opens pages in a browser, for tests of pages. It knows no page.
package browse

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Start starts the headless chromium or chrome in PATH, or skips the test where there
// is none.
func Start(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes a while to start")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("hide-scrollbars", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, stopTab := chromedp.NewContext(alloc)
	t.Cleanup(stopTab)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Run(ctx); err != nil {
		t.Skipf("no browser could be started, so the page was not opened in one (Debian: apt-get install chromium): %v", err)
	}
	return ctx
}
