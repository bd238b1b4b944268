package apk

import (
	"encoding/json"
	"errors"
	"path"
	"strings"

	"apkaudit/internal/audit"
)

// listing is what an archive of APKs says of itself, in a file that the store or tool which
// made it puts beside them.
type listing struct {
	pkg   string   // of the app, "" where it does not say
	files []string // names of its APKs
}

// readNote reads the note of an archive and tells where that does not fit what the
// archive holds. A note that cannot be read is told: what it lists may be missing.
func (o *opening) readNote(from source, x *archive, kind string) {
	file, parse := xapkNote, parseJSON
	switch kind {
	case audit.ContainerXAPK:
	case audit.ContainerAPKM:
		file = apkmNote
	case audit.ContainerAPKS:
		file, parse = bundletoolNote, parseTOC
	default:
		return
	}
	i, ok := x.index[file]
	if !ok {
		return // bundletool's archives are known by their folders too
	}
	gaps := gapList{at: from.file}
	defer func() { o.gaps.take(&gaps) }()
	data, err := x.read(o.ctx, i, reading{file, maxNoteBytes, "max-note-bytes", o.note}, nil)
	var ee *EntryError
	if errors.As(err, &ee) {
		gaps.add(ee.Kind, partArchive, "%v", ee)
		if ee.Kind != audit.GapTampered { // of which all was read
			return
		}
	}
	n, err := parse(data)
	if err != nil {
		gaps.add(audit.GapUnreadable, partArchive, "%s: does not say what the archive holds: %v", file, err)
	}
	if n.pkg != "" {
		o.says, o.saysIn = n.pkg, file
		if from.file != "" {
			o.saysIn = from.file + separator + file
		}
	}
	var missing, out []string
	for _, f := range n.files {
		switch _, ok := x.index[f]; {
		case ok:
		case leadsOut(f):
			out = append(out, f)
		default:
			missing = append(missing, f)
		}
	}
	if len(missing) > 0 {
		gaps.add(audit.GapTruncated, partArchive, "%s lists what is not in the archive: %s", file, named(missing, "entry"))
	}
	if len(out) > 0 {
		gaps.add(audit.GapTampered, partArchive, "%s lists what is outside the archive: %s", file, named(out, "entry"))
	}
}

// leadsOut tells a path that leads out of the folder it is written into.
func leadsOut(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	return strings.HasPrefix(name, "/") || strings.HasPrefix(path.Clean(name), "..") || len(name) > 1 && name[1] == ':'
}

// parseJSON reads manifest.json of an XAPK or info.json of an APKM.
func parseJSON(data []byte) (n listing, err error) {
	var in struct {
		XAPK   string `json:"package_name"`
		APKM   string `json:"pname"`
		Splits []struct {
			File string `json:"file"`
		} `json:"split_apks"`
	}
	// A field of another type than expected is left out by the decoder and told; the
	// others are there.
	err = json.Unmarshal(data, &in)
	n.pkg = in.XAPK + in.APKM
	for _, s := range in.Splits {
		if s.File != "" {
			n.files = append(n.files, s.File)
		}
	}
	return n, err
}

// parseTOC reads toc.pb of an archive of bundletool: android.bundle.BuildApksResult, of
// https://github.com/google/bundletool/blob/master/src/main/proto/commands.proto.
func parseTOC(data []byte) (n listing, err error) {
	apks := func(set protoField) error { // ApkSet or AssetSliceSet
		m := sub(set)
		for f, ok := m.next(); ok; f, ok = m.next() {
			if f.num == 2 {
				d := sub(f)
				if name := string(d.first(2).data); name != "" {
					n.files = append(n.files, name)
				}
			}
		}
		return m.err
	}
	m := &protoMessage{rest: data}
	for f, ok := m.next(); ok && err == nil; f, ok = m.next() {
		switch f.num {
		case 1: // Variant
			v := sub(f)
			for f, ok := v.next(); ok && err == nil; f, ok = v.next() {
				if f.num == 2 {
					err = apks(f)
				}
			}
			if err == nil {
				err = v.err
			}
		case 3:
			err = apks(f)
		case 4:
			n.pkg = string(f.data)
		}
	}
	if err == nil {
		err = m.err
	}
	return n, err
}
