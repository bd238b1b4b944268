#!/usr/bin/env bash
# Learns every listed SDK artifact anew: what its code calls, written to
# signatures/measured.yaml, and its structure, written to
# signatures/fingerprints.bin. To be run whenever signatures/apis changes.
#
#   testdata/corpus/relearn.sh          all of artifacts.tsv
#
# A row of artifacts.tsv is SDK, source and sha256, parted by tabs:
#
#   mvn:GROUP:NAME:VERSION[:EXT]   downloaded with mvn
#   npm:NAME@VERSION:MEMBER        downloaded with npm, MEMBER is a path in the package
#   repo:OWNER/NAME:PATH[@COMMIT]  taken from $APKAUDIT_ARTIFACTS only; COMMIT where the newest one lacks it
#
# Files below the folder $APKAUDIT_ARTIFACTS, whatever they are called, and those
# downloaded before are known by their sha256 and not downloaded. Downloads stay in
# the ignored folder .cache/artifacts (or $APKAUDIT_CACHE/artifacts).
#
# An artifact that cannot be had is told and keeps the measurement that it had; the
# exit code is then 3.
#
# Needs (Debian package names): golang, and for downloads npm tar maven.
set -euo pipefail
export LC_ALL=C TZ=UTC

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
list=$here/artifacts.tsv
store=$(realpath -m "${APKAUDIT_CACHE:-$root/.cache}")/artifacts
jobs=${APKAUDIT_JOBS:-$(nproc)}

fail() {
	echo "relearn.sh: $*" >&2
	exit 2
}

# get SOURCE downloads one npm package or one Maven file into a folder of its own;
# the rows are matched by sha256 later.
get() {
	local source=$1 dir spec
	dir=$(mktemp -d "$work/XXXXXXXX")
	case $source in
	npm:*)
		spec=${source#npm:}
		(cd "$dir" && npm pack --silent --ignore-scripts "$spec" </dev/null >/dev/null 2>&1 && tar --no-same-owner -xzf ./*.tgz && rm -f ./*.tgz) || echo "relearn.sh: npm could not fetch $spec" >&2
		;;
	mvn:*)
		for spec in "${source#mvn:}" "${source#mvn:}:aar"; do # without EXT it is a jar or else an aar
			(cd "$dir" && mvn -q -B -Dstyle.color=never dependency:copy -Dartifact="$spec" -DoutputDirectory="$dir" </dev/null >/dev/null 2>&1) && return
		done
		echo "relearn.sh: mvn could not fetch ${source#mvn:}" >&2
		;;
	esac
}
export -f get

# structure FOLDER... writes fingerprints.bin from the listed artifacts that are
# there. Libraries that are at hand inside an app only, and the framework as code of
# nobody (-), come from what fetch.sh and ../apps/build.sh have downloaded.
structure() {
	local apk=$store/../corpus/apk row file id app prefix
	find "$@" -type f -print0 | xargs -0r sha256sum |
		awk 'NR == FNR { file[substr($0, 1, 64)] = substr($0, 67); next }
			!/^#/ { split($0, c, "\t"); if (c[3] in file) print c[1] "\t" file[c[3]] }' - "$list" >"$work/structure.tsv"
	for file in "$store"/../apps/android-all-*.jar; do
		[ ! -f "$file" ] || printf -- '-\t%s\n' "$file" >>"$work/structure.tsv"
	done
	for row in androidx:settings:androidx kotlin-stdlib:settings:kotlin kotlinx:settings:kotlinx netty:uiautomator2:io.netty \
		icu4j:uiautomator2:com.ibm.icu guava:uiautomator2:com.google.common google-play-services:settings:com.google.android.gms; do
		IFS=: read -r id app prefix <<<"$row"
		[ ! -f "$apk/$app.apk" ] || printf '%s\t%s\t%s\n' "$id" "$apk/$app.apk" "$prefix" >>"$work/structure.tsv"
	done
	"$work/apkaudit" sdk learn --fingerprints "$work/fingerprints.bin" --list "$work/structure.tsv" || fail "no structure was learned"
	cp "$work/fingerprints.bin" "$root/signatures/fingerprints.bin"
}

main() {
	[ $# -eq 0 ] || fail "unknown argument $1; usage: relearn.sh"
	mkdir -p "$store"
	work=$(mktemp -d "$store/work.XXXXXX")
	export work
	trap 'rm -rf "$work"' EXIT

	local from=("$store")
	[ -z "${APKAUDIT_ARTIFACTS-}" ] || from+=("$(realpath "$APKAUDIT_ARTIFACTS")")
	find "${from[@]}" -type f -print0 | xargs -0r sha256sum | cut -d' ' -f1 | sort -u >"$work/have"
	awk -F'\t' 'NR == FNR { have[$1] = 1; next } !/^#/ && NF >= 3 && !($3 in have) { print $2 }' "$work/have" "$list" |
		awk '/^npm:/ { sub(/:[^:]*$/, "") } /^(npm|mvn):/' | sort -u >"$work/wanted"
	if [ -s "$work/wanted" ]; then
		command -v mvn >/dev/null || ! grep -q ^mvn: "$work/wanted" || fail "mvn is missing; install the Debian package maven"
		command -v npm >/dev/null || ! grep -q ^npm: "$work/wanted" || fail "npm is missing; install the Debian package npm"
		echo "fetching $(wc -l <"$work/wanted") artifacts, $jobs at a time" >&2
		# shellcheck disable=SC2016
		xargs -P "$jobs" -n 1 -d '\n' bash -c 'get "$1"' get <"$work/wanted"
		# Only what the list asks for is kept, under its sha256.
		find "$work" -mindepth 2 -type f -print0 | xargs -0r sha256sum | while read -r sum file; do
			! grep -qF "$sum" "$list" || mv -n "$file" "$store/$sum"
		done
	fi

	local code=0 dirs=() dir
	for dir in "${from[@]}"; do dirs+=(--from "$dir"); done
	(cd "$root" && CGO_ENABLED=0 go build -o "$work/apkaudit" ./cmd/apkaudit) || fail "apkaudit does not build"
	"$work/apkaudit" sdk learn --measure "$list" "${dirs[@]}" >"$work/measured.yaml" || code=$?
	[ "$code" -eq 0 ] || [ "$code" -eq 3 ] || fail "nothing was written"
	cp "$work/measured.yaml" "$root/signatures/measured.yaml"
	structure "${from[@]}"
	(cd "$root" && go generate ./signatures) || fail "compiled.gob could not be written"
	exit "$code"
}

main "$@"
