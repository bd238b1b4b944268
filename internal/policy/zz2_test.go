package policy

import (
	"apkaudit/internal/rules"
	"fmt"
	"testing"
)

func TestZZ2(t *testing.T) {
	set, _ := rules.Load()
	r, _ := NewReader(set)
	fmt.Println(len(set.Permissions), len(r.terms), set.Permission("android.permission.CAMERA"))
	for _, s := range []string{"CAMERA", "ACCESS_COARSE_LOCATION", "android.permission.ACCESS_COARSE_LOCATION", "READ_PHONE_STATE"} {
		f := foldText(s, 0, len(s))
		fmt.Println(string(f.runes), f.pos, r.data.find(&f))
		v, n := r.data.longest(&f, 0)
		fmt.Println(v, n)
	}
}
