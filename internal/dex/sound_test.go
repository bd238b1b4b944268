package dex_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"apkaudit/internal/apktest"
	"apkaudit/internal/dex"
)

// simOp is one instruction of a random program, in a form that the test runs by
// itself, without any decoder.
type simOp struct {
	kind   string
	a, b   uint8
	value  int16
	target int // place in the program
	regs   [4]uint8
}

// simValue is what a register holds while a program runs: half 0 is a narrow
// value, 1 and 2 are the halves of a wide one. What is computed gets a number of
// its own as unknown value.
type simValue struct {
	kind  dex.ConstKind
	value int64
	half  uint8
	array *simArray
}

// simArray is an array of one element. Once something else has got hold of it,
// that may change the element at any time.
type simArray struct {
	element simValue
	leaked  bool
}

// claimed is what Calls says of an argument, with the elements of an array.
type claimed struct {
	dex.Const
	elements []dex.Const
}

const (
	simRegs   = 8
	simParams = 2 // the last registers
)

func randomProgram(r *rand.Rand) []simOp {
	kinds := []string{
		"const", "const", "string", "wide", "wide", "move", "move", "movewide", "add", "addwide", "neg", "result",
		"resultwide", "if", "if", "goto", "switch", "call", "call", "call", "call",
		"array", "array", "store", "store", "field", "callarray", "callarray",
	}
	ops := make([]simOp, 5+r.IntN(40))
	for i := range ops {
		o := simOp{
			kind: kinds[r.IntN(len(kinds))], a: uint8(r.IntN(simRegs - 1)), b: uint8(r.IntN(simRegs - 1)),
			value: int16(r.IntN(7) - 3), target: r.IntN(len(ops)),
		}
		first := uint8(r.IntN(simRegs - 1))
		o.regs = [4]uint8{uint8(r.IntN(simRegs)), first, first + 1, uint8(r.IntN(simRegs))}
		if i > 0 && r.IntN(2) == 0 { // more often about the array at hand
			switch last := ops[i-1]; {
			case o.kind == "callarray" || o.kind == "field":
				o.a = last.a
			case o.kind == "store":
				o.b = last.a
			case o.kind == "array":
				o.b = last.a
			}
		}
		ops[i] = o
	}
	return ops
}

// assemble turns a program into code and says at which unit each instruction is.
// The handler of the one try block, which covers everything, is at handler.
func assemble(ops []simOp, handler int) (*apktest.DEXCode, []int) {
	c := apktest.NewDEXCode(simRegs, simParams, 4)
	places := make([]int, len(ops))
	for i, o := range ops {
		places[i] = c.Pos()
		a, b := uint16(o.a), uint16(o.b)
		switch o.kind {
		case "const":
			c.Raw(0x13|a<<8, uint16(o.value))
		case "string":
			c.ConstString(o.a, fmt.Sprint("text", o.value))
		case "wide":
			c.Raw(0x16|a<<8, uint16(o.value))
		case "move":
			c.Raw(0x07 | a<<8 | b<<12)
		case "movewide":
			c.Raw(0x05|a<<8, b)
		case "add":
			c.Raw(0x90|a<<8, b|b<<8)
		case "addwide":
			c.Raw(0xbb | a<<8 | b<<12)
		case "neg":
			c.Raw(0x7b | a<<8 | b<<12)
		case "result":
			c.Raw(0x0a | a<<8)
		case "resultwide":
			c.Raw(0x0b | a<<8)
		case "if":
			c.Raw(0x38|a<<8, 0)
		case "goto":
			c.Raw(0x29, 0)
		case "switch":
			c.Raw(0x2b|a<<8, 0, 0)
		case "call":
			c.Invoke(0x71, sinkIJ, o.regs[:]...)
		case "array":
			c.Type2(0x24, 0, 1, "[Ljava/lang/String;").Raw(b).Raw(0x0c | a<<8)
		case "store":
			c.Raw(0x4d|a<<8, b|uint16(o.regs[0])<<8)
		case "field":
			c.Static(0x69, o.a, "La/A;->f:Ljava/lang/Object;")
		case "callarray":
			c.Invoke(0x71, sinkA, o.a)
		}
	}
	for i, o := range ops {
		if o.kind == "if" || o.kind == "goto" {
			c.Set(places[i]+1, uint16(places[o.target]-places[i]))
		}
	}
	c.Try(apktest.DEXTry{Count: uint16(c.Pos()), CatchAll: places[handler]})
	c.ReturnVoid().Align()
	for i, o := range ops {
		if o.kind == "switch" {
			c.Set(places[i]+1, uint16(c.Pos()-places[i]))
			c.PackedSwitchPayload(0, int32(places[o.target]-places[i]), int32(places[o.target/2]-places[i]))
		}
	}
	return c, places
}

// run executes a program along random branches and compares every call with what
// Calls claims for it.
func run(t *testing.T, r *rand.Rand, k *dex.Constants, ops []simOp, handler int, claims map[int][]claimed, places []int) (known int) {
	var regs [simRegs + 1]simValue
	fresh := int64(0)
	unknown := func() simValue {
		fresh++
		return simValue{value: fresh}
	}
	for i := range regs {
		regs[i] = unknown()
	}
	for i := range int64(simParams) {
		regs[simRegs-simParams+i] = simValue{kind: dex.ConstParam, value: i}
	}
	var arrays []*simArray
	pair := func(at uint8, v simValue) {
		regs[at], regs[at+1] = v, v
		regs[at].half, regs[at+1].half = 1, 2
	}
	for steps, pc := 0, 0; steps < 200 && pc < len(ops); steps++ {
		o := ops[pc]
		next := pc + 1
		for _, a := range arrays {
			if a.leaked && r.IntN(2) == 0 {
				a.element = unknown()
			}
		}
		switch o.kind {
		case "const":
			regs[o.a] = simValue{kind: dex.ConstInt, value: int64(o.value)}
		case "string":
			regs[o.a] = simValue{kind: dex.ConstString, value: int64(o.value)}
		case "wide":
			pair(o.a, simValue{kind: dex.ConstWide, value: int64(o.value)})
		case "move":
			regs[o.a] = regs[o.b]
			if regs[o.b].half != 0 { // no program that runs does this
				regs[o.a] = unknown()
			}
		case "movewide":
			lo, hi := regs[o.b], regs[o.b+1]
			regs[o.a], regs[o.a+1] = lo, hi
			if lo.half != 1 || hi.half != 2 || lo.value != hi.value {
				pair(o.a, unknown())
			}
		case "add", "neg", "result":
			regs[o.a] = unknown()
		case "addwide", "resultwide":
			pair(o.a, unknown())
		case "if":
			if r.IntN(2) == 0 {
				next = o.target
			}
		case "goto":
			next = o.target
		case "switch":
			next = []int{next, o.target, o.target / 2}[r.IntN(3)]
		case "array":
			element := regs[o.b]
			if element.half != 0 {
				element = unknown()
			}
			arrays = append(arrays, &simArray{element: element})
			regs[o.a] = simValue{value: -1, array: arrays[len(arrays)-1]}
		case "store":
			index := regs[o.regs[0]]
			if a := regs[o.b].array; a != nil && index.kind == dex.ConstInt && index.value != 0 {
				next = handler
			} else if a != nil && (index.kind == dex.ConstInt || r.IntN(2) == 0) {
				a.element = regs[o.a]
				if a.element.half != 0 {
					a.element = unknown()
				}
			}
		case "field":
			if a := regs[o.a].array; a != nil {
				a.leaked = true
			}
		case "callarray":
			if claim := claims[places[pc]][0]; claim.Kind == dex.ConstArray {
				known++
				a := regs[o.a].array
				if a == nil || len(claim.elements) != 1 {
					t.Fatalf("call at unit %d: claimed an array of %v, but it ran with %v\n%+v", places[pc], claim.elements, regs[o.a], ops)
				}
				if e := claim.elements[0]; e.Kind != dex.ConstUnknown && (e.Kind != a.element.kind || e.Kind == dex.ConstInt && e.Value != a.element.value) {
					t.Fatalf("call at unit %d: claimed an array of %v, but it ran with %v\n%+v", places[pc], e, a.element, ops)
				}
			}
			if a := regs[o.a].array; a != nil {
				a.leaked = true
			}
			if r.IntN(4) == 0 {
				next = handler
			}
		case "call":
			args, ok := claims[places[pc]]
			if !ok || len(args) != 3 {
				t.Fatalf("call at %d: claims %v", places[pc], args)
			}
			for i, reg := range []uint8{o.regs[0], o.regs[1], o.regs[3]} {
				claim, have := args[i], regs[reg]
				if have.array != nil && i != 1 {
					have.array.leaked = true
				}
				if claim.Kind == dex.ConstUnknown || claim.Kind == dex.ConstArray && have.array != nil {
					continue
				}
				known++
				value := claim.Value
				if claim.Kind == dex.ConstString {
					text, _ := k.Text(claim.Const)
					if _, err := fmt.Sscanf(text, "text%d", &value); err != nil {
						t.Fatal(err)
					}
				}
				wide := i == 1
				sound := claim.Kind == have.kind && value == have.value && wide == (claim.Kind == dex.ConstWide)
				if wide {
					high := regs[reg+1]
					sound = sound && have.half == 1 && high.half == 2 && high.value == have.value && high.kind == have.kind
				} else {
					sound = sound && have.half == 0
				}
				if !sound {
					t.Fatalf("call at unit %d, argument %d: claimed %v, but it ran with %v\n%+v", places[pc], i, claim, have, ops)
				}
			}
			if r.IntN(4) == 0 {
				next = handler
			}
		}
		pc = next
	}
	return known
}

// TestCallsIsSound runs random programs along random paths: no argument may
// ever differ from what Calls claims to know.
func TestCallsIsSound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	known := 0
	for range 3000 {
		ops := randomProgram(r)
		handler := r.IntN(len(ops))
		c, places := assemble(ops, handler)
		d := apktest.NewDEX("035")
		d.Class("La/A;", "").Method(accPublicStatic, "m", "(II)V", c)
		f := mustParse(t, "s.dex", d.Bytes())
		claims := map[int][]claimed{}
		k := f.Constants(nil)
		err := f.WalkCode(func(_ int, method uint32, c *dex.Code) error {
			k.Calls(c, method, func(pos int, _ uint32, args []dex.Const) {
				for _, a := range args {
					elements, _ := k.Elements(a)
					claims[pos] = append(claims[pos], claimed{a, slices.Clone(elements)})
				}
			})
			return nil
		})
		if err != nil || f.ProblemCount() != 0 {
			t.Fatal(err, f.Problems())
		}
		for range 20 {
			known += run(t, r, k, ops, handler, claims, places)
		}
	}
	if known < 10000 {
		t.Errorf("only %d constants were known: the test shows nothing", known)
	}
	t.Logf("%d known arguments were as claimed", known)
}
