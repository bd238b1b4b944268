#!/usr/bin/env bash
# Runs the native fuzz targets of the whole project, each in a process of its own: the
# archive and its formats, DEX, class files, native libraries, the call graph, every
# reader of policies, rules, configuration, waivers, saved reports and what batch keeps.
# Prints how often and how long each ran, and what all of them come to; exits with 1
# where one failed, and with 1 too where one has hardly run at all.
#
#   testdata/corpus/fuzz.sh [-t TIME] [-j WORKERS] [PATTERN]     20m for each, all cores
#
# PATTERN is a regular expression for "package target", such as policy or Graph. An
# input that fails is left where Go puts it, in testdata/fuzz of the package; it belongs
# into the project, as a seed. The corpus that grows meanwhile stays in Go's cache.
#
# Each worker may take 6 GB of address space; a target in which one input takes longer
# than the targets themselves allow, or than ten seconds, fails by itself.
#
# Inputs are not minimised while a target runs (-fuzzminimizetime 0x). Go minimises each
# input that reaches new code for up to a minute by default and tells of no execution
# until it is done; code that runs in goroutines or depends on the collector reaches new
# code by chance, so that nearly all the time went there: 174 executions in 48 seconds,
# where 60,000 are made without.
#
# Needs: Go.
set -euo pipefail
export LC_ALL=C

readonly address_space=6000000 # KiB
readonly least=200             # executions; fewer say that the fuzzer stood still

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
time=20m
log=
jobs=${APKAUDIT_JOBS:-$(nproc)}

fail() {
	echo "fuzz.sh: $*" >&2
	exit 2
}

# targets prints "package target" for all targets that fit.
targets() {
	grep -rn --include='*_test.go' -oE '^func Fuzz[A-Za-z0-9_]+' internal | sort | while IFS=: read -r file _ name; do
		name="./$(dirname "$file") ${name#func }"
		[[ ! $name =~ $1 ]] || echo "$name"
	done
}

# last prints the number behind a word of the fuzzer's last line.
last() { sed -n "s/^fuzz: elapsed: .*$1: \\([0-9]*\\).*/\\1/p" "$log" | tail -n 1; }

# elapsed prints for how many seconds the fuzzer ran, which leaves out building it.
elapsed() {
	local sum
	sum=$(sed -n 's/^fuzz: elapsed: \([0-9hm]*\)s.*/\1/p' "$log" | tail -n 1 | sed 's/h/*3600+/; s/m/*60+/')
	echo $((${sum:-0}))
}

# run fuzzes one target and prints its line; it fails where the target does.
run() {
	local package=$1 target=$2 result=sound execs took
	go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 0x -parallel "$jobs" </dev/null >"$log" 2>&1 || result=FAILED
	# Where its time ends while an input comes back from a worker, the fuzzer says only this.
	if [[ $result = FAILED ]] && grep -qx ' *context deadline exceeded' "$log" && ! grep -q -e 'Failing input' -e panic "$log"; then
		result=sound
	fi
	execs=$(last execs) took=$(elapsed)
	[[ $result = FAILED || ${execs:-0} -ge $least ]] || result=STALLED
	printf '%-34s %-17s %7d %12s %12s %8s\n' "${package#./internal/}" "$target" "${took:-0}" "${execs:-0}" "$(last interesting)" "$result"
	total=$((total + ${execs:-0})) seconds=$((seconds + ${took:-0}))
	[ "$result" = sound ] && return
	bad=1
	grep -v 'fuzz: elapsed' "$log" | head -n 40 | sed 's/^/    /'
}

main() {
	local opt package target found=0
	total=0 seconds=0 bad=0
	while getopts t:j: opt; do
		case $opt in
		t) time=$OPTARG ;;
		j) jobs=$OPTARG ;;
		*) fail "usage: fuzz.sh [-t TIME] [-j WORKERS] [PATTERN]" ;;
		esac
	done
	shift $((OPTIND - 1))
	[[ $time =~ ^[0-9]+[smh]$ && $jobs =~ ^[1-9][0-9]*$ ]] || fail "-t wants a time such as 20m, -j a positive number"
	command -v go >/dev/null || fail "go is missing"
	cd "$root"
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	ulimit -v $address_space
	printf '%-34s %-17s %7s %12s %12s %8s\n' package target seconds executions interesting result
	while read -r package target; do
		found=$((found + 1))
		run "$package" "$target"
	done < <(targets "${1-}")
	[ "$found" -gt 0 ] || fail "there is no such target"
	printf '%d targets, %d executions, %d.%02d hours\n' "$found" "$total" $((seconds / 3600)) $((seconds % 3600 / 36))
	return $bad
}

main "$@"
