package apk

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/avast/apkparser"

	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
)

const (
	manifestName  = "AndroidManifest.xml"
	resourcesName = "resources.arsc"
)

// node is one element of the manifest that facts are made from, with the
// attributes that matter, as written: references still read "@7f0b0001".
type node struct {
	name   string
	parent int // index, -1 for the root
	attrs  []attr
}

type attr struct{ name, value string }

// get returns the first attribute of that name, as Android does.
func (n *node) get(name string) string {
	for _, a := range n.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// has tells whether the attribute is there at all.
func (n *node) has(name string) bool {
	for _, a := range n.attrs {
		if a.name == name {
			return true
		}
	}
	return false
}

// wantedAttr lists the attributes that facts are made from.
func wantedAttr(name string) bool {
	switch name {
	case "package", "split", "configForSplit", "versionCode", "versionCodeMajor", "versionName",
		"name", "maxSdkVersion", "minSdkVersion", "targetSdkVersion", "label", "debuggable", "allowBackup",
		"usesCleartextTraffic", "appComponentFactory", "backupAgent", "hasCode", "permission", "readPermission", "writePermission", "exported",
		"authorities", "foregroundServiceType", "targetActivity", "value", "resource", "process", "enabled",
		"networkSecurityConfig", "fullBackupContent", "dataExtractionRules":
		return true
	}
	return false
}

// wantedElement lists the elements that facts are made from, by parent.
func wantedElement(name, parent string) bool {
	switch parent {
	case "":
		return name == "manifest"
	case "manifest":
		switch name {
		case "uses-sdk", "uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m", "permission", "application", "meta-data", "instrumentation", usesSplit:
			return true
		}
	case "application":
		return componentKind(name) != "" || name == "meta-data"
	case "activity", "activity-alias", "service", "receiver", "provider":
		return name == "intent-filter" || name == "meta-data"
	case "intent-filter":
		return name == "action" || name == "category"
	}
	return false
}

func componentKind(element string) string {
	switch element {
	case "activity", "activity-alias":
		return "activity"
	case "service", "receiver", "provider":
		return element
	}
	return ""
}

// recorder is the ManifestEncoder that apkparser writes to. It keeps the
// wanted elements and forgets the rest.
type recorder struct {
	ctx   context.Context
	lim   Limits
	nodes []node
	open  []int // index into nodes of each open wanted element
	skip  int   // depth below an element that is not wanted
	long  int   // strings that were cut
	extra int   // further application elements, which Android ignores
	app   bool
	room  int // elements that may still be kept
}

var _ apkparser.ManifestEncoder = (*recorder)(nil)

// EncodeToken takes one token; errors end the parse.
func (r *recorder) EncodeToken(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.EndElement:
		switch {
		case r.skip > 0:
			r.skip--
		case len(r.open) > 0:
			r.open = r.open[:len(r.open)-1]
		}
	}
	return nil
}

// Flush has nothing left to write.
func (r *recorder) Flush() error { return nil }

func (r *recorder) start(t xml.StartElement) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	parent, parentName := -1, ""
	if len(r.open) > 0 {
		parent = r.open[len(r.open)-1]
		parentName = r.nodes[parent].name
	}
	second := t.Name.Local == "application" && parentName == "manifest" && r.app
	if second {
		r.extra++
	}
	if r.skip > 0 || !wantedElement(t.Name.Local, parentName) || second || parent < 0 && len(r.nodes) > 0 {
		r.skip++
		return nil
	}
	if len(r.nodes) >= r.room {
		return &bounded.LimitError{Limit: "max-manifest-nodes", Value: int64(r.lim.ManifestNodes), What: manifestName}
	}
	n := node{name: strings.Clone(t.Name.Local), parent: parent}
	for _, a := range t.Attr {
		if !wantedAttr(a.Name.Local) || n.has(a.Name.Local) {
			continue
		}
		v := clip(a.Value, r.lim.StringBytes)
		if len(v) < len(a.Value) {
			r.long++
		}
		n.attrs = append(n.attrs, attr{a.Name.Local, v})
	}
	r.app = r.app || n.name == "application"
	r.open = append(r.open, len(r.nodes))
	r.nodes = append(r.nodes, n)
	return nil
}

// parseManifest reads a manifest, repaired where needed. What was read before
// an error is kept; every trouble becomes a gap. room is how many elements of
// max-manifest-nodes are left. The error is the context's.
func parseManifest(ctx context.Context, data []byte, lim Limits, room int, gaps *gapList) ([]node, error) {
	r := &recorder{ctx: ctx, lim: lim, room: room}
	clean, err := cleanAXML(data, gaps)
	switch {
	case errors.Is(err, errPlainText):
		gaps.add(audit.GapTampered, partManifest, "%s: plain text, which Android refuses", manifestName)
		err = parsePlain(data, r)
	case err == nil:
		err = parseBinary(clean, r)
	}
	if cerr := ctx.Err(); cerr != nil {
		return nil, cerr
	}
	switch {
	case errors.Is(err, bounded.ErrLimit):
		gaps.add(audit.GapLimit, partManifest, "%v", err)
	case err != nil:
		gaps.add(audit.GapUnreadable, partManifest, "%s: %v", manifestName, err)
	case len(r.nodes) == 0:
		gaps.add(audit.GapUnreadable, partManifest, "%s: no manifest element", manifestName)
	}
	if r.long > 0 {
		gaps.add(audit.GapLimit, partManifest, "%s: %d values cut at max-string-bytes of %d", manifestName, r.long, lim.StringBytes)
	}
	if r.extra > 0 {
		gaps.add(audit.GapTampered, partManifest, "%s: %d further application elements, which Android ignores", manifestName, r.extra)
	}
	return r.nodes, nil
}

// parseBinary runs apkparser. Its budget for strings is the size of the input
// doubled, which UTF-16 to UTF-8 never exceeds.
func parseBinary(data []byte, r *recorder) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("parser failed: %v", p)
		}
	}()
	cause := &causeKeeper{recorder: r}
	err = apkparser.ParseXmlWithConfig(bytes.NewReader(data), cause, nil, &apkparser.ParseConfig{MaxStringTableBytes: 2 * int64(len(data))})
	if cause.err != nil {
		return cause.err
	}
	return err
}

// causeKeeper remembers the recorder's own error: apkparser passes on its text
// only.
type causeKeeper struct {
	*recorder
	err error
}

func (c *causeKeeper) EncodeToken(t xml.Token) error {
	err := c.recorder.EncodeToken(t)
	if err != nil {
		c.err = err
	}
	return err
}

// parsePlain reads a manifest that is plain XML.
func parsePlain(data []byte, r *recorder) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("plain XML: %w", err)
		}
		// Raw tokens carry prefixes and no nesting stack, which hostile depth
		// would fill.
		if err := r.EncodeToken(t); err != nil {
			return err
		}
	}
}
