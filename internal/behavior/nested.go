package behavior

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/bounded"
	"apkaudit/internal/dex"
)

// nestedSeparator stands between the path of an archive and the path inside it.
const nestedSeparator = "!/"

// nested scans DEX files that lie in the archive as they are, or inside an archive
// one level deep, for the same APIs as classes*.dex. Whether and when the app loads
// them is not known, so reached and before consent are unknown. The owner of a
// class follows from its package as in classes*.dex; the classes are no evidence
// for an SDK and are not counted among the app's own, because nothing says that
// they run in this app.
func (o *Observer) nested(ctx context.Context, app *apk.App, own *owners, hidden []hiddenFile) (*elsewhere, error) {
	r := &nestedReader{ctx: ctx, app: app, lim: o.Limits, read: o.Limits.NestedBytes, budget: bounded.NewBudget("max-nested-dex-bytes", o.Limits.NestedDEXBytes)}
	for _, f := range hidden {
		switch f.kind {
		case hiddenDEX, hiddenArchive:
			r.file(f)
		case hiddenMisnamed:
			r.list(f)
			r.gap(audit.GapUnreadable, "%s: named as code, but it is neither DEX nor an archive; it may be encrypted", f.entry)
		case hiddenELF:
			r.list(f)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	if err := o.walk(ctx, r.code); err != nil {
		return nil, err
	}
	classes := 0
	for _, f := range r.code {
		for _, h := range f.hits {
			r.out.sites = append(r.out.sites, o.nestedSite(f, h, own))
		}
		classes += f.classes
		for _, d := range f.dex {
			if n := d.ProblemCount(); n > 0 {
				r.gap(audit.GapTampered, "%s; problems in all: %d", d.Problems()[0], n)
			}
		}
		r.out.gaps = append(r.out.gaps, f.problems()...)
	}
	r.out.hosts = hostsOf(r.code, own)
	if n := len(r.out.dynamic); n > 0 {
		r.out.gaps = append([]audit.Gap{{Kind: audit.GapDynamicCode,
			What: fmt.Sprintf("files with code outside classes*.dex and lib: %d, first %s; DEX files scanned in them: %d with %d classes", n, r.out.dynamic[0].What, len(r.code), classes),
			Weakens: audit.Text{
				ZH: "嵌套的代码文件：其中的 DEX 已扫描，但是否、何时加载未知；运行时下载的代码不可见。",
				EN: "Nested code: DEX files in it were scanned, but whether and when they are loaded is not known; code downloaded at run time is not seen.",
			}}}, r.out.gaps...)
	}
	return &r.out, nil
}

// nestedSite states one site of a nested file. The call graph ends at classes*.dex,
// so a site in a neutral library stays with the library.
func (o *Observer) nestedSite(f *codeFile, h siteHit, own *owners) audit.Use {
	b := &o.set.Behaviours[h.behaviour]
	one := audit.Use{API: b.ID, Kind: b.Kind, Data: slices.Clone(b.Data), Via: cmp.Or(h.via, audit.ViaCall), Target: h.dex.MethodDescriptor(h.target), Nested: f.entry,
		Party: own.partyOf(dotted(h.dex.TypeDescriptor(h.dex.Class(h.class).Type))), Sites: 1, Reached: audit.Unknown, BeforeConsent: audit.Unknown}
	if h.field {
		one.Via, one.Target = audit.ViaField, h.dex.FieldDescriptor(h.target)
	}
	one.Examples = []audit.Example{{DEX: f.entry, Caller: h.dex.MethodDescriptor(h.caller), Offset: h.offset, Args: h.args,
		Reached: audit.Unknown, BeforeConsent: audit.Unknown, Doubt: audit.DoubtReflection}}
	return one
}

// nestedReader collects the DEX files outside classes*.dex.
type nestedReader struct {
	ctx     context.Context
	app     *apk.App
	lim     Limits
	read    int64 // bytes of entries that may still be read
	sniffed int   // entries of archives whose first bytes were looked at
	budget  *bounded.Budget
	code    []*codeFile
	out     elsewhere
}

func (r *nestedReader) gap(kind, format string, args ...any) {
	r.out.gaps = append(r.out.gaps, codeGap(kind, fmt.Sprintf(format, args...)))
}

func (r *nestedReader) list(f hiddenFile) {
	r.out.dynamic = append(r.out.dynamic, audit.DynamicCode{Kind: "file", What: f.entry, Party: f.party})
}

// file reads one entry.
func (r *nestedReader) file(f hiddenFile) {
	n := r.app.Size(f.entry)
	if n > r.lim.NestedFileBytes || n > r.read {
		r.list(f)
		limit := reachedOf("max-nested-bytes", r.lim.NestedBytes)
		if n > r.lim.NestedFileBytes {
			limit = reachedOf("max-nested-file-bytes", r.lim.NestedFileBytes)
		}
		r.gap(audit.GapLimit, "%s: %d bytes, not read: %s", f.entry, n, limit)
		return
	}
	r.read -= n
	data, err := r.app.ReadHead(r.ctx, f.entry, n)
	var ee *apk.EntryError
	if errors.As(err, &ee) {
		r.out.gaps = append(r.out.gaps, ee.Gap(true))
	}
	if f.kind == hiddenDEX {
		r.list(f)
		r.dex(f.entry, data)
		return
	}
	if r.archive(f, data) {
		r.list(f)
	}
}

// dex keeps one DEX file.
func (r *nestedReader) dex(entry string, data []byte) {
	if len(r.code) >= r.lim.NestedDEXFiles {
		r.gap(audit.GapLimit, "%s: not read: max-nested-dex-files of %d reached", entry, r.lim.NestedDEXFiles)
		return
	}
	f := &codeFile{entry: entry, size: int64(len(data)), order: len(r.code)}
	var err error
	if f.dex, err = dex.ParseAll(entry, data); err != nil {
		r.gap(kindOf(err), "%v", err)
	}
	for _, d := range f.dex {
		f.classes += d.NumClasses()
		f.methods += d.NumMethods()
	}
	if len(f.dex) > 0 {
		r.code = append(r.code, f)
	}
}

// archive reads the DEX files of an archive and tells whether it holds code, or may
// hold some that cannot be read.
func (r *nestedReader) archive(f hiddenFile, data []byte) bool {
	z, err := openArchive(data)
	if err != nil {
		r.gap(audit.GapUnreadable, "%s: %v", f.entry, err)
		return true
	}
	code, deeper, left := false, "", 0
	for _, e := range z.File {
		if r.ctx.Err() != nil {
			return code
		}
		isDEX := strings.HasSuffix(strings.ToLower(e.Name), ".dex")
		if !isDEX && r.sniffed >= r.lim.NestedSniffedFiles {
			left++
			continue
		}
		if !isDEX {
			r.sniffed++
			switch kindOfFile(e.Name, headOf(e)) {
			case hiddenDEX:
				isDEX = true
			case hiddenArchive:
				deeper = e.Name
			}
		}
		if isDEX {
			code = true
			r.inner(f.entry+nestedSeparator+e.Name, e)
		}
	}
	if left > 0 {
		r.gap(audit.GapLimit, "%s: %d files in it were not looked at for hidden code: max-nested-sniffed-files of %d reached", f.entry, left, r.lim.NestedSniffedFiles)
	}
	if deeper != "" && code {
		r.gap(audit.GapDynamicCode, "%s: archives inside it were not opened, such as %s", f.entry, deeper)
	}
	return code
}

// openArchive reads the directory of an archive in memory. The reader is the
// standard library's, which may not be equal to every lie.
func openArchive(data []byte) (z *zip.Reader, err error) {
	defer func() {
		if p := recover(); p != nil {
			z, err = nil, fmt.Errorf("archive: reader failed: %v", p)
		}
	}()
	z, err = zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if errors.Is(err, zip.ErrInsecurePath) { // paths are only told, never written to
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return z, nil
}

// encrypted is the general purpose bit of an entry that needs a password.
const encrypted = 1

// headOf reads the first bytes of an inner entry, none where it cannot be read.
func headOf(e *zip.File) []byte {
	rc, err := e.Open()
	if err != nil {
		return nil
	}
	defer rc.Close()
	head := make([]byte, headBytes)
	n, _ := io.ReadFull(rc, head)
	return head[:n]
}

// inner reads one DEX file of an archive. Android ignores the encryption bit, so it
// counts only where reading fails.
func (r *nestedReader) inner(entry string, e *zip.File) {
	if len(r.code) >= r.lim.NestedDEXFiles {
		r.gap(audit.GapLimit, "%s: not read: max-nested-dex-files of %d reached", entry, r.lim.NestedDEXFiles)
		return
	}
	rc, err := e.Open()
	var data []byte
	if err != nil {
		err = fmt.Errorf("%s: %w", entry, err)
	} else {
		defer rc.Close()
		data, err = bounded.ReadAll(r.ctx, rc, r.budget, entry, nil)
	}
	switch {
	case errors.Is(err, bounded.ErrLimit):
		r.gap(audit.GapLimit, "%v", err)
	case err != nil && e.Flags&encrypted != 0:
		r.gap(audit.GapUnreadable, "%s: encrypted", entry)
	case err != nil:
		r.gap(audit.GapUnreadable, "%v", err)
	default:
		r.dex(entry, data)
	}
}
