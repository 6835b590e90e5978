#!/usr/bin/env bash
# scripts_test.sh ROOT: the scripts' own judgement, with every outside command replaced by one that only notes its call.
set -euo pipefail
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
export PATH=$work/bin:$PATH WORK=$work

wrong=0
# expect WHAT WANTED GOT
expect() {
    [[ $2 == "$3" ]] && return
    printf 'wrong: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
    wrong=1
}
# command NAME BODY: a command of this name, in front of the real one.
command_is() { printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1" && chmod +x "$work/bin/$1"; }

# Counting: what ctest skipped is neither passed nor failed; a run without a report has failed.
counts() { bash -c 'source "$0/scripts/lib.sh"; count_tests "$1"; echo "$passed $failed"' "$root" "$1"; }
printf '<testsuite name="x"\n\ttests="12"\n\tfailures="2"\n\tdisabled="1"\n\tskipped="3"\n>\n<x tests="99"/>' >"$work/report"
expect "counts of a report" "6 2" "$(counts "$work/report")"
expect "counts without a report" "0 1" "$(counts "$work/none")"

# Installing: only what is missing, and nothing at all when nothing is.
command_is apt-get 'echo "$@" >>"$WORK/apt"'
command_is sudo '[ "$1" = -n ] && shift; exec "$@"'
command_is dpkg-query 'shift 3; for p; do echo "ii  $p"; done'
"$root/scripts/deps" build test bench check
expect "apt-get is not called when all is there" "" "$(cat "$work/apt" 2>/dev/null)"
command_is dpkg-query 'shift 3; for p; do [ "$p" = ninja-build ] || echo "ii  $p"; done; exit 1'
expect "what deps says" "== installing ninja-build" "$("$root/scripts/deps" build)"
expect "what deps asks for" "update|install --yes --no-install-recommends ninja-build|" "$(tr '\n' '|' <"$work/apt")"
command_is apt-get 'echo "E: no network"; exit 100'
expect "what deps says when apt-get fails" "E: no network|deps: apt-get could not install ninja-build|" \
    "$("$root/scripts/deps" build 2>&1 >/dev/null | tr '\n' '|')"

# Words that nobody knows.
expect "an unknown group" "deps: unknown group 'tset' (there are build, test, check and bench)" \
    "$("$root/scripts/deps" tset 2>&1)"
expect "an unknown check" "check: unknown word 'asn'" "$("$root/scripts/check" asn 2>&1 >/dev/null)"

((wrong == 0)) && echo "the scripts report what they ran"
exit $wrong
