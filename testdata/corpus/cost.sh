#!/usr/bin/env bash
# Measures what a scan costs: time and memory on one to all cores, and how the time
# is split by stages; then the call graph by itself, on a made-up app of 300,000
# methods.
#
#   testdata/corpus/cost.sh [-n RUNS] [-m MB] [APK]     5 runs of uiautomator2.apk, 150 MB
#
# The runs on different numbers of cores (GOMAXPROCS) alternate; printed are medians
# of wall time and the highest peak memory (RSS) in MB of 1,000,000 bytes. Stages are
# those of BenchmarkStages of internal/behavior, the graph BenchmarkGraph of
# internal/dex/callgraph on two cores. How a scan compares with inflating and with
# dexdump, bench.sh tells; an app of 100 MB of DEX comes from big.sh.
#
# The figures to reach, also printed: MB is the most memory; the graph takes at most
# 1.5 s and 400 MB. Nothing fails when they are missed.
#
# Needs (Debian package names): time, and Go. The app comes from fetch.sh (fetch.sh apks
# is enough). The program is built anew as .cache/apkaudit.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$(realpath -m "${APKAUDIT_CACHE:-$root/.cache}")
gnu_time=/usr/bin/time # GNU time; the word alone is bash's own, which knows no memory
runs=5
limit=150
work=

fail() {
	echo "cost.sh: $*" >&2
	exit 1
}

# run CORES scans once and notes wall time in microseconds and peak memory in KiB in
# $work/CORES. Codes 1 and 3 are findings and gaps, not failures.
run() {
	local start end code=0
	start=${EPOCHREALTIME/./}
	GOMAXPROCS=$1 "$gnu_time" -o "$work/rss" -f %M "$cache/apkaudit" scan "$apk" -o json=/dev/null >/dev/null 2>"$work/err" || code=$?
	end=${EPOCHREALTIME/./}
	[[ $code =~ ^(0|1|3)$ ]] || fail "the scan ended with code $code: $(head -n 3 "$work/err")"
	echo "$((end - start)) $(tail -n 1 "$work/rss")" >>"$work/$1"
}

# row CORES ONE prints the figures of one number of cores; ONE is the file of one core.
row() {
	sort -n "$work/$1" | awk -v cores="$1" -v one="$(sort -n "$2" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }')" '
		{ t[NR] = $1; if ($2 > m) m = $2 }
		END { w = t[int((NR + 1) / 2)]; printf "%-8s %12.1f %18s %10.1f %10.2f\n", cores, w / 1e3, sprintf("%.0f..%.0f", t[1] / 1e3, t[NR] / 1e3), m * 1024 / 1e6, one / w }'
}

# metrics LOG prints the figures of a benchmark, one a line.
metrics() {
	awk '/^Benchmark/ { for (i = 5; i < NF; i += 2) { n = split($(i + 1), unit, "-"); printf "%-18s %10.1f %s\n", unit[1], $i, (n > 1 ? unit[2] : "") } }
		/^Benchmark/ { found = 1 } END { exit !found }' "$1" || fail "the benchmark failed: $(tail -n 5 "$1")"
}

main() {
	local opt i cores list=() n
	while getopts n:m: opt; do
		case $opt in
		n) runs=$OPTARG ;;
		m) limit=$OPTARG ;;
		*) fail "usage: cost.sh [-n RUNS] [-m MB] [APK]" ;;
		esac
	done
	shift $((OPTIND - 1))
	[[ $runs =~ ^[1-9][0-9]*$ && $limit =~ ^[1-9][0-9]*$ ]] || fail "-n and -m want positive numbers"
	apk=$(realpath -m "${1:-$cache/corpus/apk/uiautomator2.apk}")
	[ -r "$apk" ] || fail "$apk is missing; run testdata/corpus/fetch.sh apks"
	[ -x "$gnu_time" ] || fail "$gnu_time is missing; install the Debian package time"
	command -v go >/dev/null || fail "go is missing"
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	mkdir -p "$cache"
	(cd "$root" && CGO_ENABLED=0 go build -o "$cache/apkaudit" ./cmd/apkaudit) || fail "apkaudit does not build"

	n=$(nproc)
	for ((cores = 1; cores < n; cores *= 2)); do list+=("$cores"); done
	list+=("$n")
	run "$n" # once, so that the file is in memory
	rm "$work/$n"
	for ((i = 0; i < runs; i++)); do
		for cores in "${list[@]}"; do run "$cores"; done
	done
	echo "app            $(basename "$apk"), $(stat -c %s "$apk") bytes"
	echo "machine        $n cores, load $(cut -d' ' -f1-3 /proc/loadavg), $(cd "$root" && go env GOVERSION)"
	echo "runs           $runs each, alternating"
	echo
	printf '%-8s %12s %18s %10s %10s\n' cores 'median ms' 'range ms' 'peak MB' speed-up
	for cores in "${list[@]}"; do row "$cores" "$work/1"; done
	echo "to reach: at most $limit MB"

	echo
	echo "stages of one scan on $n cores, medians"
	(cd "$root" && APKAUDIT_STAGES=$apk go test ./internal/behavior -run '^$' -bench '^BenchmarkStages$' -benchtime "${runs}x") >"$work/stages.log" 2>&1 || true
	metrics "$work/stages.log"

	echo
	echo "call graph of a made-up app, on 2 cores"
	(cd "$root" && go test ./internal/dex/callgraph -run '^$' -bench '^BenchmarkGraph$' -benchtime "${runs}x" -cpu 2) >"$work/graph.log" 2>&1 || true
	metrics "$work/graph.log"
	echo "to reach: at most 1500 ms and 400 MB"
}

main "$@"
