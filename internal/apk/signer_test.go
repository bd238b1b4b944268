package apk

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"apkaudit/internal/apktest"
)

// TestSigners signs a small APK with each scheme and compares the certificate
// with the one that keytool exports.
func TestSigners(t *testing.T) {
	store := filepath.Join(t.TempDir(), "keys.p12")
	const pass = "pass:testtest"
	run := func(name string, args ...string) []byte {
		t.Helper()
		bin, err := exec.LookPath(name)
		if err != nil {
			t.Skipf("%s is not in PATH: nothing to sign with", name)
		}
		cmd := exec.Command(bin, args...)
		cmd.Env = append(os.Environ(), "JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC") // it runs for less than a second
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return out
	}
	run("keytool", "-genkeypair", "-alias", "k", "-keyalg", "RSA", "-keysize", "2048", "-dname", "CN=Test, O=Example",
		"-keystore", store, "-storetype", "PKCS12", "-storepass", "testtest", "-validity", "1000")
	sum := sha256.Sum256(run("keytool", "-exportcert", "-alias", "k", "-keystore", store, "-storepass", "testtest"))
	want := hex.EncodeToString(sum[:])
	schemes := []struct{ name, v1, v2, v3 string }{
		{"v1", "true", "false", "false"},
		{"v2", "false", "true", "false"},
		{"v3", "false", "false", "true"},
		{"all", "true", "true", "true"},
	}
	for _, s := range schemes {
		t.Run(s.name, func(t *testing.T) {
			path := write(t, apktest.ZIP(smallFiles()...))
			run("apksigner", "sign", "--ks", store, "--ks-pass", pass, "--min-sdk-version", "21", "--v4-signing-enabled", "false",
				"--v1-signing-enabled", s.v1, "--v2-signing-enabled", s.v2, "--v3-signing-enabled", s.v3, path)
			a := open(t, path)
			if len(a.Info.Signers) != 1 || a.Info.Signers[0].SHA256 != want || a.Info.Signers[0].Subject != "CN=Test,O=Example" {
				t.Errorf("signers %v, want %s", a.Info.Signers, want)
			}
			if len(a.Gaps) > 0 {
				t.Errorf("gaps %v", a.Gaps)
			}
		})
	}
}
