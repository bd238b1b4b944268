package behavior

import "apkaudit/internal/behavior/shape"

// SetStructure makes o compare with another learned set, and where every is set,
// all code instead of what looks renamed.
func (o *Observer) SetStructure(l *shape.Learned, every bool) {
	o.SetStructureFunc(func() (*shape.Learned, error) { return l, nil })
	o.everyPackage = every
}

// SetStructureFunc makes o ask f for the learned set.
func (o *Observer) SetStructureFunc(f func() (*shape.Learned, error)) { o.learned = f }
