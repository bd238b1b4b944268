#!/usr/bin/env bash
# Runs "apkaudit scan" with the inputs of the action (INPUT_…), keeps its exit
# code as an output, and puts the Markdown report on the job's summary page.
# Runs with the bash 3.2 of macOS runners too.
set -euo pipefail

# Summaries above 1 MiB are refused by the runner.
readonly max_summary=1000000

command=("$APKAUDIT" scan)

# Each line is a file or a pattern; a pattern without a match stays as it is, and
# the program names it as missing.
files=()
while IFS= read -r line; do
  line=${line%$'\r'}
  [ -n "$line" ] || continue
  if [ ! -e "$line" ] && compgen -G "$line" >/dev/null; then
    while IFS= read -r match; do files+=("$match"); done < <(compgen -G "$line" | LC_ALL=C sort)
  else
    files+=("$line")
  fi
done <<<"$INPUT_APK"

while IFS= read -r line; do
  line=${line%$'\r'}
  [ -z "$line" ] || command+=(--policy "$line")
done <<<"${INPUT_POLICY:-}"

# An empty input leaves the setting to apkaudit.yaml.
[ -z "${INPUT_FAIL_ON:-}" ] || command+=(--fail-on "$INPUT_FAIL_ON")
[ -z "${INPUT_PROFILE:-}" ] || command+=(--profile "$INPUT_PROFILE")
[ -z "${INPUT_BASELINE:-}" ] || command+=(--baseline "$INPUT_BASELINE")
[ -z "${INPUT_WAIVERS:-}" ] || command+=(--waivers "$INPUT_WAIVERS")
[ -z "${INPUT_LANG:-}" ] || command+=(--lang "$INPUT_LANG")

while IFS= read -r line; do
  line=${line%$'\r'}
  [ -z "$line" ] || command+=("$line")
done <<<"${INPUT_ARGS:-}"

out=$(mktemp -d "$RUNNER_TEMP/apkaudit-report.XXXXXX")
command+=(-o text -o json="$out/apkaudit.json" -o sarif="$out/apkaudit.sarif" -o markdown="$out/apkaudit.md")

# What an APK holds may look like a command to the runner ("::add-mask::…"); it
# listens to none until it reads the token again.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
code=0
"${command[@]}" -- ${files[@]+"${files[@]}"} || code=$?
echo "::$token::"

{
  echo "exit-code=$code"
  [ ! -f "$out/apkaudit.json" ] || echo "json=$out/apkaudit.json"
  [ ! -f "$out/apkaudit.sarif" ] || echo "sarif=$out/apkaudit.sarif"
} >>"$GITHUB_OUTPUT"

if [ -f "$out/apkaudit.md" ]; then
  if [ "$(wc -c <"$out/apkaudit.md")" -le "$max_summary" ]; then
    cat "$out/apkaudit.md" >>"$GITHUB_STEP_SUMMARY"
  else
    echo "The apkaudit report is too large for this page; it is in the log, and complete as JSON and SARIF." >>"$GITHUB_STEP_SUMMARY"
  fi
fi
