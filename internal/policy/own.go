package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A policy names its party once: (以下统称“通友”或“我们”), (hereinafter referred to
// as "Trailmoss", "we" or "us").
var namings = newNeedles("简称", "统称", "合称", "称为", "referred to", "hereinafter", "collectively")

// Bounds on where and how many own names are looked for.
const (
	namingBytes = 12 << 10
	noteReach   = 200 // bytes between the word and the bracket
	maxOwnNames = 8
)

// ownNames returns the names by which a policy calls the app or its operator:
// what it quotes beside "we" where it says how it calls them.
func ownNames(text string) []string {
	text = text[:min(len(text), namingBytes)]
	var out []string
	present := namings.present(text)
	for k, word := range namings.all {
		if present&(1<<k) == 0 {
			continue
		}
		for at := 0; len(out) < maxOwnNames; {
			i := strings.Index(text[at:], word)
			if i < 0 {
				break
			}
			at += i + len(word)
			out = append(out, quotedNames(noteAround(text, at))...)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), maxOwnNames)]
}

// noteAround returns the inside of the parenthesis that holds text[at], or "".
func noteAround(text string, at int) string {
	before := text[max(0, at-noteReach):at]
	open := len(before) - 1
	for ; open >= 0 && before[open] != '\n' && before[open] != '('; open-- {
		if before[open] == 0xEF && strings.HasPrefix(before[open:], "（") {
			break
		}
	}
	if open < 0 || before[open] == '\n' {
		return ""
	}
	after := text[at:min(len(text), at+noteReach)]
	end := strings.IndexAny(after, ")）\n")
	if end < 0 || after[end] == '\n' {
		return ""
	}
	return before[open:] + after[:end]
}

// quotedNames returns the quoted names of a note that also quotes "we".
func quotedNames(note string) []string {
	const quotes = "\"“”'‘’「」『』"
	var names []string
	we := false
	parts := strings.FieldsFunc(note, func(r rune) bool { return strings.ContainsRune(quotes, r) })
	for i, part := range parts {
		if i == 0 { // before the first quotation mark
			continue
		}
		switch name := strings.TrimSpace(part); strings.ToLower(name) {
		case "我们", "we", "us", "our":
			we = true
		case "或", "、", "or", ",", "and", "和", "，", "及":
		default:
			if n := utf8.RuneCountInString(name); n >= 2 && n <= 20 && !strings.ContainsAny(name, ",，:：;；【") {
				names = append(names, name)
			}
		}
	}
	if !we {
		return nil
	}
	return names
}
