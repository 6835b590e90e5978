#!/usr/bin/env bash
# tests/spin/verify.sh [--full]: has Spin verify wake_protocol.pml, and refute each of its broken variants. Prints for
# each what was found, how many states it took and how long; ends with 1 if one came out otherwise than it must.
# --full adds what takes minutes and gigabytes. Two at a time; $JOBS overrides.
set -euo pipefail
model=$(cd "$(dirname "$0")" && pwd)/wake_protocol.pml

# check WANTED MODE DEFINES...: WANTED is verified or refuted; MODE is ends (assertions, nothing stops early) or progress
# (no weakly fair cycle without progress).
check() {
    local wanted=$1 mode=$2 found states error begun compile=(-O0 -DSAFETY) options=()
    shift 2
    [[ $mode == ends ]] || compile=(-O0 -DNP -DNFAIR=3) options=(-l -f)
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    cd "$scratch"
    begun=$(date +%s.%N)
    spin "$@" -a "$model" >spin.log || { cat spin.log; exit 1; }
    gcc -w "${compile[@]}" -o pan pan.c
    ./pan -m2000000 "${options[@]}" >pan.log 2>&1 || true
    states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' pan.log)
    error=$(sed -n 's/^pan:1: \(.*\) (at depth.*/\1/p' pan.log)
    if [[ -z $states ]] || grep -q 'max search depth too small\|out of memory' pan.log; then
        found=unfinished
    elif grep -q 'errors: 0$' pan.log; then
        found=verified
    else
        found=refuted
    fi
    printf '%-8s %-8s %8s states %5.1f s  %s%s\n' "$found" "$mode" "${states:-?}" \
        "$(awk -v a="$begun" -v b="$(date +%s.%N)" 'BEGIN { print b - a }')" "$*" "${error:+: $error}"
    [[ $found == "$wanted" ]] || { echo "  but it should be $wanted"; return 1; }
}

short="-DLONG_TURNS -DITEMS"
quick="
verified ends -DITEMS=2
verified ends $short=2 -DCAP0=1 -DCAP1=1
verified ends $short=3 -DDIAMOND
verified progress -DP=1
verified progress -DP=1 -DITEMS=0
verified progress -DP=1 -DITEMS=0 -DDIAMOND
verified progress $short=1 -DFAILED_POP
verified ends $short=2 -DHOMES
verified progress $short=1 -DFAILED_POP -DHOMES
refuted ends $short=3 -DDIAMOND -DNO_PROMISE_4
refuted progress -DP=1 -DITEMS=0 -DDIAMOND -DNO_PROMISE_4
refuted ends -DNO_LOOK_AFTER_DRAIN_GATE
refuted ends -DNO_LOOK_AFTER_DATA_GATE
refuted ends -DNO_NOTIFIED
refuted ends -DP=1 -DNO_LOOK_AFTER_LEAVING
refuted ends -DEND_AFTER_LOOK
refuted progress $short=1 -DFAILED_POP -DNO_STEAL_FROM_WHO_LEFT
refuted ends -DP=1 -DNO_LOOK_AT_OWN_SLOT
refuted ends -DCOUNT_DROPPED
refuted progress -DP=1 -DNO_LIST_AT_END
"
full="
verified ends -DP=1
verified ends -DP=1 -DDIAMOND
verified ends -DITEMS=3
verified ends -DITEMS=3 -DCAP0=1 -DCAP1=1
verified ends -DITEMS=3 -DCAP0=1 -DCAP1=2
verified ends -DITEMS=3 -DCAP0=2 -DCAP1=1
verified ends -DITEMS=3 -DEARLY
verified ends -DITEMS=2 -DHOMES
verified ends -DITEMS=3 -DDIAMOND -DONE_COST=1
verified ends -DITEMS=3 -DDIAMOND -DONE_COST=0
verified ends -DITEMS=3 -DDIAMOND -DCAP0=1 -DCAP1=1 -DONE_COST=1
verified ends -DITEMS=3 -DDIAMOND -DEARLY -DONE_COST=1
verified progress -DITEMS=2 -DCAP0=1 -DCAP1=1
verified progress $short=0
verified progress $short=0 -DCAP0=1 -DCAP1=1
verified progress $short=2 -DFAILED_POP -DCAP0=1 -DCAP1=1
"
case ${1-} in
# shellcheck disable=SC2086 # one line of the lists above
--one) check ${2?} ;;
'' | --full)
    [[ -z ${1-} ]] || quick+=$full
    grep . <<<"$quick" | xargs -d '\n' -n 1 -P "${JOBS:-2}" "$0" --one
    ;;
*)
    echo "usage: $0 [--full]" >&2
    exit 2
    ;;
esac
