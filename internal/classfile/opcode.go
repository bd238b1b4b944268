package classfile

import "fmt"

// Op is an opcode of the Java virtual machine.
type Op uint8

// Opcodes that callers or the walk ask for by name.
const (
	opBipush          = 16
	opSipush          = 17
	opLdc             = 18
	opLdcW            = 19
	opLdc2W           = 20
	opPop             = 87
	opPop2            = 88
	opDup             = 89
	opDupX1           = 90
	opDupX2           = 91
	opDup2            = 92
	opDup2X1          = 93
	opDup2X2          = 94
	opSwap            = 95
	opIinc            = 132
	opGoto            = 167
	opJsr             = 168
	opRet             = 169
	opTableSwitch     = 170
	opLookupSwitch    = 171
	OpGetStatic       = Op(178)
	OpPutStatic       = Op(179)
	OpGetField        = Op(180)
	OpPutField        = Op(181)
	OpInvokeVirtual   = Op(182)
	OpInvokeSpecial   = Op(183)
	OpInvokeStatic    = Op(184)
	OpInvokeInterface = Op(185)
	OpInvokeDynamic   = Op(186)
	opCheckcast       = 192
	opWide            = 196
	opMultiNewArray   = 197
	opGotoW           = 200
	opJsrW            = 201
)

// IsInvoke tells whether the instruction calls a method. A method handle in the
// arguments of an invokedynamic call counts as a call of its target.
func (o Op) IsInvoke() bool { return o >= OpInvokeVirtual && o <= OpInvokeDynamic }

// IsFieldRead tells whether the instruction reads a field.
func (o Op) IsFieldRead() bool { return o == OpGetStatic || o == OpGetField }

// effects has one character pair per opcode from 0 to 201: slots popped and
// pushed, for those whose effect is fixed; "--" for the others (JVMS 6.5).
const effects = "00" + // nop
	"01010101010101010202010101020201010101" + "02" + // aconst_null … dconst_1, bipush, sipush, ldc, ldc_w, ldc2_w
	"0102010201" + "01010101020202020101010102020202" + "01010101" + // xload, xload_n
	"2122212221212121" + // xaload
	"1020102010" + "10101010202020201010101020202020" + "10101010" + // xstore, xstore_n
	"3040304030303030" + // xastore
	"1020" + "--------------" + // pop, pop2, dup … swap
	"2142214221422142214221422142214221422142" + // add, sub, mul, div, rem
	"11221122" + // neg
	"213221322132" + // shifts
	"214221422142" + // and, or, xor
	"00" + // iinc
	"121112212122111212212221111111" + // conversions
	"4121214141" + // compare
	"101010101010" + "202020202020" + "2020" + // if, if_icmp, if_acmp
	"000100" + "1010" + // goto, jsr, ret, switches
	"102010201000" + // returns
	"----------------" + "--" + // fields, invokes
	"01111111" + "10" + "1111" + "1010" + // new, newarray, anewarray, arraylength, athrow, checkcast, instanceof, monitor
	"----" + // wide, multianewarray
	"1010" + "0001" // ifnull, ifnonnull, goto_w, jsr_w

// width returns the length in bytes of the instruction at pos.
func width(code []byte, pos int) (int, error) {
	op := int(code[pos])
	n := 1
	switch {
	case op == opTableSwitch || op == opLookupSwitch:
		return switchWidth(code, pos)
	case op == opWide:
		if pos+1 >= len(code) {
			return 0, errEnds
		}
		n = 4
		if code[pos+1] == opIinc {
			n = 6
		}
	case op == opBipush, op == opLdc, op >= 21 && op <= 25, op >= 54 && op <= 58, op == opRet, op == 188:
		n = 2
	case op == opSipush, op == opLdcW, op == opLdc2W, op == opIinc, op >= 153 && op <= opJsr,
		op >= int(OpGetStatic) && op <= int(OpInvokeStatic), op == 187, op == 189, op == opCheckcast, op == 193, op == 198, op == 199:
		n = 3
	case op == opMultiNewArray:
		n = 4
	case op == int(OpInvokeInterface), op == int(OpInvokeDynamic), op == opGotoW, op == opJsrW:
		n = 5
	case op > opJsrW:
		return 0, fmt.Errorf("unknown opcode 0x%x", op)
	}
	if len(code)-pos < n {
		return 0, errEnds
	}
	return n, nil
}

// switchTable returns where the entries of a switch start, their number and the
// distance between them; the default target stands before.
func switchTable(code []byte, pos int) (table int, count int64, step int, err error) {
	at := (pos + 4) &^ 3
	if len(code)-at < 12 && (code[pos] == opTableSwitch || len(code)-at < 8) {
		return 0, 0, 0, errEnds
	}
	if code[pos] == opTableSwitch {
		low, high := int64(int32(u4(code[at+4:]))), int64(int32(u4(code[at+8:])))
		return at + 12, high - low + 1, 4, nil
	}
	return at + 8, int64(int32(u4(code[at+4:]))), 8, nil
}

func switchWidth(code []byte, pos int) (int, error) {
	table, count, step, err := switchTable(code, pos)
	if err != nil {
		return 0, err
	}
	if count < 0 || count > int64(len(code)-table)/int64(step) {
		return 0, fmt.Errorf("a switch with %d entries: %w", count, errEnds)
	}
	return table + int(count)*step - pos, nil
}
