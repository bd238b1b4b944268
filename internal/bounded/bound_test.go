package bounded

import (
	"strings"
	"testing"
	"time"
)

func TestBound(t *testing.T) {
	size, wait := int64(128<<20), 3*time.Second
	bytes := Of("max-dex-bytes", &size, Bytes, 4<<10, "one file")
	late := Of("max-time", &wait, Time, int64(time.Millisecond), "time")
	if bytes.Value() != 128<<20 || late.Value() != int64(3*time.Second) || bytes.IsFixed() {
		t.Errorf("values %d, %d", bytes.Value(), late.Value())
	}
	if err := bytes.Set(4 << 10); err != nil || size != 4<<10 {
		t.Errorf("the least: %v, %d", err, size)
	}
	for n, want := range map[int64]string{4<<10 - 1: "4095B is too low; the least is 4KiB", -1: "too low", 1<<40 + 1: "too high"} {
		if err := bytes.Set(n); err == nil || !strings.Contains(err.Error(), want) || size != 4<<10 {
			t.Errorf("%d: %v, set to %d", n, err, size)
		}
	}
	fixed := Fixed("max-depth", 5, Count, "depth")
	if err := fixed.Set(6); err == nil || !fixed.IsFixed() || fixed.Value() != 5 {
		t.Errorf("fixed: %v", err)
	}
	for got, want := range map[string]string{
		bytes.Text(1 << 30): "1GiB", bytes.Text(3 << 20): "3MiB", bytes.Text(1<<20 + 1024): "1025KiB", bytes.Text(1001): "1001B", bytes.Text(0): "0B",
		late.Text(int64(1500 * time.Millisecond)): "1.5s", fixed.Text(100_000): "100000",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
