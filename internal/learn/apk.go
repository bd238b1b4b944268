package learn

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"archive/zip"

	"apkaudit/internal/apk"
	"apkaudit/internal/audit"
	"apkaudit/internal/dex"
)

// isAPK tells an app from an archive of Java classes by its code.
func isAPK(data []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return false
	}
	dexCode, binary := false, false
	for _, f := range z.File {
		dexCode = dexCode || f.Name == "classes.dex"
		binary = binary || f.Name == "resources.arsc"
	}
	return dexCode || binary
}

// readAPK takes an app as it is observed. The app's own code is left out; what
// remains are the SDKs in it.
func (r *reader) readAPK(ctx context.Context, path string) (*artifact, error) {
	app, err := apk.Open(ctx, path, apk.DefaultLimits())
	if err != nil {
		return nil, err
	}
	defer app.Close()
	res, err := r.observer.Observe(ctx, app)
	if err != nil {
		return nil, err
	}
	a := &artifact{app: true, sha256: app.Info.SHA256, packages: map[string]*contents{}, assets: assetsOf(app)}
	var own []string
	for _, p := range res.Behavior.Packages {
		if p.Party == audit.PartyApp {
			own = append(own, p.Prefix)
		}
	}
	if err := r.dexCode(ctx, app, a, own); err != nil {
		return nil, err
	}
	for _, s := range res.Sites {
		if caller, _, ok := strings.Cut(s.Examples[0].Caller, "->"); ok && s.Party != audit.PartyApp {
			a.in(packageOf(dotted(caller))).calls[s.API]++
		}
	}
	for _, c := range res.Behavior.Components {
		if c.Party != audit.PartyApp {
			a.components = append(a.components, c.Name)
		}
	}
	for _, m := range res.Behavior.MetaData {
		a.metaData = append(a.metaData, m.Name)
	}
	for _, l := range res.Behavior.NativeLibs {
		a.native = append(a.native, l.Name)
	}
	for _, g := range res.Gaps {
		if g.Kind == audit.GapUnreadable || g.Kind == audit.GapLimit || g.Kind == audit.GapPacked {
			a.problems = append(a.problems, g.What)
		}
	}
	a.tidy()
	return a, nil
}

func assetsOf(app *apk.App) []string {
	var out []string
	for _, e := range app.Entries {
		if name, ok := strings.CutPrefix(app.Inside(e), "assets/"); ok {
			out = append(out, name)
		}
	}
	return out
}

// dexCode counts the classes outside the app's own packages and the hosts in
// their strings.
func (r *reader) dexCode(ctx context.Context, app *apk.App, a *artifact, own []string) error {
	for _, name := range app.DEX {
		data, err := app.ReadEntry(ctx, name, nil)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			continue // a gap of the observation tells it
		}
		files, err := dex.ParseAll(name, data)
		if err != nil {
			a.problems = append(a.problems, err.Error())
		}
		for _, f := range files {
			if err := dexFile(ctx, f, a, own); err != nil {
				return err
			}
		}
	}
	return nil
}

func dexFile(ctx context.Context, f *dex.File, a *artifact, own []string) error {
	packages := make([]*contents, f.NumClasses())
	for i := range packages {
		if pkg := packageOf(dotted(f.TypeDescriptor(f.Class(i).Type))); !underAny(pkg, own) {
			packages[i] = a.in(pkg)
			packages[i].classes++
		}
	}
	seen := map[string]bool{} // host, for one class
	last := -1
	err := f.WalkCode(func(class int, _ uint32, code *dex.Code) error {
		if ctx.Err() != nil || packages[class] == nil {
			return ctx.Err()
		}
		if class != last {
			last = class
			clear(seen)
		}
		ins := code.Insns()
		for _, p := range code.Refs() {
			if op := ins.Op(int(p)); op != dex.OpConstString && op != dex.OpConstStringJumbo {
				continue
			}
			for _, host := range hostsOf([]string{f.String(ins.Index(int(p)))}) {
				if !seen[host] {
					seen[host] = true
					packages[class].hosts[host]++
				}
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		a.problems = append(a.problems, err.Error())
		err = nil
	}
	return errors.Join(err, ctx.Err())
}
