#!/usr/bin/env bash
# Measures how many of the sources that the apps of DroidBench call are found, by
# category, and whether the code that calls them is said to be reached.
#
#   testdata/corpus/droidbench.sh
#
# DroidBench are 119 small apps, each with one difficulty for static analysis. What
# they read stands in droidbench.tsv, with the reason of every miss. The work is done
# by TestDroidBench of internal/behavior, which fails for a miss without a reason and
# for a reason that is no longer needed.
#
# The apps are fetched by git at a fixed commit into the ignored folder
# .cache/droidbench (or $APKAUDIT_CACHE/droidbench), once; about 100 MB.
# $APKAUDIT_DROIDBENCH_GIT names another place to fetch from.
#
# Needs (Debian package names): git tar, and Go.
set -euo pipefail
export LC_ALL=C

readonly commit=0fe281b8bc34cf3555d7392f07328d3d871d3063
readonly source=${APKAUDIT_DROIDBENCH_GIT:-https://github.com/secure-software-engineering/DroidBench.git}
readonly apps=119

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$(realpath -m "${APKAUDIT_CACHE:-$root/.cache}")
out=$cache/droidbench

fail() {
	echo "droidbench.sh: $*" >&2
	exit 1
}

# fetch leaves the folder apk of the commit in $out.
fetch() {
	[ "$(cat "$out/commit" 2>/dev/null)" != "$commit" ] || return 0
	local git=$out/git
	rm -rf "$out"
	mkdir -p "$out"
	git init -q --bare "$git"
	git --git-dir="$git" fetch -q --depth 1 "$source" "$commit" || fail "$source could not be fetched"
	git --git-dir="$git" archive "$commit" apk | tar -x --no-same-owner -C "$out"
	rm -rf "$git"
	[ "$(find "$out/apk" -name '*.apk' | wc -l)" -eq "$apps" ] || fail "there are not $apps apps in $commit"
	echo "$commit" >"$out/commit"
}

[ $# -eq 0 ] || fail "usage: droidbench.sh"
for tool in git:git tar:tar go:golang; do
	command -v "${tool%%:*}" >/dev/null || fail "${tool%%:*} is missing; install the Debian package ${tool##*:}"
done
fetch
cd "$root"
APKAUDIT_DROIDBENCH=$out/apk go test ./internal/behavior -count 1 -run '^TestDroidBench$' -v | grep -v '^=== RUN'
