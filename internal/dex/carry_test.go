package dex_test

import (
	"fmt"
	"slices"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/dex"
)

// TestCarry: a value is where moves, joins and calls that pass it on bring it, and
// nowhere else.
func TestCarry(t *testing.T) {
	const (
		source = "Lk/K;->read()Ljava/lang/String;"
		sink   = "Lk/K;->sink(Ljava/lang/String;)V"
		pass   = "Lk/K;->pass(Ljava/lang/String;)Ljava/lang/String;"
		hash   = "Lk/K;->hash(Ljava/lang/String;)Ljava/lang/String;"
		keep   = "Lk/K;->keep(Ljava/lang/String;)Lk/K;"
		field  = "Lk/K;->ID:Ljava/lang/String;"
	)
	read := func(c *apktest.DEXCode, reg uint16) *apktest.DEXCode {
		return c.Invoke(0x71, source).Raw(0x0c | reg<<8)
	}
	cases := []struct {
		name  string
		build func(c *apktest.DEXCode)
		want  []string // "register<-place of the source"
	}{
		{"straight", func(c *apktest.DEXCode) { read(c, 0).Invoke(0x71, sink, 0) }, []string{"sink 0<-0"}},
		{"field", func(c *apktest.DEXCode) { c.Static(0x62, 0, field).Invoke(0x71, sink, 0) }, []string{"sink 0<-0"}},
		{"the result is not taken", func(c *apktest.DEXCode) { c.Invoke(0x71, source).Raw(0x00).Raw(0x0c).Invoke(0x71, sink, 0) }, nil},
		{"moved", func(c *apktest.DEXCode) { read(c, 0).Raw(0x07|1<<8|0<<12).Invoke(0x71, sink, 1) }, []string{"sink 0<-0"}},
		{"overwritten", func(c *apktest.DEXCode) { read(c, 0).ConstString(0, "a").Invoke(0x71, sink, 0) }, nil},
		{"passed on", func(c *apktest.DEXCode) {
			read(c, 0).Invoke(0x71, pass, 0).Raw(0x0c|1<<8).Invoke(0x71, sink, 1)
		}, []string{"pass 0<-0", "sink 0<-0"}},
		{"hashed", func(c *apktest.DEXCode) {
			read(c, 0).Invoke(0x71, hash, 0).Raw(0x0c|1<<8).Invoke(0x71, sink, 1)
		}, []string{"hash 0<-0"}},
		{"kept by the receiver", func(c *apktest.DEXCode) {
			read(c, 0).Invoke(0x6e, keep, 5, 0).Invoke(0x71, sink, 5)
		}, []string{"keep 1<-0", "sink 0<-0"}},
		{"in an array", func(c *apktest.DEXCode) {
			read(c, 0).Raw(0x4d|0<<8, 3|4<<8).Invoke(0x71, sink, 3)
		}, []string{"sink 0<-0"}},
		{"on one of two ways", func(c *apktest.DEXCode) {
			c.Raw(0x38|7<<8, 7) // if-eqz v7, behind the read
			read(c, 0).Raw(0x28|2<<8).Raw(0x00).Invoke(0x71, sink, 0)
		}, []string{"sink 0<-2"}},
		{"not behind a return", func(c *apktest.DEXCode) {
			c.Raw(0x38|7<<8, 7)
			read(c, 0).Raw(0x0e).Invoke(0x71, sink, 0)
		}, nil},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			c := apktest.NewDEXCode(10, 0, 2)
			tc.build(c)
			d := apktest.NewDEX("035")
			d.Class("Lk/K;", "").Method(9, "m", "()V", c.ReturnVoid())
			f, err := dex.Parse("classes.dex", d.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			err = f.WalkCode(func(_ int, _ uint32, code *dex.Code) error {
				ins := code.Insns()
				name := func(pos int) string { return string(f.MethodName(ins.Index(pos))) }
				code.Carry(func(pos int) bool {
					return ins.Op(pos).Ref() == dex.RefField || name(pos) == "read"
				}, func(pos int, receiver bool) dex.Passing {
					switch name(pos) {
					case "pass":
						return dex.IntoResult
					case "keep":
						return dex.IntoReceiver
					}
					return 0
				}, func(pos, reg, source int) { got = append(got, fmt.Sprintf("%s %d<-%d", name(pos), reg, source)) })
				return nil
			})
			if err != nil || !slices.Equal(got, tc.want) {
				t.Errorf("got %v, want %v (%v)", got, tc.want, err)
			}
		})
	}
}
