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
# An app of several APKs has base/AndroidManifest.xml instead, and beside base one
# folder for each feature or pack of assets, and abi with the native libraries. Of it
# the split APKs are built into a folder, with resources for Chinese and native
# libraries in splits of their own as bundletool makes them, and a bundle, NAME.aab.
#
# Needs (Debian package names): aapt apksigner zipalign android-framework-res
# default-jdk-headless maven zip unzip, and aapt2 (in the package aapt). Two jars come from Maven Central through
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
	for pair in aapt:aapt aapt2:aapt apksigner:apksigner zipalign:zipalign javac:default-jdk-headless \
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
	mkdir -p "$tmp/gen" "$tmp/stage"
	min=$(sed -n 's/.*android:minSdkVersion="\([0-9]*\)".*/\1/p' "$app/AndroidManifest.xml")
	[ -n "$min" ] || fail "$name: the manifest states no minSdkVersion"
	[ "$min" -lt 24 ] || v1=false
	case $name in consent/* | heldout/*) limit=$consent_size_limit ;; esac

	local pack=(aapt package -f -0 arsc -M "$app/AndroidManifest.xml" -I "$framework")
	[ ! -d "$app/res" ] || pack+=(-S "$app/res")
	[ ! -d "$app/assets" ] || pack+=(-A "$app/assets")
	"${pack[@]}" -J "$tmp/gen" -F "$tmp/base.apk" || fail "$name: aapt refused the manifest or the resources"

	unzip -q "$tmp/base.apk" -d "$tmp/stage"
	[ ! -d "$app/lib" ] || cp -r "$app/lib" "$tmp/stage/lib"
	translate "$name" "$min" "$tmp" "$app/src"
	seal "$name" "$tmp/stage" "$apk" "$v1" "$limit"
}

# translate NAME MIN TMP SRC... compiles Java, with what aapt generated in TMP/gen, into
# TMP/stage/classes.dex.
translate() {
	local name=$1 min=$2 tmp=$3
	shift 3
	find "$@" "$tmp/gen" -name '*.java' | sort >"$tmp/sources"
	mkdir -p "$tmp/classes"
	javac -nowarn -Xlint:-options -encoding UTF-8 -g:source,lines -source 8 -target 8 \
		-cp "$cache/android-all-$android_version.jar" -d "$tmp/classes" "@$tmp/sources" 2>"$tmp/javac.log" ||
		fail "$name: javac: $(cat "$tmp/javac.log")"
	java -cp "$cache/dalvik-dx-$dx_version.jar" com.android.dx.command.Main \
		--dex --min-sdk-version="$min" --output="$tmp/stage/classes.dex" "$tmp/classes" ||
		fail "$name: dx could not translate the classes"
}

# archive DIR FILE packs a folder, each entry dated 1980.
archive() {
	find "$1" -exec touch -h -d '1980-01-01 00:00:00' {} +
	# Android 11 wants resources.arsc stored, not deflated; with -9 zip would ignore -n.
	(cd "$1" && find . -type f | sed 's|^\./||' | sort | zip -q -X -n .arsc -@ "$2")
}

# seal NAME STAGE APK V1 LIMIT packs, aligns and signs.
seal() {
	local name=$1 stage=$2 apk=$3 v1=$4 limit=$5 since=()
	[ "$v1" = true ] || since=(--min-sdk-version 24) # manifests of splits may not say it
	archive "$stage" "$stage.plain.apk"
	zipalign -f 4 "$stage.plain.apk" "$stage.aligned.apk"
	apksigner sign --ks "$here/debug.keystore" --ks-pass pass:android --ks-key-alias apkaudit-test \
		--v1-signing-enabled "$v1" --v2-signing-enabled true --v3-signing-enabled true \
		--v4-signing-enabled false "${since[@]}" --out "$apk" "$stage.aligned.apk" || fail "$name: apksigner could not sign"
	apksigner verify "${since[@]}" "$apk" >/dev/null || fail "$name: the signature does not verify"
	[ "$(stat -c %s "$apk")" -le "$limit" ] || fail "$name: $(stat -c %s "$apk") bytes, more than $limit"
}

# link NAME MODULE TMP ARG... links one module of an app of several APKs with aapt2.
link() {
	local name=$1 module=$2 tmp=$3 app=$here/$1/$2
	shift 3
	local all=(aapt2 link --manifest "$app/AndroidManifest.xml" -I "$framework" --java "$tmp/gen" "$@")
	if [ -d "$app/res" ]; then
		aapt2 compile --dir "$app/res" -o "$tmp/res.zip" || fail "$name: aapt2 refused the resources of $module"
		all+=("$tmp/res.zip")
	fi
	[ ! -d "$app/assets" ] || all+=(-A "$app/assets")
	"${all[@]}" || fail "$name: aapt2 could not link $module"
}

# unpack APK DIR unpacks one APK.
unpack() {
	mkdir -p "$2"
	unzip -q "$1" -d "$2"
}

# build_set NAME DIR builds an app of several APKs: DIR/NAME/*.apk and DIR/NAME.aab.
build_set() {
	local name=$1 out=$2/$1 tmp=$work/$1 min module id=126
	mkdir -p "$out" "$tmp/aab"
	min=$(sed -n 's/.*android:minSdkVersion="\([0-9]*\)".*/\1/p' "$here/$name/base/AndroidManifest.xml")
	for module in base $(cd "$here/$name" && ls -d */AndroidManifest.xml | sed 's|/.*||' | grep -vx base); do
		local m=$tmp/$module bundle=$tmp/aab/$module args=()
		mkdir -p "$m/gen" "$bundle"/{manifest,dex,root}
		if [ "$module" != base ]; then
			args=(-I "$tmp/base/linked.apk" --package-id 0x$(printf %x $id) --allow-reserved-package-id)
			id=$((id - 1))
		fi
		link "$name" "$module" "$m" -o "$m/proto.apk" --proto-format "${args[@]}"
		unpack "$m/proto.apk" "$bundle"
		mv "$bundle/AndroidManifest.xml" "$bundle/manifest/"
		[ "$module" != base ] || args=(--split "$tmp/base/zh.apk:zh")
		link "$name" "$module" "$m" -o "$m/linked.apk" "${args[@]}"
		unpack "$m/linked.apk" "$m/stage"
		if [ -d "$here/$name/$module/src" ]; then
			translate "$name" "$min" "$m" "$here/$name/$module/src"
			cp "$m/stage/classes.dex" "$bundle/dex/"
		fi
		find "$bundle" -type d -empty -delete
		local file=base.apk
		[ "$module" = base ] || file=split_$module.apk
		seal "$name" "$m/stage" "$out/$file" false "$consent_size_limit"
	done
	unpack "$tmp/base/zh.apk" "$tmp/zh"
	seal "$name" "$tmp/zh" "$out/split_config.zh.apk" false "$consent_size_limit"
	if [ -d "$here/$name/abi" ]; then
		config_split "$name" arm64_v8a "$tmp/abi"
		cp -r "$here/$name/abi/lib" "$tmp/abi/stage/lib"
		cp -r "$here/$name/abi/lib" "$tmp/aab/base/lib"
		seal "$name" "$tmp/abi/stage" "$out/split_config.arm64_v8a.apk" false "$consent_size_limit"
	fi
	printf '\n\006\022\0041.15' >"$tmp/aab/BundleConfig.pb" # made by bundletool 1.15
	rm -f "$2/$name.aab"
	archive "$tmp/aab" "$2/$name.aab"
}

# config_split NAME CONFIG TMP makes the manifest of a split for certain devices.
config_split() {
	local package version
	package=$(sed -n 's/.*package="\([^"]*\)".*/\1/p' "$here/$1/base/AndroidManifest.xml")
	version=$(sed -n 's/.*versionCode="\([^"]*\)".*/\1/p' "$here/$1/base/AndroidManifest.xml")
	mkdir -p "$3/stage"
	cat >"$3/AndroidManifest.xml" <<-END
		<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="$package"
			android:versionCode="$version" split="config.$2" configForSplit="">
			<application android:hasCode="false" />
		</manifest>
	END
	aapt2 link --manifest "$3/AndroidManifest.xml" -I "$framework" -o "$3/linked.apk" || fail "$1: aapt2 could not link config.$2"
	unzip -q "$3/linked.apk" AndroidManifest.xml -d "$3/stage"
}

# deliver_set NAME builds an app of several APKs and replaces, or with --check compares,
# what is committed.
deliver_set() {
	local name=$1 to=$out file
	[ -z "$check" ] || to=$work/checked
	mkdir -p "$to"
	build_set "$name" "$to"
	for file in "$name".aab $(cd "$to" && ls "$name"/*.apk); do
		cmp "$to/$file" "$out/$file" || fail "$name: the sources no longer give the committed $file"
		echo "$file $(stat -c %s "$out/$file") bytes sha256 $(sha256sum "$out/$file" | cut -d' ' -f1)"
	done
}

# deliver NAME builds one app and replaces, or with --check compares, its APK.
deliver() {
	local name=$1 apk=$work/$1.apk
	if [ -d "$here/$name/base" ]; then
		deliver_set "$name"
		return
	fi
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
	if [ -f "$here/$1/AndroidManifest.xml" ] || [ -f "$here/$1/base/AndroidManifest.xml" ]; then
		echo "$1"
		return
	fi
	(cd "$here" && ls -d "$1"/*/AndroidManifest.xml "$1"/*/base/AndroidManifest.xml 2>/dev/null) |
		sed 's|^\./||; s|/AndroidManifest.xml$||; s|/base$||'
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
