package learn

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"apkaudit/internal/audit"
	"apkaudit/internal/behavior"
	"apkaudit/internal/rules"
)

// TestArtifactsRecognised looks at every listed SDK artifact as if it were the only
// code of an app: its own signature must find it, and whatever else is found is
// printed to be explained (a library that it brings along, or a wrong prefix). The
// artifacts are looked for by their sha256 below the folder in APKAUDIT_ARTIFACTS.
func TestArtifactsRecognised(t *testing.T) {
	dir := os.Getenv("APKAUDIT_ARTIFACTS")
	if dir == "" {
		t.Skip("APKAUDIT_ARTIFACTS is not set: no SDK artifacts to look at; testdata/corpus/artifacts.tsv says which")
	}
	list := listedBelow(t, dir)
	set, err := rules.LoadFull()
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(set)
	found, others, in := 0, map[string]int{}, map[string]string{}
	for _, e := range list {
		a, err := r.read(context.Background(), Input{Path: e.Path, Source: e.Source})
		if err != nil {
			t.Errorf("%s: %v", e.Source, err)
			continue
		}
		got := recognised(r.observer, a)
		for id := range got {
			in[id] = e.Source
		}
		if got[e.SDK] {
			found++
		} else {
			t.Logf("missed  %-24s %s: found %v", e.SDK, e.Source, slices.Sorted(maps.Keys(got)))
		}
		for id := range got {
			if k := set.SDK(id); id != e.SDK && !k.Neutral {
				t.Logf("beside  %-24s %s: %s", e.SDK, e.Source, id)
				others[id]++
			}
		}
	}
	t.Logf("%d artifacts, recognised by their own signature %d (%.3f), other SDKs that collect found beside in %d kinds",
		len(list), found, float64(found)/float64(len(list)), len(others))
	seedSDKs(t, set, in)
}

// seedSDKs says of every SDK that the seed policies name whether it was recognised
// in a real artifact, and what proves its signature.
func seedSDKs(t *testing.T, set *rules.Set, in map[string]string) {
	t.Helper()
	data, err := os.ReadFile("../../../shared/reference/seed_sdks.json")
	if err != nil {
		t.Log("the list of the SDKs that the seed policies name is not there")
		return
	}
	var list struct{ SDKs []struct{ ID string } }
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, s := range list.SDKs {
		k := set.SDK(s.ID)
		if k == nil {
			t.Errorf("no signature for %s", s.ID)
			continue
		}
		if in[s.ID] != "" {
			seen++
		}
		t.Logf("seed    %-24s %-70s %s", s.ID, cmp.Or(in[s.ID], "in no listed artifact"), k.Proof[0])
	}
	t.Logf("%d SDKs of the seeds, %d recognised in a real artifact", len(list.SDKs), seen)
}

// recognised lists the SDKs that are certainly or likely in an artifact.
func recognised(o *behavior.Observer, a *artifact) map[string]bool {
	inv := behavior.Inventory{Packages: map[string]int{}, Components: a.components, MetaData: a.metaData, NativeLibs: a.native,
		Assets: a.assets, Permissions: a.permissions, Actions: a.actions}
	for name, c := range a.packages {
		if c.classes > 0 {
			inv.Packages[name] = c.classes
		}
	}
	out := map[string]bool{}
	sdks, libraries := o.Detect(inv)
	for _, list := range [][]audit.SDK{sdks, libraries} {
		for _, k := range list {
			if k.Confidence != "possible" {
				out[k.ID] = true
			}
		}
	}
	return out
}

// listedBelow reads the list of artifacts and finds their files.
func listedBelow(t *testing.T, dir string) []Entry {
	t.Helper()
	const name = "../../testdata/corpus/artifacts.tsv"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	list, err := ParseList(name, data)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		sum := sha256.Sum256(data)
		files[hex.EncodeToString(sum[:])] = p
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []Entry
	for _, e := range list {
		if e.Path = files[e.SHA256]; e.Path != "" {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		t.Fatalf("none of the artifacts of %s is below %s", name, dir)
	}
	return out
}
