package dex_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"apkaudit/internal/dex"
)

// listing is what both readers say of one or more DEX files: for each method with
// code, in the order of the file, its instructions as place and opcode; and how
// often each method is invoked.
type listing struct {
	methods []methodListing
	invokes map[string]int
	total   int
}

type methodListing struct {
	codeOff uint32
	insns   []uint32 // place in units << 8 | opcode
}

// dexdumpListing runs the oracle on one file.
func dexdumpListing(t *testing.T, path string, l *listing) {
	t.Helper()
	cmd := exec.Command("dexdump", "-d", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := parseDexdump(out, l); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("dexdump -d %s: %v", path, err)
	}
}

// parseDexdump reads lines such as
//
//	1660b0: |[1660b0] a.B.<init>:()V
//	1660c0: 7010 dcb0 0000 |0000: invoke-direct {v0}, La/B;.<init>:()V // method@b0dc
//
// of which the first opens a method and gives its code item's offset.
func parseDexdump(r io.Reader, l *listing) error {
	in := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := in.ReadString('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		head, text, ok := strings.Cut(line, "|")
		addr, hex, ok2 := strings.Cut(head, ":")
		// Strings stand in the listing as they are, line breaks and all, so that
		// only the exact columns tell a line of code.
		if !ok || !ok2 || len(addr) < 6 || len(hex) != 40 || strings.Trim(addr, "0123456789abcdef") != "" {
			continue
		}
		if strings.HasPrefix(text, "[") {
			off, err := strconv.ParseUint(addr, 16, 32)
			if err != nil {
				return fmt.Errorf("%q: %v", line, err)
			}
			l.methods = append(l.methods, methodListing{codeOff: uint32(off)})
			continue
		}
		place, insn, ok := strings.Cut(text, ": ")
		hex = strings.TrimSpace(hex)
		if !ok || len(hex) < 2 || len(l.methods) == 0 {
			return fmt.Errorf("%q is not understood", line)
		}
		pos, err1 := strconv.ParseUint(place, 16, 32)
		op, err2 := strconv.ParseUint(hex[:2], 16, 8)
		if err1 != nil || err2 != nil {
			return fmt.Errorf("%q: %v %v", line, err1, err2)
		}
		m := &l.methods[len(l.methods)-1]
		m.insns = append(m.insns, uint32(pos)<<8|uint32(op))
		if strings.HasPrefix(insn, "invoke-") && !strings.HasPrefix(insn, "invoke-custom") {
			l.total++
			l.invokes[invokeTarget(insn)]++
		}
	}
}

// invokeTarget turns "invoke-x {v0}, La/B;.name:()V // method@1" into
// "La/B;->name()V"; invoke-polymorphic has ", ()V" behind the method.
func invokeTarget(insn string) string {
	_, rest, _ := strings.Cut(insn, "}, ")
	rest, _, _ = strings.Cut(rest, " // ")
	rest, _, _ = strings.Cut(rest, ", ")
	class, member, _ := strings.Cut(rest, ";.")
	if !strings.HasSuffix(class, ";") {
		class += ";"
	}
	if member == "" { // an array type such as [I.clone:()…
		class, member, _ = strings.Cut(rest, ".")
	}
	return class + "->" + strings.Replace(member, ":", "", 1)
}

func ourListing(t *testing.T, name string, data []byte, l *listing) {
	t.Helper()
	files, err := dex.ParseAll(name, data)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		counts := make([]int, f.NumMethods())
		err := f.WalkCode(func(_ int, _ uint32, c *dex.Code) error {
			m := methodListing{codeOff: c.Off}
			code := c.Insns()
			for pos := 0; pos < code.Units(); pos += code.Width(pos) {
				op := code.Op(pos)
				m.insns = append(m.insns, uint32(pos)<<8|uint32(op))
				if op.Ref() == dex.RefMethod {
					counts[code.Index(pos)]++
				}
			}
			l.methods = append(l.methods, m)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range counts {
			if n > 0 {
				l.invokes[f.MethodDescriptor(uint32(i))] += n
				l.total += n
			}
		}
		for _, p := range f.Problems() {
			t.Errorf("problem where dexdump sees none: %v", p)
		}
	}
}

func compareListings(t *testing.T, what string, got, want *listing) {
	t.Helper()
	if got.total != want.total {
		t.Errorf("%s: %d invoke instructions, dexdump has %d", what, got.total, want.total)
	}
	for k, n := range want.invokes {
		if got.invokes[k] != n {
			t.Errorf("%s: %s: %d invokes, dexdump has %d", what, k, got.invokes[k], n)
		}
	}
	for k, n := range got.invokes {
		if _, ok := want.invokes[k]; !ok {
			t.Errorf("%s: %s: %d invokes, dexdump has none", what, k, n)
		}
	}
	if len(got.methods) != len(want.methods) {
		t.Fatalf("%s: %d methods with code, dexdump has %d", what, len(got.methods), len(want.methods))
	}
	for i := range want.methods {
		g, w := got.methods[i], want.methods[i]
		if g.codeOff != w.codeOff || fmt.Sprint(g.insns) != fmt.Sprint(w.insns) {
			t.Fatalf("%s: method number %d at 0x%x: instructions %x, dexdump has at 0x%x %x", what, i, g.codeOff, g.insns, w.codeOff, w.insns)
		}
	}
}

// TestAgainstDexdump compares every instruction's place and opcode, and the invoke
// counts of every method, with those of dexdump.
func TestAgainstDexdump(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds per APK")
	}
	requireDexdump(t)
	for _, apk := range corpusAPKs(t) {
		t.Run(filepath.Base(apk), func(t *testing.T) {
			got, want := &listing{invokes: map[string]int{}}, &listing{invokes: map[string]int{}}
			files := readDEXFiles(t, apk)
			if len(files) == 0 {
				t.Skip("no classes.dex in it")
			}
			for _, d := range files {
				path := filepath.Join(t.TempDir(), d.name)
				if err := os.WriteFile(path, d.data, 0o600); err != nil {
					t.Fatal(err)
				}
				dexdumpListing(t, path, want)
				os.Remove(path)
				ourListing(t, d.name, d.data, got)
			}
			compareListings(t, filepath.Base(apk), got, want)
			t.Logf("%d dex files, %d methods with code, %d invoke instructions, %d targets",
				len(files), len(want.methods), want.total, len(want.invokes))
		})
	}
}

func requireDexdump(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("dexdump"); err != nil {
		t.Skip("dexdump is not installed: it is the oracle of this test")
	}
}
