#!/usr/bin/env bash
# Runs every fuzz target of the readers of code: DEX tables, instructions and
# branches, the call graph, native libraries, and what looks for uses. Prints how
# often each ran, and exits with 1 where one failed.
#
#   testdata/corpus/fuzz.sh [-t TIME] [-j WORKERS] [PATTERN]     20m for each, all cores
#
# PATTERN is a regular expression for names of targets, such as Graph. An input that
# fails is left where Go puts it, in testdata/fuzz of the package; it belongs into the
# project, as a seed. Each worker may take 6 GB of address space; a target in which one
# input takes longer than the targets themselves allow fails by itself. The corpus that
# grows meanwhile stays in Go's cache.
#
# Needs: Go.
set -euo pipefail
export LC_ALL=C

readonly address_space=6000000 # KiB
readonly packages="./internal/dex/... ./internal/behavior/..."

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
time=20m
log=
jobs=${APKAUDIT_JOBS:-$(nproc)}

fail() {
	echo "fuzz.sh: $*" >&2
	exit 2
}

# targets prints "package target" for all targets whose name fits.
targets() {
	local package target
	# shellcheck disable=SC2086
	for package in $(go list $packages); do
		while read -r target; do
			[[ ! $target =~ ^Fuzz || ! $target =~ $1 ]] || echo "$package $target"
		done < <(go test "$package" -run '^$' -list '^Fuzz')
	done
}

main() {
	local opt package target found=0 bad=0
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
	printf '%-46s %-16s %10s %14s %10s\n' package target time executions result
	while read -r package target; do
		found=$((found + 1))
		local result=sound
		go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 5s -parallel "$jobs" </dev/null >"$log" 2>&1 || result=FAILED
		printf '%-46s %-16s %10s %14s %10s\n' "${package#*/}" "$target" "$time" "$(sed -n 's/^fuzz: elapsed.*execs: \([0-9]*\).*/\1/p' "$log" | tail -n 1)" "$result"
		if [ "$result" = FAILED ]; then
			bad=1
			sed 's/^/    /' "$log" | grep -v 'fuzz: elapsed' | head -n 40
		fi
	done < <(targets "${1-}")
	[ "$found" -gt 0 ] || fail "there is no such target"
	return $bad
}

main "$@"
