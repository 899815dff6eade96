#!/usr/bin/env bash
# Tests that all implementations give the products of golden.txt: Go's kernels and OpenBLAS's, on Linux,
# on Windows (in Wine), and on emulated processors. go test ./test/equality tests Go's kernels on Linux;
# this script tests the rest. Exit status 77 means that Windows was left out because Wine is not available
# on this machine; stderr says why.
set -euo pipefail
cd "$(dirname "$0")/../.."
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# build SYSTEM FILE builds the tests as a program, with OpenBLAS.
build() { third_party/openblas/go.sh "$1" test -c -tags openblas -o "$2" ./test/equality; }

# tests WHAT CORE TESTS COMMAND... runs tests with a core's kernels; if CORE is -, OpenBLAS chooses them.
tests() {
    local log=$temp/log core=$2
    printf '%-24s %-9s' "$1" "$core"
    [ "$core" != - ] || core=
    if ! (cd test/equality && OPENBLAS_CORETYPE=$core "${@:4}" -test.v -test.run "$3" >"$log" 2>&1); then
        echo FAILED
        cat "$log"
        exit 1
    fi
    # What computed the products, and the number of runs.
    sed -n 's/^ *equality_test.go:[0-9]*: computed by //p' "$log" | uniq -c | sed 's/^ *//; 2,$s/^/                                  /'
}

small='OpenBLAS|Kernels/(openblas|default)'
all="$small|LargeProducts/openblas"

# cores SYSTEM COMMAND... runs tests with each core's kernels.
cores() {
    tests "$1" Prescott "$small" "${@:2}" # not sound
    tests "$1" Zen "$small" "${@:2}"      # which has Haswell's
    tests "$1" Haswell "$all" "${@:2}"
    tests "$1" SkylakeX "$all" "${@:2}"
}

if [ "${1-}" = --windows ]; then # in Wine's session
    cores Windows "$PWD/test/wine/run" "$2"
    tests Windows - "$small|Definition|Kernels|LargeProducts/avx" "$PWD/test/wine/run" "$2"
    exit
fi

build linux "$temp/linux"
tests Linux - "$small" "$temp/linux"
cores Linux "$temp/linux"

# A core's kernels on a processor that cannot run them. Large products and more threads would take long there.
emulated='OpenBLAS|Kernels/(openblas|default)/threads=2'
tests 'Linux, emulated Haswell' - "$emulated" qemu-x86_64 -cpu Haswell "$temp/linux"
tests 'Linux, emulated Haswell' SkylakeX "$emulated" qemu-x86_64 -cpu Haswell "$temp/linux"
tests 'Linux, emulated Nehalem' Haswell "$emulated" qemu-x86_64 -cpu Nehalem "$temp/linux"

test/wine/setup.sh >/dev/null
build windows "$temp/windows.exe"
test/wine/session.sh test/equality/test.sh --windows "$temp/windows.exe"
