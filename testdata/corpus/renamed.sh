#!/usr/bin/env bash
# Measures how well SDKs are recognised whose classes were renamed: learns the
# structure of SDKs from one version, renames another version with ProGuard, puts
# several of those and SDKs that were not learned into one app, and counts what a
# scan recognises.
#
#   testdata/corpus/renamed.sh          the table, on standard output
#   testdata/corpus/renamed.sh fetch    only download
#
# Each app of renamed.txt is built three times:
#
#   rename     names only, packages kept apart (-dontshrink -dontoptimize)
#   repackage  names only, all classes in one package (-repackageclasses o)
#   shrink     shrunk, optimised, all in one package; of every archive, each fifth
#              public class is kept as what an app uses, under a new name. Where the
#              optimiser fails, which is said, the app is shrunk only
#
# After them come the ordinary apps of fetch.sh, compared class by class although
# nothing in them is renamed. The rows say which group an SDK belongs to: the
# thresholds were chosen on the group "choose" and hold for the group "report".
#
# The work is done by TestRenamedSDKs of internal/behavior, which looks at
# $APKAUDIT_RENAMED. Everything stays in the ignored folder .cache/renamed (or
# $APKAUDIT_CACHE/renamed); what was built is not built again until this script or
# renamed.txt changes. About 25 MB of downloads; a quarter of an hour.
#
# Needs (Debian package names): proguard-cli maven default-jdk-headless unzip zip
# perl-base, Go, and what fetch.sh has put into the cache.
set -euo pipefail
export LC_ALL=C TZ=UTC

readonly min_sdk=26 # some SDKs use invokedynamic, which dx refuses below 26
readonly dx=dalvik-dx-16.0.1.jar
readonly framework=android-all-6.0.1_r3-robolectric-r1.jar

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=$(realpath -m "${APKAUDIT_CACHE:-$root/.cache}")
out=$cache/renamed
jobs=${APKAUDIT_JOBS:-$(nproc)}

fail() {
	echo "renamed.sh: $*" >&2
	exit 1
}

rows() { # rows USE prints "group app sdk source sum"
	awk -v use="$1" '!/^#/ && NF { if (NF != 6) { print FILENAME ": line " NR ": " NF " columns" >"/dev/stderr"; exit 1 }
		if ($1 == use) print $2, $3, $4, $5, $6 }' "$here/renamed.txt"
}

# file_of SOURCE is where an artifact lies.
file_of() {
	local group name version packaging
	case $1 in
	part:*) echo "$cache/corpus/parts/${1#part:}" ;;
	mvn:*)
		IFS=: read -r group name version packaging <<<"${1#mvn:}"
		echo "$out/parts/$name-$version.$packaging"
		;;
	*) fail "renamed.txt: unknown source $1" ;;
	esac
}

same() { # same FILE SUM
	[ -f "$1" ] && echo "$2  $1" | sha256sum --check --status
}

fetch() {
	local use source sum file
	mkdir -p "$out/parts"
	for use in learn held other; do
		while read -r _ _ _ source sum; do
			file=$(file_of "$source")
			! same "$file" "$sum" || continue
			case $source in part:*) fail "$file is missing or another; run testdata/corpus/fetch.sh" ;; esac
			echo "mvn   ${source#mvn:}" >&2
			mvn -q -B -Dstyle.color=never dependency:copy -Dartifact="${source#mvn:}" -DoutputDirectory="$out/parts" </dev/null >"$out/mvn.log" 2>&1 ||
				fail "mvn could not fetch ${source#mvn:}: $(grep -m1 ERROR "$out/mvn.log" || echo 'no reason given')"
			same "$file" "$sum" || fail "$file has another sha256 than renamed.txt says"
		done < <(rows "$use")
	done
}

# java_lang makes a library jar of java.lang, which the framework jar lacks, out of
# the JDK's own signatures of Java 8. ProGuard refuses class files of a newer
# version number; what it reads of them has not changed, so the number is set back.
java_lang() {
	local home dir
	[ ! -f "$out/java-lang.jar" ] || return 0
	home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
	rm -rf "$out/java-lang"
	mkdir -p "$out/java-lang/all"
	unzip -qo "$home/lib/ct.sym" '*8*/java.base/java/lang/*' -d "$out/java-lang" || fail "the JDK in $home has no lib/ct.sym with Java 8"
	for dir in "$out"/java-lang/*8*/java.base; do
		cp -R "$dir/java" "$out/java-lang/all/"
	done
	find "$out/java-lang/all" -name '*.sig' -exec sh -c 'for f; do mv "$f" "${f%.sig}.class"; done' sh {} +
	find "$out/java-lang/all" -name '*.class' -print0 | xargs -0 perl -0777 -pi -e 'substr($_, 6, 2) = "\0\x34"'
	(cd "$out/java-lang/all" && zip -qr "$out/java-lang.jar" java)
	rm -rf "$out/java-lang"
}

# unpack APP puts the classes of its archives into one jar each and writes
# origin.tsv: class, SDK.
unpack() {
	local app=$1 dir=$out/apps/$1 n=0 use sdk source file jar
	[ ! -f "$dir/keep.txt" ] || return 0
	mkdir -p "$dir/jars"
	for use in held other; do
		while read -r _ _ sdk source _; do
			file=$(file_of "$source")
			n=$((n + 1))
			rm -rf "$dir/classes"
			mkdir -p "$dir/classes"
			case $file in
			*.aar)
				rm -rf "$dir/aar"
				unzip -qo "$file" 'classes.jar' 'libs/*.jar' -d "$dir/aar" 2>/dev/null || [ $? -eq 11 ]
				for jar in "$dir"/aar/classes.jar "$dir"/aar/libs/*.jar; do
					[ ! -f "$jar" ] || unzip -qo "$jar" '*.class' -d "$dir/classes"
				done
				;;
			*) unzip -qo "$file" '*.class' -d "$dir/classes" ;;
			esac
			rm -rf "$dir/classes/META-INF" "$dir/classes/module-info.class"
			(cd "$dir/classes" && zip -qr "$dir/jars/$n.jar" .)
			(cd "$dir/classes" && find . -name '*.class' | sed 's|^\./||; s|/|.|g; s|\.class$||' | sort) | tee "$dir/list" |
				awk -v sdk="$sdk" '{ print $0 "\t" sdk }' >>"$dir/origin.tsv"
			# What an app uses of it, for the shrinker: every fifth public name.
			grep -v '\$' "$dir/list" | awk 'NR % 5 == 1 { print "-keep,allowobfuscation class " $0 " { public *; }" }' >>"$dir/keep.txt"
		done < <(rows "$use" | awk -v app="$app" '$2 == app')
	done
	rm -rf "$dir/classes" "$dir/aar" "$dir/list"
}

# rename_app APP MODE [RULE] writes .../apks/APP.MODE/classes*.dex and truth.tsv
# there: new name of every class, SDK.
rename_app() {
	local app=$1 mode=$2 rule=${3-} dir=$out/apps/$1 apk=$out/apks/$1.$2 jar
	mkdir -p "$apk"
	{
		for jar in "$dir"/jars/*.jar; do echo "-injars '$jar'"; done
		echo "-outjars '$apk/out.jar'"
		echo "-libraryjars '$cache/apps/$framework'"
		echo "-libraryjars '$out/java-lang.jar'"
		echo "-dontwarn **"
		echo "-dontnote **"
		echo "-ignorewarnings"
		echo "-dontpreverify"
		echo "-printmapping '$apk/mapping.txt'"
		echo "-keepclassmembers enum * { public static **[] values(); public static ** valueOf(java.lang.String); }"
		[ "$mode" = rename ] || printf '%s\n' "-repackageclasses o" "-allowaccessmodification"
		case $mode in
		rename | repackage) printf '%s\n' -dontshrink -dontoptimize ;;
		shrink) cat "$dir/keep.txt" ;;
		esac
		echo "$rule"
	} >"$apk/rules.txt"
	proguard "@$apk/rules.txt" >"$apk/proguard.log" 2>&1 || return 1
	java -cp "$cache/apps/$dx" com.android.dx.command.Main --dex --min-sdk-version=$min_sdk --multi-dex --output="$apk" "$apk/out.jar" \
		>"$apk/dx.log" 2>&1 || return 1
	awk -F'\t' 'NR == FNR { sdk[$1] = $2; next }
		/^[^ #].* -> .*:$/ { split($0, p, " -> "); sub(/:$/, "", p[2]); if (p[1] in sdk) print p[2] "\t" sdk[p[1]] }' \
		"$dir/origin.tsv" "$apk/mapping.txt" >"$apk/truth.tsv"
	rm "$apk/out.jar"
}

build() { # build APP MODE
	[ ! -f "$out/apks/$1.$2/truth.tsv" ] || return 0
	if rename_app "$1" "$2"; then
		echo "built $1 $2" >&2
	# The optimiser of Debian's version fails on some code that is obfuscated already.
	elif [ "$2" = shrink ] && rename_app "$1" "$2" -dontoptimize; then
		echo "built $1 $2, not optimised" >&2
	else
		fail "$1 $2: $(tail -n 2 "$out/apks/$1.$2/proguard.log")"
	fi
}

build_all() {
	local app mode stamp
	stamp=$(cat "$here/renamed.sh" "$here/renamed.txt" | sha256sum)
	if [ "$stamp" != "$(cat "$out/stamp" 2>/dev/null)" ]; then
		rm -rf "$out/apps" "$out/apks"
		echo "$stamp" >"$out/stamp"
	fi
	for app in $( (rows held && rows other) | awk '{ print $2 }' | sort -u); do unpack "$app"; done
	for mode in shrink rename repackage; do
		for app in "$out"/apps/*; do
			while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || exit 1; done
			build "$(basename "$app")" "$mode" &
		done
	done
	while [ "$(jobs -p | wc -l)" -gt 0 ]; do wait -n || exit 1; done
}

# lists writes what the test reads beside the apps: learn.tsv for the generator,
# groups.tsv with "SDK, app, group, use".
lists() {
	{
		rows learn | while read -r _ _ sdk source _; do printf '%s\t%s\n' "$sdk" "$(file_of "$source")"; done
		printf -- '-\t%s\n' "$cache/apps/$framework"
	} >"$out/learn.tsv"
	for use in held other; do
		rows "$use" | while read -r group app sdk _; do printf '%s\t%s\t%s\t%s\n' "$sdk" "$app" "$group" "$use"; done
	done >"$out/groups.tsv"
}

main() {
	local pair
	trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
	for pair in proguard:proguard-cli mvn:maven javac:default-jdk-headless unzip:unzip zip:zip perl:perl-base; do
		command -v "${pair%%:*}" >/dev/null || fail "${pair%%:*} is missing; install the Debian package ${pair##*:}"
	done
	for pair in "$dx" "$framework"; do
		[ -f "$cache/apps/$pair" ] || fail "$cache/apps/$pair is missing; run testdata/corpus/fetch.sh"
	done
	fetch
	[ "${1-}" != fetch ] || return 0
	java_lang
	build_all
	lists
	(cd "$root" && APKAUDIT_RENAMED=$out APKAUDIT_CORPUS=$cache/corpus/apk go test ./internal/behavior -count 1 -timeout 30m -run '^TestRenamedSDKs$' -v)
}

main "$@"
