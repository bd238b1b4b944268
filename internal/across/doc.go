// Package across says what is to be said of all apps of a batch together: tables for
// spreadsheets, one page to search, a database, and summaries for people and machines.
// It is given the reports one after the other and keeps of each a few hundred bytes.
//
// It judges nothing, counts what the reports say, and opens no report by itself.
package across
