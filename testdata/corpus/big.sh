#!/usr/bin/env bash
# Builds one app of about 100 MB of DEX out of many real SDK archives, and measures
# what a scan of it costs with cost.sh. To reach: 600 MB of memory.
#
#   testdata/corpus/big.sh [-n RUNS] [-s MB] [-j JOBS]     3 runs, 100 MB by default
#   testdata/corpus/big.sh -b                              only build
#
# The archives are those of artifacts.tsv that are at hand: downloaded by relearn.sh
# before, or below the folder $APKAUDIT_ARTIFACTS. They are taken in the order of the
# size of their classes, the largest first, without those of which a class is there
# already, until there is enough; dx translates each, and they are packed into as few
# DEX files as take them. The manifest declares what extends the platform's
# components. Archives that dx refuses, mostly for their version of Java, are left
# out. What was translated stays in the ignored folder .cache/big (or
# $APKAUDIT_CACHE/big); from nothing it takes half an hour of one core.
#
# Needs (Debian package names): default-jdk-headless aapt zip unzip
# android-framework-res, Go, the dx of fetch.sh, and what cost.sh needs.
set -euo pipefail
export LC_ALL=C TZ=UTC

readonly min_sdk=26 # some SDKs use invokedynamic, which dx refuses below 26
readonly dx=dalvik-dx-16.0.1.jar
readonly framework=${ANDROID_FRAMEWORK_RES:-/usr/share/android-framework-res/framework-res.apk}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$(realpath -m "${APKAUDIT_CACHE:-$root/.cache}")
out=$cache/big
jobs=${APKAUDIT_JOBS:-$(nproc)}
size=100
runs=3
only=

fail() {
	echo "big.sh: $*" >&2
	exit 1
}

# dex_bytes JAR... sums the DEX of archives that are translated.
dex_bytes() {
	local jar
	for jar; do
		[ ! -d "$out/dex/${jar%.jar}" ] || find "$out/dex/${jar%.jar}" -name '*.dex' -printf '%s\n'
	done | awk '{ s += $1 } END { print s + 0 }'
}

# translate JAR makes DEX files of one archive, unless there is enough already.
translate() {
	local name=${1%.jar}
	[ ! -e "$out/dex/$name" ] && [ ! -e "$out/dex/$name.refused" ] || return 0
	[ "$(find "$out/dex" -name '*.dex' -path "$out/dex/*/*" -printf '%s\n' | awk '{ s += $1 } END { print s + 0 }')" -lt $((size * 1000000)) ] || return 0
	rm -rf "$out/dex/.$name"
	mkdir -p "$out/dex/.$name"
	if java -Xmx1500m -cp "$cache/apps/$dx" com.android.dx.command.Main --dex --multi-dex --min-sdk-version=$min_sdk \
		--output="$out/dex/.$name" "$out/jars/$1" >"$out/dex/$name.log" 2>&1; then
		mv "$out/dex/.$name" "$out/dex/$name"
		rm "$out/dex/$name.log"
	else
		rm -rf "$out/dex/.$name"
		mv "$out/dex/$name.log" "$out/dex/$name.refused"
	fi
}
export -f translate
export out size cache dx min_sdk

# chosen lists the archives of the app.
chosen() {
	local jar _rest sum=0
	while read -r jar _rest; do
		[ "$sum" -lt $((size * 1000000)) ] || break
		[ -d "$out/dex/${jar%.jar}" ] || continue
		sum=$((sum + $(dex_bytes "$jar")))
		echo "$jar"
	done <"$out/jars/order.txt"
}

# pack joins the DEX files of the archives into the app.
pack() {
	local stage=$out/stage n=0 parts line
	rm -rf "$stage"
	mkdir -p "$stage"
	parts=$(while read -r jar; do find "$out/dex/${jar%.jar}" -name '*.dex' | sort; done <"$out/chosen")
	# shellcheck disable=SC2086
	(cd "$root" && go run testdata/corpus/big.go groups "$out/groups.txt" $parts)
	while read -r line; do
		n=$((n + 1))
		local target=$stage/classes$([ $n -eq 1 ] || echo $n).dex
		# shellcheck disable=SC2086
		case $line in
		*' '*) java -Xmx2g -cp "$cache/apps/$dx" com.android.dx.merge.DexMerger "$target" $line >"$out/merge.log" 2>&1 ||
			fail "the DEX files could not be joined: $(tail -n 3 "$out/merge.log")" ;;
		*) cp "$line" "$target" ;;
		esac
	done <"$out/groups.txt"
	(cd "$root" && go run testdata/corpus/big.go manifest "$stage"/classes*.dex) >"$out/AndroidManifest.xml"
	aapt package -f -M "$out/AndroidManifest.xml" -I "$framework" -F "$out/big.part" >/dev/null || fail "aapt refused the manifest"
	find "$stage" -exec touch -h -d '1980-01-01 00:00:00' {} +
	(cd "$stage" && find . -name '*.dex' | sed 's|^\./||' | sort -V | zip -q -X -@ "$out/big.part")
	mv "$out/big.part" "$out/big.apk"
	rm -rf "$stage"
}

build() {
	local from=()
	for dir in "$cache/artifacts" "${APKAUDIT_ARTIFACTS-}"; do
		[ -z "$dir" ] || [ ! -d "$dir" ] || from+=("$(realpath "$dir")")
	done
	[ ${#from[@]} -gt 0 ] || fail "there are no archives; run testdata/corpus/relearn.sh or set APKAUDIT_ARTIFACTS"
	mkdir -p "$out/jars" "$out/dex"
	if [ ! -s "$out/jars/order.txt" ] || [ "$here/artifacts.tsv" -nt "$out/jars/order.txt" ]; then
		(cd "$root" && go run testdata/corpus/big.go pick "$here/artifacts.tsv" "$out/jars" "${from[@]}")
	fi
	cut -d' ' -f1 "$out/jars/order.txt" | xargs -P "$jobs" -n 1 bash -c 'translate "$1"' translate
	chosen >"$out/chosen.new"
	[ "$(dex_bytes $(cat "$out/chosen.new"))" -gt 0 ] || fail "no archive could be translated"
	if [ ! -f "$out/big.apk" ] || ! cmp -s "$out/chosen.new" "$out/chosen"; then
		mv "$out/chosen.new" "$out/chosen"
		pack
	fi
}

main() {
	local opt
	while getopts n:s:j:b opt; do
		case $opt in
		n) runs=$OPTARG ;;
		s) size=$OPTARG ;;
		j) jobs=$OPTARG ;;
		b) only=build ;;
		*) fail "usage: big.sh [-n RUNS] [-s MB] [-j JOBS] [-b]" ;;
		esac
	done
	[[ $runs =~ ^[1-9][0-9]*$ && $size =~ ^[1-9][0-9]*$ && $jobs =~ ^[1-9][0-9]*$ ]] || fail "-n, -s and -j want positive numbers"
	for opt in java:default-jdk-headless aapt:aapt zip:zip unzip:unzip go:golang; do
		command -v "${opt%%:*}" >/dev/null || fail "${opt%%:*} is missing; install the Debian package ${opt##*:}"
	done
	[ -f "$cache/apps/$dx" ] || fail "$cache/apps/$dx is missing; run testdata/corpus/fetch.sh"
	build
	echo "$out/big.apk: $(wc -l <"$out/chosen") archives, $(wc -l <"$out/groups.txt") DEX files, $(unzip -v "$out/big.apk" | awk '/classes[0-9]*\.dex$/ { s += $1 } END { printf "%.1f", s / 1e6 }') MB of DEX"
	[ -n "$only" ] || "$here/cost.sh" -n "$runs" -m 600 "$out/big.apk"
}

main "$@"
