// Package policy reads what an app SAYS: a privacy policy as plain text,
// Markdown, HTML, PDF or DOCX, in Chinese and English, into SDK entries and
// claims with exact quotes and positions.
//
// The order of work:
//
//   - bytes -> text -> blocks (decode, text, markdown, html, docx, pdf; document);
//     package pdf inside this one reads the characters of a PDF's pages
//   - blocks -> language and section (number, section; place): definitions,
//     rights, children and the like are closed to claims, and a heading about one
//     platform makes all below it of that platform (titlePlatform)
//   - blocks -> statements: sentences with the words that a grammar of some
//     forty roles knows, the data and permissions they mention, platforms and
//     clauses (grammar, matcher, statement, mention, platform); terms that are
//     damaged or broken over two lines are found too (noise, unwrap)
//   - SDK entries by layout: tables, flattened rows, a cell a line, key: value,
//     running text (entry, table, flat, keyvalue, prose, goon, keyed, provider,
//     company), English text about partners and lists of who gets what (partner,
//     recipients, everyday; idle: verbs that take data only where data follow), then whose
//     they are (resolve), what they do not collect (denying) and the addresses that lines
//     below a table give (linksbelow)
//   - claims of the app and of third parties in general: judge decides clause by
//     clause which mentions count (english: by who does what, for verbs that
//     say it so only in English; relation: by what is said beside the verb, in
//     Chinese), list carries an introduction to its items, claim groups what is
//     left; wording quotes each mention as its item is worded; permlabel reads English
//     lines that begin with the name of a permission
//   - unfilled blanks of a template (placeholder)
//   - statements about how data is handled: topics and their values (topic,
//     value)
//
// Words come from signatures/; which of them count is decided here. Nothing in
// the package may cost more than in proportion to the length of a document:
// sentences, lists and lookarounds are bounded, statements are found once.
//
// It judges nothing, knows nothing of apps or code, opens no network
// connection and reads each document by itself: no claim changes because of
// another document.
package policy
