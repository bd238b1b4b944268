package pdf

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
)

// passwordPad fills passwords to 32 bytes (ISO 32000-1, 7.6.3.3).
var passwordPad = [32]byte{
	0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08,
	0x2E, 0x2E, 0x00, 0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
}

// crypt is how streams and strings of a file are decrypted.
type crypt struct {
	key    []byte
	method cipherMethod
	meta   bool // metadata streams are encrypted too
}

type cipherMethod uint8

const (
	methodNone cipherMethod = iota
	methodRC4
	methodAES    // AESV2: a key per object
	methodAES256 // AESV3: one key
)

// openCrypt prepares decryption for a document that opens with the empty
// password, as documents do that only forbid printing or changing. Any other is
// ErrEncrypted.
func (f *File) openCrypt() error {
	e, ok := f.value(f.trailer["Encrypt"]).(dict)
	if !ok {
		return nil
	}
	if n, _ := f.value(e["Filter"]).(name); n != "Standard" {
		return ErrEncrypted
	}
	v, r := f.intOr(e["V"], 0), f.intOr(e["R"], 0)
	c := &crypt{method: methodRC4, meta: true}
	if b, ok := f.value(e["EncryptMetadata"]).(bool); ok {
		c.meta = b
	}
	bits := f.intOr(e["Length"], 40)
	if v == 4 || v == 5 {
		var ok bool
		if c.method, ok = f.streamMethod(e); !ok {
			return ErrEncrypted
		}
		bits = 128
	}
	o, _ := f.value(e["O"]).(str)
	u, _ := f.value(e["U"]).(str)
	switch {
	case v >= 1 && v <= 4 && r >= 2 && r <= 4 && len(o) >= 32 && len(u) >= 32 && bits >= 40 && bits <= 128:
		if v == 1 {
			bits = 40
		}
		c.key = f.legacyKey(e, []byte(o[:32]), r, bits/8, c.meta)
		if !legacyMatches(c.key, []byte(u), r, f.fileID()) {
			return ErrEncrypted
		}
	case v == 5 && (r == 5 || r == 6) && len(u) >= 48:
		ue, _ := f.value(e["UE"]).(str)
		if c.key = key256([]byte(u[:48]), []byte(ue), r); c.key == nil {
			return ErrEncrypted
		}
	default:
		return ErrEncrypted
	}
	f.crypt = c
	return nil
}

// streamMethod reads the crypt filter of streams (V 4 and 5).
func (f *File) streamMethod(e dict) (cipherMethod, bool) {
	n, _ := f.value(e["StmF"]).(name)
	if n == "Identity" || n == "" {
		return methodNone, true
	}
	cf, _ := f.value(e["CF"]).(dict)
	filter, _ := f.value(cf[string(n)]).(dict)
	m, _ := f.value(filter["CFM"]).(name)
	switch m {
	case "None":
		return methodNone, true
	case "V2":
		return methodRC4, true
	case "AESV2":
		return methodAES, true
	case "AESV3":
		return methodAES256, true
	}
	return 0, false
}

func (f *File) fileID() []byte {
	ids := f.list(f.trailer["ID"])
	if len(ids) == 0 {
		return nil
	}
	id, _ := f.value(ids[0]).(str)
	return []byte(id)
}

// legacyKey is algorithm 2 of ISO 32000-1 for the empty password; n is the key's
// length in bytes.
func (f *File) legacyKey(e dict, o []byte, r, n int, meta bool) []byte {
	h := md5.New()
	h.Write(passwordPad[:])
	h.Write(o)
	var p [4]byte
	binary.LittleEndian.PutUint32(p[:], uint32(f.intOr(e["P"], 0)))
	h.Write(p[:])
	h.Write(f.fileID())
	if r >= 4 && !meta {
		h.Write([]byte{0xFF, 0xFF, 0xFF, 0xFF})
	}
	key := h.Sum(nil)
	if r >= 3 {
		for range 50 {
			s := md5.Sum(key[:n])
			key = s[:]
		}
	}
	return key[:n]
}

// legacyMatches compares with the stored check value (algorithms 4 and 5).
func legacyMatches(key, u []byte, r int, id []byte) bool {
	if r == 2 {
		out := make([]byte, 32)
		xorRC4(key, out, passwordPad[:])
		return bytes.Equal(out, u[:32])
	}
	sum := md5.Sum(append(passwordPad[:len(passwordPad):len(passwordPad)], id...))
	out := sum[:]
	for i := range 20 {
		k := make([]byte, len(key))
		for j := range k {
			k[j] = key[j] ^ byte(i)
		}
		xorRC4(k, out, out)
	}
	return bytes.Equal(out, u[:16])
}

func xorRC4(key, dst, src []byte) {
	if c, err := rc4.NewCipher(key); err == nil {
		c.XORKeyStream(dst, src)
	}
}

// key256 is algorithm 2.A of ISO 32000-2 for the empty user password; nil where
// that is not the password.
func key256(u, ue []byte, r int) []byte {
	if len(ue) < 32 || !bytes.Equal(hash256(u[32:40], r), u[:32]) {
		return nil
	}
	block, err := aes.NewCipher(hash256(u[40:48], r))
	if err != nil {
		return nil
	}
	key := make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(key, ue[:32])
	return key
}

// hash256 is algorithm 2.B for the empty password (revision 5: plain SHA-256).
func hash256(salt []byte, r int) []byte {
	first := sha256.Sum256(salt)
	k := first[:]
	if r == 5 {
		return k
	}
	for i := 0; ; i++ {
		k1 := bytes.Repeat(k, 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(k1, k1)
		mod := 0
		for _, c := range k1[:16] {
			mod += int(c)
		}
		switch mod % 3 {
		case 0:
			s := sha256.Sum256(k1)
			k = s[:]
		case 1:
			s := sha512.Sum384(k1)
			k = s[:]
		default:
			s := sha512.Sum512(k1)
			k = s[:]
		}
		if i >= 63 && int(k1[len(k1)-1]) <= i-31 {
			return k[:32]
		}
	}
}

// decrypt returns a stream's bytes decrypted.
func (f *File) decrypt(s *stream) []byte {
	if f.crypt == nil || s.key == (ref{}) {
		return s.raw
	}
	if t, _ := s.dict["Type"].(name); t == "XRef" || t == "Metadata" && !f.crypt.meta {
		return s.raw
	}
	return f.crypt.bytes(s.raw, s.key)
}

func (c *crypt) bytes(data []byte, of ref) []byte {
	key := c.key
	if c.method == methodRC4 || c.method == methodAES {
		h := md5.New()
		h.Write(key)
		h.Write([]byte{byte(of.num), byte(of.num >> 8), byte(of.num >> 16), byte(of.gen), byte(of.gen >> 8)})
		if c.method == methodAES {
			h.Write([]byte("sAlT"))
		}
		key = h.Sum(nil)[:min(len(key)+5, 16)]
	}
	switch c.method {
	case methodRC4:
		out := make([]byte, len(data))
		xorRC4(key, out, data)
		return out
	case methodAES, methodAES256:
		n := len(data) / aes.BlockSize * aes.BlockSize
		if n < 2*aes.BlockSize {
			return nil
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil
		}
		out := make([]byte, n-aes.BlockSize)
		cipher.NewCBCDecrypter(block, data[:aes.BlockSize]).CryptBlocks(out, data[aes.BlockSize:n])
		if pad := int(out[len(out)-1]); pad >= 1 && pad <= aes.BlockSize {
			out = out[:len(out)-pad]
		}
		return out
	}
	return data
}

// strings decrypts the strings inside a value of object of, in place.
func (c *crypt) strings(v any, of ref) any {
	switch v := v.(type) {
	case str:
		return str(c.bytes([]byte(v), of))
	case array:
		for i := range v {
			v[i] = c.strings(v[i], of)
		}
	case dict:
		for k := range v {
			v[k] = c.strings(v[k], of)
		}
	case *stream:
		c.strings(v.dict, of)
	}
	return v
}
