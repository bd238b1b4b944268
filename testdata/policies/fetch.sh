#!/bin/sh
# Fetches the five public sets of annotated privacy policies that the reader is
# measured on into .cache/policies, which git ignores: nothing of them belongs
# into this repository. Each comes at the commit that the measured figures are
# for, and only those of its files that the tests read.
#
#   testdata/policies/fetch.sh [DIR]
#   APKAUDIT_POLICIES="$PWD/.cache/policies" go test -v -run 'TestPublic|TestGold' ./internal/policy
#
# TestPublic measures on the sets' own labels, TestGold on the SDK entries that we
# labelled in 68 of their policies (internal/policy/testdata/gold).
#
# APKAUDIT_POLICIES_URL names another place that serves <owner>/<name>, such as a
# mirror; the default is https://github.com. The terms of use stand in each set's
# README; those of CAPP-130 are CC BY 4.0.
set -eu

base=${APKAUDIT_POLICIES_URL:-https://github.com}
root=$(cd "$(dirname "$0")/../.." && pwd)
into=${1:-$root/.cache/policies}
mkdir -p "$into"
into=$(cd "$into" && pwd)

# get OWNER/NAME COMMIT PATTERN...: what the patterns name of one commit.
get() {
	name=${1#*/} source=$base/$1 commit=$2
	shift 2
	at=$into/$name
	if [ "$(cat "$at/.fetched" 2>/dev/null)" = "$commit" ]; then
		echo "$name: present" >&2
		return
	fi
	rm -rf "$at"
	git init -q "$at"
	git -C "$at" remote add origin "$source"
	# What is not checked out is not downloaded either.
	git -C "$at" config remote.origin.promisor true
	git -C "$at" config remote.origin.partialclonefilter blob:none
	git -C "$at" sparse-checkout set --no-cone "$@"
	git -C "$at" fetch -q --depth 1 --filter=blob:none origin "$commit" || {
		echo "$name: commit $commit cannot be fetched from $source" >&2
		exit 1
	}
	git -C "$at" -c advice.detachedHead=false checkout -q FETCH_HEAD
	echo "$commit" >"$at/.fetched"
	echo "$name: fetched" >&2
}

get zacharykzhao/CA4P-483 452b6b0a3219ce36ace73593b04fdd5233c28148 \
	/README.md '/train_dev_test/*.char.bios' /raw_data/
get ShenaoW/APPCH 6174acd68a7cd31dbc76e86c459ff694f1d23294 \
	/readme.md '/annotations/manual annotation/' '/spider/*/privacy_policy/'
get EnlightenedAI/CAPP-130 5aa710b142069e61a0ea6b5d15bdb9a4d8d5b48a \
	/README.md /CAPP_130_Corpus/Annotation/label_explanation.json \
	/CAPP_130_Corpus/Subdataset/Extraction/topic_identification_dataset/
get JFChi/PLUE 05bc22ca2951953035687c1fd655b576da0a8e94 \
	/README.md /data/app350/
get PrivApp/IT100-Corpus adfe199937cdd3b626889e5af9d4fd32c246526e \
	/README.md /corpus/ /original_policies/
