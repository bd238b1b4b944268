#!/usr/bin/env bash
# Builds the test apps beside this script into signed APKs in ../apk.
#
#   testdata/apps/build.sh [--check] [-j N] [NAME...]
#
#   NAME      a folder with a manifest below this one: lanting, consent/gate_else; by
#             default all of them. consent and heldout build every folder below.
#   --check   build, then compare with the committed APKs instead of replacing them
#   -j N      that many builds side by side, 2 by default
#
# An app has AndroidManifest.xml and src, and where it needs them res, assets and
# lib (native libraries, packed as they are). Apps for Android 7 and later get no
# v1 signature, as the SDK's own tools do it.
#
# Needs (Debian package names): aapt apksigner zipalign android-framework-res
# default-jdk-headless maven zip unzip. Two jars come from Maven Central through
# mvn, once, into the ignored cache folder .cache/apps (or $APKAUDIT_CACHE/apps),
# and are checked against the sums below:
#
#   dalvik-dx     turns class files into DEX
#   android-all   the framework classes to compile against (API 23)
#
# debug.keystore is a throw-away key of our own with the usual debug password;
# it protects nothing. It is committed, and every archive entry is dated 1980,
# so that the same tool versions give the same bytes. The committed APKs were
# made with javac 17.0.15, aapt 10.0.0 and apksigner 31.0.2; another JDK may
# order constants differently, which changes the bytes and not the contents.
set -euo pipefail
export LC_ALL=C TZ=UTC

readonly dx_version=16.0.1
readonly dx_sum=1e4b645628e3bdb097b5331d669e177ef235a551582a8c646dbe36865e541907
readonly android_version=6.0.1_r3-robolectric-r1
readonly android_sum=a2d84271c5f033b1d082741a02f37a2d043120c0c09e5854e97ece9c3bb11d31
readonly framework=${ANDROID_FRAMEWORK_RES:-/usr/share/android-framework-res/framework-res.apk}
readonly size_limit=102400        # bytes; a test app that outgrows this is no longer a small one
readonly consent_size_limit=20480 # there are many of these

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(cd "$here/../apk" && pwd)
cache=${APKAUDIT_CACHE:-$here/../../.cache}/apps
work=
check=

fail() {
	echo "build.sh: $*" >&2
	exit 1
}

need_tools() {
	local pair
	for pair in aapt:aapt apksigner:apksigner zipalign:zipalign javac:default-jdk-headless \
		java:default-jdk-headless mvn:maven zip:zip unzip:unzip sha256sum:coreutils; do
		command -v "${pair%%:*}" >/dev/null || fail "${pair%%:*} is missing; install the Debian package ${pair##*:}"
	done
	[ -r "$framework" ] || fail "$framework is missing; install android-framework-res or set ANDROID_FRAMEWORK_RES"
}

# fetch COORDINATE FILE SUM fetches a jar into the cache unless it is there already.
fetch() {
	local coordinate=$1 file=$cache/$2 sum=$3
	if [ ! -f "$file" ]; then
		mkdir -p "$cache"
		mvn -q -B -Dstyle.color=never dependency:copy -Dartifact="$coordinate" -DoutputDirectory="$cache" \
			>"$work/mvn.log" 2>&1 ||
			fail "mvn could not fetch $coordinate: $(grep -m1 ERROR "$work/mvn.log" || echo 'no reason given')"
	fi
	[ -f "$file" ] || fail "mvn fetched $coordinate, but $file is not there"
	echo "$sum  $file" | sha256sum --check --status ||
		fail "$file has another sha256 than expected; delete it and run again"
}

# build NAME APK compiles, packs, aligns and signs one app.
build() {
	local name=$1 apk=$2 app=$here/$1 tmp=$work/$1 min limit=$size_limit v1=true
	mkdir -p "$tmp/gen" "$tmp/classes" "$tmp/stage"
	min=$(sed -n 's/.*android:minSdkVersion="\([0-9]*\)".*/\1/p' "$app/AndroidManifest.xml")
	[ -n "$min" ] || fail "$name: the manifest states no minSdkVersion"
	[ "$min" -lt 24 ] || v1=false
	case $name in consent/* | heldout/*) limit=$consent_size_limit ;; esac

	local pack=(aapt package -f -0 arsc -M "$app/AndroidManifest.xml" -I "$framework")
	[ ! -d "$app/res" ] || pack+=(-S "$app/res")
	[ ! -d "$app/assets" ] || pack+=(-A "$app/assets")
	"${pack[@]}" -J "$tmp/gen" -F "$tmp/base.apk" || fail "$name: aapt refused the manifest or the resources"

	find "$app/src" "$tmp/gen" -name '*.java' | sort >"$tmp/sources"
	javac -nowarn -Xlint:-options -encoding UTF-8 -g:source,lines -source 8 -target 8 \
		-cp "$cache/android-all-$android_version.jar" -d "$tmp/classes" "@$tmp/sources" 2>"$tmp/javac.log" ||
		fail "$name: javac: $(cat "$tmp/javac.log")"

	unzip -q "$tmp/base.apk" -d "$tmp/stage"
	[ ! -d "$app/lib" ] || cp -r "$app/lib" "$tmp/stage/lib"
	java -cp "$cache/dalvik-dx-$dx_version.jar" com.android.dx.command.Main \
		--dex --min-sdk-version="$min" --output="$tmp/stage/classes.dex" "$tmp/classes" ||
		fail "$name: dx could not translate the classes"

	find "$tmp/stage" -exec touch -h -d '1980-01-01 00:00:00' {} +
	# Android 11 wants resources.arsc stored, not deflated; with -9 zip would ignore -n.
	(cd "$tmp/stage" && find . -type f | sed 's|^\./||' | sort | zip -q -X -n .arsc -@ "$tmp/plain.apk")
	zipalign -f 4 "$tmp/plain.apk" "$tmp/aligned.apk"
	apksigner sign --ks "$here/debug.keystore" --ks-pass pass:android --ks-key-alias apkaudit-test \
		--v1-signing-enabled "$v1" --v2-signing-enabled true --v3-signing-enabled true \
		--v4-signing-enabled false --out "$apk" "$tmp/aligned.apk" || fail "$name: apksigner could not sign"
	apksigner verify "$apk" >/dev/null || fail "$name: the signature does not verify"
	[ "$(stat -c %s "$apk")" -le "$limit" ] || fail "$name: $(stat -c %s "$apk") bytes, more than $limit"
}

# deliver NAME builds one app and replaces, or with --check compares, its APK.
deliver() {
	local name=$1 apk=$work/$1.apk
	build "$name" "$apk"
	if [ -n "$check" ]; then
		cmp "$apk" "$out/$name.apk" || fail "$name: the sources no longer give the committed APK"
	else
		mkdir -p "$(dirname "$out/$name.apk")"
		cp "$apk" "$out/$name.apk"
	fi
	echo "$name.apk $(stat -c %s "$out/$name.apk") bytes sha256 $(sha256sum "$out/$name.apk" | cut -d' ' -f1)"
}

# apps_of NAME lists the apps that a name of the command line stands for.
apps_of() {
	if [ -f "$here/$1/AndroidManifest.xml" ]; then
		echo "$1"
		return
	fi
	(cd "$here" && ls -d "$1"/*/AndroidManifest.xml 2>/dev/null) | sed 's|^\./||; s|/AndroidManifest.xml$||'
}

main() {
	local jobs=2 name apps args=() names=() running=0
	while [ $# -gt 0 ]; do
		case $1 in
		--check) check=yes ;;
		-j)
			jobs=${2:-}
			[[ $jobs =~ ^[1-9][0-9]*$ ]] || fail "-j wants a number"
			shift
			;;
		-*) fail "unknown option $1; usage: build.sh [--check] [-j N] [NAME...]" ;;
		*) args+=("${1%/}") ;;
		esac
		shift
	done
	[ ${#args[@]} -gt 0 ] || args=(. consent heldout)
	for name in "${args[@]}"; do
		apps=$(apps_of "$name") || true
		[ -n "$apps" ] || fail "$here/$name has no AndroidManifest.xml; is '$name' an app?"
		mapfile -t -O ${#names[@]} names <<<"$apps"
	done

	need_tools
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	fetch "com.jakewharton.android.repackaged:dalvik-dx:$dx_version" "dalvik-dx-$dx_version.jar" "$dx_sum"
	fetch "org.robolectric:android-all:$android_version" "android-all-$android_version.jar" "$android_sum"

	for name in "${names[@]}"; do
		if [ "$running" -ge "$jobs" ]; then
			wait -n || fail "stopped at the first app that could not be built"
			running=$((running - 1))
		fi
		deliver "$name" &
		running=$((running + 1))
	done
	while [ "$running" -gt 0 ]; do
		wait -n || fail "stopped at the first app that could not be built"
		running=$((running - 1))
	done
}

main "$@"
