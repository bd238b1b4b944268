// Package native reads the texts that an ELF library of an Android app holds:
// every run of printable ASCII between zero bytes in the parts of the file that the
// loader maps.
//
// It goes by the program headers, as Android's linker does, and never by section
// headers: those are stripped or wrong in many protected libraries without any
// effect on a device, and a wrong one must not hide anything. All segments are
// read, code included: older linkers put constants and code into one segment, and
// code hardly ever looks like a text between zeros. The names of imported and
// exported functions are texts like any other, because the symbol table's names lie
// in a mapped segment.
//
// The package does NOT disassemble code, so it never knows whether or how a text is
// used; it sees no text that code puts together, decrypts or stores as UTF-16 or as
// immediate values; it does not read relocations or symbols; and it knows nothing
// about privacy. The bytes handed to Open are borrowed and must not change.
package native
