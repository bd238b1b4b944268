package behavior

import (
	"context"

	"apkaudit/internal/apk"
	"apkaudit/internal/behavior/shape"
)

// SetStructure makes o compare with another learned set, and where every is set,
// all code instead of what looks renamed.
func (o *Observer) SetStructure(l *shape.Learned, every bool) {
	o.SetStructureFunc(func() (*shape.Learned, error) { return l, nil })
	o.everyPackage = every
}

// SetStructureFunc makes o ask f for the learned set.
func (o *Observer) SetStructureFunc(f func() (*shape.Learned, error)) { o.learned = f }

// NeedCalls counts the calls of an app that need a permission by the method that they
// name.
func (o *Observer) NeedCalls(ctx context.Context, file string) map[string]int {
	app, err := apk.Open(ctx, file, apk.DefaultLimits())
	if err != nil {
		return nil
	}
	defer app.Close()
	files, _, err := o.readCode(ctx, app)
	if err != nil || o.walk(ctx, files) != nil {
		return nil
	}
	calls := map[string]int{}
	for _, f := range files {
		for i := range f.calls {
			if c := &f.calls[i]; len(c.role.needs) > 0 {
				calls[c.dex.MethodDescriptor(c.target)]++
			}
		}
	}
	return calls
}
