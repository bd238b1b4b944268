package apk

import (
	"slices"
	"strings"
)

// A bundle (.aab) is a ZIP whose top folders are modules. Each has the folders manifest,
// dex, res, assets, lib and root, which an APK made of it holds at their places, and its
// manifest, resources and XML files are protocol buffers. The format is that of
// bundletool, https://developer.android.com/guide/app-bundle/app-bundle-format.
const (
	baseModule       = "base"
	bundleConfig     = "BundleConfig.pb"
	moduleManifest   = "/manifest/" + manifestName
	bundleResources  = "resources.pb"
	bundleRootFolder = "root/"
)

// modules lists the modules of a bundle, sorted with the base first; none for what is no
// bundle.
func (x *archive) modules() []string {
	var out []string
	for i := range x.entries {
		if module, ok := strings.CutSuffix(x.entries[i].name, moduleManifest); ok && module != "" && !strings.Contains(module, "/") {
			out = append(out, module)
		}
	}
	_, config := x.index[bundleConfig]
	if !config && !slices.Contains(out, baseModule) {
		return nil
	}
	slices.SortFunc(out, func(a, b string) int {
		if (a == baseModule) != (b == baseModule) {
			if a == baseModule {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return out
}

// inModule is the path that a file of a bundle has in the APK of a module; false for
// files of other modules and of the bundle itself.
func inModule(module, name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, module+"/")
	if !ok || rest == "" {
		return "", false
	}
	if in, ok := strings.CutPrefix(rest, bundleRootFolder); ok {
		if rooted(in) {
			return in, true
		}
		return rest, true // would hide a file that means something; bundletool refuses it
	}
	switch folder, in, _ := strings.Cut(rest, "/"); {
	case folder == "manifest" && in == manifestName, folder == "dex" && in != "":
		return in, true
	}
	return rest, true
}

// rooted tells whether a file below root may keep its name.
func rooted(name string) bool {
	for _, own := range []string{"res/", "lib/", "assets/", manifestName, "resources.", "classes"} {
		if strings.HasPrefix(name, own) {
			return false
		}
	}
	return name != ""
}
