#!/usr/bin/env bash
# Measures a scan of one real app, beside dexdump on the same app and beside the
# time that inflating its DEX files takes, all in one run, so that the ratios
# hold on any machine.
#
#   testdata/corpus/bench.sh [-n RUNS] [APK]      9 runs of uiautomator2.apk by default
#
# Printed are medians of wall time, the highest peak memory (RSS), and the ratios.
# The runs of the programs alternate, so that a busy machine slows both.
# Inflating is compress/flate of the Go library on one core, measured by
# BenchmarkAgainstInflate of internal/dex. Where hyperfine is installed, its own
# figures follow.
#
# The figures to reach, also printed: a scan takes at most 3 times as long as
# inflating, dexdump -d at least 3 times as long as a scan, and 150 MB of memory
# for the 14.5 MB of DEX in uiautomator2.apk. Nothing fails when they are missed.
#
# Needs (Debian package names): time dexdump unzip, and Go. The app comes from
# fetch.sh (fetch.sh apks is enough). The program is built anew as .cache/apkaudit.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$(realpath -m "${APKAUDIT_CACHE:-$root/.cache}")
gnu_time=/usr/bin/time # GNU time; the word alone is bash's own, which knows no memory
work=

fail() {
	echo "bench.sh: $*" >&2
	exit 1
}

# run LABEL OK COMMAND... runs a command once and notes its wall time in
# microseconds and its peak memory in KiB in $work/LABEL. OK is a pattern of exit
# codes that count as done.
run() {
	local label=$1 ok=$2 start end code=0
	shift 2
	start=${EPOCHREALTIME/./}
	"$gnu_time" -o "$work/rss" -f %M "$@" >/dev/null 2>"$work/$label.err" || code=$?
	end=${EPOCHREALTIME/./}
	[[ $code =~ ^($ok)$ ]] || fail "$label ended with code $code: $(tail -n 3 "$work/$label.err")"
	# A first line about a non-zero exit code may stand before the figure.
	echo "$((end - start)) $(tail -n 1 "$work/rss")" >>"$work/$label"
}

median() { # median FILE COLUMN
	awk -v c="$2" '{ print $c }' "$1" | sort -n | awk '{ v[NR] = $1 } END { m = int((NR + 1) / 2); print (NR % 2) ? v[m] : (v[m] + v[m + 1]) / 2 }'
}

highest() { # highest FILE COLUMN
	awk -v c="$2" '$c > m { m = $c } END { print m + 0 }' "$1"
}

spread() { # spread FILE prints the fastest and slowest run in ms
	awk 'NR == 1 || $1 < lo { lo = $1 } $1 > hi { hi = $1 } END { printf "%.0f..%.0f", lo / 1000, hi / 1000 }' "$1"
}

# inflate_rate prints MB/s of compress/flate over the DEX files of the app.
inflate_rate() {
	mkdir "$work/only"
	ln -s "$apk" "$work/only/app.apk"
	(cd "$root" && APKAUDIT_CORPUS=$work/only go test ./internal/dex -run '^$' -bench '^BenchmarkAgainstInflate$' \
		-benchtime "${runs}x" -cpu 1) >"$work/inflate.log" 2>&1 || fail "the benchmark failed: $(tail -n 5 "$work/inflate.log")"
	awk '{ for (i = 2; i <= NF; i++) if ($i == "compress/flate-MB/s") print $(i - 1) }' "$work/inflate.log" | tail -n 1
}

main() {
	runs=9
	while getopts n: opt; do
		case $opt in
		n) runs=$OPTARG ;;
		*) fail "usage: bench.sh [-n RUNS] [APK]" ;;
		esac
	done
	shift $((OPTIND - 1))
	[[ $runs =~ ^[1-9][0-9]*$ ]] || fail "-n wants a positive number, not '$runs'"
	apk=$(realpath -m "${1:-$cache/corpus/apk/uiautomator2.apk}")
	[ -r "$apk" ] || fail "$apk is missing; run testdata/corpus/fetch.sh apks"
	[ -x "$gnu_time" ] || fail "$gnu_time is missing; install the Debian package time"
	command -v dexdump >/dev/null || fail "dexdump is missing; install the Debian package dexdump"
	command -v unzip >/dev/null || fail "unzip is missing; install the Debian package unzip"
	command -v go >/dev/null || fail "go is missing"
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT

	mkdir -p "$cache"
	(cd "$root" && CGO_ENABLED=0 go build -o "$cache/apkaudit" ./cmd/apkaudit) || fail "apkaudit does not build"

	local files bytes deflated rate inflate i
	read -r files bytes deflated < <(unzip -v "$apk" | awk '$8 ~ /^classes[0-9]*\.dex$/ { n++; all += $1; if ($2 ~ /^Defl/) d += $1 } END { print n + 0, all + 0, d + 0 }')
	[ "$deflated" -gt 0 ] || fail "$apk has no deflated classes.dex, so there is nothing to compare with"
	rate=$(inflate_rate)
	[ -n "$rate" ] || fail "no figure for compress/flate in: $(cat "$work/inflate.log")"
	inflate=$(awk -v b="$deflated" -v r="$rate" 'BEGIN { printf "%.0f", b / r }') # MB/s is bytes in a microsecond

	# One run of each first, so that the files are in memory for both. Codes 1 and 3
	# of apkaudit are findings and gaps, not failures.
	local scan=(run scan '0|1|3' "$cache/apkaudit" scan "$apk" -o json=/dev/null)
	local dump=(run dexdump 0 dexdump -d "$apk")
	"${scan[@]}"
	"${dump[@]}"
	rm "$work/scan" "$work/dexdump"
	for ((i = 0; i < runs; i++)); do
		"${scan[@]}"
		"${dump[@]}"
	done

	local s d
	s=$(median "$work/scan" 1)
	d=$(median "$work/dexdump" 1)
	echo "app            $(basename "$apk"), $(stat -c %s "$apk") bytes"
	echo "DEX            $files files, $bytes bytes, of them deflated $deflated"
	echo "machine        $(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg), $(cd "$root" && go env GOVERSION)"
	echo "runs           $runs each, alternating"
	echo
	printf '%-14s %10s %16s %12s\n' '' 'median ms' 'range ms' 'peak MB'
	awk -v s="$s" -v d="$d" -v i="$inflate" -v sr="$(spread "$work/scan")" -v dr="$(spread "$work/dexdump")" \
		-v sm="$(highest "$work/scan" 2)" -v dm="$(highest "$work/dexdump" 2)" 'BEGIN {
		row = "%-14s %10.1f %16s %12s\n"
		printf row, "apkaudit scan", s / 1e3, sr, sprintf("%.1f", sm * 1024 / 1e6)
		printf row, "dexdump -d", d / 1e3, dr, sprintf("%.1f", dm * 1024 / 1e6)
		printf row, "inflate once", i / 1e3, "", ""
		printf "\nscan / inflate %10.2f   (to reach: at most 3)\n", s / i
		printf "dexdump / scan %10.2f   (to reach: at least 3)\n", d / s
	}'

	if command -v hyperfine >/dev/null; then
		echo
		hyperfine -N -i --warmup 1 --runs "$((runs < 2 ? 2 : runs))" "$(printf '%q ' "$cache/apkaudit" scan "$apk" -o json=/dev/null)" "$(printf '%q ' dexdump -d "$apk")"
	fi
}

main "$@"
