package triage

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"apkaudit/internal/audit"
)

// waiverFile is the shape that errors show to the user.
const waiverFile = `the file must hold "waivers:" and a list under it`

// waiverKeys are the keys of one waiver and where their values go.
var waiverKeys = map[string]func(*audit.WaiverState) *string{
	"fingerprint": func(w *audit.WaiverState) *string { return &w.Fingerprint },
	"rule":        func(w *audit.WaiverState) *string { return &w.Rule },
	"party":       func(w *audit.WaiverState) *string { return &w.Party },
	"data":        func(w *audit.WaiverState) *string { return &w.Data },
	"permission":  func(w *audit.WaiverState) *string { return &w.Permission },
	"reason":      func(w *audit.WaiverState) *string { return &w.Reason },
	"until":       func(w *audit.WaiverState) *string { return &w.Until },
	"by":          func(w *audit.WaiverState) *string { return &w.By },
}

// ReadWaivers reads a YAML file of waivers:
//
//	waivers:
//	  - rule: undisclosed_sdk        # or fingerprint, of which the first 12 digits are enough
//	    party: sdk:jpush             # party, data and permission narrow it down
//	    items: [imei, oaid]          # the data accepted inside a finding about several
//	    reason: removed with 2.1
//	    until: 2027-01-31            # the last day on which it applies
//	    by: legal
//
// Whatever else the file holds is an error that names file and line, as is a waiver
// without reason or day, or one for neither or both of fingerprint and rule.
func ReadWaivers(file string, data []byte) ([]audit.WaiverState, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	var doc, rest yaml.Node
	if err := d.Decode(&doc); err != nil {
		if err == io.EOF {
			return nil, fmt.Errorf("%s: is empty; %s", file, waiverFile)
		}
		return nil, yamlError(file, err)
	}
	if err := d.Decode(&rest); err == nil {
		return nil, at(file, rest.Content[0], "a second document; put all waivers into one list")
	} else if err != io.EOF {
		return nil, yamlError(file, err)
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode || len(top.Content) == 0 {
		return nil, at(file, top, waiverFile)
	}
	for i := 0; i < len(top.Content); i += 2 {
		if k := top.Content[i]; k.Value != "waivers" || i > 0 {
			return nil, at(file, k, "unknown key %q; %s", k.Value, waiverFile)
		}
	}
	list := top.Content[1]
	if list.Kind != yaml.SequenceNode {
		return nil, at(file, list, waiverFile)
	}
	out := make([]audit.WaiverState, 0, len(list.Content))
	for _, n := range list.Content {
		w, err := readWaiver(file, n)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func readWaiver(file string, n *yaml.Node) (audit.WaiverState, error) {
	w := audit.WaiverState{File: file, Line: n.Line, Items: []string{}}
	if n.Kind != yaml.MappingNode {
		return w, at(file, n, "a waiver is a list item with the keys %s", keyNames())
	}
	where := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		to := waiverKeys[key.Value]
		switch {
		case to == nil && key.Value != "items" || key.Kind != yaml.ScalarNode:
			return w, at(file, key, "unknown key %q; the keys of a waiver are %s", key.Value, keyNames())
		case where[key.Value] != nil:
			return w, at(file, key, "%s is given twice", key.Value)
		case key.Value == "items":
			if err := readItems(file, value, &w); err != nil {
				return w, err
			}
			where[key.Value] = value
			continue
		case value.Kind != yaml.ScalarNode:
			return w, at(file, value, "%s must be a single value", key.Value)
		case value.Tag == "!!null" || strings.TrimSpace(value.Value) == "":
			return w, at(file, value, "%s is empty", key.Value)
		}
		where[key.Value] = value
		*to(&w) = strings.TrimSpace(value.Value)
	}
	return w, checkWaiver(file, n, where, &w)
}

// readItems reads the data inside a finding: one id or a list of them.
func readItems(file string, n *yaml.Node, w *audit.WaiverState) error {
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	for _, x := range list {
		id := strings.TrimSpace(x.Value)
		if x.Kind != yaml.ScalarNode || x.Tag == "!!null" || id == "" {
			return at(file, x, "items must be ids of data, as reports name them under items: [imei, oaid]")
		}
		w.Items = append(w.Items, id)
	}
	if len(w.Items) == 0 {
		return at(file, n, "items is empty; leave it out to accept whatever data the finding holds")
	}
	return nil
}

// fingerprintForm is a fingerprint or its beginning, with the number of a repeat.
var fingerprintForm = regexp.MustCompile(`^[0-9a-f]{12,64}(-[1-9][0-9]{0,8})?$`)

// checkWaiver looks at the values of one waiver; where holds the nodes they stand in.
func checkWaiver(file string, n *yaml.Node, where map[string]*yaml.Node, w *audit.WaiverState) error {
	switch {
	case w.Fingerprint == "" && w.Rule == "":
		return at(file, n, "the waiver names neither a fingerprint nor a rule; reports show both")
	case w.Fingerprint != "" && w.Rule != "":
		return at(file, where["rule"], "the waiver names a fingerprint and a rule; give one of them")
	case w.Fingerprint != "" && !fingerprintForm.MatchString(w.Fingerprint):
		return at(file, where["fingerprint"], "%q is no fingerprint: 12 to 64 lower-case hexadecimal digits, as reports show them", w.Fingerprint)
	case w.Party != "" && !isParty(w.Party):
		return at(file, where["party"], "%q is no party: app, sdk:ID, library:ID or unknown:PREFIX, as reports show them", w.Party)
	case w.Reason == "":
		return at(file, n, "reason is missing; say why the finding is accepted")
	case w.Until == "":
		return at(file, n, "until is missing; give the last day as YYYY-MM-DD")
	}
	if _, err := time.Parse(time.DateOnly, w.Until); err != nil {
		return at(file, where["until"], "until: %q is no day; write it as YYYY-MM-DD", w.Until)
	}
	return nil
}

func isParty(party string) bool {
	switch kind := audit.PartyKind(party); kind {
	case audit.PartyApp, audit.PartyThirdParty:
		return true
	case audit.PrefixSDK, audit.PrefixLibrary, audit.PrefixUnknown, audit.PrefixUnnamed:
		return party != kind
	}
	return false
}

// isFor tells whether a finding is as a waiver says, whatever data it holds inside.
func isFor(w *audit.WaiverState, f *audit.Finding) bool {
	return (w.Fingerprint == "" || isFingerprint(w.Fingerprint, f.Fingerprint)) &&
		(w.Rule == "" || w.Rule == f.Rule) && (w.Party == "" || w.Party == f.Party) &&
		(w.Data == "" || w.Data == f.Data) && (w.Permission == "" || w.Permission == f.Permission) && (len(w.Items) == 0 || len(f.Items) > 0)
}

// exceeding are the data inside a finding that a waiver of it was not given for.
func exceeding(w *audit.WaiverState, f *audit.Finding) []string {
	if len(w.Items) == 0 && w.Fingerprint != "" {
		return f.Added
	}
	if len(w.Items) == 0 {
		return nil
	}
	have := make([]audit.Item, len(w.Items))
	for i, id := range w.Items {
		have[i].Data = id
	}
	return added(f, have)
}

// isFingerprint tells whether given is a fingerprint or its beginning. The number
// of a repeat is part of it: without one the first is meant.
func isFingerprint(given, fingerprint string) bool {
	start, repeat, _ := strings.Cut(given, "-")
	digits, number, _ := strings.Cut(fingerprint, "-")
	return strings.HasPrefix(digits, start) && repeat == number
}

func keyNames() string {
	names := []string{"items"}
	for k := range waiverKeys {
		names = append(names, k)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// at is an error that names the place of a node.
func at(file string, n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", file, max(n.Line, 1), fmt.Sprintf(format, args...))
}

// yamlError gives an error of the YAML reader the form of the others.
func yamlError(file string, err error) error {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		if line, what, ok := strings.Cut(rest, ": "); ok {
			return fmt.Errorf("%s:%s: %s", file, line, what)
		}
	}
	return fmt.Errorf("%s: is no YAML: %s", file, msg)
}
