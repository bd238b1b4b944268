package rules

import (
	"regexp"
	"slices"

	"apkaudit/internal/audit"
)

// fileScripts is the file of dirAPIs that holds script calls instead of
// behaviours.
const fileScripts = "scripts.yaml"

// Script is a call by which JavaScript in an app's assets reads data through a
// framework's bridge (signatures/apis/scripts.yaml, key scripts).
type Script struct {
	Call      string `yaml:"id" json:"id"` // members joined by dots, as scripts write them: plus.device.imei
	Framework string `yaml:"framework" json:"framework"`
	// Asset limits the call to apps with such an entry ("*" stands for any run of
	// characters but "/"): device.uuid means something in a Cordova app only.
	Asset     string     `yaml:"asset" json:"asset,omitempty"`
	Behaviour string     `yaml:"behaviour" json:"behaviour"` // id of the behaviour that it stands for
	Note      audit.Text `yaml:"note" json:"-"`
	Source    string     `yaml:"source" json:"-"` // title of the vendor's public documentation
}

// scriptFrameworks are the frameworks that scripts.yaml may name.
var scriptFrameworks = []string{"uniapp", "html5plus", "reactnative", "cordova", "weex", "miniprogram", "web"}

var scriptCall = regexp.MustCompile(`^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)+$`)

func scriptID(s Script) string { return s.Call }

// checkScripts verifies the script calls.
func checkScripts(s *Source, o *origin) error {
	behaviours := index(s.Behaviours, func(b Behaviour) string { return b.ID })
	for _, c := range s.Scripts {
		fault := func(needle, format string, args ...any) error {
			return o.fault("script", c.Call, needle, format, args...)
		}
		if !scriptCall.MatchString(c.Call) {
			return fault(c.Call, "%q is no member of an object (a.b)", c.Call)
		}
		if !slices.Contains(scriptFrameworks, c.Framework) {
			return fault(c.Framework, "unknown framework %q", c.Framework)
		}
		if _, ok := behaviours[c.Behaviour]; !ok {
			return fault(c.Behaviour, "unknown behaviour %q", c.Behaviour)
		}
	}
	return nil
}
