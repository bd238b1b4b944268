#!/usr/bin/env bash
# Measures whether a scan finds the differences between an app and its policy: builds
# apps out of real SDK archives and a little code of our own, reads the policy that
# we wrote for each, and counts what is found, missed and invented.
#
#   testdata/corpus/pairs.sh          the tables, on standard output
#   testdata/corpus/pairs.sh build    only build the apps
#
# A pair is a folder of pairs/:
#
#   app.yaml        package, label, permissions and archives of the app
#   src/            its own code, which asks for consent and starts the SDKs
#   policy/         the policy: one file, or one for each language
#   expected.yaml   what was planted and has to be found, what is right besides and may
#                   be reported, and SDKs that the policy names by another name; each
#                   with the reason. Written before the first scan, and mended only
#                   where a fact about the app was wrong
#
# Folders with "_" in their names, SET_NAME, are pairs of other archives, layouts and
# wordings, each set written at once and scanned once before anything was mended on
# them: held_ first, held2_ later, by somebody who had not read the code that reads
# policies. The table shows each set apart.
#
# archives.yaml says for each archive what its code reads, by its listing. How a
# finding is compared stands in pairs.go. Archives under `renamed` go through
# ProGuard, which gives their classes other names in one package. Of an AAR the
# classes are taken, not its manifest, resources and native libraries.
#
# Everything stays in the ignored folder .cache/pairs (or $APKAUDIT_CACHE/pairs); an
# app is not built again while nothing that it is made of has changed. Some six
# minutes of computing from nothing; no third-party binary is ever committed.
#
# Needs (Debian package names): aapt apksigner zipalign android-framework-res
# default-jdk-headless proguard-cli zip unzip, Go, the jars that fetch.sh or
# ../apps/build.sh put into .cache/apps, and the archives of artifacts.tsv, which
# relearn.sh downloads or $APKAUDIT_ARTIFACTS holds.
set -euo pipefail
export LC_ALL=C.UTF-8 TZ=UTC

readonly min_sdk=26
readonly dx=dalvik-dx-16.0.1.jar
readonly android=android-all-6.0.1_r3-robolectric-r1.jar
readonly framework=${ANDROID_FRAMEWORK_RES:-/usr/share/android-framework-res/framework-res.apk}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$(realpath -m "${APKAUDIT_CACHE:-$root/.cache}")
tools=$cache/apps
out=$cache/pairs
jobs=${APKAUDIT_JOBS:-$(nproc)}

fail() {
	echo "pairs.sh: $*" >&2
	exit 1
}

# unpack FILE DIR puts the jars of an archive there.
unpack() {
	mkdir -p "$2"
	if unzip -Z1 "$1" classes.jar >/dev/null 2>&1; then
		unzip -qo -j "$1" classes.jar -d "$2"
		unzip -qo -j "$1" 'libs/*.jar' -d "$2" 2>/dev/null || [ $? -eq 11 ]
	else
		cp "$1" "$2/classes.jar"
	fi
}

# translate "SUM USE FILE" makes the DEX files of one archive, once.
translate() {
	local sum use file dir work jar
	read -r sum use file <<<"$1"
	dir=$out/dex/$way/$sum.$use
	[ ! -d "$dir" ] || return 0
	work=$dir.part
	rm -rf "$work"
	unpack "$file" "$work/jars"
	if [ "$use" = renamed ]; then
		{
			for jar in "$work"/jars/*.jar; do echo "-injars '$jar'(**.class)"; done
			echo "-outjars '$work/renamed.jar'"
			echo "-libraryjars '$tools/$android'"
			echo "-keepclassmembers enum * { public static **[] values(); public static ** valueOf(java.lang.String); }"
			# A package of its own for each archive, so that their names do not meet.
			printf '%s\n' "-dontwarn **" "-dontnote **" -ignorewarnings -dontpreverify -dontshrink -dontoptimize \
				"-repackageclasses o${sum:0:4}" -allowaccessmodification
		} >"$work/rules.txt"
		proguard "@$work/rules.txt" >"$work/log" 2>&1 || fail "$file could not be renamed: $(tail -n 2 "$work/log")"
		rm -r "$work/jars"
		mkdir "$work/jars"
		mv "$work/renamed.jar" "$work/jars/"
	fi
	java -Xmx1500m -cp "$tools/$dx" com.android.dx.command.Main --dex --multi-dex --min-sdk-version=$min_sdk \
		--output="$work" "$work"/jars/*.jar >"$work/log" 2>&1 || fail "$file could not be translated: $(tail -n 3 "$work/log")"
	mv "$work" "$dir"
}

# stamp NAME is a sum of all that an app is made of.
stamp() {
	(cd "$here" && { find "pairs/$1/src" pairs.sh ../apps/debug.keystore -type f | sort | xargs sha256sum; cat "$out/$1/AndroidManifest.xml" "$out/$1/archives.txt"; }) |
		sha256sum | cut -d' ' -f1
}

# build NAME packs one app.
build() {
	local name=$1 dir=$out/$1 work=$out/$1/work want n=1 path=$tools/$android sum use part
	want=$(stamp "$name")
	[ ! -f "$dir/app.apk" ] || [ "$want" != "$(cat "$dir/stamp" 2>/dev/null)" ] || return 0
	rm -rf "$work" "$dir/stamp"
	mkdir -p "$work/classes" "$work/stage"
	while read -r sum use _; do
		for part in "$out/dex/$way/$sum.$use"/jars/*.jar; do [ "$use" = renamed ] || path+=:$part; done
		for part in $(find "$out/dex/$way/$sum.$use" -maxdepth 1 -name 'classes*.dex' | sort -V); do
			n=$((n + 1))
			cp "$part" "$work/stage/classes$n.dex"
		done
	done <"$dir/archives.txt"
	find "$here/pairs/$name/src" -name '*.java' | sort >"$work/sources"
	javac -nowarn -Xlint:-options -encoding UTF-8 -g:source,lines -source 8 -target 8 -cp "$path" -d "$work/classes" \
		"@$work/sources" 2>"$work/log" || fail "$name: javac: $(cat "$work/log")"
	java -cp "$tools/$dx" com.android.dx.command.Main --dex --min-sdk-version=$min_sdk --output="$work/stage/classes.dex" \
		"$work/classes" >"$work/log" 2>&1 || fail "$name: dx: $(tail -n 3 "$work/log")"
	aapt package -f -M "$dir/AndroidManifest.xml" -I "$framework" -F "$work/base.apk" >"$work/log" 2>&1 || fail "$name: aapt: $(cat "$work/log")"
	unzip -qo "$work/base.apk" -d "$work/stage"
	find "$work/stage" -exec touch -h -d '1980-01-01 00:00:00' {} +
	(cd "$work/stage" && find . -type f | sed 's|^\./||' | sort -V | zip -q -X -@ "$work/plain.apk")
	zipalign -f 4 "$work/plain.apk" "$work/aligned.apk"
	apksigner sign --ks "$here/../apps/debug.keystore" --ks-pass pass:android --ks-key-alias apkaudit-test \
		--v1-signing-enabled false --v2-signing-enabled true --v3-signing-enabled true --v4-signing-enabled false \
		--out "$dir/app.apk" "$work/aligned.apk" || fail "$name: apksigner could not sign"
	rm -rf "$work"
	echo "$want" >"$dir/stamp"
	echo "built $name" >&2
}
# way is a sum of how archives are translated, so that another way starts anew.
way=$(declare -f unpack translate | sha256sum | cut -c1-12)

export -f fail unpack translate stamp build
export here out tools dx android framework min_sdk way

# scan NAME writes its report; findings are no failure.
scan() {
	"$out/apkaudit" scan "$out/$1/app.apk" --policy "$here/pairs/$1/policy" --exit-zero --allow-incomplete -q -o "json=$out/$1/report.json" ||
		fail "$1 could not be scanned"
}

main() {
	local tool from=() dir names name
	[ $# -eq 0 ] || [ "$*" = build ] || fail "usage: pairs.sh [build]"
	for tool in aapt:aapt apksigner:apksigner zipalign:zipalign javac:default-jdk-headless java:default-jdk-headless \
		proguard:proguard-cli zip:zip unzip:unzip go:golang; do
		command -v "${tool%%:*}" >/dev/null || fail "${tool%%:*} is missing; install the Debian package ${tool##*:}"
	done
	[ -r "$framework" ] || fail "$framework is missing; install android-framework-res or set ANDROID_FRAMEWORK_RES"
	for tool in $dx $android; do
		[ -f "$tools/$tool" ] || fail "$tools/$tool is missing; run testdata/apps/build.sh"
	done
	for dir in "$cache/artifacts" "${APKAUDIT_ARTIFACTS-}"; do
		[ -z "$dir" ] || [ ! -d "$dir" ] || from+=("$(realpath "$dir")")
	done
	[ ${#from[@]} -gt 0 ] || fail "there are no archives; run testdata/corpus/relearn.sh or set APKAUDIT_ARTIFACTS"
	mkdir -p "$out/dex/$way"
	(cd "$root" && go run testdata/corpus/pairs.go plan "$here/pairs" "$out" "${from[@]}") || exit 1
	names=$(cd "$here/pairs" && for name in */; do echo "${name%/}"; done)
	# shellcheck disable=SC2016
	for name in $names; do cat "$out/$name/archives.txt"; done | sort -u | xargs -P "$jobs" -d '\n' -n 1 bash -c 'set -euo pipefail; translate "$1"' translate
	# shellcheck disable=SC2016
	xargs -P "$jobs" -n 1 bash -c 'set -euo pipefail; build "$1"' build <<<"$names"
	[ $# -eq 0 ] || return 0
	(cd "$root" && CGO_ENABLED=0 go build -o "$out/apkaudit" ./cmd/apkaudit) || fail "apkaudit does not build"
	for name in $names; do scan "$name"; done
	(cd "$root" && go run testdata/corpus/pairs.go table "$here/pairs" "$out")
}

main "$@"
