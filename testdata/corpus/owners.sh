#!/usr/bin/env bash
# Measures how many call sites and field reads are given to the right party, on apps
# built from real SDK archives, where the archive that a class came from is known.
#
#   testdata/corpus/owners.sh         bundle.apk of fetch.sh
#   testdata/corpus/owners.sh big     the app of big.sh, which has hundreds of archives
#
# Printed are the shares by the nearest owner of the class in which a site stands, and
# after going up through neutral libraries to who calls them, and every wrong answer.
# The work is done by TestOwnersByJar of internal/behavior; how the truth is decided
# stands there.
#
# The truth for bundle.apk are the archive and the further signatures that
# bundle.truth.tsv names for each DEX file. For the app of big.sh it is the SDK of the
# archive in artifacts.tsv, and what owners.tsv says to lie in it besides; a pair of
# archive and party that is new shows as wrong and is to be looked at.
#
# Needs: Go, and what fetch.sh or big.sh have built.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$(realpath -m "${APKAUDIT_CACHE:-$root/.cache}")

fail() {
	echo "owners.sh: $*" >&2
	exit 1
}

truth=$(mktemp)
trap 'rm -f "$truth"' EXIT
case ${1-} in
'')
	apk=$cache/corpus/apk/bundle.apk
	[ -r "$apk" ] && [ -r "$cache/corpus/bundle.truth.tsv" ] || fail "$apk is missing; run testdata/corpus/fetch.sh"
	awk -F'\t' '{ print $1 "\t" $3 ($4 == "-" ? "" : "," $4) }' "$cache/corpus/bundle.truth.tsv" >"$truth"
	;;
big)
	apk=$cache/big/big.apk
	[ -r "$apk" ] && [ -r "$cache/big/jars/classes.tsv" ] || fail "$apk is missing; run testdata/corpus/big.sh"
	awk -F'\t' 'NR == FNR { if (!/^#/) more[$1] = more[$1] "," $2; next } { print $1 "\t" $2 more[$2] }' \
		"$here/owners.tsv" "$cache/big/jars/classes.tsv" >"$truth"
	;;
*) fail "usage: owners.sh [big]" ;;
esac
cd "$root"
APKAUDIT_OWNERS="$apk $truth" go test ./internal/behavior -count 1 -run '^TestOwnersByJar$' -v | grep -v '^=== RUN'
