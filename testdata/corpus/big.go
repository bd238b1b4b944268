// Command big does for big.sh what a shell cannot: it picks SDK archives, and it
// writes the manifest of the app that they are packed into.
//
//	go run testdata/corpus/big.go pick LIST OUT DIR...    jars of the archives, below OUT
//	go run testdata/corpus/big.go groups OUT DEX...       which DEX files fit into one, a line each
//	go run testdata/corpus/big.go manifest DEX...         the manifest, on standard output
//
// LIST is artifacts.tsv; files below the folders are known by their sha256. Picked
// are archives in the order of the size of their classes, the largest first, of
// which no class is defined by an archive before it. OUT/order.txt lists them: name
// of the jar, bytes of its classes, SDK; OUT/classes.tsv who owns each class: dotted
// name, SDK.
package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"apkaudit/internal/dex"
)

// maxReferences is how many methods, fields, types or strings one DEX file made of
// several may have at most: their sum over the parts, of which some are equal. More
// strings would need other instructions.
const maxReferences = 65000

func main() {
	args := os.Args[1:]
	var err error
	switch {
	case len(args) > 3 && args[0] == "pick":
		err = pick(args[1], args[2], args[3:])
	case len(args) > 2 && args[0] == "groups":
		err = groups(args[1], args[2:])
	case len(args) > 1 && args[0] == "manifest":
		err = manifest(os.Stdout, args[1:])
	default:
		err = errors.New("usage: go run testdata/corpus/big.go pick LIST OUT DIR... | groups OUT DEX... | manifest DEX...")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "big:", err)
		os.Exit(1)
	}
}

// archive is one SDK archive with its classes.
type archive struct {
	sum, sdk string
	path     string
	bytes    int64
}

func pick(list, out string, dirs []string) error {
	listed, err := readList(list)
	if err != nil {
		return err
	}
	found := map[string]archive{}
	for _, dir := range dirs {
		if err := find(dir, listed, found); err != nil {
			return err
		}
	}
	all := slices.SortedFunc(maps.Values(found), func(a, b archive) int {
		return cmp.Or(cmp.Compare(b.bytes, a.bytes), cmp.Compare(a.sum, b.sum))
	})
	order, err := os.Create(filepath.Join(out, "order.txt"))
	if err != nil {
		return err
	}
	defer order.Close()
	owner, err := os.Create(filepath.Join(out, "classes.tsv"))
	if err != nil {
		return err
	}
	defer owner.Close()
	owners := bufio.NewWriter(owner)
	defined := map[string]bool{}
	for _, a := range all {
		data, err := os.ReadFile(a.path)
		if err != nil {
			return err
		}
		classes := map[string]*zip.File{}
		if err := classesOf(data, classes, 0); err != nil || len(classes) == 0 || overlap(classes, defined) {
			continue
		}
		jar := a.sum[:16] + ".jar"
		if err := writeJar(filepath.Join(out, jar), classes); err != nil {
			continue // damaged inside
		}
		for _, c := range slices.Sorted(maps.Keys(classes)) {
			defined[c] = true
			fmt.Fprintf(owners, "%s\t%s\n", strings.ReplaceAll(strings.TrimSuffix(c, ".class"), "/", "."), a.sdk)
		}
		fmt.Fprintf(order, "%s %d %s\n", jar, a.bytes, a.sdk)
	}
	if err := errors.Join(owners.Flush(), owner.Close()); err != nil {
		return err
	}
	return order.Close()
}

// readList maps the sha256 of an artifact to its SDK.
func readList(list string) (map[string]string, error) {
	data, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if c := strings.Split(strings.TrimSpace(line), "\t"); len(c) == 3 && !strings.HasPrefix(line, "#") {
			out[c[2]] = c[0]
		}
	}
	return out, nil
}

func find(dir string, listed map[string]string, found map[string]archive) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		h := sha256.Sum256(data)
		sum := hex.EncodeToString(h[:])
		sdk, ok := listed[sum]
		if !ok {
			return nil
		}
		classes := map[string]*zip.File{}
		if classesOf(data, classes, 0) != nil {
			return nil // some artifacts are no archives
		}
		a := archive{sum: sum, sdk: sdk, path: path}
		for _, f := range classes {
			a.bytes += int64(f.UncompressedSize64)
		}
		if old, ok := found[sum]; !ok || path < old.path {
			found[sum] = a
		}
		return nil
	})
}

// classesOf lists the classes of an archive and of the jars inside an AAR.
func classesOf(data []byte, out map[string]*zip.File, depth int) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		name := f.Name
		switch {
		case strings.HasPrefix(name, "META-INF/") || strings.HasSuffix(name, "module-info.class"):
		case strings.HasSuffix(name, ".class"):
			if _, ok := out[name]; !ok {
				out[name] = f
			}
		case depth == 0 && (name == "classes.jar" || strings.HasPrefix(name, "libs/") && strings.HasSuffix(name, ".jar")):
			inner, err := content(f)
			if err != nil {
				return err
			}
			if err := classesOf(inner, out, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func content(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func overlap(classes map[string]*zip.File, defined map[string]bool) bool {
	for c := range classes {
		if defined[c] {
			return true
		}
	}
	return false
}

func writeJar(path string, classes map[string]*zip.File) error {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		data, err := content(classes[name])
		if err != nil {
			return err
		}
		to, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return err
		}
		if _, err := to.Write(data); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, buf.Bytes(), 0o644)
}

// groups fills DEX files in order: each line of OUT lists what goes into one.
func groups(out string, files []string) error {
	var lines []string
	var line []string
	var methods, fields, types, texts int
	for _, path := range files {
		f, err := parse(path)
		if err != nil {
			return err
		}
		m, fd, t, s := f.NumMethods(), f.NumFields(), f.NumTypes(), f.NumStrings()
		if len(line) > 0 && max(methods+m, fields+fd, types+t, texts+s) > maxReferences {
			lines = append(lines, strings.Join(line, " "))
			line, methods, fields, types, texts = nil, 0, 0, 0, 0
		}
		line = append(line, path)
		methods, fields, types, texts = methods+m, fields+fd, types+t, texts+s
	}
	lines = append(lines, strings.Join(line, " "), "")
	return os.WriteFile(out, []byte(strings.Join(lines, "\n")), 0o644)
}

func parse(path string) (*dex.File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return dex.Parse(path, data)
}

// components are the kinds of components by the platform class that they extend.
var components = map[string]string{
	"Landroid/app/Activity;": "activity", "Landroid/app/Service;": "service", "Landroid/app/IntentService;": "service",
	"Landroid/content/BroadcastReceiver;": "receiver", "Landroid/content/ContentProvider;": "provider",
}

// manifest declares the direct subclasses of the platform's components, as the
// manifests of the archives would.
func manifest(to io.Writer, files []string) error {
	w := bufio.NewWriter(to)
	fmt.Fprint(w, `<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.example.big" android:versionCode="1" android:versionName="1.0">
    <uses-sdk android:minSdkVersion="26" android:targetSdkVersion="30" />
    <uses-permission android:name="android.permission.INTERNET" />
    <uses-permission android:name="android.permission.READ_PHONE_STATE" />
    <uses-permission android:name="android.permission.ACCESS_FINE_LOCATION" />
    <application>
`)
	launcher := false
	for _, path := range files {
		f, err := parse(path)
		if err != nil {
			return err
		}
		for i := range f.NumClasses() {
			c := f.Class(i)
			kind := ""
			if c.Super != dex.NoIndex {
				kind = components[f.TypeDescriptor(c.Super)]
			}
			name := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(f.TypeDescriptor(c.Type), "L"), ";"), "/", ".")
			if kind == "" || strings.ContainsFunc(name, odd) || !strings.Contains(name, ".") {
				continue
			}
			switch {
			case kind == "activity" && !launcher:
				launcher = true
				fmt.Fprintf(w, "        <activity android:name=%q><intent-filter><action android:name=\"android.intent.action.MAIN\" />"+
					"<category android:name=\"android.intent.category.LAUNCHER\" /></intent-filter></activity>\n", name)
			case kind == "provider":
				fmt.Fprintf(w, "        <provider android:name=%q android:authorities=\"com.example.big.%s\" />\n", name, name)
			default:
				fmt.Fprintf(w, "        <%s android:name=%q />\n", kind, name)
			}
		}
	}
	fmt.Fprint(w, "    </application>\n</manifest>\n")
	return w.Flush()
}

// odd are the characters that a manifest takes in no class name.
func odd(r rune) bool {
	return !(r == '.' || r == '_' || r == '$' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z')
}
