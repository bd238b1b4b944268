#!/usr/bin/env bash
# Prints the most severe findings of real apps against policies of others, as a table
# that a person reads by eye: would a reviewer sign each of them?
#
#   testdata/corpus/severe.sh [-s SEED] [-a APPS] [-n FINDINGS] [-d DIR] LIST POLICY...
#
# LIST has the path of one APK on each line. Drawn from it are, in an order that SEED
# and the names of the files decide, 25 apps (-a) of different packages with at least
# two recognised SDKs; known collections of test apps are left out. The first app is
# compared with the first policy, the second with the second, and so on around.
#
# Printed are, tab separated, for each app the ten (-n) most severe findings by
# severity, confidence and order in the report: number, file, package, policy, rule,
# severity, confidence, verdict, party, data or permission, first call site, title, and
# two empty columns for the verdict and its reason. Findings that are only about the
# text of the policy are counted at the end and not listed: they are those that
# apkaudit policy has too, without an app. With -d the reports stay in DIR as
# NUMBER.json, for apkaudit explain and render.
#
# Needs (Debian package names): jq, and Go. The program is built anew as .cache/apkaudit.
set -euo pipefail
export LC_ALL=C

readonly usage='usage: severe.sh [-s SEED] [-a APPS] [-n FINDINGS] [-d DIR] LIST POLICY...'
readonly test_apps='^(de\.ecspride|edu\.mit|android\.appsecurity|com\.android\.cts|android\.cts)(\.|$)'
readonly columns='app\tfile\tpackage\tpolicy\trule\tseverity\tconfidence\tverdict\tparty\tsubject\tfirst call\ttitle\tsigned\treason'

# known tells whether the policy without an app, $text, has a finding too.
readonly known='
	def same: [.rule, .party, .data, .permission] | join("|");
	[$text[0].findings[] | same] as $texts | def known: same | IN($texts[]);'

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$(realpath -m "${APKAUDIT_CACHE:-$root/.cache}")

fail() {
	echo "severe.sh: $*" >&2
	exit 1
}

# report FILE ARGUMENT... writes a report; codes 1 and 3 are findings and gaps, not
# failures.
report() {
	local out=$1 code=0
	shift
	"$cache/apkaudit" "$@" -q -o json="$out" 2>/dev/null || code=$?
	[[ $code =~ ^[013]$ ]]
}

# rows NUMBER FINDINGS POLICY TEXT REPORT prints the table of one app.
rows() {
	jq -r --arg number "$1" --argjson n "$2" --arg policy "$3" --slurpfile text "$4" "$known"'
		def rank: {critical: 0, high: 1, medium: 2, low: 3, info: 4}[.severity] * 3 + {high: 0, medium: 1, low: 2}[.confidence];
		.app as $app
		| [.findings | map(select(known | not)) | to_entries | sort_by([(.value | rank), .key])[].value][:$n][]
		| [$number, ($app.file | sub(".*/"; "")), $app.package, $policy, .rule, .severity, .confidence, .verdict, .party,
		   .data + .permission, ((.code[0] // empty | "\(.caller) -> \(.target)") // ""), .title.en, "", ""]
		| @tsv' "$5"
}

# shuffled SEED LIST prints the paths of the list in the order of the seed.
shuffled() {
	local apk
	while read -r apk; do
		echo "$(printf '%s %s' "$1" "${apk##*/}" | sha256sum | cut -c1-64) $apk"
	done <"$2" | sort | cut -d' ' -f2-
}

main() {
	local seed=1 apps=25 findings=10 dir='' opt
	while getopts s:a:n:d: opt; do
		case $opt in
		s) seed=$OPTARG ;;
		a) apps=$OPTARG ;;
		n) findings=$OPTARG ;;
		d) dir=$OPTARG ;;
		*) fail "$usage" ;;
		esac
	done
	shift $((OPTIND - 1))
	[ $# -ge 2 ] || fail "$usage"
	[[ $apps =~ ^[1-9][0-9]*$ && $findings =~ ^[1-9][0-9]*$ ]] || fail "-a and -n want positive numbers"
	[ -r "$1" ] || fail "$1 cannot be read"
	command -v jq >/dev/null || fail "jq is missing; install the Debian package jq"
	local list=$1
	shift
	local policies=("$@")
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	dir=${dir:-$work/reports}
	mkdir -p "$dir" "$cache"
	(cd "$root" && CGO_ENABLED=0 go build -o "$cache/apkaudit" ./cmd/apkaudit) || fail "apkaudit does not build"

	local apk number=0 text=0 package policy
	declare -A seen
	echo -e "$columns"
	while ((number < apps)) && read -r apk; do
		report "$work/app.json" scan "$apk" || continue
		package=$(jq -r 'select(.behavior.sdks | length >= 2) | .app.package' "$work/app.json")
		[[ -n $package && ! $package =~ $test_apps && -z ${seen[$package]-} ]] || continue
		seen[$package]=1
		policy=${policies[number % ${#policies[@]}]}
		number=$((number + 1))
		report "$work/text.json" policy "$policy" || fail "$policy cannot be read"
		report "$dir/$number.json" scan "$apk" --policy "$policy" || fail "$apk cannot be compared with $policy"
		rows "$number" "$findings" "${policy##*/}" "$work/text.json" "$dir/$number.json"
		text=$((text + $(jq --slurpfile text "$work/text.json" "$known"'[.findings[] | select(known)] | length' "$dir/$number.json")))
	done < <(shuffled "$seed" "$list")
	echo "# $number apps; left out: $text findings about the text of the policy alone"
	((number == apps)) || fail "the list has only $number such apps"
}

main "$@"
