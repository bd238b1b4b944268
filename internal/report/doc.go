// Package report writes saved or fresh reports for people and for machines: one
// file per format and one list of formats. Every format is a function of
// audit.Report and Options, so the same report gives the same bytes.
//
// It does not judge: severities, verdicts and the exit code come with the
// report. It opens no files, reads no flags and knows no rules; the readable
// names of ids are those the report carries. Texts that stem from an APK or a
// policy are hostile until cleaned (see clean and flow).
package report
