package batch

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apkaudit/internal/policy"
)

// FuzzMap reads anything as a map of policies: errors name the file (the command line
// escapes what paths hold), and every app of the map has documents, each there by a name that can be given again.
func FuzzMap(f *testing.F) {
	f.Add([]byte("file_or_package,policy\ncom.a.b,a.txt\n"))
	f.Add([]byte("\ufeffa.apk , \"a.txt\"\n# note\ncom.a,https://a.cn/p\ncom.a,a.txt\n"))
	f.Add([]byte("a\n"))
	f.Add([]byte("a,b,c\n\"a\n,"))
	dir := f.TempDir()
	file := filepath.Join(dir, "map.csv")
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("We collect your IMEI."), 0o600); err != nil {
		f.Fatal(err)
	}
	fetch := func(address string) (policy.Input, error) {
		if strings.Contains(address, "x") {
			return policy.Input{}, errors.New("no such host")
		}
		return policy.Input{Data: []byte("text")}, nil
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := &Policies{of: map[string][]string{}, docs: map[string][]policy.Input{}, limits: policy.DefaultLimits()}
		if err := p.readMap(file, data, fetch); err != nil {
			if !strings.HasPrefix(err.Error(), file+":") {
				t.Errorf("message %q", err)
			}
			return
		}
		for app := range p.of {
			docs, err := p.For(app, app)
			if err != nil || len(docs) == 0 || len(p.Named(app, app)) == 0 {
				t.Errorf("%q has the documents %v, %v", app, docs, err)
			}
		}
	})
}
