package dex

// These helpers read little-endian numbers. Callers have checked that the bytes
// are there; the compiler merges each into one load.

func u16(b []byte) uint32 {
	_ = b[1]
	return uint32(b[0]) | uint32(b[1])<<8
}

func u32(b []byte) uint32 {
	_ = b[3]
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

func u64(b []byte) uint64 {
	return uint64(u32(b)) | uint64(u32(b[4:]))<<32
}

// uleb reads an unsigned LEB128 number of at most five bytes and returns how many
// it took, 0 where the bytes end or the number is too long. Bits above 32 are
// dropped, as Android does.
func uleb(b []byte) (value uint32, n int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint32(b[0]), 1
	}
	return ulebLong(b)
}

// ulebLong is written out for the common case of enough bytes: class data consists
// of such numbers, and reading it is a fifth of a walk.
func ulebLong(b []byte) (value uint32, n int) {
	if len(b) < 5 {
		for i, c := range b {
			value |= uint32(c&0x7f) << (7 * i)
			if c < 0x80 {
				return value, i + 1
			}
		}
		return 0, 0
	}
	value = uint32(b[0]&0x7f) | uint32(b[1]&0x7f)<<7
	switch {
	case b[0] < 0x80:
		return uint32(b[0]), 1
	case b[1] < 0x80:
		return value, 2
	case b[2] < 0x80:
		return value | uint32(b[2])<<14, 3
	case b[3] < 0x80:
		return value | uint32(b[2]&0x7f)<<14 | uint32(b[3])<<21, 4
	case b[4] < 0x80:
		return value | uint32(b[2]&0x7f)<<14 | uint32(b[3]&0x7f)<<21 | uint32(b[4])<<28, 5
	}
	return 0, 0
}

// sleb reads a signed LEB128 number; n is as for uleb.
func sleb(b []byte) (value int32, n int) {
	u, n := ulebLong(b)
	if bits := 7 * n; bits > 0 && bits < 32 && b[n-1]&0x40 != 0 {
		u |= ^uint32(0) << bits
	}
	return int32(u), n
}
