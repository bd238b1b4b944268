/*
Apkaudit tells where an Android app does what its privacy policy does not say.

It opens an APK, finds the permissions, the embedded third-party SDKs and every
place in the bytecode that reads personal data, works out who reads it (the app
or which SDK), reads the declared privacy policy (Chinese and English), and
reports each difference with evidence from both sides: the call site and the
policy sentence.

Usage:

	apkaudit scan APK... [--policy FILE|DIR|URL]... [-o FORMAT[=FILE]]...
	apkaudit batch PATH... --out DIR [--policies DIR|map.csv] [-j N]
	apkaudit policy FILE|DIR|URL... [-o FORMAT[=FILE]]...
	apkaudit recheck REPORT.json... --policy NEW
	apkaudit render REPORT.json... [-o FORMAT[=FILE]]...
	apkaudit diff OLD NEW
	apkaudit disclose APK|REPORT.json [--policy FILE|DIR|URL]... [-o FORMAT[=FILE]]...
	apkaudit explain ID|FINGERPRINT|categories [APK|REPORT.json]
	apkaudit sdk list | show ID | learn FILE...
	apkaudit rules list [KIND] | test [--states] | lint
	apkaudit config
	apkaudit version [-o json] [--schema]
	apkaudit man [DIR]
	apkaudit completion SHELL

"apkaudit FILE.apk" alone means scan. "apkaudit COMMAND --help" lists the flags of
a command, "apkaudit man DIR" writes the manual page of each.

# Scanning

The report says what the code contains, never that something was executed or
sent. A call is attributed to the owner of the class that makes it: the app
(its own namespaces first), the SDK whose signature owns the package, or
"unknown:" with the package prefix. Neutral libraries collect nothing by
themselves: what they contain is given to the nearest party that calls it, with
the chain of calls.

Of every place it says whether it is reached (a path of calls leads there from
an entry point) and whether before consent (a path from what runs when the app
starts that passes neither an action of the user nor a branch on a flag named
after consent). The answers are yes, no, or unknown with the reason; the path is
the evidence. Besides: what starts without the user, which permissions are asked
for together, which code needs which permission, hosts by party, and what stands
in native libraries, nested DEX files and scripts.

With --policy the policy is read from a file, from all documents of a directory,
or from an https address, which is the only network connection the program ever
makes. PDF, DOCX, HTML, Markdown and plain text are read; PDF and DOCX are told
by their content, whatever their name. Quotes are given with their line (of the
file for text, Markdown and HTML, of the extracted text for PDF and DOCX), the
headings above them and the page of a PDF. A PDF's pages without text are a gap
no_text_layer, never an empty policy. Without --policy, a policy among the APK's own
files is used and named; where there is none, the report is an inventory, with a gap
no_policy.

For every pair of a party and a data type the verdict is one of: disclosed;
vague (only a collective term such as "device information"); misattributed
(stated, but for another party); other_platform (stated for iOS only); denied
(the policy says it is not collected); undisclosed.

What is reachable before consent is a finding without a policy too.

An APK may also be a directory with the split APKs of one app, an archive of APKs
(.apks, .xapk, .apkm, .zip), an app bundle (.aab), or - for standard input. All splits
are one app in the report, which lists them.

# Folders of apps

"apkaudit batch PATH... --out DIR" scans files and folders of apps in worker processes
and writes DIR/reports/PACKAGE-SHA256.json for each as soon as it is done. A crash, a
hang (--timeout, for all steps of one app together) or too much memory (--max-memory)
costs one app, whose report has a gap crashed, timeout or limit with the line to see it
again. After any end the same command does what is left; what has changed since
(policies, rules, profile, baseline, waivers) is judged again from the saved behaviour.
--policies names whose policy is whose: a directory with PACKAGE.html and the like, or a
CSV file with the columns file_or_package,policy. All apps together are told by
index.html, summary.csv, sdks.csv and findings.csv in DIR, by --db FILE (SQLite) and by
-o text, json or sarif.

# Checks

Some checks look at the app alone, some at the policy alone (for statements that it
leaves out, such as how long data is kept, and for some that it should not make),
some compare the two. "apkaudit rules list checks" lists them. Each rests on law,
on a store's policy, on the practice of reviewers, on a draft that is not in force,
or on what makes an audit reliable (quality). Each comes to one of four states:
violated, satisfied, undecidable (such as what stands in a document that was not
given) or not looked at.

	--profile NAME  which checks, clauses and words: cn-miit, cn-store, google-play,
	                gdpr, all (default)
	--drafts        also check rules that are not in force yet
	--category ID   kind of the app, for checks of what it needs; "apkaudit explain
	                categories" lists them
	--children      the app is made for children

A check gives a severity and a confidence. Rules in signatures/grading.yaml raise,
lower or limit them by what holds of the finding: whose code it is, how sure the SDK
is, whether a path leads to the call, whether before consent, how good the evidence
is. "apkaudit explain CHECK" lists them, -v and "apkaudit explain FINGERPRINT
REPORT.json" show the steps of one finding.

# SDKs

"sdk show" keeps two things apart: what the vendor itself states that its SDK
takes, and what the code of real artifacts was measured to call. A measured call
proves no use. "sdk learn" reads AARs, JARs, ZIPs of these or an APK and drafts a
signature; what an archive cannot tell is marked "Decide" in comments. With --out
the draft goes to a directory that works with --rules. "sdk learn --measure LIST"
measures many artifacts at once.

# Output

-o repeats: "-o sarif=out.sarif -o text" writes both. Reports go to standard
output, everything else to standard error. Files are written under a temporary
name and renamed. JSON and HTML always carry both languages; the others follow
--lang.

	text           for people: the worst findings, a line for each party, then the
	               policy's text; -v prints everything
	json           the complete report; its schema: "apkaudit version --schema"
	html           one page that loads nothing and works without JavaScript: what to do
	               by party, a matrix of parties and data, the policy's text with
	               every statement highlighted, a rectification sheet to print
	sarif          SARIF 2.1.0 for code scanning
	markdown       a comment for a pull request
	csv            one row a finding
	rectification  CSV sheet of what to correct, in the profile's words
	cyclonedx      CycloneDX 1.6 JSON, one component an SDK or library
	junit          JUnit XML, one test case a check
	template       with --template FILE, a Go template of your own

# Disclosure

"disclose" writes what the policy must contain: the list of third-party SDKs, the
list of collected personal information and the purposes of permissions, in markdown,
html or csv (--table sdks, data, permissions, additions or owners). What code cannot
tell is a blank in brackets, and "apkaudit policy" reports blanks that are left. With
--policy only what that policy lacks is written; -o patch writes it as a unified diff.
-o play writes a draft of Google Play's Data safety form.

# Triage

Findings have a status. --baseline REPORT.json makes those known that the saved
report of the same package has, by their fingerprint; of a document of several
reports those of the package count. --waivers FILE waives what a YAML file accepts:

	waivers:
	  - rule: undisclosed_sdk
	    party: sdk:jpush
	    reason: removed with the next release
	    until: 2027-01-31
	    by: privacy team
	  - fingerprint: 1c4b5bb288cd
	    reason: the blank is filled in on the web page
	    until: 2026-12-31

A waiver is for a rule or a fingerprint, of which the first 12 digits are enough;
party, data and permission narrow it down to findings with exactly that value. A
reason and the last day are required, whatever else stands there is an error with
file and line. "items: [imei, oaid]" names the data that a waiver accepts inside a
finding about several; with any other the finding counts again. A known finding that
holds data which the baseline lacks is new again. Waivers that have expired or that no finding is as they say are
named on standard error and in the report. Known and waived findings stay in the
report and reach no gate; known ones are counted, waived ones are not, and what is
both is waived.

"recheck" judges saved reports by another policy, without the APK, as a scan with
that policy would. "render" writes saved reports in another format and judges
nothing: it exits 0 unless --fail-on stands on the command line. "diff" tells what
changed between two APKs or saved reports, as text, JSON or Markdown; with
--fail-on on the command line the findings that only the second has are held
against it.

# Exit codes

	0    examined, nothing at or above --fail-on (default high)
	1    a finding at or above --fail-on
	2    no verdict: usage, configuration, signatures, unreadable input
	3    incomplete: part of the input could not be examined
	130  interrupted

With several APKs the code is 1 if any reaches the gate, else 3 if any was not
fully examined; 2 only when none was. What was not looked at is never called
clean: it stands under "gaps" with the answers that it weakens.

# Configuration

Every setting may stand in apkaudit.yaml under the long flag's name, or in the
environment as APKAUDIT_FLAG_NAME. A flag goes before the environment, that
before the file. The file is looked for from the working directory upward to the
root of the repository, never beside the scanned file. "apkaudit config" prints
each value and its origin.

# Rules

The knowledge is data: data types and their words, sensitive APIs, SDKs,
permissions, kinds of statement (topics), checks, grading. --rules DIR adds or
replaces entries from YAML files laid out as in signatures/. "apkaudit rules test"
runs the examples that stand beside every entry, "apkaudit rules lint" finds faults
and omissions.
*/
package main
