package classfile_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"apkaudit/internal/classfile"
)

// source uses what compilers write: lambdas, method references, switches, string
// concatenation, handlers, wide values, nested classes and interfaces.
const source = `package com.acme;
import java.util.*;
import java.util.function.*;
public class Sample extends ArrayList<String> implements Runnable {
  public static final String VERSION = "1.0";
  public static final long BIG = 1L << 40;
  enum E { A, B }
  interface I { default long d(double x, long y) { return (long) x + y; } }
  static class N implements I { int f; long w; static int s; }
  public void run() {
    Supplier<String> s = () -> System.getProperty("os.name");
    Function<String, Integer> f = String::length;
    N n = new N();
    n.f += 2; n.w++; N.s = n.f;
    long l = n.d(1.5, BIG) + n.w;
    try { System.out.println("a" + l + s.get() + f.apply(VERSION)); }
    catch (IllegalStateException | NullPointerException e) { throw new RuntimeException(e); }
    finally { synchronized (this) { add("x"); } }
    switch (n.f) { case 1: add("1"); break; case 2: add("2"); case 3: add("3"); }
    switch (n.f) { case 1: add("1"); case 1000: add("2"); default: }
    switch (VERSION) { case "1.0": clear(); }
    int[][] a = new int[3][4]; a[1][2]++;
    String[] b = { "p", "q" }; Arrays.asList(b).forEach(this::add);
    Object o = a.clone(); if (o instanceof int[][] && E.A.compareTo(E.B) < 0) size();
  }
}
`

// compiled returns the classes that javac makes of source, or skips.
func compiled(t *testing.T, release string) map[string][]byte {
	t.Helper()
	if _, err := exec.LookPath("javac"); err != nil {
		t.Skip("javac is not installed: this test compiles its sample with it")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Sample.java"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("javac", quickJVM[0], quickJVM[1], "-nowarn", "-Xlint:-options", "--release", release, "-d", dir, "Sample.java")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("javac --release %s: %v: %s", release, err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "com/acme/*.class"))
	if err != nil || len(files) == 0 {
		t.Fatal("javac wrote nothing", err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		if out[filepath.Base(f)], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// quickJVM is what suits programs that run for less than a second.
var quickJVM = [...]string{"-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"}

// javapRef finds instructions such as
//
//	12: invokevirtual #7  // Method com/acme/A.b:(I)V
//
// Members of the class itself have no class before them.
var javapRef = regexp.MustCompile(`^ +(\d+): (getstatic|putstatic|getfield|putfield|invokevirtual|invokespecial|invokestatic|invokeinterface) .*// (?:Field|Method|InterfaceMethod) (.*)$`)

// javap lists "offset target" of every member reference in the code of one class.
func javap(t *testing.T, class string, data []byte) []string {
	t.Helper()
	if _, err := exec.LookPath("javap"); err != nil {
		t.Skip("javap is not installed: it is the oracle of this test")
	}
	path := filepath.Join(t.TempDir(), "A.class")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("javap", quickJVM[0], quickJVM[1], "-c", "-p", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, line := range strings.Split(string(out), "\n") {
		m := javapRef.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		owner, member := class, m[3]
		name, desc, _ := strings.Cut(member, ":")
		if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
			owner, name = strings.Trim(name[:dot], `"`), name[dot+1:]
			if !strings.HasPrefix(owner, "[") {
				owner = "L" + owner + ";"
			}
		}
		list = append(list, m[1]+" "+classfile.Member(owner, strings.Trim(name, `"`), desc))
	}
	return list
}

// offsets lists the same by this package; handles are not in javap's code.
func offsets(t *testing.T, c *classfile.Class) []string {
	t.Helper()
	var list []string
	damage, err := c.Walk(func(_ *classfile.Method, r *classfile.Ref) error {
		list = append(list, fmt.Sprintf("%d %s", r.Offset, r.Target()))
		return nil
	})
	if err != nil || len(damage) > 0 {
		t.Fatal(err, damage)
	}
	return list
}

func TestAgainstJavap(t *testing.T) {
	for _, release := range []string{"8", "17"} {
		for name, data := range compiled(t, release) {
			c, err := classfile.Parse(name, data)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, c, data)
		}
	}
}

// compare drops the handles of invokedynamic, which javap does not show where
// they are used.
func compare(t *testing.T, c *classfile.Class, data []byte) {
	t.Helper()
	want := javap(t, c.Name, data)
	got := offsets(t, c)
	at := 0
	for _, g := range got {
		if at < len(want) && g == want[at] {
			at++
		} else if !slices.Contains(handles(t, c), g) {
			t.Errorf("%s: %s is not what javap has", c.Name, g)
		}
	}
	if at != len(want) {
		t.Errorf("%s: javap has %s, this reader does not", c.Name, want[at])
	}
}

func handles(t *testing.T, c *classfile.Class) []string {
	t.Helper()
	var list []string
	if _, err := c.Walk(func(_ *classfile.Method, r *classfile.Ref) error {
		if r.Op == classfile.OpInvokeDynamic {
			list = append(list, fmt.Sprintf("%d %s", r.Offset, r.Target()))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestMethodReferences: the targets of lambdas and method references are seen.
func TestMethodReferences(t *testing.T) {
	data, ok := compiled(t, "8")["Sample.class"]
	if !ok {
		t.Fatal("no Sample.class")
	}
	got := strings.Join(handles(t, parse(t, data)), "\n")
	for _, want := range []string{"Ljava/lang/String;->length()I", "Ljava/util/ArrayList;->add(Ljava/lang/Object;)Z", "lambda$run$0"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// TestCorpus compares some classes of every archive below $APKAUDIT_ARTIFACTS
// with javap.
func TestCorpus(t *testing.T) {
	root := os.Getenv("APKAUDIT_ARTIFACTS")
	if root == "" {
		t.Skip("set APKAUDIT_ARTIFACTS to a directory with JARs to compare real classes with javap")
	}
	jars, err := filepath.Glob(filepath.Join(root, "*.jar"))
	if err != nil {
		t.Fatal(err)
	}
	const perJar = 8
	for _, jar := range jars {
		z, err := zip.OpenReader(jar)
		if err != nil {
			continue
		}
		n := 0
		for i, f := range z.File {
			if !strings.HasSuffix(f.Name, ".class") || n == perJar || i%37 != 0 {
				continue
			}
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if _, err := io.Copy(&b, r); err != nil {
				t.Fatal(err)
			}
			c, err := classfile.Parse(f.Name, b.Bytes())
			if err != nil {
				t.Errorf("%s: %v", jar, err)
				continue
			}
			compare(t, c, b.Bytes())
			n++
		}
		z.Close()
	}
}
