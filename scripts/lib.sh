# What the scripts share. Sourced, not run: it moves to the root of the tree and defines functions.
# shellcheck shell=bash
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

# say TEXT...: one line on what happens now; fail TEXT...: why it ends.
say() { printf '== %s\n' "$*"; }
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# jobs: how many compilers run side by side; $JOBS overrides.
jobs() { printf '%s' "${JOBS:-$(nproc)}"; }

# seconds_since START: as `date +%s.%N` gave it, printed with one decimal.
seconds_since() { awk -v a="$1" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }'; }

# build PRESET [cmake option...]: configures and builds build/PRESET. Quiet where all is well.
build() {
    local preset=$1 log=build/$1.log
    shift
    mkdir -p build
    say "building build/$preset"
    if ! cmake --preset "$preset" "$@" >"$log" 2>&1; then
        cat "$log" >&2
        fail "configuring the preset $preset failed (the text above is also in $log)"
    fi
    cmake --build --preset "$preset" --parallel "$(jobs)" || fail "building the preset $preset failed"
}

# run_tests PRESET [ctest option...]: runs its tests; sets passed and failed; returns 1 if any failed or none ran.
run_tests() {
    local preset=$1 report=$PWD/build/$1/tests.xml wrap=() ok=0
    shift
    # ThreadSanitizer of GCC 12 and clang 14 cannot place its shadow where the kernel randomises addresses widely.
    if [[ $preset == tsan* ]] && setarch "$(uname -m)" -R true 2>/dev/null; then
        wrap=(setarch "$(uname -m)" -R)
    fi
    say "testing build/$preset"
    rm -f "$report"
    "${wrap[@]}" ctest --preset "$preset" --parallel "$(jobs)" --output-junit "$report" "$@" || ok=1
    count_tests "$report"
    ((failed == 0 && passed > 0)) || ok=1
    return $ok
}

# count_tests REPORT: sets passed and failed from the JUnit report that ctest wrote.
count_tests() {
    local tests=0 skipped=0
    passed=0 failed=1
    [[ -s $1 ]] || return 0
    tests=$(attribute tests "$1")
    failed=$(attribute failures "$1")
    skipped=$(($(attribute skipped "$1") + $(attribute disabled "$1")))
    passed=$((tests - failed - skipped))
}

# attribute NAME REPORT: the number in the first NAME="…" of the report, that of the whole suite.
attribute() { grep -o -m1 "$1=\"[0-9]*\"" "$2" | head -n1 | tr -dc '0-9'; }

# sources: every C++ file of the tree, one a line.
sources() {
    local folders=()
    for folder in include engine stages apps tests bench examples; do
        [[ -d $folder ]] && folders+=("$folder")
    done
    find "${folders[@]}" -name '*.hpp' -o -name '*.cpp' | sort
}
