// Package policy reads what an app SAYS: a privacy policy as plain text,
// Markdown or HTML, in Chinese and English, into SDK entries and claims with
// exact quotes and positions.
//
// The order of work: bytes -> text with positions (decode, text, markdown,
// html) -> blocks with language and section (block, section) -> SDK entries by
// layout (entry*, resolve) -> claims of the app and of third parties (sentence,
// claim) -> audit.Policy. Words come from signatures/; which of them count is
// decided here.
//
// It judges nothing, knows nothing of apps or code, opens no network
// connection and reads each document by itself: no claim changes because of
// another document.
package policy
