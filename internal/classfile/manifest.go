package classfile

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"apkaudit/internal/bounded"
)

// Manifest is the text AndroidManifest.xml of a library. Lists are in the order
// of the file, each entry once.
type Manifest struct {
	Package     string
	VersionName string
	Permissions []string // uses-permission
	Components  []Component
	MetaData    []MetaData
	Actions     []string // of intent filters and queries
}

// Component is an activity, service, receiver or provider.
type Component struct {
	Kind string // activity service receiver provider
	Name string // full class name; a leading dot is made up with the package
}

// MetaData is a meta-data element.
type MetaData struct {
	Name  string
	Value string // or its resource
}

const androidNS = "http://schemas.android.com/apk/res/android"

// ParseManifest reads a text manifest. At damage it returns what stands before,
// and the error; nil where there is no manifest element.
func ParseManifest(ctx context.Context, data []byte) (*Manifest, error) {
	if len(data) > 0 && data[0] == 3 { // chunk type of binary XML
		return nil, errors.New("is binary XML, as in an APK; give the APK as one")
	}
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("is not in UTF-8") }
	var m *Manifest
	for n := 0; ; n++ {
		t, err := d.Token()
		switch {
		case err == io.EOF:
			return m, nil
		case err != nil:
			return m, err
		case n > 3*MaxManifestNodes: // an element has an end, and text behind it
			return m, &bounded.LimitError{Limit: "max-manifest-nodes", Value: MaxManifestNodes, What: "manifest"}
		case ctx.Err() != nil:
			return m, ctx.Err()
		}
		e, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case m == nil && e.Name.Local != "manifest":
			return nil, fmt.Errorf("the root is %q, not manifest", short(e.Name.Local))
		case m == nil:
			m = &Manifest{Package: attr(e, "", "package"), VersionName: attr(e, androidNS, "versionName")}
		default:
			m.element(e)
		}
	}
}

func attr(e xml.StartElement, space, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == space {
			return a.Value
		}
	}
	return ""
}

func (m *Manifest) element(e xml.StartElement) {
	name := attr(e, androidNS, "name")
	if name == "" {
		return
	}
	switch e.Name.Local {
	case "uses-permission", "uses-permission-sdk-23":
		m.Permissions = add(m.Permissions, name)
	case "activity", "service", "receiver", "provider":
		m.Components = add(m.Components, Component{e.Name.Local, m.class(name)})
	case "meta-data":
		value := attr(e, androidNS, "value")
		if value == "" {
			value = attr(e, androidNS, "resource")
		}
		m.MetaData = add(m.MetaData, MetaData{name, value})
	case "action":
		m.Actions = add(m.Actions, name)
	}
}

// class completes a class name as Android does.
func (m *Manifest) class(name string) string {
	switch {
	case strings.HasPrefix(name, "."):
		return m.Package + name
	case !strings.Contains(name, "."):
		return m.Package + "." + name
	}
	return name
}

func add[T comparable](list []T, x T) []T {
	if slices.Contains(list, x) {
		return list
	}
	return append(list, x)
}
