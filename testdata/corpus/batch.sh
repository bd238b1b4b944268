#!/usr/bin/env bash
# Measures batch runs over a folder of real APKs, or a list with one path a line.
#
#   testdata/corpus/batch.sh speed FOLDER|LIST [POLICY]   apps/s, MB/s, CPU, memory, with 1 to all workers, beside dexdump -d
#   testdata/corpus/batch.sh kill FOLDER|LIST [RUNS]      kill -9 at random moments (20 runs), each resumed and compared
#   testdata/corpus/batch.sh soak FOLDER|LIST [SCANS]     the folder again and again (20,000 scans): memory and file handles
#
# "speed" runs each number of workers RUNS times ($RUNS, 3) and prints medians.
# Parallel efficiency is the time of one worker, divided by the time of n workers
# times n. What several processes lose without any work of ours is printed beside it:
# n times dexdump -d at once against one after the other, since cores of a shared
# machine are seldom whole ones. Memory is the highest sum over all processes, looked at
# every 50 ms; CPU is user and system time over wall time.
#
# "soak" scans copies that differ in the comment of the archive, of the smaller half of the
# apps, and prints, for each tenth of the time, the highest memory and number of open files
# of the parent and its workers together.
#
# Everything goes to a temporary folder. Needs (Debian package names): dexdump unzip
# procps, and Go. The program is built anew as .cache/apkaudit.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$(realpath -m "${APKAUDIT_CACHE:-$root/.cache}")
runs=${RUNS:-3}
work=

fail() {
	echo "batch.sh: $*" >&2
	exit 1
}

# family PID prints the process and what it has started.
family() { echo "$1" && pgrep -P "$1" || true; }

# watch PID FILE appends "KB FILES PROCESSES" of the family until it has ended.
watch() {
	local pids kb files p n
	while kill -0 "$1" 2>/dev/null; do
		pids=$(family "$1")
		kb=0 files=0 n=0
		for p in $pids; do
			kb=$((kb + $(awk '/^VmRSS/ {print $2}' "/proc/$p/status" 2>/dev/null || echo 0) + 0))
			files=$((files + $({ ls "/proc/$p/fd" 2>/dev/null || true; } | wc -l)))
			n=$((n + 1))
		done
		echo "$kb $files $n" >>"$2"
		sleep 0.05
	done
}

# one N PROGRAM... runs with N workers and prints "WALL CPU PEAK_KB".
run() {
	local out=$work/out.$RANDOM$RANDOM start end times
	rm -f "$work/mem"
	: >"$work/mem"
	start=$(date +%s%N)
	bash -c 'TIMEFORMAT="%U %S"; export GOMAXPROCS='"$1"'; time "$0" "$@" >/dev/null 2>"'"$work"'/log"' "$cache/apkaudit" batch --from "$work/list" --out "$out" -j "$1" \
		--exit-zero --allow-incomplete --nice 0 -q "${policy[@]}" 2>"$work/times" &
	local pid=$!
	sleep 0.02
	watch "$(pgrep -P "$pid" | head -n 1)" "$work/mem"
	wait "$pid" || fail "a run failed: $(tail -n 2 "$work/log" "$work/times")"
	end=$(date +%s%N)
	times=$(awk 'END {print $1 + $2}' "$work/times")
	found=$(find "$out/reports" -name '*.json' | wc -l)
	rm -rf "$out"
	awk -v w=$(((end - start) / 1000000)) -v c="$times" -v m="$(sort -n "$work/mem" | tail -n 1 | cut -d' ' -f1)" 'BEGIN {print w, c * 1000, m}'
}

median() { sort -n | awk '{a[NR] = $1} END {print a[int((NR + 1) / 2)]}'; }

# dumps N runs dexdump -d over all DEX files of the list, N at a time, and prints ms.
dumps() {
	local start end
	start=$(date +%s%N)
	find "$work/dex" -name '*.dex' -print0 | xargs -0 -n 1 -P "$1" sh -c 'dexdump -d "$0" >/dev/null 2>&1 || true'
	end=$(date +%s%N)
	echo $(((end - start) / 1000000))
}

speed() {
	local apps bytes dex cores n w c m first one few list
	apps=$(wc -l <"$work/list")
	bytes=$(tr '\n' '\0' <"$work/list" | xargs -0 stat -c %s | awk '{s += $1} END {print s}')
	mkdir -p "$work/dex"
	n=0
	while read -r apk; do
		n=$((n + 1))
		mkdir "$work/dex/$n"
		unzip -qo "$apk" 'classes*.dex' -d "$work/dex/$n" >/dev/null 2>&1 || true
	done <"$work/list"
	dex=$(find "$work/dex" -name '*.dex' -printf '%s\n' | awk '{s += $1} END {print s + 0}')
	cores=$(nproc)
	echo "apps           $apps, $bytes bytes; DEX $dex bytes"
	echo "machine        $cores cores, load $(cut -d' ' -f1-3 /proc/loadavg), $(go env GOVERSION)"
	echo "runs           $runs each, medians"
	echo
	printf '%-9s %10s %8s %10s %10s %7s %9s %11s %14s\n' workers seconds apps/s "MB/s APK" "MB/s DEX" CPU "peak MB" efficiency "dexdump alike"
	for ((n = 1; n <= cores; n++)); do
		list=$(for ((i = 0; i < runs; i++)); do run "$n"; done)
		w=$(cut -d' ' -f1 <<<"$list" | median) c=$(cut -d' ' -f2 <<<"$list" | median) m=$(cut -d' ' -f3 <<<"$list" | sort -n | tail -n 1)
		few=$(dumps "$n")
		[ "$n" -gt 1 ] || { first=$w one=$few; }
		awk -v n="$n" -v w="$w" -v c="$c" -v m="$m" -v f="$first" -v a="$apps" -v b="$bytes" -v d="$dex" -v few="$few" -v one="$one" 'BEGIN {
			printf "%-9d %10.2f %8.1f %10.1f %10.1f %6.0f%% %9.0f %11.2f %14.2f\n", n, w / 1000, a / w * 1000, b / w / 1000, d / w / 1000, c / w * 100, m / 1024, f / w / n, one / few / n }'
	done
	echo
	echo "dexdump -d of the same DEX files, one after the other: $(awk -v o="$one" 'BEGIN {printf "%.1f", o / 1000}') s, without unpacking"
}

kills() {
	local want=${1:-20} ref=$work/ref dir=$work/k start ms at i before left missing=0 differ=0 again=0 n
	start=$(date +%s%N)
	"$cache/apkaudit" batch --from "$work/list" --out "$ref" --exit-zero --allow-incomplete -q
	ms=$((($(date +%s%N) - start) / 1000000))
	n=$(find "$ref/reports" -name '*.json' | wc -l)
	echo "uninterrupted  $ms ms, $n reports"
	for ((i = 1; i <= want; i++)); do
		rm -rf "$dir"
		at=$((RANDOM * RANDOM % ms))
		"$cache/apkaudit" batch --from "$work/list" --out "$dir" --exit-zero --allow-incomplete -q &
		sleep "$((at / 1000)).$(printf '%03d' $((at % 1000)))"
		kill -9 $! 2>/dev/null || true
		wait $! 2>/dev/null || true
		sleep 0.2
		left=$(pgrep -fc "^$cache/apkaudit worker" || true)
		before=$(find "$dir/reports" -name '*.json' 2>/dev/null | wc -l)
		"$cache/apkaudit" batch --from "$work/list" --out "$dir" --exit-zero --allow-incomplete --progress plain 2>"$work/log"
		again=$((before - $(grep -c ' (kept, ' "$work/log" || true)))
		missing=$((missing + $(comm -23 <(ls "$ref/reports") <(ls "$dir/reports") | wc -l)))
		differ=$((differ + $(diff -rq "$ref/reports" "$dir/reports" | wc -l)))
		printf 'run %2d  killed at %6d ms with %4d reports; workers left %d; done twice %d\n' "$i" "$at" "$before" "$left" "$((again > 0 ? again : 0))"
	done
	echo "missing reports $missing, reports that differ $differ"
}

# copy FROM TO MARK copies an archive that ends without a comment and gives it one, so that
# its content is another while everything in it is the same.
copy() {
	local size
	size=$(stat -c %s "$1")
	[ "$(tail -c 22 "$1" | head -c 4 | od -An -tx1 | tr -d ' ')" = 504b0506 ] || return 0
	cp --reflink=auto "$1" "$2"
	printf '\x08\x00' | dd of="$2" bs=1 seek=$((size - 2)) conv=notrunc status=none
	printf '%08d' "$3" >>"$2"
}

soak() {
	local want=${1:-20000} i tenth dir=$work/s n=0 apk
	mkdir -p "$work/copies"
	# The smaller half of the apps, so that the copies need a few GB only.
	xargs -d '\n' ls -Sr <"$work/list" >"$work/sorted"
	head -n $((($(wc -l <"$work/list") + 1) / 2)) "$work/sorted" >"$work/small"
	while [ "$n" -lt "$want" ]; do
		while read -r apk; do
			n=$((n + 1))
			copy "$apk" "$work/copies/$n.apk" "$n"
		done <"$work/small"
	done
	: >"$work/mem"
	"$cache/apkaudit" batch "$work/copies" --out "$dir" --exit-zero --allow-incomplete --nice 0 -q &
	watch $! "$work/mem"
	wait $! || fail "the run failed"
	echo "scans          $(find "$work/copies" -name '*.apk' | wc -l), $(du -sm "$work/copies" | cut -f1) MB; reports $(find "$dir/reports" -name '*.json' | wc -l)"
	printf '%-8s %12s %12s %10s\n' tenth "peak MB" "open files" processes
	tenth=$((($(wc -l <"$work/mem") + 9) / 10))
	split -l "$tenth" -d -a 2 "$work/mem" "$work/mem."
	for i in "$work"/mem.??; do
		awk -v t="${i##*.}" '{if ($1 > m) m = $1; if ($2 > f) f = $2; if ($3 > p) p = $3} END {printf "%-8d %12.0f %12d %10d\n", t + 1, m / 1024, f, p}' "$i"
	done
}

main() {
	local what=${1:-} from=${2:-} tool
	case $what in speed | kill | soak) ;; *) fail "usage: batch.sh speed|kill|soak FOLDER|LIST [...]" ;; esac
	[ -e "$from" ] || fail "$from: no such folder or list"
	for tool in dexdump:dexdump unzip:unzip pgrep:procps go:golang; do
		command -v "${tool%%:*}" >/dev/null || fail "${tool%%:*} is missing; install the Debian package ${tool##*:}"
	done
	mkdir -p "$cache"
	(cd "$root" && CGO_ENABLED=0 go build -o "$cache/apkaudit" ./cmd/apkaudit)
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	if [ -d "$from" ]; then find "$(realpath "$from")" -name '*.apk' -type f | sort >"$work/list"; else xargs -d '\n' realpath <"$from" >"$work/list"; fi
	policy=()
	case $what in
	speed)
		[ -z "${3:-}" ] || policy=(--policy "$3")
		speed
		;;
	kill) kills "${3:-}" ;;
	soak) soak "${3:-}" ;;
	esac
}

main "$@"
