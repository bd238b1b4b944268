// Package pdf reads what stands on the pages of a PDF: characters with their
// places, ruling lines, links. It follows ISO 32000 as far as text needs it:
// cross-reference tables and streams, object streams, the filters of text
// streams, the standard security handler with an empty password, fonts and
// CMaps.
//
// It makes no lines, paragraphs or tables of the characters, decodes no images
// and runs nothing: that is the caller's part or nobody's. Every size in a file
// may lie; limits count what was really produced, every walk over references is
// bounded, and a broken object counts as absent.
//
// Why no library: github.com/ledongthuc/pdf (2026-09-07), the one that was tried,
// follows what a file claims without bound. A file of 300 bytes with an unclosed
// string in an object stream never returns; one whose cross-reference stream
// claims 2,000,000,000 entries asks for 64 GB. Neither is a panic that recover
// could catch. It also refuses PDF 2.0, repairs no cross-reference table and reads
// one predefined CJK map.
package pdf
