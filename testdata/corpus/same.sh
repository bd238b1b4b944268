#!/usr/bin/env bash
# Shows that a scan is the same bytes in every format, whatever the number of
# processors, and that what is rendered from the saved report is too.
#
#   testdata/corpus/same.sh POLICY APK...
#
# Exits 1 and names the file where two outputs differ. An APK of which no scan
# comes to a verdict (exit code 2) is named and counts as a failure.
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: testdata/corpus/same.sh POLICY APK..." >&2; exit 2; }
policy=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$(dirname "$0")/../.." && CGO_ENABLED=0 go build -o "$work/apkaudit" ./cmd/apkaudit)

# The formats are those that the program offers, so that a new one is not forgotten.
formats=$("$work/apkaudit" __complete scan -o "" 2>/dev/null | awk -F '\t' '$1 ~ /^[a-z]+$/ && $1 != "template" { print $1 }')
[ -n "$formats" ] || { echo "the program names no formats" >&2; exit 2; }

# written DIR PROCESSORS COMMAND... writes every format into DIR, in both languages.
written() {
  local dir=$1 processors=$2 lang code
  shift 2
  for lang in zh en; do
    mkdir -p "$dir/$lang"
    local out=()
    for f in $formats; do out+=(-o "$f=$dir/$lang/$f"); done
    code=0
    GOMAXPROCS=$processors "$work/apkaudit" "$@" --quiet --lang "$lang" "${out[@]}" || code=$?
    [ "$code" != 2 ] || return 2
    echo "$code" >"$dir/$lang/exit-code"
  done
}

failed=0
for apk in "$@"; do
  rm -rf "$work/one" "$work/four" "$work/again" "$work/render"
  if ! written "$work/one" 1 scan "$apk" --policy "$policy" || ! written "$work/four" 4 scan "$apk" --policy "$policy" ||
    ! written "$work/again" 4 scan "$apk" --policy "$policy" || ! written "$work/render" 2 render "$work/one/zh/json"; then
    echo "no verdict  $apk"
    failed=1
    continue
  fi
  rm "$work/render"/*/exit-code # render judges nothing
  same=same
  for other in four again; do
    diff -rq "$work/one" "$work/$other" || same=differs
  done
  diff -rq -x exit-code "$work/one" "$work/render" || same=differs
  echo "$same  $apk"
  [ "$same" = same ] || failed=1
done
exit "$failed"
