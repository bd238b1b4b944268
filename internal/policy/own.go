package policy

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A policy names its party once: (以下统称“通友”或“我们”), (hereinafter referred to
// as "Trailmoss", "we" or "us").
var (
	namingNote = regexp.MustCompile(`(?i)[(（][^()（）\n]{0,40}(?:简称|统称|合称|称为|referred to as|hereinafter|collectively)[^()（）\n]{0,120}[)）]`)
	quotedName = regexp.MustCompile(`["“”'‘’「『]([^"“”'‘’「」『』\n]{1,40})["“”'‘’」』]`)
)

// Bounds on where and how many own names are looked for.
const (
	namingBytes = 12 << 10
	maxOwnNames = 8
)

// ownNames returns the names by which a policy calls the app or its operator:
// what it quotes beside "we" where it says how it calls them.
func ownNames(text string) []string {
	var out []string
	for _, note := range namingNote.FindAllString(text[:min(len(text), namingBytes)], 4) {
		var names []string
		we := false
		for _, m := range quotedName.FindAllStringSubmatch(note, maxOwnNames) {
			switch name := strings.TrimSpace(m[1]); strings.ToLower(name) {
			case "我们", "we", "us", "our":
				we = true
			default:
				if n := utf8.RuneCountInString(name); n >= 2 && n <= 20 {
					names = append(names, name)
				}
			}
		}
		for _, n := range names {
			if we && !slices.Contains(out, n) && len(out) < maxOwnNames {
				out = append(out, n)
			}
		}
	}
	return out
}
