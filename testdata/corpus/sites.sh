#!/usr/bin/env bash
# Compares the call sites and field reads that a scan finds with what `dexdump -d`
# lists, for every framework descriptor of signatures/apis. Exits with 1 where they
# differ, and names every difference.
#
#   testdata/corpus/sites.sh [APK...]
#
# Without arguments: ApiDemos, settings, uiautomator2 and bundle of fetch.sh, and an
# app of a public repository, which is fetched by git at a fixed commit into the
# ignored folder .cache/sites (or $APKAUDIT_CACHE/sites). $APKAUDIT_MSHOPPING_GIT
# names another place to fetch it from.
#
# The work is done by TestSites of internal/behavior; how calls on classes of the app
# and members that count only with a constant are compared stands there.
#
# Needs (Debian package names): dexdump git, Go, and the apps of fetch.sh.
set -euo pipefail
export LC_ALL=C

readonly source=${APKAUDIT_MSHOPPING_GIT:-https://github.com/heartaway/mshopping-android.git}
readonly commit=3acfea7d0538e85579724be563160cd3ee874344
readonly member=build/outputs/apk/mandroid1-release-unsigned.apk
readonly sum=bc011538e59937c09d509ab2ef2e7fe252a9ac1e231453db3e2d2e92fbe92b22

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$(realpath -m "${APKAUDIT_CACHE:-$root/.cache}")
out=$cache/sites

fail() {
	echo "sites.sh: $*" >&2
	exit 1
}

same() { # same FILE SUM
	[ -f "$1" ] && echo "$2  $1" | sha256sum --check --status
}

# fetch leaves the app of the repository in $out.
fetch() {
	! same "$out/mshopping.apk" "$sum" || return 0
	local git=$out/git
	rm -rf "$git"
	mkdir -p "$out"
	git init -q --bare "$git"
	# Of the repository, which is large, the one file only.
	git --git-dir="$git" remote add origin "$source"
	git --git-dir="$git" config remote.origin.promisor true
	git --git-dir="$git" fetch -q --depth 1 --filter=blob:none origin "$commit" || fail "$source could not be fetched"
	git --git-dir="$git" cat-file blob "$commit:$member" >"$out/mshopping.apk"
	rm -rf "$git"
	same "$out/mshopping.apk" "$sum" || fail "$member of $source has another sha256"
}

for tool in dexdump:dexdump git:git go:golang; do
	command -v "${tool%%:*}" >/dev/null || fail "${tool%%:*} is missing; install the Debian package ${tool##*:}"
done
apks=()
if [ $# -gt 0 ]; then
	for apk; do apks+=("$(realpath "$apk")"); done
else
	fetch
	for apk in ApiDemos settings uiautomator2 bundle; do apks+=("$cache/corpus/apk/$apk.apk"); done
	apks+=("$out/mshopping.apk")
fi
for apk in "${apks[@]}"; do
	[ -r "$apk" ] || fail "$apk is missing; run testdata/corpus/fetch.sh"
	[[ $apk != *[[:space:]]* ]] || fail "the path of $apk has blanks"
done
cd "$root"
APKAUDIT_SITES=${apks[*]} go test ./internal/behavior -count 1 -run '^TestSites$' -v | grep -v '^=== RUN'
