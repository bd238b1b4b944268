#!/usr/bin/env bash
# Puts the program into the runner's temporary directory and names it in the
# output "program": a release that the checksum file of that release confirms
# (INPUT_VERSION), else a build of the checkout that this action belongs to.
# Runs with the bash 3.2 of macOS runners too.
set -euo pipefail

fail() {
  echo "::error::apkaudit: $1" >&2
  exit 2
}

# digest FILE prints its SHA-256 in hexadecimal.
digest() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum <"$1" | cut -d ' ' -f 1
  else
    shasum -a 256 <"$1" | cut -d ' ' -f 1
  fi
}

dir=$(mktemp -d "$RUNNER_TEMP/apkaudit.XXXXXX")
program="$dir/apkaudit"
[ "$RUNNER_OS" = Windows ] && program="$program.exe"

build() {
  command -v go >/dev/null 2>&1 || fail "Go is not installed; add actions/setup-go before this step, or set the input version"
  (cd "$GITHUB_ACTION_PATH/../../.." && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -buildid=" -o "$program" ./cmd/apkaudit)
}

download() {
  local version=${INPUT_VERSION#v} repository os arch archive base want
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail "the input version is no version such as 0.1.0"
  # The runner unpacks actions to _actions/OWNER/NAME/REF; what the context says of
  # the repository is not promised for composite actions.
  [[ $GITHUB_ACTION_PATH =~ [/\\]_actions[/\\]([^/\\]+)[/\\]([^/\\]+)[/\\] ]] || fail "a local checkout of the action has no releases; leave the input version empty"
  repository="${BASH_REMATCH[1]}/${BASH_REMATCH[2]}"
  case "$RUNNER_OS" in
    Linux) os=linux ;;
    macOS) os=darwin ;;
    Windows) os=windows ;;
    *) fail "there is no release for $RUNNER_OS" ;;
  esac
  case "$RUNNER_ARCH" in
    X64) arch=amd64 ;;
    ARM64) arch=arm64 ;;
    *) fail "there is no release for $RUNNER_ARCH" ;;
  esac
  archive="apkaudit_${version}_${os}_${arch}.tar.gz"
  base="$GITHUB_SERVER_URL/$repository/releases/download/v$version"
  for file in checksums.txt "$archive"; do
    curl --fail --location --silent --show-error --retry 3 --output "$dir/$file" "$base/$file" || fail "$base/$file cannot be fetched; is $version a released version?"
  done
  want=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$dir/checksums.txt")
  [ -n "$want" ] || fail "checksums.txt of $version does not name $archive"
  [ "$(digest "$dir/$archive")" = "$want" ] || fail "$archive is not what checksums.txt of $version says; nothing of it was run"
  (cd "$dir" && tar -xzf "$archive" "$(basename "$program")") || fail "$archive holds no $(basename "$program")"
}

if [ -n "${INPUT_VERSION:-}" ]; then
  download
else
  build
fi
echo "program=$program" >>"$GITHUB_OUTPUT"
